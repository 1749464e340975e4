#!/usr/bin/python3
"""The shortest way through everything, for builds too slow for the other suites: start, upload, record, the three ways of asking, stop."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS  # noqa: E402
from support.records import finished, label_names  # noqa: E402
from support.server import Server, run_eyrie  # noqa: E402
from support.signing import raw_client  # noqa: E402


class SmokeTest(unittest.TestCase):
    def test_through_everything(self):
        photo = paths.sample("cat.png")
        with Server(config=SMALL_MODELS) as server:
            raw = raw_client(server)
            self.assertEqual(raw.put_object("images", "uploads/cat.png", photo.read_bytes()).status, 200)
            self.assertEqual(raw.put_object("images", "uploads/text.jpg", b"text").status, 200)
            record = finished(raw, "uploads/cat.png", timeout=300)
            self.assertEqual(record["ProcessingStatus"], "COMPLETED", record)
            self.assertIn("Cat", label_names(record))
            self.assertEqual(finished(raw, "uploads/text.jpg", timeout=300)["ProcessingStatus"], "FAILED")
            answer = raw.detect_labels(photo.read_bytes(), MinConfidence=80)
            self.assertEqual(answer.status, 200, answer.body)
            self.assertEqual([label["Name"] for label in answer.json()["Labels"]], label_names(record))
            self.assertEqual(raw.get_object("images", "uploads/cat.png").body, photo.read_bytes())
            self.assertEqual(server.stop(), 0, server.output_tail())
        small = ("--set", "small") if SMALL_MODELS else ()
        line = json.loads(run_eyrie("analyze", "--json", *small, photo).stdout)
        self.assertEqual(line["DetectLabels"], answer.json())


if __name__ == "__main__":
    unittest.main()
