#!/usr/bin/python3
"""Every error that the service description documents for an operation, provoked once by boto3: code, HTTP status, message.

A pair of operation and error is in PROVOKED's tables below or among those that CANNOT arise (docs/compatibility.md says why); a pair in neither
fails the test. Faults of the server - a damaged disk, no memory left - are made on a server of the test's own only.
"""

import contextlib
import json
import pathlib
import socket
import sqlite3
import sys
import uuid
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths, signing  # noqa: E402
from support.identities import IdentityCase  # noqa: E402
from support.rekognition import RekognitionCase, drawn  # noqa: E402
from support.server import eventually  # noqa: E402

ABSENT = "00000000-0000-4000-8000-000000000000"
EVERY = "every operation"
# Error: the operations for which it cannot arise here.
CANNOT = {
    "ProvisionedThroughputExceededException": EVERY,
    "ConflictException": {"AssociateFaces", "DeleteUser", "DisassociateFaces"},
    "HumanLoopQuotaExceededException": EVERY,
    "ResourceNotFoundException": {"ListCollections"},
    "ResourceNotReadyException": EVERY,
    "ServiceQuotaExceededException": {"CreateCollection", "CreateUser", "IndexFaces"},
}
# Where nothing but a broken constraint of the description could be a wrong parameter: those are told by this name, as AWS tells them.
BY_CONSTRAINT = "ValidationException"

PICTURES = ("CompareFaces", "DetectFaces", "DetectLabels", "DetectModerationLabels", "DetectProtectiveEquipment", "DetectText", "IndexFaces",
            "RecognizeCelebrities", "SearchFacesByImage", "SearchUsersByImage")
TAGS = ("TagResource", "UntagResource", "ListTagsForResource")
TOKENS = ("AssociateFaces", "CreateUser", "DeleteUser", "DisassociateFaces")


