#!/usr/bin/python3
"""Forged, replayed, expired, truncated, re-ordered and mis-encoded requests: none is accepted, each is answered with AWS's code.

That the same requests unforged are accepted (CONTROLS) shows that it is the forgery that is refused.
"""

import pathlib
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parent)]
from forged import chunks, forms, headers, presigned, version2  # noqa: E402
from support.case import SMALL_MODELS, ServerCase, figure  # noqa: E402
from support.forging import Site  # noqa: E402

SECRET = b"what nobody may read"
LEAST_FORGERIES = 200
BUCKET = "forgeries"


class ForgedRequestsTest(ServerCase):
    config = SMALL_MODELS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = Site(cls.server.address, *cls.server.key(), BUCKET)
        assert cls.raw.request("s3", "PUT", f"/{BUCKET}").status == 200
        assert cls.raw.put_object(BUCKET, "secret.txt", SECRET).status == 200
        assert cls.raw.put_object(BUCKET, "a b/secret.txt", SECRET).status == 200

    def keys(self):
        answer = self.raw.request("s3", "GET", f"/{BUCKET}", query=[("list-type", "2")])
        return set(part.split(b"</Key>")[0].decode() for part in answer.body.split(b"<Key>")[1:])

    def forgeries(self, module):
        """Sends them all, some at a time, and checks each answer."""
        before = self.keys()
        cases = list(module.cases())
        with ThreadPoolExecutor(8) as pool:
            sent = list(pool.map(lambda case: self.send(case[2]), cases))
        for (name, code, _), (_, answer) in zip(cases, sent):
            codes = (code,) if isinstance(code, str) else code
            with self.subTest(name):
                if answer.status == 0 and "" in codes:
                    continue  # the connection was ended
                self.assertGreaterEqual(answer.status, 400, f"{answer.body[:300]}")
                self.assertNotIn(SECRET, answer.body)
                self.assertIn(answer.code, codes, f"{answer.status} {answer.body[:400]}")
                self.assertEqual(answer.content_type, "application/xml")
                self.assertIn(b"<RequestId>", answer.body)
        self.assertEqual(self.keys(), before, "a forged request changed the bucket")
        self.assertEqual(self.raw.get_object(BUCKET, "secret.txt").body, SECRET)
        different = len({wire for wire, _ in sent})
        self.assertEqual(different, len(cases), "two cases are the same request")
        return different

    def send(self, build):
        request = build(self.site)
        return request.wire(), request.send()

    def test_controls(self):
        for module in (headers, presigned, chunks, forms, version2):
            for name, build in module.CONTROLS:
                with self.subTest(name):
                    answer = self.send(build)[1]
                    self.assertIn(answer.status, (200, 204), f"{answer.body[:400]}")
        self.raw.request("s3", "POST", f"/{BUCKET}", query=[("delete", "")], body=b"<Delete>" + b"".join(
            b"<Object><Key>" + key.encode() + b"</Key></Object>" for key in self.keys() if key.startswith("forged/")) + b"</Delete>")

    def test_header_authentication(self):
        self.forgeries(headers)

    def test_presigned_urls(self):
        self.forgeries(presigned)

    def test_chunked_bodies(self):
        self.forgeries(chunks)

    def test_forms(self):
        self.forgeries(forms)

    def test_version_2(self):
        self.forgeries(version2)

    def test_bodies_of_other_services_are_signed(self):
        """Payloads that are not hashed are S3's alone."""
        form = {"content-type": "application/x-www-form-urlencoded"}
        signed, sent = b"Action=ListUsers&Version=2010-05-08", b"Action=CreateUser&Version=2010-05-08&UserName=tampered"
        for told in ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"):
            for body in (signed, sent):
                answer = self.raw.request("iam", "POST", "/", headers={**form, "x-amz-content-sha256": told}, body=body, payload_hash=told)
                self.assertEqual(answer.status, 403, answer.body)
                self.assertIn(b"SignatureDoesNotMatch", answer.body)
            answer = self.raw.request("dynamodb", "POST", "/", headers={"content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.ListTables", "x-amz-content-sha256": told}, body=b"{}", payload_hash=told)
            self.assertGreaterEqual(answer.status, 400, answer.body)
            # As one header of many it means nothing.
            answer = self.raw.request("iam", "POST", "/", headers={**form, "x-amz-content-sha256": told}, body=signed)
            self.assertEqual(answer.status, 200, answer.body)
        self.assertNotIn(b"tampered", self.raw.request("iam", "POST", "/", headers=form, body=signed).body)

    def test_there_are_enough(self):
        names = [name for module in (headers, presigned, chunks, forms, version2) for name, _, _ in module.cases()]
        figure(f"{len(names)} forgeries")
        self.assertEqual(len(names), len(set(names)), "two cases have one name")
        self.assertGreaterEqual(len(names), LEAST_FORGERIES)


if __name__ == "__main__":
    unittest.main()
