#!/usr/bin/python3
"""Events of buckets, as a deployed function gets them: every way of making an object, of changing its tags and of restoring it fires exactly one, where the
key begins or ends as the configuration says, and nowhere else."""

import collections
import http.client
import json
import pathlib
import re
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import forms, functions  # noqa: E402
from support.identities import IdentityCase, allow  # noqa: E402

# Keeps each event that it gets as an object, under a name that no other has.
KEEPER = """
import boto3, json, uuid
s3 = boto3.client('s3')
def handler(event, context):
    s3.put_object(Bucket='{bucket}', Key=str(uuid.uuid4()), Body=json.dumps(event))
"""


class EventsTest(IdentityCase):
    config = "[functions]\nconcurrency = 4\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.client("s3", signature_version="s3v4")
        cls.kept = cls.make_bucket()
        role_name = cls.name()
        role = functions.make_role(cls.iam, role_name, allow("s3:PutObject", f"arn:aws:s3:::{cls.kept}/*"), settle=15 if cls.endpoint is None else 0)
        cls.addClassCleanup(functions.remove_role, cls.iam, role_name)
        lambda_ = cls.client("lambda")
        cls.function = cls.name()
        made = lambda_.create_function(FunctionName=cls.function, Runtime="python3.11", Role=role, Handler="app.handler", Timeout=30,
                                       Code={"ZipFile": functions.python(KEEPER.format(bucket=cls.kept))})
        cls.addClassCleanup(lambda_.delete_function, FunctionName=cls.function)
        cls.arn = made["FunctionArn"]
        lambda_.add_permission(FunctionName=cls.function, StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com")
        cls.elsewhere = cls.make_bucket()
        cls.s3.put_object(Bucket=cls.elsewhere, Key="source", Body=b"picture")
        cls.seen = {}

    def watched(self, *configurations):
        """A new bucket whose events the function gets. A configuration: its id, its events, filters."""
        bucket = self.make_bucket()
        self.s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"LambdaFunctionConfigurations": [
            {"Id": name, "LambdaFunctionArn": self.arn, "Events": events,
             **({"Filter": {"Key": {"FilterRules": [{"Name": kind, "Value": value} for kind, value in filters.items()]}}} if filters else {})}
            for name, events, filters in configurations]})
        return bucket

    def records(self):
        """The records of all events so far."""
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.kept):
            for item in page.get("Contents", []):
                if item["Key"] not in self.seen:
                    event = json.loads(self.s3.get_object(Bucket=self.kept, Key=item["Key"])["Body"].read())
                    self.assertEqual(len(event["Records"]), 1)
                    self.seen[item["Key"]] = event["Records"][0]
        return list(self.seen.values())

    def told_of(self, bucket):
        return [record for record in self.records() if record["s3"]["bucket"]["name"] == bucket]

    def settle(self, bucket, expected):
        """Until every event was handled; the server's own queue tells it. Elsewhere: until as many are there, and some seconds more."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self.server and not re.search(r"^eyrie_queue_(ready|leased|delayed) [1-9]", self.server.get("/_eyrie/metrics")[1], re.M):
                return
            if not self.server and len(self.told_of(bucket)) >= expected:
                time.sleep(5)
                return
            time.sleep(0.1)

    def assert_fired(self, bucket, expected):
        """Exactly these events of the bucket, in whatever order."""
        self.settle(bucket, len(expected))
        told = [(record["eventName"], urllib.parse.unquote_plus(record["s3"]["object"]["key"])) for record in self.told_of(bucket)]
        self.assertEqual(collections.Counter(told), collections.Counter(expected))

    def send(self, url, method="PUT", body=b"picture", headers=None):
        parts = urllib.parse.urlsplit(url)
        connection = (http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection)(parts.netloc, timeout=60)
        self.addCleanup(connection.close)
        connection.request(method, parts.path + ("?" + parts.query if parts.query else ""), body, headers or {})
        answer = connection.getresponse()
        text = answer.read()
        self.assertLess(answer.status, 300, text)

    # --- ways of making an object ---

    def put(self, bucket, key):
        self.s3.put_object(Bucket=bucket, Key=key, Body=b"picture")

    def put_with_tags(self, bucket, key):
        self.s3.put_object(Bucket=bucket, Key=key, Body=b"picture", Tagging="a=1&b=2")

    def presigned(self, bucket, key):
        self.send(self.s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": key}))

    def presigned_with_extra_query(self, bucket, key):
        s3 = self.client("s3", signature_version="s3v4")

        def add(request, **_):
            request.url += ("&" if "?" in request.url else "?") + "x-id=PutObject&extra=1"
        s3.meta.events.register("before-sign.s3.PutObject", add)
        url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": key})
        self.assertIn("extra=1", url)
        self.send(url)

    def presigned_with_tags(self, bucket, key):
        url = self.s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": key, "Tagging": "a=1"})
        self.send(url, headers={} if "x-amz-tagging=" in url.lower() else {"x-amz-tagging": "a=1"})

    def form(self, bucket, key):
        form = self.s3.generate_presigned_post(bucket, key)
        self.send(form["url"], "POST", *forms.encoded(form["fields"], b"picture"))

    def copy(self, bucket, key):
        self.s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": self.elsewhere, "Key": "source"})

    def multipart(self, bucket, key):
        upload = {"Bucket": bucket, "Key": key, "UploadId": self.s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]}
        etag = self.s3.upload_part(**upload, PartNumber=1, Body=b"picture")["ETag"]
        self.s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]})

    def test_every_way_of_making_an_object(self):
        ways = {"put": "Put", "put_with_tags": "Put", "presigned": "Put", "presigned_with_extra_query": "Put", "presigned_with_tags": "Put",
                "form": "Post", "copy": "Copy", "multipart": "CompleteMultipartUpload"}
        for name, filters, hit, miss in (("prefix", {"Prefix": "in here/"}, "in here/{}+ü.bin", "in there/{}.jpg"),
                                         ("suffix", {"Suffix": ".jpg"}, "anywhere/{} ü.jpg", "in here/{}.jpg.png")):
            bucket = self.watched((name, ["s3:ObjectCreated:*"], filters))
            expected = []
            for way, event in ways.items():
                for key in (hit.format(way), miss.format(way)):
                    getattr(self, way)(bucket, key)
                    self.assertEqual(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read(), b"picture", way)
                expected.append((f"ObjectCreated:{event}", hit.format(way)))
            with self.subTest(name):
                self.assert_fired(bucket, expected)

    def test_tags_restores_and_removals(self):
        bucket = self.watched(("tags", ["s3:ObjectTagging:*"], {"Suffix": ".jpg"}), ("restores", ["s3:ObjectRestore:*"], {}),
                              ("removals", ["s3:ObjectRemoved:*"], {}))
        at = {"Bucket": bucket, "Key": "a b.jpg"}
        etag = self.s3.put_object(**at, Body=b"picture", Tagging="a=1", StorageClass="GLACIER")["ETag"]
        for value in ("1", "2"):
            self.s3.put_object_tagging(**at, Tagging={"TagSet": [{"Key": "a", "Value": value}]})
        self.s3.delete_object_tagging(**at)
        self.s3.put_object(Bucket=bucket, Key="a.png", Body=b"")
        self.s3.put_object_tagging(Bucket=bucket, Key="a.png", Tagging={"TagSet": []})
        self.refused("NoSuchKey", self.s3.put_object_tagging, Bucket=bucket, Key="none.jpg", Tagging={"TagSet": []})
        self.s3.restore_object(**at, RestoreRequest={"Days": 1})
        expected = [("ObjectTagging:Put", at["Key"])] * 2 + [("ObjectTagging:Delete", at["Key"]), ("ObjectRestore:Post", at["Key"])]
        if self.server:  # hours, elsewhere
            while "ongoing-request=\"true\"" in self.s3.head_object(**at)["Restore"]:
                time.sleep(0.1)
            expected.append(("ObjectRestore:Completed", at["Key"]))
        self.s3.delete_object(**at)
        self.s3.delete_object(**at)  # there is nothing to remove any more
        self.assert_fired(bucket, [*expected, ("ObjectRemoved:Delete", at["Key"])])
        told = {record["eventName"]: record for record in self.told_of(bucket)}
        self.assertEqual(told["ObjectTagging:Put"]["s3"]["object"], {"key": "a+b.jpg", "eTag": etag.strip('"')})
        self.assertEqual((told["ObjectTagging:Put"]["eventVersion"], told["ObjectTagging:Put"]["s3"]["configurationId"]), ("2.3", "tags"))
        self.assertEqual((told["ObjectRestore:Post"]["eventVersion"], told["ObjectRestore:Post"]["s3"]["object"]["size"]), ("2.1", 7))
        removed = told["ObjectRemoved:Delete"]["s3"]
        self.assertEqual((removed["object"]["key"], set(removed["object"])), ("a+b.jpg", {"key", "sequencer"}))
        for name in ("ObjectTagging:Put", "ObjectTagging:Delete", "ObjectRestore:Post", "ObjectRemoved:Delete"):
            self.assertEqual(told[name]["userIdentity"]["principalId"], removed["bucket"]["ownerIdentity"]["principalId"], name)  # the root asks
            self.assertEqual(set(told[name]["requestParameters"]), {"sourceIPAddress"}, name)
            self.assertTrue(told[name]["responseElements"]["x-amz-request-id"], name)
        if "ObjectRestore:Completed" in told:
            self.assertEqual(told["ObjectRestore:Completed"]["glacierEventData"]["restoreEventData"]["lifecycleRestoreStorageClass"], "GLACIER")


if __name__ == "__main__":
    unittest.main()
