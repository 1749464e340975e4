#!/usr/bin/python3
"""S3 as boto3 sees it: buckets, objects, conditions, ranges, checksums, presigned URLs, refusals. Listings: s3_listing_test.py."""

import base64
import datetime
import hashlib
import io
import pathlib
import sys
import unittest
import urllib.error
import urllib.request
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.contract import ContractCase  # noqa: E402

WEIRD_KEYS = ["plain.txt", "with space.txt", "plus+and&amp;.txt", "ünïcödé-✓-日本.txt", "../up.txt", "a//b", "a/./b", "/lead",
              "trail/", "per%2Fcent%20.txt", "quo'te\"s<>.txt", "q?u=e#r~y!*().txt", "." , "..", "back\\slash", "tab\there",
              "UPPER.JPG", "x" * 1024, "e\u0301 combining", "emoji-🦅.png", "a=b;c,d@e:f$g"]


class BucketsTest(ContractCase):
    def setUp(self):
        self.s3 = self.client("s3")

    def test_create_head_list_delete(self):
        name = "eyrie-test-" + uuid.uuid4().hex[:20]
        before = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=5)
        self.assertEqual(self.s3.create_bucket(Bucket=name)["Location"], "/" + name)
        self.assertEqual(self.s3.head_bucket(Bucket=name)["ResponseMetadata"]["HTTPStatusCode"], 200)
        listed = {bucket["Name"]: bucket["CreationDate"] for bucket in self.s3.list_buckets()["Buckets"]}
        self.assertIn(name, listed)
        self.assertGreater(listed[name], before)
        self.assertIsNone(self.s3.get_bucket_location(Bucket=name)["LocationConstraint"])
        self.assertEqual(self.s3.delete_bucket(Bucket=name)["ResponseMetadata"]["HTTPStatusCode"], 204)
        self.refused("404", self.s3.head_bucket, Bucket=name)

    def test_creating_ones_own_again(self):
        # us-east-1 answers 200 for one's own bucket; every other region, and other S3s, 409.
        bucket = self.make_bucket()
        try:
            self.s3.create_bucket(Bucket=bucket)
        except self.s3.exceptions.BucketAlreadyOwnedByYou:
            pass

    def test_a_bucket_with_objects_is_not_deleted(self):
        bucket = self.make_bucket()
        self.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
        self.refused("BucketNotEmpty", self.s3.delete_bucket, Bucket=bucket, status=409)

    def test_invalid_names(self):
        raw = self.raw()
        for name in ("ab", "Upper-case", "under_score", "a..b", "-lead", "trail-", "192.168.1.1", "x" * 64, "xn--punycode"):
            with self.subTest(name=name):
                answer = raw.request("s3", "PUT", "/" + name)
                self.assertEqual(answer.status, 400, answer.body)
                self.assertIn(b"<Code>InvalidBucketName</Code>", answer.body)

    def test_unknown_bucket(self):
        name = "eyrie-test-nowhere-" + uuid.uuid4().hex[:12]
        self.refused("NoSuchBucket", self.s3.list_objects_v2, Bucket=name, status=404)
        self.refused("NoSuchBucket", self.s3.get_object, Bucket=name, Key="a", status=404)
        self.refused("NoSuchBucket", self.s3.put_object, Bucket=name, Key="a", Body=b"x", status=404)
        self.refused("NoSuchBucket", self.s3.delete_bucket, Bucket=name, status=404)


