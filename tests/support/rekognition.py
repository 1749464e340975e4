"""Contract cases of Rekognition: raw answers held against the service description, pictures to show."""

import base64
import functools
import io
import pathlib

from . import paths
from .contract import ContractCase
from .shapes import Shapes

KEY = "photos/my photo+ü.png"


class RekognitionCase(ContractCase):
    """`sample`: the photo that lies in the bucket as KEY, and that requests show by default."""

    sample = "cat.png"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shapes = Shapes("rekognition")
        cls.rekognition = cls.client("rekognition")
        cls.wire = None if cls.endpoint is None else cls.raw()
        cls.photo = paths.sample(cls.sample).read_bytes()
        cls.bucket = cls.make_bucket()
        cls.s3 = cls.client("s3")
        cls.put(KEY, cls.photo)

    @classmethod
    def put(cls, key, body):
        cls.s3.put_object(Bucket=cls.bucket, Key=key, Body=body)

    def call(self, operation, request):
        """A raw call whose answer is held against the description: status and document."""
        if self.wire is None:
            self.skipTest("raw calls are not made against AWS")
        answer = self.wire.call("rekognition", operation, request)
        document = answer.json()
        check = self.shapes.of_output if answer.status == 200 else self.shapes.of_error
        self.assertEqual(check(operation, document), [], f"{operation} answered {str(document)[:2000]}")
        self.assertEqual(answer.headers["content-type"], "application/x-amz-json-1.1")
        self.assertTrue(answer.request_id)
        return answer.status, document

    def image(self, photo=None):
        return {"Bytes": base64.b64encode(photo or self.photo).decode()}

    def stored(self, key=KEY, bucket=None):
        return {"S3Object": {"Bucket": bucket or self.bucket, "Name": key}}

    def answer(self, operation, photo=None, **more):
        """The document that the operation answers to this photo."""
        status, document = self.call(operation, {"Image": self.image(photo), **more})
        self.assertEqual(status, 200, document)
        return document

    def by_boto3(self, method, **request):
        """What boto3 makes of the answer, where it knows all the members."""
        paths.need_current_description("rekognition")
        answer = method(**request)
        self.assertTrue(answer.pop("ResponseMetadata")["RequestId"])
        return answer

    def expect(self, codes, operation, request, says=""):
        """The raw request is refused with one of these codes, as Rekognition words a refusal."""
        status, document = self.call(operation, request)
        told = document.get("__type", "").split("#")[-1]
        self.assertEqual(status, 400, document)
        self.assertIn(told, (codes,) if isinstance(codes, str) else codes, document)
        self.assertEqual(document["Code"], told)
        self.assertTrue(document["Message"])
        self.assertTrue(document["Logref"])
        self.assertIn(says, document["Message"])

    def assert_box(self, box, beyond=0.0):
        """Ratios of the picture; faces at its edge may reach `beyond`."""
        self.assertEqual(set(box), {"Left", "Top", "Width", "Height"})
        self.assertTrue(-beyond <= box["Left"] <= 1 and -beyond <= box["Top"] <= 1, box)
        self.assertTrue(0 < box["Width"] <= 1 + beyond and 0 < box["Height"] <= 1 + beyond, box)

    def assert_descending(self, values):
        values = list(values)
        self.assertEqual(values, sorted(values, reverse=True))


# What breaks a constraint is told by either name: the gateway before Rekognition validates, or the service itself.
INVALID = ("InvalidParameterException", "ValidationException")


def encoded(picture, format="PNG", **options):
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def drawn(width, height, format="PNG"):
    """A picture of this size in few bytes."""
    return encoded(paths.pillow().new("RGB", (width, height), (200, 30, 30)), format)


@functools.cache
def font(size):
    from PIL import ImageFont
    found = sorted(pathlib.Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))
    return ImageFont.truetype(str(found[0]), size) if found else None


def written(lines, width=900, height=600, size=64):
    """A white picture with these lines of black text, left aligned; each line's box in pixels."""
    from PIL import ImageDraw
    picture = paths.pillow().new("RGB", (width, height), "white")
    draw, boxes, top = ImageDraw.Draw(picture), [], 40
    for line in lines:
        face = font(size)
        if face:
            draw.text((60, top), line, fill="black", font=face)
            boxes.append(draw.textbbox((60, top), line, font=face))
        else:  # the built-in bitmap letters, blown up
            left, upper, right, lower = draw.textbbox((0, 0), line)
            letters = paths.pillow().new("RGB", (right, lower), "white")
            ImageDraw.Draw(letters).text((0, 0), line, fill="black")
            letters = letters.resize((right * size // lower, size), paths.pillow().Resampling.BICUBIC)
            picture.paste(letters, (60, top))
            boxes.append((60, top, 60 + letters.width, top + size))
        top += size * 2
    return picture, boxes
