#!/usr/bin/python3
"""Memory stays flat and under 1 GB over many pictures, one with 100 faces among them, with every default model in use.

A short form in `make test`; EYRIE_SOAK_PICTURES=10000 (`make soak`) is the long one. The slope is taken over the second half: first uses of
networks and arenas are over by then. Readings are taken at rest, when the server has returned what its last pictures left.
"""

import os
import pathlib
import sys
import time
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from load.pictures import crowd  # noqa: E402
from support import paths  # noqa: E402
from support.case import figure  # noqa: E402
from support.records import finished_by_id  # noqa: E402
from support.server import Server  # noqa: E402
from support.signing import raw_client  # noqa: E402

PICTURES = int(os.environ.get("EYRIE_SOAK_PICTURES", "40"))
LIMIT_MIB = 1000
# Over the second half. A leak of one decoded picture (1600 pixels a side: 7 MiB) in ten would show.
GROWTH_MIB = 60
EVERY = max(10, PICTURES // 10)  # pictures between readings
REST_SECONDS = 6  # the server returns freed memory every five
CROWD_EVERY = 20 if PICTURES < 1000 else 200


class MemoryTest(unittest.TestCase):
    def test_flat_and_bounded(self):
        samples = [paths.sample(name).read_bytes() for name in ("cat.png", "motorcycle.png", "astronaut.png", "coffee.png")]
        faces = crowd()
        with Server() as server:
            raw = raw_client(server)
            readings = []
            for i in range(PICTURES):
                crowded = i % CROWD_EVERY == 7
                image_id = str(uuid.uuid4())
                picture = faces if crowded else samples[i % len(samples)]
                self.assertEqual(raw.put_object("images", f"uploads/{image_id}.jpg", picture).status, 200)
                record = finished_by_id(raw, image_id, timeout=300)
                self.assertEqual(record["ProcessingStatus"], "COMPLETED", record)
                if crowded:
                    self.assertGreaterEqual(len(record["FaceData"]), 95, "faces of the crowd")
                if i % EVERY == EVERY - 1:
                    time.sleep(REST_SECONDS)
                    readings.append(server.resident_mib())
            half = readings[len(readings) // 2:]
            figure(f"{PICTURES} pictures: {half[0]:.0f} MiB at half, {half[-1]:.0f} at the end, at most {server.resident_mib('VmHWM'):.0f}")
            self.assertLess(half[-1] - half[0], GROWTH_MIB)
            self.assertLess(server.resident_mib("VmHWM"), LIMIT_MIB)


if __name__ == "__main__":
    unittest.main()
