#!/usr/bin/python3
"""What a person does with the aws CLI."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.request
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths, server  # noqa: E402
from support.clients import aws, aws_json  # noqa: E402
from support.contract import ContractCase  # noqa: E402


class CliTest(ContractCase):
    @classmethod
    def setUpClass(cls):
        paths.aws_cli()
        super().setUpClass()
        cls.folder = tempfile.TemporaryDirectory(prefix="eyrie-cli-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.here = pathlib.Path(cls.folder.name)
        cls.bucket = cls.make_bucket()

    def aws(self, *arguments, **options):
        return aws(self.environment, *arguments, **options)

    def test_make_and_remove_a_bucket(self):
        name = "eyrie-test-" + uuid.uuid4().hex[:20]
        self.assertIn(name, self.aws("s3", "mb", "s3://" + name).stdout)
        self.assertIn(name, self.aws("s3", "ls").stdout)
        self.aws("s3", "rb", "s3://" + name)
        self.assertNotIn(name, self.aws("s3", "ls").stdout)

    def test_copy_list_remove(self):
        (self.here / "up").mkdir()
        for name in ("one.txt", "two words.txt", "drei-ü.txt"):
            (self.here / "up" / name).write_text(name)
        self.aws("s3", "cp", "--recursive", self.here / "up", f"s3://{self.bucket}/up/")
        listed = self.aws("s3", "ls", f"s3://{self.bucket}/up/").stdout
        for name in ("one.txt", "two words.txt", "drei-ü.txt"):
            self.assertIn(name, listed)
        self.assertIn("PRE up/", self.aws("s3", "ls", f"s3://{self.bucket}/").stdout)
        self.aws("s3", "sync", f"s3://{self.bucket}/up/", self.here / "down")
        self.assertEqual((self.here / "down" / "two words.txt").read_text(), "two words.txt")
        self.assertEqual(self.aws("s3", "cp", f"s3://{self.bucket}/up/one.txt", "-").stdout, "one.txt")
        self.aws("s3", "rm", "--recursive", f"s3://{self.bucket}/up/")
        self.assertNotEqual(self.aws("s3", "ls", f"s3://{self.bucket}/up/", check=False).returncode, 0)

    def test_copy_guesses_the_content_type(self):
        (self.here / "page.html").write_text("<p>")
        self.aws("s3", "cp", self.here / "page.html", f"s3://{self.bucket}/page.html")
        head = aws_json(self.environment, "s3api", "head-object", "--bucket", self.bucket, "--key", "page.html")
        self.assertEqual((head["ContentType"], head["ContentLength"]), ("text/html", 3))

    def test_a_large_file_goes_in_parts(self):
        (self.here / "large.bin").write_bytes(os.urandom(17 << 20))
        self.aws("s3", "cp", self.here / "large.bin", f"s3://{self.bucket}/large.bin")
        self.aws("s3", "cp", f"s3://{self.bucket}/large.bin", self.here / "back.bin")
        self.assertTrue((self.here / "back.bin").read_bytes() == (self.here / "large.bin").read_bytes())

    def test_presign(self):
        (self.here / "secret.txt").write_text("secret")
        self.aws("s3", "cp", self.here / "secret.txt", f"s3://{self.bucket}/secret.txt")
        url = self.aws("s3", "presign", f"s3://{self.bucket}/secret.txt", "--expires-in", "60").stdout.strip()
        with urllib.request.urlopen(url, timeout=30) as answer:
            self.assertEqual(answer.read(), b"secret")

    def test_what_is_not_there(self):
        done = self.aws("s3", "cp", f"s3://{self.bucket}/absent", "-", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("404", done.stderr)
        done = self.aws("dynamodb", "describe-table", "--table-name", "eyrie-test-absent", check=False)
        self.assertIn("ResourceNotFoundException", done.stderr)

    def test_recognition(self):
        request = json.dumps({"S3Object": {"Bucket": self.bucket, "Name": "cat.png"}})
        self.aws("s3", "cp", paths.sample("cat.png"), f"s3://{self.bucket}/cat.png")
        found = aws_json(self.environment, "rekognition", "detect-labels", "--image", request, "--min-confidence", "70")
        self.assertIn("Cat", [label["Name"] for label in found["Labels"]])
        by_bytes = aws_json(self.environment, "rekognition", "detect-labels", "--image-bytes",
                            "fileb://" + str(paths.sample("cat.png")), "--min-confidence", "70")
        self.assertEqual(by_bytes["Labels"], found["Labels"])


class EnvironmentTest(unittest.TestCase):
    """`eval "$(eyrie env)"` is all that a shell needs."""

    def test_exports(self):
        with server.Server() as running:
            script = f'eval "$("{paths.binary()}" env --data "{running.data}")"; env'
            done = subprocess.run(["bash", "-ec", script], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            values = dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("AWS_"))
            self.assertEqual(values["AWS_ENDPOINT_URL"], running.endpoint)
            self.assertEqual((values["AWS_REGION"], values["AWS_DEFAULT_REGION"]), ("us-east-1", "us-east-1"))
            self.assertEqual((values["AWS_ACCESS_KEY_ID"], values["AWS_SECRET_ACCESS_KEY"]), running.key())
            running.stop()
            done = server.run_eyrie("env", "--data", running.data)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("no server runs", done.stderr)


if __name__ == "__main__":
    unittest.main()
