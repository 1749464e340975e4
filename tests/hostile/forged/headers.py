"""Forgeries of header authentication: (name, code that AWS answers, what builds the request)."""

import base64
import hashlib

from support.forging import Request, UNSIGNED, now, sha256, stamp

DENIED, MALFORMED, MISMATCH = "AccessDenied", "AuthorizationHeaderMalformed", "SignatureDoesNotMatch"
SKEWED, ARGUMENT, REQUEST = "RequestTimeTooSkewed", "InvalidArgument", "InvalidRequest"
# Who stops sending may find the connection ended instead.
CUT_OFF = ("IncompleteBody", "")

# Operations that each of CHANGES is tried on: method, key, query, body.
BASES = {
    "GET": ("GET", "secret.txt", (), b""),
    "PUT": ("PUT", "forged/put.txt", (), b"forged"),
    "DELETE": ("DELETE", "secret.txt", (), b""),
    "list": ("GET", None, (("list-type", "2"), ("prefix", "s")), b""),
    "multi-delete": ("POST", None, (("delete", ""),), b"<Delete><Object><Key>secret.txt</Key></Object></Delete>"),
}

# What is changed on the way, after signing.
CHANGES = [
    ("no credentials", DENIED, lambda r: r.drop("authorization")),
    ("a bit of the signature", MISMATCH, lambda r: r.edit_signature(lambda s: f"{int(s[0], 16) ^ 1:x}" + s[1:])),
    ("another method", MISMATCH, lambda r: setattr(r, "method", {"GET": "PUT", "PUT": "GET", "DELETE": "GET", "POST": "PUT"}[r.method])),
    ("another path", MISMATCH, lambda r: setattr(r, "path", r.path + "x")),
    ("another host", MISMATCH, lambda r: r.set("host", "elsewhere:80")),
    ("a parameter more", MISMATCH, lambda r: r.query.append(("prefix2", "x"))),
    ("an unsigned x-amz header", DENIED, lambda r: r.add("x-amz-meta-forged", "1")),
    ("another date in the header", MISMATCH, lambda r: r.set("x-amz-date", stamp(now(seconds=-1)))),
    ("another payload hash", MISMATCH, lambda r: r.set("x-amz-content-sha256", sha256(b"other"))),
    ("payload hash made unsigned", MISMATCH, lambda r: r.set("x-amz-content-sha256", UNSIGNED)),
]

# How it is signed in the first place: with everything right but this.
SIGNINGS = [
    ("another secret", MISMATCH, {"secret": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}),
    ("no secret", MISMATCH, {"secret": " "}),
    ("an unknown key", "InvalidAccessKeyId", {"key": "AKIDEXAMPLE", "secret": "x"}),
    ("an unknown key with our secret", "InvalidAccessKeyId", {"key": "AKIDEXAMPLE"}),
    ("16 minutes old: replayed", SKEWED, {"at": lambda: now(minutes=-16)}),
    ("16 minutes early", SKEWED, {"at": lambda: now(minutes=16)}),
    ("a day old", SKEWED, {"at": lambda: now(days=-1)}),
    ("of the year 1970", SKEWED, {"at": lambda: now(days=-365 * 50)}),
    ("of another century", SKEWED, {"at": lambda: now(days=365 * 90)}),
    ("scope of yesterday", MALFORMED, {"scope_date": lambda: stamp(now(days=-1))[:8]}),
    ("scope of tomorrow", MALFORMED, {"scope_date": lambda: stamp(now(days=1))[:8]}),
    ("scope with a full date", MALFORMED, {"scope_date": lambda: stamp(now())}),
    ("another region", MALFORMED, {"region": "eu-west-1"}),
    ("region in upper case", MALFORMED, {"region": "US-EAST-1"}),
    ("a wildcard region", MALFORMED, {"region": "*"}),
    ("service ec2", MALFORMED, {"service": "ec2"}),
    ("service S3", MALFORMED, {"service": "S3"}),
    ("service s3express", MALFORMED, {"service": "s3express"}),
    ("service s3-outposts", MALFORMED, {"service": "s3-outposts"}),
    ("terminator aws5_request", MALFORMED, {"terminator": "aws5_request"}),
    ("terminator in upper case", MALFORMED, {"terminator": "AWS4_REQUEST"}),
    ("host not signed", DENIED, {"without": ("host",)}),
    ("date not signed", DENIED, {"without": ("x-amz-date",)}),
    ("payload hash not signed", DENIED, {"without": ("x-amz-content-sha256",)}),
    ("only the host signed", DENIED, {"signed": ["host"]}),
    ("algorithm in lower case", ARGUMENT, {"algorithm": "aws4-hmac-sha256"}),
    ("algorithm SHA1", ARGUMENT, {"algorithm": "AWS4-HMAC-SHA1"}),
    ("SigV4A", REQUEST, {"algorithm": "AWS4-ECDSA-P256-SHA256"}),
    ("a payload hash that is none", ARGUMENT, {"payload": "abc"}),
    ("a payload hash in upper case", ARGUMENT, {"payload": sha256(b"").upper()}),
    ("a payload hash of 63 digits", ARGUMENT, {"payload": sha256(b"")[1:]}),
    ("an empty payload hash", ARGUMENT, {"payload": " "}),
    ("SigV4A chunks", ARGUMENT, {"payload": "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"}),
    ("events as payload", ARGUMENT, {"payload": "STREAMING-AWS4-HMAC-SHA256-EVENTS"}),
    ("the payload mode in lower case", ARGUMENT, {"payload": "unsigned-payload"}),
]


