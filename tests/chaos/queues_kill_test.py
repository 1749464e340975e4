#!/usr/bin/python3
"""kill -9 at random moments while uploads go into a queue and messages are received and deleted: each acknowledged upload is told of at least once,
each acknowledged message is received until it is deleted, and what was deleted never comes back.

EYRIE_CHAOS_QUEUE_KILLS (14) kills, EYRIE_CHAOS_SEED to repeat the moments.
"""

import json
import os
import pathlib
import random
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, figure  # noqa: E402
from support.queues import queue_for_s3  # noqa: E402
from support.server import Server  # noqa: E402
from support.storm import storm  # noqa: E402

KILLS = int(os.environ.get("EYRIE_CHAOS_QUEUE_KILLS", "14"))
SEED = int(os.environ.get("EYRIE_CHAOS_SEED", str(random.randrange(1 << 32))))
PATIENCE = 90  # seconds, for what must come after the last start


class QueuesKillTest(unittest.TestCase):
    def setUp(self):
        paths.boto3()
        self.uploaded, self.sent, self.numbers = set(), set(), iter(range(1 << 30))
        self.begun, self.deleted = {}, {}  # by message id: what it says; when its deletion was acknowledged

    def upload(self, clients):
        key = f"up/{next(self.numbers)}"
        clients["s3"].put_object(Bucket=self.bucket, Key=key, Body=b"x")
        self.uploaded.add(key)

    def send(self, clients):
        bodies = [f"direct {next(self.numbers)}" for _ in range(3)]
        answer = clients["sqs"].send_message_batch(QueueUrl=self.url(clients), Entries=[{"Id": str(i), "MessageBody": body} for i, body in enumerate(bodies)])
        self.sent.update(bodies[int(entry["Id"])] for entry in answer["Successful"])

    def receive(self, clients):
        asked = time.monotonic()
        messages = clients["sqs"].receive_message(QueueUrl=self.url(clients), MaxNumberOfMessages=5, WaitTimeSeconds=1).get("Messages", [])
        for message in messages:
            if self.deleted.get(message["MessageId"], asked) < asked:
                self.fail(f"a deleted message came back: {message['Body']}")
            self.begun[message["MessageId"]] = message["Body"]
        if not messages:
            return False
        answer = clients["sqs"].delete_message_batch(QueueUrl=self.url(clients), Entries=[
            {"Id": str(i), "ReceiptHandle": message["ReceiptHandle"]} for i, message in enumerate(messages)])
        for entry in answer["Successful"]:
            self.deleted[messages[int(entry["Id"])]["MessageId"]] = time.monotonic()
        return True

    def url(self, clients):
        # A restart is on another port.
        return f"{self.server.endpoint}/{self.account}/jobs"

    def keys_told(self):
        told = []
        for body in self.begun.values():
            if body.startswith("{"):
                told += [urllib.parse.unquote_plus(record["s3"]["object"]["key"]) for record in json.loads(body).get("Records", [])]
        return told

    def test_nothing_acknowledged_is_lost_or_comes_back(self):
        print(f"    {KILLS} kills, EYRIE_CHAOS_SEED={SEED}", flush=True)
        randomly = random.Random(SEED)
        with Server(config=SMALL_MODELS) as self.server:
            self.set_up_queue()
            self.assertEqual(storm(self.server, ("s3", "sqs"), [self.upload, self.send, self.receive, self.receive], KILLS, randomly), [])
            clients = {"sqs": self.server.client("sqs")}
            until = time.monotonic() + PATIENCE
            missing = lambda: (self.sent - set(self.begun.values())) | (self.uploaded - set(self.keys_told()))  # noqa: E731
            # What was received and not deleted comes after its visibility timeout; so does what was deleted, if it does.
            quiet_since = time.monotonic()
            while time.monotonic() < until and (missing() or time.monotonic() - quiet_since < 7):
                if self.receive(clients):
                    quiet_since = time.monotonic()
            figure(f"{len(self.uploaded)} uploads, {len(self.sent)} messages sent, {len(self.deleted)} deleted, "
                   f"{len(self.keys_told()) - len(set(self.keys_told()))} told of twice")
            self.assertEqual(missing(), set())
            self.assertGreater(len(self.uploaded), KILLS)
            self.assertGreater(len(self.sent), KILLS)
            self.assertGreater(len(self.deleted), KILLS)

    def set_up_queue(self):
        s3, sqs = self.server.client("s3"), self.server.client("sqs")
        self.account, self.bucket = self.server.client("sts").get_caller_identity()["Account"], "queued"
        s3.create_bucket(Bucket=self.bucket)
        _, arn = queue_for_s3(sqs, "jobs", VisibilityTimeout="5")
        s3.put_bucket_notification_configuration(Bucket=self.bucket, NotificationConfiguration={"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]})


if __name__ == "__main__":
    unittest.main()
