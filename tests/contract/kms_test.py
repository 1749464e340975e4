#!/usr/bin/python3
"""KMS: keys, encryption, rotation, deletion, aliases. Keys cannot be removed at once: each is scheduled for deletion."""

import base64
import datetime
import json
import pathlib
import sys
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths, signing  # noqa: E402
from support.identities import IdentityCase, allow, deny  # noqa: E402
from support.shapes import Shapes  # noqa: E402


class KmsCase(IdentityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kms = cls.client("kms")
        cls.shapes = Shapes("kms")

    def call(self, operation, status=200, **request):
        """A raw call whose answer is held against the description."""
        if self.wire is None:
            self.skipTest("raw calls are not made against AWS")
        answer = self.wire.call("kms", operation, request)
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["content-type"], "application/x-amz-json-1.1")
        document = answer.json()
        check = self.shapes.of_output if status == 200 else self.shapes.of_error
        self.assertEqual(check(operation, document), [], document)
        return document


class TagsAndPoliciesTest(KmsCase):
    def test_tags(self):
        key = self.make_kms_key(Tags=[{"TagKey": "a", "TagValue": "1"}])
        tags = lambda: {tag["TagKey"]: tag["TagValue"] for tag in self.kms.list_resource_tags(KeyId=key)["Tags"]}
        self.assertEqual(tags(), {"a": "1"})
        self.kms.tag_resource(KeyId=key, Tags=[{"TagKey": "a", "TagValue": "2"}, {"TagKey": "b", "TagValue": ""}])
        self.assertEqual(tags(), {"a": "2", "b": ""})
        self.kms.untag_resource(KeyId=key, TagKeys=["a", "absent"])
        self.assertEqual(tags(), {"b": ""})
        self.call("ListResourceTags", KeyId=key)
        self.refused("TagException", self.kms.tag_resource, KeyId=key, Tags=[{"TagKey": "aws:x", "TagValue": "1"}], status=400)
        self.refused("TagException", self.kms.tag_resource, KeyId=key, Tags=[{"TagKey": "x", "TagValue": "1"}, {"TagKey": "x", "TagValue": "2"}], status=400)
        self.refused("LimitExceededException", self.kms.tag_resource, KeyId=key, Tags=[{"TagKey": f"t{n}", "TagValue": "1"} for n in range(50)], status=400)
        self.refused("NotFoundException", self.kms.tag_resource, KeyId=str(uuid.uuid4()), Tags=[{"TagKey": "x", "TagValue": "1"}], status=400)
        for wrong in ({}, {"Tags": "x"}, {"Tags": [{"TagKey": 1, "TagValue": "x"}]}, {"Tags": [{"TagKey": "", "TagValue": "x"}]}, {"Tags": [{"TagKey": "k" * 129, "TagValue": "x"}]}):
            self.call("TagResource", status=400, KeyId=key, **wrong)
        if self.server:
            self.server.kill()
            self.server.start()
            cls = type(self)
            cls.endpoint = self.server.endpoint
            cls.iam, cls.kms, cls.wire = self.client("iam"), self.client("kms"), self.raw()
            self.assertEqual(tags(), {"b": ""})

    def test_the_default_policy(self):
        key = self.make_kms_key()
        self.assertEqual(self.kms.list_key_policies(KeyId=key)["PolicyNames"], ["default"])
        answer = self.call("GetKeyPolicy", KeyId=key)
        self.assertEqual(answer["PolicyName"], "default")
        statement, = json.loads(answer["Policy"])["Statement"]
        self.assertEqual((statement["Principal"], statement["Action"]), ({"AWS": f"arn:aws:iam::{self.account}:root"}, "kms:*"))
        self.kms.put_key_policy(KeyId=key, PolicyName="default", Policy=answer["Policy"])
        self.make_kms_key(Policy=answer["Policy"])
        self.refused("NotFoundException", self.kms.get_key_policy, KeyId=key, PolicyName="other", status=400)
        self.refused("NotFoundException", self.kms.get_key_policy, KeyId=str(uuid.uuid4()), PolicyName="default", status=400)
        self.refused("MalformedPolicyDocumentException", self.kms.put_key_policy, KeyId=key, PolicyName="default", Policy="{", status=400)
        if self.server:
            other = answer["Policy"].replace("kms:*", "kms:Decrypt")
            self.refused("UnsupportedOperationException", self.kms.put_key_policy, KeyId=key, PolicyName="default", Policy=other, status=400)


