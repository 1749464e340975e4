#!/usr/bin/python3
"""ListObjectsV2 as boto3 sees it: order, prefixes, delimiters, pages, encodings."""

import pathlib
import sys
import unittest
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.contract import ContractCase  # noqa: E402

KEYS = ["Z", "a", "a b", "a+b", "a/", "a/1", "a/2", "a/b/1", "a/b/2", "a/c/1", "a0", "b/x", "c", "é", "日本/1", "🦅"]


class ListingTest(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.client("s3")
        cls.bucket = cls.make_bucket()
        for key in reversed(KEYS):
            cls.s3.put_object(Bucket=cls.bucket, Key=key, Body=key.encode())

    def listed(self, **query):
        """Keys and common prefixes over all pages, and the pages."""
        keys, prefixes, pages = [], [], []
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, **query):
            pages.append(page)
            keys += [item["Key"] for item in page.get("Contents", [])]
            prefixes += [item["Prefix"] for item in page.get("CommonPrefixes", [])]
            self.assertEqual(page["KeyCount"], len(page.get("Contents", [])) + len(page.get("CommonPrefixes", [])))
        return keys, prefixes, pages

    def test_order_is_that_of_utf8_bytes(self):
        keys, prefixes, _ = self.listed()
        self.assertEqual(keys, sorted(KEYS, key=lambda key: key.encode()))
        self.assertEqual(prefixes, [])

    def test_what_an_entry_says(self):
        page = self.s3.list_objects_v2(Bucket=self.bucket, Prefix="a b")
        self.assertEqual((page["Name"], page["Prefix"], page["MaxKeys"], page["IsTruncated"]), (self.bucket, "a b", 1000, False))
        entry = page["Contents"][0]
        head = self.s3.head_object(Bucket=self.bucket, Key="a b")
        self.assertEqual((entry["Size"], entry["ETag"], entry["StorageClass"]), (3, head["ETag"], "STANDARD"))
        self.assertEqual(entry["LastModified"].replace(microsecond=0), head["LastModified"])
        self.assertNotIn("Owner", entry)
        owned = self.s3.list_objects_v2(Bucket=self.bucket, Prefix="a b", FetchOwner=True)
        self.assertIn("ID", owned["Contents"][0]["Owner"])

    def test_prefix(self):
        self.assertEqual(self.listed(Prefix="a/")[0], ["a/", "a/1", "a/2", "a/b/1", "a/b/2", "a/c/1"])
        self.assertEqual(self.listed(Prefix="nothing")[0], [])
        self.assertEqual(self.listed(Prefix="日")[0], ["日本/1"])
        self.assertEqual(self.listed(Prefix="a+")[0], ["a+b"])

    def test_delimiter(self):
        keys, prefixes, _ = self.listed(Delimiter="/")
        self.assertEqual(prefixes, ["a/", "b/", "日本/"])
        self.assertEqual(keys, ["Z", "a", "a b", "a+b", "a0", "c", "é", "🦅"])
        keys, prefixes, _ = self.listed(Delimiter="/", Prefix="a/")
        self.assertEqual((keys, prefixes), (["a/", "a/1", "a/2"], ["a/b/", "a/c/"]))
        keys, prefixes, _ = self.listed(Delimiter="b")
        self.assertEqual(prefixes, ["a b", "a+b", "a/b", "b"])

    def test_pages_of_every_size(self):
        for size in (1, 2, 3, 5, 7, 16, 1000):
            for query in ({}, {"Delimiter": "/"}, {"Prefix": "a/", "Delimiter": "/"}):
                with self.subTest(size=size, **query):
                    whole = self.listed(**query)
                    keys, prefixes, pages = self.listed(**query, PaginationConfig={"PageSize": size})
                    self.assertEqual((keys, prefixes), whole[:2])
                    self.assertTrue(all(page["KeyCount"] <= size for page in pages))
                    self.assertEqual(len(pages), max(1, -(-(len(keys) + len(prefixes)) // size)))
                    self.assertEqual([page["IsTruncated"] for page in pages], [True] * (len(pages) - 1) + [False])

    def test_start_after(self):
        self.assertEqual(self.listed(StartAfter="a/b/1")[0][:2], ["a/b/2", "a/c/1"])
        self.assertEqual(self.listed(StartAfter="a/b", Prefix="a/")[0], ["a/b/1", "a/b/2", "a/c/1"])
        self.assertEqual(self.listed(StartAfter="🦅")[0], [])

    def test_no_keys_asked(self):
        page = self.s3.list_objects_v2(Bucket=self.bucket, MaxKeys=0)
        self.assertEqual((page["KeyCount"], page["IsTruncated"]), (0, False))

    def test_what_is_not_understood(self):
        self.refused("InvalidArgument", self.s3.list_objects_v2, Bucket=self.bucket, ContinuationToken="not one of yours", status=400)
        answer = self.raw().request("s3", "GET", f"/{self.bucket}", query=[("list-type", "2"), ("max-keys", "-1")])
        self.assertEqual(answer.status, 400, answer.body)
        answer = self.raw().request("s3", "GET", f"/{self.bucket}", query=[("list-type", "2"), ("max-keys", "many")])
        self.assertEqual(answer.status, 400, answer.body)

    def test_encoding_is_only_as_asked(self):
        raw = self.raw()
        plain = raw.request("s3", "GET", f"/{self.bucket}", query=[("list-type", "2"), ("prefix", "a b")])
        self.assertIn(b"<Key>a b</Key>", plain.body)
        encoded = raw.request("s3", "GET", f"/{self.bucket}",
                              query=[("list-type", "2"), ("prefix", "日"), ("encoding-type", "url")])
        self.assertIn(b"<EncodingType>url</EncodingType>", encoded.body)
        self.assertIn("<Key>%E6%97%A5%E6%9C%AC/1</Key>".encode(), encoded.body)

    def test_keys_that_xml_cannot_hold(self):
        keys = ["none/\x01", "none/\ufffe", "none/\uffff"]
        for key in keys:
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=b"x")
            self.addCleanup(self.s3.delete_object, Bucket=self.bucket, Key=key)
        self.assertEqual(self.listed(Prefix="none/")[0], keys)
        for query in ([("list-type", "2")], [], [("versions", "")]):
            answer = self.raw().request("s3", "GET", f"/{self.bucket}", query=[*query, ("prefix", "none/")])
            found = [each.text for each in xml.etree.ElementTree.fromstring(answer.body).iter() if each.tag.endswith("}Key")]
            self.assertEqual(found, ["none/\ufffd"] * 3, query)
        answer = self.raw().request("s3", "GET", f"/{self.bucket}/none/%EF%BF%BF%01")
        self.assertEqual(answer.status, 404)
        xml.etree.ElementTree.fromstring(answer.body)

    def test_version_one(self):
        page = self.s3.list_objects(Bucket=self.bucket, Delimiter="/", MaxKeys=3)
        self.assertTrue(page["IsTruncated"])
        keys, prefixes = [], []
        for page in self.s3.get_paginator("list_objects").paginate(Bucket=self.bucket, Delimiter="/",
                                                                   PaginationConfig={"PageSize": 3}):
            keys += [item["Key"] for item in page.get("Contents", [])]
            prefixes += [item["Prefix"] for item in page.get("CommonPrefixes", [])]
        self.assertEqual((keys, prefixes), self.listed(Delimiter="/")[:2])


if __name__ == "__main__":
    unittest.main()
