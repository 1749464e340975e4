#!/usr/bin/python3
"""Amazon SNS by boto3 and by raw requests that are held against the service description; deliveries to endpoints of the test's."""

import base64
import email
import email.policy
import json
import pathlib
import re
import sys
import unittest
import urllib.error
import urllib.request
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions  # noqa: E402
from support.identities import IdentityCase, allow, policy  # noqa: E402
from support.receivers import Hook, Mailbox, retries, signature_problem  # noqa: E402
from support.server import eventually  # noqa: E402

FAST = retries(1, 50)


class SnsCase(IdentityCase):
    _hook = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sns = cls.client("sns")

    def make_topic(self, **options):
        arn = self.sns.create_topic(Name=self.name(), **options)["TopicArn"]
        self.addCleanup(self._quietly, self.sns.delete_topic, TopicArn=arn)
        return arn

    def attributes(self, topic):
        return self.sns.get_topic_attributes(TopicArn=topic)["Attributes"]

    @property
    def hook(self):
        """An endpoint on this machine, of this test."""
        if self.endpoint is None:
            self.skipTest("AWS does not reach this machine")
        if self._hook is None:
            self._hook = Hook().__enter__()
            self.addCleanup(self._hook.close)
        return self._hook

    def subscription(self, arn):
        return self.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]


