#!/usr/bin/python3
"""What Lambda's asynchronous invocations come to: retries, records of what was given up, loops that are stopped."""

import datetime
import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions, paths  # noqa: E402
from support.identities import allow  # noqa: E402
from support.server import eventually  # noqa: E402
from lambda_test import LambdaCase  # noqa: E402

# Each makes the next event of its own kind, but not for ever.
THROUGH_S3 = """
import boto3
def handler(event, context):
    told = event['Records'][0]['s3']
    number = int(told['object']['key'].split('/')[1]) + 1
    if number < 60: boto3.client('s3').put_object(Bucket=told['bucket']['name'], Key=f'loop/{number}', Body=b'')
"""
THROUGH_SNS = """
import boto3
def handler(event, context):
    told = event['Records'][0]['Sns']
    number = int(told['Message']) + 1
    if number < 60: boto3.client('sns').publish(TopicArn=told['TopicArn'], Message=str(number))
"""
# About 16, as Lambda says.
FEWEST, MOST = 14, 20


class AsyncCase(LambdaCase):
    config = "[functions]\nconcurrency = 12\nretry_seconds = [1, 1]\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3, cls.sqs, cls.sns, cls.watch = (cls.client(name) for name in ("s3", "sqs", "sns", "cloudwatch"))
        name = cls.name()
        cls.role = functions.make_role(cls.iam, name, allow(["s3:PutObject", "sqs:SendMessage", "sns:Publish"]), settle=15 if cls.endpoint is None else 0)
        cls.addClassCleanup(functions.remove_role, cls.iam, name)

    def make_queue(self):
        """(URL, ARN)"""
        url = self.sqs.create_queue(QueueName=self.name())["QueueUrl"]
        self.addCleanup(self._quietly, self.sqs.delete_queue, QueueUrl=url)
        return url, f"arn:aws:sqs:us-east-1:{self.account}:{url.rsplit('/')[-1]}"

    def make_failing_to(self, queue, text, **options):
        """A function whose given-up events are told to the queue."""
        name = self.make(text)
        self.lambda_.put_function_event_invoke_config(FunctionName=name, DestinationConfig={"OnFailure": {"Destination": queue}}, **options)
        return name

    def function_arn(self, name):
        return self.lambda_.get_function_configuration(FunctionName=name)["FunctionArn"]

    def record(self, url):
        """The first record that comes to the queue."""
        def received():
            return self.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2).get("Messages")

        return json.loads(eventually(received, "the record", timeout=240)[0]["Body"])

    def counted(self, metric, name):
        now = datetime.datetime.now(datetime.timezone.utc)
        points = self.watch.get_metric_statistics(Namespace="AWS/Lambda", MetricName=metric, Dimensions=[{"Name": "FunctionName", "Value": name}], Period=3600, Statistics=["Sum"],
                                                  StartTime=now - datetime.timedelta(hours=2), EndTime=now + datetime.timedelta(hours=1))["Datapoints"]
        return sum(point["Sum"] for point in points)

    def of_eyrie(self):
        if self.server is None:
            self.skipTest("of Eyrie alone")


class RetryTest(AsyncCase):
    def test_an_event_is_tried_three_times(self):
        url, queue = self.make_queue()
        name = self.make_failing_to(queue, "def handler(event, context): raise ValueError('no')\n")
        self.invoke(name, 7, InvocationType="Event")
        record = self.record(url)
        self.assertEqual((record["requestContext"]["condition"], record["requestContext"]["approximateInvokeCount"], record["requestPayload"]), ("RetriesExhausted", 3, 7))
        if self.server:
            self.assertEqual([self.counted(metric, name) for metric in ("AsyncEventsReceived", "Invocations", "AsyncEventsDropped")], [1, 3, 1])

    def test_an_event_outlives_its_alias(self):
        self.of_eyrie()
        url, queue = self.make_queue()
        name = self.make_failing_to(queue, "import time\ndef handler(event, context):\n    time.sleep(2)\n    raise ValueError('no')\n")
        version = self.lambda_.publish_version(FunctionName=name)["Version"]
        self.lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
        self.invoke(name, 7, InvocationType="Event", Qualifier="live")
        self.lambda_.delete_alias(FunctionName=name, Name="live")
        record = self.record(url)
        self.assertEqual((record["requestContext"]["condition"], record["requestContext"]["functionArn"], record["requestPayload"]), ("RetriesExhausted", self.function_arn(name) + ":$LATEST", 7))
        self.assertEqual(self.counted("AsyncEventsDropped", name), 1)

    def test_an_answer_may_be_too_long_for_a_function(self):
        self.of_eyrie()
        keep = self.make()
        name = self.make("def handler(event, context): return 'x' * event\n")
        self.lambda_.put_function_event_invoke_config(FunctionName=name, DestinationConfig={"OnSuccess": {"Destination": self.function_arn(keep)}})
        self.invoke(name, 5_900_000, InvocationType="Event")
        eventually(lambda: self.counted("DestinationDeliveryFailures", name) == 1, "the record that is not delivered", timeout=60)
        self.invoke(name, 5, InvocationType="Event")
        eventually(lambda: self.counted("Invocations", keep) == 1, "the record that is", timeout=60)