def authorization(text):
    return lambda r: r.set("authorization", text.format(key=r.site.key, date=r.stamp[:8]) if "{" in text else text)


# Changes of the Authorization header itself.
AUTHORIZATIONS = [
    ("empty", DENIED, authorization("")),
    ("Basic", ARGUMENT, authorization("Basic cm9vdDpyb290")),
    ("Bearer", ARGUMENT, authorization("Bearer eyJhbGciOiJub25lIn0.e30.")),
    ("a word", ARGUMENT, authorization("root")),
    ("SigV2", REQUEST, authorization("AWS {key}:frJIUN8DYpKDtOLCwo//yllqDzg=")),
    ("SigV2 without a signature", ARGUMENT, authorization("AWS {key}")),
    ("SigV2 of nonsense", ARGUMENT, authorization("AWS HAHAHA")),
    ("the algorithm alone", MALFORMED, authorization("AWS4-HMAC-SHA256")),
    ("SigV3", ARGUMENT, authorization("AWS3-HTTPS AWSAccessKeyId={key},Algorithm=HmacSHA256,Signature=x")),
    ("no Credential", MALFORMED, lambda r: r.edit("authorization", "Credential=", "Credentials=")),
    ("no SignedHeaders", MALFORMED, lambda r: r.edit("authorization", "SignedHeaders=", "Headers=")),
    ("no Signature", MALFORMED, lambda r: r.edit("authorization", ", Signature=", ", Sig=")),
    ("empty Signature", MALFORMED, lambda r: r.edit_signature(lambda s: "")),
    ("empty SignedHeaders", MALFORMED, lambda r: r.edit("authorization", "SignedHeaders=host", "SignedHeaders=,x=host")),
    ("empty Credential", MALFORMED, lambda r: r.edit("authorization", f"Credential={r.site.key}/{r.scope}", "Credential=")),
    ("Credential without a key", MALFORMED, lambda r: r.edit("authorization", f"Credential={r.site.key}/", "Credential=/")),
    ("Credential of four fields", MALFORMED, lambda r: r.edit("authorization", "/us-east-1/", "/")),
    ("Credential of six fields", MALFORMED, lambda r: r.edit("authorization", "/us-east-1/", "/us-east-1/us-east-1/")),
    ("Credential with an empty field", MALFORMED, lambda r: r.edit("authorization", "/us-east-1/", "//")),
    ("two Credentials", MALFORMED, lambda r: r.edit("authorization", ", SignedHeaders", f", Credential={r.site.key}/{r.scope}, SignedHeaders")),
    ("an empty Signature before it", MALFORMED, lambda r: r.edit("authorization", ", Signature=", ", Signature=, Signature=")),
    ("two Signatures in one", MALFORMED, lambda r: r.edit("authorization", ", Signature=", f", Signature={'0' * 64}, Signature=")),
    ("a field more", MALFORMED, lambda r: r.edit("authorization", ", Signature=", ", Admin=true, Signature=")),
    ("two headers", MALFORMED, lambda r: r.add("authorization", r.get("authorization"))),
    ("fields in lower case", MALFORMED, lambda r: r.edit("authorization", "Signature=", "signature=")),
    ("signature in upper case", MISMATCH, lambda r: r.edit_signature(str.upper)),
    ("signature of 63 digits", MISMATCH, lambda r: r.edit_signature(lambda s: s[:-1])),
    ("signature of 65 digits", MISMATCH, lambda r: r.edit_signature(lambda s: s + "0")),
    ("signature in base64", MISMATCH, lambda r: r.edit_signature(lambda s: base64.b64encode(bytes.fromhex(s)).decode())),
    ("signature of zeros", MISMATCH, lambda r: r.edit_signature(lambda s: "0" * 64)),
    ("signature reversed", MISMATCH, lambda r: r.edit_signature(lambda s: s[::-1])),
    ("a header named twice", MALFORMED, lambda r: r.edit("authorization", "SignedHeaders=host;", "SignedHeaders=host;host;")),
    ("an empty header name", MALFORMED, lambda r: r.edit("authorization", "SignedHeaders=host;", "SignedHeaders=host;;")),
    ("a header name in upper case", MISMATCH, lambda r: r.edit("authorization", "SignedHeaders=host;", "SignedHeaders=HOST;")),
    ("header names in another order", MISMATCH,
     lambda r: r.edit("authorization", "host;x-amz-content-sha256;x-amz-date", "x-amz-date;x-amz-content-sha256;host")),
    ("a signed header that is not there", MISMATCH, lambda r: r.edit("authorization", "SignedHeaders=host;", "SignedHeaders=host;range;")),
    ("names joined by commas", MALFORMED, lambda r: r.edit("authorization", "host;x-amz-content-sha256", "host,x-amz-content-sha256")),
    ("another key's name", "InvalidAccessKeyId", lambda r: r.edit("authorization", r.site.key, r.site.key[::-1])),
    ("the key's name in lower case", "InvalidAccessKeyId", lambda r: r.edit("authorization", r.site.key, r.site.key.lower())),
    ("the key's name with a zero", "InvalidAccessKeyId", lambda r: r.edit("authorization", r.site.key, r.site.key + "0")),
    ("another scope's service", MALFORMED, lambda r: r.edit("authorization", "/s3/", "/sts2/")),
    ("another scope's region", MALFORMED, lambda r: r.edit("authorization", "/us-east-1/", "/us-east-2/")),
    ("the scope's service doubled", MALFORMED, lambda r: r.edit("authorization", "/s3/", "/s3/s3/")),
    ("a presigned signature beside it", ARGUMENT, lambda r: r.query.append(("X-Amz-Signature", "0" * 64))),
]

