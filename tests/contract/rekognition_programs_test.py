#!/usr/bin/python3
"""Programs in the style of AWS's public Rekognition examples: they go through every page, print every member, and rely on the order in
which findings come. Each operation that answers a list shows its order here, on pictures in which the order is not that of reading.
"""

import pathlib
import sys
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.faces import group, person, photo  # noqa: E402
from support.rekognition import RekognitionCase, encoded, written  # noqa: E402
from support.server import eventually  # noqa: E402

EXAMPLE = paths.cache() / "portraits/presidents"


def area(box):
    return box["Width"] * box["Height"]


def show(value, name="", depth=0):
    """Prints every member, as the examples do; what is no plain value would fail."""
    if isinstance(value, dict):
        print("  " * depth + name)
        for member, inner in value.items():
            show(inner, member, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            show(inner, name, depth)
    else:
        print("  " * depth + f"{name}: {value}")


class ProgramsCase(RekognitionCase):
    @classmethod
    def setUpClass(cls):
        paths.need_current_description("rekognition")
        super().setUpClass()

    def ask(self, method, photo=None, **more):
        request = more if photo is None else {"Image": {"Bytes": photo}, **more}
        answer = getattr(self.rekognition, method)(**request)
        show({name: member for name, member in answer.items() if name != "ResponseMetadata"}, method)
        return answer


class DetectionTest(ProgramsCase):
    sample = "motorcycle.png"

    def test_labels(self):
        answer = self.ask("detect_labels", self.photo, MinConfidence=0, Features=["GENERAL_LABELS", "IMAGE_PROPERTIES"])
        labels = answer["Labels"]
        self.assertGreater(len(labels), 5)
        self.assertEqual(labels, sorted(labels, key=lambda label: (-label["Confidence"], label["Name"])))
        sure = {label["Name"]: label["Confidence"] for label in labels}
        for label in labels:
            self.assert_descending(instance["Confidence"] for instance in label["Instances"])
            for parent in label["Parents"]:
                self.assertGreaterEqual(sure[parent["Name"]], label["Confidence"], "an ancestor is a label, as sure at least")
        few = self.ask("detect_labels", self.photo, MaxLabels=3, MinConfidence=0)["Labels"]
        self.assertEqual([label["Name"] for label in few], [label["Name"] for label in labels[:3]], "the surest are kept")
        for region in (answer["ImageProperties"], answer["ImageProperties"]["Foreground"], answer["ImageProperties"]["Background"]):
            self.assert_descending(color["PixelPercent"] for color in region["DominantColors"])

    def test_faces(self):
        faces = self.ask("detect_faces", group([1, 2, 3], [260, 420, 340]), Attributes=["ALL"])["FaceDetails"]
        self.assertEqual(len(faces), 3)
        self.assert_descending(area(face["BoundingBox"]) for face in faces)
        for face in faces:
            print(f"between {face['AgeRange']['Low']} and {face['AgeRange']['High']} years old, {face['Gender']['Value']}")
            self.assert_descending(emotion["Confidence"] for emotion in face["Emotions"])

    def test_text(self):
        lines = ["Zebra crossing", "Apples 4", "mind the gap"]
        found = self.ask("detect_text", encoded(written(lines)[0]))["TextDetections"]
        self.assertEqual([text["DetectedText"] for text in found if "ParentId" not in text], lines, "from the top")
        self.assertEqual([text["Id"] for text in found], list(range(len(found))))
        self.assertEqual([text["Type"] for text in found], sorted(text["Type"] for text in found), "lines, then words")
        words = [text for text in found if text["Type"] == "WORD"]
        self.assertEqual([word["DetectedText"] for word in words], " ".join(lines).split())
        self.assertEqual([word["ParentId"] for word in words], sorted(word["ParentId"] for word in words))

    def test_moderation(self):
        levels = set()
        for name in ("beer_bottle", "pill_bottle", "rifle"):
            picture, = paths.evaluation("imagenet").glob(f"*_{name}.JPEG")
            labels = self.ask("detect_moderation_labels", picture.read_bytes(), MinConfidence=0)["ModerationLabels"]
            self.assert_descending(label["Confidence"] for label in labels)
            levels |= {label["TaxonomyLevel"] for label in labels}
            names = [label["Name"] for label in labels]
            for label in labels:
                if label["ParentName"]:
                    self.assertLess(names.index(label["ParentName"]), names.index(label["Name"]), "a parent comes before its child")
        self.assertLessEqual({1, 2}, levels)

    def test_protective_equipment(self):
        persons = self.ask("detect_protective_equipment", self.people(), SummarizationAttributes={
            "MinConfidence": 80, "RequiredEquipmentTypes": ["FACE_COVER", "HEAD_COVER"]})["Persons"]
        self.assertGreater(len(persons), 1)
        self.assertEqual([one["Id"] for one in persons], list(range(len(persons))))
        self.assert_descending(area(one["BoundingBox"]) for one in persons)

    def people(self):
        portrait = paths.pillow().open(paths.sample("astronaut.png")).convert("RGB")
        picture = paths.pillow().new("RGB", (1400, 700), (90, 90, 90))
        for left, side in ((0, 300), (320, 640), (980, 400)):
            picture.paste(portrait.resize((side, side)), (left, 700 - side))
        return encoded(picture, "JPEG", quality=92)

    def test_compare_faces(self):
        answer = self.ask("compare_faces", SourceImage={"Bytes": photo(1)}, SimilarityThreshold=80,
                          TargetImage={"Bytes": self.target()})
        self.assertEqual(len(answer["FaceMatches"]), 2)
        self.assert_descending(match["Similarity"] for match in answer["FaceMatches"])
        self.assertEqual(len(answer["UnmatchedFaces"]), 2)
        self.assert_descending(area(face["BoundingBox"]) for face in answer["UnmatchedFaces"])

    def target(self):
        """Two strangers, the smaller first; the person blurred, then as in the source."""
        from PIL import ImageFilter
        picture = paths.pillow().new("RGB", (1600, 500), (128, 128, 128))
        picture.paste(person(2).resize((300, 300)), (0, 0))
        picture.paste(person(3).resize((400, 400)), (300, 0))
        picture.paste(person(1).filter(ImageFilter.GaussianBlur(3)).resize((450, 450)), (700, 0))
        picture.paste(person(1).resize((400, 400)), (1150, 0))
        return encoded(picture, "JPEG", quality=92)


class CelebritiesTest(ProgramsCase):
    def setUp(self):
        if self.server is None:
            self.skipTest("who is known is this server's own gallery")
        if not EXAMPLE.is_dir():
            self.skipTest("the portraits are not there; scripts/models portraits fetches them")
        eventually((self.server.data / "celebrities.gallery").exists, "the example gallery")

    def test_celebrities(self):
        names = ("Barack Obama", "Bill Clinton")
        picture = paths.pillow().new("RGB", (1300, 800), (128, 128, 128))
        for left, side, name in ((0, 300, names[1]), (320, 600, names[0])):
            portrait = paths.pillow().open(next(EXAMPLE.glob(f"{name}.*"))).convert("RGB")
            picture.paste(portrait.resize((side, side * portrait.height // portrait.width)), (left, 0))
        picture.paste(person(5).resize((350, 350)), (940, 0))
        answer = self.ask("recognize_celebrities", encoded(picture, "JPEG", quality=92))
        self.assertEqual([celebrity["Name"] for celebrity in answer["CelebrityFaces"]], list(names), "the largest face first")
        self.assert_descending(area(celebrity["Face"]["BoundingBox"]) for celebrity in answer["CelebrityFaces"])
        self.assertEqual(len(answer["UnrecognizedFaces"]), 1)
        for celebrity in answer["CelebrityFaces"]:
            info = self.ask("get_celebrity_info", Id=celebrity["Id"])
            self.assertEqual((info["Name"], info["Urls"]), (celebrity["Name"], celebrity["Urls"]))
            self.assertTrue(info["Urls"])


class CollectionsTest(ProgramsCase):
    def setUp(self):
        self.collection = self.new_collection()

    def new_collection(self):
        name = "eyrie-test_" + uuid.uuid4().hex[:12]
        self.rekognition.create_collection(CollectionId=name)
        self.addCleanup(self.rekognition.delete_collection, CollectionId=name)
        return name

    def pages(self, method, member, size, **request):
        """Every entry; no page but the last is short."""
        entries, token = [], {}
        while True:
            answer = self.ask(method, MaxResults=size, **request, **token)
            entries += answer[member]
            if "NextToken" not in answer:
                self.assertLessEqual(len(answer[member]), size)
                return entries
            self.assertEqual(len(answer[member]), size)
            token = {"NextToken": answer["NextToken"]}

    def index(self, picture, name):
        records = self.ask("index_faces", picture, CollectionId=self.collection, ExternalImageId=name,
                           DetectionAttributes=["ALL"])["FaceRecords"]
        self.assert_descending(area(record["Face"]["BoundingBox"]) for record in records)
        return [record["Face"]["FaceId"] for record in records]

    def test_collections_oldest_first_through_pages(self):
        names = [self.collection, *(self.new_collection() for _ in range(4))]
        for size in (1, 2, 3, 100):
            listed = [name for name in self.pages("list_collections", "CollectionIds", size) if name in names]
            self.assertEqual(listed, names, f"{size} a page")

    def test_faces_in_the_order_of_indexing_through_pages(self):
        faces = self.index(group([1, 2, 3], [260, 420, 340]), "first") + self.index(photo(4), "second") + self.index(photo(1, 3), "third")
        self.assertEqual(len(faces), 5)
        for size in (1, 2, 5, 100):
            listed = self.pages("list_faces", "Faces", size, CollectionId=self.collection)
            self.assertEqual([face["FaceId"] for face in listed], faces, f"{size} a page")

    def test_users_oldest_first_through_pages(self):
        users = ["zoe", "ann", "mia", "bob"]
        for user in users:
            self.rekognition.create_user(CollectionId=self.collection, UserId=user)
        for size in (1, 3, 4):
            listed = self.pages("list_users", "Users", size, CollectionId=self.collection)
            self.assertEqual([user["UserId"] for user in listed], users, f"{size} a page")

    def test_what_is_searched_comes_by_similarity(self):
        own = {"CollectionId": self.collection}
        faces = [self.index(photo(number), f"n{number}")[0] for number in (4, 2, 1, 3)] + self.index(photo(1, 5), "again")
        for user, face in (("four", faces[0]), ("two", faces[1]), ("one", faces[2]), ("three", faces[3])):
            self.rekognition.create_user(**own, UserId=user)
            self.rekognition.associate_faces(**own, UserId=user, FaceIds=[face])
        searches = (("search_faces", "FaceMatches", {"FaceId": faces[2], "FaceMatchThreshold": 0}, 4),
                    ("search_faces_by_image", "FaceMatches", {"Image": {"Bytes": photo(1, 7)}, "FaceMatchThreshold": 0}, 5),
                    ("search_users", "UserMatches", {"FaceId": faces[4], "UserMatchThreshold": 0}, 4),
                    ("search_users", "UserMatches", {"UserId": "two", "UserMatchThreshold": 0}, 3),
                    ("search_users_by_image", "UserMatches", {"Image": {"Bytes": photo(1, 7)}, "UserMatchThreshold": 0}, 4))
        for method, member, request, count in searches:
            matches = self.ask(method, **own, **request)[member]
            self.assertEqual(len(matches), count, method)
            self.assert_descending(match["Similarity"] for match in matches)
            if "two" not in request.values():
                self.assertGreater(matches[0]["Similarity"], 90, "the same person")


if __name__ == "__main__":
    unittest.main()
