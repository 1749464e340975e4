#!/usr/bin/python3
"""`eyrie backup`, `eyrie restore` and `eyrie fsck`: while uploads go on, after kill -9, and what they refuse."""

import json
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, figure  # noqa: E402
from support.everything import Everything  # noqa: E402
from support.server import Server, eventually, run_eyrie  # noqa: E402
from support.signing import raw_client  # noqa: E402


def fsck(data, *arguments):
    """The exit code and what `eyrie fsck --json` said."""
    done = run_eyrie("fsck", "--data", data, "--json", *arguments)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


class Uploads(threading.Thread):
    """Puts new objects, writes some over again and again, and deletes, until told to stop. What was acknowledged when."""

    def __init__(self, server, name):
        super().__init__(daemon=True)
        self.raw, self.prefix = raw_client(server), f"ongoing/{name}"
        self.stop, self.failed = threading.Event(), None
        self.new = []        # (key, body), in the order of the answers
        self.over = []       # bodies that were put to one key, in order
        self.sent = 0

    def run(self):
        randomly = random.Random(self.prefix)
        try:
            while not self.stop.is_set():
                number = len(self.new)
                body = f"{self.prefix} {number} ".encode() + randomly.randbytes(randomly.randrange(200_000))
                self.expect(self.raw.put_object("images", f"{self.prefix}/{number}", body), 200)
                self.new.append((f"{self.prefix}/{number}", body))
                self.over.append(body)
                self.expect(self.raw.put_object("images", f"{self.prefix}/over", body), 200)
                self.expect(self.raw.put_object("images", f"{self.prefix}/gone", body), 200)
                self.expect(self.raw.request("s3", "DELETE", f"/images/{self.prefix}/gone"), 204)
        except Exception as error:
            self.failed = error

    @staticmethod
    def expect(answer, status):
        if answer.status != status:
            raise AssertionError(f"{answer.status}: {answer.body[:300]}")


