#!/usr/bin/python3
"""kill -9 at random moments while everything is at work at once: multipart uploads are made and aborted, objects deleted, a function of one's own is told of each object and invoked by
its name, versions of it are published, pictures are analyzed and told of by a rule, and messages published to an endpoint that stumbles.

Afterwards the server has what this test's own books say, no more and no less: each acknowledged object whole, each deleted or aborted one gone, each event and invocation in the
function's table, one record a picture and an alert of it, each message delivered, each version as it was published, and no file but the objects'.

EYRIE_CHAOS_EVERYTHING_KILLS (14) kills, EYRIE_CHAOS_SEED to repeat the moments.
"""

import collections
import hashlib
import json
import os
import pathlib
import random
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions, paths  # noqa: E402
from support.case import SMALL_MODELS, figure  # noqa: E402
from support.everything import picture, some_bytes  # noqa: E402
from support.receivers import DETECTIONS, Hook, retries  # noqa: E402
from support.records import all_records  # noqa: E402
from support.server import Server, run_eyrie  # noqa: E402
from support.signing import raw_client  # noqa: E402
from support.storm import storm  # noqa: E402

KILLS = int(os.environ.get("EYRIE_CHAOS_EVERYTHING_KILLS", "14"))
SEED = int(os.environ.get("EYRIE_CHAOS_SEED", str(random.randrange(1 << 32))))
PATIENCE = 120 + 5 * KILLS  # seconds, for what must come after the last start
SMALLEST_PART = 5 << 20  # of a part that is not the last
STUMBLES = 0.3  # seconds of each
CONFIG = SMALL_MODELS + """
[[alerts]]
name = "pictures"
when = { label = "Cat" }
threshold = 20
"""
NOTE = '''
import boto3, os, time, urllib.parse
table = boto3.resource("dynamodb").Table("Noted")

def handler(event, context):
    for name in [urllib.parse.unquote_plus(record["s3"]["object"]["key"]) for record in event.get("Records", [])] or [event["Name"]]:
        table.put_item(Item={"Name": name, "At": time.time_ns()})
    return os.environ.get("NUMBER")
'''


