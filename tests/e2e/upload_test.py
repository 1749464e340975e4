#!/usr/bin/python3
"""The main job: a photo uploaded over S3 is understood by itself, its record queryable, and every way of asking answers the same."""

import io
import json
import pathlib
import sys
import time
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, ServerCase, figure  # noqa: E402
from support.clients import aws, aws_json  # noqa: E402
from support.records import TABLE, all_records, finished, label_names, records_of  # noqa: E402
from support.server import eventually, run_eyrie  # noqa: E402


class UploadCase(ServerCase):
    def upload(self, key, body, status=200, bucket="images"):
        answer = self.raw.put_object(bucket, key, body)
        self.assertEqual(answer.status, status, answer.body)
        return answer

    def idle(self):
        """Waits until no event is waiting or in work."""
        def check():
            queue = json.loads(self.server.get("/_eyrie/health")[1])["queue"]
            return queue["ready"] == queue["leased"] == queue["delayed"] == 0

        eventually(check, "an empty queue")


class FirstStartTest(UploadCase):
    def test_what_a_new_data_directory_holds(self):
        buckets = [bucket["Name"] for bucket in self.server.client("s3").list_buckets()["Buckets"]]
        self.assertEqual(buckets, ["images"])
        table = self.server.client("dynamodb").describe_table(TableName=TABLE)["Table"]
        self.assertEqual({entry["AttributeName"]: entry["KeyType"] for entry in table["KeySchema"]},
                         {"ImageID": "HASH", "UploadTimestamp": "RANGE"})
        self.assertEqual({entry["AttributeName"]: entry["AttributeType"] for entry in table["AttributeDefinitions"]},
                         {"ImageID": "S", "UploadTimestamp": "N"})

    def test_secrets_are_the_owners_alone(self):
        for name in ("root-key.json", "master.key"):
            mode = (self.server.data / name).stat().st_mode & 0o777
            self.assertEqual(mode, 0o600, f"{name} has mode {mode:o}")

    def test_the_last_line_is_the_console(self):
        lines = self.server.output().strip().splitlines()
        self.assertEqual(lines[-1], f"Console: {self.server.endpoint}/_console/")
        status, page = self.server.get("/_console/")
        self.assertEqual(status, 200)
        self.assertIn("<title>Eyrie</title>", page)
        figure(f"ready to serve {self.server.ready_seconds:.2f} s after start")


class EncryptionTest(UploadCase):
    """A bucket whose objects are encrypted under a key of KMS: the function reads and writes them like any other."""

    def test_under_a_key_of_kms(self):
        s3, kms = self.server.client("s3"), self.server.client("kms")
        key = kms.create_key()["KeyMetadata"]["Arn"]
        by_default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        s3.put_bucket_encryption(Bucket="images", ServerSideEncryptionConfiguration={"Rules": [by_default]})
        self.upload("uploads/secret cat.png", paths.sample("cat.png").read_bytes())
        record = finished(self.raw, "uploads/secret cat.png")
        self.assertEqual(record["ProcessingStatus"], "COMPLETED", record)
        self.assertIn("Cat", label_names(record))
        for name in ("uploads/secret cat.png", f"processed/{record['ImageID']}.json"):
            self.assertEqual(s3.head_object(Bucket="images", Key=name)["SSEKMSKeyId"], key, name)


