#!/usr/bin/python3
"""The server under ThreadSanitizer (make tsan), at work on all that it does at once (load.py): until its end, whose exit code says whether anything was reported.

EYRIE_RACE_SECONDS (60) of load, at least; each step is done once.
"""

import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from load import Load  # noqa: E402
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, figure  # noqa: E402
from support.server import Server, run_eyrie  # noqa: E402

SECONDS = float(os.environ.get("EYRIE_RACE_SECONDS", "60"))
CONFIG = SMALL_MODELS + """
[functions]
concurrency = 4
[lifecycle]
interval_seconds = 1
[[alerts]]
name = "cats"
when = { label = "Cat" }
"""


class ServedTest(unittest.TestCase):
    def setUp(self):
        paths.boto3()
        self.server = Server(config=CONFIG)
        self.addCleanup(self.server.close)

    def test_everything_at_once(self):
        self.server.start()
        load = Load(self.server)
        load.start()
        try:
            load.wait(SECONDS)
            self.server.assert_alive()
        finally:
            # It is told to stop with everybody at work.
            load.stopped.set()
            exit_code = self.server.stop(timeout=300)
            failures = load.stop()
        figure(load.told())
        self.assertEqual(failures, {})
        self.assertEqual(exit_code, 0)

        # Stopped while it starts; and what others do with the directory.
        self.server.start()
        self.assertEqual(self.server.stop(timeout=300), 0)
        for command in (("keys", "--data", self.server.data, "rotate"), ("fsck", "--data", self.server.data)):
            done = run_eyrie(*command)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_what_a_kill_leaves_is_cleared_while_serving(self):
        self.server.start()
        load = Load(self.server)
        load.start()
        try:
            load.wait(min(SECONDS, 10))
        finally:
            load.stopped.set()
            self.server.kill()
            load.stop()
        self.server.start()
        self.server.client("s3").put_object(Bucket="races", Key="after", Body=b"x" * 100_000)
        self.assertEqual(self.server.stop(timeout=300), 0)


if __name__ == "__main__":
    unittest.main()