class LoopTest(AsyncCase):
    def stopped(self, name, record, runs):
        self.assertTrue(FEWEST <= runs <= MOST, runs)
        self.assertTrue(record["requestContext"]["functionArn"].startswith(self.function_arn(name)))
        self.assertIsNone(record["responsePayload"])
        if self.server:
            self.assertEqual(record["requestContext"]["condition"], "RecursiveInvocation")
            self.assertEqual([self.counted(metric, name) for metric in ("AsyncEventsReceived", "Invocations", "RecursiveInvocationsDropped", "AsyncEventsDropped")], [runs + 1, runs, 1, 1])

    def test_through_a_bucket(self):
        bucket = self.make_bucket()
        url, queue = self.make_queue()
        name = self.make_failing_to(queue, THROUGH_S3, MaximumRetryAttempts=0)
        self.lambda_.add_permission(FunctionName=name, StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", SourceArn=f"arn:aws:s3:::{bucket}")
        self.s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"LambdaFunctionConfigurations": [
            {"LambdaFunctionArn": self.function_arn(name), "Events": ["s3:ObjectCreated:*"]}]})
        self.s3.put_object(Bucket=bucket, Key="loop/0", Body=b"")
        record = self.record(url)
        self.stopped(name, record, len(self.s3.list_objects_v2(Bucket=bucket)["Contents"]) - 1)

    def test_through_a_topic(self):
        url, queue = self.make_queue()
        name = self.make_failing_to(queue, THROUGH_SNS, MaximumRetryAttempts=0)
        topic = self.sns.create_topic(Name=self.name())["TopicArn"]
        self.addCleanup(self._quietly, self.sns.delete_topic, TopicArn=topic)
        self.lambda_.add_permission(FunctionName=name, StatementId="sns", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com", SourceArn=topic)
        self.sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=self.function_arn(name))
        self.sns.publish(TopicArn=topic, Message="0")
        record = self.record(url)
        self.stopped(name, record, int(record["requestPayload"]["Records"][0]["Sns"]["Message"]))

    def test_a_call_that_would_be_one(self):
        self.of_eyrie()
        name = self.make("import os\ndef handler(event, context): return os.environ['_X_AMZN_TRACE_ID']\n")
        header = self.invoke(name)[1]
        self.assertRegex(header, r";Lineage=[0-9a-f]{8}:1$")
        again = self.client("lambda", described=True)
        again.meta.events.register("before-call.lambda.Invoke", lambda params, **_: params["headers"].update({"X-Amzn-Trace-Id": re.sub(":1$", ":16", header)}))
        self.refused("RecursiveInvocationException", again.invoke, FunctionName=name, Payload=b"0", status=400)
        again.put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")
        self.assertTrue(json.loads(again.invoke(FunctionName=name, Payload=b"0")["Payload"].read()).endswith(":17"))

    def test_what_is_set_of_loops(self):
        paths.need_current_description("lambda")
        client = self.client("lambda", described=True)
        name = self.make()
        path = f"/2024-08-31/functions/{name}/recursion-config"
        self.assertEqual(client.get_function_recursion_config(FunctionName=name)["RecursiveLoop"], "Terminate")
        self.assertEqual(client.put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")["RecursiveLoop"], "Allow")
        self.assertEqual(client.get_function_recursion_config(FunctionName=name)["RecursiveLoop"], "Allow")
        for of_one in ("Maybe", ""):
            self.refused("ValidationException", client.put_function_recursion_config, FunctionName=name, RecursiveLoop=of_one, status=400)
        self.assertEqual(client.put_function_recursion_config(FunctionName=name, RecursiveLoop="Terminate")["RecursiveLoop"], "Terminate")
        self.refused("ResourceNotFoundException", client.get_function_recursion_config, FunctionName=self.name(), status=404)
        self.refused("ResourceNotFoundException", client.put_function_recursion_config, FunctionName=self.name(), RecursiveLoop="Allow", status=404)
        if self.server:
            self.assertEqual(self.call("PutFunctionRecursionConfig", "PUT", path, 200, {"RecursiveLoop": "Allow"}), {"RecursiveLoop": "Allow"})
            self.assertEqual(self.call("GetFunctionRecursionConfig", "GET", path, 200), {"RecursiveLoop": "Allow"})
            self.assertEqual(client.get_function_recursion_config(FunctionName="analyze-image")["RecursiveLoop"], "Terminate")
            self.refused("ResourceConflictException", client.put_function_recursion_config, FunctionName="analyze-image", RecursiveLoop="Allow", status=409)


if __name__ == "__main__":
    unittest.main()
