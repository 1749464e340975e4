"""Forgeries of presigned URLs."""

from support.forging import Request, now, quote, stamp

from .headers import ARGUMENT, CUT_OFF, DENIED, MISMATCH, REQUEST, changed, resolved, with_path

QUERY = "AuthorizationQueryParametersError"

SIGNINGS = [
    ("expired: used again after its time", DENIED, {"at": lambda: now(minutes=-10), "expires": 300}),
    ("expired by a second", DENIED, {"at": lambda: now(seconds=-61), "expires": 60}),
    ("expired after a week", DENIED, {"at": lambda: now(days=-8), "expires": 604800}),
    ("for no time at all", DENIED, {"expires": 0}),
    ("not valid yet", DENIED, {"at": lambda: now(minutes=20)}),
    ("for a negative time", QUERY, {"expires": -1}),
    ("for over a week", QUERY, {"expires": 604801}),
    ("for longer than 64 bits can tell", QUERY, {"expires": 10 ** 30}),
    ("for half a second", QUERY, {"expires": "0.5"}),
    ("for an hour in words", QUERY, {"expires": "1h"}),
    ("for a time with a sign", QUERY, {"expires": "+300"}),
    ("for a time with a space", QUERY, {"expires": " 300"}),
    ("for a hexadecimal time", QUERY, {"expires": "0x12c"}),
    ("with another secret", MISMATCH, {"secret": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}),
    ("with an unknown key", "InvalidAccessKeyId", {"key": "AKIDEXAMPLE"}),
    ("with the algorithm in lower case", QUERY, {"algorithm": "aws4-hmac-sha256"}),
    ("with SigV4A", REQUEST, {"algorithm": "AWS4-ECDSA-P256-SHA256"}),
    ("for another region", QUERY, {"region": "eu-central-1"}),
    ("for another service", QUERY, {"service": "ec2"}),
    ("for service S3", QUERY, {"service": "S3"}),
    ("with another terminator", QUERY, {"terminator": "aws5_request"}),
    ("with yesterday's scope", QUERY, {"scope_date": lambda: stamp(now(days=-1))[:8]}),
    ("without the host signed", DENIED, {"signed": ("range",)}),
]

