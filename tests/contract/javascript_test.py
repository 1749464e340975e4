#!/usr/bin/python3
"""AWS's SDK for JavaScript: the scripts under node/ call and assert; here their answers are held against the service description."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.contract import run_node  # noqa: E402
from support.dynamo import DynamoCase  # noqa: E402
from support.shapes import Shapes  # noqa: E402


class JavaScriptTest(DynamoCase):
    @classmethod
    def setUpClass(cls):
        paths.node()
        super().setUpClass()

    def test_s3(self):
        steps = [line["step"] for line in run_node("s3.mjs", self.environment, self.make_bucket())]
        self.assertEqual(steps[-1], "delete")

    def test_dynamodb(self):
        steps = [line["step"] for line in run_node("dynamodb.mjs", self.environment, self.make_table())]
        self.assertEqual(steps[-1], "refusals")

    def test_rekognition(self):
        bucket, photo = self.make_bucket(), paths.sample("cat.png")
        self.client("s3").put_object(Bucket=bucket, Key="cat.png", Body=photo.read_bytes())
        by_bytes, by_object = run_node("rekognition.mjs", self.environment, photo, bucket, "cat.png")
        self.assertEqual(by_bytes, by_object)
        self.assertEqual(Shapes("rekognition").of_output("DetectLabels", by_bytes), [])
        self.assertIn("Cat", [label["Name"] for label in by_bytes["Labels"]])


if __name__ == "__main__":
    unittest.main()
