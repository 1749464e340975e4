#!/usr/bin/python3
"""Who may do what: users with policies of their own, over every service."""

import json
import pathlib
import sys
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import forms, paths  # noqa: E402
from support.identities import IdentityCase, allow, deny, policy  # noqa: E402


class AccessCase(IdentityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bucket, cls.other = cls.make_bucket(), cls.make_bucket()
        cls.s3 = cls.client("s3")
        for bucket in (cls.bucket, cls.other):
            for key in ("public/a.txt", "secret/a.txt"):
                cls.s3.put_object(Bucket=bucket, Key=key, Body=b"text")
        cls.arn = f"arn:aws:s3:::{cls.bucket}"

    def user_client(self, service, *statements, **config):
        self.user = self.make_user(*statements)
        self.credentials = self.make_key(self.user)
        return self.client(service, *self.credentials, **config)

    def denied(self, action, resource, call, code="AccessDenied", status=403, **parameters):
        message = self.refused(code, call, status=status, **parameters)["Error"]["Message"]
        self.assertTrue(message.startswith(f"User: arn:aws:iam::{self.account}:user/{self.user} is not authorized to perform: {action}"), message)
        if resource:
            self.assertIn(resource, message)
        return message


class AnonymousTest(AccessCase):
    """Requests that nobody has signed."""

    OPEN = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}

    def setUp(self):
        super().setUp()
        import botocore
        self.nobody = self.client("s3", signature_version=botocore.UNSIGNED)
        self.s3.put_public_access_block(Bucket=self.bucket, PublicAccessBlockConfiguration=self.OPEN)
        self.addCleanup(self.s3.delete_bucket_policy, Bucket=self.bucket)

    def open_to_all(self, *statements):
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=policy(*statements))

    def turned_away(self, call, **parameters):
        self.assertEqual(self.refused("AccessDenied", call, status=403, **parameters)["Error"]["Message"], "Access Denied")

    def test_what_the_policy_grants(self):
        self.turned_away(self.nobody.get_object, Bucket=self.bucket, Key="public/a.txt")
        self.open_to_all(allow("s3:GetObject", f"{self.arn}/public/*", Principal="*"), allow(["s3:GetObject", "s3:PutObject"], f"{self.arn}/drop/*", Principal={"AWS": "*"}),
                         allow("s3:ListBucket", self.arn, Principal="*", Condition={"StringLike": {"s3:prefix": "public/*"}}),
                         deny("s3:GetObject", f"{self.arn}/public/not*", Principal="*"))
        answer = self.nobody.get_object(Bucket=self.bucket, Key="public/a.txt")
        self.assertEqual(answer["Body"].read(), b"text")
        self.nobody.head_object(Bucket=self.bucket, Key="public/a.txt")
        self.assertEqual([item["Key"] for item in self.nobody.list_objects_v2(Bucket=self.bucket, Prefix="public/a")["Contents"]], ["public/a.txt"])
        self.nobody.put_object(Bucket=self.bucket, Key="drop/in", Body=b"by nobody", Metadata={"m": "1"})
        self.assertEqual(self.s3.get_object(Bucket=self.bucket, Key="drop/in")["Metadata"], {"m": "1"})
        self.s3.put_object(Bucket=self.bucket, Key="public/not this", Body=b"x")
        for call, parameters in ((self.nobody.get_object, {"Key": "public/not this"}), (self.nobody.get_object, {"Key": "secret/a.txt"}),
                                 (self.nobody.get_object, {"Key": "public/absent"}),  # who may not list is not told
                                 (self.nobody.put_object, {"Key": "public/a.txt", "Body": b"x"}), (self.nobody.delete_object, {"Key": "public/a.txt"}),
                                 (self.nobody.list_objects_v2, {}), (self.nobody.get_bucket_policy, {}), (self.nobody.delete_bucket_policy, {}),
                                 (self.nobody.get_object_tagging, {"Key": "public/a.txt"}),
                                 (self.nobody.copy_object, {"Key": "drop/copy", "CopySource": f"{self.bucket}/public/a.txt"})):
            with self.subTest(call=call.__name__, **parameters):
                self.turned_away(call, Bucket=self.bucket, **parameters)
        self.turned_away(self.nobody.list_buckets)
        self.refused("InvalidRequest", self.nobody.get_object, Bucket=self.bucket, Key="public/a.txt", ResponseContentType="text/html", status=400)
        self.refused("NoSuchBucket", self.nobody.get_object, Bucket="eyrie-test-" + uuid.uuid4().hex[:20], Key="k", status=404)
        if self.server:
            lines = [json.loads(line) for line in (self.server.data / "audit/unauthenticated.jsonl").read_text().splitlines()]
            self.assertTrue(any(line["action"] == "s3:GetObject" and line["resource"] == f"{self.arn}/secret/a.txt" for line in lines), lines[-3:])

    def test_what_names_an_account_is_not_for_nobody(self):
        self.open_to_all(allow("s3:GetObject", f"{self.arn}/*", Principal={"AWS": self.account}))
        self.turned_away(self.nobody.get_object, Bucket=self.bucket, Key="public/a.txt")

    def test_settings_are_not_for_nobody(self):
        everything = policy(allow("s3:*", [self.arn, f"{self.arn}/*"], Principal="*"))
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=everything)
        self.nobody.put_object(Bucket=self.bucket, Key="public/new", Body=b"x")
        cors = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
        for call, parameters in ((self.nobody.get_bucket_policy, {}), (self.nobody.put_bucket_policy, {"Policy": everything}), (self.nobody.delete_bucket_policy, {}),
                                 (self.nobody.put_bucket_cors, {"CORSConfiguration": cors}), (self.nobody.delete_public_access_block, {}), (self.nobody.delete_bucket, {})):
            with self.subTest(call=call.__name__):
                self.turned_away(call, Bucket=self.bucket, **parameters)
        self.s3.get_bucket_policy(Bucket=self.bucket)

    def test_ranges_of_addresses_that_are_public(self):
        self.s3.put_public_access_block(Bucket=self.bucket, PublicAccessBlockConfiguration={**self.OPEN, "BlockPublicPolicy": True})
        for ranges, is_public in ((["0.0.0.0/1", "128.0.0.0/1"], True), (["8.0.0.0/7"], True), (["::/1"], True), (["2001::/31"], True), (["::ffff:0:0/96"], True), (["::/64"], True), (["192.0.2.1", "0.0.0.0/0"], True),
                                  (["10.0.0.0/8"], False), (["2001:db8::/32", "192.0.2.7"], False), (["::ffff:10.0.0.0/104"], False)):
            with self.subTest(ranges=ranges):
                document = policy(allow("s3:GetObject", f"{self.arn}/*", Principal="*", Condition={"IpAddress": {"aws:SourceIp": ranges}}))
                if is_public:
                    self.refused("AccessDenied", self.s3.put_bucket_policy, Bucket=self.bucket, Policy=document, status=403)
                else:
                    self.s3.put_bucket_policy(Bucket=self.bucket, Policy=document)

    def test_conditions(self):
        get = {"Bucket": self.bucket, "Key": "public/a.txt"}
        for condition, let_in in (({"StringEquals": {"aws:PrincipalType": "Anonymous"}}, True), ({"Null": {"s3:authType": "true"}}, True),
                                  ({"StringEquals": {"aws:userid": "anonymous"}}, True), ({"Null": {"aws:PrincipalArn": "false"}}, False),
                                  ({"StringEquals": {"aws:PrincipalAccount": self.account}}, False), ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, False)):
            with self.subTest(condition=condition):
                self.open_to_all(allow("s3:GetObject", f"{self.arn}/*", Principal="*", Condition=condition))
                if let_in:
                    self.nobody.get_object(**get)
                else:
                    self.turned_away(self.nobody.get_object, **get)

    def test_restricted_buckets(self):
        get = {"Bucket": self.bucket, "Key": "public/a.txt"}
        self.open_to_all(allow("s3:GetObject", f"{self.arn}/*", Principal="*"))
        self.nobody.get_object(**get)
        self.s3.put_public_access_block(Bucket=self.bucket, PublicAccessBlockConfiguration={**self.OPEN, "RestrictPublicBuckets": True})
        self.turned_away(self.nobody.get_object, **get)
        self.s3.get_object(**get)
        # One that names addresses is not public: it is not restricted.
        self.open_to_all(allow("s3:GetObject", f"{self.arn}/*", Principal="*", Condition={"IpAddress": {"aws:SourceIp": ["127.0.0.1", "::1"]}}))
        if self.server:
            self.nobody.get_object(**get)

    def test_keys_of_kms_need_a_signature(self):
        self.open_to_all(allow("s3:*", f"{self.arn}/*", Principal="*"))
        self.s3.put_object(Bucket=self.bucket, Key="by kms", Body=b"x", ServerSideEncryption="aws:kms")
        self.refused("InvalidArgument", self.nobody.get_object, Bucket=self.bucket, Key="by kms", status=400)
        self.refused("InvalidArgument", self.nobody.put_object, Bucket=self.bucket, Key="new", Body=b"x", ServerSideEncryption="aws:kms", status=400)

    def test_forms(self):
        form = {"url": f"{self.endpoint}/{self.bucket}", "fields": {"key": "drop/form"}}
        def status():
            return forms.status_of(forms.request_of(form))
        if self.endpoint is None:
            self.skipTest("needs the endpoint's address")
        self.assertEqual(status(), 403)
        self.open_to_all(allow("s3:PutObject", f"{self.arn}/drop/*", Principal="*"))
        self.assertEqual(status(), 204)
        form["fields"]["key"] = "elsewhere"
        self.assertEqual(status(), 403)