class EverythingKillTest(unittest.TestCase):
    def setUp(self):
        paths.boto3()
        self.randomly, self.numbers = random.Random(SEED), iter(range(1 << 30))
        self.tried, self.whole = {}, {}         # digest by key: of what may be there; of what must be
        self.deleting, self.deleted = set(), set()
        self.aborted = {}                       # key -> upload id
        self.invoked, self.published, self.pictures, self.versions = set(), set(), set(), {}
        self.picture = picture()

    # --- the steps ---

    def put_parts(self, clients):
        s3, number = clients["s3"], next(self.numbers)
        key = f"parts/{number}"
        parts = [some_bytes(number, 1000 + number % 70_000)]
        if self.randomly.random() < 0.1:
            parts.insert(0, some_bytes(number + 1, SMALLEST_PART))
        upload = s3.create_multipart_upload(Bucket="many", Key=key)["UploadId"]
        tags = [s3.upload_part(Bucket="many", Key=key, UploadId=upload, PartNumber=at, Body=part)["ETag"] for at, part in enumerate(parts, 1)]
        if self.randomly.random() < 0.3:
            s3.abort_multipart_upload(Bucket="many", Key=key, UploadId=upload)
            self.aborted[key] = upload
            return
        self.tried[key] = hashlib.sha256(b"".join(parts)).digest()
        s3.complete_multipart_upload(Bucket="many", Key=key, UploadId=upload, MultipartUpload={
            "Parts": [{"PartNumber": at, "ETag": tag} for at, tag in enumerate(tags, 1)]})
        self.whole[key] = self.tried[key]

    def delete(self, clients):
        time.sleep(self.randomly.uniform(0.1, 0.4))
        keys = [key for key in list(self.whole) if key not in self.deleting]
        if len(keys) > 5:
            key = self.randomly.choice(keys)
            self.deleting.add(key)
            clients["s3"].delete_object(Bucket="many", Key=key)
            self.deleted.add(key)

    def invoke(self, clients):
        name = f"invoked {next(self.numbers)}"
        answer = clients["lambda"].invoke(FunctionName="note", InvocationType="Event", Payload=json.dumps({"Name": name}))
        self.assertEqual(answer["StatusCode"], 202)
        self.invoked.add(name)
        time.sleep(0.1)

    def publish_version(self, clients):
        number = str(next(self.numbers))
        clients["lambda"].update_function_configuration(FunctionName="versions", Environment={"Variables": {"NUMBER": number}})
        version = clients["lambda"].publish_version(FunctionName="versions")["Version"]
        self.versions[version] = number
        time.sleep(0.3)

    def upload_picture(self, clients):
        key = f"uploads/{next(self.numbers)}.jpg"
        clients["s3"].put_object(Bucket="images", Key=key, Body=self.picture)
        self.pictures.add(key)
        time.sleep(0.5)

    def publish(self, clients):
        answer = clients["sns"].publish(TopicArn=DETECTIONS, Message=json.dumps({"By": "hand"}))
        self.published.add(answer["MessageId"])
        time.sleep(0.05)

    def stumble(self, _):
        self.hook.answer = 503
        time.sleep(STUMBLES)
        self.hook.answer = 200
        time.sleep(3 * STUMBLES)

    # --- before and after ---

    def test_everything_is_as_the_books_say(self):
        print(f"    {KILLS} kills, EYRIE_CHAOS_SEED={SEED}", flush=True)
        with Hook() as self.hook, Server(config=CONFIG) as self.server:
            self.deploy()
            steps = [self.put_parts, self.put_parts, self.delete, self.invoke, self.publish_version, self.upload_picture, self.publish, self.stumble]
            self.assertEqual(storm(self.server, ("s3", "lambda", "sns"), steps, KILLS, self.randomly), [])
            self.hook.answer = 200
            for done in (self.whole, self.aborted, self.invoked, self.pictures, self.published, self.versions):
                self.assertTrue(done, "that much was acknowledged")
            self.clients = {name: self.server.client(name) for name in ("s3", "lambda", "sns", "dynamodb")}
            self.check_objects()
            self.check_function()
            self.check_pictures()
            self.check_messages()
            self.check_versions()
            objects = len(self.listed("many")) + len(self.listed("images"))
            self.assertEqual(self.server.stop(), 0)
            self.check_disk(objects)

    def deploy(self):
        iam, lambda_, s3, dynamodb = (self.server.client(name) for name in ("iam", "lambda", "s3", "dynamodb"))
        dynamodb.create_table(TableName="Noted", KeySchema=[{"AttributeName": "Name", "KeyType": "HASH"}, {"AttributeName": "At", "KeyType": "RANGE"}],
                              AttributeDefinitions=[{"AttributeName": "Name", "AttributeType": "S"}, {"AttributeName": "At", "AttributeType": "N"}],
                              BillingMode="PAY_PER_REQUEST")
        role = functions.make_role(iam, "note", functions.allow("dynamodb:PutItem"))
        for name in ("note", "versions"):
            made = lambda_.create_function(FunctionName=name, Runtime="python3.11", Role=role, Handler="app.handler", Timeout=30, MemorySize=256,
                                           Code={"ZipFile": functions.python(NOTE)})
            lambda_.add_permission(FunctionName=name, StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::many")
            if name == "note":
                s3.create_bucket(Bucket="many")
                s3.put_bucket_notification_configuration(Bucket="many", NotificationConfiguration={
                    "LambdaFunctionConfigurations": [{"LambdaFunctionArn": made["FunctionArn"], "Events": ["s3:ObjectCreated:*"]}]})
        self.hook.subscribe(self.server.client("sns"), DETECTIONS, Attributes={"DeliveryPolicy": retries(1)})

    def wait_until_empty(self, left, what):
        until = time.monotonic() + PATIENCE
        while left() and time.monotonic() < until:
            time.sleep(0.2)
        self.assertFalse(left(), what)

    def listed(self, bucket):
        return {entry["Key"] for page in self.clients["s3"].get_paginator("list_objects_v2").paginate(Bucket=bucket) for entry in page.get("Contents", [])}

    def check_objects(self):
        s3, listed = self.clients["s3"], self.listed("many")
        self.assertEqual(self.deleted & listed, set(), "deleted, and there")
        self.assertEqual(set(self.whole) - self.deleting - listed, set(), "acknowledged, and gone")
        self.assertEqual(listed - set(self.tried), set(), "never completed, and there")
        for key in listed:
            self.assertEqual(hashlib.sha256(s3.get_object(Bucket="many", Key=key)["Body"].read()).digest(), self.tried[key], key)
        left = {(upload["Key"], upload["UploadId"]) for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket="many") for upload in page.get("Uploads", [])}
        self.assertEqual({key for key, _ in left} & (set(self.whole) | set(self.aborted)), set(), "completed or aborted, and open")
        for key, upload in left:
            s3.abort_multipart_upload(Bucket="many", Key=key, UploadId=upload)
        self.created = listed | set(self.whole)
        figure(f"{len(self.whole)} multipart uploads completed, {len(self.aborted)} aborted, {len(left)} cut off; {len(self.deleted)} objects deleted")

    def check_function(self):
        def noted():
            pages = self.clients["dynamodb"].get_paginator("scan").paginate(TableName="Noted", ConsistentRead=True)
            return collections.Counter(item["Name"]["S"] for page in pages for item in page["Items"])

        self.wait_until_empty(lambda: (self.created | self.invoked) - noted().keys(), "events and invocations that the function has not had")
        times = noted()
        # What was cut off may have been done; nothing else was.
        self.assertEqual({name for name in times if not name.startswith("invoked ")} - set(self.tried), set())
        figure(f"{len(self.created)} events and {len(self.invoked)} invocations reached the function, {sum(count > 1 for count in times.values())} more than once")

    def check_pictures(self):
        raw = raw_client(self.server)

        def records():
            found = collections.defaultdict(list)
            for record in all_records(raw, ("ImageID", "Bucket", "Key", "ProcessingStatus")):
                found[record["Key"]].append(record["ProcessingStatus"])
            return found

        keys = {key for key in self.listed("images") if key.startswith("uploads/")}
        self.assertEqual(self.pictures - keys, set(), "acknowledged, and gone")
        self.wait_until_empty(lambda: {key: found for key, found in {**dict.fromkeys(keys), **records()}.items() if key not in keys or found != ["COMPLETED"]}, "pictures without one record")
        told = lambda: collections.Counter(message["Key"] for message in self.messages() if message.get("AlertRule") == "pictures")  # noqa: E731
        self.wait_until_empty(lambda: keys - told().keys(), "pictures without an alert")
        self.assertEqual(told().keys() - keys, set())
        figure(f"{len(self.pictures)} pictures, {sum(count > 1 for count in told().values())} told of more than once")

    def messages(self):
        return [json.loads(one.json["Message"]) for one in self.hook.of("Notification")]

    def check_messages(self):
        ids = lambda: [one.json["MessageId"] for one in self.hook.of("Notification")]  # noqa: E731
        self.wait_until_empty(lambda: self.published - set(ids()), "messages not delivered")
        figure(f"{len(self.published)} messages published, refused {self.hook.refused} times, {len(ids()) - len(set(ids()))} delivered twice")

    def check_versions(self):
        for version, number in self.versions.items():
            found = self.clients["lambda"].get_function_configuration(FunctionName="versions", Qualifier=version)
            self.assertEqual(found["Environment"]["Variables"]["NUMBER"], number)
        last = max(self.versions, key=int)
        answer = self.clients["lambda"].invoke(FunctionName="versions", Qualifier=last, Payload=json.dumps({"Name": "invoked by its version"}))
        self.assertEqual(json.load(answer["Payload"]), self.versions[last])
        figure(f"{len(self.versions)} versions published")

    def check_disk(self, objects):
        files = [path for path in (self.server.data / "objects").rglob("*") if path.is_file()]
        self.assertEqual(len(files), objects, "files under objects/ against objects listed")
        self.assertEqual(list((self.server.data / "tmp").rglob("*")), [], "left in tmp/")
        done = run_eyrie("fsck", "--data", self.server.data, "--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
