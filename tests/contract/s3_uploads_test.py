#!/usr/bin/python3
"""Ways of creating objects beside PutObject, as boto3 makes them: copies, forms, composite checksums. And what is set of buckets."""

import base64
import hashlib
import http.client
import os
import pathlib
import sys
import unittest
import unittest.mock
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import forms  # noqa: E402
from support.contract import ContractCase  # noqa: E402

MIB = 1 << 20


class UploadsCase(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.client("s3")
        cls.bucket = cls.make_bucket()

    def put(self, key, body=b"hello", **more):
        return self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **more)

    def get(self, key, **more):
        return self.s3.get_object(Bucket=self.bucket, Key=key, **more)


class CopyTest(UploadsCase):
    def copy(self, key, source, **more):
        return self.s3.copy_object(Bucket=self.bucket, Key=key, CopySource={"Bucket": self.bucket, "Key": source}, **more)

    def test_keys_of_every_kind(self):
        for key in ("with space", "plus+sign", "ünï✓", "per%2Fcent%20", "q?u=e#r~y", "../up", "a//b", "x" * 1024):
            with self.subTest(key=key):
                body = key.encode()
                etag = self.put(key, body, ContentType="image/x", Metadata={"a": "b"})["ETag"]
                copied = self.copy("copy of", key)
                self.assertEqual(copied["CopyObjectResult"]["ETag"], etag)
                got = self.get("copy of")
                self.assertEqual((got["Body"].read(), got["ContentType"], got["Metadata"]), (body, "image/x", {"a": "b"}))

    def test_directives(self):
        self.put("from", Metadata={"a": "b"}, Tagging="t=1", CacheControl="no-cache")
        self.copy("to", "from", MetadataDirective="REPLACE", Metadata={"c": "d"}, ContentType="text/x")
        got = self.get("to")
        self.assertEqual((got["Metadata"], got["ContentType"], got.get("CacheControl"), got["TagCount"]),
                         ({"c": "d"}, "text/x", None, 1))
        self.copy("to", "from", TaggingDirective="REPLACE", Tagging="u=2&v=3")
        tags = self.s3.get_object_tagging(Bucket=self.bucket, Key="to")["TagSet"]
        self.assertEqual({tag["Key"]: tag["Value"] for tag in tags}, {"u": "2", "v": "3"})
        self.refused("InvalidRequest", self.copy, "from", "from", status=400)
        self.copy("from", "from", MetadataDirective="REPLACE", Metadata={"new": "1"})
        self.assertEqual(self.get("from")["Metadata"], {"new": "1"})

    def test_conditions(self):
        etag = self.put("from")["ETag"]
        self.copy("to", "from", CopySourceIfMatch=etag)
        self.refused("PreconditionFailed", self.copy, "to", "from", CopySourceIfMatch='"0"', status=412)
        self.refused("PreconditionFailed", self.copy, "to", "from", CopySourceIfNoneMatch=etag, status=412)
        self.refused("NoSuchKey", self.copy, "to", "absent", status=404)

    def test_managed_copy_of_a_large_object_goes_in_parts(self):
        import boto3.s3.transfer
        body = os.urandom(11 * MIB)
        self.put("large", body)
        config = boto3.s3.transfer.TransferConfig(multipart_threshold=6 * MIB, multipart_chunksize=6 * MIB)
        self.s3.copy({"Bucket": self.bucket, "Key": "large"}, self.bucket, "large copy", Config=config)
        got = self.get("large copy")
        self.assertTrue(got["Body"].read() == body)
        self.assertTrue(got["ETag"].endswith('-2"'))
        second = self.get("large copy", PartNumber=2)
        self.assertEqual((second["PartsCount"], second["Body"].read() == body[6 * MIB:]), (2, True))
        self.refused("InvalidPartNumber", self.get, "large copy", PartNumber=3, status=416)


