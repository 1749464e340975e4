#!/usr/bin/python3
"""kill -9 at random moments while uploads run: nothing acknowledged is lost, nothing is left behind.

EYRIE_CHAOS_KILLS (60) kills, EYRIE_CHAOS_UPLOADS (three a kill; two in long runs) uploads, EYRIE_CHAOS_SEED to repeat the moments. Three threads
upload new keys, one overwrites the same few. A kill may fall into a start, an upload, an analysis or a moment's rest.
"""

import collections
import http.client
import io
import json
import os
import pathlib
import random
import sqlite3
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, figure  # noqa: E402
from support.records import all_records  # noqa: E402
from support.server import Server, eventually  # noqa: E402
from support.signing import raw_client  # noqa: E402

KILLS = int(os.environ.get("EYRIE_CHAOS_KILLS", "60"))
UPLOADS = int(os.environ.get("EYRIE_CHAOS_UPLOADS", str((3 if KILLS <= 100 else 2) * KILLS)))
SEED = int(os.environ.get("EYRIE_CHAOS_SEED", str(random.randrange(1 << 32))))
NEW_KEY_THREADS = 3
REWRITTEN_KEYS = [f"uploads/again/{index}.jpg" for index in range(4)]


def pictures():
    """JPEGs of up to about 200 KB; each upload appends bytes of its own behind the end of the picture."""
    image_module, result = paths.pillow(), []
    for name, width in (("cat.png", 451), ("coffee.png", 900), ("astronaut.png", 800), ("rocket.jpg", 1000)):
        image = image_module.open(paths.sample(name)).convert("RGB")
        image = image.resize((width, image.height * width // image.width))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=92)
        result.append(out.getvalue())
    return result


class Uploader(threading.Thread):
    """Uploads until told to stop; what was tried and what was acknowledged, per key in order."""

    def __init__(self, chaos, name, next_key):
        super().__init__(name=name, daemon=True)
        self.chaos, self.next_key = chaos, next_key
        self.tried = collections.defaultdict(list)   # key -> bodies, in order
        self.acknowledged = {}                       # key -> index into tried[key] of the last acknowledged
        self.refusals = collections.Counter()

    def run(self):
        client, generation, number = None, None, 0
        randomly = random.Random(f"{SEED} {self.name}")
        while not self.chaos.stopped.is_set():
            time.sleep(randomly.uniform(0, 0.05))
            if not self.chaos.up.is_set() or not self.chaos.take_turn():
                continue
            key = self.next_key(number)
            number += 1
            body = randomly.choice(self.chaos.pictures) + f"{self.name} {number}".encode() + randomly.randbytes(16)
            self.tried[key].append(body)
            try:
                if client is None or generation != self.chaos.generation:
                    generation = self.chaos.generation
                    client = raw_client(self.chaos.server, timeout=30, pieces=5, pause=randomly.uniform(0, 0.01))
                status = client.put_object("images", key, body).status
            except (OSError, http.client.HTTPException) as error:  # an answer cut short is none
                status = type(error).__name__
            if status == 200:
                self.acknowledged[key] = len(self.tried[key]) - 1
            else:
                self.refusals[status] += 1
                client = None


class KillTest(unittest.TestCase):
    def test_nothing_acknowledged_is_lost(self):
        print(f"    {KILLS} kills, {UPLOADS} uploads, EYRIE_CHAOS_SEED={SEED}", flush=True)
        self.pictures = pictures()
        self.stopped, self.up, self.generation, self.turns, self.kills = threading.Event(), threading.Event(), 0, 0, 0
        self.lock = threading.Lock()
        with Server(config=SMALL_MODELS) as self.server:
            uploaders = self.start_uploaders()
            began = time.monotonic()
            try:
                self.kill_again_and_again()
            finally:
                self.stopped.set()
                for uploader in uploaders:
                    uploader.join(60)
            figure(f"{self.kills} kills in {time.monotonic() - began:.0f} s; uploads tried {self.turns}, acknowledged "
                   f"{sum(len(uploader.acknowledged) for uploader in uploaders)} keys; interrupted: "
                   f"{dict(sum((uploader.refusals for uploader in uploaders), collections.Counter()))}")
            self.server.kill()
            self.server.start()
            self.wait_until_idle()
            self.check_objects_and_records(uploaders)
            self.assertEqual(self.server.stop(), 0)
            self.check_disk()

    # --- the storm ---

    def start_uploaders(self):
        uploaders = [Uploader(self, f"new-{index}", lambda number, index=index: f"uploads/{index}/{number}.jpg")
                     for index in range(NEW_KEY_THREADS)]
        uploaders.append(Uploader(self, "again", lambda number: REWRITTEN_KEYS[number % len(REWRITTEN_KEYS)]))
        for uploader in uploaders:
            uploader.start()
        return uploaders

    def take_turn(self):
        """Spreads the uploads over the kills."""
        with self.lock:
            if self.turns >= UPLOADS * (self.kills + 1) / (KILLS + 1):
                return False
            self.turns += 1
            return True

    def kill_again_and_again(self):
        randomly = random.Random(SEED)
        restarts = []
        spawned = time.monotonic()
        while self.kills < KILLS:
            if self.kills and randomly.random() < 0.15:  # in the middle of a start
                time.sleep(randomly.uniform(0, 0.3))
            else:
                self.wait_until_up()
                restarts.append(time.monotonic() - spawned)
                time.sleep(randomly.uniform(0, 1) ** 2)
            self.assertIsNone(self.server.process.poll(), f"the server died by itself\n{self.server.output_tail()}")
            self.server.kill()
            self.up.clear()
            self.kills += 1
            spawned = time.monotonic()
            self.server.spawn()
        if restarts:
            figure(f"start after a kill: median {sorted(restarts)[len(restarts) // 2]:.2f} s, longest {max(restarts):.2f} s")

    def wait_until_up(self):
        def check():
            if self.server.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.server.process.returncode} after a kill\n{self.server.output_tail()}")
            return self.server.is_up()

        eventually(check, "the server answering after a kill", interval=0.01)
        self.generation += 1
        self.up.set()

    # --- the reckoning ---

    def wait_until_idle(self):
        def check():
            queue = json.loads(self.server.get("/_eyrie/health")[1])["queue"]
            self.queue = queue
            return queue["ready"] == queue["leased"] == queue["delayed"] == 0

        began = time.monotonic()
        eventually(check, "an empty queue", timeout=600 + UPLOADS)
        figure(f"what was left was analyzed in {time.monotonic() - began:.1f} s")
        self.assertEqual(self.queue["dead"], 0, "events were given up")

    def check_objects_and_records(self, uploaders):
        raw = raw_client(self.server)
        records = collections.defaultdict(list)
        for record in all_records(raw):
            records[record["Key"]].append(record)
        tried, problems, whole = set(), [], 0
        for uploader in uploaders:
            for key, bodies in uploader.tried.items():
                tried.add(key)
                found = raw.get_object("images", key)
                last = uploader.acknowledged.get(key)
                allowed = bodies if last is None else bodies[last:]
                if found.status == 404 and last is None:
                    if records[key]:
                        problems.append(f"{key}: a record and no object")
                    continue
                whole += 1
                if found.status != 200 or found.body not in allowed:
                    problems.append(f"{key}: {found.status}, {len(found.body)} bytes; acknowledged upload "
                                    f"{last} of {len(bodies)}: {'other bytes' if found.status == 200 else found.body[:200]}")
                if [record["ProcessingStatus"] for record in records[key]] != ["COMPLETED"]:
                    problems.append(f"{key}: records {[(r['ProcessingStatus'], r.get('Error')) for r in records[key]]}, not one COMPLETED")
                elif raw.get_object("images", f"processed/{records[key][0]['ImageID']}.json").status != 200:
                    problems.append(f"{key}: no result under processed/")
        problems += [f"{key}: a record of what was never uploaded" for key in records if key not in tried]
        acknowledged = sum(len(uploader.acknowledged) for uploader in uploaders)
        self.assertEqual(problems, [], f"{len(problems)} problems of {len(tried)} keys, {acknowledged} acknowledged")
        self.assertGreater(acknowledged, 0, "no upload was acknowledged: nothing was tested")
        figure(f"{acknowledged} acknowledged keys are whole, each with one COMPLETED record; "
               f"{len(tried) - whole} unacknowledged are absent")
        pages = self.server.client("s3").get_paginator("list_objects_v2").paginate(Bucket="images")
        self.listed = sum(page["KeyCount"] for page in pages)

    def check_disk(self):
        files = [path for path in (self.server.data / "objects").rglob("*") if path.is_file()]
        self.assertEqual(len(files), self.listed, "files under objects/ against objects listed")
        self.assertEqual([path for path in (self.server.data / "tmp").rglob("*")], [], "left in tmp/")
        aside = [path.name for path in self.server.data.iterdir() if path.suffix == ".new"]
        self.assertEqual(aside, [])
        databases = sorted(self.server.data.glob("*.db"))
        self.assertEqual([path.name for path in databases], ["eyrie.db", "metrics.db", "traces.db"])
        for database in databases:
            with sqlite3.connect(database) as connection:
                self.assertEqual(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            connection.close()


if __name__ == "__main__":
    unittest.main()