CHANGES = [
    ("another method", MISMATCH, lambda r: setattr(r, "method", "DELETE")),
    ("HEAD made PUT", MISMATCH, lambda r: setattr(r, "method", "PUT")),
    ("another key", MISMATCH, with_path("/{bucket}/other.txt")),
    ("the bucket alone", MISMATCH, with_path("/{bucket}")),
    ("another bucket", MISMATCH, with_path("/x{bucket}/secret.txt")),
    ("a key below it", MISMATCH, with_path("/{bucket}/secret.txt/x")),
    ("the key encoded twice", MISMATCH, with_path("/{bucket}/secret%252Etxt")),
    ("dots that lead back", MISMATCH, with_path("/{bucket}/x/../secret.txt")),
    ("another host", MISMATCH, lambda r: r.set("host", "localhost:1")),
    ("the host in upper case", MISMATCH, lambda r: r.set("host", "LOCALHOST:" + r.site.host.split(":")[1])),
    ("a longer life", MISMATCH, lambda r: r.parameter("X-Amz-Expires", "3600")),
    ("a life with a zero before it", MISMATCH, lambda r: r.parameter("X-Amz-Expires", "0300")),
    ("a later date", MISMATCH, lambda r: r.parameter("X-Amz-Date", stamp(now(seconds=60)))),
    ("a date that is none", QUERY, lambda r: r.parameter("X-Amz-Date", "today")),
    ("a date in the short form", QUERY, lambda r: r.parameter("X-Amz-Date", r.stamp[:8])),
    ("a parameter more", MISMATCH, lambda r: r.query.append(("x-id", "PutObject"))),
    ("another operation", MISMATCH, lambda r: r.query.append(("acl", None))),
    ("headers of the answer", MISMATCH, lambda r: r.query.append(("response-content-type", "text%2Fhtml"))),
    ("tags in the query", MISMATCH, lambda r: r.query.append(("x-amz-tagging", "a%3Db"))),
    ("an unsigned x-amz header", DENIED, lambda r: r.add("x-amz-meta-a", "b")),
    ("an unsigned copy source", DENIED, lambda r: r.add("x-amz-copy-source", f"/{r.site.bucket}/secret.txt")),
    ("an unsigned date header", DENIED, lambda r: r.add("x-amz-date", stamp(now()))),
    ("no algorithm", QUERY, lambda r: r.parameter("X-Amz-Algorithm")),
    ("no credential", QUERY, lambda r: r.parameter("X-Amz-Credential")),
    ("no date", QUERY, lambda r: r.parameter("X-Amz-Date")),
    ("no life", QUERY, lambda r: r.parameter("X-Amz-Expires")),
    ("no signed headers", QUERY, lambda r: r.parameter("X-Amz-SignedHeaders")),
    ("no signature", QUERY, lambda r: r.parameter("X-Amz-Signature")),
    ("an empty signature", QUERY, lambda r: r.parameter("X-Amz-Signature", "")),
    ("an empty life", QUERY, lambda r: r.parameter("X-Amz-Expires", "")),
    ("an empty credential", QUERY, lambda r: r.parameter("X-Amz-Credential", "")),
    ("a credential of four fields", QUERY, lambda r: r.parameter("X-Amz-Credential", quote(f"{r.site.key}/{r.scope[:-13]}"))),
    ("a signature in upper case", MISMATCH, lambda r: r.parameter("X-Amz-Signature", r.seed.upper())),
    ("a signature cut short", MISMATCH, lambda r: r.parameter("X-Amz-Signature", r.seed[:40])),
    ("a signature of zeros", MISMATCH, lambda r: r.parameter("X-Amz-Signature", "0" * 64)),
    ("two signatures", QUERY, lambda r: r.query.append(("X-Amz-Signature", "0" * 64))),
    ("the same signature twice", QUERY, lambda r: r.query.append(("X-Amz-Signature", r.seed))),
    ("an empty signature first", QUERY, lambda r: r.query.insert(0, ("X-Amz-Signature", ""))),
    ("two lives", QUERY, lambda r: r.query.append(("X-Amz-Expires", "604800"))),
    ("two dates", QUERY, lambda r: r.query.append(("X-Amz-Date", stamp(now())))),
    ("two credentials", QUERY, lambda r: r.query.append(("X-Amz-Credential", r.value_of("X-Amz-Credential")))),
    ("names in lower case", DENIED, lambda r: setattr(r, "query", [(name.lower(), value) for name, value in r.query])),
    ("another list of signed headers", MISMATCH, lambda r: r.parameter("X-Amz-SignedHeaders", "host%3Brange")),
    ("signed headers in upper case", MISMATCH, lambda r: r.parameter("X-Amz-SignedHeaders", "HOST")),
    ("the host signed twice", QUERY, lambda r: r.parameter("X-Amz-SignedHeaders", "host%3Bhost")),
    ("SigV4 and a header", ARGUMENT, lambda r: r.add("authorization", "AWS4-HMAC-SHA256 Credential=x")),
    ("SigV4 and SigV2", ARGUMENT, lambda r: r.add("authorization", "AWS AKID:c2lnbmF0dXJl")),
    ("half an escape", "InvalidURI", lambda r: r.query.append(("a", "%2"))),
]

PUTS = [
    ("used to read", MISMATCH, lambda r: setattr(r, "method", "GET")),
    ("another content type", MISMATCH, lambda r: r.set("content-type", "text/html")),
    ("no content type", MISMATCH, lambda r: r.drop("content-type")),
    ("metadata that was not signed", DENIED, lambda r: r.add("x-amz-meta-a", "b")),
    ("a told payload hash that was not signed", DENIED, lambda r: r.add("x-amz-content-sha256", "UNSIGNED-PAYLOAD")),
    ("another key", MISMATCH, with_path("/{bucket}/forged/elsewhere.txt")),
    ("a body cut off", CUT_OFF, lambda r: (setattr(r, "length", 1000), setattr(r, "half_close", True))),
    ("made an upload's start", MISMATCH, lambda r: (setattr(r, "method", "POST"), r.query.append(("uploads", None)))),
]


def get(site):
    return Request(site).presign()


def put(site):
    return Request(site, "PUT", "forged/presigned.txt", headers=[("content-type", "text/plain")], body=b"content").presign(
        signed=("content-type", "host"))


CONTROLS = [("presigned GET", get), ("presigned PUT", put),
            ("presigned a minute ago", lambda site: Request(site).presign(at=now(seconds=-60), expires=120)),
            ("presigned for a week", lambda site: Request(site).presign(expires=604800))]


def cases():
    for what, code, options in SIGNINGS:
        yield f"presigned: {what}", code, lambda site, o=options: Request(site).presign(**resolved(o))
    for what, code, change in CHANGES:
        yield f"presigned GET: {what}", code, changed(get, change)
    for what, code, change in PUTS:
        yield f"presigned PUT: {what}", code, changed(put, change)
