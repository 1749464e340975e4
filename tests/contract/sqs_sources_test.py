#!/usr/bin/python3
"""Queues with what is around them: S3's notifications into queues, queues as event sources of functions, and as their destinations."""

import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions, paths  # noqa: E402
from support.identities import IdentityCase, allow, policy  # noqa: E402
from support.rest_shapes import RestShapes  # noqa: E402
from support.server import eventually  # noqa: E402

MAPPINGS = "/2015-03-31/event-source-mappings"
# Puts what it got into the bucket: "BUCKET/KEY" of each record's body, or the whole event.
COPYIST = """
import json, os, urllib.parse, urllib.request
import boto3
s3 = boto3.client('s3')
def handler(event, context):
    failed = []
    for record in event['Records']:
        if record['body'] == 'raise': raise ValueError('no')
        if record['body'] == 'fail': failed.append({'itemIdentifier': record['messageId']})
        else: s3.put_object(Bucket=os.environ['BUCKET'], Key='got/' + record['messageId'], Body=json.dumps(record).encode())
    return {'batchItemFailures': failed}
"""


class SourcesCase(IdentityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3, cls.sqs, cls.lambda_ = cls.client("s3"), cls.client("sqs"), cls.client("lambda", described=True)
        cls.shapes = RestShapes("lambda")
        cls.role_name = cls.name()
        cls.role = functions.make_role(cls.iam, cls.role_name, allow(["sqs:*", "s3:*"]), settle=15 if cls.endpoint is None else 0)
        cls.addClassCleanup(functions.remove_role, cls.iam, cls.role_name)

    def make_queue(self, **attributes):
        url = self.sqs.create_queue(QueueName=self.name(), Attributes={name: str(value) for name, value in attributes.items()})["QueueUrl"]
        self.addCleanup(self._quietly, self.sqs.delete_queue, QueueUrl=url)
        return url

    def arn(self, url):
        return f"arn:aws:sqs:us-east-1:{self.account}:{url.rsplit('/')[-1]}"

    def let_s3(self, url, bucket, **condition):
        condition = condition or {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:*:*:{bucket}"}, "StringEquals": {"aws:SourceAccount": self.account}}
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(
            allow("SQS:SendMessage", self.arn(url), Principal={"Service": "s3.amazonaws.com"}, Condition=condition))})

    def drain(self, url, count, seconds=60):
        """The bodies of `count` messages, and of what comes with them."""
        bodies = []
        until = time.monotonic() + seconds
        while len(bodies) < count and time.monotonic() < until:
            for message in self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=2).get("Messages", []):
                bodies.append(message["Body"])
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def make_function(self, text=COPYIST, **options):
        name = self.name()
        self.lambda_.create_function(**{"FunctionName": name, "Runtime": "python3.11", "Role": self.role, "Handler": "app.handler", "Timeout": 20,
                                        "Code": {"ZipFile": functions.python(text)}, **options})
        self.addCleanup(self._quietly, self.lambda_.delete_function, FunctionName=name)
        while self.lambda_.get_function_configuration(FunctionName=name).get("State") == "Pending":
            time.sleep(1)
        return name

    def make_mapping(self, queue, function, **options):
        made = self.lambda_.create_event_source_mapping(EventSourceArn=self.arn(queue), FunctionName=function, **options)
        self.addCleanup(self._quietly, self.lambda_.delete_event_source_mapping, UUID=made["UUID"])
        return made

    def got(self, bucket):
        """What the function has put: the records."""
        listed = self.s3.list_objects_v2(Bucket=bucket, Prefix="got/").get("Contents", [])
        return [json.loads(self.s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()) for item in listed]


