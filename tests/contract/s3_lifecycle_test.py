#!/usr/bin/python3
"""Lifecycle rules, storage classes and restoring as boto3 sees them. What takes days is in tests/e2e/lifecycle_test.py."""

import datetime
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.contract import ContractCase  # noqa: E402

MIDNIGHT = datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc)
EXPIRE = {"Expiration": {"Days": 365}}
TAG = {"Key": "colour", "Value": "red"}


def rule(rule_id="r", **parts):
    return {"ID": rule_id, "Status": "Enabled", **({} if "Prefix" in parts else {"Filter": {"Prefix": ""}}), **parts}


def transition(days, storage_class="GLACIER"):
    return {"Days": days, "StorageClass": storage_class}


# Each is set, and comes back as it was.
SOUND = {
    "expiration by days": [rule(**EXPIRE)],
    "expiration by date": [rule(Expiration={"Date": MIDNIGHT})],
    "disabled": [{**rule(**EXPIRE), "Status": "Disabled"}],
    "a prefix of the old form": [rule(Prefix="logs/", **EXPIRE)],
    "a prefix with signs": [rule(Filter={"Prefix": "a&b <ü>/"}, **EXPIRE)],
    "a tag": [rule(Filter={"Tag": TAG}, **EXPIRE)],
    "a least size": [rule(Filter={"ObjectSizeGreaterThan": 500}, **EXPIRE)],
    "a greatest size": [rule(Filter={"ObjectSizeLessThan": 500}, **EXPIRE)],
    "all of them": [rule(Filter={"And": {"Prefix": "p", "Tags": [{"Key": "b", "Value": ""}, TAG], "ObjectSizeGreaterThan": 1,
                                         "ObjectSizeLessThan": 9}}, **EXPIRE)],
    "the ways down": [rule(Transitions=[transition(30, "STANDARD_IA"), transition(60, "INTELLIGENT_TIERING"), transition(61, "GLACIER_IR"),
                                        transition(90), transition(180, "DEEP_ARCHIVE")], **EXPIRE)],
    "to the archive at once": [rule(Transitions=[transition(0)])],
    "transition by date": [rule(Transitions=[{"Date": MIDNIGHT, "StorageClass": "GLACIER"}])],
    "older versions": [rule(NoncurrentVersionExpiration={"NoncurrentDays": 3, "NewerNoncurrentVersions": 2},
                            NoncurrentVersionTransitions=[{"NoncurrentDays": 30, "StorageClass": "STANDARD_IA"}])],
    "delete markers": [rule(Expiration={"ExpiredObjectDeleteMarker": True})],
    "uploads": [rule(AbortIncompleteMultipartUpload={"DaysAfterInitiation": 7})],
    "several": [rule(f"rule {index}", Filter={"Prefix": f"{index}/"}, **EXPIRE) for index in range(40)],
    "a thousand": [rule(f"{index}", Filter={"Prefix": f"{index}/"}, **EXPIRE) for index in range(1000)],
}