# Dates.
DATES = [
    ("no date", DENIED, lambda r: r.drop("x-amz-date")),
    ("an empty date", DENIED, lambda r: r.set("x-amz-date", "")),
    ("an HTTP date in x-amz-date", DENIED, lambda r: r.set("x-amz-date", now().strftime("%a, %d %b %Y %H:%M:%S GMT"))),
    ("a date without its zone", DENIED, lambda r: r.set("x-amz-date", r.stamp[:-1])),
    ("a 13th month", DENIED, lambda r: r.set("x-amz-date", r.stamp[:4] + "13" + r.stamp[6:])),
    ("seconds since 1970", DENIED, lambda r: r.set("x-amz-date", str(int(now().timestamp())))),
    ("two dates", MISMATCH, lambda r: r.add("x-amz-date", stamp(now(seconds=5)))),
    ("Date instead", MISMATCH, lambda r: (r.drop("x-amz-date"), r.add("date", now().strftime("%a, %d %b %Y %H:%M:%S GMT")))),
    ("an old Date instead", MALFORMED, lambda r: (r.drop("x-amz-date"), r.add("date", "Fri, 24 May 2013 00:00:00 GMT"))),
]


def with_path(path):
    return lambda r: setattr(r, "path", path.format(bucket=r.site.bucket))


