#!/usr/bin/python3
"""DetectText: lines and their words, filters, regions of interest."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.rekognition import INVALID, RekognitionCase, drawn, encoded, written  # noqa: E402

LINES = ["Good morning", "Platform 42", "mind the gap"]


def of_type(document, kind):
    return [found for found in document["TextDetections"] if found["Type"] == kind]


def texts(document, kind):
    return [found["DetectedText"] for found in of_type(document, kind)]


class TextTest(RekognitionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picture, cls.boxes = written(LINES)
        cls.photo = encoded(cls.picture)

    def detect(self, photo=None, **filters):
        return self.answer("DetectText", photo, **({"Filters": filters} if filters else {}))

    def test_lines_and_words(self):
        document = self.detect()
        self.assertEqual(set(document), {"TextDetections", "TextModelVersion"})
        self.assertEqual(texts(document, "LINE"), LINES)
        self.assertEqual(texts(document, "WORD"), " ".join(LINES).split())

    def test_ids_and_parents(self):
        document = self.detect()
        found = document["TextDetections"]
        self.assertEqual([item["Id"] for item in found], list(range(len(found))))
        self.assertEqual([item["Type"] for item in found], ["LINE"] * 3 + ["WORD"] * 7, "lines first, then words")
        lines = {line["Id"]: line for line in of_type(document, "LINE")}
        for line in lines.values():
            self.assertNotIn("ParentId", line)
            words = [word["DetectedText"] for word in of_type(document, "WORD") if word["ParentId"] == line["Id"]]
            self.assertEqual(" ".join(words), line["DetectedText"])

    def test_geometry(self):
        width, height = self.picture.size
        document = self.detect()
        for line, (left, top, right, bottom) in zip(of_type(document, "LINE"), self.boxes):
            box = line["Geometry"]["BoundingBox"]
            self.assertAlmostEqual(box["Left"], left / width, delta=0.03)
            self.assertAlmostEqual(box["Left"] + box["Width"], right / width, delta=0.03)
            self.assertTrue(box["Top"] < (top + bottom) / 2 / height < box["Top"] + box["Height"])
        for found in document["TextDetections"]:
            box, polygon = found["Geometry"]["BoundingBox"], found["Geometry"]["Polygon"]
            self.assert_box(box, beyond=0.02)
            self.assertEqual(len(polygon), 4)
            self.assertAlmostEqual(min(point["X"] for point in polygon), box["Left"], delta=1e-5)
            self.assertAlmostEqual(min(point["Y"] for point in polygon), box["Top"], delta=1e-5)
            self.assertAlmostEqual(max(point["X"] for point in polygon), box["Left"] + box["Width"], delta=1e-5)
            self.assertAlmostEqual(max(point["Y"] for point in polygon), box["Top"] + box["Height"], delta=1e-5)

    def test_turned_text(self):
        for degrees in (30, -45):
            turned = self.picture.rotate(degrees, expand=True, fillcolor="white")
            document = self.detect(encoded(turned))
            self.assertEqual(sorted(texts(document, "LINE")), sorted(LINES), f"at {degrees} degrees")

    def test_word_filter(self):
        everything = self.detect()
        tall = self.detect(WordFilter={"MinBoundingBoxHeight": 1.0})
        self.assertEqual(tall["TextDetections"], [])
        wide = of_type(self.detect(WordFilter={"MinConfidence": 0, "MinBoundingBoxWidth": 0.25}), "WORD")
        wanted = [word["DetectedText"] for word in of_type(everything, "WORD") if word["Geometry"]["BoundingBox"]["Width"] >= 0.25]
        self.assertEqual([word["DetectedText"] for word in wide], wanted)
        self.assertTrue(0 < len(wanted) < 7, wanted)
        sure = of_type(self.detect(WordFilter={"MinConfidence": 90}), "WORD")
        self.assertTrue(all(word["Confidence"] >= 90 for word in sure))
        self.assertEqual(self.detect(WordFilter={}), self.detect(WordFilter={"MinConfidence": 80}))
        self.assertEqual(self.detect(WordFilter={"MinConfidence": 0}), everything)

    def region(self, line):
        width, height = self.picture.size
        left, top, right, bottom = self.boxes[line]
        return {"Left": max(0, left / width - 0.05), "Top": top / height - 0.02, "Width": min(1, (right - left) / width + 0.1),
                "Height": (bottom - top) / height + 0.04}

    def test_regions_of_interest(self):
        for line, text in enumerate(LINES):
            document = self.detect(RegionsOfInterest=[{"BoundingBox": self.region(line)}])
            self.assertEqual(texts(document, "WORD"), text.split())
        both = self.detect(RegionsOfInterest=[{"BoundingBox": self.region(0)}, {"BoundingBox": self.region(2)}])
        self.assertEqual(texts(both, "WORD"), (LINES[0] + " " + LINES[2]).split())
        box = self.region(1)
        corners = [{"X": box["Left"], "Y": box["Top"]}, {"X": box["Left"] + box["Width"], "Y": box["Top"]},
                   {"X": box["Left"] + box["Width"], "Y": box["Top"] + box["Height"]},
                   {"X": box["Left"], "Y": box["Top"] + box["Height"]}]
        self.assertEqual(texts(self.detect(RegionsOfInterest=[{"Polygon": corners}]), "WORD"), LINES[1].split())
        nowhere = {"Left": 0.9, "Top": 0.9, "Width": 0.1, "Height": 0.1}
        self.assertEqual(self.detect(RegionsOfInterest=[{"BoundingBox": nowhere}])["TextDetections"], [])

    def test_a_page_is_read_to_its_end(self):
        """Beyond Rekognition, which stops at 100 words."""
        if self.server is None:
            self.skipTest("Eyrie's own")
        page, _ = written(["one two three four five six seven eight nine ten"] * 12, 1200, 1200, 40)
        self.assertGreaterEqual(len(texts(self.detect(encoded(page)), "WORD")), 115)

    def test_no_text(self):
        self.assertEqual(self.detect(drawn(300, 300))["TextDetections"], [])

    def test_by_boto3(self):
        answer = self.by_boto3(self.rekognition.detect_text, Image={"Bytes": self.photo}, Filters={
            "WordFilter": {"MinConfidence": 50}, "RegionsOfInterest": [{"BoundingBox": self.region(0)}]})
        self.assertEqual(texts(answer, "WORD"), LINES[0].split())

    def test_invalid_parameters(self):
        box = {"Left": 0.0, "Top": 0.0, "Width": 1.0, "Height": 1.0}
        triangle = [{"X": 0, "Y": 0}, {"X": 1, "Y": 0}, {"X": 0.5, "Y": 1}]
        for filters in ({"WordFilter": {"MinConfidence": 101}}, {"WordFilter": {"MinConfidence": -1}},
                        {"WordFilter": {"MinBoundingBoxHeight": 1.5}}, {"WordFilter": {"MinBoundingBoxWidth": -0.5}},
                        {"RegionsOfInterest": [{"BoundingBox": box}] * 11}, {"RegionsOfInterest": [{"Polygon": triangle[:2]}]},
                        {"RegionsOfInterest": [{}]}, {"RegionsOfInterest": [{"BoundingBox": box, "Polygon": triangle}]}):
            with self.subTest(filters=filters):
                self.expect(INVALID, "DetectText", {"Image": self.image(), "Filters": filters})
        for filters in ([], {"WordFilter": 1}, {"RegionsOfInterest": {}}, {"RegionsOfInterest": [1]}):
            self.expect("SerializationException", "DetectText", {"Image": self.image(), "Filters": filters})


if __name__ == "__main__":
    unittest.main()
