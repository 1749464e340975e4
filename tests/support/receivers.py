"""What topics deliver to: an HTTP endpoint and a mail server of the test's, and the check of a notification's signature.

    with Hook() as hook:
        sns.subscribe(TopicArn=arn, Protocol="http", Endpoint=hook.url)
        confirmation = hook.wait_for("SubscriptionConfirmation")
"""

import base64
import http.server
import json
import socketserver
import subprocess
import tempfile
import threading
import urllib.request

from .server import eventually

DETECTIONS = "arn:aws:sns:us-east-1:000000000000:detections"  # the topic that is there from the first start
SIGNED = {"Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
          "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")}
SIGNED["UnsubscribeConfirmation"] = SIGNED["SubscriptionConfirmation"]


def retries(seconds=1, times=100):
    """A DeliveryPolicy: tried again so many times, always after so many seconds."""
    return json.dumps({"healthyRetryPolicy": {"minDelayTarget": seconds, "maxDelayTarget": seconds, "numRetries": times}})


class Received:
    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body
        self.type = headers.get("x-amz-sns-message-type")

    @property
    def json(self):
        return json.loads(self.body)


class _Serving:
    """A server on a thread of its own, for a `with`."""

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Hook(_Serving):
    def __init__(self):
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = hook.answer
                if status < 300 or hook.keep_all:
                    hook.received.append(Received(self.path, self.headers, body))
                else:
                    hook.refused += 1
                self.send_response(status)
                if status in (301, 302, 307):
                    self.send_header("Location", hook.url + "elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.answer, self.keep_all, self.refused, self.received = 200, False, 0, []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def of(self, kind, path="/"):
        return [one for one in list(self.received) if one.type == kind and one.path == path]

    def wait_for(self, kind, count=1, path="/"):
        """The one that came last, once there are so many."""
        return eventually(lambda: len(self.of(kind, path)) >= count and self.of(kind, path), f"{count} of {kind}", timeout=60)[-1]

    def subscribe(self, sns, topic, path="/", **options):
        """The ARN of a subscription that is confirmed as its endpoint would confirm it."""
        before = len(self.of("SubscriptionConfirmation", path))
        arn = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=self.url.rstrip("/") + path, ReturnSubscriptionArn=True, **options)["SubscriptionArn"]
        message = self.wait_for("SubscriptionConfirmation", before + 1, path).json
        with urllib.request.urlopen(message["SubscribeURL"], timeout=30) as answer:
            assert arn.encode() in answer.read()
        return arn


class Mailbox(_Serving):
    """Takes every mail: SMTP as far as libcurl speaks it."""

    def __init__(self):
        mailbox = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self):
                self.say("220 mailbox")
                to = []
                for raw in self.rfile:
                    line = raw.decode().strip()
                    word = line.split(" ")[0].upper()
                    if word == "RCPT":
                        to.append(line.split("<")[1].split(">")[0])
                        if to[-1] in mailbox.unknown:
                            self.say("550 nobody here has this name")
                            continue
                    if word == "DATA":
                        self.say("354 go on")
                        lines = []
                        for part in self.rfile:
                            if part == b".\r\n":
                                break
                            lines.append(part[1:] if part.startswith(b"..") else part)
                        mailbox.received.append((to, b"".join(lines)))
                    if word == "QUIT":
                        self.say("221 bye")
                        return
                    self.say("250 ok")

        self.received, self.unknown = [], set()
        socketserver.ThreadingTCPServer.daemon_threads = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.url = f"smtp://127.0.0.1:{self._server.server_address[1]}"


def signature_problem(document):
    """None where the document's signature is sound, by OpenSSL and the certificate that it names."""
    text = "".join(f"{name}\n{document[name]}\n" for name in SIGNED[document["Type"]] if name in document)
    with urllib.request.urlopen(document["SigningCertURL"], timeout=30) as answer:
        certificate = answer.read()
    key = subprocess.run(["openssl", "x509", "-pubkey", "-noout"], input=certificate, capture_output=True, check=True).stdout
    digest = {"1": "-sha1", "2": "-sha256"}[document["SignatureVersion"]]
    with tempfile.NamedTemporaryFile() as key_file, tempfile.NamedTemporaryFile() as signature_file:
        key_file.write(key)
        key_file.flush()
        signature_file.write(base64.b64decode(document["Signature"]))
        signature_file.flush()
        done = subprocess.run(["openssl", "dgst", digest, "-verify", key_file.name, "-signature", signature_file.name], input=text.encode(), capture_output=True, check=False)
    return None if done.returncode == 0 else done.stdout + done.stderr
