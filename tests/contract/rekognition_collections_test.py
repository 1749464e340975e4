#!/usr/bin/python3
"""Face collections and users: written as AWS's own examples are - they walk through pages, print every member, rely on the order - and
with every documented error provoked once. Raw answers are held against the service description."""

import datetime
import pathlib
import sys
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.faces import group, photo  # noqa: E402
from support.rekognition import INVALID, RekognitionCase, drawn  # noqa: E402

ABSENT = "00000000-0000-4000-8000-000000000000"
FACE = {"FaceId", "BoundingBox", "ImageId", "ExternalImageId", "Confidence", "IndexFacesModelVersion"}


class CollectionCase(RekognitionCase):
    """`self.collection`: a new one for each test."""

    @classmethod
    def setUpClass(cls):
        paths.need_current_description("rekognition")
        super().setUpClass()

    def setUp(self):
        self.collection = self.new_collection()

    def new_collection(self, **more):
        name = "eyrie-test_" + uuid.uuid4().hex[:12]
        self.created = self.rekognition.create_collection(CollectionId=name, **more)
        self.addCleanup(self.remove_collection, name)
        return name

    def remove_collection(self, name):
        try:
            self.rekognition.delete_collection(CollectionId=name)
        except self.rekognition.exceptions.ResourceNotFoundException:
            pass

    def index(self, picture, name=None, **more):
        if name:
            more["ExternalImageId"] = name
        return self.rekognition.index_faces(CollectionId=self.collection, Image={"Bytes": picture}, **more)

    def index_one(self, number, take=0):
        """The id of the only face."""
        record, = self.index(photo(number, take), f"{number}-{take}.jpg")["FaceRecords"]
        return record["Face"]["FaceId"]

    def raw_ok(self, operation, **request):
        status, document = self.call(operation, {"CollectionId": self.collection, **request})
        self.assertEqual(status, 200, document)
        return document

    def raw_refused(self, codes, operation, says="", **request):
        self.expect(codes, operation, {"CollectionId": self.collection, **request}, says)


