#!/usr/bin/python3
"""Where the master key comes from - a file, the environment, a KMS elsewhere - and `eyrie keys rotate` between them, kill -9 included. The KMS elsewhere is a
second Eyrie, which speaks AWS KMS's wire; one that answers nonsense is a small server of our own."""

import base64
import http.server
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS  # noqa: E402
from support.server import Server  # noqa: E402

OBJECTS = {f"object-{number}": random.Random(number).randbytes(number * 997) for number in range(60)}


def new_key():
    return base64.b64encode(os.urandom(32)).decode()


class KeysCase(unittest.TestCase):
    def setUp(self):
        paths.boto3()
        self.server = Server(config=SMALL_MODELS)
        self.addCleanup(self.server.close)

    def keys(self, *arguments, environment=None, config="", kill_after=None):
        """`eyrie keys`: exit code and all it said."""
        options = []
        if config:
            with tempfile.NamedTemporaryFile("w", suffix=".toml", delete=False) as file:
                file.write(config)
            self.addCleanup(os.unlink, file.name)
            options = ["--config", file.name]
        process = subprocess.Popen([paths.binary(), "keys", "--data", self.server.data, *options, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env={**os.environ, **(environment or {})}, text=True)
        if kill_after is not None:
            time.sleep(kill_after)
            process.kill()
        said = process.communicate(timeout=120)[0]
        return process.returncode, said

    def start(self, environment=None, config=""):
        """The server with other settings, on the same data."""
        self.server._environment = {**os.environ, **(environment or {})}
        (self.server.directory / "eyrie.toml").write_text(SMALL_MODELS + config)
        self.server._arguments = ["--config", str(self.server.directory / "eyrie.toml")]
        return self.server.start()

    def refuses_to_start(self, environment=None, config=""):
        """What it says when it does not start."""
        (self.server.directory / "other.toml").write_text(SMALL_MODELS + config)
        outcome = subprocess.run([paths.binary(), "serve", "--data", self.server.data, "--listen", "127.0.0.1:0", "--config", self.server.directory / "other.toml"],
                                 env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=60)
        self.assertEqual(outcome.returncode, 1, outcome.stdout)
        return outcome.stderr

    def fill(self):
        s3 = self.server.client("s3")
        for key, body in OBJECTS.items():
            s3.put_object(Bucket="images", Key=key, Body=body)
        self.server.client("iam").create_user(UserName="somebody")

    def check(self):
        s3 = self.server.client("s3")
        for key, body in OBJECTS.items():
            self.assertEqual(s3.get_object(Bucket="images", Key=key)["Body"].read(), body, key)
        self.assertIn("somebody", [user["UserName"] for user in self.server.client("iam").list_users()["Users"]])

    @property
    def key_file(self):
        return (self.server.data / "master.key").read_text()


class EnvironmentTest(KeysCase):
    def test_from_the_first_start_on(self):
        key = new_key()
        self.start({"EYRIE_MASTER_KEY": key})
        self.assertTrue(self.key_file.startswith("eyrie key ring 2 environment "))
        self.fill()
        # Neither the process nor what it starts shows it.
        shown = pathlib.Path(f"/proc/{self.server.process.pid}/environ").read_bytes()
        self.assertIn(b"EYRIE_MASTER_KEY=", shown)
        self.assertNotIn(key.encode(), shown)
        self.assertEqual(self.server.stop(), 0)
        for path in self.server.data.rglob("*"):
            if path.is_file():
                self.assertNotIn(key.encode(), path.read_bytes(), path)
        self.assertIn('sealed by the source "environment", which is not given', self.refuses_to_start())
        self.assertIn("another key than that of EYRIE_MASTER_KEY", self.refuses_to_start({"EYRIE_MASTER_KEY": new_key()}))
        bad = self.refuses_to_start({"EYRIE_MASTER_KEY": "secret but no key"})
        self.assertIn("EYRIE_MASTER_KEY must be a key of 32 bytes in base64", bad)
        self.assertNotIn("secret but no key", bad)
        self.start({"EYRIE_MASTER_KEY": key})
        self.check()

    def test_rotation_killed_on_the_way(self):
        self.start()
        self.fill()
        code, said = self.keys("rotate", "--to", "environment", environment={"EYRIE_MASTER_KEY": new_key()})
        self.assertEqual(code, 1)
        self.assertIn("a server runs on", said)
        self.assertEqual(self.server.stop(), 0)
        keys = {"EYRIE_MASTER_KEY": new_key()}
        for round in range(5):
            self.keys("rotate", "--to", "environment", environment=keys, kill_after=random.Random(round).uniform(0.005, 0.2))
            if self.key_file.startswith("eyrie key ring"):
                self.start(keys)
            else:
                self.start()
            self.check()
            self.server.kill()
        code, said = self.keys("rotate", "--to", "environment", environment=keys)
        self.assertEqual(code, 0, said)
        self.assertIn("sealed by environment, 1 key", self.keys("status", environment=keys)[1])
        # To another key of the environment, and back to the file.
        new = new_key()
        code, said = self.keys("rotate", environment={**keys, "EYRIE_NEW_MASTER_KEY": new})
        self.assertEqual(code, 0, said)
        self.assertIn("another key", self.refuses_to_start(keys))
        code, said = self.keys("rotate", "--to", "file", environment={"EYRIE_MASTER_KEY": new})
        self.assertEqual(code, 0, said)
        self.start(config='[master_key]\nsource = "file"\n')
        self.check()
        self.server.stop()
        self.assertIn("eyrie keys rotate --to environment", self.refuses_to_start(config='[master_key]\nsource = "environment"\n', environment={"EYRIE_MASTER_KEY": new}))


class Nonsense(http.server.BaseHTTPRequestHandler):
    """Answers whatever `answers` says next."""

    answers = []

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        status, body = self.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class KmsTest(KeysCase):
    def setUp(self):
        super().setUp()
        self.kms_server = Server(config=SMALL_MODELS)
        self.addCleanup(self.kms_server.close)
        self.kms_server.start()
        self.kms = self.kms_server.client("kms")
        self.key = self.kms.create_key()["KeyMetadata"]["Arn"]
        iam = self.kms_server.client("iam")
        iam.create_user(UserName="eyrie")
        iam.put_user_policy(UserName="eyrie", PolicyName="key", PolicyDocument=
                            '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "%s",'
                            ' "Condition": {"StringEquals": {"kms:EncryptionContext:eyrie": "master key"}}}}' % self.key)
        made = iam.create_access_key(UserName="eyrie")["AccessKey"]
        self.credentials = self.kms_server.directory / "credentials"
        self.credentials.write_text(f"[other]\naws_access_key_id = wrong\n[default]\naws_access_key_id = {made['AccessKeyId']}\n"
                                    f"aws_secret_access_key={made['SecretAccessKey']}\n")
        self.credentials.chmod(0o600)
        self.environment = {"EYRIE_KMS_ACCESS_KEY_ID": made["AccessKeyId"], "EYRIE_KMS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}

    def config(self, endpoint=None, key=None, credentials=True, source="kms"):
        return (f'[master_key]\nsource = "{source}"\nkms_endpoint = "{endpoint or self.kms_server.endpoint}"\nkms_key = "{key or self.key}"\n'
                + (f'kms_credentials = "{self.credentials}"\n' if credentials else ""))

    def test_from_the_first_start_on_and_back(self):
        self.start(config=self.config())
        self.assertTrue(self.key_file.startswith(f"eyrie key ring 2 kms {self.key} "), self.key_file)
        self.fill()
        # The KMS is needed at the start alone.
        self.kms.disable_key(KeyId=self.key)
        self.check()
        self.server.stop()
        self.assertIn("DisabledException", self.refuses_to_start(config=self.config()))
        self.kms.enable_key(KeyId=self.key)
        self.start(config=self.config(credentials=False), environment=self.environment)
        shown = pathlib.Path(f"/proc/{self.server.process.pid}/environ").read_bytes()
        self.assertNotIn(self.environment["EYRIE_KMS_SECRET_ACCESS_KEY"].encode(), shown)
        self.check()
        self.server.stop()

        key = {"EYRIE_MASTER_KEY": new_key()}
        code, said = self.keys("rotate", "--to", "environment", environment=key, config=self.config())
        self.assertEqual(code, 0, said)
        self.start(key)
        self.check()
        self.server.stop()
        other = self.kms.create_key()["KeyMetadata"]["Arn"]
        code, said = self.keys("rotate", "--to", "kms", environment=key, config=self.config(key=other))
        self.assertEqual(code, 1)
        self.assertIn("AccessDeniedException", said)
        self.assertTrue(self.key_file.startswith("eyrie key ring 2 environment "))
        for round in range(4):
            self.keys("rotate", "--to", "kms", environment=key, config=self.config(), kill_after=random.Random(round).uniform(0.005, 0.2))
        code, said = self.keys("rotate", "--to", "kms", environment=key, config=self.config())
        self.assertEqual(code, 0, said)
        self.start(config=self.config())
        self.check()
        self.server.stop()
        # Another KMS, or this one's other key, opens nothing.
        self.kms_server.stop()
        away = self.refuses_to_start(config=self.config())
        self.assertIn("does not answer", away)
        self.assertIn(self.kms_server.endpoint, away)

    def test_what_is_no_kms(self):
        self.start(config=self.config())
        self.server.stop()
        server = http.server.HTTPServer(("127.0.0.1", 0), Nonsense)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        config = self.config(endpoint=f"http://127.0.0.1:{server.server_port}")
        short = base64.b64encode(b"short").decode().encode()
        for answer, expected in (((200, b"<html>"), "answers no JSON object"),
                                 ((200, b'{"Plaintext": "' + short + b'"}'), "no key of 32 bytes"),
                                 ((200, b"[" * 2_000_000), "too long"),
                                 ((500, b""), "status 500"),
                                 ((400, b'{"__type": "com.amazonaws.kms#ThrottlingException", "message": "slow"}'), "ThrottlingException: slow"),
                                 ((302, b""), "status 302")):
            Nonsense.answers[:] = [answer]
            self.assertIn(expected, self.refuses_to_start(config=config))
        Nonsense.answers[:] = [(200, b'{"Plaintext": "' + new_key().encode() + b'"}')]
        self.assertIn("fails its check", self.refuses_to_start(config=config))
        self.assertIn("must be a URL", self.refuses_to_start(config=self.config(endpoint="kms.example")))
        self.credentials.chmod(0o644)
        self.assertIn("make it mode 0600", self.refuses_to_start(config=self.config()))
        self.credentials.chmod(0o600)
        self.credentials.write_text("[default]\n")
        self.assertIn("the KMS needs credentials", self.refuses_to_start(config=self.config()))


if __name__ == "__main__":
    unittest.main()