class S3Test(AccessCase):
    def test_reading_below_a_prefix(self):
        s3 = self.user_client("s3", allow("s3:GetObject", f"{self.arn}/public/*"),
                              allow("s3:ListBucket", self.arn, Condition={"StringLike": {"s3:prefix": "public/*"}}))
        self.assertEqual(s3.get_object(Bucket=self.bucket, Key="public/a.txt")["Body"].read(), b"text")
        self.denied("s3:GetObject", f'"{self.arn}/secret/a.txt"', s3.get_object, Bucket=self.bucket, Key="secret/a.txt")
        self.denied("s3:GetObject", self.other, s3.get_object, Bucket=self.other, Key="public/a.txt")
        self.refused("403", s3.head_object, Bucket=self.bucket, Key="secret/a.txt", status=403)
        listed = s3.list_objects_v2(Bucket=self.bucket, Prefix="public/")["Contents"]
        self.assertIn("public/a.txt", [item["Key"] for item in listed])
        self.denied("s3:ListBucket", self.arn, s3.list_objects_v2, Bucket=self.bucket, Prefix="secret/")
        self.denied("s3:ListBucket", self.arn, s3.list_objects_v2, Bucket=self.bucket)
        self.denied("s3:ListAllMyBuckets", None, s3.list_buckets)
        self.denied("s3:PutObject", None, s3.put_object, Bucket=self.bucket, Key="public/b", Body=b"x")
        self.denied("s3:DeleteObject", None, s3.delete_object, Bucket=self.bucket, Key="public/a.txt")
        self.denied("s3:CreateBucket", None, s3.create_bucket, Bucket="eyrie-test-" + uuid.uuid4().hex[:20])

    def test_explicit_deny(self):
        s3 = self.user_client("s3", allow("*"), deny("s3:*", f"{self.arn}/secret/*"))
        s3.get_object(Bucket=self.bucket, Key="public/a.txt")
        message = self.denied("s3:GetObject", None, s3.get_object, Bucket=self.bucket, Key="secret/a.txt")
        self.assertIn("with an explicit deny in an identity-based policy", message)

    def test_versions_have_actions_of_their_own(self):
        mine = {"Bucket": self.bucket, "Key": "public/version"}
        self.s3.put_object(Body=b"x", Tagging="a=b", **mine)
        s3 = self.user_client("s3", allow(["s3:GetObject", "s3:DeleteObject", "s3:GetObjectTagging"], f"{self.arn}/*"))
        s3.get_object(**mine)
        self.denied("s3:GetObjectVersion", None, s3.get_object, VersionId="null", **mine)
        self.denied("s3:GetObjectVersionTagging", None, s3.get_object_tagging, VersionId="null", **mine)
        self.denied("s3:DeleteObjectVersion", None, s3.delete_object, VersionId="null", **mine)
        refused = s3.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": mine["Key"], "VersionId": "null"}]})["Errors"]
        self.assertEqual([error["Code"] for error in refused], ["AccessDenied"])
        s3 = self.user_client("s3", allow(["s3:GetObjectVersion", "s3:DeleteObjectVersion"], f"{self.arn}/*"))
        s3.get_object(VersionId="null", **mine)
        self.denied("s3:GetObject", None, s3.get_object, **mine)
        s3.delete_object(VersionId="null", **mine)

    def test_access_lists_need_an_action_too(self):
        s3 = self.user_client("s3", allow("s3:PutObject", f"{self.arn}/*"))
        s3.put_object(Bucket=self.bucket, Key="acl", Body=b"x")
        for call in (s3.put_object, s3.create_multipart_upload):
            self.denied("s3:PutObjectAcl", None, call, Bucket=self.bucket, Key="acl", ACL="bucket-owner-full-control")

    def test_copies_need_the_source(self):
        s3 = self.user_client("s3", allow("s3:*", [self.arn, f"{self.arn}/*"]))
        source = {"Bucket": self.bucket, "Key": "public/a.txt"}
        s3.copy_object(Bucket=self.bucket, Key="copied", CopySource=source)
        self.denied("s3:GetObject", f"{self.other}/public/a.txt", s3.copy_object, Bucket=self.bucket, Key="copied",
                    CopySource={**source, "Bucket": self.other})
        upload = s3.create_multipart_upload(Bucket=self.bucket, Key="parts")["UploadId"]
        part = {"Bucket": self.bucket, "Key": "parts", "UploadId": upload, "PartNumber": 1}
        s3.upload_part_copy(CopySource=source, **part)
        self.denied("s3:GetObject", self.other, s3.upload_part_copy, CopySource={**source, "Bucket": self.other}, **part)
        s3.abort_multipart_upload(Bucket=self.bucket, Key="parts", UploadId=upload)

    def test_deleting_many_is_asked_key_by_key(self):
        for key in ("mine/1", "mine/2", "yours/1"):
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=b"x")
        s3 = self.user_client("s3", allow("s3:DeleteObject", f"{self.arn}/mine/*"))
        answer = s3.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in ("mine/1", "yours/1", "mine/2")]})
        self.assertEqual([entry["Key"] for entry in answer["Deleted"]], ["mine/1", "mine/2"])
        self.assertEqual([(entry["Key"], entry["Code"]) for entry in answer["Errors"]], [("yours/1", "AccessDenied")])
        self.s3.head_object(Bucket=self.bucket, Key="yours/1")

    def test_absence_is_told_to_those_who_may_list(self):
        s3 = self.user_client("s3", allow("s3:GetObject", f"{self.arn}/*"))
        self.denied("s3:ListBucket", self.arn, s3.get_object, Bucket=self.bucket, Key="absent")
        self.grant(self.user, allow(["s3:GetObject", "s3:ListBucket"], [self.arn, f"{self.arn}/*"]))
        self.refused("NoSuchKey", s3.get_object, Bucket=self.bucket, Key="absent", status=404)

    def test_presigned_urls_are_as_good_as_their_signer(self):
        s3 = self.user_client("s3", allow("s3:GetObject", f"{self.arn}/public/*"), signature_version="s3v4")
        def status(key):
            url = s3.generate_presigned_url("get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=60)
            return forms.status_of(url)
        self.assertEqual((status("public/a.txt"), status("secret/a.txt")), (200, 403))
        self.grant(self.user, allow("s3:GetObject", f"{self.arn}/*", Condition={"StringEquals": {"s3:authType": "REST-HEADER"}}))
        self.assertEqual(status("public/a.txt"), 403)

    def test_versions_of_signatures(self):
        version_2 = self.user_client("s3", allow("s3:GetObject", f"{self.arn}/*", Condition={
            "StringEquals": {"s3:signatureversion": "AWS", "s3:authType": "REST-QUERY-STRING"}, "Null": {"s3:signatureAge": "true"}}))
        self.denied("s3:GetObject", None, version_2.get_object, Bucket=self.bucket, Key="public/a.txt")
        def status():
            url = version_2.generate_presigned_url("get_object", Params={"Bucket": self.bucket, "Key": "public/a.txt"}, ExpiresIn=60)
            if "AWSAccessKeyId=" not in url:
                self.skipTest("this boto signs URLs with version 4")
            return forms.status_of(url)
        self.assertEqual(status(), 200)
        self.grant(self.user, allow("s3:GetObject", f"{self.arn}/*"), deny("s3:*", "*", Condition={"StringNotEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}))
        self.assertEqual(status(), 403)
        version_2.get_object(Bucket=self.bucket, Key="public/a.txt")

    def test_forms_are_as_good_as_their_signer(self):
        s3 = self.user_client("s3", allow("s3:PutObject", f"{self.arn}/public/*"), signature_version="s3v4")
        def status(key):
            return forms.status_of(forms.request_of(s3.generate_presigned_post(self.bucket, key, ExpiresIn=60)))
        self.assertEqual((status("public/form"), status("secret/form")), (204, 403))

    def test_the_requests_address(self):
        s3 = self.user_client("s3", allow("s3:GetObject", f"{self.arn}/*"), deny("*", Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}))
        if self.server:  # who may come by IPv6 elsewhere
            self.denied("s3:GetObject", None, s3.get_object, Bucket=self.bucket, Key="public/a.txt")
        self.grant(self.user, allow("s3:GetObject", f"{self.arn}/*", Condition={"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}))
        s3.get_object(Bucket=self.bucket, Key="public/a.txt")

    def test_bucket_policies(self):
        s3 = self.user_client("s3", allow("sts:*"))
        user = self.iam.get_user(UserName=self.user)["User"]["Arn"]
        self.refused("NoSuchBucketPolicy", self.s3.get_bucket_policy, Bucket=self.bucket, status=404)
        document = policy(allow("s3:GetObject", f"{self.arn}/public/*", Principal={"AWS": user}))
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=document)
        self.addCleanup(self.s3.delete_bucket_policy, Bucket=self.bucket)
        self.assertEqual(json.loads(self.s3.get_bucket_policy(Bucket=self.bucket)["Policy"])["Statement"], json.loads(document)["Statement"])
        self.assertFalse(self.s3.get_bucket_policy_status(Bucket=self.bucket)["PolicyStatus"]["IsPublic"])
        s3.get_object(Bucket=self.bucket, Key="public/a.txt")
        self.denied("s3:GetObject", None, s3.get_object, Bucket=self.bucket, Key="secret/a.txt")
        self.denied("s3:PutBucketPolicy", None, s3.put_bucket_policy, Bucket=self.bucket, Policy=document)
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=policy(deny("s3:GetObject", f"{self.arn}/*", Principal={"AWS": user})))
        self.grant(self.user, allow("s3:*"))
        message = self.denied("s3:GetObject", None, s3.get_object, Bucket=self.bucket, Key="public/a.txt")
        self.assertIn("with an explicit deny in a resource-based policy", message)
        for document in ("{", policy(allow("s3:*", f"{self.arn}/*")), policy(allow("s3:*", "arn:aws:s3:::elsewhere/*", Principal={"AWS": user}))):
            self.refused("MalformedPolicy", self.s3.put_bucket_policy, Bucket=self.bucket, Policy=document, status=400)
        self.refused("AccessDenied", self.s3.put_bucket_policy, Bucket=self.bucket, status=403,
                     Policy=policy(allow("s3:GetObject", f"{self.arn}/*", Principal="*")))


class RootTest(AccessCase):
    """The root is bound by denies of buckets' policies, and can always take these away."""

    def test_denies_bind_the_root(self):
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=policy(deny("s3:*", [self.arn, f"{self.arn}/*"], Principal="*")))
        self.addCleanup(self.s3.delete_bucket_policy, Bucket=self.bucket)
        message = self.refused("AccessDenied", self.s3.get_object, Bucket=self.bucket, Key="public/a.txt", status=403)["Error"]["Message"]
        if self.server:
            self.assertEqual(message, f"User: arn:aws:iam::{self.account}:root is not authorized to perform: s3:GetObject on resource: "
                                      f'"{self.arn}/public/a.txt" with an explicit deny in a resource-based policy')
        for call, parameters in ((self.s3.put_object, {"Key": "public/b", "Body": b"x"}), (self.s3.list_objects_v2, {}), (self.s3.delete_object, {"Key": "public/a.txt"}),
                                 (self.s3.get_bucket_policy_status, {}), (self.s3.put_bucket_tagging, {"Tagging": {"TagSet": []}}), (self.s3.delete_bucket, {})):
            with self.subTest(call=call.__name__):
                self.refused("AccessDenied", call, Bucket=self.bucket, status=403, **parameters)
        self.s3.get_object(Bucket=self.other, Key="public/a.txt")
        rest = policy(deny("s3:DeleteObject", f"{self.arn}/*", Principal="*"))
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=rest)
        self.assertEqual(json.loads(self.s3.get_bucket_policy(Bucket=self.bucket)["Policy"]), json.loads(rest))
        self.s3.get_object(Bucket=self.bucket, Key="public/a.txt")
        deleted = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": "public/a.txt"}]})
        self.assertEqual([error["Code"] for error in deleted["Errors"]], ["AccessDenied"])
        self.s3.delete_bucket_policy(Bucket=self.bucket)
        self.s3.delete_object(Bucket=self.bucket, Key="absent")

    def test_what_uploads_must_tell_is_told_once(self):
        user = self.user_client("s3", allow(["s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging", "s3:AbortMultipartUpload"], f"{self.arn}/*"), signature_version="s3v4")
        self.addCleanup(self.s3.delete_bucket_policy, Bucket=self.bucket)
        for condition, told in (({"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}}, {"ServerSideEncryption": "AES256"}),
                                ({"Null": {"s3:x-amz-server-side-encryption": "true"}}, {"ServerSideEncryption": "AES256"}),
                                ({"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}, {"ACL": "bucket-owner-full-control"}),
                                ({"StringNotEquals": {"s3:x-amz-storage-class": "STANDARD_IA"}}, {"StorageClass": "STANDARD_IA"}),
                                ({"StringNotEquals": {"s3:RequestObjectTag/team": "red"}}, {"Tagging": "team=red"})):
            with self.subTest(condition=condition):
                self.s3.put_bucket_policy(Bucket=self.bucket, Policy=policy(deny("s3:PutObject", f"{self.arn}/*", Principal="*", Condition=condition)))
                at = {"Bucket": self.bucket, "Key": "large"}
                for client in (user, self.s3):
                    self.refused("AccessDenied", client.create_multipart_upload, **at, status=403)
                    upload = client.create_multipart_upload(**at, **told)["UploadId"]
                    part = client.upload_part(**at, UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
                    client.complete_multipart_upload(**at, UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part}]})
                    # What another upload was told does not count, nor what nobody was.
                    other = client.create_multipart_upload(Bucket=self.bucket, Key="other", **told)["UploadId"]
                    for wrong in (other, str(uuid.uuid4())):
                        self.refused("AccessDenied", client.upload_part, **at, UploadId=wrong, PartNumber=1, Body=b"x", status=403)
                    client.abort_multipart_upload(Bucket=self.bucket, Key="other", UploadId=other)

    def test_variables_without_a_value(self):
        # Sessions of roles have no user's name, nor has the root.
        self.addCleanup(self.s3.delete_bucket_policy, Bucket=self.bucket)
        own = f"{self.arn}/${{aws:username}}/*"
        for statement in (deny("s3:PutObject", own, Principal="*"), deny("s3:PutObject", f"{self.arn}/*", Principal="*", Condition={"StringEquals": {"aws:userid": "${aws:username}"}})):
            self.s3.put_bucket_policy(Bucket=self.bucket, Policy=policy(statement))
            self.s3.put_object(Bucket=self.bucket, Key="x/y", Body=b"x")
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=policy({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "NotResource": own}))
        self.refused("AccessDenied", self.s3.put_object, Bucket=self.bucket, Key="x/y", Body=b"x", status=403)

    def test_how_many_tags_is_told_to_who_may_read_them(self):
        self.s3.put_object(Bucket=self.bucket, Key="public/tagged", Body=b"x", Tagging="a=1&b=2")
        self.assertEqual(self.s3.head_object(Bucket=self.bucket, Key="public/tagged")["ResponseMetadata"]["HTTPHeaders"]["x-amz-tagging-count"], "2")
        for actions, told in ((["s3:GetObject"], None), (["s3:GetObject", "s3:GetObjectTagging"], "2")):
            client = self.user_client("s3", allow(actions, f"{self.arn}/*"))
            for call in (client.get_object, client.head_object):
                self.assertEqual(call(Bucket=self.bucket, Key="public/tagged")["ResponseMetadata"]["HTTPHeaders"].get("x-amz-tagging-count"), told)

    def test_who_began_an_upload(self):
        client = self.user_client("s3", allow("s3:*", [self.arn, f"{self.arn}/*"]))
        for who, initiator in ((client, {"ID": f"arn:aws:iam::{self.account}:user/{self.user}", "DisplayName": self.user}), (self.s3, None)):
            upload = who.create_multipart_upload(Bucket=self.bucket, Key="begun")["UploadId"]
            listed = next(one for one in self.s3.list_multipart_uploads(Bucket=self.bucket)["Uploads"] if one["UploadId"] == upload)
            parts = self.s3.list_parts(Bucket=self.bucket, Key="begun", UploadId=upload)
            self.assertEqual(listed["Initiator"], parts["Initiator"])
            self.assertEqual(listed["Initiator"], initiator or listed["Owner"])
            self.s3.abort_multipart_upload(Bucket=self.bucket, Key="begun", UploadId=upload)

    def test_presigned_urls_of_the_root(self):
        url = self.s3.generate_presigned_url("get_object", Params={"Bucket": self.bucket, "Key": "public/a.txt"}, ExpiresIn=60)
        def status():
            return forms.status_of(url)
        self.assertEqual(status(), 200)
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=policy(deny("s3:GetObject", f"{self.arn}/*", Principal="*", Condition={"StringEquals": {"s3:authType": "REST-QUERY-STRING"}})))
        self.addCleanup(self.s3.delete_bucket_policy, Bucket=self.bucket)
        self.assertEqual(status(), 403)
        self.s3.get_object(Bucket=self.bucket, Key="public/a.txt")


class ObjectTagsTest(AccessCase):
    """s3:ExistingObjectTag, s3:RequestObjectTag and s3:RequestObjectTagKeys."""

    def test_reading_by_tags(self):
        for key, tags in (("open", "class=open"), ("secret", "class=secret"), ("none", "")):
            self.s3.put_object(Bucket=self.bucket, Key=f"tags/{key}", Body=b"x", Tagging=tags)
        s3 = self.user_client("s3", allow(["s3:GetObject", "s3:GetObjectTagging"], f"{self.arn}/*", Condition={"StringEquals": {"s3:ExistingObjectTag/class": "open"}}))
        s3.get_object(Bucket=self.bucket, Key="tags/open")
        s3.get_object_tagging(Bucket=self.bucket, Key="tags/open")
        for key in ("secret", "none", "absent"):
            self.denied("s3:GetObject", None, s3.get_object, Bucket=self.bucket, Key=f"tags/{key}")
        self.s3.put_object_tagging(Bucket=self.bucket, Key="tags/open", Tagging={"TagSet": [{"Key": "class", "Value": "secret"}]})
        self.denied("s3:GetObject", None, s3.get_object, Bucket=self.bucket, Key="tags/open")

    def test_writing_with_tags(self):
        asked = {"StringEquals": {"s3:RequestObjectTag/class": "open"}, "ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["class", "team"]}}
        s3 = self.user_client("s3", allow(["s3:PutObject", "s3:PutObjectTagging"], f"{self.arn}/*", Condition=asked), allow(["s3:GetObject", "s3:GetObjectTagging"], f"{self.arn}/*"),
                              signature_version="s3v4")
        at = {"Bucket": self.bucket, "Key": "tags/new"}
        s3.put_object(Body=b"x", Tagging="class=open&team=a", **at)
        for tags in ("class=secret", "class=open&more=1", "team=a"):
            self.denied("s3:PutObject", None, s3.put_object, Body=b"x", Tagging=tags, **at)
        self.denied("s3:PutObject", None, s3.put_object, Body=b"x", **at)
        def tag_set(**tags):
            return {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}
        s3.put_object_tagging(Tagging=tag_set(**{"class": "open"}), **at)
        for tags in ({"class": "secret"}, {"class": "open", "more": "1"}, {}):
            self.denied("s3:PutObjectTagging", None, s3.put_object_tagging, Tagging=tag_set(**tags), **at)
        self.denied("s3:PutObject", None, s3.create_multipart_upload, **at)
        self.s3.abort_multipart_upload(UploadId=s3.create_multipart_upload(Tagging="class=open", **at)["UploadId"], **at)
        self.s3.put_object(Bucket=self.bucket, Key="tags/other", Body=b"x", Tagging="class=secret")
        copy = {"Bucket": self.bucket, "Key": "tags/copy"}
        s3.copy_object(CopySource={"Bucket": self.bucket, "Key": "tags/new"}, **copy)
        self.denied("s3:PutObject", None, s3.copy_object, CopySource={"Bucket": self.bucket, "Key": "tags/other"}, **copy)
        s3.copy_object(CopySource={"Bucket": self.bucket, "Key": "tags/other"}, TaggingDirective="REPLACE", Tagging="class=open", **copy)
        if self.endpoint is None:
            return
        def form(value):
            xml = f"<Tagging><TagSet><Tag><Key>class</Key><Value>{value}</Value></Tag></TagSet></Tagging>"
            return forms.status_of(forms.request_of(s3.generate_presigned_post(self.bucket, "tags/form", Fields={"tagging": xml}, Conditions=[{"tagging": xml}])))
        self.assertEqual((form("open"), form("secret")), (204, 403))

    def test_a_version_of_a_copys_source(self):
        s3 = self.user_client("s3", allow(["s3:PutObject", "s3:GetObject"], f"{self.arn}/*"))
        source = {"Bucket": self.bucket, "Key": "public/a.txt", "VersionId": "null"}
        self.denied("s3:GetObjectVersion", None, s3.copy_object, Bucket=self.bucket, Key="copied", CopySource=source)
        self.grant(self.user, allow(["s3:PutObject", "s3:GetObjectVersion"], f"{self.arn}/*"))
        s3.copy_object(Bucket=self.bucket, Key="copied", CopySource=source)


class BucketPolicyChecksTest(AccessCase):
    """What PutBucketPolicy refuses."""

    def malformed(self, document, message):
        text = document if isinstance(document, str) else json.dumps(document)
        answer = self.refused("MalformedPolicy", self.s3.put_bucket_policy, Bucket=self.bucket, Policy=text, status=400)
        self.assertIn(message, answer["Error"]["Message"], text)

    def test_elements(self):
        whole = deny("s3:GetObject", f"{self.arn}/*", Principal="*")
        for name in ("Effect", "Principal", "Action", "Resource"):
            with self.subTest(name):
                self.malformed({"Version": "2012-10-17", "Statement": [{key: value for key, value in whole.items() if key != name}]}, f"Missing required field {name}")
        self.malformed({"Version": "2012-10-17"}, "Missing required field Statement")
        self.malformed({"Version": "2012-10-17", "Statement": []}, "Could not parse the policy: Statement is empty!")
        self.malformed({"Version": "2011-10-17", "Statement": [whole]}, "The policy must contain a valid version string")
        self.malformed("[]", "Policies must be valid JSON and the first byte must be '{'")

    def test_principals(self):
        def naming(principal):
            return policy(deny("s3:GetObject", f"{self.arn}/*", Principal=principal))
        self.addCleanup(self.s3.delete_bucket_policy, Bucket=self.bucket)
        user = self.iam.get_user(UserName=self.make_user())["User"]["Arn"]
        for name in (user, self.account, f"arn:aws:iam::{self.account}:root"):
            self.s3.put_bucket_policy(Bucket=self.bucket, Policy=naming({"AWS": name}))
        for name in (user + "-absent", f"arn:aws:iam::{self.account}:role/absent", "ann", "AIDAABSENT0000000000", f"arn:aws:iam::{self.account}:group/g", "12"):
            with self.subTest(name):
                self.malformed(naming({"AWS": [user, name]}), "Invalid principal in policy")
        self.malformed(naming({"Service": "nothing"}), "Invalid principal in policy")

    def test_actions_resources_and_conditions(self):
        objects = f"{self.arn}/*"
        for statement, message in ((deny("s3:Nonsense", objects), "Policy has invalid action"), (deny("sqs:*", objects), "Policy has invalid action"),
                                   (deny("s3:GetObject", "*"), "Policy has invalid resource"), (deny("s3:GetObject", f"{self.arn}-other/*"), "Policy has invalid resource"),
                                   (deny("s3:GetObject", self.arn), "Action does not apply to any resource(s) in statement"),
                                   (deny(["s3:GetObject", "s3:ListBucket"], objects), "Action does not apply to any resource(s) in statement"),
                                   (deny("s3:GetObject", objects, Condition={"StringEquals": {"s3:Nonsense": "a"}}), "Policy has an invalid condition key"),
                                   (deny("s3:GetObject", objects, Condition={"StringEquals": {"s3:prefix": "a"}}), "Conditions do not apply to combination of actions and resources")):
            with self.subTest(statement):
                self.malformed(policy({**statement, "Principal": "*"}), message)


class OtherServicesTest(AccessCase):
    def test_tables(self):
        tables = [self.name(), self.name()]
        db = self.client("dynamodb")
        for table in tables:
            db.create_table(TableName=table, AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
                            KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST")
            self.addCleanup(self._quietly, db.delete_table, TableName=table)
            db.get_waiter("table_exists").wait(TableName=table)
        arn = f"arn:aws:dynamodb:us-east-1:{self.account}:table/{tables[0]}"
        mine = self.user_client("dynamodb", allow(["dynamodb:PutItem", "dynamodb:GetItem"], arn))
        mine.put_item(TableName=tables[0], Item={"p": {"S": "x"}})
        mine.get_item(TableName=tables[0], Key={"p": {"S": "x"}})
        refusal = {"code": "AccessDeniedException", "status": 400}
        self.denied("dynamodb:Scan", arn, mine.scan, TableName=tables[0], **refusal)
        self.denied("dynamodb:PutItem", f"table/{tables[1]}", mine.put_item, TableName=tables[1], Item={"p": {"S": "x"}}, **refusal)
        self.denied("dynamodb:ListTables", None, mine.list_tables, **refusal)
        self.denied("dynamodb:DeleteTable", arn, mine.delete_table, TableName=tables[0], **refusal)
        self.denied("dynamodb:UpdateItem", arn, mine.update_item, TableName=tables[0], Key={"p": {"S": "x"}}, UpdateExpression="REMOVE a", **refusal)

    def test_batches_need_each_table(self):
        db, item = self.client("dynamodb"), {"p": {"S": "x"}}
        tables = sorted(self.name() for _ in range(2))
        for table in tables:
            db.create_table(TableName=table, AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
                            KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST")
            self.addCleanup(self._quietly, db.delete_table, TableName=table)
            db.get_waiter("table_exists").wait(TableName=table)
        arns = [f"arn:aws:dynamodb:us-east-1:{self.account}:table/{table}" for table in tables]
        mine = self.user_client("dynamodb", allow(["dynamodb:BatchWriteItem", "dynamodb:BatchGetItem", "dynamodb:PutItem"], arns[0]))
        puts, gets = [{"PutRequest": {"Item": item}}], {"Keys": [item]}
        mine.batch_write_item(RequestItems={tables[0]: puts})
        self.assertEqual(mine.batch_get_item(RequestItems={tables[0]: gets})["Responses"], {tables[0]: [item]})
        mine.transact_write_items(TransactItems=[{"Put": {"TableName": tables[0], "Item": item}}])
        refusal = {"code": "AccessDeniedException", "status": 400}
        self.denied("dynamodb:BatchWriteItem", arns[1], mine.batch_write_item, RequestItems={table: puts for table in tables}, **refusal)
        self.denied("dynamodb:BatchGetItem", arns[1], mine.batch_get_item, RequestItems={table: gets for table in tables}, **refusal)
        self.denied("dynamodb:DeleteItem", arns[0], mine.transact_write_items,
                    TransactItems=[{"Delete": {"TableName": tables[0], "Key": item}}], **refusal)
        self.denied("dynamodb:PutItem", arns[1], mine.transact_write_items, TransactItems=[{"Put": {"TableName": tables[1], "Item": item}}], **refusal)

    def test_recognition_reads_with_the_rights_of_who_asks(self):
        self.s3.put_object(Bucket=self.bucket, Key="public/cat.png", Body=paths.sample("cat.png").read_bytes())
        image = {"S3Object": {"Bucket": self.bucket, "Name": "public/cat.png"}}
        rekognition = self.user_client("rekognition", allow("rekognition:DetectLabels"))
        self.refused(("InvalidS3ObjectException", "AccessDeniedException"), rekognition.detect_labels, Image=image, status=400)
        self.denied("rekognition:DetectText", None, rekognition.detect_text, Image=image, code="AccessDeniedException", status=400)
        self.grant(self.user, allow("rekognition:DetectLabels"), allow("s3:GetObject", f"{self.arn}/public/*"))
        found = rekognition.detect_labels(Image=image, MinConfidence=70)
        self.assertIn("Cat", [label["Name"] for label in found["Labels"]])

    def test_nobody_grants_himself_anything(self):
        iam = self.user_client("iam", allow("iam:GetUser"))
        iam.get_user()
        self.denied("iam:PutUserPolicy", self.user, iam.put_user_policy, UserName=self.user, PolicyName="all", PolicyDocument=policy(allow("*")))
        self.denied("iam:CreateUser", None, iam.create_user, UserName=self.name())
        self.denied("iam:CreatePolicy", None, iam.create_policy, PolicyName=self.name(), PolicyDocument=policy(allow("*")))


class AuditTest(AccessCase):
    def lines(self, name):
        return [json.loads(line) for line in (self.server.data / "audit" / name).read_text().splitlines()]

    def test_denials_that_no_policy_makes(self):
        if not self.server:
            self.skipTest("Eyrie's own log")
        self.user = self.make_user(allow(["s3:GetObject", "s3:PutObject"], f"{self.arn}/*"))
        self.credentials = self.make_key(self.user)
        s3, sts = (self.client(service, *self.credentials) for service in ("s3", "sts"))
        absent = f"arn:aws:iam::{self.account}:role/absent"
        at = {"Bucket": self.bucket, "Key": "absent"}
        for code, call, parameters, action, resource in (
                ("AccessDenied", s3.get_object, at, "s3:GetObject", f"{self.arn}/absent"),
                ("403", s3.head_object, at, "s3:GetObject", f"{self.arn}/absent"),
                ("AccessDenied", s3.get_object, {**at, "Key": "public/a.txt", "ExpectedBucketOwner": "123456789012"}, "s3:GetObject", f"{self.arn}/public/a.txt"),
                ("AccessDenied", sts.assume_role, {"RoleArn": absent, "RoleSessionName": "session"}, "sts:AssumeRole", absent)):
            with self.subTest(action=action, call=call.__name__):
                request = self.refused(code, call, status=403, **parameters)["ResponseMetadata"]["RequestId"]
                noted = [line for line in self.lines("denied.jsonl") if line["request"] == request]
                self.assertEqual([(line["principal"], line["action"], line["resource"]) for line in noted],
                                 [(f"arn:aws:iam::{self.account}:user/{self.user}", action, resource)])
                self.assertTrue(noted[0]["reason"])

    def test_denials_are_written_down(self):
        if not self.server:
            self.skipTest("Eyrie's own log")
        s3 = self.user_client("s3", allow("s3:ListAllMyBuckets"))
        answer = self.refused("AccessDenied", s3.get_object, Bucket=self.bucket, Key="secret/a.txt", status=403)
        line = self.lines("denied.jsonl")[-1]
        self.assertEqual(line["principal"], f"arn:aws:iam::{self.account}:user/{self.user}")
        self.assertEqual((line["action"], line["resource"]), ("s3:GetObject", f"{self.arn}/secret/a.txt"))
        self.assertEqual((line["source_ip"], line["access_key"]), ("127.0.0.1", self.credentials[0]))
        self.assertEqual(line["request"], answer["ResponseMetadata"]["RequestId"])
        self.assertIn("T", line["time"])
        self.refused("SignatureDoesNotMatch", self.client("s3", self.credentials[0], "x" * 40).list_buckets, status=403)
        self.assertEqual(self.lines("unauthenticated.jsonl")[-1]["access_key"], self.credentials[0])
        self.server.kill()
        self.assertEqual(self.lines("denied.jsonl")[-1], line)
        self.server.start()
        type(self).endpoint = self.server.endpoint
        type(self).iam = self.client("iam")
        type(self).s3 = self.client("s3")


if __name__ == "__main__":
    unittest.main()
