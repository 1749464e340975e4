#!/usr/bin/python3
"""A thousand uploads at once, each over a connection of its own: all stored, all analysed, each once.

Networks of a few nodes stand in for the large ones (support/tiny_models.py): how fast they are is load/event_rates.py's subject. Half come under keys
that are ids, half under names.
"""

import concurrent.futures
import hashlib
import pathlib
import sys
import tempfile
import threading
import time
import unittest
import uuid
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths, tiny_models  # noqa: E402
from support.case import figure  # noqa: E402
from support.records import all_records  # noqa: E402
from support.server import Server, eventually  # noqa: E402
from support.signing import raw_client  # noqa: E402

UPLOADS = 1000
BUCKET = "images"


class ThousandUploadsTest(unittest.TestCase):
    def setUp(self):
        paths.pillow()
        from load.pictures import small_pictures

        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.server = self.enterContext(Server(config=tiny_models.install(folder)))
        self.server.wait_for_models()
        self.raw = raw_client(self.server)
        self.addCleanup(self.raw.close)
        self.pictures = small_pictures()

    def upload_all(self, keys):
        """Connected first, then all send at the same moment."""
        together = threading.Barrier(len(keys))

        def upload(key):
            raw = raw_client(self.server)
            try:
                self.assertEqual(raw.request("s3", "HEAD", f"/{BUCKET}").status, 200)
                body = self.pictures[zlib.crc32(key.encode()) % len(self.pictures)]
                together.wait(120)
                return key, raw.put_object(BUCKET, key, body).status, body
            finally:
                raw.close()

        with concurrent.futures.ThreadPoolExecutor(len(keys)) as clients:
            return list(clients.map(upload, keys))

    def invocations(self):
        now = time.time()
        answer = self.server.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda", MetricName="Invocations", Dimensions=[{"Name": "FunctionName", "Value": "analyze-image"}],
            StartTime=now - 3600, EndTime=now + 60, Period=3600, Statistics=["Sum"])
        return sum(point["Sum"] for point in answer["Datapoints"])

    def test_a_thousand_at_once(self):
        keys = [f"uploads/{uuid.uuid4()}.jpg" if i % 2 else f"uploads/holiday {i}+é.jpg" for i in range(UPLOADS)]
        began = time.monotonic()
        answers = self.upload_all(keys)
        stored = time.monotonic() - began
        self.assertEqual({status for _, status, _ in answers}, {200})
        eventually(lambda: sum(record["ProcessingStatus"] != "PENDING" for record in all_records(self.raw)) == UPLOADS, "all are analysed", timeout=300, interval=1)
        figure(f"{UPLOADS} at once: all stored after {stored:.1f} s, all analysed after {time.monotonic() - began:.1f} s")

        records = all_records(self.raw)
        self.assertEqual(sorted(record["Key"] for record in records), sorted(keys), "one of each")
        self.assertEqual({record["ProcessingStatus"] for record in records}, {"COMPLETED"})
        for key, _, body in answers:
            answer = self.raw.get_object(BUCKET, key)
            self.assertEqual((answer.status, hashlib.sha256(answer.body).digest()), (200, hashlib.sha256(body).digest()), key)
        # Whoever was analysed twice was invoked twice.
        eventually(lambda: self.invocations() >= UPLOADS, "they are counted", timeout=120, interval=2)
        self.assertEqual(self.invocations(), UPLOADS)
        depth = self.server.get("/_eyrie/metrics")[1]
        for name in ("eyrie_queue_ready", "eyrie_queue_leased", "eyrie_queue_delayed", "eyrie_queue_dead"):
            self.assertRegex(depth, rf"(?m)^{name} 0$")


if __name__ == "__main__":
    unittest.main()