class TopicTests:
    def test_life(self):
        name = self.name()
        arn = self.sns.create_topic(Name=name, Attributes={"DisplayName": "Pictures"}, Tags=[{"Key": "a", "Value": "b"}])["TopicArn"]
        self.addCleanup(self._quietly, self.sns.delete_topic, TopicArn=arn)
        self.assertEqual(arn, f"arn:aws:sns:us-east-1:{self.account}:{name}")
        self.assertEqual(self.sns.create_topic(Name=name)["TopicArn"], arn)
        self.refused("InvalidParameter", self.sns.create_topic, Name=name, Attributes={"DisplayName": "Other"}, status=400)
        self.refused("InvalidParameter", self.sns.create_topic, Name=name, Tags=[{"Key": "a", "Value": "c"}], status=400)
        attributes = self.attributes(arn)
        self.assertEqual((attributes["TopicArn"], attributes["Owner"], attributes["DisplayName"]), (arn, self.account, "Pictures"))
        self.assertEqual([attributes[f"Subscriptions{state}"] for state in ("Confirmed", "Pending", "Deleted")], ["0", "0", "0"])
        self.assertEqual(json.loads(attributes["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]["numRetries"], 3)
        self.assertEqual(json.loads(attributes["Policy"])["Statement"][0]["Sid"], "__default_statement_ID")
        self.assertIn(arn, [topic["TopicArn"] for page in self.sns.get_paginator("list_topics").paginate() for topic in page["Topics"]])
        self.sns.delete_topic(TopicArn=arn)
        self.sns.delete_topic(TopicArn=arn)
        self.refused("NotFound", self.sns.get_topic_attributes, TopicArn=arn, status=404)
        self.refused("NotFound", self.sns.publish, TopicArn=arn, Message="x", status=404)

    def test_attributes(self):
        arn = self.make_topic()
        for name, value in (("DisplayName", "Ännchen"), ("SignatureVersion", "2"), ("DeliveryPolicy", json.dumps({"http": {"defaultHealthyRetryPolicy": {"numRetries": 7}}}))):
            self.sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
            self.assertEqual(self.attributes(arn)[name], value)
        self.assertEqual(json.loads(self.attributes(arn)["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]["numRetries"], 7)
        for name, value in (("Nonsense", "x"), ("SignatureVersion", "3"), ("DeliveryPolicy", "{"), ("Policy", "{}"), ("DisplayName", "x" * 101)):
            self.refused("InvalidParameter", self.sns.set_topic_attributes, TopicArn=arn, AttributeName=name, AttributeValue=value, status=400)

    def test_names(self):
        for name in ("", "a b", "x" * 257, "a/b"):
            answer = self.refused("InvalidParameter", self.sns.create_topic, Name=name, status=400)
            self.assertEqual(answer["Error"]["Message"], "Invalid parameter: Topic Name")
        self.refused("InvalidParameter", self.sns.get_topic_attributes, TopicArn="nonsense", status=400)
        self.refused("NotFound", self.sns.get_topic_attributes, TopicArn=f"arn:aws:sns:us-east-1:{self.account}:{self.name()}", status=404)

    def test_tags(self):
        arn = self.make_topic()
        self.sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        self.sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "3"}])
        self.sns.untag_resource(ResourceArn=arn, TagKeys=["b", "c"])
        self.assertEqual(self.sns.list_tags_for_resource(ResourceArn=arn)["Tags"], [{"Key": "a", "Value": "3"}])
        self.refused("ResourceNotFound", self.sns.list_tags_for_resource, ResourceArn=arn + "x", status=404)
        self.refused("TagLimitExceeded", self.sns.tag_resource, ResourceArn=arn, Tags=[{"Key": str(i), "Value": ""} for i in range(50)], status=400)

    def test_pages(self):
        if self.endpoint is None:
            self.skipTest("a hundred topics")
        made = {self.make_topic() for _ in range(101)}
        pages = list(self.sns.get_paginator("list_topics").paginate())
        self.assertGreater(len(pages), 1)
        listed = [topic["TopicArn"] for page in pages for topic in page["Topics"]]
        self.assertEqual(len(listed), len(set(listed)))
        self.assertLessEqual(made, set(listed))
        self.refused("InvalidParameter", self.sns.list_topics, NextToken="!", status=400)


class PublishTests:
    def test_refusals(self):
        arn = self.make_topic()
        message = lambda **parameters: self.refused(("InvalidParameter", "ParameterValueInvalid"), self.sns.publish, TopicArn=arn, status=400, **parameters)["Error"]["Message"]  # noqa: E731
        self.assertEqual(message(Message=""), "Invalid parameter: Empty message")
        self.assertEqual(message(Message="x" * (256 * 1024 + 1)), "Invalid parameter: Message too long")
        self.assertEqual(message(Message="x", Subject="a\nb"), "Invalid parameter: Subject")
        self.assertEqual(message(Message="x", Subject="a" * 101), "Invalid parameter: Subject")
        self.assertEqual(message(Message="x", MessageStructure="json"), "Invalid parameter: Message Structure - JSON message body failed to parse")
        self.assertEqual(message(Message='{"sqs": "x"}', MessageStructure="json"), "Invalid parameter: Message Structure - No default entry in JSON message body")
        one = lambda **value: message(Message="x", MessageAttributes={"a": value})  # noqa: E731
        self.assertIn("invalid message attribute type", one(DataType="Text", StringValue="x"))
        self.assertIn("non-empty message attribute value", one(DataType="String", StringValue=""))
        self.assertIn("Could not cast", one(DataType="Number", StringValue="x"))
        self.assertTrue(self.sns.publish(TopicArn=arn, Message="x" * (256 * 1024))["MessageId"])
        self.assertTrue(self.sns.publish(TargetArn=arn, Message="x", MessageAttributes={"a": {"DataType": "Binary", "BinaryValue": b"\0"}})["MessageId"])

    def test_batches(self):
        arn = self.make_topic()
        entries = [{"Id": f"e{i}", "Message": "x"} for i in range(10)]
        answer = self.sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=entries)
        self.assertEqual([entry["Id"] for entry in answer["Successful"]], [entry["Id"] for entry in entries])
        self.assertEqual(len({entry["MessageId"] for entry in answer["Successful"]}), 10)
        answer = self.sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=[{"Id": "good", "Message": "x"}, {"Id": "bad", "Message": "x", "Subject": "\n"}])
        self.assertEqual([entry["Id"] for entry in answer["Successful"]], ["good"])
        self.assertEqual([(entry["Id"], entry["Code"], entry["SenderFault"]) for entry in answer["Failed"]], [("bad", "InvalidParameter", True)])
        for code, wrong in (("EmptyBatchRequest", []), ("TooManyEntriesInBatchRequest", entries + [{"Id": "e10", "Message": "x"}]),
                            ("BatchEntryIdsNotDistinct", [entries[0], entries[0]]), ("InvalidBatchEntryId", [{"Id": "a b", "Message": "x"}]),
                            ("BatchRequestTooLong", [{"Id": str(i), "Message": "x" * 100_000} for i in range(3)])):
            self.refused((code, code + "Exception"), self.sns.publish_batch, TopicArn=arn, PublishBatchRequestEntries=wrong, status=400)


class ShapesTests:
    """Raw answers, held against the service description."""

    def test_answers(self):
        name = self.name()
        self.query("sns", "CreateTopic", Name=name, **{"Attributes.entry.1.key": "DisplayName", "Attributes.entry.1.value": "x"})
        arn = f"arn:aws:sns:us-east-1:{self.account}:{name}"
        self.addCleanup(self._quietly, self.sns.delete_topic, TopicArn=arn)
        body = self.query("sns", "Subscribe", TopicArn=arn, Protocol="http", Endpoint="http://127.0.0.1:9/", ReturnSubscriptionArn="true")
        subscription = re.search(r"<SubscriptionArn>(.*)</SubscriptionArn>", body)[1]
        for operation, parameters in (("GetTopicAttributes", {"TopicArn": arn}), ("ListTopics", {}), ("ListSubscriptions", {}), ("ListSubscriptionsByTopic", {"TopicArn": arn}),
                                      ("GetSubscriptionAttributes", {"SubscriptionArn": subscription}), ("Publish", {"TopicArn": arn, "Message": "x"}),
                                      ("SetSubscriptionAttributes", {"SubscriptionArn": subscription, "AttributeName": "RawMessageDelivery", "AttributeValue": "true"}),
                                      ("TagResource", {"ResourceArn": arn, "Tags.member.1.Key": "k", "Tags.member.1.Value": "v"}), ("ListTagsForResource", {"ResourceArn": arn}),
                                      ("UntagResource", {"ResourceArn": arn, "TagKeys.member.1": "k"}),
                                      ("AddPermission", {"TopicArn": arn, "Label": "l", "AWSAccountId.member.1": "123456789012", "ActionName.member.1": "Publish"}),
                                      ("RemovePermission", {"TopicArn": arn, "Label": "l"}),
                                      ("PublishBatch", {"TopicArn": arn, "PublishBatchRequestEntries.member.1.Id": "a", "PublishBatchRequestEntries.member.1.Message": "m"}),
                                      ("SetTopicAttributes", {"TopicArn": arn, "AttributeName": "DisplayName", "AttributeValue": "y"}),
                                      ("Unsubscribe", {"SubscriptionArn": subscription}), ("DeleteTopic", {"TopicArn": arn})):
            self.query("sns", operation, **parameters)
        self.query("sns", "ConfirmSubscription", 404, TopicArn=arn, Token="x")
        self.query("sns", "GetSubscriptionAttributes", 404, SubscriptionArn=subscription)
        self.query("sns", "GetDataProtectionPolicy", 400, ResourceArn=arn)


class AccessTests:
    def test_policies(self):
        arn = self.make_topic()
        user = self.make_user()
        sns = self.client("sns", *self.make_key(user))
        self.refused("AuthorizationError", sns.publish, TopicArn=arn, Message="x", status=403)
        self.grant(user, allow("sns:Publish", arn))
        sns.publish(TopicArn=arn, Message="x")
        sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=[{"Id": "a", "Message": "x"}])
        self.refused("AuthorizationError", sns.delete_topic, TopicArn=arn, status=403)
        self.refused("AuthorizationError", sns.list_topics, status=403)
        # The topic's own policy opens and closes as well.
        theirs = self.iam.get_user(UserName=user)["User"]["Arn"]
        own = policy({"Effect": "Deny", "Principal": {"AWS": theirs}, "Action": "SNS:Publish", "Resource": arn},
                     {"Effect": "Allow", "Principal": {"AWS": theirs}, "Action": "sns:GetTopicAttributes", "Resource": arn})
        self.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=own)
        self.refused("AuthorizationError", sns.publish, TopicArn=arn, Message="x", status=403)
        self.assertEqual(json.loads(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]), json.loads(own))

    def test_protocols_may_be_bounded(self):
        arn = self.make_topic()
        user = self.make_user(allow("sns:Subscribe", arn, Condition={"StringEquals": {"sns:Protocol": "https"}}))
        sns = self.client("sns", *self.make_key(user))
        sns.subscribe(TopicArn=arn, Protocol="https", Endpoint="https://127.0.0.1:9/")
        self.refused("AuthorizationError", sns.subscribe, TopicArn=arn, Protocol="http", Endpoint="http://127.0.0.1:9/", status=403)

    def test_permissions(self):
        arn = self.make_topic()
        self.sns.add_permission(TopicArn=arn, Label="given", AWSAccountId=["123456789012"], ActionName=["Publish", "Subscribe"])
        statement = json.loads(self.attributes(arn)["Policy"])["Statement"][-1]
        self.assertEqual((statement["Sid"], statement["Action"]), ("given", ["SNS:Publish", "SNS:Subscribe"]))
        self.refused("InvalidParameter", self.sns.add_permission, TopicArn=arn, Label="given", AWSAccountId=["123456789012"], ActionName=["Publish"], status=400)
        self.refused("InvalidParameter", self.sns.add_permission, TopicArn=arn, Label="x", AWSAccountId=["123456789012"], ActionName=["Fly"], status=400)
        self.sns.remove_permission(TopicArn=arn, Label="given")
        self.assertEqual([each["Sid"] for each in json.loads(self.attributes(arn)["Policy"])["Statement"]], ["__default_statement_ID"])
        self.refused("NotFound", self.sns.remove_permission, TopicArn=arn, Label="given", status=404)


