"""Forgeries of what Signature Version 2 signs: presigned URLs and forms."""

import time

from support.forging import Form2, Request, quote

from .headers import ARGUMENT, DENIED, MISMATCH, REQUEST, changed, with_path

TOKEN = ("InvalidToken",)
LONG = 4102444800


def after(seconds):
    return int(time.time()) + seconds


def get(site, **options):
    return Request(site, query=options.pop("query", ())).presign_2(**options)


def override(site):
    return get(site, query=[("response-content-type", "text/plain")])


def put(site):
    return Request(site, "PUT", "forged/version2.txt", headers=[("content-type", "text/plain"), ("x-amz-meta-a", "b")], body=b"content").presign_2()


def reordered(r):
    r.query.reverse()
    # The same parameters in another order are the same request: what is changed is what they say.
    r.parameter("response-content-type", "text%2Fhtml")


SIGNINGS = [
    ("expired", DENIED, {"expires": lambda: after(-1)}),
    ("expired a year ago", DENIED, {"expires": lambda: after(-365 * 86400)}),
    ("for over a week", DENIED, {"expires": lambda: after(8 * 86400)}),
    ("for ever", DENIED, {"expires": LONG}),
    ("for longer than 64 bits can tell", DENIED, {"expires": 10 ** 30}),
    ("until before time began", DENIED, {"expires": -1}),
    ("until a time with a sign", DENIED, {"expires": lambda: f"+{after(60)}"}),
    ("until a time with a space", DENIED, {"expires": lambda: f" {after(60)}"}),
    ("until a fraction of a second", DENIED, {"expires": lambda: f"{after(60)}.5"}),
    ("until a date", DENIED, {"expires": "Thu, 01 Jan 2099 00:00:00 GMT"}),
    ("with another secret", MISMATCH, {"secret": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}),
    ("with no secret", MISMATCH, {"secret": ""}),
    ("with an unknown key", "InvalidAccessKeyId", {"key": "AKIDEXAMPLE"}),
    ("by SHA-256", MISMATCH, {"digest": "sha256"}),
    ("over the path alone", MISMATCH, {"text": lambda r, expires: r.path}),
    ("over nothing", MISMATCH, {"text": lambda r, expires: ""}),
    ("over the header's text", MISMATCH, {"text": lambda r, expires: f"GET\n\n\n\n{r.path}"}),
]

CHANGES = [
    ("another method", MISMATCH, lambda r: setattr(r, "method", "DELETE")),
    ("made PUT", MISMATCH, lambda r: setattr(r, "method", "PUT")),
    ("made POST", "MethodNotAllowed", lambda r: setattr(r, "method", "POST")),
    ("another key", MISMATCH, with_path("/{bucket}/other.txt")),
    ("the bucket alone", MISMATCH, with_path("/{bucket}")),
    ("another bucket", MISMATCH, with_path("/x{bucket}/secret.txt")),
    ("the key encoded otherwise", MISMATCH, with_path("/{bucket}/secret%2Etxt")),
    ("a host that names a bucket", (MISMATCH, "NoSuchBucket"), lambda r: r.set("host", "other.localhost:" + r.site.host.split(":")[1])),
    ("a longer life", MISMATCH, lambda r: r.parameter("Expires", str(after(3600)))),
    ("a life with a zero before it", MISMATCH, lambda r: r.parameter("Expires", "0" + r.value_of("Expires"))),
    ("no life", DENIED, lambda r: r.parameter("Expires")),
    ("an empty life", DENIED, lambda r: r.parameter("Expires", "")),
    ("two lives", DENIED, lambda r: r.query.append(("Expires", str(after(3600))))),
    ("the same life twice", DENIED, lambda r: r.query.append(("Expires", r.value_of("Expires")))),
    ("no key id", DENIED, lambda r: r.parameter("AWSAccessKeyId")),
    ("an empty key id", DENIED, lambda r: r.parameter("AWSAccessKeyId", "")),
    ("two key ids", DENIED, lambda r: r.query.insert(0, ("AWSAccessKeyId", "AKID"))),
    ("no signature", DENIED, lambda r: r.parameter("Signature")),
    ("an empty signature", DENIED, lambda r: r.parameter("Signature", "")),
    ("two signatures", DENIED, lambda r: r.query.append(("Signature", "x"))),
    ("a signature cut short", MISMATCH, lambda r: r.parameter("Signature", quote(r.seed[:-4]))),
    ("a signature without its padding", MISMATCH, lambda r: r.parameter("Signature", quote(r.seed.rstrip("=")))),
    ("a signature in the other case", MISMATCH, lambda r: r.parameter("Signature", quote(r.seed.swapcase()))),
    ("names in lower case", DENIED, lambda r: setattr(r, "query", [(name.lower(), value) for name, value in r.query])),
    ("another operation", MISMATCH, lambda r: r.query.append(("acl", None))),
    ("a younger operation", MISMATCH, lambda r: r.query.append(("attributes", None))),
    ("tags for content", MISMATCH, lambda r: r.query.append(("tagging", None))),
    ("another version", MISMATCH, lambda r: r.query.append(("versionId", "null"))),
    ("headers of the answer", MISMATCH, lambda r: r.query.append(("response-content-type", "text%2Fhtml"))),
    ("an x-amz header", MISMATCH, lambda r: r.add("x-amz-meta-a", "b")),
    ("an x-amz header in the query", MISMATCH, lambda r: r.query.append(("x-amz-meta-a", "b"))),
    ("a content type", MISMATCH, lambda r: r.add("content-type", "text/plain")),
    ("a content type in the query", MISMATCH, lambda r: r.query.append(("Content-Type", "text%2Fplain"))),
    ("a digest", MISMATCH, lambda r: r.add("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==")),
    ("a session's token", TOKEN, lambda r: r.query.append(("x-amz-security-token", "t"))),
    ("a session's token as header", TOKEN, lambda r: r.add("x-amz-security-token", "t")),
    ("a header of version 4 beside it", ARGUMENT, lambda r: r.add("authorization", "AWS4-HMAC-SHA256 Credential=x")),
    ("a header of version 2 beside it", ARGUMENT, lambda r: r.add("authorization", f"AWS {r.site.key}:{r.seed}")),
    ("version 4 beside it", ARGUMENT, lambda r: r.presign()),
    ("the algorithm of version 4", ARGUMENT, lambda r: r.query.append(("X-Amz-Algorithm", "AWS4-HMAC-SHA256"))),
    ("in the header instead", REQUEST, lambda r: (setattr(r, "query", []), r.add("authorization", f"AWS {r.site.key}:{r.seed}"))),
    ("half an escape", "InvalidURI", lambda r: r.query.append(("a", "%2"))),
]

