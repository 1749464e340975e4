"""Contract tests say what AWS does. They run against a server of their own, or against whatever EYRIE_CONTRACT_ENDPOINT names:

    EYRIE_CONTRACT_ENDPOINT=http://host:port AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=... python3 tests/contract/s3_boto_test.py
    EYRIE_CONTRACT_ENDPOINT=aws python3 tests/contract/s3_boto_test.py      # AWS itself (us-east-1; it costs money)

So they make what they need under names of their own, remove it afterwards, and use nothing of Eyrie's.
"""

import contextlib
import json
import os
import subprocess
import unittest
import urllib.parse
import uuid

from . import clients, paths, server, signing


class ContractCase(unittest.TestCase):
    config = ""  # TOML of the server

    @classmethod
    def setUpClass(cls):
        cls._given = os.environ.get("EYRIE_CONTRACT_ENDPOINT")
        cls.server = None
        if cls._given:
            cls.endpoint = None if cls._given == "aws" else cls._given
            cls.key, cls.secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
        else:
            cls.server = server.Server(config=cls.config)
            cls.addClassCleanup(cls.server.close)
            cls.server.start()
            cls.endpoint = cls.server.endpoint
            cls.key, cls.secret = cls.server.key()
        cls.environment = clients.environment(cls.endpoint, cls.key, cls.secret)

    def tearDown(self):
        if self.server:
            self.server.assert_alive()

    @classmethod
    def client(cls, service, key=None, secret=None, **config):
        return clients.boto_client(service, cls.endpoint, key or cls.key, secret or cls.secret, **config)

    @classmethod
    def raw(cls, **options):
        """The raw client: plain HTTP, so not against AWS."""
        if cls.endpoint is None:
            raise unittest.SkipTest("the raw client speaks plain HTTP; not against AWS")
        url = urllib.parse.urlsplit(cls.endpoint)
        client = signing.RawClient((url.hostname, url.port or 80), cls.key, cls.secret, **options)
        cls.addClassCleanup(client.close)
        return client

    @classmethod
    def make_bucket(cls):
        """A new bucket, emptied and removed after the class."""
        s3 = cls.client("s3")
        name = "eyrie-test-" + uuid.uuid4().hex[:20]
        s3.create_bucket(Bucket=name)
        cls.addClassCleanup(cls._remove_bucket, name)
        return name

    @classmethod
    def _remove_bucket(cls, name):
        with contextlib.suppress(Exception):  # a died server is told of elsewhere
            s3 = cls.client("s3")
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
                for item in page.get("Contents", []):
                    s3.delete_object(Bucket=name, Key=item["Key"])
            s3.delete_bucket(Bucket=name)

    def refused(self, code, call, *arguments, status=None, **parameters):
        """The call ends in a ClientError of this code (and HTTP status); the whole answer is returned."""
        import botocore.exceptions
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(*arguments, **parameters)
        answer = caught.exception.response
        told = answer["Error"].get("Code")
        codes = (code,) if isinstance(code, str) else code
        self.assertIn(told, codes, f"wrong error: {answer['Error']}")
        if status:
            self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], status, answer["Error"])
        return answer


def run_node(script, environment, *arguments):
    """Runs a script of tests/contract/node; each line it prints is a JSON value, returned as a list."""
    done = subprocess.run([paths.node(), paths.ROOT / "tests/contract/node" / script, *map(str, arguments)], env=environment,
                          capture_output=True, text=True, timeout=180)
    if done.returncode != 0:
        raise AssertionError(f"node {script} ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(("{", "["))]
