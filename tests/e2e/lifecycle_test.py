#!/usr/bin/python3
"""Lifecycle rules at work, on a server whose days last two seconds: expiry, moving to the cold folder, restoring, kill -9 on the way."""

import pathlib
import random
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, figure  # noqa: E402
from support.server import Server, eventually  # noqa: E402

QUICK = "[lifecycle]\ninterval_seconds = 1\nday_seconds = 2\n" + SMALL_MODELS
OBJECTS = 60


class LifecycleAtWorkTest(unittest.TestCase):
    def setUp(self):
        paths.boto3()
        self.cold = tempfile.mkdtemp(prefix="eyrie-cold-")
        self.addCleanup(shutil.rmtree, self.cold, ignore_errors=True)
        self.server = Server(config=QUICK, arguments=["--cold", self.cold])
        self.addCleanup(self.server.close)
        self.server.start()
        self.s3 = self.server.client("s3")

    def rules(self, *rules):
        self.s3.put_bucket_lifecycle_configuration(Bucket="images", LifecycleConfiguration={"Rules": [
            {"ID": str(index), "Status": "Enabled", **one} for index, one in enumerate(rules)]})

    def archived_content(self, seed):
        # Half of each compresses.
        return random.Random(seed).randbytes(100_000) + b"the same again " * 7000

    def storage_classes(self):
        return {item["Key"]: item["StorageClass"] for item in self.s3.list_objects_v2(Bucket="images").get("Contents", [])}

    def test_objects_expire(self):
        for key in ("tmp/a", "tmp/b", "kept"):
            self.s3.put_object(Bucket="images", Key=key, Body=b"x")
        upload = self.s3.create_multipart_upload(Bucket="images", Key="tmp/m")
        self.rules({"Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 1}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}})
        eventually(lambda: list(self.storage_classes()) == ["kept"], "expired objects gone", timeout=30)
        eventually(lambda: "Uploads" not in self.s3.list_multipart_uploads(Bucket="images"), "stale upload gone", timeout=30)
        self.assertTrue(upload["UploadId"])

    def test_archiving_and_restoring(self):
        content = self.archived_content(1)
        self.s3.put_object(Bucket="images", Key="a", Body=content, Metadata={"m": "1"})
        self.rules({"Filter": {"Prefix": ""}, "Transitions": [{"Days": 0, "StorageClass": "GLACIER"}]})
        eventually(lambda: self.storage_classes() == {"a": "GLACIER"}, "archived", timeout=30)
        eventually(lambda: not self.files(self.server.data / "objects"), "no longer in the data directory", timeout=10)
        cold = sum(path.stat().st_size for path in self.files(self.cold))
        figure(f"{len(content)} bytes take {cold} in the cold folder")
        self.assertLess(cold, len(content) * 0.7)
        with self.assertRaises(self.s3.exceptions.ClientError):
            self.s3.get_object(Bucket="images", Key="a")
        self.s3.restore_object(Bucket="images", Key="a", RestoreRequest={"Days": 3})
        eventually(lambda: 'ongoing-request="false"' in self.s3.head_object(Bucket="images", Key="a")["Restore"], "restored", timeout=20)
        got = self.s3.get_object(Bucket="images", Key="a")
        self.assertTrue(got["Body"].read() == content)
        self.assertEqual(got["Metadata"], {"m": "1"})
        eventually(lambda: "Restore" not in self.s3.head_object(Bucket="images", Key="a"), "the copy is over", timeout=30)
        eventually(lambda: not self.files(self.server.data / "objects"), "the copy is removed", timeout=10)

    def test_kill_while_moving(self):
        """Whatever moment the process dies at, every object is whole, here or there."""
        contents = {f"k{index:02}": self.archived_content(index) for index in range(OBJECTS)}
        for key, body in contents.items():
            self.s3.put_object(Bucket="images", Key=key, Body=body)
        self.rules({"Filter": {"Prefix": ""}, "Transitions": [{"Days": 0, "StorageClass": "GLACIER"}]})
        kills = 0
        deadline = time.monotonic() + 120
        while set(self.storage_classes().values()) != {"GLACIER"} and time.monotonic() < deadline:
            # Longer each time, so that a busy machine gets there too.
            time.sleep(random.uniform(0.02, 0.4 + 0.1 * kills))
            self.server.kill()
            kills += 1
            self.server.start()
            self.s3 = self.server.client("s3")
        self.assertEqual(self.storage_classes(), {key: "GLACIER" for key in contents})
        self.s3.delete_bucket_lifecycle(Bucket="images")
        for key in contents:
            self.s3.restore_object(Bucket="images", Key=key, RestoreRequest={"Days": 1000})
        self.server.kill()
        self.server.start()
        self.s3 = self.server.client("s3")
        for key, body in contents.items():
            eventually(lambda k=key: 'ongoing-request="false"' in self.s3.head_object(Bucket="images", Key=k)["Restore"], key, timeout=60)
            self.assertTrue(self.s3.get_object(Bucket="images", Key=key)["Body"].read() == body, f"{key} came back changed")
        eventually(lambda: len(self.files(self.server.data / "objects")) == OBJECTS and len(self.files(self.cold)) == OBJECTS,
                   "a file an object and a copy, and no other", timeout=30)
        figure(f"{kills} kills while {OBJECTS} objects moved")

    def files(self, folder):
        return [path for path in pathlib.Path(folder).rglob("*") if path.is_file() and path.name != "eyrie.cold"]


if __name__ == "__main__":
    unittest.main()
