#!/usr/bin/python3
"""Flips a bit in every file that a data directory has, at its bounds and at random places: `eyrie fsck` says so, and the server starts or says why it does not, serves each object's very bytes or an error, and never crashes.

EYRIE_BIT_FLIPS flips (16), EYRIE_CHAOS_SEED to repeat them; each works on a copy of one directory. A flip is without effect where fsck is silent and every row that the database holds is as it was.
"""

import collections
import contextlib
import json
import os
import pathlib
import random
import shutil
import sqlite3
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, figure  # noqa: E402
from support.everything import Everything  # noqa: E402
from support.server import Server, ServerFailed, run_eyrie  # noqa: E402

FLIPS = int(os.environ.get("EYRIE_BIT_FLIPS", "16"))
SEED = int(os.environ.get("EYRIE_CHAOS_SEED", str(random.randrange(1 << 32))))
# What nothing reads, or is made anew at every start; as is what a kill has left half written (.new-).
WITHOUT_EFFECT = {"reserve", "eyrie.lock", "backup.lock", "eyrie.log", "server.json", "eyrie.db-shm", "metrics.db-shm", "traces.db-shm"}
DATABASES = ("eyrie.db", "metrics.db", "traces.db")


def kind_of(path):
    """Files of one kind take turns."""
    first = path.parts[0]
    if first in ("objects", "cold", "audit", "functions"):
        return "/".join(path.parts[:2]) if first == "functions" else path.name if path.name == "eyrie.cold" else first
    return first


def rows(database):
    """All that the database holds, as text; None where that cannot be read."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.text_factory = bytes
    try:
        tables = [name for name, in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {table: connection.execute(f'SELECT * FROM "{table.decode()}"').fetchall() for table in tables}
    except sqlite3.Error:
        return None
    finally:
        connection.close()


class BitFlipTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        paths.boto3()
        cls.elsewhere = pathlib.Path(tempfile.mkdtemp(prefix="eyrie-flips-"))
        cls.addClassCleanup(shutil.rmtree, cls.elsewhere, ignore_errors=True)
        with Server(config=SMALL_MODELS) as server:
            cls.everything = Everything(server, with_picture=False)
            server.wait_for_models()
            server.kill()  # so that the log and its index are there
            shutil.copytree(server.data, cls.elsewhere / "whole")
        shutil.rmtree(cls.elsewhere / "whole" / "tmp")
        (cls.elsewhere / "whole" / "tmp").mkdir()
        cls.data = cls.elsewhere / "copy" / "data"
        cls.expected = {**cls.everything.objects, ("kept", "archived/dense"): "InvalidObjectState", ("kept", "archived/loose"): "InvalidObjectState"}
        cls.fresh()
        cls.rows = {name: rows(cls.data / name) for name in DATABASES}
        with contextlib.closing(sqlite3.connect(f"file:{cls.data / 'eyrie.db'}?mode=ro", uri=True)) as connection:
            (cls.customers,), = connection.execute("SELECT file FROM objects WHERE key = ?", (b"customers",))

    @classmethod
    def fresh(cls):
        """The directory as it was."""
        shutil.rmtree(cls.data, ignore_errors=True)
        shutil.copytree(cls.elsewhere / "whole", cls.data)
        return cls.data

    def flips(self):
        """(file, byte, bit): the files of each kind in turn, at a bound or anywhere."""
        randomly = random.Random(SEED)
        whole = self.elsewhere / "whole"
        kinds = collections.defaultdict(list)
        for path in sorted(whole.rglob("*")):
            if path.is_file() and path.stat().st_size and path.name not in WITHOUT_EFFECT and ".new-" not in path.name and whole / "functions" / "run" not in path.parents:
                kinds[kind_of(path.relative_to(whole))].append(path.relative_to(whole))
        figure(f"EYRIE_CHAOS_SEED={SEED}; kinds of files: {' '.join(kinds)}")
        self.assertLessEqual({"objects", "cold", "eyrie.cold", "eyrie.db", "eyrie.db-wal", "metrics.db", "traces.db", "master.key", "root-key.json", "functions/code"}, set(kinds))
        while True:
            for kind, files in kinds.items():
                path = randomly.choice(files)
                size = (whole / path).stat().st_size
                yield path, randomly.choice((0, size - 1, min(100, size - 1), randomly.randrange(size), randomly.randrange(size))), randomly.randrange(8)
                # The database holds most kinds of things by far.
                if kind == "eyrie.db":
                    for _ in range(3):
                        yield path, randomly.randrange(size), randomly.randrange(8)

    def flip(self, path, at, bit):
        with open(path, "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1 << bit]))

    def test_every_flip_is_found_and_nothing_wrong_is_served(self):
        outcomes, problems, began = collections.Counter(), [], time.monotonic()
        for _, (path, at, bit) in zip(range(FLIPS), self.flips()):
            self.fresh()
            self.flip(self.data / path, at, bit)
            with self.subTest(file=str(path), byte=at, bit=bit):
                found = self.look(path)
                served, problem = self.serve()
                outcomes[f"{kind_of(path)}: {found}, {served}"] += 1
                # Nobody here has the customer's key: who brings it, and reads, is told.
                if found == "unseen" and path.name == self.customers and served == "served in part":
                    found = "found by who reads"
                if found == "unseen":
                    problem = problem or "neither found nor without effect"
                if problem:
                    problems.append(f"{path} byte {at} bit {bit}: {found}, {served}: {problem}")
        for outcome, count in sorted(outcomes.items()):
            figure(f"{count:4} {outcome}")
        figure(f"{FLIPS} flips in {time.monotonic() - began:.0f} s")
        self.assertEqual(problems, [], "\n".join(problems))

    def look(self, path):
        """What fsck makes of it: found, without effect, or unseen."""
        done = run_eyrie("fsck", "--data", self.data, "--json")
        self.assertIn(done.returncode, (0, 1, 2), done.stderr)
        if done.returncode:
            return "found"
        self.assertEqual(json.loads(done.stdout)["damage"], 0)
        if path.suffix == ".db" or path.suffix == ".db-wal":
            return "without effect" if all(rows(self.data / name) == self.rows[name] for name in DATABASES) else "unseen"
        return "without effect" if self.is_beside(path) else "unseen"

    @staticmethod
    def is_beside(path):
        """Text for people: lines of the audit log and of functions."""
        return path.parts[0] == "audit" or path.parts[:2] == ("functions", "logs")

    def serve(self):
        """How the server fares, and what is wrong about that."""
        (self.data.parent / "output.txt").unlink(missing_ok=True)
        server = Server(config=SMALL_MODELS, data=self.data)
        try:
            try:
                server.start()
            except ServerFailed:
                code, words = server.process.poll(), server.output()
                # It says why, and ends by itself.
                return "refused", None if code == 1 and "eyrie: " in words else f"it ended with {code}: {words[-2000:]}"
            # A key that was made anew cannot read anything; that is an error, too.
            wrong = {}
            found = self.everything.read_objects(server)
            for name, expected in self.expected.items():
                if found[name] != expected and isinstance(found[name], bytes):
                    wrong[name] = f"{len(found[name])} other bytes"
            server.get("/_eyrie/metrics")
            errors = sum(not isinstance(body, bytes) for body in found.values())
            code = server.stop()
            if code:
                return "stopped badly", f"it ended with {code}: {server.output_tail()}"
            return "served" if errors == 2 else "served in part", f"wrong: {wrong}" if wrong else None
        except (ServerFailed, OSError) as error:
            return "crashed", str(error)
        finally:
            server.close()


if __name__ == "__main__":
    unittest.main()