class KeyTest(KmsCase):
    def test_life(self):
        made = self.kms.create_key(Description="of a test")["KeyMetadata"]
        arn, key_id = made["Arn"], made["KeyId"]
        self.assertEqual(arn, f"arn:aws:kms:us-east-1:{self.account}:key/{key_id}")
        self.assertEqual((made["KeyState"], made["Enabled"], made["KeyManager"], made["Description"]), ("Enabled", True, "CUSTOMER", "of a test"))
        self.assertEqual(self.kms.describe_key(KeyId=key_id)["KeyMetadata"]["Arn"], arn)
        listed = [key["KeyArn"] for page in self.kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2}) for key in page["Keys"]]
        self.assertEqual(listed.count(arn), 1)
        self.kms.update_key_description(KeyId=key_id, Description="new")
        self.kms.disable_key(KeyId=arn)
        self.assertEqual(self.kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"], "Disabled")
        self.refused("DisabledException", self.kms.encrypt, KeyId=arn, Plaintext=b"x", status=400)
        self.kms.enable_key(KeyId=arn)
        planned = self.kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
        self.assertEqual(planned["KeyState"], "PendingDeletion")
        left = planned["DeletionDate"] - datetime.datetime.now(datetime.timezone.utc)
        self.assertAlmostEqual(left.total_seconds(), 7 * 86400, delta=120)
        self.refused("KMSInvalidStateException", self.kms.encrypt, KeyId=arn, Plaintext=b"x", status=400)
        self.refused("KMSInvalidStateException", self.kms.enable_key, KeyId=arn, status=400)
        self.assertIn("DeletionDate", self.kms.describe_key(KeyId=arn)["KeyMetadata"])
        self.kms.cancel_key_deletion(KeyId=arn)
        self.assertEqual(self.kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"], "Disabled")
        self.refused("KMSInvalidStateException", self.kms.cancel_key_deletion, KeyId=arn, status=400)
        self.kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)

    def test_deleting_between_pages(self):
        """A page begins behind the last entry of the one before, whatever has gone since."""
        paths.need_current_description("kms")
        key = self.make_kms_key(Tags=[{"TagKey": f"t{index}", "TagValue": "x"} for index in range(6)])
        names, gone = sorted(self.make_alias(key) for _ in range(6)), []
        for page in self.kms.get_paginator("list_aliases").paginate(KeyId=key, PaginationConfig={"PageSize": 2}):
            for alias in page["Aliases"]:
                self.kms.delete_alias(AliasName=alias["AliasName"])
                gone.append(alias["AliasName"])
        self.assertEqual(gone, names)
        tags = {"Truncated": True}
        while tags["Truncated"]:
            tags = self.kms.list_resource_tags(KeyId=key, Limit=4, **({"Marker": tags["NextMarker"]} if "NextMarker" in tags else {}))
            self.kms.untag_resource(KeyId=key, TagKeys=[tag["TagKey"] for tag in tags["Tags"]])
        self.assertEqual(self.kms.list_resource_tags(KeyId=key)["Tags"], [])
        for _ in range(3):
            self.kms.rotate_key_on_demand(KeyId=key)
        first = self.kms.list_key_rotations(KeyId=key, Limit=2)
        rest = self.kms.list_key_rotations(KeyId=key, Limit=2, Marker=first["NextMarker"])
        self.assertEqual((len(first["Rotations"]), len(rest["Rotations"]), rest["Truncated"]), (2, 1, False))
        self.refused("InvalidMarkerException", self.kms.list_aliases, Marker="Mg==", status=400)

    def test_encryption(self):
        arn = self.make_kms_key()
        context = {"purpose": "test", "ü": "ü"}
        sealed = self.kms.encrypt(KeyId=arn, Plaintext=b"\x00secret", EncryptionContext=context)
        self.assertEqual(sealed["KeyId"], arn)
        opened = self.kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)
        self.assertEqual((opened["Plaintext"], opened["KeyId"]), (b"\x00secret", arn))
        for wrong in ({}, {"purpose": "test"}, {**context, "more": "x"}, {"Purpose": "test", "ü": "ü"}):
            self.refused("InvalidCiphertextException", self.kms.decrypt, CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=wrong, status=400)
        self.refused("InvalidCiphertextException", self.kms.decrypt, CiphertextBlob=b"nonsense", status=400)
        other = self.make_kms_key()
        self.refused("IncorrectKeyException", self.kms.decrypt, CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context, KeyId=other,
                     status=400)
        moved = self.kms.re_encrypt(CiphertextBlob=sealed["CiphertextBlob"], SourceEncryptionContext=context, DestinationKeyId=other,
                                    DestinationEncryptionContext={"now": "here"})
        self.assertEqual((moved["SourceKeyId"], moved["KeyId"]), (arn, other))
        self.assertEqual(self.kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"now": "here"})["Plaintext"], b"\x00secret")
        self.kms.encrypt(KeyId=arn, Plaintext=b"x" * 4096)
        self.refused("ValidationException", self.kms.encrypt, KeyId=arn, Plaintext=b"x" * 4097, status=400)

    def test_data_keys(self):
        arn = self.make_kms_key()
        for options, size in (({"KeySpec": "AES_256"}, 32), ({"KeySpec": "AES_128"}, 16), ({"NumberOfBytes": 64}, 64)):
            made = self.kms.generate_data_key(KeyId=arn, EncryptionContext={"a": "b"}, **options)
            self.assertEqual(len(made["Plaintext"]), size)
            self.assertEqual(self.kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"a": "b"})["Plaintext"], made["Plaintext"])
        made = self.kms.generate_data_key_without_plaintext(KeyId=arn, KeySpec="AES_256")
        self.assertNotIn("Plaintext", made)
        self.assertEqual(len(self.kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"]), 32)
        self.refused("ValidationException", self.kms.generate_data_key, KeyId=arn, status=400)
        self.refused("ValidationException", self.kms.generate_data_key, KeyId=arn, KeySpec="AES_256", NumberOfBytes=32, status=400)
        first, second = (self.kms.generate_random(NumberOfBytes=24)["Plaintext"] for _ in range(2))
        self.assertEqual((len(first), first == second), (24, False))

    def test_rotation(self):
        paths.need_current_description("kms")
        arn = self.make_kms_key()
        old = self.kms.encrypt(KeyId=arn, Plaintext=b"old")["CiphertextBlob"]
        self.assertFalse(self.kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"])
        self.kms.enable_key_rotation(KeyId=arn, RotationPeriodInDays=90)
        told = self.kms.get_key_rotation_status(KeyId=arn)
        self.assertEqual((told["KeyRotationEnabled"], told["RotationPeriodInDays"]), (True, 90))
        left = told["NextRotationDate"] - datetime.datetime.now(datetime.timezone.utc)
        self.assertAlmostEqual(left.total_seconds(), 90 * 86400, delta=120)
        if self.wire:
            self.call("EnableKeyRotation", status=400, KeyId=arn, RotationPeriodInDays=89)
        self.assertEqual(self.kms.rotate_key_on_demand(KeyId=arn)["KeyId"], arn)
        if self.server:  # AWS takes its time
            rotations = self.kms.list_key_rotations(KeyId=arn)["Rotations"]
            self.assertEqual([one["RotationType"] for one in rotations], ["ON_DEMAND"])
        new = self.kms.encrypt(KeyId=arn, Plaintext=b"new")["CiphertextBlob"]
        self.assertEqual([self.kms.decrypt(CiphertextBlob=blob)["Plaintext"] for blob in (old, new)], [b"old", b"new"])
        self.kms.disable_key_rotation(KeyId=arn)
        self.assertFalse(self.kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"])

    def test_aliases(self):
        one, two = self.make_kms_key(), self.make_kms_key()
        alias = self.make_alias(one)
        sealed = self.kms.encrypt(KeyId=alias, Plaintext=b"x")
        self.assertEqual(sealed["KeyId"], one)
        self.assertEqual(self.kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"], one)
        self.refused("AlreadyExistsException", self.kms.create_alias, AliasName=alias, TargetKeyId=two, status=400)
        self.kms.update_alias(AliasName=alias, TargetKeyId=two)
        self.assertEqual(self.kms.encrypt(KeyId=alias, Plaintext=b"x")["KeyId"], two)
        self.assertEqual(self.kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"])["KeyId"], one)
        listed = self.kms.list_aliases(KeyId=two)["Aliases"]
        self.assertEqual([(entry["AliasName"], entry["TargetKeyId"]) for entry in listed], [(alias, two.split("/")[1])])
        self.refused("NotFoundException", self.kms.disable_key, KeyId=alias, status=400)
        self.kms.delete_alias(AliasName=alias)
        self.refused("NotFoundException", self.kms.describe_key, KeyId=alias, status=400)
        self.refused("NotFoundException", self.kms.delete_alias, AliasName=alias, status=400)

    def test_names_that_are_none(self):
        for key in ("alias/eyrie-test-absent", str(uuid.uuid4()), f"arn:aws:kms:us-east-1:{self.account}:key/{uuid.uuid4()}"):
            self.refused("NotFoundException", self.kms.describe_key, KeyId=key, status=400)
            self.refused("NotFoundException", self.kms.encrypt, KeyId=key, Plaintext=b"x", status=400)

    def test_answers_have_the_described_shape(self):
        paths.need_current_description("kms")
        key = self.make_kms_key()
        self.call("DescribeKey", KeyId=key)
        self.call("ListKeys", Limit=1)
        sealed = self.call("Encrypt", KeyId=key, Plaintext=base64.b64encode(b"x").decode())["CiphertextBlob"]
        self.call("Decrypt", CiphertextBlob=sealed)
        self.call("ReEncrypt", CiphertextBlob=sealed, DestinationKeyId=key)
        self.call("GenerateDataKey", KeyId=key, KeySpec="AES_256")
        self.call("GenerateDataKeyWithoutPlaintext", KeyId=key, KeySpec="AES_256")
        self.call("GenerateRandom", NumberOfBytes=8)
        alias = self.make_alias(key)
        self.call("ListAliases")
        self.call("UpdateAlias", AliasName=alias, TargetKeyId=key)
        self.call("DeleteAlias", AliasName=alias)
        self.call("EnableKeyRotation", KeyId=key)
        self.call("GetKeyRotationStatus", KeyId=key)
        self.call("RotateKeyOnDemand", KeyId=key)
        self.call("ListKeyRotations", KeyId=key)
        self.call("DisableKeyRotation", KeyId=key)
        self.call("DisableKey", KeyId=key)
        self.call("Encrypt", KeyId=key, Plaintext="eA==", status=400)
        self.call("EnableKey", KeyId=key)
        self.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
        self.call("Decrypt", CiphertextBlob=sealed, status=400)
        self.call("CancelKeyDeletion", KeyId=key)
        for operation, request in (("Encrypt", {"KeyId": 1}), ("Encrypt", {}), ("Encrypt", {"KeyId": key, "Plaintext": "no base64"}),
                                   ("Decrypt", {"CiphertextBlob": "eA=="}), ("ListKeys", {"Limit": 0}), ("ListKeys", {"Marker": "x"}),
                                   ("CreateKey", {"KeySpec": "RSA_2048"}), ("CreateKey", {"Policy": "{}"}),
                                   ("ScheduleKeyDeletion", {"KeyId": key, "PendingWindowInDays": 6}), ("CreateAlias", {"AliasName": "x", "TargetKeyId": key}),
                                   ("CreateAlias", {"AliasName": "alias/aws/x", "TargetKeyId": key})):
            with self.subTest(operation, **request):
                self.call(operation, status=400, **request)

    def test_what_is_not_there(self):
        if not self.server:
            self.skipTest("AWS has it")
        key = self.make_kms_key()
        self.refused("UnknownOperationException", self.kms.create_grant, KeyId=key, GranteePrincipal="x", Operations=["Encrypt"], status=400)


class AccessTest(KmsCase):
    def test_policies_on_keys_and_contexts(self):
        mine, other = self.make_kms_key(), self.make_kms_key()
        condition = {"StringEquals": {"kms:EncryptionContext:owner": "${aws:username}"}}
        user = self.make_user(allow(["kms:Encrypt", "kms:Decrypt"], mine, Condition=condition), allow("kms:DescribeKey"), deny("kms:DescribeKey", other))
        kms = self.client("kms", *self.make_key(user))
        sealed = kms.encrypt(KeyId=mine, Plaintext=b"x", EncryptionContext={"owner": user})["CiphertextBlob"]
        self.assertEqual(kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"owner": user})["Plaintext"], b"x")
        self.refused("AccessDeniedException", kms.encrypt, KeyId=mine, Plaintext=b"x", status=400)
        self.refused("AccessDeniedException", kms.encrypt, KeyId=other, Plaintext=b"x", EncryptionContext={"owner": user}, status=400)
        self.refused("AccessDeniedException", kms.generate_data_key, KeyId=mine, KeySpec="AES_256", status=400)
        kms.describe_key(KeyId=mine)
        for name in (other, other.split("/")[1], self.make_alias(other)):
            answer = self.refused("AccessDeniedException", kms.describe_key, KeyId=name, status=400)
            self.assertIn(f"on resource: {other} with an explicit deny", answer["Error"]["Message"])
        foreign = self.kms.encrypt(KeyId=other, Plaintext=b"x", EncryptionContext={"owner": user})["CiphertextBlob"]
        self.refused("AccessDeniedException", kms.decrypt, CiphertextBlob=foreign, EncryptionContext={"owner": user}, status=400)
        self.refused("AccessDeniedException", kms.re_encrypt, CiphertextBlob=sealed, SourceEncryptionContext={"owner": user}, DestinationKeyId=other,
                     status=400)
        self.refused("AccessDeniedException", kms.list_keys, status=400)
        self.refused("AccessDeniedException", kms.create_key, status=400)

    def test_aliases_need_rights_on_both_sides(self):
        key = self.make_kms_key()
        alias = self.make_alias(key)
        user = self.make_user(allow("kms:*Alias", f"arn:aws:kms:us-east-1:{self.account}:alias/*"))
        kms = self.client("kms", *self.make_key(user))
        self.refused("AccessDeniedException", kms.delete_alias, AliasName=alias, status=400)
        self.grant(user, allow("kms:*Alias", [f"arn:aws:kms:us-east-1:{self.account}:alias/*", key]))
        kms.delete_alias(AliasName=alias)

    def test_who_is_not_known(self):
        if self.server:
            client = signing.RawClient(self.server.address, self.key, "x" * 40)
            self.addCleanup(client.close)
            answer = client.call("kms", "ListKeys", {})
            self.assertEqual((answer.status, answer.json()["__type"]), (400, "InvalidSignatureException"))


class DurabilityTest(KmsCase):
    def test_keys_outlive_kill_9(self):
        if not self.server:
            self.skipTest("AWS is not ours to kill")
        key, user = self.make_kms_key(), self.make_user(allow("kms:Decrypt"))
        credentials = self.make_key(user)
        sealed = self.kms.encrypt(KeyId=key, Plaintext=b"kept", EncryptionContext={"a": "b"})["CiphertextBlob"]
        self.server.kill()
        self.server.start()
        type(self).endpoint = self.server.endpoint  # another port
        client = self.client("kms", *credentials)
        self.assertEqual(client.decrypt(CiphertextBlob=sealed, EncryptionContext={"a": "b"})["Plaintext"], b"kept")
        on_disk = b"".join(file.read_bytes() for file in self.server.data.glob("eyrie.db*"))
        self.assertNotIn(credentials[1].encode(), on_disk)


if __name__ == "__main__":
    unittest.main()
