#!/usr/bin/python3
"""The corners of S3's multipart uploads, as tables of raw requests (s3_edges_test.py has the other corners)."""

import base64
import hashlib
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.edges import EdgeCase, elements  # noqa: E402

MIB = 1 << 20


class MultipartEdgesTest(EdgeCase):
    def begin(self, key, headers=None):
        return elements(self.ask("POST", key, query=[("uploads", "")], headers=headers).body, "UploadId")[0]

    def part(self, key, upload, number, body=b"x", **more):
        return self.ask("PUT", key, query=[("partNumber", str(number)), ("uploadId", upload)], body=body, **more)

    def test_checksums_of_parts(self):
        """Where the parts' checksums make the object's they are asked for, of each part and again when all are told."""
        sums = [base64.b64encode(hashlib.sha256(body).digest()).decode() for body in (b"x", b"y")]
        upload = self.begin("summed", {"x-amz-checksum-algorithm": "SHA256"})
        answer = self.expect("none", self.part("summed", upload, 1), 400, "InvalidRequest")
        self.assertIn(b"expected checksum Type: sha256, actual checksum Type: null", answer.body)
        self.expect("another", self.part("summed", upload, 1, headers={"x-amz-checksum-crc32": "jNxrgA=="}), 400, "InvalidRequest")
        etag = self.part("summed", upload, 1, headers={"x-amz-checksum-sha256": sums[0]}).headers["etag"]
        answer = self.expect("told of no part", self.complete("summed", upload, [(1, etag)]), 400, "InvalidRequest")
        self.assertIn(b"The upload was created using a sha256 checksum. The complete request must include the checksum for each part. "
                      b"It was missing for part 1 in the request.", answer.body)
        for total, status, code in ((sums[1], 400, "InvalidPart"), (sums[0], 200, "")):
            body = f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag><ChecksumSHA256>{total}</ChecksumSHA256></Part></CompleteMultipartUpload>"
            self.expect(total, self.ask("POST", "summed", query=[("uploadId", upload)], body=body.encode()), status, code)
        # Of the whole, or where no algorithm was told, they are not.
        for headers in ({}, {"x-amz-checksum-algorithm": "CRC64NVME"}, {"x-amz-checksum-algorithm": "CRC32", "x-amz-checksum-type": "FULL_OBJECT"}):
            upload = self.begin("whole", headers)
            etag = self.part("whole", upload, 1).headers["etag"]
            self.expect(headers, self.complete("whole", upload, [(1, etag)]), 200)

    def complete(self, key, upload, parts):
        inner = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in parts)
        return self.ask("POST", key, query=[("uploadId", upload)], body=f"<CompleteMultipartUpload>{inner}</CompleteMultipartUpload>".encode())

    def test_part_numbers(self):
        upload = self.begin("numbers")
        for number, status, code in ((1, 200, ""), (10000, 200, ""), (0, 400, "InvalidArgument"), (10001, 400, "InvalidArgument"), (-1, 400, "InvalidArgument"),
                                     ("x", 400, "InvalidArgument"), ("1.5", 400, "InvalidArgument"), ("", 400, "InvalidArgument")):
            self.expect(number, self.part("numbers", upload, number), status, code)
        self.expect("another key's upload", self.part("other", upload, 1), 404, "NoSuchUpload")
        self.expect("a part of no upload", self.ask("PUT", "numbers", query=[("partNumber", "1")], body=b"x"), 400, "InvalidArgument")
        self.expect("an upload without a part", self.ask("PUT", "numbers", query=[("uploadId", upload)], body=b"x"), 405, "MethodNotAllowed")
        self.expect("no upload", self.part("numbers", "nonsense", 1), 404, "NoSuchUpload")

    def test_completing(self):
        upload = self.begin("done")
        first = self.part("done", upload, 1, b"a" * (5 * MIB)).headers["etag"]
        last = self.part("done", upload, 2, b"b").headers["etag"]
        for name, parts, code in (("no parts", [], "MalformedXML"), ("an absent part", [(3, last)], "InvalidPart"), ("another ETag", [(1, last)], "InvalidPart"),
                                  ("in another order", [(2, last), (1, first)], "InvalidPartOrder"), ("one twice", [(1, first), (1, first)], "InvalidPartOrder"),
                                  ("part 0", [(0, first)], "InvalidArgument"), ("part -1", [(-1, first)], "MalformedXML"), ("no ETag", [(1, "")], "MalformedXML")):
            self.expect(name, self.complete("done", upload, parts), 400, code)
        self.expect("no XML", self.ask("POST", "done", query=[("uploadId", upload)], body=b"x"), 400, "MalformedXML")
        self.expect("a quoted ETag", self.complete("done", upload, [(1, first.replace('"', "&quot;")), (2, last.strip('"'))]), 200)
        self.assertEqual(self.ask("HEAD", "done").headers["content-length"], str(5 * MIB + 1))
        self.assertEqual(self.ask("GET", "done", query=[("partNumber", "2")]).body, b"b")
        again = self.expect("again", self.complete("done", upload, [(1, first), (2, last)]), 200)
        self.assertEqual(elements(again.body, "ETag"), [self.ask("HEAD", "done").headers["etag"].replace('"', "&quot;")])
        self.expect("again with other parts", self.complete("done", upload, [(1, first)]), 404, "NoSuchUpload")
        self.expect("aborting what is done", self.ask("DELETE", "done", query=[("uploadId", upload)]), 404, "NoSuchUpload")

    def test_parts_that_are_too_small(self):
        upload = self.begin("small")
        etags = [self.part("small", upload, number, b"x" * (5 * MIB - 1)).headers["etag"] for number in (1, 2)]
        self.expect("5 MiB less one", self.complete("small", upload, list(enumerate(etags, 1))), 400, "EntityTooSmall")
        self.expect("the last may be", self.complete("small", upload, [(2, etags[1])]), 200)

    def test_parts_out_of_order_and_again(self):
        upload = self.begin("mixed")
        self.part("mixed", upload, 7, b"wrong")
        last = self.part("mixed", upload, 9, b"end").headers["etag"]
        first = self.part("mixed", upload, 7, b"c" * (5 * MIB)).headers["etag"]
        self.part("mixed", upload, 8, b"left out")
        self.expect("with gaps", self.complete("mixed", upload, [(7, first), (9, last)]), 200)
        self.assertTrue(self.ask("GET", "mixed").body == b"c" * (5 * MIB) + b"end")

    def test_listing_parts(self):
        upload = self.begin("parts")
        for number in (1, 2, 5, 11, 100):
            self.part("parts", upload, number, b"x" * number)
        for query, numbers, truncated in (({}, [1, 2, 5, 11, 100], False), ({"max-parts": "2"}, [1, 2], True), ({"max-parts": "5"}, [1, 2, 5, 11, 100], False),
                                          ({"part-number-marker": "2"}, [5, 11, 100], False), ({"part-number-marker": "3", "max-parts": "1"}, [5], True),
                                          ({"part-number-marker": "100"}, [], False), ({"max-parts": "5000"}, [1, 2, 5, 11, 100], False)):
            with self.subTest(**query):
                answer = self.ask("GET", "parts", query=[("uploadId", upload), *query.items()])
                self.assertEqual([int(text) for text in elements(answer.body, "PartNumber")], numbers)
                self.assertEqual(elements(answer.body, "IsTruncated"), [str(truncated).lower()])
                self.assertEqual(elements(answer.body, "PartNumberMarker"), [query.get("part-number-marker", "0")])
                self.assertEqual(elements(answer.body, "NextPartNumberMarker"), [str(numbers[-1] if numbers else 0)])
                self.assertIn(b"<Initiator>", answer.body)
        for name in ("max-parts", "part-number-marker"):
            for value in ("x", "-1"):
                self.expect(f"{name} {value}", self.ask("GET", "parts", query=[("uploadId", upload), (name, value)]), 400, "InvalidArgument")

    def test_listing_uploads(self):
        keys = ["a", "b/1", "b/2", "c d", "e"]
        uploads = {key: [self.begin("list/" + key) for _ in range(2 if key == "a" else 1)] for key in reversed(keys)}
        self.begin("elsewhere")

        def listed(**query):
            asked = [(name.replace("_", "-"), value) for name, value in query.items()]
            answer = self.ask("GET", query=[("uploads", ""), ("prefix", "list/"), ("encoding-type", "url"), *asked])
            self.assertEqual(answer.status, 200, answer.body)
            prefixes = [part for block in re.findall(rb"<CommonPrefixes>.*?</CommonPrefixes>", answer.body) for part in elements(block, "Prefix")]
            return [key.removeprefix("list/") for key in elements(answer.body, "Key")], prefixes, answer.body

        every = ["a", "a", "b/1", "b/2", "c d", "e"]
        self.assertEqual(listed()[0], every)
        self.assertEqual(elements(listed()[2], "UploadId")[:2], uploads["a"], "the older first")
        self.assertEqual(listed(delimiter="/")[:2], (["a", "a", "c d", "e"], ["list/b/"]))
        self.assertEqual(listed(key_marker="list/b/1")[0], ["b/2", "c d", "e"])
        self.assertEqual(listed(key_marker="list/a", upload_id_marker=uploads["a"][0])[0], every[1:])
        self.assertEqual(listed(max_uploads="0")[0], [])
        for size in (1, 2, 4):
            for delimiter in ("", "/"):
                with self.subTest(size=size, delimiter=delimiter):
                    keys_found, prefixes_found, more = [], [], {}
                    for _ in range(10):
                        got, prefixes, body = listed(max_uploads=str(size), delimiter=delimiter, **more)
                        keys_found += got
                        prefixes_found += prefixes
                        if elements(body, "IsTruncated") == ["false"]:
                            break
                        more = {"key_marker": elements(body, "NextKeyMarker")[0], "upload_id_marker": elements(body, "NextUploadIdMarker")[0]}
                    self.assertEqual((keys_found, prefixes_found), listed(delimiter=delimiter)[:2])
        self.expect("max-uploads x", self.ask("GET", query=[("uploads", ""), ("max-uploads", "x")]), 400, "InvalidArgument")
        for key in uploads:
            for upload in uploads[key]:
                self.ask("DELETE", "list/" + key, query=[("uploadId", upload)])

    def test_copied_parts(self):
        self.ask("PUT", "source", body=b"0123456789")
        upload = self.begin("copied")
        for text, status, code in (("bytes=0-9", 200, ""), ("bytes=3-3", 200, ""), ("bytes=0-10", 416, "InvalidRange"), ("0-2", 400, "InvalidArgument"),
                                   ("bytes=0", 400, "InvalidArgument"), ("bytes=hello-world", 400, "InvalidArgument"), ("bytes=0-bar", 400, "InvalidArgument"),
                                   ("bytes=hello-", 400, "InvalidArgument"), ("bytes=0-2,3-5", 400, "InvalidArgument"), ("bytes=5-2", 400, "InvalidArgument"),
                                   ("bytes=-3", 400, "InvalidArgument")):
            answer = self.ask("PUT", "copied", query=[("partNumber", "1"), ("uploadId", upload)],
                              headers={"x-amz-copy-source": f"/{self.bucket}/source", "x-amz-copy-source-range": text})
            self.expect(text, answer, status, code)
        self.expect("an absent source", self.ask("PUT", "copied", query=[("partNumber", "1"), ("uploadId", upload)],
                                                 headers={"x-amz-copy-source": f"/{self.bucket}/absent"}), 404, "NoSuchKey")


if __name__ == "__main__":
    unittest.main()
