#!/usr/bin/python3
"""DetectProtectiveEquipment: persons, their parts, the summary."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.rekognition import INVALID, RekognitionCase, drawn  # noqa: E402

PARTS = {"FACE": "FACE_COVER", "HEAD": "HEAD_COVER", "LEFT_HAND": "HAND_COVER", "RIGHT_HAND": "HAND_COVER"}


class EquipmentTest(RekognitionCase):
    sample = "astronaut.png"  # a bare face, a bare head

    def detect(self, photo=None, summarize=None):
        more = {"SummarizationAttributes": summarize} if summarize else {}
        return self.answer("DetectProtectiveEquipment", photo, **more)

    def test_persons_and_parts(self):
        document = self.detect()
        self.assertEqual(set(document), {"ProtectiveEquipmentModelVersion", "Persons"})
        person, = document["Persons"]
        self.assertEqual(set(person), {"BodyParts", "BoundingBox", "Confidence", "Id"})
        self.assertEqual(person["Id"], 0)
        self.assert_box(person["BoundingBox"], beyond=0.05)
        self.assertGreaterEqual(person["Confidence"], 50)
        names = [part["Name"] for part in person["BodyParts"]]
        self.assertEqual(len(names), len(set(names)), "each part once")
        self.assertIn("FACE", names)
        for part in person["BodyParts"]:
            self.assertEqual(set(part), {"Name", "Confidence", "EquipmentDetections"})
            for item in part["EquipmentDetections"]:
                self.assertEqual(set(item), {"BoundingBox", "Confidence", "Type", "CoversBodyPart"})
                self.assertEqual(item["Type"], PARTS[part["Name"]])
        face = next(part for part in person["BodyParts"] if part["Name"] == "FACE")
        self.assertEqual(face["EquipmentDetections"], [], "nothing covers this face")

    def test_nobody(self):
        document = self.detect(drawn(300, 300), {"MinConfidence": 80, "RequiredEquipmentTypes": ["FACE_COVER"]})
        self.assertEqual(document["Persons"], [])
        self.assertEqual(document["Summary"], {"PersonsWithRequiredEquipment": [], "PersonsWithoutRequiredEquipment": [],
                                               "PersonsIndeterminate": []})

    def test_summary(self):
        self.assertNotIn("Summary", self.detect())
        for required in (["FACE_COVER"], ["FACE_COVER", "HAND_COVER", "HEAD_COVER"]):
            document = self.detect(summarize={"MinConfidence": 50, "RequiredEquipmentTypes": required})
            summary = document["Summary"]
            ids = [number for part in summary.values() for number in part]
            self.assertEqual(sorted(ids), [person["Id"] for person in document["Persons"]], "each person once")
            self.assertEqual(summary["PersonsWithRequiredEquipment"], [])
            self.assertEqual(summary["PersonsWithoutRequiredEquipment"], [0])
        self.assertEqual(self.detect(summarize={"MinConfidence": 0, "RequiredEquipmentTypes": ["FACE_COVER"]}),
                         self.detect(summarize={"MinConfidence": 50, "RequiredEquipmentTypes": ["FACE_COVER"]}))

    def test_by_boto3(self):
        answer = self.by_boto3(self.rekognition.detect_protective_equipment, Image={"Bytes": self.photo}, SummarizationAttributes={
            "MinConfidence": 60, "RequiredEquipmentTypes": ["HEAD_COVER"]})
        self.assertEqual(answer, self.detect(summarize={"MinConfidence": 60, "RequiredEquipmentTypes": ["HEAD_COVER"]}))

    def test_invalid_parameters(self):
        for summarize in ({}, {"MinConfidence": 80}, {"RequiredEquipmentTypes": ["FACE_COVER"]},
                          {"MinConfidence": 101, "RequiredEquipmentTypes": ["FACE_COVER"]},
                          {"MinConfidence": -1, "RequiredEquipmentTypes": ["FACE_COVER"]},
                          {"MinConfidence": 80, "RequiredEquipmentTypes": ["SHOES"]}):
            with self.subTest(summarize=summarize):
                self.expect(INVALID, "DetectProtectiveEquipment", {"Image": self.image(), "SummarizationAttributes": summarize})


if __name__ == "__main__":
    unittest.main()
