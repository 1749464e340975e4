#!/usr/bin/python3
"""Every operation of S3's service description, as raw requests with no more than its method and subresource: it is implemented, or it is
refused as NotImplemented, and never taken for another operation on the same address (`DELETE /bucket?abac` removes no bucket).

Raw, because SDKs of different ages know different operations.
"""

import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.contract import ContractCase  # noqa: E402
from support.edges import code_of  # noqa: E402

BODY = b"to survive"
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
# Without a subresource: what replaces or removes what it is sent to, in the order in which it can be asked for.
DESTROYERS = ["PutObject", "CopyObject", "DeleteObject", "DeleteBucket"]
IMPLEMENTED = set(DESTROYERS) | {
    "AbortMultipartUpload", "CreateBucket", "CreateMultipartUpload", "DeleteBucketCors", "DeleteBucketEncryption",
    "DeleteBucketLifecycle", "DeleteBucketOwnershipControls", "DeleteBucketPolicy", "DeleteBucketTagging", "DeleteObjectTagging",
    "DeleteObjects", "DeletePublicAccessBlock", "CompleteMultipartUpload", "GetBucketAcl", "GetBucketCors", "GetBucketEncryption",
    "GetBucketLifecycle", "GetBucketLifecycleConfiguration", "GetBucketLocation", "GetBucketNotification",
    "GetBucketNotificationConfiguration", "GetBucketOwnershipControls", "GetBucketPolicy", "GetBucketPolicyStatus", "GetBucketTagging",
    "GetBucketVersioning", "GetObject", "GetObjectAcl", "GetObjectAttributes", "GetObjectTagging", "GetPublicAccessBlock", "HeadBucket",
    "HeadObject", "ListBuckets", "ListDirectoryBuckets", "ListMultipartUploads", "ListObjectVersions", "ListObjects", "ListObjectsV2",
    "ListParts", "PutBucketAcl", "PutBucketCors", "PutBucketEncryption", "PutBucketLifecycle", "PutBucketLifecycleConfiguration",
    "PutBucketNotification", "PutBucketNotificationConfiguration", "PutBucketOwnershipControls", "PutBucketPolicy", "PutBucketTagging",
    "PutBucketVersioning", "PutObjectAcl", "PutObjectTagging", "PutPublicAccessBlock", "RestoreObject", "UploadPart", "UploadPartCopy",
    # of what cannot be set: as AWS answers where it never was
    "DeleteBucketReplication", "DeleteBucketWebsite", "GetBucketAbac", "GetBucketAccelerateConfiguration", "GetBucketAnalyticsConfiguration",
    "GetBucketIntelligentTieringConfiguration", "GetBucketInventoryConfiguration", "GetBucketLogging", "GetBucketMetricsConfiguration",
    "GetBucketReplication", "GetBucketRequestPayment", "GetBucketWebsite", "GetObjectLegalHold", "GetObjectLockConfiguration", "GetObjectRetention",
    "ListBucketAnalyticsConfigurations", "ListBucketIntelligentTieringConfigurations", "ListBucketInventoryConfigurations",
    "ListBucketMetricsConfigurations"}


class Described:
    """An operation of the service description: name, method, path, and the query parameters that it cannot be without."""

    def __init__(self, name, operation, shapes):
        self.name, self.method = name, operation["http"]["method"]
        self.path, _, query = operation["http"]["requestUri"].partition("?")
        self.query = [(one, "") if "=" not in one else tuple(one.split("=", 1)) for one in query.split("&") if one]
        shape = shapes[operation["input"]["shape"]] if "input" in operation else {}
        for member in shape.get("required", []):
            if shape["members"][member].get("location") == "querystring":
                self.query.append((shape["members"][member]["locationName"], "1"))

    @property
    def subresources(self):
        return [name for name, value in self.query if not value]

    def at(self, bucket, key):
        return self.path.replace("{Bucket}", bucket).replace("{Key+}", key)


class OperationsTest(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        description = json.loads(paths.service_description("s3")[0].read_text())
        cls.operations = [Described(name, operation, description["shapes"]) for name, operation in description["operations"].items()]
        cls.http = cls.raw()

    def setUp(self):
        self.bucket = self.make_bucket()
        self.restore()

    def restore(self):
        self.http.request("s3", "PUT", f"/{self.bucket}")
        self.http.put_object(self.bucket, "k", BODY)

    def ask(self, method, path, query=()):
        answer = self.http.request("s3", method, path, query=query)
        return answer.status, code_of(answer)

    def assert_survived(self):
        answer = self.http.get_object(self.bucket, "k")
        if (answer.status, answer.body) != (200, BODY):
            self.restore()
            self.fail(f"the object is gone: {answer.status} {answer.body[:200]}")
        listed = self.http.request("s3", "GET", f"/{self.bucket}")
        self.assertEqual(re.findall(rb"<Key>([^<]*)</Key>", listed.body), [b"k"])

    def test_every_operation(self):
        for one in sorted(self.operations, key=lambda one: DESTROYERS.index(one.name) if one.name in DESTROYERS else -1):
            with self.subTest(one.name, method=one.method, query=one.query):
                status, code = self.ask(one.method, one.at(self.bucket, "k"), one.query)
                if one.name not in IMPLEMENTED:
                    self.assertEqual((status, code), (501, "NotImplemented"))
                else:
                    self.assertLess(status, 500, code)
                if one.name not in DESTROYERS:
                    self.assert_survived()

    def test_every_subresource_with_every_method(self):
        """Also where no operation has it: a subresource is not the address without it."""
        taken = {(one.method, "{Key+}" in one.path, name) for one in self.operations if one.name in IMPLEMENTED for name in one.subresources}
        for name in sorted({name for one in self.operations for name in one.subresources}):
            for method in METHODS:
                for of_object in (False, True):
                    with self.subTest(name, method=method, of_object=of_object):
                        status, code = self.ask(method, f"/{self.bucket}" + "/k" * of_object, [(name, "")])
                        if (method, of_object, name) in taken:
                            self.assertLess(status, 500, code)
                        else:
                            self.assertEqual((status, code), (501, "" if method == "HEAD" else "NotImplemented"))
                        self.assert_survived()

    def test_parameters_that_select_nothing_are_ignored(self):
        for query in ([("x-id", "PutObject")], [("tenant", "a"), ("annotations", "1")], [("RenameObject", "")]):
            with self.subTest(query):
                at = f"/{self.bucket}/other"
                self.assertEqual(self.ask("PUT", at, query), (200, ""))
                self.assertEqual(self.ask("GET", at, query), (200, ""))
                self.assertEqual(self.ask("DELETE", at, query), (204, ""))
                self.assertEqual(self.http.request("s3", "GET", at).status, 404)
                self.assert_survived()


if __name__ == "__main__":
    unittest.main()
