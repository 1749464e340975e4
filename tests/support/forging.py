"""Requests that are signed as a client would, and then changed: what goes over the wire is known to the byte.

A Request is built, signed (`sign`, `presign`, `sign_chunks`, `form`), and changed; `send` writes it on a connection of its own. The signing
is apart from the server's and from any SDK's.
"""

import base64
import dataclasses
import datetime
import hashlib
import hmac
import json
import re
import socket
import urllib.parse

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
BOUNDARY = "----forged"


@dataclasses.dataclass(frozen=True)
class Site:
    address: tuple
    key: str
    secret: str
    bucket: str

    @property
    def host(self):
        return "{}:{}".format(*self.address)


def now(**offset):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**offset)


def stamp(time):
    return time.strftime("%Y%m%dT%H%M%SZ")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode() if isinstance(text, str) else text, hashlib.sha256).digest()


def quote(text, safe="-_.~"):
    return urllib.parse.quote(text, safe=safe)


class Request:
    def __init__(self, site, method="GET", key="secret.txt", query=(), headers=(), body=b""):
        self.site, self.method, self.body = site, method, body
        self.path = f"/{site.bucket}" + (f"/{quote(key, '/-_.~')}" if key is not None else "")
        self.query = [(quote(name), quote(value)) for name, value in query]  # as sent
        self.headers = [("host", site.host), *headers]
        self.length = None  # Content-Length, where it is to lie
        self.half_close = False  # the sending side ends after the body

    # --- headers and parameters, for those who change them ---

    def get(self, name):
        return next((value for key, value in self.headers if key.lower() == name), None)

    def set(self, name, value):
        self.headers = [(key, old) for key, old in self.headers if key.lower() != name] + [(name, value)]

    def drop(self, name):
        self.headers = [(key, value) for key, value in self.headers if key.lower() != name]

    def add(self, name, value):
        self.headers.append((name, value))

    def edit(self, name, old, new):
        """Replaces text within a header's value."""
        value = self.get(name)
        assert old in value, f"{name} has no {old!r}: {value}"
        self.headers = [(key, text.replace(old, new, 1) if key.lower() == name else text) for key, text in self.headers]

    def parameter(self, name, value=None):
        """Sets a query parameter as sent (None: removes it)."""
        assert value is not None or any(key == name for key, _ in self.query), f"no parameter {name}"
        self.query = [(key, old) for key, old in self.query if key != name]
        if value is not None:
            self.query.append((name, value))

    def value_of(self, name):
        return next(value for key, value in self.query if key == name)

    def edit_signature(self, change):
        signature = re.search("Signature=([0-9a-f]{64})", self.get("authorization")).group(1)
        self.edit("authorization", "Signature=" + signature, "Signature=" + change(signature))

    # --- signing ---

    def _canonical(self, names, payload):
        def value(name):
            return ",".join(" ".join(text.split()) for key, text in self.headers if key.lower() == name)

        query = "&".join(f"{name}={value}" for name, value in sorted(self.query))
        lines = "".join(f"{name}:{value(name)}\n" for name in names)
        return "\n".join([self.method, self.path, query, lines, ";".join(names), payload])

    def _begin(self, at, scope_date, region, service, terminator, secret):
        self.stamp = stamp(at)
        date = scope_date or self.stamp[:8]
        self.scope = f"{date}/{region}/{service}/{terminator}"
        key = mac(b"AWS4" + (secret or self.site.secret).encode(), date)
        for part in (region, service, terminator):
            key = mac(key, part)
        self.signing_key = key

    def _signature(self, names, payload):
        text = "\n".join([ALGORITHM, self.stamp, self.scope, sha256(self._canonical(names, payload).encode())])
        self.seed = mac(self.signing_key, text).hex()
        return self.seed

    def sign(self, at=None, payload=None, signed=None, key=None, secret=None, region="us-east-1", service="s3",
             terminator="aws4_request", scope_date=None, algorithm=ALGORITHM, without=()):
        """Header authentication. `signed`: names to sign instead of all; `without`: names to leave out of them."""
        self._begin(at or now(), scope_date, region, service, terminator, secret)
        payload = payload or sha256(self.body)
        self.set("x-amz-date", self.stamp)
        self.set("x-amz-content-sha256", payload)
        names = signed or sorted({name.lower() for name, _ in self.headers} - set(without))
        signature = self._signature(names, payload)
        self.set("authorization", f"{algorithm} Credential={key or self.site.key}/{self.scope}, "
                                  f"SignedHeaders={';'.join(names)}, Signature={signature}")
        return self

    def presign(self, expires=300, at=None, signed=("host",), key=None, secret=None, region="us-east-1", service="s3",
                terminator="aws4_request", scope_date=None, algorithm=ALGORITHM, payload=UNSIGNED):
        self._begin(at or now(), scope_date, region, service, terminator, secret)
        for name, value in (("X-Amz-Algorithm", algorithm), ("X-Amz-Credential", f"{key or self.site.key}/{self.scope}"),
                            ("X-Amz-Date", self.stamp), ("X-Amz-Expires", str(expires)),
                            ("X-Amz-SignedHeaders", ";".join(signed))):
            self.query.append((name, quote(value)))
        self.query.append(("X-Amz-Signature", self._signature(list(signed), payload)))
        return self

    def presign_2(self, expires=None, key=None, secret=None, digest="sha1", text=None):
        """Signature Version 2. `expires`: seconds since 1970; `text`: what is signed instead, of the request and those."""
        expires = str(int(now().timestamp()) + 300 if expires is None else expires)
        amz = "".join(f"{name}:{value}\n" for name, value in sorted(self.headers) if name.startswith("x-amz-"))
        named = sorted((name, urllib.parse.unquote(value)) for name, value in self.query if name.startswith("response-"))
        resource = self.path + ("?" + "&".join(f"{name}={value}" for name, value in named) if named else "")
        signed = f"{self.method}\n{self.get('content-md5') or ''}\n{self.get('content-type') or ''}\n{expires}\n{amz}{resource}"
        if text:
            signed = text(self, expires)
        secret = self.site.secret if secret is None else secret
        self.seed = base64.b64encode(hmac.new(secret.encode(), signed.encode(), digest).digest()).decode()
        self.stamp = self.scope = ""
        self.query += [("AWSAccessKeyId", key or self.site.key), ("Expires", quote(expires)), ("Signature", quote(self.seed))]
        return self

    def sign_chunks(self, pieces, mode=SIGNED_CHUNKS, trailer=(), **options):
        """An aws-chunked body: `self.chunks` is a list of Chunk, the last empty, and `self.trailer` lines; call `join` after changing."""
        data = b"".join(pieces)
        self.set("content-encoding", "aws-chunked")
        self.set("x-amz-decoded-content-length", str(len(data)))
        if trailer:
            self.set("x-amz-trailer", ",".join(name for name, _ in trailer))
        self.sign(payload=mode, **options)
        previous, self.chunks = self.seed, []
        for piece in (*pieces, b""):
            signature = None
            if mode != UNSIGNED_TRAILER:
                text = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", self.stamp, self.scope, previous, sha256(b""), sha256(piece)])
                signature = previous = mac(self.signing_key, text).hex()
            self.chunks.append(Chunk(piece, signature))
        self.trailer = [f"{name}:{value}" for name, value in trailer]
        if mode == SIGNED_TRAILER:
            lines = "".join(line + "\n" for line in self.trailer)
            text = "\n".join(["AWS4-HMAC-SHA256-TRAILER", self.stamp, self.scope, previous, sha256(lines.encode())])
            self.trailer.append("x-amz-trailer-signature:" + mac(self.signing_key, text).hex())
        return self.join()

    def join(self):
        self.body = b"".join(chunk.wire() for chunk in self.chunks) + "".join(line + "\r\n" for line in self.trailer).encode() + b"\r\n"
        return self

    # --- sending ---

    def wire(self):
        target = self.path + ("?" + "&".join(f"{name}={value}" if value is not None else name for name, value in self.query)
                              if self.query else "")
        lines = [f"{self.method} {target} HTTP/1.1"] + [f"{name}: {value}" for name, value in self.headers]
        if self.body or self.length is not None or self.method in ("PUT", "POST"):
            lines.append(f"content-length: {len(self.body) if self.length is None else self.length}")
        return "\r\n".join([*lines, "connection: close", "", ""]).encode("utf-8", "surrogateescape") + self.body

    def send(self):
        return send(self.site.address, self.wire(), self.half_close)


