#!/usr/bin/python3
"""The corners of S3 that conformance suites look into, as tables of raw requests: what is asked, the status and code that AWS answers.

Raw, because SDKs do not send most of these. Against AWS itself these need its own endpoint over TLS, so they run against whatever else
EYRIE_CONTRACT_ENDPOINT names.
"""

import base64
import hashlib
import pathlib
import re
import sys
import unittest
import urllib.parse
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.edges import EdgeCase, code_of, elements  # noqa: E402

BODY = b"0123456789"
ETAG = f'"{hashlib.md5(BODY).hexdigest()}"'
CRC32 = base64.b64encode(zlib.crc32(BODY).to_bytes(4, "big")).decode()
PAST, FUTURE = "Mon, 01 Jan 2024 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
KEYS = ["asdf", "asdf+b", "b/1", "b/2", "boo/bar", "boo/baz/xyzzy", "cquux/thud", "cquux/bla", "foo+1/bar", "foo/bar/xyzzy", "quux ab/thud", "%"]


class ListingEdgesTest(EdgeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for key in KEYS:
            cls.http.put_object(cls.bucket, key, b"x")

    # query; keys; common prefixes; truncated. For both versions.
    BOTH = [
        ({}, KEYS, [], False),
        ({"prefix": "b/"}, ["b/1", "b/2"], [], False),
        ({"prefix": ""}, KEYS, [], False),
        ({"prefix": "nothing"}, [], [], False),
        ({"prefix": "asdf"}, ["asdf", "asdf+b"], [], False),
        ({"prefix": "asdf+"}, ["asdf+b"], [], False),
        ({"prefix": "\n"}, [], [], False),
        ({"delimiter": "/"}, ["%", "asdf", "asdf+b"], ["b/", "boo/", "cquux/", "foo+1/", "foo/", "quux ab/"], False),
        ({"delimiter": "/", "prefix": "boo/"}, ["boo/bar"], ["boo/baz/"], False),
        ({"delimiter": "/", "prefix": "boo"}, [], ["boo/"], False),
        ({"delimiter": "/", "prefix": "/"}, [], [], False),
        ({"delimiter": ""}, KEYS, [], False),
        ({"delimiter": "a"}, ["%", "b/1", "b/2", "cquux/thud"], ["a", "boo/ba", "cquux/bla", "foo+1/ba", "foo/ba", "quux a"], False),
        ({"delimiter": "%"}, [key for key in KEYS if key != "%"], ["%"], False),
        ({"delimiter": " "}, [key for key in KEYS if " " not in key], ["quux "], False),
        ({"delimiter": "ba"}, [key for key in KEYS if "ba" not in key], ["boo/ba", "foo+1/ba", "foo/ba"], False),
        ({"delimiter": "\n"}, KEYS, [], False),
        ({"max-keys": "1"}, ["%"], [], True),
        ({"max-keys": "2", "delimiter": "/", "prefix": "b"}, [], ["b/", "boo/"], False),
        ({"max-keys": "1", "delimiter": "/", "prefix": "b"}, [], ["b/"], True),
        ({"max-keys": "0"}, [], [], False),
        ({"max-keys": "0", "delimiter": "/"}, [], [], False),
        ({"max-keys": ""}, KEYS, [], False),
        ({"max-keys": "5000"}, KEYS, [], False),
        ({"max-keys": "2147483647"}, KEYS, [], False),
    ]
    REFUSED = [{"max-keys": "blah"}, {"max-keys": "-1"}, {"max-keys": "1.5"}, {"max-keys": "2147483648"}, {"encoding-type": "html"}]
    MARKERS = [("", sorted(KEYS)), ("asdf", ["asdf+b"]), ("zzz", []), ("blah", ["boo/bar"]), ("\n", sorted(KEYS)), ("boo/", ["boo/bar"]),
               ("quux ab/thud", [])]

    def listed(self, query, version):
        asked = [*query.items(), ("encoding-type", "url")] + ([("list-type", "2")] if version == 2 else [])
        answer = self.ask("GET", query=asked)
        self.assertEqual(answer.status, 200, answer.body)
        prefixes = [part for block in re.findall(rb"<CommonPrefixes>.*?</CommonPrefixes>", answer.body) for part in elements(block, "Prefix")]
        return elements(answer.body, "Key"), prefixes, elements(answer.body, "IsTruncated") == ["true"], answer.body

    def test_both_versions(self):
        for version in (1, 2):
            for query, keys, prefixes, truncated in self.BOTH:
                with self.subTest(version=version, **query):
                    got = self.listed(query, version)
                    self.assertEqual(got[:3], (sorted(keys), sorted(prefixes), truncated))
                    if version == 2:
                        self.assertEqual(elements(got[3], "KeyCount"), [str(len(keys) + len(prefixes))])

    def test_refused(self):
        for version in (1, 2):
            for query in self.REFUSED:
                more = [("list-type", "2")] if version == 2 else []
                self.expect(f"v{version} {query}", self.ask("GET", query=[*query.items(), *more]), 400, "InvalidArgument")
        self.expect("list-type 3", self.ask("GET", query=[("list-type", "3")]), 400, "InvalidArgument")
        self.expect("no token of ours", self.ask("GET", query=[("list-type", "2"), ("continuation-token", "?")]), 400, "InvalidArgument")

    def test_where_it_begins(self):
        for marker, first in self.MARKERS:
            for version, name in ((1, "marker"), (2, "start-after")):
                with self.subTest(marker=marker, version=version):
                    keys = self.listed({name: marker}, version)[0]
                    self.assertEqual(keys[:len(first)], first)

    def test_an_empty_token_is_the_beginning(self):
        keys, _, _, body = self.listed({"continuation-token": ""}, 2)
        self.assertEqual(keys, sorted(KEYS))
        self.assertIn(b"<ContinuationToken></ContinuationToken>", body)

    def test_optional_attributes(self):
        for query in ([], [("list-type", "2")], [("versions", "")]):
            for names, status, code in (("RestoreStatus", 200, ""), ("", 200, ""), ("RestoreStatus, RestoreStatus", 200, ""), ("Owner", 400, "InvalidArgument"), ("RestoreStatus,Size", 400, "InvalidArgument"),
                                        ("restorestatus", 400, "InvalidArgument")):
                self.expect(f"{query} {names}", self.ask("GET", query=query, headers={"x-amz-optional-object-attributes": names}), status, code)

    def test_what_is_echoed(self):
        body = self.listed({"prefix": "a", "delimiter": "/", "max-keys": "7", "start-after": "a b"}, 2)[3]
        self.assertIn(b"<Prefix>a</Prefix><Delimiter>/</Delimiter><MaxKeys>7</MaxKeys>", body)
        self.assertEqual(elements(body, "StartAfter"), ["a b"])
        body = self.listed({"marker": "a b"}, 1)[3]
        self.assertEqual(elements(body, "Marker"), ["a b"])
        self.assertEqual(elements(self.listed({"max-keys": "1"}, 1)[3], "NextMarker"), [], "only with a delimiter")
        self.assertEqual(elements(self.listed({"max-keys": "2", "delimiter": "/"}, 1)[3], "NextMarker"), ["asdf"])
        self.assertEqual(elements(self.listed({"max-keys": "5000"}, 1)[3], "MaxKeys"), ["1000"])


class ReadingEdgesTest(EdgeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.http.put_object(cls.bucket, "k", BODY)
        cls.http.put_object(cls.bucket, "empty", b"")

    # range; status; body (None: whole, as 200)
    RANGES = [("bytes=4-7", b"4567"), ("Bytes=4-7", b"4567"), ("bytes=4-", b"456789"), ("bytes=-7", b"3456789"), ("bytes=0-0", b"0"), ("bytes=9-", b"9"),
              ("bytes=0-9", BODY), ("bytes=0-100", BODY), ("bytes=-100", BODY), ("bytes=0-99999999999999999999", BODY), ("bytes=-99999999999999999999", BODY), ("bytes=00-01", b"01"), ("bytes=0-1,3-4", None),
              ("bytes=5-2", None), ("bytes=", None), ("bytes=-", None), ("bytes=a-b", None), ("bytes= 1-2", None), ("bits=1-2", None),
              ("1-2", None), ("", None), ("bytes=1-2x", None), ("bytes=+1-2", None)]
    UNSATISFIABLE = ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=18446744073709551615-", "bytes=99999999999999999999-"]

    def test_ranges(self):
        for text, body in self.RANGES:
            with self.subTest(range=text):
                answer = self.ask("GET", "k", headers={"range": text})
                self.assertEqual((answer.status, answer.body), (200, BODY) if body is None else (206, body))
                self.assertEqual("content-range" in answer.headers, body is not None)
        for text in self.UNSATISFIABLE:
            answer = self.expect(text, self.ask("GET", "k", headers={"range": text}), 416, "InvalidRange")
            self.assertIn(b"<ActualObjectSize>10</ActualObjectSize>", answer.body)
        for text in ("bytes=0-0", "bytes=-1", "bytes=40-50"):
            self.expect("of nothing: " + text, self.ask("GET", "empty", headers={"range": text}), 416, "InvalidRange")

    # Headers of a GET; status. HEAD answers the same.
    CONDITIONS = [
        ({"if-match": ETAG}, 200), ({"if-match": ETAG.strip('"')}, 200), ({"if-match": "*"}, 200), ({"if-match": '"x"'}, 412),
        ({"if-match": f'"x", {ETAG}'}, 200), ({"if-none-match": ETAG}, 304), ({"if-none-match": "*"}, 304), ({"if-none-match": '"x"'}, 200),
        ({"if-none-match": f'"x", {ETAG}'}, 304), ({"if-modified-since": PAST}, 200), ({"if-modified-since": FUTURE}, 200),
        ({"if-unmodified-since": PAST}, 412), ({"if-unmodified-since": FUTURE}, 200), ({"if-modified-since": "yesterday"}, 200),
        ({"if-match": ETAG, "if-unmodified-since": PAST}, 200), ({"if-match": '"x"', "if-unmodified-since": FUTURE}, 412),
        ({"if-none-match": '"x"', "if-modified-since": FUTURE}, 200), ({"if-none-match": ETAG, "if-modified-since": PAST}, 304),
        ({"if-match": ETAG, "if-none-match": ETAG}, 304), ({"if-match": '"x"', "if-none-match": ETAG}, 412),
        ({"if-match": ETAG, "range": "bytes=0-1"}, 206), ({"if-none-match": ETAG, "range": "bytes=0-1"}, 304)]

    def test_conditions(self):
        for headers, status in self.CONDITIONS:
            for method in ("GET", "HEAD"):
                with self.subTest(method, **headers):
                    answer = self.ask(method, "k", headers=dict(headers))
                    self.assertEqual(answer.status, status, answer.body[:300])
                    if status == 304:
                        self.assertEqual((answer.body, answer.headers.get("etag")), (b"", ETAG))

    def test_answers(self):
        self.expect("no such key", self.ask("GET", "absent"), 404, "NoSuchKey")
        self.assertEqual(self.ask("HEAD", "absent").status, 404)
        self.assertEqual(self.ask("HEAD", "absent").body, b"")
        head = self.ask("HEAD", "empty")
        self.assertEqual(head.headers["content-length"], "0")
        self.expect("bytes that are no UTF-8", self.http.request("s3", "GET", f"/{self.bucket}/%ae%8a-"), 400, "InvalidURI")
        self.expect("another owner", self.ask("GET", "k", headers={"x-amz-expected-bucket-owner": "123456789012"}), 403, "AccessDenied")
        # All of it is sent before anybody looks for an answer.
        self.expect("a large body that is refused", self.ask("PUT", "k", body=bytes(24 << 20), headers={"x-amz-expected-bucket-owner": "123456789012"}), 403, "AccessDenied")
        self.expect("nobody as owner", self.ask("GET", "k", headers={"x-amz-expected-bucket-owner": "12345678901x"}), 400, "InvalidBucketOwnerAWSAccountID")
        self.expect("part 0", self.ask("GET", "k", query=[("partNumber", "0")]), 400, "InvalidArgument")
        self.expect("part x", self.ask("GET", "k", query=[("partNumber", "x")]), 400, "InvalidArgument")
        self.expect("a part and a range", self.ask("GET", "k", query=[("partNumber", "1")], headers={"range": "bytes=0-1"}), 400, "InvalidRequest")
        self.expect("part 2 of one", self.ask("GET", "k", query=[("partNumber", "2")]), 416, "InvalidPartNumber")
        self.expect("an unknown version", self.ask("GET", "k", query=[("versionId", "x")]), 400, "InvalidArgument")
        self.assertEqual(self.ask("GET", "k", query=[("versionId", "null")]).body, BODY)
        self.expect("torrent", self.ask("GET", "k", query=[("torrent", "")]), 501, "NotImplemented")
        over = self.ask("GET", "k", query=[("response-content-type", "text/x\r\nset-cookie: a")])
        self.assertEqual(over.status, 400)
        self.assertNotIn("set-cookie", over.headers)


    def test_encryption_is_not_asked_for_in_reading(self):
        for value in ("AES256", "aws:kms", "none"):
            headers = {"x-amz-server-side-encryption": value}
            answer = self.expect(value, self.ask("GET", "k", headers=dict(headers)), 400, "InvalidArgument")
            self.assertIn(b"<Message>x-amz-server-side-encryption header is not supported for this operation.</Message>", answer.body)
            head = self.ask("HEAD", "k", headers=dict(headers))
            self.assertEqual((head.status, head.body), (400, b""))


class WritingEdgesTest(EdgeCase):
    # Headers of a PUT; status; code
    PUTS = [
        ({"content-md5": ""}, 400, "InvalidDigest"), ({"content-md5": "YWJyYWNhZGFicmE="}, 400, "InvalidDigest"),
        ({"content-md5": "rL0Y20xC+Fzt72VPzMSk2A=="}, 400, "BadDigest"), ({"content-type": ""}, 200, ""),
        ({"expect": "200"}, 200, ""), ({"expect": ""}, 200, ""), ({"expect": "tea, 100-continue"}, 200, ""),
        ({"cache-control": "no-cache", "expires": "never"}, 200, ""), ({"x-amz-acl": "private"}, 200, ""),
        ({"x-amz-acl": "bucket-owner-full-control"}, 200, ""), ({"x-amz-acl": "public"}, 400, "InvalidArgument"),
        ({"x-amz-acl": "log-delivery-write"}, 400, "InvalidArgument"), ({"x-amz-acl": "public-read"}, 400, "AccessControlListNotSupported"),
        ({"x-amz-acl": "aws-exec-read"}, 400, "AccessControlListNotSupported"),
        ({"x-amz-grant-read": 'id="123456789012"'}, 400, "AccessControlListNotSupported"),
        ({"x-amz-grant-read": "somebody"}, 400, "InvalidArgument"), ({"x-amz-grant-write-acp": 'emailAddress="a@b.c"'}, 405, "MethodNotAllowed"),
        ({"x-amz-acl": "private", "x-amz-grant-read": 'id="1"'}, 400, "InvalidRequest"),
        ({"x-amz-object-lock-mode": "GOVERNANCE"}, 400, "InvalidRequest"), ({"x-amz-storage-class": "X"}, 400, "InvalidStorageClass"),
        ({"x-amz-tagging": "a=b&a=c"}, 400, "InvalidTag"), ({"x-amz-tagging": "k" * 129 + "=v"}, 400, "InvalidTag"),
        ({"x-amz-tagging": "a*=v"}, 400, "InvalidTag"), ({"x-amz-tagging": "k=!"}, 400, "InvalidTag"), ({"x-amz-tagging": "k=a+b%2B-%3D._:/@%C3%A9"}, 200, ""),
        ({"x-amz-tagging": "k=" + "v" * 257}, 400, "InvalidTag"), ({"x-amz-tagging": "aws:k=v"}, 400, "InvalidTag"),
        ({"x-amz-tagging": "&".join(f"{index}=x" for index in range(11))}, 400, "BadRequest"), ({"x-amz-tagging": "%zz=x"}, 400, "InvalidArgument"),
        ({"x-amz-tagging": "k" * 128 + "=" + "v" * 256}, 200, ""), ({"x-amz-tagging": "k"}, 200, ""), ({"x-amz-tagging": ""}, 200, ""),
        ({"x-amz-meta-a": "v" * 2047}, 200, ""), ({"x-amz-meta-a": "v" * 2048}, 400, "MetadataTooLarge"), ({"x-amz-meta-a": ""}, 200, ""),
        ({"if-none-match": "*"}, 412, "PreconditionFailed"), ({"if-match": '"x"'}, 412, "PreconditionFailed"),
        ({"if-none-match": '"x"'}, 501, "NotImplemented"),
        ({"x-amz-server-side-encryption": "AES256"}, 200, ""),
        ({"x-amz-checksum-crc32": "AAAAAA=="}, 400, "BadDigest"), ({"x-amz-checksum-sha1": "x"}, 400, "InvalidRequest"),
        ({"x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-crc32c": "AAAAAA=="}, 400, "InvalidRequest"),
        ({"x-amz-sdk-checksum-algorithm": "MD4"}, 400, "InvalidRequest"), ({"x-amz-sdk-checksum-algorithm": "CRC32"}, 400, "InvalidRequest"),
        ({"x-amz-sdk-checksum-algorithm": "crc32", "x-amz-checksum-crc32": CRC32}, 200, ""),
        ({"x-amz-sdk-checksum-algorithm": "SHA1", "x-amz-checksum-crc32": CRC32}, 400, "BadDigest"),
        ({"x-amz-checksum-xxhash64": "P1/BeKgYZ+c="}, 200, ""), ({"x-amz-checksum-xxhash64": "P1/BeKgYZ+g="}, 400, "BadDigest"),
        ({"x-amz-checksum-xxhash3": "beNDGwX3wR8="}, 200, ""), ({"x-amz-checksum-xxhash128": "41NmdhnsZktJZV/JaSFl+w=="}, 200, ""),
        ({"x-amz-checksum-md5": base64.b64encode(hashlib.md5(BODY).digest()).decode()}, 200, ""),
        ({"x-amz-checksum-sha512": base64.b64encode(hashlib.sha512(BODY).digest()).decode()}, 200, ""),
        ({"x-amz-checksum-sha512": base64.b64encode(hashlib.sha512(b"").digest()).decode()}, 400, "BadDigest"),
        ({"x-amz-checksum-crc7": "AA=="}, 501, "NotImplemented"), ({"x-amz-expected-bucket-owner": "1"}, 400, "InvalidBucketOwnerAWSAccountID"), ({"x-amz-expected-bucket-owner": "123456789012"}, 403, "AccessDenied")]

    def test_puts(self):
        self.http.put_object(self.bucket, "there", b"before")
        for headers, status, code in self.PUTS:
            self.expect(headers, self.ask("PUT", "there", headers=dict(headers), body=BODY), status, code)
        self.expect("a key of 1,024", self.ask("PUT", "k" * 1024, body=b"x"), 200)
        self.expect("a key of 1,025", self.ask("PUT", "k" * 1025, body=b"x"), 400, "KeyTooLongError")
        self.expect("a key of 513 times two bytes", self.ask("PUT", "é" * 513, body=b"x"), 400, "KeyTooLongError")

    # A value of metadata, as it is sent and as it is answered
    METADATA = [("plain", "plain"), ("  spaces  within ", "spaces  within"), ("=?UTF-8?B?w4RNw4Raw5XDkSBTMw==?=", "=?UTF-8?B?w4RNw4Raw5XDkSBTMw==?="),
                ("=?utf-8?q?caf=C3=A9?=", "=?UTF-8?B?Y2Fmw6k=?="), ("=?UTF-8?B?cGxhaW4=?=", "plain"), ("=?UTF-8?Q?a=07b?=", None)]

    def test_metadata_that_is_not_ascii(self):
        for sent, answered in self.METADATA:
            with self.subTest(sent):
                self.expect(sent, self.ask("PUT", "meta", headers={"x-amz-meta-a": sent}, body=b"x"), 200)
                self.ask("PUT", "meta copy", headers={"x-amz-copy-source": f"/{self.bucket}/meta"})
                for method, key in (("GET", "meta"), ("HEAD", "meta copy")):
                    headers = self.ask(method, key).headers
                    self.assertEqual((headers.get("x-amz-meta-a"), headers.get("x-amz-missing-meta")), (answered, None if answered else "1"))

    # x-amz-copy-source; more headers; status; code. Onto "to" unless the key is told.
    def test_copies(self):
        self.ask("PUT", "from", body=BODY, headers={"x-amz-meta-a": "1", "content-type": "text/x", "x-amz-tagging": "t=1"})
        source, same = f"/{self.bucket}/from", {"x-amz-copy-source": f"/{self.bucket}/from"}
        old = "x-amz-copy-source-if-"
        for name, key, headers, status, code in (
                ("plain", "to", same, 200, ""), ("without a slash", "to", {"x-amz-copy-source": source[1:]}, 200, ""),
                ("encoded", "to", {"x-amz-copy-source": source.replace("from", "%66rom")}, 200, ""),
                ("a version", "to", {"x-amz-copy-source": source + "?versionId=null"}, 200, ""),
                ("an unknown version", "to", {"x-amz-copy-source": source + "?versionId=x"}, 400, "InvalidArgument"),
                ("no key", "to", {"x-amz-copy-source": f"/{self.bucket}"}, 400, "InvalidArgument"),
                ("no key but a slash", "to", {"x-amz-copy-source": f"/{self.bucket}/"}, 400, "InvalidArgument"),
                ("half an escape", "to", {"x-amz-copy-source": source + "%"}, 400, "InvalidArgument"),
                ("an absent key", "to", {"x-amz-copy-source": source + "x"}, 404, "NoSuchKey"),
                ("an absent bucket", "to", {"x-amz-copy-source": "/eyrie-nowhere-at-all/k"}, 404, "NoSuchBucket"),
                ("onto itself", "from", same, 400, "InvalidRequest"),
                ("onto itself, COPY", "from", {**same, "x-amz-metadata-directive": "COPY"}, 400, "InvalidRequest"),
                ("onto itself, REPLACE", "from", {**same, "x-amz-metadata-directive": "REPLACE", "x-amz-meta-a": "2"}, 200, ""),
                ("onto itself, another class", "from", {**same, "x-amz-storage-class": "STANDARD_IA"}, 200, ""),
                ("onto itself, encrypted", "from", {**same, "x-amz-server-side-encryption": "AES256"}, 200, ""),
                ("an unknown directive", "to", {**same, "x-amz-metadata-directive": "MERGE"}, 400, "InvalidArgument"),
                ("an unknown tagging directive", "to", {**same, "x-amz-tagging-directive": "MERGE"}, 400, "InvalidArgument"),
                ("if it matches", "to", {**same, old + "match": ETAG}, 200, ""), ("if it matches another", "to", {**same, old + "match": "x"}, 412, "PreconditionFailed"),
                ("if it matches none", "to", {**same, old + "none-match": "x"}, 200, ""), ("if it does not match", "to", {**same, old + "none-match": ETAG}, 412, "PreconditionFailed"),
                ("if modified", "to", {**same, old + "modified-since": PAST}, 200, ""), ("if modified since the future", "to", {**same, old + "modified-since": FUTURE}, 200, ""),
                ("if unmodified", "to", {**same, old + "unmodified-since": FUTURE}, 200, ""), ("if unmodified since the past", "to", {**same, old + "unmodified-since": PAST}, 412, "PreconditionFailed"),
                ("match wins over unmodified", "to", {**same, old + "match": ETAG, old + "unmodified-since": PAST}, 200, ""),
                ("none-match wins over modified", "to", {**same, old + "none-match": ETAG, old + "modified-since": PAST}, 412, "PreconditionFailed"),
                ("another owner's source", "to", {**same, "x-amz-source-expected-bucket-owner": "123456789012"}, 403, "AccessDenied"),
                ("nobody's source", "to", {**same, "x-amz-source-expected-bucket-owner": "1"}, 400, "InvalidBucketOwnerAWSAccountID")):
            self.expect(name, self.ask("PUT", key, headers=dict(headers)), status, code)
        head = self.ask("HEAD", "to").headers
        self.assertEqual((head["x-amz-meta-a"], head["content-type"], head["x-amz-tagging-count"]), ("2", "binary/octet-stream", "1"))

    # body of POST ?delete; status; code or the keys that are told deleted
    def test_multi_delete(self):
        thousand = b"".join(b"<Object><Key>%d</Key></Object>" % index for index in range(1000))
        for name, body, status, expected in (
                ("one", b"<Delete><Object><Key>a</Key></Object></Delete>", 200, ["a"]),
                ("with its namespace", b'<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a</Key></Object></Delete>', 200, ["a"]),
                ("the same twice", b"<Delete><Object><Key>a</Key></Object><Object><Key>a</Key></Object></Delete>", 200, ["a", "a"]),
                ("quiet", b"<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>", 200, []),
                ("with a version", b"<Delete><Object><Key>a</Key><VersionId>null</VersionId></Object></Delete>", 200, ["a"]),
                ("of a version that is none", b"<Delete><Object><Key>a</Key><VersionId>x</VersionId></Object><Object><Key>b</Key></Object></Delete>", 200, ["b"]),
                ("with a key that is too long", b"<Delete><Object><Key>" + b"k" * 1025 + b"</Key></Object><Object><Key>b</Key></Object></Delete>", 200, ["b"]),
                ("with attributes", b"<Delete><Object a='b'><Key>a</Key></Object></Delete>", 400, "MalformedXML"),
                ("of another namespace", b"<Delete xmlns='urn:x'><Object><Key>a</Key></Object></Delete>", 400, "MalformedXML"),
                ("with text between", b"<Delete>and<Object><Key>a</Key></Object></Delete>", 400, "MalformedXML"),
                ("two roots", b"<Delete><Object><Key>a</Key></Object></Delete><Delete/>", 400, "MalformedXML"),
                ("with signs", b"<Delete><Object><Key>a&amp;&lt;b&gt; c</Key></Object></Delete>", 200, ["a&amp;&lt;b&gt; c"]),
                ("with spaces around", b"<Delete><Object><Key> a </Key></Object></Delete>", 200, [" a "]),
                ("a thousand", b"<Delete><Quiet>true</Quiet>" + thousand + b"</Delete>", 200, []),
                ("1,001", b"<Delete>" + thousand + b"<Object><Key>x</Key></Object></Delete>", 400, "MalformedXML"),
                ("none", b"<Delete></Delete>", 400, "MalformedXML"), ("no XML", b"a", 400, "MalformedXML"), ("nothing", b"", 400, "MalformedXML"),
                ("no key", b"<Delete><Object/></Delete>", 400, "MalformedXML"), ("an empty key", b"<Delete><Object><Key/></Object></Delete>", 400, "MalformedXML"),
                ("another root", b"<Remove><Object><Key>a</Key></Object></Remove>", 400, "MalformedXML"),
                ("cut short", b"<Delete><Object><Key>a</Key>", 400, "MalformedXML")):
            answer = self.ask("POST", query=[("delete", "")], body=body)
            with self.subTest(name):
                if status == 200:
                    told = [part.decode() for part in re.findall(b"<Deleted><Key>([^<]*)</Key>", answer.body)]
                    self.assertEqual((answer.status, told), (200, expected), answer.body[:300])
                else:
                    self.assertEqual((answer.status, code_of(answer)), (status, expected), answer.body[:300])

    def test_digests_that_are_demanded(self):
        """Where a mistake on the way would do harm, S3 takes a document only with a digest of it."""
        rule = b"<Rule><ID>r</ID><Status>Enabled</Status><Filter/><Expiration><Days>1</Days></Expiration></Rule>"
        for method, query, body, status in (
                ("POST", "delete", b"<Delete><Object><Key>a</Key></Object></Delete>", 200),
                ("PUT", "cors", b"<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>", 200),
                ("PUT", "lifecycle", b"<LifecycleConfiguration>" + rule + b"</LifecycleConfiguration>", 200),
                ("PUT", "tagging", b"<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>", 204)):
            answer = self.expect(f"{query} without", self.ask(method, query=[(query, "")], body=body, digest=False), 400, "InvalidRequest")
            self.assertIn(b"Missing required header for this request: Content-MD5 OR x-amz-checksum-*", answer.body)
            md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
            crc = base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
            for headers, told, code in (({"content-md5": md5}, status, ""), ({"x-amz-checksum-crc32": crc}, status, ""), ({"content-md5": "x"}, 400, "InvalidDigest"),
                                        ({"content-md5": base64.b64encode(bytes(16)).decode()}, 400, "BadDigest"), ({"x-amz-checksum-crc32": "AAAAAA=="}, 400, "BadDigest"),
                                        ({"x-amz-sdk-checksum-algorithm": "CRC32"}, 400, "InvalidRequest")):
                self.expect(f"{query} with {headers}", self.ask(method, query=[(query, "")], body=body, headers=headers, digest=False), told, code)
            if method == "PUT":
                self.ask("DELETE", query=[(query, "")])

    def test_conditional_deletes(self):
        other = '"' + "0" * 32 + '"'
        for match, status, code in ((other, 412, "PreconditionFailed"), ("x", 412, "PreconditionFailed"), (ETAG, 204, ""), (ETAG.strip('"'), 204, ""),
                                    ("*", 204, ""), (f"{other}, {ETAG}", 204, "")):
            self.ask("PUT", "guarded", body=BODY)
            self.expect(match, self.ask("DELETE", "guarded", headers={"if-match": match}), status, code)
            self.assertEqual(self.ask("HEAD", "guarded").status, 404 if status == 204 else 200)
        self.ask("DELETE", "guarded")
        self.expect("of nothing", self.ask("DELETE", "guarded", headers={"if-match": "*"}), 404, "NoSuchKey")
        self.ask("PUT", "one", body=BODY)
        self.ask("PUT", "two", body=BODY)
        answer = self.ask("POST", query=[("delete", "")], body=(
            f"<Delete><Object><Key>one</Key><ETag>{ETAG}</ETag></Object><Object><Key>two</Key><ETag>{other}</ETag></Object></Delete>").encode())
        self.assertIn(b"<Deleted><Key>one</Key></Deleted>", answer.body)
        self.assertIn(b"<Error><Key>two</Key><Code>PreconditionFailed</Code>", answer.body)
        self.expect("if-match of any, to write", self.ask("PUT", "two", headers={"if-match": "*"}, body=b"y"), 200)
        self.expect("if-match of any, where nothing is", self.ask("PUT", "none", headers={"if-match": "*"}, body=b"y"), 404, "NoSuchKey")

    # body of PUT ?tagging
    def test_tagging(self):
        self.ask("PUT", "tagged", body=b"x")

        def tags(*pairs):
            inner = "".join(f"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>" for key, value in pairs)
            return f"<Tagging><TagSet>{inner}</TagSet></Tagging>".encode()

        for name, body, status, code in (
                ("none", tags(), 200, ""), ("ten", tags(*((index, "v") for index in range(10))), 200, ""),
                ("eleven", tags(*((index, "v") for index in range(11))), 400, "BadRequest"), ("an empty value", tags(("k", "")), 200, ""),
                ("an empty key", tags(("", "v")), 400, "InvalidTag"), ("the same key twice", tags(("k", "1"), ("k", "2")), 400, "InvalidTag"),
                ("a key of 128", tags(("k" * 128, "v")), 200, ""), ("a key of 129", tags(("k" * 129, "v")), 400, "InvalidTag"),
                ("a value of 256", tags(("k", "v" * 256)), 200, ""), ("a value of 257", tags(("k", "v" * 257)), 400, "InvalidTag"),
                ("a key of 128 letters of two bytes", tags(("é" * 128, "v")), 200, ""), ("AWS's own", tags(("aws:k", "v")), 400, "InvalidTag"),
                ("a star in a key", tags(("a*", "v")), 400, "InvalidTag"), ("an exclamation mark", tags(("k", "!")), 400, "InvalidTag"),
                ("what tags may have", tags(("a +-=._:/@", "é日٣")), 200, ""),
                ("no tag set", b"<Tagging/>", 400, "MalformedXML"), ("no XML", b"x", 400, "MalformedXML")):
            self.expect(name, self.ask("PUT", "tagged", query=[("tagging", "")], body=body), status, code)
        self.expect("of nothing", self.ask("GET", "absent", query=[("tagging", "")]), 404, "NoSuchKey")
        self.assertEqual(self.ask("DELETE", "tagged", query=[("tagging", "")]).status, 204)
        self.assertNotIn(b"<Tag>", self.ask("GET", "tagged", query=[("tagging", "")]).body)


class BucketEdgesTest(EdgeCase):
    GOOD = ["abc", "a-b", "a.b", "123", "1.2.3", "a" * 63, "0a0", "a--b", "my.bucket-name.1", "mrap", "a-mrap", "x-s3"]
    BAD = ["ab", "a", "a" * 64, "Abc", "a_b", "-abc", "abc-", ".abc", "abc.", "a..b", "a.-b", "a-.b", "192.168.5.123", "xn--abc", "sthree-abc",
           "amzn-s3-demo-bucket", "abc-s3alias", "abc--ol-s3", "abc.mrap", "abc--x-s3", "abc--use1-az4--x-s3", "abc--table-s3", "a b", "a*b",
           "é" * 4, "a%b"]

    def test_names(self):
        for name in self.GOOD:
            with self.subTest(name):
                answer = self.http.request("s3", "PUT", f"/{name}")
                self.assertEqual(answer.status, 200, answer.body)
                self.assertEqual(self.http.request("s3", "DELETE", f"/{name}").status, 204)
        for name in self.BAD:
            self.expect(name, self.http.request("s3", "PUT", "/" + urllib.parse.quote(name, safe="-_.~")), 400, "InvalidBucketName")

    def test_regions(self):
        def body(region):
            return f"<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>".encode()

        name = f"/{self.bucket[:50]}-r"
        self.expect("another", self.http.request("s3", "PUT", name, body=body("eu-west-1")), 400, "InvalidLocationConstraint")
        self.expect("no XML", self.http.request("s3", "PUT", name, body=b"x"), 400, "MalformedXML")

    # Headers of CreateBucket; status; code; the ownership it then has
    CREATED = [
        ({}, 200, "", "BucketOwnerEnforced"), ({"x-amz-acl": "private"}, 200, "", "BucketOwnerEnforced"),
        ({"x-amz-object-ownership": "BucketOwnerEnforced"}, 200, "", "BucketOwnerEnforced"),
        ({"x-amz-object-ownership": "BucketOwnerPreferred", "x-amz-acl": "private"}, 200, "", "BucketOwnerPreferred"),
        ({"x-amz-object-ownership": "ObjectWriter"}, 200, "", "ObjectWriter"),
        ({"x-amz-object-ownership": "Me"}, 400, "InvalidArgument", ""), ({"x-amz-acl": "public"}, 400, "InvalidArgument", ""),
        ({"x-amz-acl": "public-read"}, 400, "InvalidBucketAclWithObjectOwnership", ""),
        ({"x-amz-grant-read": 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'}, 400, "InvalidBucketAclWithObjectOwnership", ""),
        ({"x-amz-object-ownership": "ObjectWriter", "x-amz-acl": "public-read"}, 400, "InvalidBucketAclWithBlockPublicAccessError", ""),
        ({"x-amz-object-ownership": "ObjectWriter", "x-amz-grant-read": 'id="123456789012"'}, 501, "NotImplemented", ""),
        ({"x-amz-acl": "private", "x-amz-grant-read": 'id="1"'}, 400, "InvalidRequest", ""),
        ({"x-amz-bucket-object-lock-enabled": "true"}, 501, "NotImplemented", ""), ({"x-amz-bucket-object-lock-enabled": "false"}, 200, "", "BucketOwnerEnforced"),
        ({"x-amz-bucket-namespace": "account-regional"}, 501, "NotImplemented", "")]

    def test_what_a_bucket_is_created_with(self):
        name = f"/{self.bucket[:50]}-c"
        for headers, status, code, ownership in self.CREATED:
            self.expect(headers, self.http.request("s3", "PUT", name, headers=dict(headers)), status, code)
            told = self.http.request("s3", "GET", name, query=[("ownershipControls", "")])
            self.assertEqual((told.status, elements(told.body, "ObjectOwnership")), (200, [ownership]) if ownership else (404, []), headers)
            self.http.request("s3", "DELETE", name)
        tags = b"<Tags><Tag><Key>a</Key><Value>1 + 2</Value></Tag></Tags>"
        self.expect("with tags", self.http.request("s3", "PUT", name, body=b"<CreateBucketConfiguration>" + tags + b"</CreateBucketConfiguration>"), 200)
        self.assertIn(b"<Key>a</Key><Value>1 + 2</Value>", self.http.request("s3", "GET", name, query=[("tagging", "")]).body)
        self.http.request("s3", "DELETE", name)
        self.expect("a directory bucket", self.http.request("s3", "PUT", name, body=b"<CreateBucketConfiguration><Bucket><Type>Directory</Type></Bucket>"
                                                                                   b"</CreateBucketConfiguration>"), 501, "NotImplemented")

    def test_where_acls_are_disabled_and_where_not(self):
        """PUT ?acl of the bucket and of an object, PutObject, CopyObject and CreateMultipartUpload: the same answers."""
        name = f"/{self.bucket[:50]}-o"
        self.http.request("s3", "PUT", name)
        self.addCleanup(self.http.request, "s3", "DELETE", name)
        self.http.request("s3", "PUT", name + "/k", body=BODY)
        self.addCleanup(self.http.request, "s3", "DELETE", name + "/k")
        asks = {"bucket": ("PUT", name, [("acl", "")], {}), "object": ("PUT", name + "/k", [("acl", "")], {}), "put": ("PUT", name + "/k", [], {}),
                "copy": ("PUT", name + "/k", [], {"x-amz-copy-source": f"/{self.bucket}/k"}), "upload": ("POST", name + "/k", [("uploads", "")], {})}
        self.ask("PUT", "k", body=BODY)

        def each(headers, status, code, unless=()):
            for kind, (method, path, query, more) in asks.items():
                if kind not in unless:
                    self.expect(f"{kind} {headers}", self.http.request("s3", method, path, query=query, headers={**headers, **more}), status, code)

        each({"x-amz-acl": "private"}, 200, "")
        each({"x-amz-acl": "public-read"}, 400, "AccessControlListNotSupported")
        each({"x-amz-acl": "bogus"}, 400, "InvalidArgument")
        each({"x-amz-grant-full-control": 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'}, 400, "AccessControlListNotSupported")
        controls = b"<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>"
        self.expect("ownership", self.http.request("s3", "PUT", name, query=[("ownershipControls", "")], body=controls), 200)
        each({"x-amz-acl": "private"}, 200, "")
        each({"x-amz-acl": "bucket-owner-full-control"}, 200, "")
        each({"x-amz-acl": "public-read"}, 403, "AccessDenied")
        each({"x-amz-acl": "bogus"}, 400, "InvalidArgument")
        each({"x-amz-grant-read": 'id="123456789012"'}, 501, "NotImplemented")
        self.expect("the block gone", self.http.request("s3", "DELETE", name, query=[("publicAccessBlock", "")]), 204)
        each({"x-amz-acl": "public-read"}, 501, "NotImplemented")
        self.assertEqual(self.http.request("s3", "GET", name + "/k", query=[("acl", "")]).body.count(b"<Grant>"), 1)
        self.expect("neither list nor document", self.http.request("s3", "PUT", name, query=[("acl", "")]), 400, "MissingSecurityHeader")
        self.expect("both", self.http.request("s3", "PUT", name, query=[("acl", "")], headers={"x-amz-acl": "private"}, body=b"<a/>"), 400, "UnexpectedContent")

    def test_absent_buckets(self):
        for method, query in (("GET", []), ("GET", [("list-type", "2")]), ("GET", [("location", "")]), ("GET", [("versioning", "")]), ("GET", [("uploads", "")]),
                              ("GET", [("lifecycle", "")]), ("GET", [("cors", "")]), ("GET", [("tagging", "")]), ("GET", [("acl", "")]), ("GET", [("encryption", "")]),
                              ("GET", [("notification", "")]), ("GET", [("versions", "")]), ("DELETE", []), ("DELETE", [("lifecycle", "")])):
            self.expect(f"{method} {query}", self.http.request("s3", method, "/eyrie-nowhere-at-all", query=query), 404, "NoSuchBucket")
        self.assertEqual(self.http.request("s3", "HEAD", "/eyrie-nowhere-at-all").status, 404)

    def test_elements_that_are_misspelt(self):
        rule = b"<Rule><ID>r</ID><Status>Enabled</Status>%s<Expiration><Days>1</Days></Expiration></Rule>"
        blocks = b"<PublicAccessBlockConfiguration><BlockPublicPolcy>true</BlockPublicPolcy></PublicAccessBlockConfiguration>"
        target = b"<Event>s3:ObjectCreated:*</Event><CloudFunction>arn:aws:lambda:us-east-1:000000000000:function:analyze-image</CloudFunction>"
        for query, body in (("lifecycle", b"<LifecycleConfiguration>" + rule % b"<Filter><Prefx>logs/</Prefx></Filter>" + b"</LifecycleConfiguration>"),
                            ("lifecycle", b"<LifecycleConfiguration>" + rule % b"<Filter/><Expire/>" + b"</LifecycleConfiguration>"),
                            ("publicAccessBlock", blocks),
                            ("notification", b"<NotificationConfiguration><CloudFunctionConfiguration>" + target + b"<Filtr/></CloudFunctionConfiguration></NotificationConfiguration>"),
                            ("cors", b"<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin><AllowedHeders>*</AllowedHeders></CORSRule></CORSConfiguration>")):
            self.expect(f"{query}: {body}", self.ask("PUT", query=[(query, "")], body=body), 400, "MalformedXML")
        for condition in (b"<Size>9</Size>", b"<LastModifiedTime>2019-01-01T00:00:00Z</LastModifiedTime>"):
            body = b"<Delete><Object><Key>a</Key>" + condition + b"</Object></Delete>"
            self.expect(f"deletes on condition: {condition}", self.ask("POST", query=[("delete", "")], body=body), 501, "NotImplemented")

    def test_what_is_not_there(self):
        for name, root in (("accelerate", "AccelerateConfiguration"), ("logging", "BucketLoggingStatus"), ("requestPayment", "RequestPaymentConfiguration"),
                           ("abac", "AbacStatus"), ("analytics", "ListBucketAnalyticsConfigurationResult"), ("inventory", "ListInventoryConfigurationsResult"),
                           ("metrics", "ListMetricsConfigurationsResult"), ("intelligent-tiering", "ListBucketIntelligentTieringConfigurationsOutput")):
            self.assertIn(f"<{root} ".encode(), self.expect(name, self.ask("GET", query=[(name, "")]), 200).body)
        for name in ("analytics", "inventory", "metrics", "intelligent-tiering"):
            self.expect(f"{name} of an id", self.ask("GET", query=[(name, ""), ("id", "a")]), 404, "NoSuchConfiguration")
        for name, code in (("replication", "ReplicationConfigurationNotFoundError"), ("website", "NoSuchWebsiteConfiguration"),
                           ("object-lock", "ObjectLockConfigurationNotFoundError"), ("policyStatus", "NoSuchBucketPolicy")):
            self.expect(name, self.ask("GET", query=[(name, "")]), 404, code)
            self.expect(f"{name} of no bucket", self.http.request("s3", "GET", "/eyrie-nowhere-at-all", query=[(name, "")]), 404, "NoSuchBucket")
        for name in ("replication", "website"):
            self.expect(f"deleting {name}", self.ask("DELETE", query=[(name, "")]), 204)
        self.ask("PUT", "unlocked", body=b"x")
        for name in ("retention", "legal-hold"):
            self.expect(name, self.ask("GET", "unlocked", query=[(name, "")]), 400, "InvalidRequest")
            self.expect(f"{name} of nothing", self.ask("GET", "absent", query=[(name, "")]), 404, "NoSuchKey")
        for name in ("accelerate", "analytics", "inventory", "logging", "metrics", "replication", "requestPayment", "website", "object-lock"):
            self.expect(f"setting {name}", self.ask("PUT", query=[(name, "")], body=b"<a/>"), 501, "NotImplemented")
        self.expect("versioning", self.ask("PUT", query=[("versioning", "")], body=b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"), 501, "NotImplemented")
        self.expect("versioning of nonsense", self.ask("PUT", query=[("versioning", "")], body=b"<VersioningConfiguration><Status>On</Status></VersioningConfiguration>"), 400, "MalformedXML")
        self.expect("another method", self.ask("PATCH", "k"), 405, "MethodNotAllowed")

    def test_pages_of_buckets(self):
        names = [f"{self.bucket[:50]}-{index}" for index in range(3)]
        for name in names:
            self.http.request("s3", "PUT", f"/{name}")
            self.addCleanup(self.http.request, "s3", "DELETE", f"/{name}")
        found, token = [], ""
        for _ in range(5):
            query = [("prefix", names[0][:-1]), ("max-buckets", "2")] + ([("continuation-token", token)] if token else [])
            answer = self.http.request("s3", "GET", "/", query=query)
            self.assertLessEqual(len(elements(answer.body, "Name")), 2)
            found += elements(answer.body, "Name")
            token = (elements(answer.body, "ContinuationToken") or [""])[0]
            if not token:
                break
        self.assertEqual(found, names)
        for region, there in (("us-east-1", names), ("eu-west-1", []), ("us-gov-west-1", [])):
            answer = self.expect(region, self.http.request("s3", "GET", "/", query=[("prefix", names[0][:-1]), ("bucket-region", region)]), 200)
            self.assertEqual(elements(answer.body, "Name"), there)
        answer = self.expect("no region", self.http.request("s3", "GET", "/", query=[("bucket-region", "abc")]), 400, "InvalidArgument")
        self.assertIn(b"<Message>Argument value abc is not a valid AWS Region</Message><ArgumentName>bucket-region</ArgumentName>", answer.body)
        for value in ("0", "-1", "x", "10001"):
            self.expect(value, self.http.request("s3", "GET", "/", query=[("max-buckets", value)]), 400, "InvalidArgument")


if __name__ == "__main__":
    unittest.main()