class WebhookTests:
    def test_confirmation_and_signatures(self):
        topic = self.make_topic()
        answer = self.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=self.hook.url)
        self.assertEqual(answer["SubscriptionArn"], "pending confirmation")
        received = self.hook.wait_for("SubscriptionConfirmation")
        document = received.json
        self.assertIsNone(signature_problem(document))
        self.assertEqual(received.headers["x-amz-sns-topic-arn"], topic)
        self.assertEqual(received.headers["x-amz-sns-message-id"], document["MessageId"])
        self.assertEqual(self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"], "PendingConfirmation")
        self.refused("InvalidParameter", self.sns.confirm_subscription, TopicArn=topic, Token="0" * 64, status=400)
        # Who only looks at the link confirms nothing.
        urllib.request.urlopen(urllib.request.Request(document["SubscribeURL"], method="HEAD"), timeout=30).close()
        self.assertEqual(self.attributes(topic)["SubscriptionsPending"], "1")
        arn = self.sns.confirm_subscription(TopicArn=topic, Token=document["Token"])["SubscriptionArn"]
        self.assertEqual(self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"],
                         [{"SubscriptionArn": arn, "Owner": self.account, "Protocol": "http", "Endpoint": self.hook.url, "TopicArn": topic}])
        for count, version in enumerate(("1", "2"), 1):
            self.sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue=version)
            identity = self.sns.publish(TopicArn=topic, Subject="Grüße", Message="text ✓", MessageAttributes={"n": {"DataType": "Number", "StringValue": "5"}})["MessageId"]
            received = self.hook.wait_for("Notification", count)
            document = received.json
            self.assertIsNone(signature_problem(document))
            self.assertIsNotNone(signature_problem({**document, "Message": "other"}))
            self.assertEqual((document["MessageId"], document["Message"], document["Subject"], document["SignatureVersion"]), (identity, "text ✓", "Grüße", version))
            self.assertEqual(document["MessageAttributes"], {"n": {"Type": "Number", "Value": "5"}})
            self.assertEqual(received.headers["x-amz-sns-subscription-arn"], arn)
            self.assertEqual(received.headers["Content-Type"], "text/plain; charset=UTF-8")

    def test_unsubscribing_by_the_link(self):
        topic = self.make_topic()
        arn = self.hook.subscribe(self.sns, topic)
        self.sns.publish(TopicArn=topic, Message="x")
        link = self.hook.wait_for("Notification").json["UnsubscribeURL"]
        urllib.request.urlopen(link, timeout=30).close()
        goodbye = self.hook.wait_for("UnsubscribeConfirmation").json
        self.assertIsNone(signature_problem(goodbye))
        self.refused("NotFound", self.sns.get_subscription_attributes, SubscriptionArn=arn, status=404)
        self.sns.confirm_subscription(TopicArn=topic, Token=goodbye["Token"], AuthenticateOnUnsubscribe="true")
        self.assertEqual(self.subscription(arn)["ConfirmationWasAuthenticated"], "true")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(link, timeout=30)
        self.assertEqual(caught.exception.code, 403)
        self.sns.unsubscribe(SubscriptionArn=arn)
        self.refused("NotFound", self.sns.get_subscription_attributes, SubscriptionArn=arn, status=404)

    def test_raw_json_and_filters(self):
        topic = self.make_topic()
        self.hook.subscribe(self.sns, topic, "/raw", Attributes={"RawMessageDelivery": "true"})
        self.hook.subscribe(self.sns, topic, "/cats", Attributes={"FilterPolicy": json.dumps({"animal": ["cat"]})})
        self.hook.subscribe(self.sns, topic, "/body", Attributes={"FilterPolicy": json.dumps({"size": [{"numeric": [">", 5]}]}), "FilterPolicyScope": "MessageBody"})
        self.sns.publish(TopicArn=topic, MessageStructure="json", Message=json.dumps({"default": "general", "http": '{"size": 6}'}))
        self.sns.publish(TopicArn=topic, Message="meow", MessageAttributes={"animal": {"DataType": "String.Array", "StringValue": '["dog", "cat"]'}})
        raw = self.hook.wait_for("Notification", 2, "/raw")
        self.assertEqual(sorted(one.body for one in self.hook.of("Notification", "/raw")), [b"meow", b'{"size": 6}'])
        self.assertEqual(raw.headers["x-amz-sns-rawdelivery"], "true")
        self.assertEqual(self.hook.wait_for("Notification", 1, "/cats").json["Message"], "meow")
        self.assertEqual(self.hook.wait_for("Notification", 1, "/body").json["Message"], '{"size": 6}')
        self.sns.publish(TopicArn=topic, Message="last")
        self.hook.wait_for("Notification", 3, "/raw")
        self.assertEqual([len(self.hook.of("Notification", path)) for path in ("/cats", "/body")], [1, 1])

    def test_an_endpoint_that_is_down_gets_it_later(self):
        topic = self.make_topic()
        self.hook.subscribe(self.sns, topic, Attributes={"DeliveryPolicy": FAST})
        self.hook.answer = 503
        identity = self.sns.publish(TopicArn=topic, Message="x")["MessageId"]
        eventually(lambda: self.hook.refused >= 2, "two tries")
        self.hook.answer = 200
        self.assertEqual(self.hook.wait_for("Notification").json["MessageId"], identity)

    def test_redirections_are_not_followed(self):
        topic = self.make_topic()
        self.hook.subscribe(self.sns, topic, Attributes={"DeliveryPolicy": FAST})
        self.hook.answer, self.hook.keep_all = 307, True
        self.sns.publish(TopicArn=topic, Message="x")
        self.hook.wait_for("Notification")
        self.hook.answer = 200
        self.sns.publish(TopicArn=topic, Message="y")
        self.hook.wait_for("Notification", 2)
        self.assertEqual([one.path for one in self.hook.received if one.type == "Notification"], ["/", "/"])

    def test_a_function_hears(self):
        role_name = self.name()
        role = functions.make_role(self.iam, role_name)
        self.addCleanup(functions.remove_role, self.iam, role_name)
        lambda_, name, topic = self.client("lambda"), self.name(), self.make_topic()
        code = f"import json, urllib.request\ndef handler(event, context): urllib.request.urlopen('{self.hook.url}', json.dumps(event).encode()).close()\n"
        function = lambda_.create_function(FunctionName=name, Runtime="python3.11", Role=role, Handler="app.handler", Timeout=30, Code={"ZipFile": functions.python(code)})["FunctionArn"]
        self.addCleanup(self._quietly, lambda_.delete_function, FunctionName=name)
        lambda_.add_permission(FunctionName=name, StatementId="sns", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com", SourceArn=topic)
        arn = self.sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)["SubscriptionArn"]
        identity = self.sns.publish(TopicArn=topic, Message="for you", Subject="S")["MessageId"]
        record = eventually(lambda: list(self.hook.received), "the function's call", timeout=60)[0].json["Records"][0]
        self.assertEqual((record["EventSource"], record["EventSubscriptionArn"], record["EventVersion"]), ("aws:sns", arn, "1.0"))
        self.assertEqual((record["Sns"]["MessageId"], record["Sns"]["Message"], record["Sns"]["Subject"], record["Sns"]["TopicArn"]), (identity, "for you", "S", topic))