@dataclasses.dataclass
class Chunk:
    data: bytes
    signature: str
    size: str = None  # where it is to lie
    extension: str = None  # instead of ;chunk-signature=
    end: bytes = b"\r\n"

    def wire(self):
        head = self.size if self.size is not None else f"{len(self.data):x}"
        if self.extension is not None:
            head += self.extension
        elif self.signature is not None:
            head += f";chunk-signature={self.signature}"
        return head.encode() + b"\r\n" + self.data + (self.end if self.data else b"")


class Form:
    """A POST form: `fields` may be changed before `send`."""

    def __init__(self, site, conditions=None, key="forged/form.txt", expires=None, at=None, fields=(), secret=None, access_key=None,
                 region="us-east-1", service="s3", terminator="aws4_request", scope_date=None, policy=None, file=b"form"):
        self.site, self.file, self.path = site, file, f"/{site.bucket}"
        at = at or now()
        date = scope_date or stamp(at)[:8]
        self.scope = f"{date}/{region}/{service}/{terminator}"
        named = {"key": key, "x-amz-algorithm": ALGORITHM, "x-amz-credential": f"{access_key or site.key}/{self.scope}",
                 "x-amz-date": stamp(at), **dict(fields)}
        if conditions is None:
            conditions = [{"bucket": site.bucket}, *({name: value} for name, value in named.items())]
        if policy is None:
            policy = {"expiration": (expires or now(minutes=10)).strftime("%Y-%m-%dT%H:%M:%S.000Z"), "conditions": conditions}
        text = policy if isinstance(policy, bytes) else json.dumps(policy).encode()
        self.policy = base64.b64encode(text).decode()
        self.signing_key = mac(b"AWS4" + (secret or site.secret).encode(), date)
        for part in (region, service, terminator):
            self.signing_key = mac(self.signing_key, part)
        self.fields = [*named.items(), ("policy", self.policy),
                       ("x-amz-signature", mac(self.signing_key, self.policy).hex())]

    def get(self, name):
        return dict(self.fields)[name]

    def set(self, name, value):
        assert any(key == name for key, _ in self.fields), f"no field {name}"
        self.fields = [(key, value if key == name else old) for key, old in self.fields]

    def drop(self, name):
        self.fields = [(key, value) for key, value in self.fields if key != name]

    def add(self, name, value):
        self.fields.append((name, value))

    def wire(self):
        parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in self.fields]
        parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n')
        body = "".join(parts).encode() + self.file + f"\r\n--{BOUNDARY}--\r\n".encode()
        return (f"POST {self.path} HTTP/1.1\r\nhost: {self.site.host}\r\ncontent-type: multipart/form-data; boundary={BOUNDARY}\r\n"
                f"content-length: {len(body)}\r\nconnection: close\r\n\r\n").encode() + body

    def send(self):
        return send(self.site.address, self.wire(), False)


