#!/usr/bin/python3
"""What every operation on a picture has in common: bytes and S3 objects, limits of size, each documented error of the picture."""

import functools
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.rekognition import INVALID, KEY, RekognitionCase, drawn, encoded  # noqa: E402

OPERATIONS = {"DetectLabels": "detect_labels", "DetectFaces": "detect_faces", "DetectText": "detect_text",
              "DetectModerationLabels": "detect_moderation_labels", "DetectProtectiveEquipment": "detect_protective_equipment",
              "RecognizeCelebrities": "recognize_celebrities"}


def each_operation(test):
    """The test once for each operation, with its name and boto3's method."""
    @functools.wraps(test)
    def run(self):
        for operation, method in OPERATIONS.items():
            with self.subTest(operation=operation):
                test(self, operation, getattr(self.rekognition, method))
    return run


class PicturesTest(RekognitionCase):
    sample = "astronaut.png"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.put("text.jpg", b"only text")
        cls.put("big.jpg", drawn(200, 200, "JPEG") + b"\0" * (15 << 20))

    @each_operation
    def test_bytes_and_s3_object_answer_the_same(self, operation, method):
        by_bytes, by_object = method(Image={"Bytes": self.photo}), method(Image=self.stored())
        for answer in (by_bytes, by_object):
            self.assertTrue(answer.pop("ResponseMetadata")["RequestId"])
        self.assertEqual(by_bytes, by_object)
        self.assertEqual(self.call(operation, {"Image": self.stored()}), self.call(operation, {"Image": self.image()}))

    @each_operation
    def test_png_and_jpeg(self, operation, _):
        photo = paths.pillow().open(paths.sample(self.sample)).convert("RGB")
        for picture in (encoded(photo, "JPEG", quality=95), encoded(photo.convert("L")), encoded(photo.convert("RGBA"))):
            self.answer(operation, picture)

    @each_operation
    def test_orientation_is_never_answered(self, operation, _):
        self.assertNotIn("OrientationCorrection", self.answer(operation))

    @each_operation
    def test_invalid_image_format(self, operation, method):
        for photo in (b"only text", self.photo[:40], drawn(100, 100, "GIF")):
            self.expect("InvalidImageFormatException", operation, {"Image": self.image(photo)})
        self.expect("InvalidImageFormatException", operation, {"Image": self.stored("text.jpg")})
        self.refused("InvalidImageFormatException", method, Image={"Bytes": b"only text"}, status=400)

    @each_operation
    def test_invalid_s3_object(self, operation, method):
        self.expect("InvalidS3ObjectException", operation, {"Image": self.stored("absent.jpg")}, "object metadata")
        self.expect("InvalidS3ObjectException", operation, {"Image": self.stored(bucket="eyrie-test-no-such-bucket")})
        versioned = {"S3Object": {"Bucket": self.bucket, "Name": KEY, "Version": "no-such-version"}}
        self.expect("InvalidS3ObjectException", operation, {"Image": versioned})
        self.refused("InvalidS3ObjectException", method, Image=self.stored("absent.jpg"), status=400)

    @each_operation
    def test_image_too_large(self, operation, method):
        inline, side = (4 << 20, 4_096) if operation == "DetectProtectiveEquipment" else (5 << 20, 10_000)
        # Bytes beyond the model's ceiling break a constraint; AWS's answer may say so instead.
        self.expect(("ImageTooLargeException", *INVALID), operation, {"Image": self.image(b"\xff\xd8" + b"x" * inline)})
        self.expect("ImageTooLargeException", operation, {"Image": self.stored("big.jpg")})
        self.expect("ImageTooLargeException", operation, {"Image": self.image(drawn(side + 1, 100))})
        self.refused("ImageTooLargeException", method, Image=self.stored("big.jpg"), status=400)

    @each_operation
    def test_too_small(self, operation, _):
        least = 64 if operation == "DetectProtectiveEquipment" else 80
        for size in ((least - 1, 100), (100, least - 1), (1, 1)):
            self.expect("InvalidParameterException", operation, {"Image": self.image(drawn(*size))})
        self.answer(operation, drawn(least, least))

    @each_operation
    def test_invalid_parameters(self, operation, _):
        for image in (None, {}, {"Bytes": ""}, {"S3Object": {}}, {"S3Object": {"Bucket": self.bucket}},
                      {"S3Object": {"Bucket": "no spaces", "Name": "x"}}, {**self.image(), **self.stored()},
                      self.stored(key="k" * 1025)):
            self.expect(INVALID, operation, {} if image is None else {"Image": image})

    @each_operation
    def test_what_is_no_request(self, operation, _):
        for body in (b"{", b"[]", b"null", b'{"Image": 1}', b'{"Image": {"Bytes": "%%%"}}'):
            self.expect(("SerializationException", *INVALID), operation, body)

    @each_operation
    def test_signatures(self, operation, method):
        image = {"Bytes": self.photo}
        wrong = getattr(self.client("rekognition", secret="x" * 40), method.__name__)
        self.refused("InvalidSignatureException", wrong, Image=image)


if __name__ == "__main__":
    unittest.main()
