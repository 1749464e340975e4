#!/usr/bin/python3
"""DetectModerationLabels: the taxonomy's form, thresholds, what does not exist here. Photos of everyday things hold nothing unsafe."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.rekognition import INVALID, RekognitionCase  # noqa: E402

# Taxonomy version 7: first levels, and each lower label's parent.
FIRST = {"Explicit", "Non-Explicit Nudity of Intimate parts and Kissing", "Swimwear or Underwear", "Violence", "Visually Disturbing",
         "Drugs & Tobacco", "Alcohol", "Rude Gestures", "Gambling", "Hate Symbols"}
PARENTS = {
    "Explicit": ["Explicit Nudity", "Explicit Sexual Activity", "Sex Toys"],
    "Explicit Nudity": ["Exposed Male Genitalia", "Exposed Female Genitalia", "Exposed Buttocks or Anus", "Exposed Female Nipple"],
    "Non-Explicit Nudity of Intimate parts and Kissing": ["Non-Explicit Nudity", "Obstructed Intimate Parts", "Kissing on the Lips"],
    "Non-Explicit Nudity": ["Bare Back", "Exposed Male Nipple", "Partially Exposed Buttocks", "Partially Exposed Female Breast",
                            "Implied Nudity"],
    "Obstructed Intimate Parts": ["Obstructed Female Nipple", "Obstructed Male Genitalia"],
    "Swimwear or Underwear": ["Female Swimwear or Underwear", "Male Swimwear or Underwear"],
    "Violence": ["Weapons", "Graphic Violence"],
    "Graphic Violence": ["Weapon Violence", "Physical Violence", "Self-Harm", "Blood & Gore", "Explosions and Blasts"],
    "Visually Disturbing": ["Death and Emaciation", "Crashes"],
    "Death and Emaciation": ["Emaciated Bodies", "Corpses"],
    "Crashes": ["Air Crash"],
    "Drugs & Tobacco": ["Products", "Drugs & Tobacco Paraphernalia & Use"],
    "Products": ["Pills"],
    "Drugs & Tobacco Paraphernalia & Use": ["Smoking"],
    "Alcohol": ["Alcohol Use", "Alcoholic Beverages"],
    "Alcohol Use": ["Drinking"],
    "Rude Gestures": ["Middle Finger"],
    "Hate Symbols": ["Nazi Party", "White Supremacy", "Extremist"],
}
PHOTOS = ("astronaut.png", "cat.png", "coffee.png", "motorcycle.png", "rocket.jpg")


class ModerationTest(RekognitionCase):
    def detect(self, photo=None, **more):
        document = self.answer("DetectModerationLabels", photo, **more)
        self.assert_taxonomy(document)
        return document

    def assert_taxonomy(self, document):
        self.assertEqual(set(document), {"ModerationLabels", "ModerationModelVersion", "ContentTypes"})
        self.assertEqual(document["ModerationModelVersion"], "7.0")
        found = {label["Name"]: label for label in document["ModerationLabels"]}
        self.assertEqual(len(found), len(document["ModerationLabels"]), "each once")
        self.assert_descending(label["Confidence"] for label in document["ModerationLabels"])
        for name, label in found.items():
            self.assertEqual(set(label), {"Confidence", "Name", "ParentName", "TaxonomyLevel"})
            if label["TaxonomyLevel"] == 1:
                self.assertIn(name, FIRST)
                self.assertEqual(label["ParentName"], "")
            else:
                self.assertIn(name, PARENTS[label["ParentName"]])
                parent = found[label["ParentName"]]  # a label's ancestors are labels too, as sure as it
                self.assertEqual(parent["TaxonomyLevel"], label["TaxonomyLevel"] - 1)
                self.assertGreaterEqual(parent["Confidence"], label["Confidence"])

    def test_everyday_photos_hold_nothing_unsafe(self):
        for name in PHOTOS:
            with self.subTest(photo=name):
                self.assertEqual(self.detect(paths.sample(name).read_bytes())["ModerationLabels"], [])

    def test_thresholds(self):
        for name in PHOTOS:
            photo = paths.sample(name).read_bytes()
            everything = self.detect(photo, MinConfidence=0)["ModerationLabels"]
            for threshold in (5, 50, 90, 100):
                self.assertEqual(self.detect(photo, MinConfidence=threshold)["ModerationLabels"],
                                 [label for label in everything if label["Confidence"] >= threshold], f"{name} at {threshold}")
        self.assertEqual(self.detect(), self.detect(MinConfidence=50))

    def test_by_boto3(self):
        answer = self.by_boto3(self.rekognition.detect_moderation_labels, Image={"Bytes": self.photo}, MinConfidence=1)
        self.assertEqual(answer, self.detect(MinConfidence=1))

    def test_invalid_parameters(self):
        for more in ({"MinConfidence": -1}, {"MinConfidence": 100.5}, {"HumanLoopConfig": {}},
                     {"HumanLoopConfig": {"HumanLoopName": "Loop", "FlowDefinitionArn": "a"}}, {"ProjectVersion": "short"},
                     {"ProjectVersion": "arn:aws:s3:us-east-1:111122223333:project/a/version/b/1"}):
            self.expect(INVALID, "DetectModerationLabels", {"Image": self.image(), **more})

    def test_resource_not_found(self):
        paths.need_current_description("rekognition")
        self.expect("ResourceNotFoundException", "DetectModerationLabels", {
            "Image": self.image(), "ProjectVersion": "arn:aws:rekognition:us-east-1:111122223333:project/none/version/none/1"})
        self.expect("ResourceNotFoundException", "DetectModerationLabels", {
            "Image": self.image(), "HumanLoopConfig": {
                "HumanLoopName": "loop", "FlowDefinitionArn": "arn:aws:sagemaker:us-east-1:111122223333:flow-definition/none"}})


if __name__ == "__main__":
    unittest.main()
