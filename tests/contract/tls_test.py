#!/usr/bin/python3
"""The server over TLS with a certificate of its own, as boto3, the aws CLI, OpenSSL and raw sockets see it."""

import json
import os
import pathlib
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions, paths, server  # noqa: E402
from support.clients import aws, aws_json  # noqa: E402


def shell_environment(data):
    """What a shell has after `eval "$(eyrie env)"`."""
    script = f'eval "$("{paths.binary()}" env --data "{data}")"; env -0'
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    text = subprocess.run(["sh", "-c", script], env=plain, capture_output=True, text=True, check=True).stdout
    return dict(line.split("=", 1) for line in text.split("\0") if "=" in line)


class TlsCase(unittest.TestCase):
    arguments = ["--tls", "self-signed"]

    @classmethod
    def setUpClass(cls):
        cls.server = server.Server(arguments=cls.arguments)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def tearDown(self):
        self.server.assert_alive()

    def connect(self, context=None, host="127.0.0.1"):
        raw = socket.create_connection(self.server.address, timeout=20)
        self.addCleanup(raw.close)
        wrapped = (context or self.server.trust()).wrap_socket(raw, server_hostname=host)
        self.addCleanup(wrapped.close)
        return wrapped


class ClientsTest(TlsCase):
    def setUp(self):
        self.environment = shell_environment(self.server.data)

    def client(self, service, verify=None, config=None):
        import boto3
        access, secret = self.server.key()
        return boto3.client(service, endpoint_url=self.server.endpoint, region_name="us-east-1", aws_access_key_id=access,
                            aws_secret_access_key=secret, verify=verify or self.environment["AWS_CA_BUNDLE"], config=config)

    def test_what_env_says(self):
        self.assertTrue(self.server.endpoint.startswith("https://127.0.0.1:"))
        self.assertEqual(self.environment["AWS_ENDPOINT_URL"], self.server.endpoint)
        self.assertTrue(pathlib.Path(self.environment["AWS_CA_BUNDLE"]).is_absolute())
        self.assertEqual(self.environment["NODE_EXTRA_CA_CERTS"], self.environment["AWS_CA_BUNDLE"])
        self.assertIn(f"endpoint   {self.server.endpoint}", self.server.output())

    def test_functions_trust_the_server(self):
        iam, lambda_ = self.client("iam"), self.client("lambda")
        role = functions.make_role(iam, "caller", functions.allow("s3:ListAllMyBuckets"))
        lambda_.create_function(FunctionName="caller", Runtime="python3.11", Role=role, Handler="app.handler", Timeout=60, Code={"ZipFile": functions.python(
            "import boto3\ndef handler(event, context):\n    client = boto3.client('s3')\n    client.list_buckets()\n    return client.meta.endpoint_url\n")})
        answer = json.loads(lambda_.invoke(FunctionName="caller")["Payload"].read())
        self.assertEqual(answer, self.server.endpoint)

    def test_boto3_objects_of_every_kind(self):
        s3 = self.client("s3")
        s3.create_bucket(Bucket="tls-boto")
        for size in (0, 1, 16_384, 16_385, 5_000_000):
            body = os.urandom(size)
            s3.put_object(Bucket="tls-boto", Key=str(size), Body=body)
            self.assertEqual(s3.get_object(Bucket="tls-boto", Key=str(size))["Body"].read(), body)
        part = s3.get_object(Bucket="tls-boto", Key="5000000", Range="bytes=4999990-")["Body"].read()
        self.assertEqual(part, body[4_999_990:])
        upload = s3.create_multipart_upload(Bucket="tls-boto", Key="parts")["UploadId"]
        etag = s3.upload_part(Bucket="tls-boto", Key="parts", UploadId=upload, PartNumber=1, Body=body)["ETag"]
        done = s3.complete_multipart_upload(Bucket="tls-boto", Key="parts", UploadId=upload,
                                            MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]})
        self.assertTrue(done["Location"].startswith("https://"))

    def test_boto3_items(self):
        dynamo = self.client("dynamodb")
        dynamo.create_table(TableName="tls", BillingMode="PAY_PER_REQUEST",
                            KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}],
                            AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}])
        dynamo.put_item(TableName="tls", Item={"p": {"S": "a"}, "v": {"S": "x" * 100_000}})
        self.assertEqual(dynamo.get_item(TableName="tls", Key={"p": {"S": "a"}})["Item"]["v"]["S"], "x" * 100_000)

    def test_presigned(self):
        import urllib.request
        import botocore.config
        s3 = self.client("s3", config=botocore.config.Config(signature_version="s3v4"))
        s3.create_bucket(Bucket="tls-presigned")
        s3.put_object(Bucket="tls-presigned", Key="a", Body=b"text")
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "tls-presigned", "Key": "a"})
        self.assertTrue(url.startswith("https://"))
        with urllib.request.urlopen(url, context=self.server.trust()) as answer:
            self.assertEqual(answer.read(), b"text")

    def test_who_does_not_trust_it_is_not_served(self):
        from botocore.exceptions import SSLError
        with self.assertRaises(SSLError):
            self.client("s3", verify=True).list_buckets()

    def test_aws_cli(self):
        with tempfile.TemporaryDirectory() as folder:
            big = pathlib.Path(folder) / "big"
            big.write_bytes(os.urandom(20_000_000))
            aws(self.environment, "s3", "mb", "s3://tls-cli")
            aws(self.environment, "s3", "cp", big, "s3://tls-cli/big")
            aws(self.environment, "s3", "cp", "s3://tls-cli/big", big.with_suffix(".back"))
            self.assertEqual(big.read_bytes(), big.with_suffix(".back").read_bytes())
        self.assertTrue(aws_json(self.environment, "sts", "get-caller-identity")["Account"])

    def test_secure_transport_is_true_here(self):
        s3, iam = self.client("s3"), self.client("iam")
        s3.create_bucket(Bucket="tls-policy")
        s3.put_object(Bucket="tls-policy", Key="a", Body=b"text")
        iam.create_user(UserName="tls-only")
        key = iam.create_access_key(UserName="tls-only")["AccessKey"]
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::tls-policy/*",
                     "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
        iam.put_user_policy(UserName="tls-only", PolicyName="p",
                            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        import boto3
        user = boto3.client("s3", endpoint_url=self.server.endpoint, region_name="us-east-1", aws_access_key_id=key["AccessKeyId"],
                            aws_secret_access_key=key["SecretAccessKey"], verify=self.environment["AWS_CA_BUNDLE"])
        self.assertEqual(user.get_object(Bucket="tls-policy", Key="a")["Body"].read(), b"text")

    def test_customers_key(self):
        s3 = self.client("s3")
        s3.create_bucket(Bucket="tls-customer")
        told = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
        s3.put_object(Bucket="tls-customer", Key="a", Body=b"text", **told)
        self.assertEqual(s3.get_object(Bucket="tls-customer", Key="a", **told)["Body"].read(), b"text")


class WireTest(TlsCase):
    def test_protocols(self):
        with self.connect() as wire:
            self.assertEqual(wire.version(), "TLSv1.3")
        context = self.server.trust()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.connect(context) as wire:
            self.assertEqual(wire.version(), "TLSv1.2")
        context = self.server.trust()
        context.set_alpn_protocols(["h2", "http/1.1"])
        with self.connect(context) as wire:
            self.assertEqual(wire.selected_alpn_protocol(), "http/1.1")
        context.set_alpn_protocols(["h2"])
        with self.assertRaises(ssl.SSLError):
            self.connect(context)

    def test_names(self):
        for host in ("localhost", "127.0.0.1", "::1", socket.gethostname()):
            with self.connect(host=host):
                pass
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.connect(host="other.example")

    def test_plain_http_gets_a_clean_end(self):
        with socket.create_connection(self.server.address, timeout=20) as wire:
            wire.sendall(b"PUT /bucket/key HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000)
            self.assertEqual(wire.recv(1000), b"")

    def test_handshakes_cut_off_or_slow_hold_nobody_up(self):
        held = [socket.create_connection(self.server.address, timeout=20) for _ in range(300)]
        for i, wire in enumerate(held):
            wire.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[:i % 12])
        started = time.monotonic()
        self.assertEqual(self.server.get("/_eyrie/health")[0], 200)
        self.assertLess(time.monotonic() - started, 5)
        for wire in held[:250]:
            wire.close()
        for wire in held[250:]:
            self.assertIn(wire.recv(100)[:1], (b"", b"\x15"))  # an end, or an alert and then the end
            wire.close()
        self.assertLess(time.monotonic() - started, 15)

    def test_a_handshake_that_drips(self):
        context = self.server.trust()
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            client.do_handshake()
        hello = outgoing.read()
        started = time.monotonic()
        with socket.create_connection(self.server.address, timeout=20) as wire:
            with self.assertRaises(OSError):
                for byte in hello:
                    wire.sendall(bytes([byte]))
                    time.sleep(0.1)
                raise AssertionError("the server waited for the whole hello")
        self.assertLess(time.monotonic() - started, 15)


class CertificateTest(unittest.TestCase):
    def test_its_own_is_kept_private_and_read_again(self):
        with server.Server(arguments=["--tls", "self-signed"]) as one:
            for name in ("tls-ca.pem", "tls-cert.pem", "tls-key.pem"):
                self.assertEqual(stat.S_IMODE((one.data / name).stat().st_mode), 0o600, name)
            first = (one.data / "tls-cert.pem").read_bytes()
            self.assertEqual(one.stop(), 0)
            one.start()
            self.assertEqual((one.data / "tls-cert.pem").read_bytes(), first)
            one.stop()
            (one.data / "tls-cert.pem").unlink()
            one.start()
            self.assertNotEqual((one.data / "tls-cert.pem").read_bytes(), first)

    def test_a_given_one_and_its_successor(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = pathlib.Path(folder) / "cert.pem", pathlib.Path(folder) / "key.pem"

            def issue(name):
                subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                                "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                               check=True, capture_output=True)

            def shown():
                return ssl.get_server_certificate(one.address)

            issue("first")
            config = f'[tls]\ncertificate = "{certificate}"\nkey = "{key}"\n'
            one = server.Server(config=config)
            one.trust = lambda: ssl.create_default_context(cafile=str(certificate))
            with one:
                self.assertNotIn("AWS_CA_BUNDLE", shell_environment(one.data))
                before = shown()
                issue("second")
                one.process.send_signal(signal.SIGHUP)
                server.eventually(lambda: shown() != before, "the new certificate is shown")
                good = shown()
                key.write_text("nonsense")
                one.process.send_signal(signal.SIGHUP)
                server.eventually(lambda: any("not read again" in line for line in one.log_lines()), "a complaint in the log")
                self.assertEqual(shown(), good)

    def test_what_does_not_fit_is_refused_at_start(self):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder) / "data"
            for arguments, code, words in (
                    (["--tls-cert", "/nowhere.pem", "--tls-key", "/nowhere.pem"], 1, "/nowhere.pem"),
                    (["--tls-cert", "/nowhere.pem"], 2, "--tls-key"),
                    (["--tls", "yes"], 2, "self-signed"),
                    (["--tls", "self-signed", "--tls-cert", "a", "--tls-key", "b"], 2, "excludes")):
                done = server.run_eyrie("serve", "--data", data, "--listen", "127.0.0.1:0", *arguments)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(words, done.stderr + done.stdout)


if __name__ == "__main__":
    unittest.main()