class RecognitionTest(UploadCase):
    # What a person would say first of each sample; any of a set will do.
    EXPECTED = {"cat.png": [{"Cat"}, {"Animal"}], "motorcycle.png": [{"Motorcycle"}, {"Vehicle"}],
                "coffee.png": [{"Coffee", "Cup", "Coffee Cup", "Espresso"}], "astronaut.png": [{"Person"}]}

    def test_sample_photos(self):
        self.upload("uploads/warm.png", paths.sample("cat.png").read_bytes())
        finished(self.raw, "uploads/warm.png")
        for name, expected in self.EXPECTED.items():
            with self.subTest(photo=name):
                key, began = f"uploads/tour/{name}", time.monotonic()
                self.upload(key, paths.sample(name).read_bytes())
                record = finished(self.raw, key)
                figure(f"{name}: record {time.monotonic() - began:.2f} s after the upload began, "
                       f"{record.get('DurationMs', 0):.0f} ms in the function: {', '.join(label_names(record))}")
                self.assertEqual(record["ProcessingStatus"], "COMPLETED", record)
                for any_of in expected:
                    self.assertTrue(any_of & set(label_names(record)), f"none of {any_of} in {label_names(record)}")

        figure(f"memory with the default models loaded: {self.server.resident_mib():.0f} MiB")

    def test_a_photo_in_parts(self):
        """What the transfer managers of the SDKs do with large files."""
        photo = paths.sample("cat.png").read_bytes() + b"\0" * (9 << 20)
        self.server.client("s3").upload_fileobj(io.BytesIO(photo), "images", "uploads/parts.png")
        record = finished(self.raw, "uploads/parts.png")
        self.assertEqual(record["ProcessingStatus"], "COMPLETED", record)
        self.assertIn("Cat", label_names(record))

    def test_a_street(self):
        """A car and a person in one picture, by the issue's own way: aws s3 cp, then aws dynamodb scan."""
        street = self.server.directory / "street.jpg"
        self.draw_street(street)
        environ = self.server.environment()
        began = time.monotonic()
        aws(environ, "s3", "cp", street, "s3://images/uploads/street.jpg")
        uploaded = time.monotonic()
        finished(self.raw, "uploads/street.jpg")
        figure(f"street.jpg: aws s3 cp took {uploaded - began:.2f} s; COMPLETED seen {time.monotonic() - uploaded:.2f} s after it")
        items = aws_json(environ, "dynamodb", "scan", "--table-name", TABLE)["Items"]
        item, = [item for item in items if item["Key"]["S"] == "uploads/street.jpg"]
        self.assertEqual(item["ProcessingStatus"]["S"], "COMPLETED")
        labels = [label["M"]["Name"]["S"] for label in item["Labels"]["L"]]
        self.assertIn("Car", labels)
        self.assertIn("Person", labels)

    def draw_street(self, path):
        image_module = paths.pillow()
        car, = paths.evaluation("imagenet").glob("656_*.JPEG")
        person = image_module.open(paths.sample("astronaut.png")).convert("RGB").resize((480, 480))
        street = image_module.new("RGB", (1120, 480))
        street.paste(image_module.open(car).convert("RGB").resize((640, 480)), (0, 0))
        street.paste(person, (640, 0))
        street.save(path, quality=92)

    def test_every_way_of_asking_answers_the_same(self):
        folder = self.server.directory / "same"
        folder.mkdir()
        pictures = [paths.sample(name) for name in ("cat.png", "coffee.png", "rocket.jpg")]
        turned = folder / "turned.jpg"
        exif = paths.pillow().Exif()
        exif[0x0112] = 8
        paths.pillow().open(paths.sample("motorcycle.png")).convert("RGB").rotate(-90, expand=True).save(turned, quality=90, exif=exif)
        pictures.append(turned)
        done = run_eyrie("analyze", "--json", *pictures)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([line["File"] for line in lines], [str(picture) for picture in pictures])
        for picture, line in zip(pictures, lines):
            with self.subTest(picture=picture.name):
                body = picture.read_bytes()
                key = f"uploads/same/{picture.name}"
                self.upload(key, body)
                record = finished(self.raw, key)
                by_bytes = self.raw.detect_labels(body, MinConfidence=80).json()
                by_object = self.raw.call("rekognition", "DetectLabels", {
                    "Image": {"S3Object": {"Bucket": "images", "Name": key}}, "MinConfidence": 80}).json()
                result = json.loads(self.raw.get_object("images", f"processed/{record['ImageID']}.json").body)
                self.assertEqual(by_bytes, line["DetectLabels"], "DetectLabels of the bytes against eyrie analyze")
                self.assertEqual(by_object, by_bytes, "DetectLabels of the S3 object against that of the bytes")
                self.assertEqual(result["DetectLabels"], by_bytes, "the upload's result against DetectLabels")
                self.assertEqual([(label["Name"], label["Confidence"]) for label in record["Labels"]],
                                 [(label["Name"], label["Confidence"]) for label in by_bytes["Labels"]])
        self.assertIn("Motorcycle", [label["Name"] for label in lines[-1]["DetectLabels"]["Labels"]])


