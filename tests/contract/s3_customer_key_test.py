#!/usr/bin/python3
"""Objects encrypted with the customer's own key (SSE-C), as boto3 and raw requests see them.

S3 takes such keys over TLS only; the raw requests here go over loopback, where Eyrie takes them too.
"""

import base64
import hashlib
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.contract import ContractCase  # noqa: E402

MIB = 1 << 20
KEY, OTHER = os.urandom(32), os.urandom(32)


def told(key=KEY, source=False):
    """What boto3 is given; it adds the key's MD5 and the base64."""
    prefix = "CopySource" if source else ""
    return {prefix + "SSECustomerAlgorithm": "AES256", prefix + "SSECustomerKey": key}


def headers(**changes):
    prefix = "x-amz-server-side-encryption-customer-"
    values = {"algorithm": "AES256", "key": base64.b64encode(KEY).decode(),
              "key-md5": base64.b64encode(hashlib.md5(KEY).digest()).decode(), **changes}
    return {prefix + name.replace("_", "-"): value for name, value in values.items() if value is not None}


class CustomerKeyTest(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.client("s3")
        cls.bucket = cls.make_bucket()

    def setUp(self):
        self.body = os.urandom(200_000)
        self.at = {"Bucket": self.bucket, "Key": self.id().split(".")[-1]}

    def put(self, **more):
        return self.s3.put_object(**self.at, Body=self.body, **told(), **more)

    def read(self, **how):
        return self.s3.get_object(**self.at, **how)["Body"].read()

    def test_put_get_head(self):
        for answer in (self.put(Metadata={"m": "1"}), self.s3.head_object(**self.at, **told()), self.s3.get_object(**self.at, **told())):
            self.assertEqual(answer["SSECustomerAlgorithm"], "AES256")
            self.assertEqual(answer["SSECustomerKeyMD5"], base64.b64encode(hashlib.md5(KEY).digest()).decode())
            self.assertNotIn("ServerSideEncryption", answer)
        self.assertTrue(self.read(**told()) == self.body)
        self.assertTrue(self.read(Range="bytes=70000-140000", **told()) == self.body[70000:140001])
        self.assertEqual(self.s3.head_object(**self.at, **told())["Metadata"], {"m": "1"})

    def test_the_key_is_needed(self):
        self.put()
        self.refused("InvalidRequest", self.s3.get_object, **self.at, status=400)
        self.refused("400", self.s3.head_object, **self.at, status=400)
        self.refused("InvalidRequest", self.s3.get_object_attributes, **self.at, ObjectAttributes=["ETag"], status=400)

    def test_another_key_is_refused(self):
        self.put()
        self.refused("AccessDenied", self.s3.get_object, **self.at, **told(OTHER), status=403)
        self.refused("403", self.s3.head_object, **self.at, **told(OTHER), status=403)

    def test_a_key_for_an_object_without(self):
        self.s3.put_object(**self.at, Body=b"plain")
        self.refused("InvalidRequest", self.s3.get_object, **self.at, **told(), status=400)

    def test_listing_tagging_and_deleting_need_no_key(self):
        self.put(Tagging="a=1")
        self.assertEqual(self.s3.get_object_tagging(**self.at)["TagSet"], [{"Key": "a", "Value": "1"}])
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=self.at["Key"])["Contents"]
        self.assertEqual(listed[0]["Size"], len(self.body))
        self.s3.delete_object(**self.at)
        self.refused("NoSuchKey", self.s3.get_object, **self.at, **told())

    def test_overwriting_with_another_key(self):
        self.put()
        self.s3.put_object(**self.at, Body=b"new", **told(OTHER))
        self.assertEqual(self.read(**told(OTHER)), b"new")
        self.refused("AccessDenied", self.s3.get_object, **self.at, **told(), status=403)

    def test_copies(self):
        self.put()
        source = f"{self.bucket}/{self.at['Key']}"
        to = {"Bucket": self.bucket, "Key": "copy of " + self.at["Key"], "CopySource": source}
        self.refused("InvalidRequest", self.s3.copy_object, **to, status=400)
        self.refused("AccessDenied", self.s3.copy_object, **to, **told(OTHER, source=True), status=403)
        self.s3.copy_object(**to, **told(source=True))
        self.assertTrue(self.s3.get_object(Bucket=self.bucket, Key=to["Key"])["Body"].read() == self.body)
        copied = self.s3.copy_object(**to, **told(source=True), **told(OTHER))
        self.assertEqual(copied["SSECustomerAlgorithm"], "AES256")
        self.assertTrue(self.s3.get_object(Bucket=self.bucket, Key=to["Key"], **told(OTHER))["Body"].read() == self.body)
        # Onto itself: a new key is a change.
        self.s3.copy_object(**self.at, CopySource=source, **told(source=True), **told(OTHER))
        self.assertTrue(self.read(**told(OTHER)) == self.body)

    def test_uploads_in_parts(self):
        bodies = [os.urandom(5 * MIB), os.urandom(1000)]
        upload = self.s3.create_multipart_upload(**self.at, **told())
        self.assertEqual(upload["SSECustomerAlgorithm"], "AES256")
        part = {**self.at, "UploadId": upload["UploadId"]}
        self.refused("InvalidRequest", self.s3.upload_part, **part, PartNumber=1, Body=bodies[0], status=400)
        self.refused("InvalidRequest", self.s3.upload_part, **part, PartNumber=1, Body=bodies[0], **told(OTHER), status=400)
        parts = [{"PartNumber": number, "ETag": self.s3.upload_part(**part, PartNumber=number, Body=body, **told())["ETag"]}
                 for number, body in enumerate(bodies, 1)]
        self.s3.complete_multipart_upload(**part, MultipartUpload={"Parts": parts})
        self.assertTrue(self.read(**told()) == b"".join(bodies))
        self.refused("InvalidRequest", self.s3.get_object, **self.at, status=400)

    def test_headers_that_do_not_go_together(self):
        raw = self.raw()
        for name, changes, code in (
                ("no algorithm", {"algorithm": None}, b"InvalidArgument"), ("no key", {"key": None}, b"InvalidArgument"),
                ("no MD5", {"key-md5": None}, b"InvalidArgument"), ("another algorithm", {"algorithm": "DES"}, b"InvalidEncryptionAlgorithmError"),
                ("a short key", {"key": base64.b64encode(KEY[:16]).decode()}, b"InvalidArgument"),
                ("a key that is no base64", {"key": "key"}, b"InvalidArgument"),
                ("another key's MD5", {"key-md5": base64.b64encode(hashlib.md5(OTHER).digest()).decode()}, b"InvalidArgument")):
            with self.subTest(name):
                answer = raw.put_object(self.bucket, "refused", b"x", headers(**changes))
                self.assertEqual(answer.status, 400, answer.body)
                self.assertIn(b"<Code>" + code + b"</Code>", answer.body)
        both = raw.put_object(self.bucket, "refused", b"x", {**headers(), "x-amz-server-side-encryption": "AES256"})
        self.assertIn(b"<Code>InvalidArgument</Code>", both.body)
        self.assertEqual(raw.get_object(self.bucket, "refused").status, 404)


class NothingIsKeptTest(ContractCase):
    def test_neither_key_nor_content_is_on_disk(self):
        if not self.server:
            raise unittest.SkipTest("looks into the server's own folder")
        body = b"what nobody else may read " * 100
        bucket = self.make_bucket()
        self.client("s3").put_object(Bucket=bucket, Key="k", Body=body, **told())
        for path in self.server.data.rglob("*"):
            if not path.is_file():
                continue
            content = path.read_bytes()
            for secret in (KEY, base64.b64encode(KEY), KEY.hex().encode(), hashlib.md5(KEY).digest(),
                           base64.b64encode(hashlib.md5(KEY).digest()), body[:26]):
                self.assertNotIn(secret, content, f"{path.name} tells a secret")


if __name__ == "__main__":
    unittest.main()