UNSOUND = {
    "no rules": ([], "MalformedXML"),
    "1,001 rules": ([rule(f"{index}", **EXPIRE) for index in range(1001)], "MalformedXML"),
    "no action": ([rule()], "InvalidRequest"),
    "two of one name": ([rule(**EXPIRE), rule(**EXPIRE)], "InvalidArgument"),
    "a name of 256": ([rule("x" * 256, **EXPIRE)], "InvalidArgument"),
    "another status": ([{**rule(**EXPIRE), "Status": "On"}], "MalformedXML"),
    "no days": ([rule(Expiration={"Days": 0})], "InvalidArgument"),
    "negative days": ([rule(Expiration={"Days": -1})], "InvalidArgument"),
    "a date within the day": ([rule(Expiration={"Date": MIDNIGHT + datetime.timedelta(hours=1)})], "InvalidArgument"),
    "days and a date": ([rule(Expiration={"Days": 1, "Date": MIDNIGHT})], "MalformedXML"),
    "an empty expiration": ([rule(Expiration={})], "MalformedXML"),
    "STANDARD_IA before 30 days": ([rule(Transitions=[transition(29, "STANDARD_IA")])], "InvalidArgument"),
    "ONEZONE_IA before 30 days": ([rule(Transitions=[transition(29, "ONEZONE_IA")])], "InvalidArgument"),
    "to STANDARD": ([rule(Transitions=[transition(1, "STANDARD")])], "MalformedXML"),
    "to a class that is none": ([rule(Transitions=[transition(1, "ICE")])], "MalformedXML"),
    "negative transition days": ([rule(Transitions=[transition(-1)])], "InvalidArgument"),
    "to one class twice": ([rule(Transitions=[transition(1), transition(2)])], "InvalidRequest"),
    "less than 30 days in STANDARD_IA": ([rule(Transitions=[transition(30, "STANDARD_IA"), transition(59)])], "InvalidArgument"),
    "colder before warmer": ([rule(Transitions=[transition(100, "GLACIER_IR"), transition(50, "DEEP_ARCHIVE")])], "InvalidArgument"),
    "expiration before the transition": ([rule(Transitions=[transition(366)], **EXPIRE)], "InvalidArgument"),
    "days and dates mixed": ([rule(Transitions=[{"Date": MIDNIGHT, "StorageClass": "GLACIER"}], **EXPIRE)], "InvalidRequest"),
    "a filter of two": ([rule(Filter={"Prefix": "a", "Tag": TAG}, **EXPIRE)], "MalformedXML"),
    "And of one": ([rule(Filter={"And": {"Prefix": "a"}}, **EXPIRE)], "MalformedXML"),
    "one tag twice": ([rule(Filter={"And": {"Tags": [TAG, TAG]}}, **EXPIRE)], "InvalidRequest"),
    "a tag's name of 129": ([rule(Filter={"Tag": {"Key": "k" * 129, "Value": ""}}, **EXPIRE)], "InvalidTag"),
    "a prefix of 1,025": ([rule(Filter={"Prefix": "p" * 1025}, **EXPIRE)], "InvalidRequest"),
    "sizes upside down": ([rule(Filter={"And": {"ObjectSizeGreaterThan": 9, "ObjectSizeLessThan": 9}}, **EXPIRE)], "InvalidRequest"),
    "uploads by tag": ([rule(Filter={"Tag": TAG}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1})], "InvalidRequest"),
    "uploads by size": ([rule(Filter={"ObjectSizeGreaterThan": 1}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1})],
                        "InvalidRequest"),
    "uploads after no days": ([rule(AbortIncompleteMultipartUpload={"DaysAfterInitiation": 0})], "InvalidArgument"),
    "delete markers by tag": ([rule(Filter={"Tag": TAG}, Expiration={"ExpiredObjectDeleteMarker": True})], "InvalidRequest"),
    "older versions after no days": ([rule(NoncurrentVersionExpiration={"NoncurrentDays": 0})], "InvalidArgument"),
}


