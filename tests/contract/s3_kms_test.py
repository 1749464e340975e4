#!/usr/bin/python3
"""Objects encrypted under keys of KMS (SSE-KMS), asked for by the request or by the bucket. KMS's keys are scheduled for deletion after."""

import base64
import json
import os
import pathlib
import sys
import unittest
import urllib.request
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import forms, paths  # noqa: E402
from support.identities import IdentityCase, allow, deny  # noqa: E402

MIB = 1 << 20


class KmsObjectCase(IdentityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3, cls.kms = cls.client("s3"), cls.client("kms")
        cls.bucket = cls.make_bucket()

    def setUp(self):
        self.body = os.urandom(200_000)
        self.at = {"Bucket": self.bucket, "Key": self.id().split(".")[-1] + " é"}
        self.kms_key = self.make_kms_key()

    def put(self, client=None, **more):
        return (client or self.s3).put_object(**{**self.at, "Body": self.body, "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.kms_key, **more})

    def read(self, client=None, **how):
        return (client or self.s3).get_object(**{**self.at, **how})["Body"].read()

    def check(self, answer, key=None, bucket_key=False):
        self.assertEqual(answer["ServerSideEncryption"], "aws:kms")
        self.assertEqual(answer["SSEKMSKeyId"], key or self.kms_key)
        self.assertEqual(answer.get("BucketKeyEnabled", False), bucket_key)

    def refused_twice(self, code):
        """Neither read nor written under the key; what is known of the object is told all the same."""
        self.refused(code, self.s3.get_object, **self.at, status=400)
        self.refused(code, self.s3.put_object, **self.at, Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=self.kms_key, status=400)
        self.check(self.s3.head_object(**self.at))

    def default(self, bucket, key=None, bucket_key=False):
        by_default = {"SSEAlgorithm": "aws:kms", **({"KMSMasterKeyID": key} if key else {})}
        rule = {"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": bucket_key}
        self.s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        return rule

    def person(self, *statements):
        return self.client("s3", *self.make_key(self.make_user(*statements)))


class ObjectTest(KmsObjectCase):
    def test_put_get_head(self):
        for answer in (self.put(Metadata={"m": "1"}), self.s3.head_object(**self.at), self.s3.get_object(**self.at)):
            self.check(answer)
        self.assertTrue(self.read() == self.body)
        self.assertTrue(self.read(Range="bytes=70000-140000") == self.body[70000:140001])
        self.check(self.s3.get_object(**self.at, Range="bytes=0-1"))

    def test_names_of_keys(self):
        alias = self.make_alias(self.kms_key)
        for name in (self.kms_key, self.kms_key.split("/")[-1], alias, f"arn:aws:kms:us-east-1:{self.account}:{alias}"):
            with self.subTest(name):
                self.check(self.put(SSEKMSKeyId=name))
                self.assertTrue(self.read() == self.body)

    def test_no_name_is_the_key_of_s3(self):
        answer = self.s3.put_object(**self.at, Body=self.body, ServerSideEncryption="aws:kms")
        managed = self.kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]
        self.assertEqual((answer["SSEKMSKeyId"], managed["KeyManager"]), (managed["Arn"], "AWS"))
        self.assertTrue(self.read() == self.body)

    def test_a_context(self):
        context = base64.b64encode(json.dumps({"department": "birds"}).encode()).decode()
        answer = self.put(SSEKMSEncryptionContext=context)
        self.assertEqual(json.loads(base64.b64decode(answer["SSEKMSEncryptionContext"])), {"department": "birds"})
        self.assertTrue(self.read() == self.body)
        self.assertNotIn("x-amz-server-side-encryption-context", self.s3.get_object(**self.at)["ResponseMetadata"]["HTTPHeaders"])

    def test_contexts_that_are_none(self):
        for context in ("no base64!", base64.b64encode(b"no json").decode(), base64.b64encode(b"[1]").decode(), base64.b64encode(b'{"a": 1}').decode()):
            with self.subTest(context):
                self.refused("InvalidArgument", self.put, SSEKMSEncryptionContext=context, status=400)

    def test_a_bucket_key(self):
        for answer in (self.put(BucketKeyEnabled=True), self.s3.head_object(**self.at), self.s3.get_object(**self.at)):
            self.check(answer, bucket_key=True)
        self.assertTrue(self.read() == self.body)

    def test_combinations_that_are_none(self):
        sse_c = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
        raw = None if self.endpoint is None else self.raw()
        self.refused("InvalidArgument", self.s3.put_object, **self.at, Body=b"x", SSEKMSKeyId=self.kms_key, status=400)
        self.refused("InvalidArgument", self.put, ServerSideEncryption="AES256", status=400)
        self.refused("InvalidArgument", self.put, ServerSideEncryption="aws:nothing", status=400)
        if raw:
            encoded = {"x-amz-server-side-encryption-customer-algorithm": "AES256", "x-amz-server-side-encryption": "aws:kms"}
            answer = raw.put_object(self.bucket, "refused", b"x", encoded)
            self.assertEqual((answer.status, b"<Code>InvalidArgument</Code>" in answer.body), (400, True), answer.body)
        self.put()
        self.refused("InvalidRequest", self.s3.get_object, **self.at, **sse_c, status=400)

    def test_reading_takes_no_encryption_headers(self):
        if self.endpoint is None:
            self.skipTest("a raw request")
        self.s3.put_object(Bucket=self.bucket, Key="asked", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=self.kms_key)
        raw = self.raw()
        answer = raw.request("s3", "GET", f"/{self.bucket}/asked", headers={"x-amz-server-side-encryption": "aws:kms"})
        self.assertEqual((answer.status, b"<Code>InvalidArgument</Code>" in answer.body), (400, True), answer.body)

    def test_keys_that_are_not_there(self):
        nowhere = str(uuid.uuid4())
        for name in (nowhere, "alias/eyrie-" + nowhere, f"arn:aws:kms:us-east-1:{self.account}:key/{nowhere}"):
            with self.subTest(name):
                self.refused("KMS.NotFoundException", self.put, SSEKMSKeyId=name, status=400)
        self.refused("AccessDenied", self.put, SSEKMSKeyId="arn:aws:kms:us-east-1:111122223333:key/" + nowhere, status=403)
        self.refused("NoSuchKey", self.s3.get_object, **self.at)

    def test_a_disabled_key(self):
        self.put()
        self.kms.disable_key(KeyId=self.kms_key)
        self.refused_twice("KMS.DisabledException")
        self.refused("KMS.DisabledException", self.s3.copy_object, Bucket=self.bucket, Key="copy", CopySource=self.at, status=400)
        self.kms.enable_key(KeyId=self.kms_key)
        self.assertTrue(self.read() == self.body)

    def test_a_key_that_is_to_be_deleted(self):
        self.put()
        self.kms.schedule_key_deletion(KeyId=self.kms_key, PendingWindowInDays=7)
        self.refused_twice("KMS.KMSInvalidStateException")
        self.kms.cancel_key_deletion(KeyId=self.kms_key)
        self.refused_twice("KMS.DisabledException")
        self.kms.enable_key(KeyId=self.kms_key)
        self.assertTrue(self.read() == self.body)

    def test_a_disabled_key_keeps_nobody_from_deleting(self):
        self.put()
        self.kms.disable_key(KeyId=self.kms_key)
        self.s3.delete_object(**self.at)
        self.refused("NoSuchKey", self.s3.get_object, **self.at)

    def test_rotation(self):
        paths.need_current_description("kms")
        self.put()
        self.kms.rotate_key_on_demand(KeyId=self.kms_key)
        self.assertTrue(self.read() == self.body)
        self.put(Body=b"new")
        self.assertEqual(self.read(), b"new")

    def test_an_alias_that_moves(self):
        alias, other = self.make_alias(self.kms_key), self.make_kms_key()
        self.put(SSEKMSKeyId=alias)
        self.kms.update_alias(AliasName=alias, TargetKeyId=other)
        self.check(self.s3.get_object(**self.at))
        self.check(self.put(SSEKMSKeyId=alias), key=other)

    def test_copies(self):
        self.put()
        other = self.make_kms_key()
        to = {"Bucket": self.bucket, "Key": "copy of " + self.at["Key"], "CopySource": self.at}
        plain = self.s3.copy_object(**to)
        self.assertEqual(plain["ServerSideEncryption"], "AES256")
        self.check(self.s3.copy_object(**to, ServerSideEncryption="aws:kms", SSEKMSKeyId=other, BucketKeyEnabled=True), key=other, bucket_key=True)
        self.kms.disable_key(KeyId=self.kms_key)
        self.assertTrue(self.read(Key=to["Key"]) == self.body)
        self.refused("KMS.DisabledException", self.s3.copy_object, **to, status=400)
        self.kms.enable_key(KeyId=self.kms_key)
        self.check(self.s3.copy_object(**self.at, CopySource=self.at, ServerSideEncryption="aws:kms", SSEKMSKeyId=other), key=other)
        self.assertTrue(self.read() == self.body)

    def test_uploads_in_parts(self):
        bodies = [os.urandom(5 * MIB), os.urandom(1000)]
        upload = self.s3.create_multipart_upload(**self.at, ServerSideEncryption="aws:kms", SSEKMSKeyId=self.kms_key)
        self.check(upload)
        part = {**self.at, "UploadId": upload["UploadId"]}
        parts = []
        for number, body in enumerate(bodies, 1):
            answer = self.s3.upload_part(**part, PartNumber=number, Body=body)
            self.check(answer)
            parts.append({"PartNumber": number, "ETag": answer["ETag"]})
        self.s3.put_object(Bucket=self.bucket, Key="source", Body=b"copied", ServerSideEncryption="aws:kms", SSEKMSKeyId=self.make_kms_key())
        copied = self.s3.upload_part_copy(**part, PartNumber=3, CopySource={"Bucket": self.bucket, "Key": "source"})
        self.check(copied)  # it is left out in the end: all parts but the last must be large
        self.kms.disable_key(KeyId=self.kms_key)
        self.refused("KMS.DisabledException", self.s3.upload_part, **part, PartNumber=2, Body=b"x", status=400)
        self.refused("KMS.DisabledException", self.s3.complete_multipart_upload, **part, MultipartUpload={"Parts": parts}, status=400)
        self.kms.enable_key(KeyId=self.kms_key)
        self.check(self.s3.complete_multipart_upload(**part, MultipartUpload={"Parts": parts}))
        self.check(self.s3.head_object(**self.at))
        self.assertTrue(self.read() == b"".join(bodies))
        self.assertTrue(self.read(PartNumber=2) == bodies[1])

    def test_a_form(self):
        if self.endpoint is None:
            self.skipTest("a raw request")
        fields = {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": self.kms_key}
        form = self.client("s3", signature_version="s3v4").generate_presigned_post(self.bucket, "form", Fields=fields, Conditions=[{name: value} for name, value in fields.items()])
        with urllib.request.urlopen(forms.request_of(form, self.body)) as answer:
            self.assertEqual(answer.headers["x-amz-server-side-encryption-aws-kms-key-id"], self.kms_key)
        self.check(self.s3.head_object(Bucket=self.bucket, Key="form"))
        self.assertTrue(self.read(Key="form") == self.body)

    def test_a_presigned_put(self):
        if self.endpoint is None:
            self.skipTest("a raw request")
        url = self.client("s3", signature_version="s3v4").generate_presigned_url("put_object", {**self.at, "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.kms_key})
        headers = {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": self.kms_key}
        with urllib.request.urlopen(urllib.request.Request(url, self.body, headers, method="PUT")) as answer:
            self.assertEqual(answer.headers["x-amz-server-side-encryption-aws-kms-key-id"], self.kms_key)
        self.assertTrue(self.read() == self.body)

    def test_dual_layers(self):
        if self.endpoint is None:
            self.skipTest("AWS has them")
        self.refused("NotImplemented", self.put, ServerSideEncryption="aws:kms:dsse", status=501)


class DefaultTest(KmsObjectCase):
    def setUp(self):
        super().setUp()
        self.bucket = self.make_bucket()
        self.at["Bucket"] = self.bucket

    def test_of_a_bucket(self):
        def told():
            return self.s3.get_bucket_encryption(Bucket=self.bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
        self.assertEqual(told()["ApplyServerSideEncryptionByDefault"], {"SSEAlgorithm": "AES256"})
        rule = self.default(self.bucket, self.kms_key, True)
        self.assertEqual(told(), rule)
        self.check(self.s3.put_object(**self.at, Body=self.body), bucket_key=True)
        self.assertTrue(self.read() == self.body)
        self.assertEqual(self.s3.put_object(**self.at, Body=b"x", ServerSideEncryption="AES256")["ServerSideEncryption"], "AES256")
        key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
        if self.endpoint is not None:
            self.assertNotIn("ServerSideEncryption", self.s3.put_object(**self.at, Body=b"x", **key))
        self.s3.delete_bucket_encryption(Bucket=self.bucket)
        self.assertEqual(self.s3.put_object(**self.at, Body=b"x")["ServerSideEncryption"], "AES256")
        self.assertEqual(told()["ApplyServerSideEncryptionByDefault"], {"SSEAlgorithm": "AES256"})

    def test_for_every_way_in(self):
        self.default(self.bucket, self.kms_key)
        self.s3.put_object(Bucket=self.bucket, Key="source", Body=b"x")
        self.check(self.s3.copy_object(**self.at, CopySource={"Bucket": self.bucket, "Key": "source"}))
        upload = self.s3.create_multipart_upload(**self.at)
        self.check(upload)
        part = {**self.at, "UploadId": upload["UploadId"]}
        etag = self.s3.upload_part(**part, PartNumber=1, Body=b"part")["ETag"]
        self.check(self.s3.complete_multipart_upload(**part, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]}))
        self.assertEqual(self.read(), b"part")

    def test_without_a_name_and_with_another(self):
        self.default(self.bucket)
        answer = self.s3.put_object(**self.at, Body=b"x")
        self.assertEqual(answer["SSEKMSKeyId"], self.kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["Arn"])
        self.check(self.put())

    def test_a_key_that_is_not_there(self):
        self.default(self.bucket, str(uuid.uuid4()))
        self.refused("KMS.NotFoundException", self.s3.put_object, **self.at, Body=b"x", status=400)
        if self.endpoint is not None:
            rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms:dsse"}}
            self.refused("NotImplemented", self.s3.put_bucket_encryption, Bucket=self.bucket,
                         ServerSideEncryptionConfiguration={"Rules": [rule]}, status=501)


class RightsTest(KmsObjectCase):
    def test_writing_and_reading_need_the_key(self):
        writer = self.person(allow("s3:*"), allow("kms:GenerateDataKey", self.kms_key))
        reader = self.person(allow("s3:*"), allow("kms:Decrypt", self.kms_key))
        self.put(writer)
        self.refused("AccessDenied", self.read, writer, status=403)
        self.refused("AccessDenied", self.put, reader, status=403)
        self.assertTrue(self.read(reader) == self.body)
        self.assertNotIn("ChecksumCRC64NVME", writer.head_object(**self.at))
        self.refused("403", writer.head_object, **self.at, ChecksumMode="ENABLED", status=403)

    def test_conditions(self):
        through_s3 = allow(["kms:Decrypt", "kms:GenerateDataKey"], self.kms_key, Condition={"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}})
        key, secret = self.make_key(self.make_user(allow("s3:*"), through_s3))
        s3, kms = self.client("s3", key, secret), self.client("kms", key, secret)
        self.put(s3)
        self.assertTrue(self.read(s3) == self.body)
        self.refused("AccessDeniedException", kms.generate_data_key, KeyId=self.kms_key, KeySpec="AES_256")
        one = allow("kms:Decrypt", self.kms_key, Condition={"StringEquals": {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{self.bucket}/one"}})
        person = self.person(allow("s3:*"), one)
        self.put(Key="one")
        self.assertTrue(self.read(person, Key="one") == self.body)
        self.refused("AccessDenied", self.read, person, status=403)

    def test_the_key_of_s3_is_for_everybody(self):
        self.s3.put_object(**self.at, Body=self.body, ServerSideEncryption="aws:kms")
        self.assertTrue(self.read(self.person(allow("s3:*"))) == self.body)
        arn = self.kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["Arn"]
        self.refused("AccessDenied", self.read, self.person(allow("s3:*"), deny("kms:*", arn)), status=403)

    def test_a_policy_that_demands_encryption(self):
        demands = deny("s3:PutObject", "*", Condition={"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": self.kms_key}})
        person = self.person(allow(["s3:*", "kms:*"]), demands)
        self.refused("AccessDenied", person.put_object, **self.at, Body=b"x", status=403)
        self.check(self.put(person))

    def test_recognition_reads_with_the_rights_of_who_asks(self):
        self.put(Body=paths.sample("cat.png").read_bytes())
        image = {"S3Object": {"Bucket": self.at["Bucket"], "Name": self.at["Key"]}}
        user = self.make_user(allow(["rekognition:DetectLabels", "s3:GetObject"]))
        rekognition = self.client("rekognition", *self.make_key(user))
        self.refused(("InvalidS3ObjectException", "AccessDeniedException"), rekognition.detect_labels, Image=image, status=400)
        self.grant(user, allow(["rekognition:DetectLabels", "s3:GetObject"]), allow("kms:Decrypt", self.kms_key))
        self.assertIn("Cat", [label["Name"] for label in rekognition.detect_labels(Image=image, MinConfidence=70)["Labels"]])


if __name__ == "__main__":
    unittest.main()