class CollectionsTest(CollectionCase):
    def test_create_describe_list_delete(self):
        print("Collection ARN: " + self.created["CollectionArn"])
        print("Status code: " + str(self.created["StatusCode"]))
        self.assertEqual(self.created["StatusCode"], 200)
        self.assertTrue(self.created["CollectionArn"].endswith("collection/" + self.collection))
        described = self.rekognition.describe_collection(CollectionId=self.collection)
        self.assertTrue(described["CollectionARN"].startswith("arn:aws:rekognition:"))
        self.assertEqual((described["FaceCount"], described["UserCount"]), (0, 0))
        self.assertEqual(described["FaceModelVersion"], self.created["FaceModelVersion"])
        age = datetime.datetime.now(datetime.timezone.utc) - described["CreationTimestamp"]
        self.assertLess(abs(age.total_seconds()), 600)
        names, versions = self.list_collections(1)
        self.assertIn(self.collection, names)
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(len(versions), len(names))
        self.assertEqual(self.rekognition.delete_collection(CollectionId=self.collection)["StatusCode"], 200)
        self.assertNotIn(self.collection, self.list_collections(100)[0])

    def list_collections(self, size):
        names, versions = [], []
        response = self.rekognition.list_collections(MaxResults=size)
        while True:
            names += response["CollectionIds"]
            versions += response["FaceModelVersions"]
            if "NextToken" not in response:
                return names, versions
            response = self.rekognition.list_collections(NextToken=response["NextToken"], MaxResults=size)

    def test_tags(self):
        tagged = self.new_collection(Tags={"team": "red"})
        arn = self.rekognition.describe_collection(CollectionId=tagged)["CollectionARN"]
        self.rekognition.tag_resource(ResourceArn=arn, Tags={"stage": "test", "team": "blue"})
        tags = self.rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"]
        self.assertEqual(tags, {"stage": "test", "team": "blue"})
        self.rekognition.untag_resource(ResourceArn=arn, TagKeys=["team"])
        self.assertEqual(self.rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"], {"stage": "test"})
        self.expect("ServiceQuotaExceededException", "TagResource",
                    {"ResourceArn": arn, "Tags": {f"t{number}": "" for number in range(200)}})
        self.expect("ResourceNotFoundException", "ListTagsForResource", {"ResourceArn": arn + "-absent"})
        self.expect("InvalidParameterException", "UntagResource", {"ResourceArn": "arn:aws:s3:::a-bucket-of-mine", "TagKeys": []})

    def test_refusals(self):
        self.raw_refused("ResourceAlreadyExistsException", "CreateCollection", says=self.collection)
        absent = {"CollectionId": self.collection + "-absent"}
        face, image = {"FaceId": ABSENT}, {"Image": self.image()}
        user = {"UserId": "ann"}
        for operation, more in (
                ("DescribeCollection", {}), ("DeleteCollection", {}), ("ListFaces", {}), ("ListUsers", {}), ("IndexFaces", image),
                ("SearchFaces", face), ("SearchFacesByImage", image), ("DeleteFaces", {"FaceIds": [ABSENT]}), ("CreateUser", user),
                ("DeleteUser", user), ("AssociateFaces", {**user, "FaceIds": [ABSENT]}), ("SearchUsers", face),
                ("DisassociateFaces", {**user, "FaceIds": [ABSENT]}), ("SearchUsersByImage", image)):
            with self.subTest(operation=operation):
                self.expect("ResourceNotFoundException", operation, {**absent, **more}, "does not exist")
                self.expect(INVALID, operation, more)
                self.expect(INVALID, operation, {"CollectionId": "a b", **more})
                self.expect("SerializationException", operation, {"CollectionId": 1, **more})
        for operation in ("ListFaces", "ListUsers", "ListCollections"):
            self.raw_refused("InvalidPaginationTokenException", operation, NextToken="nonsense")
            self.raw_refused(INVALID, operation, MaxResults=4097)


class FacesTest(CollectionCase):
    def test_index_list_delete(self):
        response = self.index(group([1, 2, 3], [420, 340, 260]), "group:1.jpg", DetectionAttributes=["ALL"])
        print("Faces indexed:")
        for record in response["FaceRecords"]:
            print("  Face ID: " + record["Face"]["FaceId"])
            print("  Location: {}".format(record["Face"]["BoundingBox"]))
        self.assertEqual(len(response["FaceRecords"]), 3)
        self.assertEqual(response["UnindexedFaces"], [])
        self.assertEqual(len({record["Face"]["ImageId"] for record in response["FaceRecords"]}), 1)
        for record in response["FaceRecords"]:
            self.assertLessEqual(set(record["Face"]), FACE)
            self.assertEqual(record["Face"]["ExternalImageId"], "group:1.jpg")
            self.assert_box(record["Face"]["BoundingBox"])
            self.assertIn("Landmarks", record["FaceDetail"])
        self.assert_descending(r["Face"]["BoundingBox"]["Width"] for r in response["FaceRecords"])
        ids = [record["Face"]["FaceId"] for record in response["FaceRecords"]]
        self.assertEqual(self.list_faces(MaxResults=2), ids)
        self.assertEqual(self.rekognition.describe_collection(CollectionId=self.collection)["FaceCount"], 3)
        listed = self.raw_ok("ListFaces", FaceIds=[ids[2], ABSENT, ids[0]])
        self.assertEqual([face["FaceId"] for face in listed["Faces"]], [ids[0], ids[2]])
        response = self.rekognition.delete_faces(CollectionId=self.collection, FaceIds=ids[:2] + [ABSENT])
        for face_id in response["DeletedFaces"]:
            print(face_id)
        self.assertEqual(response["DeletedFaces"], ids[:2])
        self.assertEqual(response["UnsuccessfulFaceDeletions"], [{"FaceId": ABSENT, "Reasons": ["FACE_NOT_FOUND"]}])
        self.assertEqual(self.list_faces(), ids[2:])

    def list_faces(self, **more):
        faces, response = [], self.rekognition.list_faces(CollectionId=self.collection, **more)
        while True:
            for face in response["Faces"]:
                print(face)
                faces.append(face["FaceId"])
            if "NextToken" not in response:
                return faces
            response = self.rekognition.list_faces(CollectionId=self.collection, NextToken=response["NextToken"], **more)

    def test_raw_answers(self):
        document = self.raw_ok("IndexFaces", Image=self.image(photo(1)), MaxFaces=1, QualityFilter="AUTO")
        face = document["FaceRecords"][0]["Face"]
        self.raw_ok("ListFaces")
        self.raw_ok("SearchFaces", FaceId=face["FaceId"], MaxFaces=10)
        self.raw_ok("SearchFacesByImage", Image=self.image(photo(1, 2)), FaceMatchThreshold=90)
        self.raw_ok("DescribeCollection")
        self.raw_ok("DeleteFaces", FaceIds=[face["FaceId"]])

    def test_the_same_picture_again(self):
        first = self.index(photo(1), "x")["FaceRecords"]
        self.assertEqual(self.index(photo(1), "x")["FaceRecords"], first)
        self.assertEqual(len(self.index(photo(1), "y")["FaceRecords"]), 1)
        self.assertEqual(self.rekognition.describe_collection(CollectionId=self.collection)["FaceCount"], 2)

    def test_max_faces(self):
        response = self.index(group([1, 2, 3], [420, 340, 260]), MaxFaces=1)
        record, = response["FaceRecords"]
        self.assertLess(record["Face"]["BoundingBox"]["Left"], 0.4)
        self.assertEqual([face["Reasons"] for face in response["UnindexedFaces"]], [["EXCEEDS_MAX_FACES"]] * 2)
        self.assertIn("BoundingBox", response["UnindexedFaces"][0]["FaceDetail"])

    def test_quality_filter(self):
        from PIL import Image, ImageFilter
        import io
        blurred = Image.open(io.BytesIO(photo(1))).filter(ImageFilter.GaussianBlur(9))
        out = io.BytesIO()
        blurred.save(out, "JPEG")
        response = self.index(out.getvalue(), QualityFilter="HIGH")
        self.assertEqual(response["FaceRecords"], [])
        for face in response["UnindexedFaces"]:
            self.assertIn("LOW_SHARPNESS", face["Reasons"])
        self.assertEqual(len(self.index(photo(1), QualityFilter="AUTO")["FaceRecords"]), 1)
        self.assertEqual(len(self.index(photo(2), QualityFilter="NONE")["FaceRecords"]), 1)

    def test_from_a_bucket(self):
        self.put("faces/one.jpg", photo(1))
        image = {"S3Object": {"Bucket": self.bucket, "Name": "faces/one.jpg"}}
        response = self.rekognition.index_faces(CollectionId=self.collection, Image=image)
        found = self.rekognition.search_faces_by_image(CollectionId=self.collection, Image=image)
        self.assertEqual(found["FaceMatches"][0]["Face"]["FaceId"], response["FaceRecords"][0]["Face"]["FaceId"])

    def test_no_face_indexes_none(self):
        response = self.index(drawn(300, 300))
        self.assertEqual((response["FaceRecords"], response["UnindexedFaces"]), ([], []))

    def test_refusals(self):
        image = self.image(photo(1))
        for more in ({"MaxFaces": 0}, {"QualityFilter": "BEST"}, {"ExternalImageId": "a b"}, {"DetectionAttributes": ["HAT"]}):
            self.raw_refused(INVALID, "IndexFaces", Image=image, **more)
        self.raw_refused("InvalidImageFormatException", "IndexFaces", Image=self.image(b"text"))
        self.raw_refused("InvalidS3ObjectException", "IndexFaces", Image=self.stored("absent.jpg"))
        self.raw_refused("ImageTooLargeException", "IndexFaces", Image=self.image(bytes(5 * 1024 * 1024 + 1)))
        for ids in ([], ["x"], [ABSENT] * 4097):
            self.raw_refused(INVALID, "DeleteFaces", FaceIds=ids)


class SearchTest(CollectionCase):
    def test_search_faces(self):
        same = [self.index_one(1, take) for take in range(3)]
        others = [self.index_one(number) for number in range(2, 8)]
        response = self.rekognition.search_faces(CollectionId=self.collection, FaceId=same[0], FaceMatchThreshold=80, MaxFaces=50)
        print("Matching faces")
        for match in response["FaceMatches"]:
            print("FaceId:" + match["Face"]["FaceId"])
            print("Similarity: " + "{:.2f}".format(match["Similarity"]) + "%")
        self.assertEqual(response["SearchedFaceId"], same[0])
        self.assertEqual({match["Face"]["FaceId"] for match in response["FaceMatches"]}, set(same[1:]))
        self.assert_descending(match["Similarity"] for match in response["FaceMatches"])
        everyone = self.rekognition.search_faces(CollectionId=self.collection, FaceId=same[0], FaceMatchThreshold=0)
        self.assertEqual({match["Face"]["FaceId"] for match in everyone["FaceMatches"]}, set(same[1:] + others))
        self.assert_descending(match["Similarity"] for match in everyone["FaceMatches"])
        one = self.rekognition.search_faces(CollectionId=self.collection, FaceId=same[0], MaxFaces=1)
        self.assertEqual(one["FaceMatches"], everyone["FaceMatches"][:1])
        self.raw_refused("InvalidParameterException", "SearchFaces", FaceId=ABSENT, says="faceId was not found in the collection.")
        for more in ({"MaxFaces": 0}, {"MaxFaces": 4097}, {"FaceMatchThreshold": 100.1}, {"FaceId": "x"}):
            self.raw_refused(INVALID, "SearchFaces", **{"FaceId": same[0], **more})

    def test_search_faces_by_image(self):
        ids = {number: self.index_one(number) for number in range(1, 7)}
        for number, face_id in ids.items():
            response = self.rekognition.search_faces_by_image(
                CollectionId=self.collection, Image={"Bytes": photo(number, 5)}, FaceMatchThreshold=70, MaxFaces=2)
            self.assertTrue(response["FaceMatches"], f"{number} was not found")
            best = response["FaceMatches"][0]
            self.assertEqual(best["Face"]["FaceId"], face_id)
            self.assertGreater(best["Similarity"], 90)
            self.assert_box(response["SearchedFaceBoundingBox"])
            self.assertGreater(response["SearchedFaceConfidence"], 50)
        # The largest face counts.
        mixed = {"Bytes": group([2, 1], [250, 450])}
        found = self.rekognition.search_faces_by_image(CollectionId=self.collection, Image=mixed)
        self.assertEqual([match["Face"]["FaceId"] for match in found["FaceMatches"]], [ids[1]])
        self.assertGreater(found["SearchedFaceBoundingBox"]["Left"], 0.3)
        self.raw_refused("InvalidParameterException", "SearchFacesByImage", Image=self.image(drawn(300, 300)),
                         says="There are no faces in the image. Should be at least 1.")
        self.raw_refused("InvalidImageFormatException", "SearchFacesByImage", Image=self.image(b"text"))

    def test_an_empty_collection_has_no_matches(self):
        response = self.raw_ok("SearchFacesByImage", Image=self.image(photo(1)))
        self.assertEqual(response["FaceMatches"], [])


class UsersTest(CollectionCase):
    def test_users_from_first_to_last(self):
        client, collection = self.rekognition, self.collection
        for user in ("ann", "bob:7", "nobody"):
            client.create_user(CollectionId=collection, UserId=user, ClientRequestToken=str(uuid.uuid4()))
        anns, bobs = [self.index_one(1, take) for take in range(3)], [self.index_one(2)]
        response = client.associate_faces(CollectionId=collection, UserId="ann", FaceIds=anns[:2], UserMatchThreshold=70)
        print(f"- associated {len(response['AssociatedFaces'])} faces, status {response['UserStatus']}")
        self.assertEqual([face["FaceId"] for face in response["AssociatedFaces"]], anns[:2])
        self.assertEqual(response["UserStatus"], "ACTIVE")
        client.associate_faces(CollectionId=collection, UserId="bob:7", FaceIds=bobs)
        mixed = self.raw_ok("AssociateFaces", UserId="ann", FaceIds=[anns[2], bobs[0], self.index_one(3), ABSENT])
        self.assertEqual([face["FaceId"] for face in mixed["AssociatedFaces"]], anns[2:])
        self.assertEqual([problem["Reasons"] for problem in mixed["UnsuccessfulFaceAssociations"]],
                         [["ASSOCIATED_TO_A_DIFFERENT_USER"], ["LOW_MATCH_CONFIDENCE"], ["FACE_NOT_FOUND"]])

        self.assertEqual(self.list_users(MaxResults=2),
                         [("ann", "ACTIVE"), ("bob:7", "ACTIVE"), ("nobody", "CREATED")])
        self.assertEqual(client.describe_collection(CollectionId=collection)["UserCount"], 3)
        of_ann = client.list_faces(CollectionId=collection, UserId="ann")["Faces"]
        self.assertEqual([face["FaceId"] for face in of_ann], anns)
        self.assertEqual({face["UserId"] for face in of_ann}, {"ann"})

        by_face = self.raw_ok("SearchUsers", FaceId=anns[0])
        self.assertEqual(by_face["SearchedFace"], {"FaceId": anns[0]})
        self.assertEqual([match["User"] for match in by_face["UserMatches"]], [{"UserId": "ann", "UserStatus": "ACTIVE"}])
        by_user = client.search_users(CollectionId=collection, UserId="ann", UserMatchThreshold=0, MaxUsers=5)
        self.assertEqual([match["User"]["UserId"] for match in by_user["UserMatches"]], ["bob:7"])
        by_image = self.raw_ok("SearchUsersByImage", Image=self.image(group([1, 2], [450, 250])))
        self.assertEqual([match["User"]["UserId"] for match in by_image["UserMatches"]], ["ann"])
        self.assertIn("BoundingBox", by_image["SearchedFace"]["FaceDetail"])
        self.assertEqual([face["Reasons"] for face in by_image["UnsearchedFaces"]], [["FACE_NOT_LARGEST"]])
        nobody = self.raw_ok("SearchUsersByImage", Image=self.image(drawn(300, 300)))
        self.assertEqual(nobody["UserMatches"], [])
        self.assertNotIn("SearchedFace", nobody)

        kept = self.raw_ok("DeleteFaces", FaceIds=[anns[0]])
        self.assertEqual(kept["UnsuccessfulFaceDeletions"],
                         [{"FaceId": anns[0], "UserId": "ann", "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]}])
        undone = self.raw_ok("DisassociateFaces", UserId="ann", FaceIds=[*anns, bobs[0], ABSENT])
        self.assertEqual([face["FaceId"] for face in undone["DisassociatedFaces"]], anns)
        self.assertEqual([problem["Reasons"] for problem in undone["UnsuccessfulFaceDisassociations"]],
                         [["ASSOCIATED_TO_A_DIFFERENT_USER"], ["FACE_NOT_FOUND"]])
        self.assertEqual(undone["UserStatus"], "CREATED")
        client.delete_user(CollectionId=collection, UserId="bob:7")
        self.assertEqual(self.list_users(), [("ann", "CREATED"), ("nobody", "CREATED")])
        self.assertEqual(client.delete_faces(CollectionId=collection, FaceIds=bobs)["DeletedFaces"], bobs)

    def list_users(self, **more):
        users, token = [], {}
        while True:
            response = self.rekognition.list_users(CollectionId=self.collection, **more, **token)
            for user in response["Users"]:
                print(user)
                users.append((user["UserId"], user["UserStatus"]))
            if not response.get("NextToken"):
                return users
            token = {"NextToken": response["NextToken"]}

    def test_refusals(self):
        self.raw_ok("CreateUser", UserId="ann", ClientRequestToken="token-1")
        self.raw_ok("CreateUser", UserId="ann", ClientRequestToken="token-1")
        self.raw_refused("ConflictException", "CreateUser", UserId="ann")
        self.raw_refused("IdempotentParameterMismatchException", "CreateUser", UserId="bob", ClientRequestToken="token-1")
        face = self.index_one(1)
        for operation in ("DeleteUser", "AssociateFaces", "DisassociateFaces"):
            more = {} if operation == "DeleteUser" else {"FaceIds": [face]}
            self.raw_refused("ResourceNotFoundException", operation, UserId="absent", says="absent", **more)
            self.raw_refused("IdempotentParameterMismatchException", operation, UserId="ann", ClientRequestToken="token-1", **more)
            self.raw_refused(INVALID, operation, UserId="a b", **more)
        self.raw_refused("ResourceNotFoundException", "SearchUsers", UserId="absent")
        self.raw_refused("InvalidParameterException", "SearchUsers")
        self.raw_refused("InvalidParameterException", "SearchUsers", UserId="ann", FaceId=face)
        self.raw_refused("InvalidParameterException", "SearchUsers", FaceId=ABSENT)
        for more in ({"FaceIds": []}, {"FaceIds": [face] * 101}, {"FaceIds": [face], "UserMatchThreshold": 101}):
            self.raw_refused(INVALID, "AssociateFaces", UserId="ann", **more)
        for size in (0, 501):
            self.raw_refused(INVALID, "ListUsers", MaxResults=size)
            self.raw_refused(INVALID, "SearchUsers", UserId="ann", MaxUsers=size)

    def test_a_user_is_full_at_a_hundred(self):
        client, user = self.rekognition, {"CollectionId": self.collection, "UserId": "ann"}
        client.create_user(**user)
        eight, faces = group(range(8), [220] * 8), []
        while len(faces) < 101:  # under another name they are other faces
            records = self.index(eight, f"n{len(faces)}", QualityFilter="NONE")["FaceRecords"]
            self.assertGreater(len(records), 4)
            faces += [record["Face"]["FaceId"] for record in records]
        self.assertEqual(len(client.associate_faces(**user, FaceIds=faces[:100])["AssociatedFaces"]), 100)
        self.refused("ServiceQuotaExceededException", client.associate_faces, **user, FaceIds=faces[100:101], status=400)


if __name__ == "__main__":
    unittest.main()
