#!/usr/bin/python3
"""CompareFaces: who matches, in which order, what is kept out, refusals for either picture."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.rekognition import INVALID, RekognitionCase, drawn, encoded  # noqa: E402

FACE = {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}


class CompareTest(RekognitionCase):
    sample = "astronaut.png"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.woman = paths.pillow().open(paths.sample(cls.sample)).convert("RGB")

    def compare(self, source=None, target=None, **more):
        status, document = self.call("CompareFaces", {"SourceImage": self.image(source), "TargetImage": self.image(target), **more})
        self.assertEqual(status, 200, document)
        self.assertEqual(set(document), {"SourceImageFace", "FaceMatches", "UnmatchedFaces"})
        return document

    def test_the_same_picture(self):
        document = self.compare()
        match, = document["FaceMatches"]
        self.assertEqual(set(match), {"Similarity", "Face"})
        self.assertGreater(match["Similarity"], 99)
        self.assertEqual(set(match["Face"]), FACE)
        self.assertEqual(len(match["Face"]["Landmarks"]), 5)
        self.assertEqual(set(document["SourceImageFace"]), {"BoundingBox", "Confidence"})
        self.assertEqual(document["SourceImageFace"]["BoundingBox"], match["Face"]["BoundingBox"])
        self.assertEqual(document["UnmatchedFaces"], [])

    def test_the_same_face_otherwise(self):
        from PIL import ImageEnhance
        for name, other in (("smaller", self.woman.resize((300, 300))), ("mirrored", self.woman.transpose(0)),
                            ("darker", ImageEnhance.Brightness(self.woman).enhance(0.6)), ("turned", self.woman.rotate(15)),
                            ("grey", self.woman.convert("L"))):
            with self.subTest(name):
                match, = self.compare(target=encoded(other))["FaceMatches"]
                self.assertGreater(match["Similarity"], 90)

    def two_people(self):
        """Two faces of different people of the evaluation set, and another picture of the first."""
        folder = paths.evaluation("faces/verify")
        rows = [line.split(",") for line in (folder / "pairs.csv").read_text().splitlines()[1:]]
        image = paths.pillow().open

        def grown(name):
            return image(folder / name).convert("RGB").resize((320, 320))

        same = next((left, right) for left, right, same in rows if same.strip().lower() in ("1", "true", "same"))
        other = next(right for left, right, same in rows if same.strip().lower() in ("0", "false", "different"))
        return grown(same[0]), grown(same[1]), grown(other)

    def test_matches_come_first_and_the_rest_apart(self):
        crowd = paths.pillow().new("RGB", (1100, 520), (80, 80, 80))
        crowd.paste(self.woman.crop((60, 0, 380, 320)), (20, 100))
        crowd.paste(self.woman.crop((60, 0, 380, 320)).rotate(8, fillcolor=(80, 80, 80)).resize((240, 240)), (400, 140))
        document = self.compare(target=encoded(crowd), SimilarityThreshold=50)
        self.assertEqual(len(document["FaceMatches"]), 2)
        self.assert_descending(match["Similarity"] for match in document["FaceMatches"])
        nobody = self.compare(target=encoded(crowd), SimilarityThreshold=100)
        self.assertEqual(len(nobody["FaceMatches"]) + len(nobody["UnmatchedFaces"]), 2)

    def test_strangers_do_not_match(self):
        first, again, stranger = self.two_people()
        row = paths.pillow().new("RGB", (700, 360), (80, 80, 80))
        row.paste(stranger, (10, 20))
        row.paste(again, (360, 20))
        document = self.compare(encoded(first), encoded(row))
        self.assertEqual([match["Face"]["BoundingBox"]["Left"] > 0.45 for match in document["FaceMatches"]], [True])
        self.assertEqual([face["BoundingBox"]["Left"] < 0.45 for face in document["UnmatchedFaces"]], [True])
        self.assertEqual(set(document["UnmatchedFaces"][0]), FACE)
        everyone = self.compare(encoded(first), encoded(row), SimilarityThreshold=0)
        self.assertEqual((len(everyone["FaceMatches"]), len(everyone["UnmatchedFaces"])), (2, 0))
        self.assert_descending(match["Similarity"] for match in everyone["FaceMatches"])

    def test_the_largest_face_is_the_source(self):
        pair = paths.pillow().new("RGB", (900, 512), (80, 80, 80))
        pair.paste(self.woman.crop((60, 0, 380, 320)).resize((160, 160)), (10, 10))
        pair.paste(self.woman, (300, 0))
        self.assertGreater(self.compare(encoded(pair))["SourceImageFace"]["BoundingBox"]["Left"], 0.3)

    def test_default_threshold_is_80(self):
        self.assertEqual(self.compare(), self.compare(SimilarityThreshold=80, QualityFilter="NONE"))

    def test_quality_filter(self):
        for quality in ("AUTO", "LOW", "MEDIUM", "HIGH"):
            self.assertEqual(len(self.compare(QualityFilter=quality)["FaceMatches"]), 1, "a studio portrait passes every bar")
        from PIL import ImageFilter
        dark = encoded(self.woman.filter(ImageFilter.GaussianBlur(2)).point(lambda value: value // 4))
        seen = self.compare(target=dark)
        self.assertEqual(len(seen["FaceMatches"] + seen["UnmatchedFaces"]), 1)
        kept = self.compare(target=dark, QualityFilter="HIGH")
        self.assertEqual(kept["FaceMatches"] + kept["UnmatchedFaces"], [], "what is filtered out is not compared")
        self.expect("InvalidParameterException", "CompareFaces", {
            "SourceImage": self.image(dark), "TargetImage": self.image(), "QualityFilter": "HIGH"})

    def test_by_boto3(self):
        answer = self.by_boto3(self.rekognition.compare_faces, SourceImage={"Bytes": self.photo}, TargetImage=self.stored(),
                               SimilarityThreshold=70, QualityFilter="AUTO")
        self.assertEqual(answer, self.compare(SimilarityThreshold=70, QualityFilter="AUTO"))

    def test_no_face(self):
        for request in ({"SourceImage": self.image(drawn(300, 300)), "TargetImage": self.image()},
                        {"SourceImage": self.image(), "TargetImage": self.image(drawn(300, 300))}):
            self.expect("InvalidParameterException", "CompareFaces", request)

    def test_refuses_either_picture(self):
        self.put("text.jpg", b"only text")
        self.put("big.jpg", drawn(200, 200, "JPEG") + b"\0" * (15 << 20))
        cases = ((self.image(b"only text"), "InvalidImageFormatException"), (self.stored("text.jpg"), "InvalidImageFormatException"),
                 (self.stored("absent.jpg"), "InvalidS3ObjectException"), (self.stored("big.jpg"), "ImageTooLargeException"),
                 (self.image(drawn(10_001, 100)), "ImageTooLargeException"), (self.image(drawn(79, 100)), "InvalidParameterException"),
                 ({}, "InvalidParameterException"))
        for image, code in cases:
            for one, other in (("SourceImage", "TargetImage"), ("TargetImage", "SourceImage")):
                with self.subTest(code=code, member=one):
                    self.expect(code, "CompareFaces", {one: image, other: self.image()})
        self.expect(INVALID, "CompareFaces", {"SourceImage": self.image()})
        self.expect(INVALID, "CompareFaces", {"TargetImage": self.image()})

    def test_two_pictures_of_five_megabytes(self):
        big = encoded(self.woman, "JPEG", quality=95)
        big += b"\0" * (5 * (1 << 20) - len(big))
        self.assertEqual(len(self.compare(big, big)["FaceMatches"]), 1)

    def test_invalid_parameters(self):
        for more in ({"SimilarityThreshold": -1}, {"SimilarityThreshold": 100.5}, {"QualityFilter": "BEST"}):
            self.expect(INVALID, "CompareFaces", {"SourceImage": self.image(), "TargetImage": self.image(), **more})


if __name__ == "__main__":
    unittest.main()
