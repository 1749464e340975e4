#!/usr/bin/python3
"""Rekognition's DetectLabels: thresholds, limits, filters, image properties, refusals. What it shares with the other operations on
pictures is in rekognition_pictures_test.py."""

import io
import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.rekognition import INVALID, RekognitionCase, encoded  # noqa: E402

SIMPLE = {"black", "blue", "brown", "green", "grey", "orange", "pink", "purple", "red", "silver", "white", "yellow"}


def names(answer):
    return [label["Name"] for label in answer["Labels"]]


class LabelsTest(RekognitionCase):
    def labels(self, **more):
        return self.answer("DetectLabels", **more)

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
        self.assertGreater(sum(confidence < 1 for confidence in confidences), 20, "labels below 1 %")

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
            document = self.answer("DetectLabels", out.getvalue())
            return next(label for label in document["Labels"] if label["Name"] == "Cat")["Instances"][0]["BoundingBox"]

        upright, corrected = box(image), box(image.rotate(90, expand=True), exif=turn_right)
        for side, value in upright.items():
            self.assertAlmostEqual(corrected[side], value, delta=0.1, msg="boxes are of the upright picture")


class PropertiesTest(RekognitionCase):
    def properties(self, photo=None, features=("IMAGE_PROPERTIES",), **settings):
        more = {"Settings": {"ImageProperties": settings}} if settings else {}
        return self.answer("DetectLabels", photo, Features=list(features), **more)

    def assert_colors(self, colors, most=10):
        self.assertTrue(0 < len(colors) <= most, colors)
        self.assert_descending(color["PixelPercent"] for color in colors)
        self.assertLessEqual(sum(color["PixelPercent"] for color in colors), 100.01)
        for color in colors:
            self.assertEqual(set(color), {"Red", "Green", "Blue", "HexCode", "CSSColor", "SimplifiedColor", "PixelPercent"})
            self.assertEqual(color["HexCode"], "#{Red:02x}{Green:02x}{Blue:02x}".format(**color))
            self.assertIn(color["SimplifiedColor"], SIMPLE)
            self.assertTrue(re.fullmatch("[a-z]+", color["CSSColor"]), color)

    def test_whole_foreground_background(self):
        document = self.properties(features=("GENERAL_LABELS", "IMAGE_PROPERTIES"))
        self.assertIn("Cat", names(document))
        self.assertEqual(set(document), {"Labels", "LabelModelVersion", "ImageProperties"})
        found = document["ImageProperties"]
        self.assertEqual(set(found), {"Quality", "DominantColors", "Foreground", "Background"})
        self.assertEqual(set(found["Quality"]), {"Brightness", "Sharpness", "Contrast"})
        for region in (found, found["Foreground"], found["Background"]):
            self.assert_colors(region["DominantColors"])
            for quality in region["Quality"].values():
                self.assertTrue(0 <= quality <= 100)

    def test_an_instance_has_its_colors(self):
        document = self.properties(features=("GENERAL_LABELS", "IMAGE_PROPERTIES"))
        cat = next(label for label in document["Labels"] if label["Name"] == "Cat")
        self.assert_colors(cat["Instances"][0]["DominantColors"])
        plain = next(label for label in self.answer("DetectLabels")["Labels"] if label["Name"] == "Cat")
        self.assertNotIn("DominantColors", plain["Instances"][0])

    def test_alone_there_are_no_labels(self):
        document = self.properties()
        self.assertEqual(document.get("Labels", []), [])
        self.assertIn("ImageProperties", document)
        self.assertNotIn("ImageProperties", self.answer("DetectLabels"))

    def test_max_dominant_colors(self):
        for most in (1, 3, 20):
            self.assert_colors(self.properties(MaxDominantColors=most)["ImageProperties"]["DominantColors"], most)
        self.assertEqual(self.properties(MaxDominantColors=0)["ImageProperties"]["DominantColors"], [])
        self.assertEqual(self.properties(), self.properties(MaxDominantColors=10))

    def test_colors_are_those_of_the_picture(self):
        picture = paths.pillow().new("RGB", (400, 300), (250, 250, 250))
        picture.paste((190, 10, 20), (0, 0, 300, 300))
        colors = self.properties(encoded(picture))["ImageProperties"]["DominantColors"]
        self.assertEqual([color["SimplifiedColor"] for color in colors[:2]], ["red", "white"])
        self.assertAlmostEqual(colors[0]["PixelPercent"], 75, delta=3)
        bright = self.properties(encoded(picture.point(lambda value: min(255, value + 5))))["ImageProperties"]["Quality"]
        dark = self.properties(encoded(picture.point(lambda value: value // 3)))["ImageProperties"]["Quality"]
        self.assertLess(dark["Brightness"], bright["Brightness"])

    def test_blurred_is_less_sharp(self):
        from PIL import ImageFilter
        photo = paths.pillow().open(paths.sample(self.sample)).convert("RGB")
        sharp, blurred = (self.properties(encoded(picture))["ImageProperties"]["Quality"]["Sharpness"]
                          for picture in (photo, photo.filter(ImageFilter.GaussianBlur(6))))
        self.assertLess(blurred, sharp)


class ErrorsTest(RekognitionCase):
    def test_invalid_parameters(self):
        filters = "LabelInclusionFilters"
        for more in ({"MinConfidence": -1}, {"MinConfidence": 100.5}, {"MaxLabels": -1}, {"Features": ["FACES"]},
                     {"Features": ["GENERAL_LABELS"] * 3}, {"Settings": {"GeneralLabels": {filters: ["x" * 51]}}},
                     {"Settings": {"GeneralLabels": {filters: ["a"] * 101}}}, {"Settings": {"GeneralLabels": {filters: ["what?!"]}}},
                     {"Settings": {"ImageProperties": {"MaxDominantColors": 21}}},
                     {"Settings": {"ImageProperties": {"MaxDominantColors": -1}}}):
            with self.subTest(more=str(more)[:90]):
                self.expect(INVALID, "DetectLabels", {"Image": self.image(), **more})

    def test_numbers_out_of_reach(self):
        """No client writes them. What is too large to be held is out of bounds; what is no JSON is no request."""
        def body(member, number):
            return f'{{"Image": {json.dumps(self.image())}, "{member}": {number}}}'.encode()

        for number, said in (("1e400", "'Infinity' at 'minConfidence'"), ("-1e400", "'-Infinity' at 'minConfidence'"),
                             ("1e999999999", "'Infinity'"), ("99999999999999999999999", "less than or equal to 100")):
            with self.subTest(number=number):
                self.expect("ValidationException", "DetectLabels", body("MinConfidence", number), says=said)
                self.expect("ValidationException", "DetectLabels", body("MaxLabels", number))
        for number in ("NaN", "Infinity", "-Infinity", "0x10", "+5", "1.", ".5", "00", '"5"', "true", "[]", "{}"):
            with self.subTest(number=number):
                self.expect("SerializationException", "DetectLabels", body("MinConfidence", number))

    def test_thresholds_are_for_general_labels_only(self):
        for more in ({"MinConfidence": 50}, {"MaxLabels": 5}):
            self.expect(INVALID, "DetectLabels", {"Image": self.image(), "Features": ["IMAGE_PROPERTIES"], **more})
            self.answer("DetectLabels", Features=["IMAGE_PROPERTIES", "GENERAL_LABELS"], **more)

    def test_what_is_no_request(self):
        for body in (b"", b"{", b'{"Image": {"Bytes": "QQ'):
            self.expect(("SerializationException", *INVALID), "DetectLabels", body)

    def test_other_operations(self):
        if self.wire is None:
            self.skipTest("raw calls are not made against AWS")
        answer = self.wire.call("rekognition", "DetectUnicorns", {})
        self.assertEqual((answer.status, answer.json()["__type"].split("#")[-1]), (400, "UnknownOperationException"))

    def test_signatures(self):
        image = {"Bytes": self.photo}
        self.refused("UnrecognizedClientException", self.client("rekognition", key="AKIAIOSFODNN7EXAMPLE").detect_labels,
                     Image=image, status=400)
        import botocore
        nobody = self.client("rekognition", signature_version=botocore.UNSIGNED)
        self.refused(("MissingAuthenticationTokenException", "MissingAuthenticationToken", "AccessDeniedException"),
                     nobody.detect_labels, Image=image, status=400)


if __name__ == "__main__":
    unittest.main()