class ChecksumsTest(UploadsCase):
    def test_composite(self):
        bodies = [os.urandom(5 * MIB), b"end"]
        upload = self.s3.create_multipart_upload(Bucket=self.bucket, Key="sums", ChecksumAlgorithm="SHA256")
        self.assertEqual(upload["ChecksumAlgorithm"], "SHA256")
        names = {"Bucket": self.bucket, "Key": "sums", "UploadId": upload["UploadId"]}
        parts, digests = [], []
        for number, body in enumerate(bodies, 1):
            digests.append(hashlib.sha256(body).digest())
            answer = self.s3.upload_part(**names, PartNumber=number, Body=body, ChecksumAlgorithm="SHA256")
            self.assertEqual(answer["ChecksumSHA256"], base64.b64encode(digests[-1]).decode())
            parts.append({"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": answer["ChecksumSHA256"]})
        wrong = [dict(parts[0], ChecksumSHA256=parts[1]["ChecksumSHA256"]), parts[1]]
        self.refused("InvalidPart", self.s3.complete_multipart_upload, **names, MultipartUpload={"Parts": wrong}, status=400)
        done = self.s3.complete_multipart_upload(**names, MultipartUpload={"Parts": parts})
        wanted = base64.b64encode(hashlib.sha256(b"".join(digests)).digest()).decode() + "-2"
        self.assertEqual(done["ChecksumSHA256"], wanted)
        head = self.s3.head_object(Bucket=self.bucket, Key="sums", ChecksumMode="ENABLED")
        self.assertEqual(head["ChecksumSHA256"], wanted)
        told = self.s3.get_object_attributes(Bucket=self.bucket, Key="sums",
                                             ObjectAttributes=["ETag", "Checksum", "ObjectParts", "ObjectSize", "StorageClass"])
        self.assertEqual((told["ObjectSize"], told["ObjectParts"]["TotalPartsCount"], told["ObjectParts"]["Parts"][1]["Size"]),
                         (5 * MIB + 3, 2, 3))