class ErrorsTest(RekognitionCase, IdentityCase):
    sample = "astronaut.png"

    @classmethod
    def setUpClass(cls):
        description, _ = paths.service_description("rekognition")
        paths.need_current_description("rekognition")
        cls.described = json.loads(description.read_text())["operations"]
        super().setUpClass()
        # A refusal is not tried again.
        cls.client_once = cls.client("rekognition", retries={"total_max_attempts": 1})
        cls.collection = cls.new_collection()
        cls.arn = cls.rekognition.describe_collection(CollectionId=cls.collection)["CollectionARN"]
        faces = cls.rekognition.index_faces(CollectionId=cls.collection, Image={"Bytes": cls.photo})["FaceRecords"]
        cls.face = faces[0]["Face"]["FaceId"]
        cls.rekognition.create_user(CollectionId=cls.collection, UserId="ann", ClientRequestToken="used")

    @classmethod
    def new_collection(cls):
        name = "eyrie-test_" + uuid.uuid4().hex[:12]
        cls.rekognition.create_collection(CollectionId=name)
        cls.addClassCleanup(cls.remove_collection, name)
        return name

    @classmethod
    def remove_collection(cls, name):
        with contextlib.suppress(Exception):  # a died server is told of elsewhere
            cls.rekognition.delete_collection(CollectionId=name)

    # --- requests that would be answered, but for what a test changes

    def request(self, operation, image=None, collection=None, **changes):
        """`image`: in the place of every picture; `collection`: in the place of the one that there is."""
        image = image or {"Bytes": self.photo}
        in_collection = {"CollectionId": collection or self.collection}
        of_user = {**in_collection, "UserId": "ann"}
        arn = {"ResourceArn": self.arn if collection is None else self.arn.replace(self.collection, collection)}
        usual = {
            "AssociateFaces": {**of_user, "FaceIds": [self.face]},
            "CompareFaces": {"SourceImage": image, "TargetImage": image},
            "CreateCollection": {"CollectionId": collection or "eyrie-test_" + uuid.uuid4().hex[:12]},
            "CreateUser": {**in_collection, "UserId": "user-" + uuid.uuid4().hex[:12]},
            "DeleteCollection": in_collection,
            "DeleteFaces": {**in_collection, "FaceIds": [self.face]},
            "DeleteUser": of_user,
            "DescribeCollection": in_collection,
            "DisassociateFaces": {**of_user, "FaceIds": [self.face]},
            "GetCelebrityInfo": {"Id": "nobody"},
            "IndexFaces": {**in_collection, "Image": image},
            "ListCollections": {},
            "ListFaces": in_collection,
            "ListUsers": in_collection,
            "ListTagsForResource": arn,
            "SearchFaces": {**in_collection, "FaceId": self.face},
            "SearchFacesByImage": {**in_collection, "Image": image},
            "SearchUsers": {**in_collection, "UserId": "ann"},
            "SearchUsersByImage": {**in_collection, "Image": image},
            "TagResource": {**arn, "Tags": {"team": "red"}},
            "UntagResource": {**arn, "TagKeys": ["team"]},
        }.get(operation, {"Image": image})
        return {**usual, **changes}

    def provoke(self, error, operation, request, told=None, status=400, client=None):
        """The call is refused with `error`, or with the name it is `told` by."""
        import botocore
        with self.subTest(operation=operation, error=error):
            call = getattr(client or self.client_once, botocore.xform_name(operation))
            answer = self.refused(told or error, call, status=status, **request)
            self.assertTrue(answer["Error"]["Message"].strip(), "an error says what is wrong")
            self.assertTrue(answer["ResponseMetadata"]["RequestId"])
        self.seen.add((operation, error))

    # --- the tables

    def test_every_documented_error(self):
        self.seen = set()
        self.wrong_pictures()
        self.wrong_parameters()
        self.what_is_not_there()
        self.what_is_there_already()
        self.limits()
        self.no_permission()
        if self.server:
            self.no_memory_left()
            self.damaged_disk()
        self.every_pair_is_known()

    def wrong_pictures(self):
        self.put("big.jpg", drawn(200, 200, "JPEG") + b"\0" * (15 << 20))
        for error, image in (("InvalidS3ObjectException", self.stored("absent.jpg")), ("ImageTooLargeException", self.stored("big.jpg")),
                             ("InvalidImageFormatException", {"Bytes": b"only text"})):
            for operation in PICTURES:
                self.provoke(error, operation, self.request(operation, image))

    def wrong_parameters(self):
        error, small = "InvalidParameterException", {"Bytes": drawn(63, 63)}
        for operation in PICTURES:
            self.provoke(error, operation, self.request(operation, small))
        for operation in ("SearchFaces", "SearchUsers"):
            self.provoke(error, operation, {"CollectionId": self.collection, "FaceId": ABSENT})
        for operation in TAGS:
            self.provoke(error, operation, self.request(operation, ResourceArn="arn:aws:s3:::a-bucket-of-mine"))
        for operation in ("AssociateFaces", "CreateCollection", "CreateUser", "DeleteCollection", "DeleteFaces", "DeleteUser",
                          "DescribeCollection", "DisassociateFaces", "ListFaces", "ListUsers"):
            self.provoke(error, operation, self.request(operation, collection="no spaces"), BY_CONSTRAINT)
        self.provoke(error, "ListCollections", {"MaxResults": 4097}, BY_CONSTRAINT)
        self.provoke(error, "GetCelebrityInfo", {"Id": "not-an-id"}, BY_CONSTRAINT)

    def what_is_not_there(self):
        error = "ResourceNotFoundException"
        for operation in ("AssociateFaces", "CreateUser", "DeleteCollection", "DeleteFaces", "DeleteUser", "DescribeCollection",
                          "DisassociateFaces", "IndexFaces", "ListFaces", "ListUsers", "SearchFaces", "SearchFacesByImage", "SearchUsers",
                          "SearchUsersByImage", *TAGS):
            self.provoke(error, operation, self.request(operation, collection="eyrie-test_absent"))
        self.provoke(error, "GetCelebrityInfo", {"Id": "nobody"})
        adapter = "arn:aws:rekognition:us-east-1:111122223333:project/none/version/none/1"
        self.provoke(error, "DetectModerationLabels", self.request("DetectModerationLabels", ProjectVersion=adapter))
        for operation in ("ListCollections", "ListFaces", "ListUsers"):
            self.provoke("InvalidPaginationTokenException", operation, self.request(operation, NextToken="nonsense"))

    def what_is_there_already(self):
        self.provoke("ResourceAlreadyExistsException", "CreateCollection", {"CollectionId": self.collection})
        self.provoke("ConflictException", "CreateUser", self.request("CreateUser", UserId="ann"))
        for operation in TOKENS:
            self.provoke("IdempotentParameterMismatchException", operation, self.request(operation, ClientRequestToken="used"))

    def limits(self):
        from load.pictures import crowd  # it needs Pillow, without which no test comes here
        error = "ServiceQuotaExceededException"
        self.rekognition.tag_resource(ResourceArn=self.arn, Tags={"one": ""})
        self.provoke(error, "TagResource", {"ResourceArn": self.arn, "Tags": {f"t{number}": "" for number in range(200)}})
        full, faces = self.new_collection(), []
        picture = {"Bytes": crowd()}  # under another name they are other faces
        while len(faces) < 101:
            records = self.rekognition.index_faces(CollectionId=full, Image=picture, ExternalImageId=f"n{len(faces)}",
                                                   QualityFilter="NONE")["FaceRecords"]
            self.assertGreater(len(records), 50)
            faces += [record["Face"]["FaceId"] for record in records]
        user = {"CollectionId": full, "UserId": "ann", "UserMatchThreshold": 0}
        self.rekognition.create_user(CollectionId=full, UserId="ann")
        self.assertEqual(len(self.rekognition.associate_faces(**user, FaceIds=faces[:100])["AssociatedFaces"]), 100)
        self.provoke(error, "AssociateFaces", {**user, "FaceIds": faces[100:101]})

    def no_permission(self):
        nobody = self.client("rekognition", *self.make_key(self.make_user()))
        for operation in self.answered():
            self.provoke("AccessDeniedException", operation, self.request(operation), client=nobody)

    # --- faults of the server

    def no_memory_left(self):
        """Requests that came in part hold all the memory that there is for bodies."""
        operations, held = self.answered(), 256 << 20
        with contextlib.ExitStack() as connections:
            while held:
                length = min(held, 14_200_000)
                connections.enter_context(self.begun_request(length))
                held -= length
            eventually(lambda: self.told("ListCollections", {}) == "ThrottlingException", "no memory left")
            for operation in operations:
                self.provoke("ThrottlingException", operation, self.request(operation))
        eventually(lambda: self.told("ListCollections", {}) is None, "memory again")

    def begun_request(self, length):
        host, port = self.server.address
        headers = {"host": f"{host}:{port}", "x-amz-target": "RekognitionService.DetectLabels",
                   "content-type": "application/x-amz-json-1.1"}
        signing.sign("POST", "/", (), headers, "0" * 64, self.key, self.secret, "rekognition")
        connection = socket.create_connection((host, port), timeout=30)
        lines = ["POST / HTTP/1.1", f"content-length: {length}", *(f"{name}: {value}" for name, value in headers.items())]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + b" " * (300 << 10))
        return connection

    def damaged_disk(self):
        error = "InternalServerError"
        self.put("damaged.jpg", self.photo)
        newest = max((path for path in (self.server.data / "objects").glob("??/*")), key=lambda path: path.stat().st_mtime_ns)
        content = bytearray(newest.read_bytes())
        content[-1] ^= 1
        newest.write_bytes(content)
        for operation in PICTURES:
            self.provoke(error, operation, self.request(operation, self.stored("damaged.jpg")), status=500)
        (self.server.data / "celebrities.gallery").write_bytes(b"no gallery")
        self.provoke(error, "GetCelebrityInfo", {"Id": "nobody"}, status=500)
        self.rename_table("collections", "lost")
        for operation in self.answered():
            if (operation, error) not in self.seen:
                self.provoke(error, operation, self.request(operation), status=500)
        self.rename_table("lost", "collections")
        self.assertIn(self.collection, self.rekognition.list_collections()["CollectionIds"])

    def rename_table(self, before, after):
        with contextlib.closing(sqlite3.connect(self.server.data / "eyrie.db", timeout=30)) as database:
            database.execute("PRAGMA wal_autocheckpoint = 0")  # pages that others write into the file have no sums
            database.execute("PRAGMA legacy_alter_table = ON")
            database.execute(f"ALTER TABLE {before} RENAME TO {after}")
            database.commit()

    # --- the description

    def answered(self):
        """Operations of the description that are not unknown here."""
        if not hasattr(type(self), "operations"):
            type(self).operations = [operation for operation in self.described
                                     if self.told(operation, {}) != "UnknownOperationException"]
        return self.operations

    def told(self, operation, request):
        """The error of a raw call; None where there is none."""
        return self.wire.call("rekognition", operation, request).json().get("__type")

    def every_pair_is_known(self):
        documented = {(operation, error["shape"]) for operation in self.answered() for error in self.described[operation]["errors"]}
        cannot = {(operation, error) for operation, error in documented
                  if CANNOT.get(error) == EVERY or operation in CANNOT.get(error, ())}
        faults = {"ThrottlingException", "InternalServerError"} if self.server is None else set()
        left = {(operation, error) for operation, error in documented - self.seen - cannot if error not in faults}
        self.assertEqual(left, set(), "documented, but neither provoked nor said to be impossible")
        self.assertEqual(self.seen - documented, set(), "provoked, but not documented")
        self.assertEqual(self.seen & cannot, set(), "provoked, but said to be impossible")
        print(f"    {len(documented)} pairs of operation and error, {len(self.seen)} provoked, {len(cannot)} cannot arise", flush=True)


if __name__ == "__main__":
    unittest.main()