class BackupTest(unittest.TestCase):
    def setUp(self):
        paths.boto3()
        self.server = Server(config=SMALL_MODELS)
        self.addCleanup(self.server.close)
        self.server.start()
        self.elsewhere = pathlib.Path(tempfile.mkdtemp(prefix="eyrie-backups-"))
        self.addCleanup(shutil.rmtree, self.elsewhere, ignore_errors=True)

    def assert_clean(self, data):
        code, said = fsck(data)
        self.assertEqual((code, said if code == 2 else said["findings"]), (0, []))
        return said

    def back_up(self, to):
        done = run_eyrie("backup", "--data", self.server.data, "--to", to)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def restored(self, backup, name):
        data = self.elsewhere / name / "data"
        data.parent.mkdir()
        done = run_eyrie("restore", "--from", backup, "--data", data)
        self.assertEqual(done.returncode, 0, done.stderr)
        return data

    def served(self, data):
        other = Server(config=SMALL_MODELS, data=data)
        self.addCleanup(other.close)
        return other.start()

    def test_everything_comes_back(self):
        paths.need_current_description("rekognition")
        everything = Everything(self.server)
        self.back_up(self.elsewhere / "backup")
        done = run_eyrie("restore", "--from", self.elsewhere / "backup", "--check")
        self.assertEqual(done.returncode, 0, done.stderr)
        everything.check(self, self.server)
        self.assertEqual(self.server.stop(), 0)
        said = self.assert_clean(self.server.data)
        self.assertGreaterEqual(said["objects"], len(everything.objects))
        self.assertEqual(said["under_given_keys"], 1, "the customer's; those under keys of KMS are read")

        data = self.restored(self.elsewhere / "backup", "restored")
        self.assertEqual(oct(data.stat().st_mode & 0o777), "0o700")
        self.assert_clean(data)
        other = self.served(data)
        self.assertEqual(other.key(), self.server.key())
        everything.check(self, other)
        # It is a directory of its own: what happens in it does not reach the backup.
        other.client("s3").put_object(Bucket="kept", Key="size-1", Body=b"new")
        other.client("s3").delete_object(Bucket="kept", Key="size-300000")
        self.assertEqual(other.stop(), 0)
        self.assertEqual(run_eyrie("keys", "--data", data, "rotate").returncode, 0)
        self.assert_clean(data)
        done = run_eyrie("restore", "--from", self.elsewhere / "backup", "--check")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_while_uploads_go_on(self):
        uploads = [Uploads(self.server, name) for name in ("a", "b", "c")]
        for upload in uploads:
            upload.start()
        marks = []
        for number in range(3):
            eventually(lambda: all(len(upload.new) > 2 * number or upload.failed for upload in uploads), "uploads before each backup")
            before = [(len(upload.new), len(upload.over)) for upload in uploads]
            said = self.back_up(self.elsewhere / f"backup-{number}")
            marks.append((before, [len(upload.new) for upload in uploads]))
            figure(said.strip())
        for upload in uploads:
            upload.stop.set()
            upload.join(60)
            self.assertIsNone(upload.failed)
        for number, (before, after) in enumerate(marks):
            data = self.restored(self.elsewhere / f"backup-{number}", f"restored-{number}")
            self.assert_clean(data)
            other = self.served(data)
            raw = raw_client(other)
            for upload, (new, over), most in zip(uploads, before, after):
                # All that was acknowledged before the backup began is in it; nothing that began after its end is.
                for index, (key, body) in enumerate(upload.new):
                    found = raw.get_object("images", key)
                    if index < new:
                        self.assertEqual((found.status, found.body == body), (200, True), key)
                    elif index > most:
                        self.assertEqual(found.status, 404, key)
                    elif found.status != 404:
                        self.assertEqual(found.body, body, key)
                found = raw.get_object("images", f"{upload.prefix}/over")
                if over > 1:  # the last of them was on its way
                    self.assertIn(found.body, upload.over[over - 2:])
            other.close()
        # What the backups held back is gone at the latest with the next start.
        self.server.stop()
        self.server.start()
        self.server.stop()
        self.assert_clean(self.server.data)

    def test_after_kill_9(self):
        randomly = random.Random(5)
        for number in range(3):
            for name in ("a", "b"):
                Uploads(self.server, f"{name}{number}").start()  # ends with its connection
            time.sleep(randomly.uniform(0.2, 0.8))
            self.server.kill()
            code, said = fsck(self.server.data)
            self.assertEqual((code, [finding for finding in said["findings"] if finding["damage"]]), (0, []))
            # A backup can be made of what a crash has left.
            self.server.start()
            self.back_up(self.elsewhere / f"backup-{number}")
        self.assertEqual(self.server.stop(), 0)
        self.assert_clean(self.server.data)

    def test_what_is_refused(self):
        code, said = fsck(self.server.data)
        self.assertEqual(code, 2)
        self.assertIn("a server runs on", said)
        self.assertEqual(fsck(self.elsewhere)[0], 2)
        backup = self.elsewhere / "backup"
        self.back_up(backup)
        for arguments, words in ((("backup", "--data", self.server.data, "--to", backup), "is there already"),
                                 (("backup", "--data", self.server.data, "--to", self.server.data / "backup"), "cannot lie in the directory"),
                                 (("backup", "--data", self.elsewhere, "--to", self.elsewhere / "b"), "there is no data directory"),
                                 (("restore", "--from", self.elsewhere, "--data", self.elsewhere / "r"), "is no backup"),
                                 (("restore", "--from", backup, "--data", self.server.data), "is not empty")):
            done = run_eyrie(*arguments)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertIn(words, done.stderr)
        self.assertEqual(run_eyrie("restore", "--from", backup).returncode, 2)
        self.assertEqual(run_eyrie("restore", "--from", backup, "--check", "--data", self.elsewhere / "r").returncode, 2)
        # A backup that rots is not restored.
        database = backup / "eyrie.db"
        content = bytearray(database.read_bytes())
        content[len(content) // 2] ^= 1
        database.write_bytes(content)
        done = run_eyrie("restore", "--from", backup, "--data", self.elsewhere / "r")
        self.assertEqual(done.returncode, 1)
        self.assertIn("eyrie.db is damaged", done.stderr)
        self.assertFalse((self.elsewhere / "r").exists())
        # Nor is one that was cut off served.
        other = self.elsewhere / "cut-off"
        (other / "restore.partial").mkdir(parents=True)
        done = run_eyrie("serve", "--data", other, "--listen", "127.0.0.1:0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("was cut off", done.stderr)


if __name__ == "__main__":
    unittest.main()
