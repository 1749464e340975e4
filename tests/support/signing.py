"""A small S3 and JSON client of its own: SigV4 by the standard library alone, so that what goes over the wire is known to the byte.

Independent of boto on purpose: it shows the raw answer, can sign what SDKs would refuse to send, and is quick.
"""

import base64
import dataclasses
import datetime
import hashlib
import hmac
import http.client
import json
import time
import urllib.parse

REGION = "us-east-1"
TARGETS = {"rekognition": ("RekognitionService", "application/x-amz-json-1.1"),
           "dynamodb": ("DynamoDB_20120810", "application/x-amz-json-1.0"),
           "kms": ("TrentService", "application/x-amz-json-1.1"),
           "sqs": ("AmazonSQS", "application/x-amz-json-1.0")}


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes

    def json(self):
        return json.loads(self.body)

    @property
    def request_id(self):
        return self.headers.get("x-amzn-requestid") or self.headers.get("x-amz-request-id")


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def sign(method, path, query, headers, payload_hash, key, secret, service, now=None):
    """Adds x-amz-date and Authorization to `headers` (names in lower case). `path`: as sent; `query`: pairs, decoded."""
    now = now or datetime.datetime.now(datetime.timezone.utc)
    stamp, date = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    headers["x-amz-date"] = stamp
    if service == "s3":
        headers["x-amz-content-sha256"] = payload_hash
    signed = ";".join(sorted(headers))
    canonical_query = "&".join(f"{_quote(name)}={_quote(value)}" for name, value in sorted(query))
    canonical_headers = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in sorted(headers))
    canonical = "\n".join([method, path, canonical_query, canonical_headers, signed, payload_hash])
    scope = f"{date}/{REGION}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signing_key = _hmac(_hmac(_hmac(_hmac(b"AWS4" + secret.encode(), date), REGION), service), "aws4_request")
    signature = hmac.new(signing_key, text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={signed}, "
                                f"Signature={signature}")
    return headers


def _quote(text):
    return urllib.parse.quote(str(text), safe="-_.~")


def lacks_digest(method, query, headers):
    demanded = method in ("PUT", "POST") and any(name in ("delete", "cors", "lifecycle", "tagging") for name, _ in query)
    return demanded and not any(name == "content-md5" or name.startswith("x-amz-checksum-") for name in map(str.lower, headers))


class RawClient:
    """One connection, reused. Not for several threads at once."""

    def __init__(self, address, key, secret, timeout=120, pieces=1, pause=0):
        """`pieces`, `pause`: bodies are sent in so many pieces, with so many seconds between."""
        self._address, self._key, self._secret, self._timeout = address, key, secret, timeout
        self._pieces, self._pause = pieces, pause
        self._connection = None
        self.ahead_s = 0  # of the clock that requests are signed by

    def close(self):
        if self._connection:
            self._connection.close()
        self._connection = None

    def request(self, service, method, path, query=(), headers=None, body=b"", payload_hash=None, digest=True):
        """`digest`: Content-MD5 comes along where S3 demands a digest and the headers have none."""
        sent = {"host": "{}:{}".format(*self._address), **(headers or {})}
        if digest and service == "s3" and lacks_digest(method, query, sent):
            sent["content-md5"] = base64.b64encode(hashlib.md5(body).digest()).decode()
        sign(method, path, query, sent, payload_hash or hashlib.sha256(body).hexdigest(), self._key, self._secret, service,
             datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.ahead_s))
        target = path + ("?" + "&".join(f"{_quote(n)}={_quote(v)}" for n, v in query) if query else "")
        sent["content-length"] = str(len(body))
        return self._exchange(method, target, sent, body)

    def _exchange(self, method, target, headers, body):
        if self._connection is None:
            self._connection = http.client.HTTPConnection(*self._address, timeout=self._timeout)
        try:
            self._connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                self._connection.putheader(name, value)
            self._connection.endheaders()
            self._send(body)
            answer = self._connection.getresponse()
            result = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
            if answer.will_close:
                self.close()
            return result
        except BaseException:
            self.close()
            raise

    def _send(self, body):
        length = -(-len(body) // self._pieces) or 1
        for at in range(0, len(body), length):
            if at:
                time.sleep(self._pause)
            self._connection.send(body[at:at + length])

    def call(self, service, operation, request):
        """A JSON operation; `request` may be bytes, to send what is no JSON."""
        prefix, content_type = TARGETS[service]
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        return self.request(service, "POST", "/", body=body,
                            headers={"content-type": content_type, "x-amz-target": f"{prefix}.{operation}"})

    def detect_labels(self, image, **more):
        return self.call("rekognition", "DetectLabels",
                         {"Image": {"Bytes": base64.b64encode(image).decode()}, **more})

    def put_object(self, bucket, key, body, headers=None):
        return self.request("s3", "PUT", object_path(bucket, key), body=body, headers=headers)

    def get_object(self, bucket, key):
        return self.request("s3", "GET", object_path(bucket, key))


def object_path(bucket, key):
    return f"/{bucket}/" + urllib.parse.quote(key, safe="/-_.~")


def raw_client(server, **options):
    return RawClient(server.address, *server.key(), **options)
