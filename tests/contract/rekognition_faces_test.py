#!/usr/bin/python3
"""DetectFaces: what comes by default, what each attribute adds."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.rekognition import INVALID, RekognitionCase, drawn, encoded  # noqa: E402

BASICS = {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
MEMBERS = {"AGE_RANGE": "AgeRange", "BEARD": "Beard", "EMOTIONS": "Emotions", "EYE_DIRECTION": "EyeDirection",
           "EYEGLASSES": "Eyeglasses", "EYES_OPEN": "EyesOpen", "GENDER": "Gender", "MOUTH_OPEN": "MouthOpen",
           "MUSTACHE": "Mustache", "FACE_OCCLUDED": "FaceOccluded", "SMILE": "Smile", "SUNGLASSES": "Sunglasses"}
FIVE = ["eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose"]


class FacesTest(RekognitionCase):
    sample = "astronaut.png"  # one woman, smiling, bareheaded, before flags

    def face(self, *attributes, photo=None):
        """The only face of the photo."""
        more = {"Attributes": list(attributes)} if attributes else {}
        document = self.answer("DetectFaces", photo, **more)
        self.assertEqual(set(document), {"FaceDetails"})
        self.assertEqual(len(document["FaceDetails"]), 1, document)
        return document["FaceDetails"][0]

    def test_default(self):
        face = self.face()
        self.assertEqual(set(face), BASICS)
        self.assertEqual(sorted(mark["Type"] for mark in face["Landmarks"]), FIVE)
        self.assertEqual(self.face("DEFAULT"), face)
        self.assert_box(face["BoundingBox"], beyond=0.1)
        self.assertGreater(face["Confidence"], 90)

    def test_landmarks_lie_as_in_a_face(self):
        face = self.face("ALL")
        marks = {mark["Type"]: (mark["X"], mark["Y"]) for mark in face["Landmarks"]}
        self.assertEqual(len(face["Landmarks"]), 30)
        self.assertEqual(len(marks), 30, "each once")
        box = face["BoundingBox"]
        for name, (x, y) in marks.items():
            self.assertTrue(box["Left"] - 0.05 <= x <= box["Left"] + box["Width"] + 0.05, name)
            self.assertTrue(box["Top"] - 0.05 <= y <= box["Top"] + box["Height"] + 0.05, name)
        # Left and right are the picture's; y grows downwards.
        for left, right in (("eyeLeft", "eyeRight"), ("mouthLeft", "mouthRight"), ("leftEyeLeft", "leftEyeRight"),
                            ("rightEyeLeft", "rightEyeRight"), ("noseLeft", "noseRight"), ("leftPupil", "rightPupil"),
                            ("leftEyeBrowLeft", "leftEyeBrowRight"), ("upperJawlineLeft", "upperJawlineRight"),
                            ("midJawlineLeft", "midJawlineRight")):
            self.assertLess(marks[left][0], marks[right][0], f"{left} {right}")
        for upper, lower in (("leftEyeBrowUp", "leftEyeUp"), ("leftEyeUp", "leftEyeDown"), ("rightEyeUp", "rightEyeDown"),
                             ("eyeLeft", "nose"), ("nose", "mouthUp"), ("mouthUp", "mouthDown"), ("mouthDown", "chinBottom")):
            self.assertLess(marks[upper][1], marks[lower][1], f"{upper} {lower}")

    def test_all(self):
        face = self.face("ALL")
        self.assertEqual(set(face), BASICS | set(MEMBERS.values()))
        self.assertEqual(self.face("ALL", "DEFAULT"), face)
        self.assertEqual(face["Gender"]["Value"], "Female")
        self.assertTrue(face["Smile"]["Value"])
        for no in ("Beard", "Mustache", "Eyeglasses", "Sunglasses", "FaceOccluded"):
            self.assertFalse(face[no]["Value"], no)
        self.assertTrue(face["EyesOpen"]["Value"])
        self.assertLessEqual(face["AgeRange"]["Low"], face["AgeRange"]["High"])
        self.assertTrue(15 <= face["AgeRange"]["High"] and face["AgeRange"]["Low"] <= 50, face["AgeRange"])
        self.assertEqual(face["Emotions"][0]["Type"], "HAPPY")
        self.assert_descending(emotion["Confidence"] for emotion in face["Emotions"])
        self.assertEqual(len({emotion["Type"] for emotion in face["Emotions"]}), len(face["Emotions"]))
        for angle in face["Pose"].values():
            self.assertLess(abs(angle), 45)

    def test_each_attribute_alone(self):
        everything = self.face("ALL")
        for attribute, member in MEMBERS.items():
            with self.subTest(attribute=attribute):
                face = self.face(attribute)
                self.assertEqual(set(face), BASICS | {member})
                self.assertEqual(face[member], everything[member])
                self.assertEqual(len(face["Landmarks"]), 5)
        self.assertEqual(set(self.face("DEFAULT", "SMILE", "BEARD")), BASICS | {"Smile", "Beard"})

    def test_by_boto3(self):
        face, = self.by_boto3(self.rekognition.detect_faces, Image={"Bytes": self.photo}, Attributes=["ALL"])["FaceDetails"]
        self.assertEqual(face, self.face("ALL"))

    def test_largest_first(self):
        photo = paths.pillow().open(paths.sample(self.sample)).convert("RGB")
        wide = paths.pillow().new("RGB", (900, 512), (90, 90, 90))
        wide.paste(photo.resize((256, 256)), (0, 100))
        wide.paste(photo.crop((100, 0, 356, 256)).resize((512, 512)), (380, 0))
        faces = self.answer("DetectFaces", encoded(wide))["FaceDetails"]
        self.assertEqual(len(faces), 2)
        self.assert_descending(face["BoundingBox"]["Width"] * face["BoundingBox"]["Height"] for face in faces)
        self.assertGreater(faces[0]["BoundingBox"]["Left"], 0.4)

    def test_no_face(self):
        self.assertEqual(self.answer("DetectFaces", drawn(300, 300)), {"FaceDetails": []})

    def test_orientation(self):
        photo = paths.pillow().open(paths.sample(self.sample)).convert("RGB")
        turn_right = paths.pillow().Exif()
        turn_right[0x0112] = 6
        upright = self.face(photo=encoded(photo, "JPEG", quality=92))["BoundingBox"]
        turned = self.face(photo=encoded(photo.rotate(90, expand=True), "JPEG", quality=92, exif=turn_right))["BoundingBox"]
        for side, value in upright.items():
            self.assertAlmostEqual(turned[side], value, delta=0.05, msg="boxes are of the upright picture")

    def test_invalid_parameters(self):
        for attributes in (["HAIR"], ["all"], ["DEFAULT", ""]):
            self.expect(INVALID, "DetectFaces", {"Image": self.image(), "Attributes": attributes})
        for attributes in ("ALL", [1], {}):
            self.expect("SerializationException", "DetectFaces", {"Image": self.image(), "Attributes": attributes})


if __name__ == "__main__":
    unittest.main()
