#!/usr/bin/python3
"""S3's multipart uploads as boto3 makes them."""

import base64
import hashlib
import io
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.contract import ContractCase  # noqa: E402

MIB = 1 << 20


class MultipartTest(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.client("s3")
        cls.bucket = cls.make_bucket()

    def create(self, key, **more):
        upload = self.s3.create_multipart_upload(Bucket=self.bucket, Key=key, **more)["UploadId"]
        return {"Bucket": self.bucket, "Key": key, "UploadId": upload}

    def part(self, upload, number, body):
        return {"PartNumber": number, "ETag": self.s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]}

    def complete(self, upload, parts):
        return self.s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})

    def test_parts_become_an_object(self):
        bodies = [os.urandom(5 * MIB), os.urandom(5 * MIB + 7), os.urandom(1000)]
        upload = self.create("whole", ContentType="image/x", Metadata={"a": "b"})
        parts = [self.part(upload, number, bodies[index]) for index, number in reversed(list(enumerate((1, 2, 9))))][::-1]
        listed = self.s3.list_parts(**upload)["Parts"]
        self.assertEqual([(part["PartNumber"], part["Size"], part["ETag"]) for part in listed],
                         [(part["PartNumber"], len(body), part["ETag"]) for part, body in zip(parts, bodies)])
        self.refused("NoSuchKey", self.s3.get_object, Bucket=self.bucket, Key="whole")
        etag = self.complete(upload, parts)["ETag"]
        digests = b"".join(hashlib.md5(body).digest() for body in bodies)
        self.assertEqual(etag, f'"{hashlib.md5(digests).hexdigest()}-3"')
        got = self.s3.get_object(Bucket=self.bucket, Key="whole")
        self.assertTrue(got["Body"].read() == b"".join(bodies))
        self.assertEqual((got["ETag"], got["ContentType"], got["Metadata"]), (etag, "image/x", {"a": "b"}))
        across = self.s3.get_object(Bucket=self.bucket, Key="whole", Range=f"bytes={5 * MIB - 3}-{5 * MIB + 2}")
        self.assertEqual(across["Body"].read(), bodies[0][-3:] + bodies[1][:3])
        self.refused("NoSuchUpload", self.s3.list_parts, **upload, status=404)

    def test_a_part_sent_again_replaces_the_first(self):
        upload = self.create("again")
        self.part(upload, 1, b"first")
        part = self.part(upload, 1, b"second")
        self.complete(upload, [part])
        self.assertEqual(self.s3.get_object(Bucket=self.bucket, Key="again")["Body"].read(), b"second")

    def test_abort(self):
        upload = self.create("aborted")
        part = self.part(upload, 1, b"x")
        self.assertIn(upload["UploadId"], self.uploads())
        self.s3.abort_multipart_upload(**upload)
        self.assertNotIn(upload["UploadId"], self.uploads())
        self.refused("NoSuchUpload", self.complete, upload, [part], status=404)
        self.refused("NoSuchUpload", self.part, upload, 2, b"x", status=404)
        self.refused("NoSuchKey", self.s3.get_object, Bucket=self.bucket, Key="aborted")

    def uploads(self):
        return [upload["UploadId"] for upload in self.s3.list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])]

    def test_what_is_refused(self):
        upload = self.create("refused")
        first, second = self.part(upload, 1, b"small"), self.part(upload, 2, b"small too")
        self.refused("EntityTooSmall", self.complete, upload, [first, second], status=400)
        self.refused("InvalidPartOrder", self.complete, upload, [second, first], status=400)
        self.refused("InvalidPart", self.complete, upload, [{"PartNumber": 3, "ETag": first["ETag"]}], status=400)
        self.refused("InvalidPart", self.complete, upload, [{"PartNumber": 1, "ETag": second["ETag"]}], status=400)
        self.refused("InvalidArgument", self.part, upload, 10_001, b"x", status=400)
        self.refused("NoSuchUpload", self.part, {**upload, "UploadId": "not-one"}, 1, b"x", status=404)
        wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
        self.refused("BadDigest", self.s3.upload_part, **upload, PartNumber=1, Body=b"small", ContentMD5=wrong, status=400)
        self.complete(upload, [first])
        self.assertEqual(self.s3.get_object(Bucket=self.bucket, Key="refused")["Body"].read(), b"small")

    def test_the_transfer_manager(self):
        body = os.urandom(20 * MIB + 1)
        self.s3.upload_fileobj(io.BytesIO(body), self.bucket, "managed")
        into = io.BytesIO()
        self.s3.download_fileobj(self.bucket, "managed", into)
        self.assertTrue(into.getvalue() == body)
        self.assertTrue(self.s3.head_object(Bucket=self.bucket, Key="managed")["ETag"].endswith('-3"'))


if __name__ == "__main__":
    unittest.main()
