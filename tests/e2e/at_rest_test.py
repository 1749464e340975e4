#!/usr/bin/python3
"""What was recognized in a picture, and what owners tell of objects, is nowhere in clear in the data directory: not in the database, its log, the result file, the program's log."""

import contextlib
import io
import json
import pathlib
import struct
import sys
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths, signing  # noqa: E402
from support.case import ServerCase  # noqa: E402
from support.records import finished, label_names  # noqa: E402
from support.rekognition import font  # noqa: E402

WORD = "QUARTZBERG"
ALBUM, PERSON = "Album-of-" + uuid.uuid4().hex, "Person-" + uuid.uuid4().hex


def picture():
    """A portrait with a word in large letters above it."""
    pillow = paths.pillow()
    from PIL import ImageDraw
    portrait = pillow.open(paths.sample("astronaut.png")).convert("RGB")
    whole = pillow.new("RGB", (portrait.width, portrait.height + 100), "white")
    whole.paste(portrait, (0, 100))
    ImageDraw.Draw(whole).text((20, 15), WORD, fill="black", font=font(60))
    out = io.BytesIO()
    whole.save(out, "JPEG", quality=92)
    return out.getvalue()


def as_stored(number):
    """How SQLite, and how we, keep a real number."""
    return struct.pack(">d", number), struct.pack("<d", number)


class AtRestTest(ServerCase):
    def holding(self, needle):
        """The files of the data directory that hold these bytes, in any case of letters."""
        needle = needle.lower()
        return sorted(str(path.relative_to(self.server.data)) for path in self.server.data.rglob("*")
                      if path.is_file() and needle in path.read_bytes().lower())

    def absent(self, what, needle):
        self.assertEqual(self.holding(needle), [], f"{what} lies in clear")

    def test_nothing_told_of_objects_is_in_clear(self):
        s3, words = self.server.client("s3"), [f"secret-{name}-{uuid.uuid4().hex}" for name in ("metadata", "tag", "type", "disposition")]
        metadata, tag, kind, disposition = words
        told = dict(Metadata={"m": metadata}, ContentType=f"text/{kind}", ContentDisposition=disposition, Tagging=f"t={tag}")
        etag = s3.put_object(Bucket="images", Key="told", Body=uuid.uuid4().bytes, ChecksumAlgorithm="SHA256", **told)["ETag"].strip('"')
        upload = s3.create_multipart_upload(Bucket="images", Key="in parts", Metadata={"m": metadata})["UploadId"]
        part = s3.upload_part(Bucket="images", Key="in parts", UploadId=upload, PartNumber=1, Body=b"part")["ETag"]
        s3.complete_multipart_upload(Bucket="images", Key="in parts", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part}]})
        for read in range(2):
            for word in (*words, etag):
                self.absent("what an owner told", word.encode())
            if read == 0:
                self.server.stop()
                self.server.start()
        s3 = self.server.client("s3")
        head = s3.head_object(Bucket="images", Key="told")
        self.assertEqual((head["Metadata"], head["ContentType"], head["ETag"].strip('"')), ({"m": metadata}, f"text/{kind}", etag))
        self.assertEqual(s3.get_object_tagging(Bucket="images", Key="told")["TagSet"], [{"Key": "t", "Value": tag}])
        self.assertEqual({item["Key"]: item["ETag"].strip('"') for item in s3.list_objects_v2(Bucket="images", Prefix="told")["Contents"]}, {"told": etag})

    def test_nothing_recognized_is_in_clear(self):
        paths.need_current_description("rekognition")
        body, key = picture(), "uploads/secret.jpg"
        self.assertEqual(self.raw.put_object("images", key, body).status, 200)
        record = finished(self.raw, key)
        self.assertEqual(record["ProcessingStatus"], "COMPLETED", record)
        self.assertEqual([line["DetectedText"] for line in record["Text"]][:1], [WORD])
        self.assertTrue(record["FaceData"])

        rekognition = self.server.client("rekognition")
        rekognition.create_collection(CollectionId="people")
        face, = rekognition.index_faces(CollectionId="people", Image={"Bytes": body}, ExternalImageId=ALBUM, MaxFaces=1)["FaceRecords"]
        rekognition.create_user(CollectionId="people", UserId=PERSON)
        rekognition.associate_faces(CollectionId="people", UserId=PERSON, FaceIds=[face["Face"]["FaceId"]], UserMatchThreshold=0)
        for read in range(2):
            # The search finds what is there, of each kind of place.
            self.assertTrue(any(name.startswith("eyrie.db") for name in self.holding(key.encode())), "keys of objects lie in clear")
            self.absent("text", WORD.encode())
            for label in label_names(record):
                self.absent(f"label {label}", b'"' + label.encode() + b'"')
            self.absent("an external image id", ALBUM.encode())
            self.absent("a user's name", PERSON.encode())
            self.absent("an image id", uuid.UUID(face["Face"]["ImageId"]).bytes)
            for name, number in {**face["Face"]["BoundingBox"], "Confidence": face["Face"]["Confidence"]}.items():
                for stored in as_stored(number):
                    self.absent(f"a face's {name}", stored)
            if read == 0:
                self.server.stop()
                self.server.start()
        again = self.server.client("rekognition").list_faces(CollectionId="people")["Faces"]
        self.assertEqual([(found["ExternalImageId"], found["UserId"]) for found in again], [(ALBUM, PERSON)])
        with contextlib.closing(signing.raw_client(self.server)) as raw:
            self.assertIn(WORD, json.dumps(finished(raw, key)["Text"]))


if __name__ == "__main__":
    unittest.main()
