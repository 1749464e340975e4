#!/usr/bin/python3
"""Rekognition's DetectLabels: bytes and S3 objects, thresholds, limits, filters, and every documented error. Each raw answer is checked
against the service description."""

import base64
import io
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.contract import ContractCase  # noqa: E402
from support.shapes import Shapes  # noqa: E402


def names(answer):
    return [label["Name"] for label in answer["Labels"]]


def drawn(width, height, format="PNG"):
    """A picture of this size in few bytes."""
    image = paths.pillow().new("RGB", (width, height), (200, 30, 30))
    out = io.BytesIO()
    image.save(out, format)
    return out.getvalue()


class RekognitionCase(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shapes = Shapes("rekognition")
        cls.rekognition = cls.client("rekognition")
        cls.wire = None if cls.endpoint is None else cls.raw()
        cls.cat = paths.sample("cat.png").read_bytes()
        cls.bucket = cls.make_bucket()
        cls.s3 = cls.client("s3")
        cls.s3.put_object(Bucket=cls.bucket, Key="photos/my cat+ü.png", Body=cls.cat)

    def detect(self, request):
        """A raw call whose answer is held against the description: status and document."""
        if self.wire is None:
            self.skipTest("raw calls are not made against AWS")
        answer = self.wire.call("rekognition", "DetectLabels", request)
        document = answer.json()
        check = self.shapes.of_output if answer.status == 200 else self.shapes.of_error
        self.assertEqual(check("DetectLabels", document), [], f"answered {str(document)[:2000]}")
        self.assertEqual(answer.headers["content-type"], "application/x-amz-json-1.1")
        self.assertTrue(answer.request_id)
        return answer.status, document

    def bytes_request(self, image=None, **more):
        return {"Image": {"Bytes": base64.b64encode(image or self.cat).decode()}, **more}

    def object_request(self, key="photos/my cat+ü.png", bucket=None, **more):
        return {"Image": {"S3Object": {"Bucket": bucket or self.bucket, "Name": key}}, **more}

    def labels(self, **more):
        status, document = self.detect(self.bytes_request(**more))
        self.assertEqual(status, 200, document)
        return document


class AnswersTest(RekognitionCase):
    def test_bytes_and_s3_object_answer_the_same(self):
        by_bytes = self.rekognition.detect_labels(Image={"Bytes": self.cat})
        by_object = self.rekognition.detect_labels(Image={"S3Object": {"Bucket": self.bucket, "Name": "photos/my cat+ü.png"}})
        self.assertEqual(by_bytes["Labels"], by_object["Labels"])
        self.assertIn("Cat", names(by_bytes))
        self.assertEqual(self.detect(self.bytes_request())[1], self.detect(self.object_request())[1])

    def test_a_label_says_all_that_is_known(self):
        labels = {label["Name"]: label for label in self.labels()["Labels"]}
        cat = labels["Cat"]
        self.assertEqual(set(cat), {"Name", "Confidence", "Instances", "Parents", "Aliases", "Categories"})
        self.assertIn("Animal", [parent["Name"] for parent in cat["Parents"]])
        self.assertIn("Animals and Pets", [category["Name"] for category in cat["Categories"]])
        self.assertTrue(cat["Instances"], "a cat has a box")
        for instance in cat["Instances"]:
            box = instance["BoundingBox"]
            self.assertEqual(set(box), {"Left", "Top", "Width", "Height"})
            self.assertTrue(0 <= box["Left"] <= 1 and 0 <= box["Top"] <= 1, box)
            self.assertTrue(0 < box["Width"] <= 1 and 0 < box["Height"] <= 1, box)
            self.assertLessEqual(box["Left"] + box["Width"], 1.0001)
        for label in labels.values():  # every ancestor is a label too, as sure as its descendant
            for parent in label["Parents"]:
                self.assertIn(parent["Name"], labels, f"{label['Name']}'s parent is no label")
                self.assertGreaterEqual(labels[parent["Name"]]["Confidence"], label["Confidence"])

    def test_highest_confidence_first(self):
        confidences = [label["Confidence"] for label in self.labels(MinConfidence=0)["Labels"]]
        self.assertEqual(confidences, sorted(confidences, reverse=True))
        self.assertGreater(len(confidences), 5)

    def test_min_confidence(self):
        everything = self.labels(MinConfidence=0)["Labels"]
        for threshold in (1, 30, 55, 80, 99.9, 100):
            wanted = [label["Name"] for label in everything if label["Confidence"] >= threshold]
            self.assertEqual(names(self.labels(MinConfidence=threshold)), wanted, f"at {threshold}")
        self.assertEqual(self.labels(), self.labels(MinConfidence=55))

    def test_max_labels(self):
        everything = names(self.labels(MinConfidence=0))
        for count in (1, 3, 1000):
            self.assertEqual(names(self.labels(MinConfidence=0, MaxLabels=count)), everything[:count])

    def filtered(self, **filters):
        return names(self.labels(MinConfidence=20, Settings={"GeneralLabels": filters}))

    def test_filters(self):
        everything = self.labels(MinConfidence=20)["Labels"]
        all_names = [label["Name"] for label in everything]
        self.assertEqual(self.filtered(LabelInclusionFilters=["Cat"]), ["Cat"])
        self.assertEqual(self.filtered(LabelExclusionFilters=["Cat"]), [name for name in all_names if name != "Cat"])
        animals = [label["Name"] for label in everything
                   if "Animals and Pets" in [category["Name"] for category in label["Categories"]]]
        self.assertEqual(self.filtered(LabelCategoryInclusionFilters=["Animals and Pets"]), animals)
        self.assertEqual(self.filtered(LabelCategoryExclusionFilters=["Animals and Pets"]),
                         [name for name in all_names if name not in animals])
        self.assertEqual(self.filtered(LabelInclusionFilters=["Cat"], LabelExclusionFilters=["Cat"]), [])
        self.assertEqual(self.filtered(LabelInclusionFilters=["Zeppelin"]), [])

    def test_general_labels_may_be_named(self):
        self.assertEqual(self.labels(Features=["GENERAL_LABELS"]), self.labels())

    def test_jpeg_and_its_orientation(self):
        image = paths.pillow().open(paths.sample("cat.png")).convert("RGB")
        turn_right = paths.pillow().Exif()
        turn_right[0x0112] = 6

        def box(picture, **options):
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=92, **options)
            document = self.detect(self.bytes_request(out.getvalue()))[1]
            self.assertNotIn("OrientationCorrection", document)
            return next(label for label in document["Labels"] if label["Name"] == "Cat")["Instances"][0]["BoundingBox"]

        upright, corrected = box(image), box(image.rotate(90, expand=True), exif=turn_right)
        for side, value in upright.items():
            self.assertAlmostEqual(corrected[side], value, delta=0.1, msg="boxes are of the upright picture")


