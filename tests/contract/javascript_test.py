#!/usr/bin/python3
"""AWS's SDK for JavaScript: the scripts under node/ call and assert; here their answers are held against the service description."""

import pathlib
import sys
import tempfile
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions, paths  # noqa: E402
from support.contract import run_node  # noqa: E402
from support.dynamo import DynamoCase  # noqa: E402
from support.faces import photo  # noqa: E402
from support.shapes import Shapes  # noqa: E402


class JavaScriptTest(DynamoCase):
    @classmethod
    def setUpClass(cls):
        paths.node()
        super().setUpClass()

    def test_s3(self):
        steps = [line["step"] for line in run_node("s3.mjs", self.environment, self.make_bucket())]
        self.assertEqual(steps[-1], "delete")

    def test_identities(self):
        steps = [line["step"] for line in run_node("identities.mjs", self.environment, self.make_bucket())]
        self.assertEqual(steps[-1], "gone")

    def test_functions(self):
        name = "eyrie-test-" + uuid.uuid4().hex[:16]
        iam = self.client("iam")
        role = functions.make_role(iam, name)
        self.addCleanup(functions.remove_role, iam, name)
        with tempfile.NamedTemporaryFile(suffix=".zip") as code:
            code.write(functions.python("def handler(event, context):\n    if event == 'fail': raise ValueError('no')\n    return [event, context.function_version]\n"))
            code.flush()
            steps = [line["step"] for line in run_node("lambda.mjs", self.environment, name, role, code.name)]
        self.assertEqual(steps[-1], "gone")

    def test_queues(self):
        steps = [line["step"] for line in run_node("sqs.mjs", self.environment, "eyrie-test-" + uuid.uuid4().hex[:16])]
        self.assertEqual(steps[-1], "gone")

    def test_metrics(self):
        steps = [line["step"] for line in run_node("cloudwatch.mjs", self.environment, "Eyrie/Test/" + uuid.uuid4().hex[:12])]
        self.assertEqual(steps[-1], "gone")

    def test_topics(self):
        steps = [line["step"] for line in run_node("sns.mjs", self.environment, "http://127.0.0.1:9/")]
        self.assertEqual(steps[-1], "gone")

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

    def test_rekognition_pictures(self):
        bucket, photo = self.make_bucket(), paths.sample("astronaut.png")
        self.client("s3").put_object(Bucket=bucket, Key="photo.png", Body=photo.read_bytes())
        calls = run_node("rekognition_pictures.mjs", self.environment, photo, bucket, "photo.png")
        shapes = Shapes("rekognition")
        for operation, answer in calls:
            self.assertEqual(shapes.of_output(operation, answer), [], operation)
        self.assertEqual(len(calls), 11)

    def test_rekognition_collections(self):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for name, picture in (("photo", photo(1)), ("same", photo(1, 3)), ("other", photo(2))):
                files.append(pathlib.Path(folder) / f"{name}.jpg")
                files[-1].write_bytes(picture)
            calls = run_node("rekognition_collections.mjs", self.environment, "eyrie-test-" + uuid.uuid4().hex[:12], *files)
        shapes = Shapes("rekognition")
        for operation, answer in calls:
            answer.pop("CreationTimestamp", None)  # a Date, which JSON writes as text
            self.assertEqual(shapes.of_output(operation, answer), [], operation)
        self.assertEqual(len(calls), 16)


if __name__ == "__main__":
    unittest.main()
