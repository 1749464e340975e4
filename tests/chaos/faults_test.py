#!/usr/bin/python3
"""A disk that is full, read-only, fails, or fails to sync, and a clock that jumps, while uploads run: what was acknowledged is whole, nothing that was refused is there by half, every event is delivered, and reads are answered all the while.

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
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, figure  # noqa: E402
from support.faults import OPEN, RENAME, SHORT_WRITES, SYNC, WRITE, Faults  # noqa: E402
from support.server import Server, eventually, run_eyrie  # noqa: E402
from support.signing import raw_client  # noqa: E402

SECONDS = float(os.environ.get("EYRIE_FAULT_SECONDS", "1.5"))
SEED = int(os.environ.get("EYRIE_CHAOS_SEED", str(random.randrange(1 << 32))))
DAY = 86400
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


class FaultsTest(unittest.TestCase):
    def setUp(self):
        paths.boto3()
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
        self.queue = self.sqs.create_queue(QueueName="events")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.sqs.set_queue_attributes(QueueUrl=self.queue, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}})})
        self.s3.put_bucket_notification_configuration(Bucket="faulty", NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]})
        self.s3.put_object(Bucket="faulty", Key="before", Body=b"there before" * 20_000)
        self.uploaders = []

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
        self.server.kill()
        code = run_eyrie("fsck", "--data", self.server.data)
        self.assertEqual(code.returncode, 0, code.stdout + code.stderr)
        self.server.start()
        self.check_objects(self.uploaders)
        # After the start: an event whose end could not be written is leased until its time is over, or until a start.
        self.check_events()
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

    def test_jumps_of_the_clock(self):
        raw, sequencers = raw_client(self.server), []
        for number, ahead in enumerate((10 * DAY, -10 * DAY, 3600, 0, -400 * DAY, 0)):
            with self.subTest(ahead=ahead):
                self.faults.set_clock(ahead)
                raw.ahead_s = ahead
                for key in ("again", f"jump-{number}"):
                    answer = raw.put_object("faulty", key, f"{number}".encode())
                    self.assertEqual(answer.status, 200, answer.body)
                self.assertEqual(raw.get_object("faulty", "again").body, f"{number}".encode())
                # Taken before the next jump: a message of then would be of the future, or too old to be kept.
                told = self.receive(raw, {"again", f"jump-{number}"})
                sequencers.append(told["again"])
        self.assertEqual(sequencers, sorted(set(sequencers)), "later versions have later sequencers, whatever the clock says")
        self.server.kill()
        self.assertEqual(run_eyrie("fsck", "--data", self.server.data).returncode, 0)
        self.server.start()
        self.assertEqual(raw_client(self.server).get_object("faulty", "again").body, b"5")

    def receive(self, raw, keys):
        """The sequencers by key, once all of these were told of."""
        told, deadline = {}, time.monotonic() + 60
        while not keys <= set(told):
            self.assertLess(time.monotonic(), deadline, f"not told of {keys - set(told)}")
            answer = raw.call("sqs", "ReceiveMessage", {"QueueUrl": self.queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1})
            self.assertEqual(answer.status, 200, answer.body)
            for message in answer.json().get("Messages", []):
                for record in json.loads(message["Body"]).get("Records", []):
                    told[record["s3"]["object"]["key"]] = record["s3"]["object"]["sequencer"]
                raw.call("sqs", "DeleteMessage", {"QueueUrl": self.queue, "ReceiptHandle": message["ReceiptHandle"]})
        return told


if __name__ == "__main__":
    unittest.main()