# Paths and queries that look like what was signed. Signed is /BUCKET/a%20b/secret.txt?prefix=a%2Fb.
TARGETS = [
    ("a plus for the space", MISMATCH, with_path("/{bucket}/a+b/secret.txt")),
    ("encoded twice", MISMATCH, with_path("/{bucket}/a%2520b/secret.txt")),
    ("a double slash", MISMATCH, with_path("/{bucket}//a%20b/secret.txt")),
    ("a slash at the end", MISMATCH, with_path("/{bucket}/a%20b/secret.txt/")),
    ("dots that lead back", MISMATCH, with_path("/{bucket}/x/../a%20b/secret.txt")),
    ("encoded dots that lead back", MISMATCH, with_path("/{bucket}/x/%2e%2e/a%20b/secret.txt")),
    ("a single dot", MISMATCH, with_path("/{bucket}/./a%20b/secret.txt")),
    ("upper case", MISMATCH, with_path("/{bucket}/A%20B/secret.txt")),
    ("a zero byte", MISMATCH, with_path("/{bucket}/a%20b/secret.txt%00")),
    ("a parameter behind a semicolon", MISMATCH, with_path("/{bucket}/a%20b/secret.txt;x")),
    ("overlong UTF-8", "InvalidURI", with_path("/{bucket}/a%c0%a0b/secret.txt")),
    ("half an escape", "InvalidURI", with_path("/{bucket}/a%2/secret.txt")),
    ("no hexadecimal digits", "InvalidURI", with_path("/{bucket}/a%zzb/secret.txt")),
    ("an encoded question mark", MISMATCH, lambda r: (setattr(r, "path", r.path + "%3Fprefix=a%2Fb"), r.query.clear())),
    ("the parameter twice", MISMATCH, lambda r: r.query.append(r.query[0])),
    ("the parameter twice, with another value", MISMATCH, lambda r: r.query.append(("prefix", "b"))),
    ("the parameter twice, the other first", MISMATCH, lambda r: r.query.insert(0, ("prefix", "b"))),
    ("the parameter in upper case", MISMATCH, lambda r: r.parameter("prefix") or r.query.append(("PREFIX", "a%2Fb"))),
    ("another value", MISMATCH, lambda r: r.parameter("prefix", "a%2Fc")),
    ("the value encoded twice", MISMATCH, lambda r: r.parameter("prefix", "a%252Fb")),
    ("the value empty", MISMATCH, lambda r: r.parameter("prefix", "")),
    ("the parameter gone", MISMATCH, lambda r: r.query.clear()),
    ("another operation", MISMATCH, lambda r: r.query.append(("tagging", None))),
    ("a version", MISMATCH, lambda r: r.query.append(("versionId", "null"))),
    ("headers of the answer", MISMATCH, lambda r: r.query.append(("response-content-type", "text%2Fhtml"))),
]