class NotificationTest(SourcesCase):
    def configure(self, bucket, queue, **more):
        self.s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [
            {"Id": "jobs", "QueueArn": self.arn(queue), "Events": ["s3:ObjectCreated:*"],
             "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "up/"}, {"Name": "suffix", "Value": ".jpg"}]}}}]}, **more)

    def test_an_upload_reaches_its_queue_once(self):
        bucket, queue = self.make_bucket(), self.make_queue()
        self.let_s3(queue, bucket)
        self.configure(bucket, queue)
        test, = self.drain(queue, 1)
        told = json.loads(test)
        self.assertEqual((told["Service"], told["Event"], told["Bucket"]), ("Amazon S3", "s3:TestEvent", bucket))
        self.assertEqual(set(told), {"Service", "Event", "Time", "Bucket", "RequestId", "HostId"})
        shown, = self.s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"]
        self.assertEqual((shown["Id"], shown["QueueArn"], shown["Events"]), ("jobs", self.arn(queue), ["s3:ObjectCreated:*"]))
        keys = [f"up/{number} ü.jpg" for number in range(8)]
        for key in keys:
            self.s3.put_object(Bucket=bucket, Key=key, Body=b"x")
        self.s3.put_object(Bucket=bucket, Key="up/other.png", Body=b"x")
        self.s3.put_object(Bucket=bucket, Key="elsewhere.jpg", Body=b"x")
        bodies = self.drain(queue, len(keys))
        bodies += self.drain(queue, 1, seconds=3)  # what comes twice comes now
        records = [record for body in bodies for record in json.loads(body)["Records"]]
        import urllib.parse
        self.assertEqual(sorted(urllib.parse.unquote_plus(record["s3"]["object"]["key"]) for record in records), keys)
        self.assertEqual({(record["eventName"], record["s3"]["configurationId"], record["s3"]["bucket"]["name"]) for record in records},
                         {("ObjectCreated:Put", "jobs", bucket)})

    def test_destinations_are_validated(self):
        bucket, queue = self.make_bucket(), self.make_queue()

        def refused():
            message = self.refused("InvalidArgument", self.configure, bucket=bucket, queue=queue, status=400)
            return message

        refused()  # no policy
        self.let_s3(queue, "another-bucket")
        refused()
        self.let_s3(queue, bucket, StringEquals={"aws:SourceAccount": "111122223333"})
        refused()
        self.assertNotIn("QueueConfigurations", self.s3.get_bucket_notification_configuration(Bucket=bucket))
        self.let_s3(queue, bucket)
        self.configure(bucket, queue)
        self.assertEqual(len(self.drain(queue, 1)), 1)
        # Two of one event that overlap, whatever they go to.
        same = {"QueueArn": self.arn(queue), "Events": ["s3:ObjectCreated:Put"]}
        self.refused("InvalidArgument", self.s3.put_bucket_notification_configuration, Bucket=bucket, status=400,
                     NotificationConfiguration={"QueueConfigurations": [same, {**same, "Events": ["s3:ObjectCreated:*"]}]})
        self.sqs.delete_queue(QueueUrl=queue)
        refused()
        self.configure(bucket, queue, SkipDestinationValidation=True)


class EventSourceTest(SourcesCase):
    def test_an_upload_reaches_a_function_through_a_queue(self):
        bucket, queue = self.make_bucket(), self.make_queue(VisibilityTimeout=30)
        self.let_s3(queue, bucket)
        function = self.make_function(Environment={"Variables": {"BUCKET": bucket}})
        self.make_mapping(queue, function)
        self.s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [
            {"QueueArn": self.arn(queue), "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "up/"}]}}}]})
        self.s3.put_object(Bucket=bucket, Key="up/photo.jpg", Body=b"x")

        records = eventually(lambda: (found := self.got(bucket)) and len(found) >= 2 and found, "the test event and the upload", timeout=60)
        uploads = [json.loads(record["body"]) for record in records if "Records" in json.loads(record["body"])]
        self.assertEqual([upload["Records"][0]["s3"]["object"]["key"] for upload in uploads], ["up/photo.jpg"])
        record = records[0]
        self.assertEqual((record["eventSource"], record["eventSourceARN"], record["awsRegion"]), ("aws:sqs", self.arn(queue), "us-east-1"))
        self.assertEqual(record["attributes"]["ApproximateReceiveCount"], "1")
        counts = lambda: self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]  # noqa: E731
        eventually(lambda: (told := counts())["ApproximateNumberOfMessages"] == told["ApproximateNumberOfMessagesNotVisible"] == "0", "the queue is empty", timeout=60)

    def test_failures_come_again_and_end_as_dead_letters(self):
        bucket, dead = self.make_bucket(), self.make_queue()
        queue = self.make_queue(VisibilityTimeout=20, RedrivePolicy=json.dumps({"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": 1}))
        function = self.make_function(Environment={"Variables": {"BUCKET": bucket}})
        self.sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": str(i), "MessageBody": body} for i, body in enumerate(["good", "fail", "fine"])])
        mapping = self.make_mapping(queue, function, FunctionResponseTypes=["ReportBatchItemFailures"], MaximumBatchingWindowInSeconds=1)
        eventually(lambda: len(self.got(bucket)) == 2, "both good ones", timeout=60)
        self.assertEqual({record["body"] for record in self.got(bucket)}, {"good", "fine"})
        self.assertEqual(self.drain(dead, 1), ["fail"])
        # Where the function raises, the whole batch is bad.
        self.sqs.send_message(QueueUrl=queue, MessageBody="raise")
        self.assertEqual(self.drain(dead, 1), ["raise"])
        told = self.lambda_.get_event_source_mapping(UUID=mapping["UUID"])
        self.assertEqual(told["LastProcessingResult"], "PROBLEM: Function call failed")

    def test_mappings(self):
        paths.need_current_description("lambda")
        queue, function = self.make_queue(), self.make_function()
        made = self.make_mapping(queue, function, Enabled=False, BatchSize=5)
        self.assertEqual((made["State"], made["BatchSize"], made["EventSourceArn"]), ("Disabled", 5, self.arn(queue)))
        self.refused("ResourceConflictException", self.make_mapping, queue=queue, function=function, status=409)
        self.sqs.send_message(QueueUrl=queue, MessageBody="left alone")
        changed = self.lambda_.update_event_source_mapping(UUID=made["UUID"], BatchSize=100, MaximumBatchingWindowInSeconds=1, ScalingConfig={"MaximumConcurrency": 2})
        self.assertEqual((changed["BatchSize"], changed["ScalingConfig"]), (100, {"MaximumConcurrency": 2}))
        listed = self.lambda_.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
        self.assertEqual([entry["UUID"] for entry in listed], [made["UUID"]])
        self.assertEqual(self.lambda_.list_event_source_mappings(EventSourceArn=self.arn(queue) + "x")["EventSourceMappings"], [])
        self.assertEqual(self.drain(queue, 1), ["left alone"])
        other = self.make_queue(VisibilityTimeout=5)
        for options in ({"EventSourceArn": self.arn(other)},  # hidden for less than the function may take
                        {"EventSourceArn": self.arn(queue) + "x"}, {"EventSourceArn": f"arn:aws:kinesis:us-east-1:{self.account}:stream/x", "StartingPosition": "LATEST"},
                        {"EventSourceArn": self.arn(queue), "BatchSize": 11}):
            self.refused("InvalidParameterValueException", self.lambda_.create_event_source_mapping, FunctionName=function, status=400, **options)
        powerless = functions.make_role(self.iam, self.name())
        self.addCleanup(functions.remove_role, self.iam, powerless.rsplit("/")[-1])
        self.refused("InvalidParameterValueException", self.make_mapping, queue=queue, function=self.make_function(Role=powerless), status=400)
        self.refused("ResourceNotFoundException", self.make_mapping, queue=queue, function=function + "x", status=404)
        self.assertEqual(self.lambda_.delete_event_source_mapping(UUID=made["UUID"])["State"], "Deleting")
        eventually(lambda: self._gone(made["UUID"]), "it is gone", timeout=60)

    def test_what_is_gone_can_be_disabled(self):
        queue, function = self.make_queue(), self.make_function()
        without_queue = self.make_mapping(queue, function)["UUID"]
        kept, gone = self.make_queue(), self.make_function()
        without_function = self.make_mapping(kept, gone)["UUID"]
        for mapping in (without_queue, without_function):
            eventually(lambda: self.lambda_.get_event_source_mapping(UUID=mapping)["State"] == "Enabled", "it is enabled", timeout=60)
        self.sqs.delete_queue(QueueUrl=queue)
        self.lambda_.delete_function(FunctionName=gone)
        # Some clients send everything that there is.
        for mapping, name in ((without_queue, function), (without_function, gone)):
            self.assertIn(self.lambda_.update_event_source_mapping(UUID=mapping, FunctionName=name, Enabled=False)["State"], ("Disabled", "Disabling", "Updating"))
            eventually(lambda: self.lambda_.get_event_source_mapping(UUID=mapping)["State"] == "Disabled", "it is disabled", timeout=60)
        self.refused("InvalidParameterValueException", self.lambda_.update_event_source_mapping, UUID=without_queue, Enabled=True, status=400)
        self.refused("ResourceNotFoundException", self.lambda_.update_event_source_mapping, UUID=without_function, Enabled=True, status=404)

    def _gone(self, uuid):
        import botocore.exceptions
        try:
            self.lambda_.get_event_source_mapping(UUID=uuid)
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"] == "ResourceNotFoundException"
        return False

    def test_shapes(self):
        queue, function = self.make_queue(), self.make_function()

        def call(operation, method, path, status, body=None, query=()):
            if self.wire is None:
                self.skipTest("raw calls are not made against AWS")
            sent = json.dumps(body).encode() if body is not None else b""
            answer = self.wire.request("lambda", method, path, query=query, body=sent, headers={"content-type": "application/json"} if sent else {})
            self.assertEqual(answer.status, status, answer.body)
            self.assertEqual(self.shapes.of_answer(operation, answer), [], answer.body)
            return json.loads(answer.body)

        request = {"EventSourceArn": self.arn(queue), "FunctionName": function, "FunctionResponseTypes": ["ReportBatchItemFailures"], "ScalingConfig": {"MaximumConcurrency": 3}}
        uuid = call("CreateEventSourceMapping", "POST", MAPPINGS + "/", 202, request)["UUID"]
        call("CreateEventSourceMapping", "POST", MAPPINGS, 409, request)
        call("GetEventSourceMapping", "GET", f"{MAPPINGS}/{uuid}", 200)
        call("ListEventSourceMappings", "GET", MAPPINGS, 200, query=[("MaxItems", "1")])
        call("UpdateEventSourceMapping", "PUT", f"{MAPPINGS}/{uuid}", 202, {"Enabled": False})
        call("DeleteEventSourceMapping", "DELETE", f"{MAPPINGS}/{uuid}", 202)
        call("GetEventSourceMapping", "GET", f"{MAPPINGS}/{uuid}", 404)


class DestinationTest(SourcesCase):
    TEXT = "def handler(event, context):\n    if event == 'fail': raise ValueError('no')\n    return [event]\n"

    def test_records_go_to_queues(self):
        done, failed, dead = self.make_queue(), self.make_queue(), self.make_queue()
        function = self.make_function(self.TEXT, DeadLetterConfig={"TargetArn": self.arn(dead)})
        self.lambda_.put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=0, DestinationConfig={
            "OnSuccess": {"Destination": self.arn(done)}, "OnFailure": {"Destination": self.arn(failed)}})
        for payload in ("fine", "fail"):
            self.lambda_.invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(payload))
        record = json.loads(self.drain(done, 1)[0])
        self.assertEqual((record["version"], record["requestPayload"], record["responsePayload"]), ("1.0", "fine", ["fine"]))
        self.assertEqual((record["requestContext"]["condition"], record["requestContext"]["approximateInvokeCount"]), ("Success", 1))
        record = json.loads(self.drain(failed, 1)[0])
        self.assertEqual((record["requestPayload"], record["responsePayload"]["errorType"]), ("fail", "ValueError"))
        self.assertEqual((record["requestContext"]["condition"], record["responseContext"]["functionError"]), ("RetriesExhausted", "Unhandled"))
        self.assertEqual(self.drain(dead, 1), ['"fail"'])

    def test_records_go_to_topics(self):
        sns = self.client("sns")
        topics, queues = {}, {}
        for name in ("done", "failed", "dead"):
            topics[name] = sns.create_topic(Name=self.name())["TopicArn"]
            self.addCleanup(self._quietly, sns.delete_topic, TopicArn=topics[name])
            queues[name] = self.make_queue()
            self.sqs.set_queue_attributes(QueueUrl=queues[name], Attributes={"Policy": policy(allow(
                "SQS:SendMessage", self.arn(queues[name]), Principal={"Service": "sns.amazonaws.com"}, Condition={"ArnEquals": {"aws:SourceArn": topics[name]}}))})
            sns.subscribe(TopicArn=topics[name], Protocol="sqs", Endpoint=self.arn(queues[name]))
        self.iam.put_role_policy(RoleName=self.role_name, PolicyName="topics", PolicyDocument=policy(allow("sns:Publish", list(topics.values()))))
        self.addCleanup(self._quietly, self.iam.delete_role_policy, RoleName=self.role_name, PolicyName="topics")
        if self.endpoint is None:
            time.sleep(15)
        function = self.make_function(self.TEXT, DeadLetterConfig={"TargetArn": topics["dead"]})
        told = self.lambda_.get_function_configuration(FunctionName=function)["DeadLetterConfig"]
        self.assertEqual(told, {"TargetArn": topics["dead"]})
        config = self.lambda_.put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=0, DestinationConfig={
            "OnSuccess": {"Destination": topics["done"]}, "OnFailure": {"Destination": topics["failed"]}})
        self.assertEqual(config["DestinationConfig"]["OnFailure"], {"Destination": topics["failed"]})
        for payload in ("fine", "fail"):
            self.lambda_.invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(payload))
        messages = {name: json.loads(self.drain(url, 1)[0]) for name, url in queues.items()}
        self.assertEqual({name: message["TopicArn"] for name, message in messages.items()}, topics)
        record = json.loads(messages["done"]["Message"])
        self.assertEqual((record["version"], record["requestContext"]["condition"], record["responsePayload"]), ("1.0", "Success", ["fine"]))
        record = json.loads(messages["failed"]["Message"])
        self.assertEqual((record["requestPayload"], record["requestContext"]["condition"], record["responsePayload"]["errorType"]), ("fail", "RetriesExhausted", "ValueError"))
        self.assertEqual(messages["dead"]["Message"], '"fail"')
        attributes = {name: (attribute["Type"], attribute["Value"]) for name, attribute in messages["dead"]["MessageAttributes"].items()}
        self.assertEqual(attributes.pop("RequestID"), ("String", record["requestContext"]["requestId"]))
        self.assertEqual(attributes, {"ErrorCode": ("Number", "200"), "ErrorMessage": ("String", "no")})

    def test_the_role_must_be_let(self):
        queue = self.make_queue()
        topic = self.client("sns").create_topic(Name=self.name())["TopicArn"]
        self.addCleanup(self._quietly, self.client("sns").delete_topic, TopicArn=topic)
        powerless = functions.make_role(self.iam, self.name())
        self.addCleanup(functions.remove_role, self.iam, powerless.rsplit("/")[-1])
        function = self.make_function(self.TEXT, Role=powerless)
        for destination in (self.arn(queue), self.arn(queue) + "x", topic, topic + "x"):
            self.refused("InvalidParameterValueException", self.lambda_.put_function_event_invoke_config, FunctionName=function, status=400,
                         DestinationConfig={"OnFailure": {"Destination": destination}})
            self.refused("InvalidParameterValueException", self.lambda_.update_function_configuration, FunctionName=function, status=400,
                         DeadLetterConfig={"TargetArn": destination})


if __name__ == "__main__":
    unittest.main()
