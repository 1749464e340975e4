#!/usr/bin/python3
"""Memory stays flat and under 1 GB over many pictures, one with 100 faces among them, with every default model in use.

A short form in `make test`; EYRIE_SOAK_PICTURES=100000 (`make soak PICTURES=100000`) is the long one, which adds photographs of many sizes from the
evaluation images where they are there, and finds what an upload leaves to within some hundred bytes. The slope is taken over the second half: first uses
of networks and arenas are over by then. Readings are taken at rest, when the server has returned what its last pictures left. That the check catches a
leak is shown by uploads_memory_test.py, which reads and judges in the same way.
"""

import concurrent.futures
import os
import pathlib
import sys
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from load.pictures import crowd  # noqa: E402
from support import paths  # noqa: E402
from support.case import figure  # noqa: E402
from support.growth import LIMIT_BYTES, MORE_DESCRIPTORS, MOST_ERROR, Growth  # noqa: E402
from support.records import finished_by_id  # noqa: E402
from support.server import Server  # noqa: E402
from support.signing import raw_client  # noqa: E402

PICTURES = int(os.environ.get("EYRIE_SOAK_PICTURES", "40"))
LIMIT_MIB = 1000
# Over the second half. A leak of one decoded picture (1600 pixels a side: 7 MiB) in ten would show.
GROWTH_MIB = 60
# From so many on the slope is asked about too. What networks leave in the heap scatters by some 5 MiB from reading to reading, which over half of n pictures
# and 20 readings is an error of 8 MB / n: from 40,000 on it is below MOST_ERROR.
ENOUGH = 40_000
EVERY = max(10, PICTURES // (40 if PICTURES >= ENOUGH else 10))  # pictures between readings
AT_ONCE = 3  # uploads whose records are awaited: one more than there are workers on 2 cores
CROWD_EVERY = 20 if PICTURES < 1000 else 200


def photographs():
    found = [paths.sample(name).read_bytes() for name in ("cat.png", "motorcycle.png", "astronaut.png", "coffee.png")]
    if PICTURES >= 1000:
        try:
            found += [path.read_bytes() for path in sorted(paths.evaluation("imagenet").glob("*.JPEG"))]
        except unittest.SkipTest as absent:
            figure(f"only the samples: {absent}")
    return found


class MemoryTest(unittest.TestCase):
    def test_flat_and_bounded(self):
        pictures, faces = photographs(), crowd()

        def upload(i):
            crowded = i % CROWD_EVERY == 7
            image_id = str(uuid.uuid4())
            raw = raw_client(server)
            picture = faces if crowded else pictures[i % len(pictures)]
            self.assertEqual(raw.put_object("images", f"uploads/{image_id}.jpg", picture).status, 200)
            record = finished_by_id(raw, image_id, timeout=300)
            self.assertEqual(record["ProcessingStatus"], "COMPLETED", record)
            if crowded:
                self.assertGreaterEqual(len(record["FaceData"]), 95, "faces of the crowd")

        with Server() as server, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as uploaders:
            growth = Growth(server)
            for start in range(0, PICTURES, EVERY):
                for _ in uploaders.map(upload, range(start, min(start + EVERY, PICTURES))):
                    pass
                line = growth.read(min(start + EVERY, PICTURES))
                if PICTURES >= 1000:
                    figure(line)
            late, highest = growth.second_half(), server.resident_mib("VmHWM")
            slope, error = late.slope()
            figure(f"{PICTURES} pictures, second half: {late.summary()}; at most {highest:.0f} MiB")
            self.assertLess(highest, LIMIT_MIB)
            self.assertLessEqual(late.more_descriptors(), MORE_DESCRIPTORS)
            if PICTURES < ENOUGH:
                self.assertLess(late.more_mib(), GROWTH_MIB)
            else:
                self.assertLess(error, MOST_ERROR, "the readings scatter too much to tell")
                self.assertLess(slope, LIMIT_BYTES)


if __name__ == "__main__":
    unittest.main()