class FormTest(UploadsCase):
    def post(self, form, body=b"picture", filename="cat.jpg", **changed):
        parts, headers = forms.encoded(dict(form["fields"], **changed), body, filename)
        url = urllib.parse.urlsplit(form["url"])
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.netloc, timeout=30)
        self.addCleanup(connection.close)
        connection.request("POST", url.path or "/", parts, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers

    def test_as_boto_signs_them(self):
        # Without this boto3 signs forms with Signature Version 2.
        s3 = self.client("s3", signature_version="s3v4")
        form = s3.generate_presigned_post(self.bucket, "uploads/${filename}", Fields={"Content-Type": "image/jpeg"},
                                          Conditions=[["starts-with", "$Content-Type", "image/"],
                                                      ["content-length-range", 1, 100]], ExpiresIn=60)
        status, body, headers = self.post(form)
        self.assertEqual((status, body), (204, ""))
        self.assertEqual(self.get("uploads/cat.jpg")["Body"].read(), b"picture")
        self.assertEqual(self.get("uploads/cat.jpg")["ContentType"], "image/jpeg")
        self.assertTrue(headers["Location"].endswith("/uploads%2Fcat.jpg"))
        for changed, code in (({"key": "elsewhere"}, "AccessDenied"), ({"Content-Type": "text/html"}, "AccessDenied"),
                              ({"x-amz-meta-a": "1"}, "AccessDenied"), ({"x-amz-signature": "0" * 64}, "SignatureDoesNotMatch")):
            with self.subTest(changed=changed):
                status, body, _ = self.post(form, **changed)
                self.assertEqual((status, f"<Code>{code}</Code>" in body), (403, True), body)
        self.assertIn("<Code>EntityTooLarge</Code>", self.post(form, body=b"x" * 101)[1])
        self.assertIn("<Code>EntityTooSmall</Code>", self.post(form, body=b"")[1])


    def test_as_boto_signs_them_by_default(self):
        form = self.s3.generate_presigned_post(self.bucket, "uploads/default/${filename}", Fields={"Content-Type": "image/jpeg", "x-amz-meta-a": "b"},
                                               Conditions=[{"Content-Type": "image/jpeg"}, {"x-amz-meta-a": "b"}], ExpiresIn=60)
        if "signature" not in form["fields"]:
            self.skipTest("this boto signs forms with version 4")
        status, body, _ = self.post(form)
        self.assertEqual((status, body), (204, ""))
        self.assertEqual(self.get("uploads/default/cat.jpg")["Metadata"], {"a": "b"})
        for changed, code in (({"key": "elsewhere"}, "AccessDenied"), ({"x-amz-meta-a": "1"}, "AccessDenied"), ({"signature": "0" * 28}, "SignatureDoesNotMatch")):
            with self.subTest(changed=changed):
                status, body, _ = self.post(form, **changed)
                self.assertEqual((status, f"<Code>{code}</Code>" in body), (403, True), body)


class BucketSettingsTest(UploadsCase):
    def test_cors(self):
        self.refused("NoSuchCORSConfiguration", self.s3.get_bucket_cors, Bucket=self.bucket, status=404)
        rules = [{"AllowedOrigins": ["https://example.com"], "AllowedMethods": ["PUT", "GET"], "AllowedHeaders": ["*"],
                  "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 300}]
        self.s3.put_bucket_cors(Bucket=self.bucket, CORSConfiguration={"CORSRules": rules})
        self.assertEqual(self.s3.get_bucket_cors(Bucket=self.bucket)["CORSRules"], rules)
        self.refused("InvalidRequest", self.s3.put_bucket_cors, Bucket=self.bucket, status=400,
                     CORSConfiguration={"CORSRules": [dict(rules[0], ExposeHeaders=["x-amz-*"])]})
        self.s3.delete_bucket_cors(Bucket=self.bucket)
        self.refused("NoSuchCORSConfiguration", self.s3.get_bucket_cors, Bucket=self.bucket, status=404)

    def test_tags(self):
        self.refused("NoSuchTagSet", self.s3.get_bucket_tagging, Bucket=self.bucket, status=404)
        tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
        self.s3.put_bucket_tagging(Bucket=self.bucket, Tagging={"TagSet": tags})
        self.assertEqual(self.s3.get_bucket_tagging(Bucket=self.bucket)["TagSet"], tags)

    def test_private(self):
        acl = self.s3.get_bucket_acl(Bucket=self.bucket)
        self.assertEqual([grant["Permission"] for grant in acl["Grants"]], ["FULL_CONTROL"])
        self.refused("AccessControlListNotSupported", self.s3.put_bucket_acl, Bucket=self.bucket, ACL="public-read", status=400)
        block = self.s3.get_public_access_block(Bucket=self.bucket)["PublicAccessBlockConfiguration"]
        self.assertEqual(set(block.values()), {True})
        rule = self.s3.get_bucket_ownership_controls(Bucket=self.bucket)["OwnershipControls"]["Rules"][0]
        self.assertEqual(rule["ObjectOwnership"], "BucketOwnerEnforced")
        encryption = self.s3.get_bucket_encryption(Bucket=self.bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
        self.assertEqual(encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256")

    def test_ownership(self):
        name = self.bucket[:50] + "-own"
        self.s3.create_bucket(Bucket=name, ObjectOwnership="BucketOwnerPreferred", ACL="private")
        self.addCleanup(self.s3.delete_bucket, Bucket=name)
        self.assertEqual(self.s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"], [{"ObjectOwnership": "BucketOwnerPreferred"}])
        self.s3.put_bucket_acl(Bucket=name, AccessControlPolicy={key: value for key, value in self.s3.get_bucket_acl(Bucket=name).items() if key != "ResponseMetadata"})
        self.s3.delete_bucket_ownership_controls(Bucket=name)
        self.refused("OwnershipControlsNotFoundError", self.s3.get_bucket_ownership_controls, Bucket=name, status=404)
        self.s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
        self.refused("AccessControlListNotSupported", self.s3.put_bucket_acl, Bucket=name, GrantRead='id="123456789012"', status=400)
        self.refused("InvalidBucketAclWithObjectOwnership", self.s3.create_bucket, Bucket=name + "2", ACL="public-read", status=400)

    def test_what_was_never_set(self):
        at = {"Bucket": self.bucket}
        self.assertNotIn("LoggingEnabled", self.s3.get_bucket_logging(**at))
        self.assertNotIn("Status", self.s3.get_bucket_accelerate_configuration(**at))
        self.assertEqual(self.s3.get_bucket_request_payment(**at)["Payer"], "BucketOwner")
        for kind in ("analytics", "inventory", "metrics"):
            listed = getattr(self.s3, f"list_bucket_{kind}_configurations")(**at)
            self.assertEqual((listed["IsTruncated"], len(listed)), (False, 2), kind)
        for code, call in (("NoSuchWebsiteConfiguration", self.s3.get_bucket_website), ("NoSuchBucketPolicy", self.s3.get_bucket_policy_status),
                           ("ReplicationConfigurationNotFoundError", self.s3.get_bucket_replication),
                           ("ObjectLockConfigurationNotFoundError", self.s3.get_object_lock_configuration)):
            self.refused(code, call, **at, status=404)

    def test_markers_of_versions(self):
        for marker in ({"VersionIdMarker": "null"}, {"KeyMarker": "a", "VersionIdMarker": "xyz"}):
            with self.assertRaises(self.s3.exceptions.ClientError) as refused:
                self.s3.list_object_versions(Bucket=self.bucket, **marker)
            self.assertEqual(refused.exception.response["Error"]["Code"], "InvalidArgument")

    @unittest.mock.patch("http.client._MAXHEADERS", 1000)  # Python's own limit is 100 of an answer
    def test_much_metadata(self):
        metadata = {f"{i:x}": "1" for i in range(400)}  # 1.2 KB of the 2 that it may have
        self.s3.put_object(Bucket=self.bucket, Key="described", Body=b"x", Metadata=metadata)
        self.assertEqual(self.s3.head_object(Bucket=self.bucket, Key="described")["Metadata"], metadata)

    def test_versions(self):
        self.assertNotIn("Status", self.s3.get_bucket_versioning(Bucket=self.bucket))
        self.put("one version")
        listed = self.s3.list_object_versions(Bucket=self.bucket, Prefix="one")["Versions"]
        self.assertEqual([(version["Key"], version["VersionId"], version["IsLatest"]) for version in listed],
                         [("one version", "null", True)])
        self.s3.delete_object(Bucket=self.bucket, Key="one version", VersionId="null")
        self.refused("NoSuchKey", self.get, "one version")

    def test_notification(self):
        function = "arn:aws:lambda:us-east-1:000000000000:function:analyze-image"
        rule = {"Id": "mine", "LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"],
                "Filter": {"Key": {"FilterRules": [{"Name": "Prefix", "Value": "in/"}, {"Name": "Suffix", "Value": ".jpg"}]}}}
        self.s3.put_bucket_notification_configuration(
            Bucket=self.bucket, NotificationConfiguration={"LambdaFunctionConfigurations": [rule]})
        got = self.s3.get_bucket_notification_configuration(Bucket=self.bucket)
        self.assertEqual(got["LambdaFunctionConfigurations"], [rule])
        other = dict(rule, Id="other", LambdaFunctionArn=function.replace("analyze", "no-such"))
        self.refused("InvalidArgument", self.s3.put_bucket_notification_configuration, Bucket=self.bucket,
                     NotificationConfiguration={"LambdaFunctionConfigurations": [other]}, status=400)
        self.refused("InvalidArgument", self.s3.put_bucket_notification_configuration, Bucket=self.bucket,
                     NotificationConfiguration={"LambdaFunctionConfigurations": [rule, dict(rule, Id="twice")]}, status=400)


if __name__ == "__main__":
    unittest.main()