class LifecycleTest(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.client("s3", parameter_validation=False)
        cls.bucket = cls.make_bucket()

    def set(self, rules):
        return self.s3.put_bucket_lifecycle_configuration(Bucket=self.bucket, LifecycleConfiguration={"Rules": rules})

    def rules(self):
        return self.s3.get_bucket_lifecycle_configuration(Bucket=self.bucket)["Rules"]

    def test_none_at_first_and_after_removal(self):
        bucket = self.make_bucket()
        self.refused("NoSuchLifecycleConfiguration", self.s3.get_bucket_lifecycle_configuration, Bucket=bucket, status=404)
        self.s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule(**EXPIRE)]})
        removed = self.s3.delete_bucket_lifecycle(Bucket=bucket)
        self.assertEqual(removed["ResponseMetadata"]["HTTPStatusCode"], 204)
        self.refused("NoSuchLifecycleConfiguration", self.s3.get_bucket_lifecycle_configuration, Bucket=bucket, status=404)
        self.s3.delete_bucket_lifecycle(Bucket=bucket)

    def test_rules_come_back(self):
        for name, rules in SOUND.items():
            with self.subTest(name):
                self.set(rules)
                self.assertEqual(self.rules(), rules)

    def test_rules_get_names(self):
        unnamed = rule(**EXPIRE)
        del unnamed["ID"]
        self.set([unnamed, {**unnamed, "Filter": {"Prefix": "x"}}])
        names = [one["ID"] for one in self.rules()]
        self.assertEqual(len(set(names)), 2)
        self.assertTrue(all(names))

    def test_rules_that_are_refused(self):
        self.set([rule("stays", **EXPIRE)])
        for name, (rules, code) in UNSOUND.items():
            with self.subTest(name):
                self.refused(code, self.set, rules, status=400)
        self.assertEqual([one["ID"] for one in self.rules()], ["stays"], "what is refused changes nothing")

    def test_answers_tell_when_an_object_goes(self):
        self.set([rule("of logs & more", Filter={"Prefix": "logs/"}, Expiration={"Days": 10}), rule("later", Expiration={"Days": 20})])
        put = self.s3.put_object(Bucket=self.bucket, Key="logs/1", Body=b"x")
        self.assertRegex(put["Expiration"], r'^expiry-date="\w{3}, \d\d \w{3} \d{4} 00:00:00 GMT", rule-id="of%20logs%20%26%20more"$')
        for answer in (self.s3.get_object(Bucket=self.bucket, Key="logs/1"), self.s3.head_object(Bucket=self.bucket, Key="logs/1"),
                       self.s3.copy_object(Bucket=self.bucket, Key="logs/2", CopySource=f"{self.bucket}/logs/1")):
            self.assertEqual(answer["Expiration"], put["Expiration"])
        self.assertIn('rule-id="later"', self.s3.put_object(Bucket=self.bucket, Key="other", Body=b"x")["Expiration"])
        self.s3.delete_bucket_lifecycle(Bucket=self.bucket)
        self.assertNotIn("Expiration", self.s3.head_object(Bucket=self.bucket, Key="logs/1"))

    def test_answers_tell_when_an_upload_goes(self):
        self.set([rule("parts", AbortIncompleteMultipartUpload={"DaysAfterInitiation": 3})])
        begun = self.s3.create_multipart_upload(Bucket=self.bucket, Key="m")
        self.assertEqual(begun["AbortRuleId"], "parts")
        self.assertEqual((begun["AbortDate"].hour, begun["AbortDate"].minute), (0, 0))
        listed = self.s3.list_parts(Bucket=self.bucket, Key="m", UploadId=begun["UploadId"])
        self.assertEqual((listed["AbortDate"], listed["AbortRuleId"]), (begun["AbortDate"], "parts"))
        self.s3.abort_multipart_upload(Bucket=self.bucket, Key="m", UploadId=begun["UploadId"])