class RecordTest(UploadCase):
    def test_what_a_record_says(self):
        before = int(time.time())
        body = paths.sample("cat.png").read_bytes()
        put = self.upload("uploads/my cat.png", body)
        record = finished(self.raw, "uploads/my cat.png")
        self.assertEqual(str(uuid.UUID(record["ImageID"])), record["ImageID"])
        self.assertTrue(before <= record["UploadTimestamp"] <= time.time() + 1)
        self.assertEqual((record["Bucket"], record["Key"], record["S3_URL"]),
                         ("images", "uploads/my cat.png", "s3://images/uploads/my cat.png"))
        self.assertEqual(record["S3_Result_Link"], f"s3://images/processed/{record['ImageID']}.json")
        self.assertEqual(record["RequestID"], put.request_id)
        self.assertGreater(record["DurationMs"], 0)
        self.assertNotIn("Error", record)
        self.assertIn("cat", record["Detection_Summary"])
        self.assertLessEqual(len(record["Detection_Summary"]), 5)
        self.assertEqual(record["Detection_Summary"], [name.lower() for name in record["Detection_Summary"]])
        cat = next(label for label in record["Labels"] if label["Name"] == "Cat")
        self.assertGreaterEqual(cat["Confidence"], 80)
        self.assertIn("Animal", cat["Parents"])
        self.assertIn("Animals and Pets", cat["Categories"])
        self.assertTrue(0 <= cat["Instances"][0]["Left"] <= 1)
        self.assertTrue(all(label["Confidence"] >= 80 for label in record["Labels"]))

    def test_the_result_and_the_tag(self):
        key = "uploads/result.png"
        self.upload(key, paths.sample("coffee.png").read_bytes())
        record = finished(self.raw, key)
        s3 = self.server.client("s3")
        self.idle()
        result = s3.get_object(Bucket="images", Key=f"processed/{record['ImageID']}.json")
        self.assertEqual(result["ContentType"], "application/json")
        content = json.loads(result["Body"].read())
        self.assertEqual((content["Bucket"], content["Key"], content["ImageID"]), ("images", key, record["ImageID"]))
        self.assertEqual(content["Image"]["Format"].upper(), "PNG")
        self.assertEqual((content["Image"]["Width"], content["Image"]["Height"]), (600, 400))
        self.assertEqual(s3.get_object_tagging(Bucket="images", Key=key)["TagSet"], [{"Key": "status", "Value": "analyzed"}])

    def test_exif_and_place(self):
        photo = paths.evaluation("exif") / "gps_DSCN0010.jpg"
        self.upload("uploads/gps.jpg", photo.read_bytes())
        record = finished(self.raw, "uploads/gps.jpg")
        self.assertEqual(record["ProcessingStatus"], "COMPLETED", record)
        self.assertAlmostEqual(record["Exif"]["GPS"]["Latitude"], 43.46745, delta=0.001)
        self.assertAlmostEqual(record["Exif"]["GPS"]["Longitude"], 11.88513, delta=0.001)
        self.assertIn("NIKON", record["Exif"]["Make"].upper())

    def test_queryable_by_image(self):
        self.upload("uploads/queried.png", paths.sample("cat.png").read_bytes())
        record = finished(self.raw, "uploads/queried.png")
        found = self.server.client("dynamodb").query(
            TableName=TABLE, KeyConditionExpression="ImageID = :id", FilterExpression="contains(Detection_Summary, :cat)",
            ExpressionAttributeValues={":id": {"S": record["ImageID"]}, ":cat": {"S": "cat"}})
        self.assertEqual(found["Count"], 1)


