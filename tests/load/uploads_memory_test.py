#!/usr/bin/python3
"""What many uploads leave behind: under 1 KB of memory each, and no descriptor, with a control that leaks and is caught.

Small pictures through S3's front door, and everything that follows an upload: event, function, record, result, tag, gallery. Networks of a few nodes stand
in for most of the large ones (support/tiny_models.py), so that a hundred a second go through; memory_test.py is the same with every default model. A short
form in `make test`; EYRIE_SOAK_UPLOADS=100000 (`make soak-uploads`) is the long one.

Then the same server is made to leak (load/leaks), and the same check must see it.
"""

import collections
import concurrent.futures
import os
import pathlib
import sys
import tempfile
import threading
import time
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths, tiny_models  # noqa: E402
from support.case import figure  # noqa: E402
from support.growth import LIMIT_BYTES, MORE_DESCRIPTORS, Growth  # noqa: E402
from support.leaks import Leaks  # noqa: E402
from support.records import finished_by_id  # noqa: E402
from support.server import Server, eventually  # noqa: E402
from support.signing import raw_client  # noqa: E402

UPLOADS = int(os.environ.get("EYRIE_SOAK_UPLOADS", "3000"))
WARM_UP = UPLOADS // 3  # first uses, and SQLite's page caches fill
# Readings at rest scatter by about half a MiB. Over 2,000 uploads and eight readings that is an error of the slope of some 350 bytes, and the page caches of
# the databases, of 2 MiB each, still fill (2.5 KB an upload were seen), so the short form tells what leaks 4 KB an upload; from 24,000 on these are full and the error is 60 at most, which tells 1 KB.
LONG = UPLOADS >= 24_000
LIMIT = LIMIT_BYTES if LONG else 4 * LIMIT_BYTES
READINGS = 20 if LONG else 8
LEAK_UPLOADS = 4000 if LONG else 400
LEAK_BYTES = 4096 if LONG else 32_768  # an upload: what the control can tell by so few
AT_ONCE = 8
WAITING = 200  # uploads that may be ahead of their analysis
WORKERS = "[functions]\nworkers = 8\n"  # they wait for the disk, as the networks are so quick


class Uploads:
    """Uploads in chunks to one server, by several clients that stay."""

    def __init__(self, server):
        self._server, self._own, self.done = server, threading.local(), 0
        self.last_ids = collections.deque(maxlen=40)
        from load.pictures import small_pictures  # it needs Pillow

        self._pictures = small_pictures()
        self._uploaders = concurrent.futures.ThreadPoolExecutor(AT_ONCE)

    def client(self):
        """This thread's own."""
        if not hasattr(self._own, "raw"):
            self._own.raw = raw_client(self._server)
        return self._own.raw

    def metric(self, name):
        """The sum over its labels."""
        lines = self._server.get("/_eyrie/metrics")[1].splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((name + " ", name + "{")))

    def _upload(self, i):
        image_id = str(uuid.uuid4())
        key = f"uploads/{image_id}.jpg"
        answer = self.client().put_object("images", key, self._pictures[i % len(self._pictures)])
        if answer.status != 200:
            raise AssertionError(f"PUT {key}: {answer.status} {answer.body[:300]}")
        self.last_ids.append(image_id)

    def _waiting(self):
        return self.metric("eyrie_queue_ready") + self.metric("eyrie_queue_leased")

    def more(self, count):
        """Uploads so many, and waits until all are analyzed."""
        for start in range(self.done, self.done + count, WAITING):
            eventually(lambda: self._waiting() < WAITING, "the function to keep up", timeout=600)
            list(self._uploaders.map(self._upload, range(start, min(start + WAITING, self.done + count))))
        self.done += count
        eventually(lambda: self._waiting() == 0, "all uploads analyzed", timeout=600)

    def close(self):
        self._uploaders.shutdown()


class UploadsMemoryTest(unittest.TestCase):
    def grow(self, load, server, uploads, readings):
        """Uploads and measures; what grew."""
        growth, before, started = Growth(server), load.done, time.monotonic()
        for reading in range(1, readings + 1):
            load.more(before + uploads * reading // readings - load.done)
            line = growth.read(load.done)
            if LONG:
                figure(f"{line}, {time.monotonic() - started:.0f} s")
        figure(f"{uploads} uploads in {time.monotonic() - started:.0f} s: {growth.summary()}")
        return growth

    def test_an_upload_leaves_little_and_a_leak_is_seen(self):
        with tempfile.TemporaryDirectory(prefix="eyrie-tiny-") as folder, Leaks() as leaks:
            with Server(config=tiny_models.install(folder) + WORKERS, environment=leaks.environment()) as server:
                self.check(server, leaks)

    def check(self, server, leaks):
        server.wait_for_models()
        load = Uploads(server)
        self.addCleanup(load.close)
        load.more(WARM_UP)
        growth = self.grow(load, server, UPLOADS - WARM_UP, READINGS)
        slope, error = growth.slope()
        self.assertLess(slope, LIMIT)
        self.assertLess(error, LIMIT / 2, "the readings scatter too much to tell")
        self.assertLessEqual(growth.more_descriptors(), MORE_DESCRIPTORS)
        # Nothing was skipped on the way.
        records = [finished_by_id(load.client(), image_id) for image_id in load.last_ids]
        self.assertEqual({record["ProcessingStatus"] for record in records}, {"COMPLETED"})
        self.assertGreater(sum(len(record["Labels"]) for record in records) / len(records), 10, "labels a picture")
        self.assertGreaterEqual(load.metric("eyrie_function_invocations_total"), load.done)
        self.assertEqual(load.metric("eyrie_function_errors_total"), 0)
        self.assertEqual(load.metric("eyrie_queue_dead"), 0)

        leaks.set(bytes_a_file=LEAK_BYTES // 2, files_a_descriptor=LEAK_UPLOADS // 20)
        leaking = self.grow(load, server, LEAK_UPLOADS, 4)
        self.assertGreater(leaking.slope()[0], LIMIT, "the control leaked, and the check did not see it")
        self.assertGreater(leaking.more_descriptors(), MORE_DESCRIPTORS)


if __name__ == "__main__":
    unittest.main()