class ErrorsTest(RekognitionCase):
    def expect(self, code, request):
        status, document = self.detect(request)
        self.assertEqual((status, document["__type"].split("#")[-1]), (400, code), document)
        self.assertEqual(document["Code"], code)
        self.assertTrue(document["Message"])
        self.assertTrue(document["Logref"])

    def put(self, key, body):
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def test_invalid_image_format(self):
        self.put("text.jpg", b"only text")
        gif = drawn(100, 100, "GIF")
        for image in (b"x", b"only text", self.cat[:40], gif, b"\xff\xd8\xff\xe0", b"%PDF-1.7"):
            with self.subTest(image=image[:20]):
                self.expect("InvalidImageFormatException", self.bytes_request(image))
        self.expect("InvalidImageFormatException", self.object_request("text.jpg"))
        self.refused("InvalidImageFormatException", self.rekognition.detect_labels, Image={"Bytes": b"only text"}, status=400)

    def test_invalid_s3_object(self):
        self.expect("InvalidS3ObjectException", self.object_request("absent.jpg"))
        self.expect("InvalidS3ObjectException", self.object_request(bucket="eyrie-test-no-such-bucket"))
        self.refused("InvalidS3ObjectException", self.rekognition.detect_labels,
                     Image={"S3Object": {"Bucket": self.bucket, "Name": "absent.jpg"}})

    def test_image_too_large(self):
        # Bytes beyond the model's ceiling break a constraint; so does AWS's answer, but either name is seen in the wild.
        status, document = self.detect(self.bytes_request(b"\xff\xd8" + b"x" * 5_242_880))
        self.assertEqual(status, 400)
        self.assertIn(document["__type"].split("#")[-1], ("ImageTooLargeException", "ValidationException", "InvalidParameterException"))
        self.put("big.jpg", drawn(200, 200, "JPEG") + b"\0" * (15 << 20))
        self.expect("ImageTooLargeException", self.object_request("big.jpg"))
        self.expect("ImageTooLargeException", self.bytes_request(drawn(10_001, 100)))

    def test_too_small(self):
        for size in ((79, 100), (100, 79), (1, 1)):
            with self.subTest(size=size):
                self.expect("InvalidParameterException", self.bytes_request(drawn(*size)))
        self.assertEqual(self.detect(self.bytes_request(drawn(80, 80)))[0], 200)

    def test_invalid_parameters(self):
        bucket, key = self.bucket, "photos/my cat+ü.png"
        for request in ({}, {"Image": {}}, {"Image": {"Bytes": ""}}, {"Image": {"S3Object": {}}},
                        {"Image": {"S3Object": {"Bucket": bucket}}},
                        {"Image": {"Bytes": "QUJD", "S3Object": {"Bucket": bucket, "Name": key}}},
                        self.bytes_request(MinConfidence=-1), self.bytes_request(MinConfidence=100.5), self.bytes_request(MaxLabels=-1),
                        self.bytes_request(Features=["FACES"]), self.bytes_request(Features=["GENERAL_LABELS"] * 3),
                        self.object_request(key="k" * 1025),
                        self.bytes_request(Settings={"GeneralLabels": {"LabelInclusionFilters": ["x" * 51]}}),
                        self.bytes_request(Settings={"GeneralLabels": {"LabelInclusionFilters": ["a"] * 101}}),
                        self.bytes_request(Settings={"GeneralLabels": {"LabelInclusionFilters": ["what?!"]}})):
            with self.subTest(request=str(request)[-90:]):
                status, document = self.detect(request)
                self.assertEqual(status, 400)
                self.assertIn(document["__type"].split("#")[-1], ("InvalidParameterException", "ValidationException"))

    def test_what_is_no_request(self):
        for body in (b"", b"{", b"[]", b"null", b'{"Image": 1}', b'{"Image": {"Bytes": "%%%"}}', b'{"Image": {"Bytes": "QQ'):
            with self.subTest(body=body):
                status, document = self.detect(body)
                self.assertEqual(status, 400)
                self.assertIn(document["__type"].split("#")[-1], ("SerializationException", "InvalidParameterException", "ValidationException"))

    def test_other_operations(self):
        if self.wire is None:
            self.skipTest("raw calls are not made against AWS")
        answer = self.wire.call("rekognition", "DetectUnicorns", {})
        self.assertEqual((answer.status, answer.json()["__type"].split("#")[-1]), (400, "UnknownOperationException"))

    def test_signatures(self):
        image = {"Bytes": self.cat}
        self.refused("InvalidSignatureException", self.client("rekognition", secret="x" * 40).detect_labels, Image=image)
        self.refused("UnrecognizedClientException", self.client("rekognition", key="AKIAIOSFODNN7EXAMPLE").detect_labels,
                     Image=image, status=400)
        import botocore
        nobody = self.client("rekognition", signature_version=botocore.UNSIGNED)
        self.refused(("MissingAuthenticationTokenException", "MissingAuthenticationToken", "AccessDeniedException"),
                     nobody.detect_labels, Image=image, status=400)


if __name__ == "__main__":
    unittest.main()
