#!/usr/bin/python3
"""The validator of answers must refuse what is wrong: one wrong answer of each kind."""

import copy
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.shapes import Shapes  # noqa: E402

LABELS = {
    "Labels": [{"Name": "Car", "Confidence": 98.5, "Parents": [{"Name": "Vehicle"}], "Aliases": [{"Name": "Automobile"}],
                "Categories": [{"Name": "Vehicles and Automotive"}],
                "Instances": [{"Confidence": 98.5,
                               "BoundingBox": {"Left": 0.1, "Top": 0.25, "Width": 0.5, "Height": 0.5}}]}],
    "LabelModelVersion": "3.0",
}
ITEMS = {"Count": 1, "ScannedCount": 1,
         "Items": [{"ImageID": {"S": "x"}, "Labels": {"L": [{"M": {"Confidence": {"N": "98.5"}, "Whole": {"BOOL": True}}}]},
                    "Raw": {"B": "AAEC"}}]}


class ShapesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rekognition, cls.dynamodb = (Shapes(service, know_all=True) for service in ("rekognition", "dynamodb"))

    def labels(self, change):
        answer = copy.deepcopy(LABELS)
        change(answer, answer["Labels"][0], answer["Labels"][0]["Instances"][0])
        return self.rekognition.of_output("DetectLabels", answer)

    def refused(self, problems, text):
        self.assertTrue(any(text in problem for problem in problems), f"no problem says {text!r}: {problems}")

    def test_right_answers_have_no_problems(self):
        self.assertEqual(self.rekognition.of_output("DetectLabels", LABELS), [])
        self.assertEqual(self.dynamodb.of_output("Scan", ITEMS), [])

    def test_unknown_members_at_any_depth(self):
        self.refused(self.labels(lambda answer, *_: answer.update(Status="ok")), "$.Status: unknown")
        self.refused(self.labels(lambda _, label, __: label["Parents"][0].update(name="x")),
                     "$.Labels[0].Parents[0].name: unknown")

    def test_an_old_description_does_not_know_all(self):
        lenient = Shapes("rekognition", know_all=False)
        self.assertEqual(lenient.of_output("DetectLabels", {**LABELS, "Newer": 1}), [])
        self.refused(lenient.of_output("DetectLabels", {**LABELS, "Labels": 1}), "must be a list")

    def test_wrong_types(self):
        def box(instance):
            return instance["BoundingBox"]

        for change in (lambda answer, *_: answer.update(Labels={}),
                       lambda _, label, __: label.update(Name=3),
                       lambda _, label, __: label.update(Confidence="98.5"),
                       lambda _, label, __: label.update(Confidence=True),
                       lambda _, label, __: label.update(Parents=["Vehicle"]),
                       lambda _, __, instance: box(instance).update(Left=[0.1])):
            self.refused(self.labels(change), "must be")
        self.refused(self.rekognition.of_output("DetectLabels", []), "must be an object")

    def test_nulls(self):
        self.refused(self.labels(lambda answer, *_: answer.update(OrientationCorrection=None)), "null")

    def test_enums_and_ranges(self):
        self.refused(self.labels(lambda answer, *_: answer.update(OrientationCorrection="ROTATE_45")), "none of")
        self.refused(self.labels(lambda _, label, __: label.update(Confidence=100.01)), "at most 100")
        self.refused(self.labels(lambda _, label, __: label.update(Confidence=-1)), "at least 0")
        self.refused(self.labels(lambda _, label, __: label.update(Confidence=float("nan"))), "not finite")

    def test_patterns_match_the_whole_string(self):
        check = self.rekognition.of_shape
        self.assertEqual(check("CollectionId", "my-faces_1"), [])
        self.refused(check("CollectionId", "my faces"), "does not match")
        self.refused(check("CollectionId", ""), "at least 1")
        self.refused(check("CollectionId", "x" * 256), "at most 255")
        self.refused(check("FaceId", "11111111-2222-3333-4444-5555555555555"), "does not match")

    def test_required_members(self):
        self.refused(self.rekognition.of_shape("S3Object", {"Bucket": "ab"}), "at least 3")
        self.refused(self.rekognition.of_shape("DetectLabelsRequest", {}), "$.Image: required")
        self.refused(self.dynamodb.of_shape("KeySchemaElement", {"AttributeName": "ImageID"}), "$.KeyType: required")

    def test_whole_numbers(self):
        for wrong in ("1", 1.5, True):
            self.refused(self.dynamodb.of_output("Scan", {**ITEMS, "Count": wrong}), "whole number")
        self.refused(self.dynamodb.of_output("Scan", {**ITEMS, "Count": 1 << 31}), "32 bits")

    def test_attribute_values(self):
        for wrong in ({"S": 1}, {"N": 98.5}, {"BOOL": "true"}, {"NS": ["1", 2]}, {"L": {"S": "x"}}, {"B": "%%"}, {"X": "x"}):
            self.assertNotEqual(self.dynamodb.of_output("Scan", {**ITEMS, "Items": [{"a": wrong}]}), [], wrong)

    def test_timestamps_and_blobs(self):
        self.assertEqual(self.dynamodb.of_shape("Date", 1700000000.25), [])
        self.refused(self.dynamodb.of_shape("Date", "2026-01-01T00:00:00Z"), "must be a number")
        self.refused(self.rekognition.of_shape("ImageBlob", ""), "at least 1")

    def test_errors(self):
        check = self.rekognition.of_error
        good = {"__type": "InvalidS3ObjectException", "Code": "InvalidS3ObjectException", "Logref": "x", "Message": "no"}
        self.assertEqual(check("DetectLabels", good), [])
        self.refused(check("DetectLabels", {**good, "__type": "ResourceNotFoundException"}), "does not answer")
        self.refused(check("DetectLabels", {**good, "Reason": "x"}), "unknown member")
        self.refused(check("DetectLabels", {"Message": "no"}), "__type")
        cancelled = {"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "message": "no",
                     "CancellationReasons": [{"Code": "None"}]}
        self.assertEqual(self.dynamodb.of_error("TransactWriteItems", cancelled), [])
        self.refused(self.dynamodb.of_error("TransactWriteItems", {**cancelled, "CancellationReasons": "none"}), "a list")


if __name__ == "__main__":
    unittest.main()