class Form2(Form):
    """One of Signature Version 2."""

    def __init__(self, site, key="forged/form.txt", secret=None, expires=600):
        self.site, self.file, self.path = site, b"form", f"/{site.bucket}"
        policy = {"expiration": now(seconds=expires).strftime("%Y-%m-%dT%H:%M:%S.000Z"), "conditions": [{"bucket": site.bucket}, {"key": key}]}
        self.policy = base64.b64encode(json.dumps(policy).encode()).decode()
        signature = hmac.new((secret or site.secret).encode(), self.policy.encode(), "sha1").digest()
        self.fields = [("key", key), ("AWSAccessKeyId", site.key), ("policy", self.policy), ("signature", base64.b64encode(signature).decode())]


@dataclasses.dataclass
class Answer:
    status: int
    code: str  # of the error in XML or JSON; "" where there is none
    body: bytes
    content_type: str = ""


def send(address, data, half_close):
    received = b""
    with socket.create_connection(address, timeout=40) as connection:
        try:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        except ConnectionError:
            pass  # refused before all was sent
        while True:
            try:
                piece = connection.recv(65536)
            except ConnectionError:
                break
            if not piece:
                break
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    if not head:
        return Answer(0, "", b"")
    lines = head.decode("latin-1").split("\r\n")
    headers = dict((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:]))
    if headers.get("transfer-encoding") == "chunked":
        body = re.sub(rb"^[0-9a-f]+\r\n|\r\n[0-9a-f]+\r\n", b"", body)
    found = re.search(rb"<Code>(\w+)</Code>", body) or re.search(rb'"__type":\s*"(?:[^"#]*#)?(\w+)"', body)
    return Answer(int(lines[0].split()[1]), found.group(1).decode() if found else "", body, headers.get("content-type", ""))
