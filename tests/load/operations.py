#!/usr/bin/python3
"""What each Rekognition operation takes against the networks behind it: wall time as a client sees it, one request at a time, beside the
milliseconds that the server spent inside the networks meanwhile, in one run.

    tests/load/operations.py [REQUESTS]

`beside` is what comes on top of the networks: the request's base64 and signature, decoding, scaling, shaping, the store. The picture is a JPEG of
12 megapixels with people and text. Figures of one run compare with each other only.
"""

import base64
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from load.figures import networks_ms  # noqa: E402
from load.pictures import people_and_text  # noqa: E402
from support.server import Server  # noqa: E402
from support.signing import raw_client  # noqa: E402

COLLECTION = {"CollectionId": "bench"}


def requests(picture):
    """Name shown, operation, request: functions of the round, where each has to be another."""
    image = {"Image": {"Bytes": base64.b64encode(picture).decode()}}
    stored = {"Image": {"S3Object": {"Bucket": "images", "Name": "bench/photo.jpg"}}}
    return (
        ("DetectLabels", "DetectLabels", image),
        ("  of an S3 object", "DetectLabels", stored),
        ("  and image properties", "DetectLabels", {**image, "Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"]}),
        ("  image properties alone", "DetectLabels", {**image, "Features": ["IMAGE_PROPERTIES"]}),
        ("DetectFaces", "DetectFaces", image),
        ("  every attribute", "DetectFaces", {**image, "Attributes": ["ALL"]}),
        ("CompareFaces", "CompareFaces", {"SourceImage": stored["Image"], "TargetImage": stored["Image"]}),
        ("DetectText", "DetectText", image),
        ("DetectModerationLabels", "DetectModerationLabels", image),
        ("DetectProtectiveEquipment", "DetectProtectiveEquipment", stored),
        ("RecognizeCelebrities", "RecognizeCelebrities", image),
        ("IndexFaces", "IndexFaces", lambda i: {**stored, **COLLECTION, "ExternalImageId": f"n{i}"}),
        ("SearchFacesByImage", "SearchFacesByImage", {**stored, **COLLECTION}),
        ("SearchUsersByImage", "SearchUsersByImage", {**stored, **COLLECTION}),
        ("ListFaces", "ListFaces", COLLECTION),
        ("DescribeCollection", "DescribeCollection", COLLECTION),
    )


def ask(raw, operation, request):
    answer = raw.call("rekognition", operation, request)
    assert answer.status == 200, f"{operation}: {answer.body[:500]}"


def measure(server, raw, operation, request, rounds):
    """Median wall milliseconds of a request, and the mean of those inside the networks."""
    of_round = request if callable(request) else lambda _: request
    ask(raw, operation, of_round(-1))
    walls, before = [], networks_ms(server)
    for i in range(rounds):
        started = time.monotonic()
        ask(raw, operation, of_round(i))
        walls.append((time.monotonic() - started) * 1000)
    return statistics.median(walls), (networks_ms(server) - before) / rounds


def main(rounds=5):
    picture = people_and_text()
    print(f"each operation on a JPEG of {len(picture) / 1e6:.1f} MB, {rounds} requests one after the other")
    print(f"  {'operation':28} {'wall ms':>9} {'networks ms':>12} {'beside ms':>10} {'ratio':>6}")
    with Server() as server:
        server.wait_for_models()
        raw = raw_client(server)
        raw.put_object("images", "bench/photo.jpg", picture)
        ask(raw, "CreateCollection", COLLECTION)
        for name, operation, request in requests(picture):
            wall, networks = measure(server, raw, operation, request, rounds)
            ratio = f"{wall / networks:6.2f}" if networks > 0.5 else "     -"
            print(f"  {name:28} {wall:9.1f} {networks:12.1f} {wall - networks:10.1f} {ratio}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
