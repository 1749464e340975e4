#!/usr/bin/python3
"""kill -9 at random moments while faces are indexed: every face that was acknowledged is listed and found afterwards, no picture has only some of
its faces, and the counts agree.

EYRIE_CHAOS_FACE_KILLS (14) kills, EYRIE_CHAOS_SEED to repeat the moments.
"""

import base64
import http.client
import os
import pathlib
import random
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.case import figure  # noqa: E402
from support.faces import group  # noqa: E402
from support.server import Server, eventually  # noqa: E402
from support.signing import raw_client  # noqa: E402

KILLS = int(os.environ.get("EYRIE_CHAOS_FACE_KILLS", "14"))
SEED = int(os.environ.get("EYRIE_CHAOS_SEED", str(random.randrange(1 << 32))))
THREADS = 2
COLLECTION = "crash"


class Indexer(threading.Thread):
    """Indexes one picture of two persons under ever new names until told to stop."""

    def __init__(self, test, name, picture):
        super().__init__(name=name, daemon=True)
        self.test, self.picture = test, base64.b64encode(picture).decode()
        self.acknowledged = {}  # external image id -> face ids
        self.interrupted = 0

    def run(self):
        client, generation, number = None, None, 0
        while not self.test.stopped.is_set():
            if not self.test.up.wait(0.05):
                continue
            number += 1
            name = f"{self.name}-{number}"
            try:
                if client is None or generation != self.test.generation:
                    generation, client = self.test.generation, raw_client(self.test.server, timeout=30)
                answer = client.call("rekognition", "IndexFaces", {"CollectionId": COLLECTION, "ExternalImageId": name,
                                                                   "Image": {"Bytes": self.picture}})
            except (OSError, http.client.HTTPException):
                self.interrupted, client = self.interrupted + 1, None
                continue
            if answer.status == 200:
                self.acknowledged[name] = [record["Face"]["FaceId"] for record in answer.json()["FaceRecords"]]


class FacesKillTest(unittest.TestCase):
    def test_every_acknowledged_face_is_there(self):
        print(f"    {KILLS} kills, EYRIE_CHAOS_SEED={SEED}", flush=True)
        picture = group([1, 2], [420, 360])
        self.stopped, self.up, self.generation = threading.Event(), threading.Event(), 0
        with Server() as self.server:
            created = self.call("CreateCollection")
            self.assertEqual(created["StatusCode"], 200)
            indexers = [Indexer(self, f"t{index}", picture) for index in range(THREADS)]
            for indexer in indexers:
                indexer.start()
            try:
                self.kill_again_and_again(indexers)
            finally:
                self.stopped.set()
                for indexer in indexers:
                    indexer.join(60)
            self.server.kill()
            began = time.monotonic()
            self.server.start()
            figure(f"start after the last kill: {time.monotonic() - began:.2f} s")
            self.check(indexers)

    def kill_again_and_again(self, indexers):
        randomly = random.Random(SEED)
        for kill in range(KILLS):
            self.generation += 1
            before = sum(len(indexer.acknowledged) for indexer in indexers)
            self.up.set()
            eventually(lambda: sum(len(indexer.acknowledged) for indexer in indexers) > before, "a face to be indexed", timeout=120)
            time.sleep(randomly.uniform(0, 1))
            self.assertIsNone(self.server.process.poll(), f"the server died by itself\n{self.server.output_tail()}")
            self.server.kill()
            self.up.clear()
            self.server.start()

    def call(self, operation, **request):
        answer = raw_client(self.server).call("rekognition", operation, {"CollectionId": COLLECTION, **request})
        self.assertEqual(answer.status, 200, answer.body[:500])
        return answer.json()

    def listed(self):
        faces, token = [], {}
        while True:
            page = self.call("ListFaces", MaxResults=50, **token)
            faces += page["Faces"]
            if "NextToken" not in page:
                return faces
            token = {"NextToken": page["NextToken"]}

    def check(self, indexers):
        faces = self.listed()
        of_picture = {}
        for face in faces:
            of_picture.setdefault(face["ExternalImageId"], []).append(face["FaceId"])
        self.assertEqual({name: len(ids) for name, ids in of_picture.items() if len(ids) != 2}, {}, "half a picture")
        self.assertEqual(self.call("DescribeCollection")["FaceCount"], len(faces))
        acknowledged = {name: ids for indexer in indexers for name, ids in indexer.acknowledged.items()}
        self.assertTrue(acknowledged, "nothing was acknowledged: nothing was tested")
        for name, ids in acknowledged.items():
            self.assertEqual(of_picture.get(name), ids, f"{name} was acknowledged")
        # All are the same two faces: a search by one must find every other, and nothing that is not listed.
        one = next(iter(acknowledged.values()))[0]
        found = self.call("SearchFaces", FaceId=one, FaceMatchThreshold=0, MaxFaces=4096)["FaceMatches"]
        self.assertEqual({match["Face"]["FaceId"] for match in found} | {one}, {face["FaceId"] for face in faces})
        figure(f"{len(acknowledged)} pictures acknowledged, {len(of_picture)} there, "
               f"{sum(indexer.interrupted for indexer in indexers)} interrupted")


if __name__ == "__main__":
    unittest.main()