# Of a PUT with metadata, content type and MD5, all signed.
PUTS = [
    ("another body", "XAmzContentSHA256Mismatch", lambda r: setattr(r, "body", b"another")),
    ("a longer body", "XAmzContentSHA256Mismatch", lambda r: setattr(r, "body", r.body + b"x")),
    ("a shorter body", "XAmzContentSHA256Mismatch", lambda r: setattr(r, "body", r.body[:-1])),
    ("no body", "XAmzContentSHA256Mismatch", lambda r: setattr(r, "body", b"")),
    ("a body cut off", CUT_OFF, lambda r: (setattr(r, "length", len(r.body) + 10), setattr(r, "half_close", True))),
    ("other metadata", MISMATCH, lambda r: r.set("x-amz-meta-owner", "mallory")),
    ("metadata twice", MISMATCH, lambda r: r.add("x-amz-meta-owner", "mallory")),
    ("metadata gone", MISMATCH, lambda r: r.drop("x-amz-meta-owner")),
    ("metadata with spaces made one word", MISMATCH, lambda r: r.set("x-amz-meta-owner", "alicesmith")),
    ("metadata in upper case", MISMATCH, lambda r: r.set("x-amz-meta-owner", "ALICE SMITH")),
    ("another content type", MISMATCH, lambda r: r.set("content-type", "text/html")),
    ("content type twice", MISMATCH, lambda r: r.add("content-type", "text/html")),
    ("another MD5", MISMATCH, lambda r: r.set("content-md5", base64.b64encode(bytes(16)).decode())),
    ("unsigned tags", DENIED, lambda r: r.add("x-amz-tagging", "a=b")),
    ("an unsigned ACL", DENIED, lambda r: r.add("x-amz-acl", "public-read")),
    ("an unsigned copy source", DENIED, lambda r: r.add("x-amz-copy-source", f"/{r.site.bucket}/secret.txt")),
    ("an unsigned copy source, in upper case", DENIED, lambda r: r.add("X-AMZ-COPY-SOURCE", f"/{r.site.bucket}/secret.txt")),
    ("an unsigned session token", DENIED, lambda r: r.add("x-amz-security-token", "token")),
    ("an unsigned storage class", DENIED, lambda r: r.add("x-amz-storage-class", "GLACIER")),
    ("an unsigned decoded length", DENIED, lambda r: r.add("x-amz-decoded-content-length", "0")),
]


def signed_put(**more):
    def build(site):
        r = Request(site, "PUT", "forged/put.txt", body=b"the content",
                    headers=[("content-type", "text/plain"), ("x-amz-meta-owner", "alice smith")])
        r.set("content-md5", base64.b64encode(hashlib.md5(r.body).digest()).decode())
        for name, value in more.items():
            r.set(name.replace("_", "-"), value)
        return r.sign()
    return build


def resolved(options):
    return {name: value() if callable(value) else value for name, value in options.items()}


def changed(build, change):
    def made(site):
        request = build(site)
        change(request)
        return request
    return made


def base(name):
    method, key, query, body = BASES[name]
    return lambda site: Request(site, method, key, query, body=body).sign()


def target(site):
    return Request(site, "GET", "a b/secret.txt", query=[("prefix", "a/b")]).sign()


CONTROLS = [*((f"{name} as signed", base(name)) for name in BASES if name not in ("DELETE", "multi-delete")),
            ("PUT with headers as signed", signed_put()), ("target as signed", target)]


def cases():
    for name in BASES:
        for what, code, change in CHANGES:
            yield f"{name}: {what}", code, changed(base(name), change)
    for what, code, options in SIGNINGS:
        yield f"signed with: {what}", code, lambda site, o=options: Request(site).sign(**resolved(o))
    for what, code, change in (*AUTHORIZATIONS, *DATES):
        yield f"Authorization: {what}", code, changed(base("GET"), change)
    for what, code, change in TARGETS:
        yield f"target: {what}", code, changed(target, change)
    for what, code, change in PUTS:
        yield f"PUT: {what}", code, changed(signed_put(), change)
    yield "PUT: a wrong MD5, signed", "BadDigest", signed_put(content_md5=base64.b64encode(bytes(16)).decode())
    yield "PUT: an MD5 that is none, signed", "InvalidDigest", signed_put(content_md5="abc")
    yield "PUT: a wrong CRC32, signed", "BadDigest", signed_put(x_amz_checksum_crc32="AAAAAA==")
    yield "PUT: a CRC32 that is none, signed", REQUEST, signed_put(x_amz_checksum_crc32="A")
    yield "PUT: no payload hash", REQUEST, changed(lambda site: Request(site, "PUT", "forged/put.txt", body=b"x").sign(
        signed=["host", "x-amz-date"]), lambda r: r.drop("x-amz-content-sha256"))
    yield "the signature of another request", MISMATCH, changed(
        base("GET"), lambda r: r.edit_signature(lambda s: base("list")(r.site).seed))