class QueueTests:
    """Queues as subscribers and as dead letters; a bucket that publishes."""

    @property
    def sqs(self):
        return self.client("sqs")

    def make_queue(self, *topics):
        """(URL, ARN) of a queue that the topics may send to."""
        url = self.sqs.create_queue(QueueName=self.name())["QueueUrl"]
        self.addCleanup(self._quietly, self.sqs.delete_queue, QueueUrl=url)
        arn = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        if topics:
            own = policy({"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn,
                          "Condition": {"ArnEquals": {"aws:SourceArn": list(topics)}}})
            self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": own})
        return url, arn

    def receive(self, url):
        def look():
            return self.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MessageAttributeNames=["All"]).get("Messages")

        message = eventually(look, "a message")[0]
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return message

    def test_queues_hear(self):
        topic = self.make_topic()
        url, arn = self.make_queue(topic)
        raw_url, raw_arn = self.make_queue(topic)
        subscription = self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
        self.assertEqual(self.subscription(subscription)["PendingConfirmation"], "false")
        self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=raw_arn, Attributes={"RawMessageDelivery": "true"})
        attributes = {"n": {"DataType": "Number", "StringValue": "5"}, "b": {"DataType": "Binary", "BinaryValue": b"\0\xff"}}
        identity = self.sns.publish(TopicArn=topic, Message="hello", Subject="S", MessageAttributes=attributes)["MessageId"]
        document = json.loads(self.receive(url)["Body"])
        self.assertEqual((document["Type"], document["MessageId"], document["Message"], document["Subject"]), ("Notification", identity, "hello", "S"))
        if self.server:
            self.assertIsNone(signature_problem(document))
        raw = self.receive(raw_url)
        self.assertEqual(raw["Body"], "hello")
        self.assertEqual(raw["MessageAttributes"]["n"], {"DataType": "Number", "StringValue": "5"})
        self.assertEqual(raw["MessageAttributes"]["b"], {"DataType": "Binary", "BinaryValue": b"\0\xff"})

    def test_dead_letters(self):
        topic = self.make_topic()
        letters_url, letters = self.make_queue(topic)
        _, closed = self.make_queue()  # whose policy lets nobody
        self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=closed, Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": letters})})
        identity = self.sns.publish(TopicArn=topic, Message="x")["MessageId"]
        self.assertEqual(json.loads(self.receive(letters_url)["Body"])["MessageId"], identity)

    def test_a_bucket_publishes(self):
        topic, bucket, s3 = self.make_topic(), self.make_bucket(), self.client("s3")
        url, arn = self.make_queue(topic)
        self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        wanted = {"TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]}
        self.refused("InvalidArgument", s3.put_bucket_notification_configuration, Bucket=bucket, NotificationConfiguration=wanted, status=400)
        own = policy({"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sns:Publish", "Resource": topic,
                      "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"}}})
        self.sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=own)
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=wanted)
        s3.put_object(Bucket=bucket, Key="a b.txt", Body=b"x")
        while True:  # S3 first says that it may
            document = json.loads(self.receive(url)["Body"])
            self.assertEqual(document["Subject"], "Amazon S3 Notification")
            event = json.loads(document["Message"])
            if event.get("Event") != "s3:TestEvent":
                break
        self.assertEqual((event["Records"][0]["s3"]["bucket"]["name"], event["Records"][0]["s3"]["object"]["key"]), (bucket, "a+b.txt"))


