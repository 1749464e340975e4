#!/usr/bin/python3
"""Amazon SQS in both of its protocols: by Debian's boto3, which sends forms, and by boto3 with the current description, which sends JSON."""

import base64
import hashlib
import json
import pathlib
import sys
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.clients import aws, aws_json  # noqa: E402
from support.identities import IdentityCase, allow, deny, policy  # noqa: E402
from support.query_shapes import QueryShapes  # noqa: E402
from support.shapes import Shapes  # noqa: E402

OLD = "AWS.SimpleQueueService."
# What the query protocol calls the exceptions of the JSON protocol.
QUERY_CODES = {"QueueDoesNotExist": OLD + "NonExistentQueue", "QueueNameExists": "QueueAlreadyExists",
               "InvalidParameterValueException": "InvalidParameterValue", "MissingRequiredParameterException": "MissingParameter",
               "AccessDeniedException": "AccessDenied",
               **{name: OLD + name for name in ("BatchEntryIdsNotDistinct", "BatchRequestTooLong", "EmptyBatchRequest", "InvalidBatchEntryId",
                                                "MessageNotInflight", "TooManyEntriesInBatchRequest", "UnsupportedOperation")}}


class QueueCase(IdentityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.by_json = cls.client("sqs", described=True)
        cls.by_form = cls.client("sqs", described=False)
        cls.clients = (cls.by_json, cls.by_form)
        cls.sqs = cls.by_json

    def make(self, **attributes):
        """A new queue's URL."""
        url = self.sqs.create_queue(QueueName=self.name(), Attributes={name: str(value) for name, value in attributes.items()})["QueueUrl"]
        self.addCleanup(self._quietly, self.sqs.delete_queue, QueueUrl=url)
        return url

    def arn(self, url):
        return f"arn:aws:sqs:us-east-1:{self.account}:{url.rsplit('/')[-1]}"

    def refused_by(self, exception, call, **parameters):
        """By the code that boto3 tells: the query protocol's, also of the JSON protocol, whose answers carry it in a header."""
        answer = self.refused(QUERY_CODES.get(exception, exception), call, **parameters)
        return answer["Error"]["Message"]

    def receive(self, url, client=None, **options):
        return (client or self.sqs).receive_message(QueueUrl=url, **options).get("Messages", [])


class QueueTest(QueueCase):
    def test_protocols(self):
        paths.need_current_description("sqs")
        if self.by_form.meta.service_model.metadata["protocol"] != "query":
            self.skipTest("the installed botocore speaks JSON by itself: forms are tried raw alone")
        self.assertEqual(self.by_json.meta.service_model.metadata["protocol"], "json")

    def test_life(self):
        for sqs in self.clients:
            name = self.name()
            url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "5", "DelaySeconds": "0"}, tags={"a": "b"})["QueueUrl"]
            self.addCleanup(self._quietly, sqs.delete_queue, QueueUrl=url)
            self.assertTrue(url.endswith(f"/{self.account}/{name}"), url)
            self.assertEqual(sqs.get_queue_url(QueueName=name)["QueueUrl"], url)
            self.assertEqual(sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "5"})["QueueUrl"], url)
            self.assertIn("VisibilityTimeout", self.refused_by("QueueNameExists", sqs.create_queue, QueueName=name, Attributes={"VisibilityTimeout": "6"}))
            attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            self.assertEqual((attributes["QueueArn"], attributes["VisibilityTimeout"], attributes["MessageRetentionPeriod"], attributes["ApproximateNumberOfMessages"]),
                             (self.arn(url), "5", "345600", "0"))
            self.assertAlmostEqual(int(attributes["CreatedTimestamp"]), time.time(), delta=120)
            self.assertEqual(set(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn", "Policy"])["Attributes"]), {"QueueArn"})
            self.assertNotIn("Attributes", sqs.get_queue_attributes(QueueUrl=url))
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "2048", "ReceiveMessageWaitTimeSeconds": "1"})
            self.assertEqual(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["MaximumMessageSize"])["Attributes"], {"MaximumMessageSize": "2048"})
            sqs.tag_queue(QueueUrl=url, Tags={"c": "ü", "d": ""})
            sqs.untag_queue(QueueUrl=url, TagKeys=["d"])
            self.assertEqual(sqs.list_queue_tags(QueueUrl=url)["Tags"], {"a": "b", "c": "ü"})
            sqs.delete_queue(QueueUrl=url)
            for call in (sqs.delete_queue, sqs.receive_message, sqs.purge_queue, sqs.list_queue_tags):
                self.assertEqual(self.refused_by("QueueDoesNotExist", call, QueueUrl=url), "The specified queue does not exist.")
            self.refused_by("QueueDoesNotExist", sqs.get_queue_url, QueueName=name)

    def test_groups_of_standard_queues(self):
        for sqs in self.clients:
            url = self.make()
            sqs.send_message(QueueUrl=url, MessageBody="one", MessageGroupId="tenant-1")
            sqs.send_message(QueueUrl=url, MessageBody="two")
            sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "three", "MessageGroupId": "tenant-2"}])
            groups = {}
            while len(groups) < 3:
                for message in sqs.receive_message(QueueUrl=url, AttributeNames=["MessageGroupId"], MaxNumberOfMessages=10).get("Messages", []):
                    groups[message["Body"]] = message.get("Attributes", {}).get("MessageGroupId")
            self.assertEqual(groups, {"one": "tenant-1", "two": None, "three": "tenant-2"})
            for wrong in ("a b", "x" * 129):
                self.refused_by("InvalidParameterValue", sqs.send_message, QueueUrl=url, MessageBody="x", MessageGroupId=wrong)
            self.refused_by("InvalidParameterValue", sqs.send_message, QueueUrl=url, MessageBody="x", MessageDeduplicationId="d")

    def test_refusals(self):
        url = self.make()
        for sqs in self.clients:
            self.refused_by("InvalidParameterValueException", sqs.create_queue, QueueName="a b")
            self.refused_by("InvalidParameterValueException", sqs.create_queue, QueueName="a.fifo")
            self.refused_by("InvalidAttributeValue", sqs.create_queue, QueueName=self.name(), Attributes={"DelaySeconds": "901"})
            self.refused_by("InvalidAttributeName", sqs.set_queue_attributes, QueueUrl=url, Attributes={"Nonsense": "1"})
            self.refused_by("InvalidAttributeName", sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["Nonsense"])
            self.refused_by("InvalidAttributeValue", sqs.set_queue_attributes, QueueUrl=url, Attributes={"Policy": "{}"})
            self.refused_by("InvalidParameterValueException", sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=11)
            self.refused_by("InvalidParameterValueException", sqs.receive_message, QueueUrl=url, WaitTimeSeconds=21)
            self.refused_by("InvalidParameterValueException", sqs.receive_message, QueueUrl=url, VisibilityTimeout=43201)
            self.refused_by("ReceiptHandleIsInvalid", sqs.delete_message, QueueUrl=url, ReceiptHandle="nonsense")
            self.refused_by("ReceiptHandleIsInvalid", sqs.change_message_visibility, QueueUrl=url, ReceiptHandle="nonsense", VisibilityTimeout=1)
            self.refused_by("InvalidMessageContents", sqs.send_message, QueueUrl=url, MessageBody="a\ufffeb")
            self.refused_by("InvalidParameterValueException", sqs.send_message, QueueUrl=url, MessageBody="x" * (1 << 20) + "x")
            self.refused_by("InvalidParameterValueException", sqs.send_message, QueueUrl=url, MessageBody="x", DelaySeconds=901)
            self.refused_by("InvalidParameterValueException", sqs.send_message, QueueUrl=url, MessageBody="x",
                            MessageAttributes={"n": {"DataType": "Number", "StringValue": "one"}})
            self.refused_by("MissingRequiredParameterException", sqs.send_message, QueueUrl=url, MessageBody="")
            self.refused_by("EmptyBatchRequest", sqs.send_message_batch, QueueUrl=url, Entries=[])
            self.refused_by("TooManyEntriesInBatchRequest", sqs.send_message_batch, QueueUrl=url,
                            Entries=[{"Id": str(i), "MessageBody": "x"} for i in range(11)])
            self.refused_by("BatchEntryIdsNotDistinct", sqs.send_message_batch, QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "x"}] * 2)
            self.refused_by("InvalidBatchEntryId", sqs.delete_message_batch, QueueUrl=url, Entries=[{"Id": "a b", "ReceiptHandle": "x"}])
            self.refused_by("BatchRequestTooLong", sqs.send_message_batch, QueueUrl=url,
                            Entries=[{"Id": str(i), "MessageBody": "x" * 600_000} for i in range(2)])

    def test_listing_in_pages(self):
        prefix = self.name()
        names = sorted(prefix + end for end in "abcde")
        for name in names:
            url = self.sqs.create_queue(QueueName=name)["QueueUrl"]
            self.addCleanup(self._quietly, self.sqs.delete_queue, QueueUrl=url)
        for sqs in self.clients:
            pages = list(sqs.get_paginator("list_queues").paginate(QueueNamePrefix=prefix, PaginationConfig={"PageSize": 2}))
            self.assertEqual([[url.rsplit("/")[-1] for url in page["QueueUrls"]] for page in pages], [names[:2], names[2:4], names[4:]])
            self.assertNotIn("QueueUrls", sqs.list_queues(QueueNamePrefix=prefix + "x"))
        dead = self.make()
        redrive = json.dumps({"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": 5})
        for name in names[:3]:
            self.sqs.set_queue_attributes(QueueUrl=self.sqs.get_queue_url(QueueName=name)["QueueUrl"], Attributes={"RedrivePolicy": redrive})
        for sqs in self.clients:
            pages = list(sqs.get_paginator("list_dead_letter_source_queues").paginate(QueueUrl=dead, PaginationConfig={"PageSize": 2}))
            self.assertEqual([url.rsplit("/")[-1] for page in pages for url in page["queueUrls"]], names[:3])
        self.refused_by("InvalidParameterValueException", self.sqs.set_queue_attributes, QueueUrl=dead,
                        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": self.arn(dead) + "x", "maxReceiveCount": 5})})


class MessageTest(QueueCase):
    ATTRIBUTES = {"text": {"DataType": "String", "StringValue": "ü & <x>"}, "number": {"DataType": "Number.int", "StringValue": "42"},
                  "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}

    # boto3 itself checks MD5OfMessageBody and MD5OfMessageAttributes of what it sends, and MD5OfBody of what it receives.
    def test_life(self):
        for sqs in self.clients:
            url = self.make(VisibilityTimeout=30)
            body = "line\r\n\ttab ü \U0001F600 & <x>"
            sent = sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=self.ATTRIBUTES,
                                    MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}})
            self.assertEqual(sent["MD5OfMessageBody"], hashlib.md5(body.encode()).hexdigest())
            message, = self.receive(url, sqs, AttributeNames=["All"], MessageAttributeNames=["All"])
            self.assertEqual((message["MessageId"], message["Body"]), (sent["MessageId"], body))
            self.assertEqual(message["MD5OfMessageAttributes"], sent["MD5OfMessageAttributes"])
            self.assertEqual(message["MessageAttributes"], self.ATTRIBUTES)
            system = message["Attributes"]
            self.assertEqual((system["ApproximateReceiveCount"], system["SenderId"], system["AWSTraceHeader"]),
                             ("1", self.account, "Root=1-5759e988-bd862e3fe1be46a994272793"))
            self.assertAlmostEqual(int(system["SentTimestamp"]) / 1000, time.time(), delta=120)
            self.assertEqual(self.receive(url, sqs), [])
            counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            self.assertEqual((counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]), ("0", "1"))
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
            self.refused_by("MessageNotInflight", sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=5)
            again, = self.receive(url, sqs, AttributeNames=["ApproximateReceiveCount"], MessageAttributeNames=["text"])
            self.assertEqual(again["Attributes"], {"ApproximateReceiveCount": "2"})
            self.assertEqual(set(again["MessageAttributes"]), {"text"})
            sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
            self.refused_by("InvalidParameterValueException", sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=again["ReceiptHandle"], VisibilityTimeout=0)
            self.assertEqual(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["ApproximateNumberOfMessagesNotVisible"], "0")

    def test_batches(self):
        for sqs in self.clients:
            url = self.make(MaximumMessageSize=1024)
            sent = sqs.send_message_batch(QueueUrl=url, Entries=[
                {"Id": "one", "MessageBody": "1", "MessageAttributes": self.ATTRIBUTES}, {"Id": "long", "MessageBody": "x" * 1025},
                {"Id": "late", "MessageBody": "2", "DelaySeconds": 900}, {"Id": "bad", "MessageBody": "\ufffe"}, {"Id": "two", "MessageBody": "3"}])
            self.assertEqual([entry["Id"] for entry in sent["Successful"]], ["one", "late", "two"])
            self.assertEqual([(entry["Id"], entry["Code"], entry["SenderFault"]) for entry in sent["Failed"]],
                             [("long", "InvalidParameterValue", True), ("bad", "InvalidMessageContents", True)])
            counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            self.assertEqual((counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesDelayed"]), ("2", "1"))
            messages = self.receive(url, sqs, MaxNumberOfMessages=10)
            self.assertEqual([message["Body"] for message in messages], ["1", "3"])
            hidden = sqs.change_message_visibility_batch(QueueUrl=url, Entries=[
                {"Id": str(i), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0} for i, message in enumerate(messages)]
                + [{"Id": "bad", "ReceiptHandle": "nonsense", "VisibilityTimeout": 0}])
            self.assertEqual(([entry["Id"] for entry in hidden["Successful"]], hidden["Failed"][0]["Code"]), (["0", "1"], "ReceiptHandleIsInvalid"))
            messages = self.receive(url, sqs, MaxNumberOfMessages=10)
            gone = sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": str(i), "ReceiptHandle": message["ReceiptHandle"]} for i, message in enumerate(messages)]
                                            + [{"Id": "bad", "ReceiptHandle": "nonsense"}])
            self.assertEqual(([entry["Id"] for entry in gone["Successful"]], [entry["Id"] for entry in gone["Failed"]]), (["0", "1"], ["bad"]))
            sqs.purge_queue(QueueUrl=url)
            self.assertEqual(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["ApproximateNumberOfMessagesDelayed"], "0")

    def test_largest(self):
        url = self.make()
        body = "\n" * (1 << 20)
        for sqs in self.clients:
            sqs.send_message(QueueUrl=url, MessageBody=body)
            message, = self.receive(url, sqs)
            self.assertEqual(message["Body"], body)

    def test_dead_letters(self):
        dead = self.make()
        url = self.make(VisibilityTimeout=0, RedrivePolicy=json.dumps({"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": 2}))
        self.sqs.send_message(QueueUrl=url, MessageBody="poison")
        for _ in range(2):
            self.assertEqual(len(self.receive(url)), 1)
        self.assertEqual(self.receive(url), [])
        letter, = self.receive(dead, WaitTimeSeconds=5, AttributeNames=["All"])
        self.assertEqual((letter["Body"], letter["Attributes"]["DeadLetterQueueSourceArn"]), ("poison", self.arn(url)))

    def test_waiting(self):
        """More wait than there are workers, and others are served meanwhile; whoever waits is woken."""
        urls = [self.make() for _ in range(24)]
        got = []
        waiting = [threading.Thread(target=lambda url=url: got.append(self.receive(url, self.client("sqs", described=True), WaitTimeSeconds=20)[0]["Body"])) for url in urls]
        for thread in waiting:
            thread.start()
        for number, url in enumerate(urls):
            self.by_form.send_message(QueueUrl=url, MessageBody=str(number))
        for thread in waiting:
            thread.join(60)
        self.assertEqual(sorted(got, key=int), [str(number) for number in range(24)])
        self.assertEqual(self.receive(urls[0], WaitTimeSeconds=1), [])


class AccessTest(QueueCase):
    def test_users(self):
        url = self.make()
        user = self.make_user(allow("sqs:SendMessage", self.arn(url)), allow("sqs:ListQueues"))
        key = self.make_key(user)
        for client in (self.client("sqs", *key, described=True), self.client("sqs", *key, described=False)):
            client.send_message(QueueUrl=url, MessageBody="x")
            client.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "y"}])
            client.list_queues()
            self.assertIn("is not authorized to perform: sqs:ReceiveMessage", self.refused_by("AccessDeniedException", client.receive_message, QueueUrl=url))
            self.refused_by("AccessDeniedException", client.create_queue, QueueName=self.name())
        # The queue's own policy lets, and forbids.
        who = {"AWS": f"arn:aws:iam::{self.account}:user/{user}"}
        statement = allow("sqs:ReceiveMessage", self.arn(url), Principal=who)
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(statement)})
        self.assertEqual(len(self.receive(url, client)), 1)
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(statement, deny("sqs:SendMessage", self.arn(url), Principal=who))})
        self.refused_by("AccessDeniedException", client.send_message, QueueUrl=url, MessageBody="x")
        message, = self.receive(url, AttributeNames=["SenderId"])
        self.assertEqual(message["Attributes"]["SenderId"], self.iam.get_user(UserName=user)["User"]["UserId"])

    def test_permissions(self):
        url = self.make()
        for sqs in self.clients:
            sqs.add_permission(QueueUrl=url, Label="shared", AWSAccountIds=["111122223333"], Actions=["SendMessage", "GetQueueUrl"])
            self.refused_by("InvalidParameterValueException", sqs.add_permission, QueueUrl=url, Label="shared", AWSAccountIds=["111122223333"], Actions=["*"])
            self.refused_by("InvalidParameterValueException", sqs.add_permission, QueueUrl=url, Label="x", AWSAccountIds=["111122223333"], Actions=["Fly"])
            statement, = json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])["Statement"]
            self.assertEqual((statement["Sid"], statement["Action"], statement["Resource"]), ("shared", ["SQS:SendMessage", "SQS:GetQueueUrl"], self.arn(url)))
            sqs.remove_permission(QueueUrl=url, Label="shared")
            self.refused_by("InvalidParameterValueException", sqs.remove_permission, QueueUrl=url, Label="shared")
            self.assertNotIn("Attributes", sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]))