PUTS = [
    ("used to read", MISMATCH, lambda r: setattr(r, "method", "GET")),
    ("used to delete", MISMATCH, lambda r: setattr(r, "method", "DELETE")),
    ("another content type", MISMATCH, lambda r: r.set("content-type", "text/html")),
    ("no content type", MISMATCH, lambda r: r.drop("content-type")),
    ("other metadata", MISMATCH, lambda r: r.set("x-amz-meta-a", "c")),
    ("no metadata", MISMATCH, lambda r: r.drop("x-amz-meta-a")),
    ("metadata twice", MISMATCH, lambda r: r.add("x-amz-meta-a", "c")),
    ("metadata in the query too", DENIED, lambda r: r.query.append(("x-amz-meta-a", "b"))),
    ("a copy's source", MISMATCH, lambda r: r.add("x-amz-copy-source", f"/{r.site.bucket}/secret.txt")),
    ("a copy's source in the query", MISMATCH, lambda r: r.query.append(("x-amz-copy-source", f"%2F{r.site.bucket}%2Fsecret.txt"))),
    ("made a part", MISMATCH, lambda r: r.query.extend([("partNumber", "1"), ("uploadId", "u")])),
    ("a chunked body", ARGUMENT, lambda r: r.add("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")),
]

FIELDS = [
    ("no signature", ARGUMENT, lambda f: f.drop("signature")),
    ("no key id", ARGUMENT, lambda f: f.drop("AWSAccessKeyId")),
    ("no policy", ARGUMENT, lambda f: f.drop("policy")),
    ("another key id", "InvalidAccessKeyId", lambda f: f.set("AWSAccessKeyId", "AKID")),
    ("an empty signature", MISMATCH, lambda f: f.set("signature", "")),
    ("a signature in the other case", MISMATCH, lambda f: f.set("signature", f.get("signature").swapcase())),
    ("another policy", MISMATCH, lambda f: f.set("policy", f.policy[:-8] + "AAAAAAAA")),
    ("another key", DENIED, lambda f: f.set("key", "users/mallory.txt")),
    ("a field that the policy does not know", DENIED, lambda f: f.add("x-amz-meta-a", "b")),
    ("the signature twice", ARGUMENT, lambda f: f.add("Signature", "x")),
    ("the key id twice", ARGUMENT, lambda f: f.add("awsaccesskeyid", "x")),
    ("a signature of version 4 beside it", ARGUMENT, lambda f: f.add("x-amz-signature", "0" * 64)),
    ("the algorithm of version 4", ARGUMENT, lambda f: f.add("x-amz-algorithm", "AWS4-HMAC-SHA256")),
    ("a session's token", TOKEN, lambda f: f.add("x-amz-security-token", "t")),
]


def resolved(options):
    return {name: value() if name == "expires" and callable(value) else value for name, value in options.items()}


CONTROLS = [("version 2: GET", get), ("version 2: PUT", put), ("version 2: GET with an override", override), ("version 2: form", Form2),
            ("version 2: for almost a week", lambda site: get(site, expires=after(7 * 86400 - 60))),
            ("version 2: parameters in another order", changed(override, lambda r: r.query.reverse()))]


def cases():
    for what, code, options in SIGNINGS:
        yield f"version 2: {what}", code, lambda site, o=options: get(site, **resolved(o))
    for what, code, change in CHANGES:
        yield f"version 2 GET: {what}", code, changed(get, change)
    yield "version 2 GET: reordered and overridden", MISMATCH, changed(override, reordered)
    yield "version 2 GET: an override twice", DENIED, changed(override, lambda r: r.query.append(("response-content-type", "text%2Fhtml")))
    yield "version 2 GET: without its override", MISMATCH, changed(override, lambda r: r.parameter("response-content-type"))
    for what, code, change in PUTS:
        yield f"version 2 PUT: {what}", code, changed(put, change)
    yield "version 2 form: expired", DENIED, lambda site: Form2(site, expires=-60)
    yield "version 2 form: another secret", MISMATCH, lambda site: Form2(site, secret="x")
    for what, code, change in FIELDS:
        yield f"version 2 form with {what}", code, changed(Form2, change)