class StorageClassesTest(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.client("s3")
        cls.bucket = cls.make_bucket()

    def put(self, key, storage_class, body=b"content"):
        return self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, StorageClass=storage_class)

    def test_each_class_is_told(self):
        for name in ("STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"):
            with self.subTest(name):
                self.put("c-" + name, name)
                head = self.s3.head_object(Bucket=self.bucket, Key="c-" + name)
                self.assertEqual(head.get("StorageClass"), None if name == "STANDARD" else name)
                listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix="c-" + name)["Contents"]
                self.assertEqual([item["StorageClass"] for item in listed if item["Key"] == "c-" + name], [name])
                if name not in ("GLACIER", "DEEP_ARCHIVE"):
                    self.assertEqual(self.s3.get_object(Bucket=self.bucket, Key="c-" + name)["Body"].read(), b"content")

    def test_classes_that_are_none(self):
        for name in ("ICE", "standard", "OUTPOSTS", "SNOW"):
            with self.subTest(name):
                self.refused("InvalidStorageClass", self.put, "none", name, status=400)

    def test_archived_objects_are_not_read(self):
        self.put("archived", "GLACIER")
        answer = self.refused("InvalidObjectState", self.s3.get_object, Bucket=self.bucket, Key="archived", status=403)
        self.assertEqual(answer["Error"].get("StorageClass"), "GLACIER")
        self.refused("ObjectNotInActiveTierError", self.s3.copy_object, Bucket=self.bucket, Key="copy",
                     CopySource=f"{self.bucket}/archived", status=403)
        self.s3.put_object_tagging(Bucket=self.bucket, Key="archived", Tagging={"TagSet": [TAG]})
        self.assertEqual(self.s3.get_object_tagging(Bucket=self.bucket, Key="archived")["TagSet"], [TAG])
        self.put("archived", "STANDARD", b"new")
        self.assertEqual(self.s3.get_object(Bucket=self.bucket, Key="archived")["Body"].read(), b"new")

    def test_copying_chooses_the_class(self):
        self.put("ia", "STANDARD_IA")
        self.s3.copy_object(Bucket=self.bucket, Key="copied", CopySource=f"{self.bucket}/ia")
        self.assertNotIn("StorageClass", self.s3.head_object(Bucket=self.bucket, Key="copied"))
        self.s3.copy_object(Bucket=self.bucket, Key="copied", CopySource=f"{self.bucket}/copied", StorageClass="ONEZONE_IA")
        self.assertEqual(self.s3.head_object(Bucket=self.bucket, Key="copied")["StorageClass"], "ONEZONE_IA")

    def test_restoring_is_for_archived_objects(self):
        self.put("warm", "STANDARD_IA")

        def restore(key, **request):
            return self.s3.restore_object(Bucket=self.bucket, Key=key, RestoreRequest=request)

        self.refused("InvalidObjectState", restore, "warm", Days=1, status=403)
        self.refused("NoSuchKey", restore, "absent", Days=1, status=404)
        self.put("cold", "DEEP_ARCHIVE")
        self.refused("InvalidArgument", restore, "cold", Days=0, status=400)
        self.refused("InvalidArgument", restore, "cold", Days=1, GlacierJobParameters={"Tier": "Expedited"}, status=400)
        begun = restore("cold", Days=1, GlacierJobParameters={"Tier": "Standard"})
        self.assertEqual(begun["ResponseMetadata"]["HTTPStatusCode"], 202)
        self.assertIn("ongoing-request", self.s3.head_object(Bucket=self.bucket, Key="cold")["Restore"])
        # Raw, because Debian's boto3 is older than the parameter.
        http = self.raw()
        for query, element in (([], "Contents"), ([("list-type", "2")], "Contents"), ([("versions", "")], "Version")):
            with self.subTest(query):
                def listed(headers):
                    answer = http.request("s3", "GET", f"/{self.bucket}", query=query, headers=headers)
                    self.assertEqual(answer.status, 200, answer.body)
                    return {key: entry for entry in re.findall(f"<{element}>.*?</{element}>", answer.body.decode()) for key in re.findall("<Key>(.*?)</Key>", entry)}
                told = listed({"x-amz-optional-object-attributes": "RestoreStatus"})
                self.assertRegex(told["cold"], "<RestoreStatus><IsRestoreInProgress>(true</IsRestoreInProgress>|false</IsRestoreInProgress><RestoreExpiryDate>[-0-9]+T00:00:00.000Z</RestoreExpiryDate>)</RestoreStatus>")
                self.assertNotIn("RestoreStatus", told["warm"])
                self.assertNotIn("RestoreStatus", "".join(listed({}).values()))


if __name__ == "__main__":
    unittest.main()