class WireTest(QueueCase):
    """What clients do not show: answers are held against the descriptions of both protocols."""

    def json(self, operation, status=200, **request):
        answer = self.wire.call("sqs", operation, request)
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["content-type"], "application/x-amz-json-1.0")
        shapes = Shapes("sqs")
        document = answer.json()
        self.assertEqual((shapes.of_output if status == 200 else shapes.of_error)(operation, document), [], document)
        return answer, document

    def form(self, operation, path="/", **parameters):
        import botocore
        description = next((pathlib.Path(botocore.__file__).parent / "data/sqs").glob("*/service-2.json"))
        if json.loads(description.read_text())["metadata"]["protocol"] != "query":
            self.skipTest("the installed botocore speaks JSON")
        body = urllib.parse.urlencode({"Action": operation, "Version": "2012-11-05", **parameters}).encode()
        answer = self.wire.request("sqs", "POST", path, body=body, headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"})
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(QueryShapes("sqs", description).of_output(operation, answer.body), [], answer.body)
        return answer.body.decode()

    def setUp(self):
        if self.wire is None:
            self.skipTest("raw calls are not made against AWS")

    def test_json(self):
        paths.need_current_description("sqs")
        name = self.name()
        _, made = self.json("CreateQueue", QueueName=name, Attributes={"VisibilityTimeout": "0"}, tags={"a": "b"})
        url = made["QueueUrl"]
        self.addCleanup(self._quietly, self.sqs.delete_queue, QueueUrl=url)
        attributes = {"a": {"DataType": "String", "StringValue": "b"}, "c": {"DataType": "Binary", "BinaryValue": base64.b64encode(b"\xff").decode()}}
        self.json("SendMessage", QueueUrl=url, MessageBody="m", MessageAttributes=attributes)
        self.json("SendMessageBatch", QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "m"}, {"Id": "b", "MessageBody": "\ufffe"}])
        _, received = self.json("ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"])
        self.assertEqual(len(received["Messages"]), 2)
        self.json("ListQueues", QueueNamePrefix=name)
        self.json("ListQueueTags", QueueUrl=url)
        self.json("GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])
        self.json("ListDeadLetterSourceQueues", QueueUrl=url)
        self.json("DeleteMessage", QueueUrl=url, ReceiptHandle=received["Messages"][0]["ReceiptHandle"])
        self.json("PurgeQueue", QueueUrl=url)
        answer, refused = self.json("GetQueueUrl", 400, QueueName=name + "x")
        self.assertEqual(refused["__type"], "com.amazonaws.sqs#QueueDoesNotExist")
        self.assertEqual(answer.headers["x-amzn-query-error"], "AWS.SimpleQueueService.NonExistentQueue;Sender")
        self.assertEqual(self.wire.call("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": 1}).json()["__type"], "com.amazon.coral.service#SerializationException")
        self.assertEqual(self.wire.call("sqs", "Nonsense", {}).json()["__type"], "com.amazon.coral.service#UnknownOperationException")
        self.json("DeleteQueue", QueueUrl=url)

    def test_forms(self):
        name = self.name()
        self.form("CreateQueue", **{"QueueName": name, "Attribute.1.Name": "VisibilityTimeout", "Attribute.1.Value": "0", "Tag.1.Key": "a", "Tag.1.Value": "b"})
        # Clients of before send to the queue's own URL, and some leave QueueUrl out.
        at = f"/{self.account}/{name}"
        self.addCleanup(self._quietly, self.sqs.delete_queue, QueueUrl=self.sqs.get_queue_url(QueueName=name)["QueueUrl"])
        self.form("SendMessage", at, **{"MessageBody": "m", "MessageAttribute.1.Name": "a", "MessageAttribute.1.Value.DataType": "String", "MessageAttribute.1.Value.StringValue": "b"})
        self.form("SendMessageBatch", at, **{"SendMessageBatchRequestEntry.2.Id": "two", "SendMessageBatchRequestEntry.2.MessageBody": "m",
                                             "SendMessageBatchRequestEntry.1.Id": "one", "SendMessageBatchRequestEntry.1.MessageBody": "\ufffe"})
        got = self.form("ReceiveMessage", at, **{"MaxNumberOfMessages": "10", "AttributeName.1": "All", "MessageAttributeName.1": "All"})
        self.assertEqual(got.count("<Message>"), 2)
        for operation in ("ListQueueTags", "ListDeadLetterSourceQueues", "PurgeQueue"):
            self.form(operation, at)
        self.form("GetQueueAttributes", at, **{"AttributeName.1": "All"})
        self.form("ListQueues", QueueNamePrefix=name)
        # The same path is a bucket's for S3.
        s3 = self.wire.request("s3", "GET", at)
        self.assertEqual(s3.status, 404, s3.body)
        self.assertIn(b"NoSuchBucket", s3.body)
        deep = {"Action": "SendMessage", "QueueUrl": at, ".".join("a" * 9): "x"}
        self.assertEqual(self.wire.request("sqs", "POST", "/", body=urllib.parse.urlencode(deep).encode(),
                                           headers={"content-type": "application/x-www-form-urlencoded"}).status, 400)
        self.form("DeleteQueue", at)


class CommandLineTest(QueueCase):
    def test_what_the_manual_says(self):
        name = self.name()
        url = aws_json(self.environment, "sqs", "create-queue", "--queue-name", name, "--attributes", "DelaySeconds=0")["QueueUrl"]
        self.addCleanup(self._quietly, self.sqs.delete_queue, QueueUrl=url)
        sent = aws_json(self.environment, "sqs", "send-message", "--queue-url", url, "--message-body", "Information about the largest city.",
                        "--message-attributes", '{"City": {"DataType": "String", "StringValue": "Any City"}}')
        message, = aws_json(self.environment, "sqs", "receive-message", "--queue-url", url, "--attribute-names", "All", "--message-attribute-names", "All")["Messages"]
        self.assertEqual((message["MessageId"], message["MessageAttributes"]["City"]["StringValue"]), (sent["MessageId"], "Any City"))
        aws(self.environment, "sqs", "delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
        aws(self.environment, "sqs", "delete-queue", "--queue-url", url)


if __name__ == "__main__":
    unittest.main()