class SubscriptionTests:
    def test_attributes_of_subscriptions(self):
        topic = self.make_topic()
        arn = self.sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://ana:secret@127.0.0.1:9/x", ReturnSubscriptionArn=True)["SubscriptionArn"]
        change = lambda name, value: self.sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)  # noqa: E731
        self.assertEqual((self.subscription(arn)["PendingConfirmation"], self.subscription(arn)["RawMessageDelivery"]), ("true", "false"))
        self.assertEqual(self.subscription(arn)["Endpoint"], "https://ana:****@127.0.0.1:9/x")
        redrive = json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{self.account}:letters"})
        for name, value in (("RawMessageDelivery", "true"), ("FilterPolicyScope", "MessageBody"), ("FilterPolicy", '{"a":{"b":["x"]}}'), ("DeliveryPolicy", FAST), ("RedrivePolicy", redrive)):
            change(name, value)
            if name != "FilterPolicyScope":
                self.assertEqual(json.loads(self.subscription(arn)[name]), json.loads(value))
        self.assertEqual(self.subscription(arn)["FilterPolicyScope"], "MessageBody")
        self.assertEqual(json.loads(self.subscription(arn)["EffectiveDeliveryPolicy"])["healthyRetryPolicy"]["numRetries"], 50)
        change("FilterPolicy", "{}")
        self.assertNotIn("FilterPolicy", self.subscription(arn))
        for name, value in (("FilterPolicy", "{"), ("FilterPolicy", '{"a": "x"}'), ("FilterPolicyScope", "Both"), ("RawMessageDelivery", "perhaps"), ("DeliveryPolicy", "[]"),
                            ("RedrivePolicy", '{"deadLetterTargetArn": "x"}'), ("Nonsense", "x")):
            self.refused("InvalidParameter", self.sns.set_subscription_attributes, SubscriptionArn=arn, AttributeName=name, AttributeValue=value, status=400)
        self.refused("InvalidParameter", self.sns.get_subscription_attributes, SubscriptionArn="x", status=400)
        self.refused("NotFound", self.sns.get_subscription_attributes, SubscriptionArn=f"{topic}:{uuid.uuid4()}", status=404)

    def test_refused_subscriptions(self):
        topic = self.make_topic()
        for protocol, endpoint in (("http", "https://a/"), ("https", "http://a/"), ("http", "http://"), ("pigeon", "x"), ("sms", "+1"), ("email", "nobody"), ("http", "")):
            self.refused("InvalidParameter", self.sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint=endpoint, status=400)
        self.refused("NotFound", self.sns.subscribe, TopicArn=topic + "x", Protocol="http", Endpoint="http://127.0.0.1:9/", status=404)
        too_many = json.dumps({name: ["x"] for name in "abcdef"})
        answer = self.refused("InvalidParameter", self.sns.subscribe, TopicArn=topic, Protocol="http", Endpoint="http://127.0.0.1:9/", Attributes={"FilterPolicy": too_many}, status=400)
        self.assertEqual(answer["Error"]["Message"], "Invalid parameter: Attributes Reason: FilterPolicy: Filter policy can not have more than 5 keys")

    def test_without_a_mail_server_mail_is_refused(self):
        if self.endpoint is None:
            self.skipTest("AWS has one")
        answer = self.refused("InvalidParameter", self.sns.subscribe, TopicArn=self.make_topic(), Protocol="email", Endpoint="ana@example.com", status=400)
        self.assertIn("no mail server is configured", answer["Error"]["Message"])


