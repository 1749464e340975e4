#!/usr/bin/python3
"""Data directories of every format there has been (format-*.tar.xz: README.md) are opened, and all that is in them is there; one of a format to come is refused and left as it is.

The servers, and this process, have the time of day at which the fixture was made: what a message's or a metric's retention ends years later is no loss.
"""

import hashlib
import json
import pathlib
import re
import shutil
import struct
import sys
import tarfile
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import upgrade.contents as contents  # noqa: E402
from support import faults  # noqa: E402
from support.server import Server, eventually, run_eyrie  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent
FIXTURES = sorted(FOLDER.glob("format-*.tar.xz"), key=lambda path: int(path.name.split(".")[0].split("-")[1]))
PAGE = 4096
FORMAT_AT = 60  # of PRAGMA user_version in SQLite's header, big-endian


def setUpModule():
    global clock
    clock = faults.own_clock()


def page_sum(page, number):
    """What ends a page (docs/formats.md, Pages of eyrie.db)."""
    one, two = number & 0xffffffff, number >> 32
    words = struct.unpack(f"<{(PAGE - 8) // 4}I", page[:PAGE - 8])
    for first, second in zip(words[::2], words[1::2]):
        one = (one + first + two) & 0xffffffff
        two = (two + second + one) & 0xffffffff
    return struct.pack(">II", one, two)


def set_format(database, version):
    """As a program to come would have written it."""
    content = bytearray(database.read_bytes())
    assert page_sum(content[:PAGE], 1) == content[PAGE - 8:PAGE], "that the sum is understood"
    content[FORMAT_AT:FORMAT_AT + 4] = struct.pack(">I", version)
    content[PAGE - 8:PAGE] = page_sum(content[:PAGE], 1)
    database.write_bytes(content)


def state_of(folder):
    """Every file's mode and bytes, but for locks, and SQLite's index of a log and an empty log, which whoever reads leaves."""
    return {str(path.relative_to(folder)): (path.stat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None)
            for path in sorted(folder.rglob("*")) if not re.search(r"\.lock$|-shm$", path.name) and not (path.name.endswith("-wal") and path.stat().st_size == 0)}


class UpgradeCase(unittest.TestCase):
    def unpack(self, fixture):
        """The data directory, and what is known of it."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="eyrie-upgrade-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        with tarfile.open(fixture) as archive:
            archive.extractall(folder)
        facts = json.loads((folder / "facts.json").read_text())
        clock.set_clock_to(facts["made"])
        return folder / "data", facts

    def served(self, data):
        server = Server(data=data)
        self.addCleanup(server.close)
        return server.start()

    def assert_whole(self, data):
        done = run_eyrie("fsck", "--data", data, "--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class UpgradeTest(UpgradeCase):
    def test_each_format(self):
        self.assertTrue(FIXTURES)
        for fixture in FIXTURES:
            with self.subTest(fixture.name):
                self.upgrade(fixture)

    def upgrade(self, fixture):
        data, facts = self.unpack(fixture)
        self.assertIn(contents.format_of_header(data), (facts["format"], 0))  # 0: all of it is in the log yet
        key = json.loads((data / "root-key.json").read_text())
        server = self.served(data)
        self.assertEqual(server.key(), (key["AccessKeyId"], key["SecretAccessKey"]))
        contents.check(self, server, facts["contents"])
        # What was acknowledged by the program before is done by this one.
        record = eventually(lambda: contents.record_of(server, "uploads/waiting.jpg"), "the waiting picture's record", timeout=300)
        self.assertEqual(record["ProcessingStatus"], {"S": "COMPLETED"})
        self.assertEqual(server.stop(), 0)
        # Sealed by now, also where it was not before: the mark is in no file but the log that functions write.
        self.assertEqual([str(path) for path in data.rglob("*") if path.is_file() and contents.MARK.encode() in path.read_bytes()], [])
        self.assert_whole(data)

        server.start()
        contents.check(self, server, facts["contents"])
        contents.finish(self, server, facts["contents"])
        self.assertEqual(server.stop(), 0)
        self.assertEqual(contents.format_of_header(data), present_format())
        self.assert_whole(data)

    def test_the_present_format_has_a_fixture(self):
        """Whoever changes the format adds one (make_fixture.py)."""
        with tempfile.TemporaryDirectory(prefix="eyrie-upgrade-") as folder:
            with Server(data=pathlib.Path(folder) / "data") as server:
                self.assertEqual(server.stop(), 0)
                self.assertEqual(contents.format_of_header(server.data), present_format())


def present_format():
    return int(FIXTURES[-1].name.split(".")[0].split("-")[1])


class NewerTest(UpgradeCase):
    def assert_refused(self, data, arguments, words):
        before = state_of(data)
        done = run_eyrie(*arguments)
        self.assertNotEqual(done.returncode, 0, arguments)
        self.assertIn(words, done.stderr)
        self.assertEqual(state_of(data), before, arguments)

    def present(self):
        """A directory of the present format, closed: nothing in logs."""
        data, _ = self.unpack(FIXTURES[-1])
        server = self.served(data)
        self.assertEqual(server.stop(), 0)
        return data

    def test_a_newer_database(self):
        data = self.present()
        newer = present_format() + 1
        set_format(data / "eyrie.db", newer)
        words = f"has format {newer}; this program knows up to {newer - 1}"
        self.assert_refused(data, ("serve", "--data", data, "--listen", "127.0.0.1:0"), words)
        self.assert_refused(data, ("keys", "--data", data, "rotate"), words)
        self.assert_refused(data, ("fsck", "--data", data), f"has format {newer}")
        self.assert_refused(data, ("backup", "--data", data, "--to", data.parent / "backup"), f"has format {newer}")
        # Nothing was lost by the attempts.
        set_format(data / "eyrie.db", newer - 1)
        self.assert_whole(data)

    def test_newer_metrics(self):
        data = self.present()
        set_format(data / "metrics.db", 2)
        done = run_eyrie("serve", "--data", data, "--listen", "127.0.0.1:0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("metrics.db has format 2; this program knows up to 1", done.stderr)
        self.assertFalse((data / "metrics.db.damaged").exists(), "that is for what is damaged")
        set_format(data / "metrics.db", 1)
        self.assert_whole(data)

    def test_a_newer_key_ring(self):
        data = self.present()
        (data / "master.key").write_text("eyrie key ring 3 moon\nxyz\n")
        words = "is of a format that this program does not know: of a newer program, or damaged"
        self.assert_refused(data, ("serve", "--data", data, "--listen", "127.0.0.1:0"), words)
        self.assert_refused(data, ("keys", "--data", data, "status"), words)


if __name__ == "__main__":
    unittest.main()
