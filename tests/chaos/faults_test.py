#!/usr/bin/python3
"""A disk that is full, read-only, fails, or fails to sync, while uploads run, messages are published and a function is invoked: what was acknowledged is whole, nothing that was refused is there by half, every event, message
and invocation is delivered, and reads are answered all the while.

EYRIE_FAULT_SECONDS (1.5) of each fault, EYRIE_CHAOS_SEED to repeat the uploads. The faults come from a library that is loaded into the server (chaos/faults).
"""

import errno
import http.client
import json
import os
import pathlib
import random
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions, paths  # noqa: E402
from support.case import SMALL_MODELS, figure  # noqa: E402
from support.faults import OPEN, RENAME, SHORT_WRITES, SYNC, WRITE, Faults  # noqa: E402
from support.queues import queue_for_s3  # noqa: E402
from support.receivers import Hook, retries  # noqa: E402
from support.server import Server, eventually, run_eyrie  # noqa: E402
from support.signing import raw_client  # noqa: E402

SECONDS = float(os.environ.get("EYRIE_FAULT_SECONDS", "1.5"))
SEED = int(os.environ.get("EYRIE_CHAOS_SEED", str(random.randrange(1 << 32))))
TELL = '''
import json, urllib.request

def handler(event, context):
    urllib.request.urlopen(urllib.request.Request("{url}function", data=json.dumps(event).encode()), timeout=10).read()
'''
# What fails, how, how often.
SCENES = {"full disk": (WRITE, errno.ENOSPC, 1),
          "disk that fills up": (WRITE, errno.ENOSPC, 0.1),
          "failing writes": (WRITE, errno.EIO, 0.05),
          "writes cut short": (WRITE, SHORT_WRITES, 0.3),
          "no sync": (SYNC, errno.EIO, 1),
          "failing syncs": (SYNC, errno.EIO, 0.2),
          "failing renames": (RENAME, errno.EIO, 0.3),
          "read-only": (WRITE | RENAME | OPEN, errno.EROFS, 1),
          "everything at times": (WRITE | SYNC | RENAME | OPEN, errno.EIO, 0.02)}


class Uploader(threading.Thread):
    """Puts to keys of its own, some again and again; what was tried, and which of it was acknowledged."""

    def __init__(self, server, name):
        super().__init__(daemon=True)
        self.server, self.prefix, self.stop = server, name, threading.Event()
        self.tried = {}         # key -> bodies, in order
        self.acknowledged = {}  # key -> index of the last acknowledged
        self.refused = 0
        self.answers = []       # (when it began, whether it was acknowledged)

    def run(self):
        raw, randomly, number = raw_client(self.server, timeout=30), random.Random(f"{SEED} {self.prefix}"), 0
        while not self.stop.is_set():
            number += 1
            key = f"{self.prefix}/{'again' if number % 3 == 0 else number}"
            body = f"{key} {number} ".encode() + randomly.randbytes(randomly.choice((10, 5000, 150_000, 600_000)))
            self.tried.setdefault(key, []).append(body)
            began = time.monotonic()
            try:
                status = raw.put_object("faulty", key, body).status
            except (OSError, http.client.HTTPException) as error:
                status = type(error).__name__
            self.answers.append((began, status == 200))
            if status == 200:
                self.acknowledged[key] = len(self.tried[key]) - 1
            else:
                self.refused += 1
                time.sleep(0.01)


class Messenger(threading.Thread):
    """Publishes, and invokes a function by events; what of it was acknowledged."""

    def __init__(self, case):
        super().__init__(daemon=True)
        self.case, self.stop, self.refused = case, threading.Event(), 0
        self.published, self.invoked = set(), set()

    def run(self):
        import botocore.exceptions
        sns, lambda_, number = self.case.server.client("sns"), self.case.server.client("lambda"), 0
        while not self.stop.is_set():
            number += 1
            try:
                self.published.add(sns.publish(TopicArn=self.case.topic, Message=f"message {number}")["MessageId"])
                name = f"invocation {number}"
                lambda_.invoke(FunctionName="tell", InvocationType="Event", Payload=json.dumps(name))
                self.invoked.add(name)
            except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError):
                self.refused += 1
            time.sleep(0.03)