class WhatTriggersTest(UploadCase):
    config = SMALL_MODELS

    def setUp(self):
        self.photo = paths.sample("cat.png").read_bytes()

    def test_only_pictures_under_uploads(self):
        for key in ("uploads/a.jpg", "raw-uploads/b.JPEG", "uploads/deep/er/c.Png", "uploads/d.WEBP"):
            self.upload(key, self.photo)
        silent = ("e.jpg", "other/uploads/f.jpg", "uploads.jpg", "Uploads/g.jpg", "uploads/h.txt", "uploads/i", "uploads/jpg",
                  "processed/j.jpg", "uploads/k.jpg.txt")
        for key in silent:
            self.upload(key, self.photo)
        for key in ("uploads/a.jpg", "raw-uploads/b.JPEG", "uploads/deep/er/c.Png", "uploads/d.WEBP"):
            self.assertEqual(finished(self.raw, key)["ProcessingStatus"], "COMPLETED", key)
        self.idle()
        unexpected = [record["Key"] for record in all_records(self.raw) if record["Key"] in silent]
        self.assertEqual(unexpected, [])

    def test_a_text_named_jpg(self):
        self.upload("uploads/text.jpg", b"this is no picture, whatever its name says\n" * 20)
        record = finished(self.raw, "uploads/text.jpg")
        self.assertEqual(record["ProcessingStatus"], "FAILED")
        self.assertTrue(record["Error"], "a reason")
        self.assertNotIn("Labels", record)
        figure(f"a text named .jpg: {record['Error']}")

    def test_other_pictures_that_cannot_be_analyzed(self):
        cut = self.photo[: len(self.photo) // 3]
        tiny = io.BytesIO()
        paths.pillow().new("RGB", (20, 20)).save(tiny, "PNG")
        for name, body in (("empty.jpg", b""), ("cut.png", cut), ("tiny.png", tiny.getvalue()), ("magic.jpg", b"\xff\xd8\xff\xe0")):
            with self.subTest(picture=name):
                self.upload("uploads/bad/" + name, body)
                record = finished(self.raw, "uploads/bad/" + name)
                if name != "cut.png":  # a PNG cut short may still be shown in part
                    self.assertEqual(record["ProcessingStatus"], "FAILED")
                if record["ProcessingStatus"] == "FAILED":
                    self.assertTrue(record["Error"])

    def test_the_name_does_not_tell_the_format(self):
        self.upload("uploads/really-a-png.jpg", self.photo)
        self.assertEqual(finished(self.raw, "uploads/really-a-png.jpg")["ProcessingStatus"], "COMPLETED")

    def test_the_same_key_twice_leaves_one_record(self):
        for _ in range(2):
            self.upload("uploads/twice.png", self.photo)
        finished(self.raw, "uploads/twice.png")
        self.idle()
        self.assertEqual(len(records_of(self.raw, "uploads/twice.png")), 1)
        self.upload("uploads/twice.png", b"now a text")
        eventually(lambda: finished(self.raw, "uploads/twice.png")["ProcessingStatus"] == "FAILED", "the newer upload's record")
        self.upload("uploads/twice.png", self.photo)
        eventually(lambda: finished(self.raw, "uploads/twice.png")["ProcessingStatus"] == "COMPLETED", "the newest upload's record")

    def test_many_uploads_of_one_key(self):
        for index in range(12):
            self.upload("uploads/busy.png", self.photo if index % 2 else b"text")
        self.idle()
        self.assertEqual(finished(self.raw, "uploads/busy.png")["ProcessingStatus"], "COMPLETED")

    def test_weird_keys(self):
        keys = ["uploads/two words.jpg", "uploads/plus+and&.jpg", "uploads/ünïcödé ✓.png", "uploads/../up.jpg", "uploads//double.jpg",
                "uploads/100%25.jpg", "uploads/quo'te\"<>.jpg", "uploads/UPPER.JPG", "uploads/日本🦅.webp", "uploads/.jpg",
                "uploads/" + "x" * 1000 + ".jpg", "uploads/./dot.jpg", "uploads/back\\slash.jpg"]
        for key in keys:
            self.upload(key, self.photo)
        for key in keys:
            with self.subTest(key=key[:60]):
                self.assertEqual(finished(self.raw, key)["ProcessingStatus"], "COMPLETED")
        self.assertEqual(len({record["ImageID"] for record in all_records(self.raw) if record["Key"] in keys}), len(keys))

    def test_deleted_right_after(self):
        keys = [f"uploads/gone/{index}.png" for index in range(8)]
        for key in keys:
            self.upload(key, self.photo)
            self.assertEqual(self.raw.request("s3", "DELETE", f"/images/{key}").status, 204)
        self.idle()
        stuck = [record["Key"] for record in all_records(self.raw) if record["Key"] in keys and record["ProcessingStatus"] == "PENDING"]
        self.assertEqual(stuck, [])
        left = self.server.client("s3").list_objects_v2(Bucket="images", Prefix="uploads/gone/")
        self.assertEqual(left["KeyCount"], 0)

    def test_other_buckets_trigger_nothing(self):
        self.server.client("s3").create_bucket(Bucket="eyrie-test-other")
        self.upload("uploads/a.png", self.photo, bucket="eyrie-test-other")
        self.idle()
        self.assertEqual(records_of(self.raw, "uploads/a.png", "eyrie-test-other"), [])


if __name__ == "__main__":
    unittest.main()