class SnsTest(TopicTests, PublishTests, ShapesTests, AccessTests, WebhookTests, QueueTests, SubscriptionTests, SnsCase):
    """All of these over one server."""


class MailTest(SnsCase):
    @classmethod
    def setUpClass(cls):
        cls.mailbox = Mailbox()
        cls.mailbox.__enter__()
        cls.addClassCleanup(cls.mailbox.close)
        cls.config = f'[mail]\nserver = "{cls.mailbox.url}"\nfrom = "eyrie@example.com"\n'
        super().setUpClass()
        if cls.server is None:
            raise unittest.SkipTest("the mail server is the test's")

    def mail(self, count):
        to, raw = eventually(lambda: len(self.mailbox.received) >= count and list(self.mailbox.received), f"{count} mails")[count - 1]
        return to, email.message_from_bytes(raw, policy=email.policy.default)

    def test_mail(self):
        topic = self.make_topic(Attributes={"DisplayName": "Pictures"})
        arn = self.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ana@example.com", ReturnSubscriptionArn=True)["SubscriptionArn"]
        to, mail = self.mail(1)
        self.assertEqual((to, mail["To"], mail["From"]), (["ana@example.com"], "ana@example.com", "Pictures <eyrie@example.com>"))
        link = re.search(r"http://\S+Action=ConfirmSubscription\S+", mail.get_content())[0]
        page = urllib.request.urlopen(urllib.request.Request(link, headers={"Accept": "text/html"}), timeout=30).read().decode()
        self.assertIn("The subscription is confirmed.", page)
        self.sns.publish(TopicArn=topic, Subject="Größe ✓", Message="Grüße\n.\nEnde")
        mail = self.mail(2)[1]
        self.assertEqual(mail["Subject"], "Größe ✓")
        self.assertTrue(mail.get_content().startswith("Grüße\n.\nEnde\n"), mail.get_content())
        urllib.request.urlopen(re.search(r"http://\S+Action=Unsubscribe\S+", mail.get_content())[0], timeout=30).close()
        self.refused("NotFound", self.sns.get_subscription_attributes, SubscriptionArn=arn, status=404)
        self.assertIn("Action=ConfirmSubscription", self.mail(3)[1].get_content())
        self.sns.subscribe(TopicArn=topic, Protocol="email-json", Endpoint="ben@example.com")
        document = json.loads(base64.b64decode(self.mail(4)[1].get_payload()))
        self.assertEqual(document["Type"], "SubscriptionConfirmation")
        self.assertIsNone(signature_problem(document))


if __name__ == "__main__":
    unittest.main()