class FaultsTest(unittest.TestCase):
    def setUp(self):
        paths.boto3()
        self.hook = Hook()
        self.hook.__enter__()
        self.addCleanup(self.hook.close)
        self.faults = Faults()
        self.addCleanup(self.faults.__exit__)
        self.server = Server(config=SMALL_MODELS)
        self.server._environment.update(self.faults.environment(self.server.data))
        self.addCleanup(self.server.close)
        self.server.start()
        self.server.wait_for_models()
        self.s3 = self.server.client("s3")
        self.s3.create_bucket(Bucket="faulty")
        self.sqs = self.server.client("sqs")
        self.queue, arn = queue_for_s3(self.sqs, "events")
        self.s3.put_bucket_notification_configuration(Bucket="faulty", NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]})
        self.s3.put_object(Bucket="faulty", Key="before", Body=b"there before" * 20_000)
        self.uploaders = []
        # The function tells the endpoint itself: it needs nothing of this disk.
        self.server.client("lambda").create_function(
            FunctionName="tell", Runtime="python3.11", Role=functions.make_role(self.server.client("iam"), "tell"), Handler="app.handler", Timeout=30,
            Code={"ZipFile": functions.python(TELL.format(url=self.hook.url))})
        sns = self.server.client("sns")
        self.topic = sns.create_topic(Name="faulty")["TopicArn"]
        self.hook.subscribe(sns, self.topic, Attributes={"DeliveryPolicy": retries(1)})

    def start_uploaders(self, name):
        started = [Uploader(self.server, f"{name.replace(' ', '-')}-{index}") for index in range(2)]
        self.uploaders += started
        for uploader in started:
            uploader.start()
        return started

    def stop(self, uploaders):
        for uploader in uploaders:
            uploader.stop.set()
        for uploader in uploaders:
            uploader.join(60)
            self.assertFalse(uploader.is_alive(), "an upload hangs")

    def read_meanwhile(self, seconds):
        """What was there before is read all the time."""
        raw, until = raw_client(self.server, timeout=30), time.monotonic() + seconds
        while time.monotonic() < until:
            answer = raw.get_object("faulty", "before")
            self.assertEqual((answer.status, len(answer.body)), (200, 240_000), answer.body[:300])
            time.sleep(0.02)

    def test_faults_of_the_disk(self):
        figure(f"EYRIE_CHAOS_SEED={SEED}")
        self.messenger = Messenger(self)
        self.messenger.start()
        for name, (operations, error, probability) in SCENES.items():
            with self.subTest(scene=name):
                uploaders = self.start_uploaders(name)
                time.sleep(0.2)
                self.faults.set(operations, error, probability)
                set_at, injected = time.monotonic() + 0.05, self.faults.injected()
                self.read_meanwhile(SECONDS)
                lifted_at = time.monotonic()
                meanwhile = sum(acknowledged for uploader in uploaders for began, acknowledged in list(uploader.answers) if set_at < began)
                self.faults.lift()
                self.assertGreater(self.faults.injected(), injected, "no fault came about")
                if probability == 1:
                    self.assertEqual(meanwhile, 0, "uploads were acknowledged that cannot be on the disk")
                eventually(lambda: any(acknowledged for uploader in uploaders for began, acknowledged in list(uploader.answers) if began > lifted_at),
                           "an upload acknowledged after the fault", timeout=30)
                self.stop(uploaders)
                self.server.assert_alive()
                figure(f"{name}: {self.faults.injected() - injected} calls failed, {meanwhile} uploads acknowledged meanwhile, {sum(uploader.refused for uploader in uploaders)} refused")
                self.check_objects(uploaders)
        self.messenger.stop.set()
        self.messenger.join(60)
        self.assertFalse(self.messenger.is_alive(), "a message hangs")
        self.server.kill()
        code = run_eyrie("fsck", "--data", self.server.data)
        self.assertEqual(code.returncode, 0, code.stdout + code.stderr)
        self.server.start()
        self.check_objects(self.uploaders)
        # After the start: an event whose end could not be written is leased until its time is over, or until a start.
        self.check_events()
        self.check_messages()
        self.assertEqual(self.server.stop(), 0)
        code = run_eyrie("fsck", "--data", self.server.data, "--json")
        self.assertEqual((code.returncode, json.loads(code.stdout)["leftovers"]), (0, 0), code.stdout)

    def check_objects(self, uploaders):
        raw, problems = raw_client(self.server), []
        for uploader in uploaders:
            for key, bodies in uploader.tried.items():
                found, last = raw.get_object("faulty", key), uploader.acknowledged.get(key)
                if found.status == 404 and last is None:
                    continue
                # One that was refused may have been written all the same (the sync failed, or the answer was lost): whole then.
                if found.status != 200 or found.body not in (bodies if last is None else bodies[last:]):
                    problems.append(f"{key}: {found.status}, {len(found.body)} bytes; acknowledged {last} of {len(bodies)}")
        self.assertEqual(problems, [])

    def check_events(self):
        """Each acknowledged upload was told of, at least once."""
        acknowledged = {key for uploader in self.uploaders for key in uploader.acknowledged}
        self.assertGreater(len(acknowledged), 0)
        sqs, told, deadline = self.server.client("sqs"), set(), time.monotonic() + 60
        queue = sqs.get_queue_url(QueueName="events")["QueueUrl"]
        while not acknowledged <= told and time.monotonic() < deadline:
            for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
                told |= {record["s3"]["object"]["key"] for record in json.loads(message["Body"]).get("Records", [])}
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        self.assertEqual(sorted(acknowledged - told), [], f"not told of {len(acknowledged - told)} of {len(acknowledged)} uploads")
        self.assertEqual(json.loads(self.server.get("/_eyrie/health")[1])["queue"]["dead"], 0, "events were given up")

    def check_messages(self):
        """Each message and each invocation arrived, at least once."""
        def left():
            told = {one.json["MessageId"] for one in self.hook.of("Notification")} | {one.json for one in list(self.hook.received) if one.path == "/function"}
            return (self.messenger.published | self.messenger.invoked) - told

        until = time.monotonic() + 90
        while left() and time.monotonic() < until:
            time.sleep(0.2)
        self.assertEqual(left(), set())
        self.assertTrue(self.messenger.published and self.messenger.invoked and self.messenger.refused)
        figure(f"{len(self.messenger.published)} messages and {len(self.messenger.invoked)} invocations acknowledged, {self.messenger.refused} refused")


if __name__ == "__main__":
    unittest.main()