class ObjectsTest(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.client("s3")
        cls.bucket = cls.make_bucket()

    def put(self, key, body=b"hello", **more):
        return self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **more)

    def get(self, key, **more):
        return self.s3.get_object(Bucket=self.bucket, Key=key, **more)

    def test_put_get_head_delete(self):
        put = self.put("a.txt", b"hello", ContentType="text/plain; charset=utf-8")
        etag = '"' + hashlib.md5(b"hello").hexdigest() + '"'
        self.assertEqual(put["ETag"], etag)
        got = self.get("a.txt")
        self.assertEqual(got["Body"].read(), b"hello")
        self.assertEqual((got["ETag"], got["ContentLength"], got["ContentType"]), (etag, 5, "text/plain; charset=utf-8"))
        self.assertEqual(got["AcceptRanges"], "bytes")
        head = self.s3.head_object(Bucket=self.bucket, Key="a.txt")
        self.assertEqual((head["ETag"], head["ContentLength"]), (etag, 5))
        self.assertEqual(head["LastModified"], got["LastModified"])
        age = datetime.datetime.now(datetime.timezone.utc) - head["LastModified"]
        self.assertLess(abs(age.total_seconds()), 600)
        deleted = self.s3.delete_object(Bucket=self.bucket, Key="a.txt")
        self.assertEqual(deleted["ResponseMetadata"]["HTTPStatusCode"], 204)
        answer = self.refused("NoSuchKey", self.get, "a.txt", status=404)
        self.assertEqual(answer["Error"].get("Key"), "a.txt")
        self.refused("404", self.s3.head_object, Bucket=self.bucket, Key="a.txt")
        self.s3.delete_object(Bucket=self.bucket, Key="a.txt")  # what is not there can be deleted

    def test_bodies_of_many_sizes(self):
        for size in (0, 1, 4095, 65536, 65537, 1 << 20, (5 << 20) + 3):
            with self.subTest(size=size):
                body = bytes(index * 131 % 251 for index in range(1021)) * (size // 1021 + 1)
                self.put("sized", body[:size])
                got = self.get("sized")
                self.assertEqual(got["ContentLength"], size)
                self.assertTrue(got["Body"].read() == body[:size], f"{size} bytes came back changed")

    def test_overwriting(self):
        self.put("twice", b"first")
        self.put("twice", b"second")
        self.assertEqual(self.get("twice")["Body"].read(), b"second")

    def test_keys_are_any_text(self):
        for key in WEIRD_KEYS:
            with self.subTest(key=key[:40]):
                if key in (".", "..", "a/./b", "../up.txt") and self.endpoint is None:
                    continue  # clients fold these on their way to AWS
                self.put(key, key.encode())
                self.assertEqual(self.get(key)["Body"].read(), key.encode())
        listed = [item["Key"] for item in self.s3.list_objects_v2(Bucket=self.bucket)["Contents"]]
        self.assertEqual([key for key in WEIRD_KEYS if key not in listed], [])

    def test_too_long_a_key(self):
        self.refused("KeyTooLongError", self.put, "k" * 1025, status=400)

    def test_metadata_and_headers(self):
        self.put("meta", ContentType="image/x-test", CacheControl="max-age=60", ContentDisposition='attachment; filename="a.b"',
                 ContentEncoding="identity", ContentLanguage="de", Metadata={"Colour": "dark red", "n": "1"})
        for answer in (self.get("meta"), self.s3.head_object(Bucket=self.bucket, Key="meta")):
            self.assertEqual(answer["ContentType"], "image/x-test")
            self.assertEqual(answer["CacheControl"], "max-age=60")
            self.assertEqual(answer["ContentDisposition"], 'attachment; filename="a.b"')
            self.assertEqual(answer["ContentEncoding"], "identity")
            self.assertEqual(answer["ContentLanguage"], "de")
            self.assertEqual(answer["Metadata"], {"colour": "dark red", "n": "1"})
        self.refused("MetadataTooLarge", self.put, "meta2", Metadata={"big": "x" * 2100}, status=400)

    def test_content_type_where_none_is_told(self):
        self.put("untyped")
        self.assertIn(self.get("untyped")["ContentType"], ("binary/octet-stream", "application/octet-stream"))

    def test_headers_of_the_answer_may_be_asked_for(self):
        self.put("asked", ContentType="text/plain")
        got = self.get("asked", ResponseContentType="text/csv", ResponseContentDisposition="inline")
        self.assertEqual((got["ContentType"], got["ContentDisposition"]), ("text/csv", "inline"))

    def test_ranges(self):
        self.put("ranged", b"0123456789")
        for asked, told, body in (("bytes=0-3", "bytes 0-3/10", b"0123"), ("bytes=4-", "bytes 4-9/10", b"456789"),
                                  ("bytes=-3", "bytes 7-9/10", b"789"), ("bytes=5-500", "bytes 5-9/10", b"56789"),
                                  ("bytes=9-9", "bytes 9-9/10", b"9"), ("bytes=-500", "bytes 0-9/10", b"0123456789")):
            with self.subTest(range=asked):
                got = self.get("ranged", Range=asked)
                self.assertEqual(got["ResponseMetadata"]["HTTPStatusCode"], 206)
                self.assertEqual((got["ContentRange"], got["Body"].read()), (told, body))
        self.refused("InvalidRange", self.get, "ranged", Range="bytes=10-20", status=416)
        for ignored in ("lines=1-2", "bytes=a-b"):
            with self.subTest(range=ignored):
                got = self.get("ranged", Range=ignored)
                self.assertEqual((got["ResponseMetadata"]["HTTPStatusCode"], got["Body"].read()), (200, b"0123456789"))

    def test_conditions_of_reading(self):
        etag = self.put("conditional", b"x")["ETag"]
        modified = self.s3.head_object(Bucket=self.bucket, Key="conditional")["LastModified"]
        hour = datetime.timedelta(hours=1)
        self.assertEqual(self.get("conditional", IfMatch=etag)["Body"].read(), b"x")
        self.refused("PreconditionFailed", self.get, "conditional", IfMatch='"0"', status=412)
        self.refused("304", self.get, "conditional", IfNoneMatch=etag, status=304)
        self.assertEqual(self.get("conditional", IfNoneMatch='"0"')["Body"].read(), b"x")
        self.refused("304", self.get, "conditional", IfModifiedSince=modified, status=304)
        self.assertEqual(self.get("conditional", IfModifiedSince=modified - hour)["Body"].read(), b"x")
        self.refused("PreconditionFailed", self.get, "conditional", IfUnmodifiedSince=modified - hour, status=412)

    def test_conditions_of_writing(self):
        raw = self.raw()
        put = raw.put_object(self.bucket, "once", b"a", {"if-none-match": "*"})
        self.assertEqual(put.status, 200, put.body)
        again = raw.put_object(self.bucket, "once", b"b", {"if-none-match": "*"})
        self.assertEqual(again.status, 412, again.body)
        self.assertIn(b"<Code>PreconditionFailed</Code>", again.body)
        self.assertEqual(raw.put_object(self.bucket, "once", b"c", {"if-match": '"0"'}).status, 412)
        self.assertEqual(raw.put_object(self.bucket, "once", b"d", {"if-match": put.headers["etag"]}).status, 200)
        self.assertEqual(self.get("once")["Body"].read(), b"d")
        self.assertEqual(raw.put_object(self.bucket, "never", b"e", {"if-match": put.headers["etag"]}).status, 404)

    def test_digests_that_do_not_match(self):
        self.put("md5", b"x", ContentMD5=base64.b64encode(hashlib.md5(b"x").digest()).decode())
        wrong = base64.b64encode(hashlib.md5(b"y").digest()).decode()
        self.refused("BadDigest", self.put, "md5-wrong", b"x", ContentMD5=wrong, status=400)
        self.refused("InvalidDigest", self.put, "md5-wrong", b"x", ContentMD5="no digest", status=400)
        self.refused("NoSuchKey", self.get, "md5-wrong")
        raw = self.raw()
        answer = raw.request("s3", "PUT", f"/{self.bucket}/sha-wrong", body=b"x", payload_hash=hashlib.sha256(b"y").hexdigest())
        self.assertEqual(answer.status, 400, answer.body)
        self.assertIn(b"<Code>XAmzContentSHA256Mismatch</Code>", answer.body)
        self.refused("NoSuchKey", self.get, "sha-wrong")

    def test_checksums(self):
        body = b"123456789"
        for algorithm, digest in (("CRC32", "y/Q5Jg=="), ("SHA1", base64.b64encode(hashlib.sha1(body).digest()).decode()),
                                  ("SHA256", base64.b64encode(hashlib.sha256(body).digest()).decode())):
            with self.subTest(algorithm=algorithm):
                key, member = "sum-" + algorithm, "Checksum" + algorithm
                self.assertEqual(self.put(key, body, ChecksumAlgorithm=algorithm)[member], digest)
                self.assertEqual(self.get(key, ChecksumMode="ENABLED")[member], digest)
                self.assertNotIn(member, self.get(key))
                head = self.s3.head_object(Bucket=self.bucket, Key=key, ChecksumMode="ENABLED")
                self.assertEqual(head[member], digest)
        raw = self.raw()
        for name, digest in (("crc32", "y/Q5Jg=="), ("crc32c", "4waSgw=="), ("crc64nvme", "rosUhgp5mIg=")):
            with self.subTest(header=name):
                right = raw.put_object(self.bucket, "sum-" + name, body, {"x-amz-checksum-" + name: digest})
                self.assertEqual(right.status, 200, right.body)
                wrong = raw.put_object(self.bucket, "sum-no", b"other", {"x-amz-checksum-" + name: digest})
                self.assertEqual(wrong.status, 400, wrong.body)
                self.assertIn(b"<Code>BadDigest</Code>", wrong.body)

    def test_streams_of_unknown_content(self):
        body = io.BytesIO(b"stream" * 100_000)
        self.s3.upload_fileobj(body, self.bucket, "streamed")
        self.assertEqual(self.get("streamed")["Body"].read(), b"stream" * 100_000)

    def test_deleting_many(self):
        for index in range(5):
            self.put(f"many/{index}")
        answer = self.s3.delete_objects(Bucket=self.bucket, Delete={
            "Objects": [{"Key": f"many/{index}"} for index in range(4)] + [{"Key": "many/not-there"}]})
        self.assertEqual(sorted(item["Key"] for item in answer["Deleted"]),
                         [f"many/{index}" for index in range(4)] + ["many/not-there"])
        left = self.s3.list_objects_v2(Bucket=self.bucket, Prefix="many/")["Contents"]
        self.assertEqual([item["Key"] for item in left], ["many/4"])

    def test_tags_told_with_the_object(self):
        self.put("tagged", Tagging="colour=dark%20red&n=1")
        tags = self.s3.get_object_tagging(Bucket=self.bucket, Key="tagged")["TagSet"]
        self.assertEqual(sorted((tag["Key"], tag["Value"]) for tag in tags), [("colour", "dark red"), ("n", "1")])
        self.assertEqual(self.get("tagged")["TagCount"], 2)


class SignaturesTest(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.client("s3")
        cls.bucket = cls.make_bucket()
        cls.s3.put_object(Bucket=cls.bucket, Key="a b+ü.txt", Body=b"signed")

    def fetch(self, url, **options):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, **options), timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def presigned(self, operation="get_object", key="a b+ü.txt", seconds=60, **more):
        # boto 1.26 would sign these with version 2 unless told.
        client = self.client("s3", signature_version="s3v4")
        return client.generate_presigned_url(operation, Params={"Bucket": self.bucket, "Key": key, **more}, ExpiresIn=seconds)

    def test_presigned_get(self):
        self.assertEqual(self.fetch(self.presigned()), (200, b"signed"))
        status, body = self.fetch(self.presigned(ResponseContentType="text/x"))
        self.assertEqual((status, body), (200, b"signed"))

    def test_presigned_put(self):
        url = self.presigned("put_object", "put by url.txt", ContentType="text/plain")
        status, body = self.fetch(url, data=b"by url", method="PUT", headers={"Content-Type": "text/plain"})
        self.assertEqual(status, 200, body)
        self.assertEqual(self.s3.get_object(Bucket=self.bucket, Key="put by url.txt")["Body"].read(), b"by url")
        status, body = self.fetch(url, data=b"by url", method="PUT", headers={"Content-Type": "text/html"})
        self.assertEqual(status, 403, body)

    def test_headers_in_the_query_of_a_presigned_put(self):
        """As newer SDKs sign: what could be a header is in the URL."""
        client = self.client("s3", signature_version="s3v4")
        moved = {"x-amz-meta-from": "the url", "x-amz-storage-class": "STANDARD_IA", "x-amz-checksum-crc32": "AAAAAA==", "x-amz-sdk-checksum-algorithm": "CRC32"}
        client.meta.events.register("before-sign.s3.PutObject", lambda request, **_: request.params.update(moved))
        url = client.generate_presigned_url("put_object", Params={"Bucket": self.bucket, "Key": "moved"}, ExpiresIn=60)
        self.assertIn("x-amz-meta-from=", url)
        status, body = self.fetch(url, data=b"content", method="PUT")
        self.assertEqual(status, 200, body)
        answer = self.s3.get_object(Bucket=self.bucket, Key="moved")
        self.assertEqual((answer["Metadata"], answer["StorageClass"], answer["Body"].read()), ({"from": "the url"}, "STANDARD_IA", b"content"))
        moved["x-amz-acl"] = "public-read"
        url = client.generate_presigned_url("put_object", Params={"Bucket": self.bucket, "Key": "moved"}, ExpiresIn=60)
        status, body = self.fetch(url, data=b"content", method="PUT")
        self.assertEqual((status, b"AccessControlListNotSupported" in body), (400, True), body)

    def test_as_boto_signs_by_default(self):
        # Signature Version 2, in us-east-1.
        def url(operation, key="by default+ü.txt", **more):
            made = self.s3.generate_presigned_url(operation, Params={"Bucket": self.bucket, "Key": key, **more}, ExpiresIn=60)
            if "AWSAccessKeyId=" not in made:
                self.skipTest("this boto signs URLs with version 4")
            return made

        sent = url("put_object", ContentType="text/plain", Metadata={"colour": "blue grey"}, StorageClass="STANDARD_IA")
        self.assertEqual(self.fetch(sent, data=b"by default", method="PUT", headers={"Content-Type": "text/plain"})[0], 200)
        # boto puts what it signed into the URL: nobody need send it again.
        head = self.s3.head_object(Bucket=self.bucket, Key="by default+ü.txt")
        self.assertEqual((head["ContentType"], head["Metadata"], head["StorageClass"]), ("text/plain", {"colour": "blue grey"}, "STANDARD_IA"))
        self.assertEqual(self.fetch(sent, data=b"x", method="PUT", headers={"Content-Type": "text/html"})[0], 403)
        self.assertEqual(self.fetch(url("get_object")), (200, b"by default"))
        request = urllib.request.Request(url("get_object", ResponseContentType="text/x; charset=utf-8", ResponseContentDisposition="attachment; filename=\"a b.txt\""))
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.assertEqual(answer.headers["Content-Type"], "text/x; charset=utf-8")
            self.assertEqual(answer.headers["Content-Disposition"], 'attachment; filename="a b.txt"')
        self.assertEqual(self.fetch(url("head_object"), method="HEAD")[0], 200)
        status, body = self.fetch(url("get_object"), method="DELETE")
        self.assertEqual(status, 403)
        self.assertIn(b"<Code>SignatureDoesNotMatch</Code>", body)
        upload = self.s3.create_multipart_upload(Bucket=self.bucket, Key="by part")["UploadId"]
        part = url("upload_part", key="by part", UploadId=upload, PartNumber=1)
        self.assertEqual(self.fetch(part, data=b"part", method="PUT", headers={"Content-Type": ""})[0], 200)
        self.assertEqual([one["Size"] for one in self.s3.list_parts(Bucket=self.bucket, Key="by part", UploadId=upload)["Parts"]], [4])
        self.s3.abort_multipart_upload(Bucket=self.bucket, Key="by part", UploadId=upload)
        self.assertEqual(self.fetch(url("delete_object"), method="DELETE")[0], 204)
        self.assertEqual(self.fetch(url("get_object"))[0], 404)

    def test_presigned_urls_that_are_not_good(self):
        url = self.presigned()
        for change in (("X-Amz-Expires=60", "X-Amz-Expires=61"), ("%2B", "%2C"), ("X-Amz-Signature=", "X-Amz-Signature=0")):
            with self.subTest(change=change):
                self.assertIn(change[0], url)
                status, body = self.fetch(url.replace(*change))
                self.assertIn(status, (400, 403), body)
        status, body = self.fetch(url, method="DELETE")
        self.assertEqual(status, 403, body)
        self.assertIn(b"<Code>SignatureDoesNotMatch</Code>", body)

    def test_an_expired_url(self):
        import time
        url = self.presigned(seconds=1)
        time.sleep(2.2)
        status, body = self.fetch(url)
        self.assertEqual(status, 403, body)
        self.assertIn(b"<Code>AccessDenied</Code>", body)
        self.assertIn(b"expired", body)

    def test_wrong_secret_and_unknown_key(self):
        wrong = self.client("s3", secret="x" * 40)
        self.refused("SignatureDoesNotMatch", wrong.list_buckets, status=403)
        self.refused("SignatureDoesNotMatch", wrong.put_object, Bucket=self.bucket, Key="no", Body=b"x", status=403)
        unknown = self.client("s3", key="AKIAIOSFODNN7EXAMPLE")
        self.refused("InvalidAccessKeyId", unknown.list_buckets, status=403)
        self.refused("NoSuchKey", self.s3.get_object, Bucket=self.bucket, Key="no")

    def test_nobody(self):
        import botocore
        nobody = self.client("s3", signature_version=botocore.UNSIGNED)
        self.refused("AccessDenied", nobody.get_object, Bucket=self.bucket, Key="a b+ü.txt", status=403)
        self.refused("AccessDenied", nobody.list_objects_v2, Bucket=self.bucket, status=403)

    def test_errors_carry_the_request_id(self):
        answer = self.refused("NoSuchKey", self.s3.get_object, Bucket=self.bucket, Key="absent")
        metadata = answer["ResponseMetadata"]
        self.assertTrue(metadata["RequestId"])
        self.assertEqual(metadata["HTTPHeaders"]["x-amz-request-id"], metadata["RequestId"])


if __name__ == "__main__":
    unittest.main()
