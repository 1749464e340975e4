#!/usr/bin/python3
"""DetectProtectiveEquipment: persons, their parts, the summary."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.rekognition import INVALID, RekognitionCase, drawn, encoded  # noqa: E402

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

    def face_in_mask(self):
        """Her head and shoulders with a surgical mask painted on, from the nose's bridge to the chin and from cheek to cheek; the bare face's box."""
        from PIL import ImageDraw
        picture = paths.pillow().open(paths.sample(self.sample)).convert("RGB").crop((100, 0, 350, 250)).resize((750, 750))
        face, = self.answer("DetectFaces", encoded(picture), Attributes=["ALL"])["FaceDetails"]
        mark = {one["Type"]: (one["X"] * picture.width, one["Y"] * picture.height) for one in face["Landmarks"]}

        def between(a, b, share):
            return tuple(mark[a][axis] * (1 - share) + mark[b][axis] * share for axis in (0, 1))

        bridge = tuple((between("eyeLeft", "eyeRight", 0.5)[axis] + mark["nose"][axis]) / 2 for axis in (0, 1))
        outline = [bridge, between("eyeRight", "midJawlineRight", 0.45), between("upperJawlineRight", "midJawlineRight", 0.55),
                   between("midJawlineRight", "chinBottom", 0.6), mark["chinBottom"], between("midJawlineLeft", "chinBottom", 0.6),
                   between("upperJawlineLeft", "midJawlineLeft", 0.55), between("eyeLeft", "midJawlineLeft", 0.45)]
        ImageDraw.Draw(picture).polygon(outline, fill=(150, 195, 215))
        return encoded(picture, "JPEG", quality=92), face["BoundingBox"]

    def test_a_mask_is_a_face_cover(self):
        masked, bare = self.face_in_mask()
        person, = self.detect(masked, {"MinConfidence": 85, "RequiredEquipmentTypes": ["FACE_COVER"]})["Persons"]
        face = next(part for part in person["BodyParts"] if part["Name"] == "FACE")
        cover, = face["EquipmentDetections"]
        self.assertTrue(cover["CoversBodyPart"]["Value"])
        box = cover["BoundingBox"]
        self.assertGreater(box["Top"], bare["Top"] + bare["Height"] / 4, "the eyes are free")
        self.assertLess(box["Top"] + box["Height"], bare["Top"] + 1.2 * bare["Height"])

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
