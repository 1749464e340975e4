"""Forgeries of POST forms and their policies."""

import base64

from support.forging import ALGORITHM, Form, now, stamp

from .headers import ARGUMENT, DENIED, MISMATCH, REQUEST, changed, resolved

QUERY, POLICY = "AuthorizationQueryParametersError", "InvalidPolicyDocument"
SOON = "2199-01-01T00:00:00.000Z"


SIGNINGS = [
    ("expired", DENIED, {"expires": lambda: now(minutes=-1)}),
    ("expired a year ago", DENIED, {"expires": lambda: now(days=-365)}),
    ("another secret", MISMATCH, {"secret": "x"}),
    ("an unknown key", "InvalidAccessKeyId", {"access_key": "AKIDEXAMPLE"}),
    ("another region", QUERY, {"region": "eu-west-1"}),
    ("another service", QUERY, {"service": "ec2"}),
    ("another terminator", QUERY, {"terminator": "aws5_request"}),
    ("another scope's date", QUERY, {"scope_date": "20130524"}),
    ("a date that has not come", DENIED, {"at": lambda: now(days=2)}),
    ("a date long past", DENIED, {"at": lambda: now(days=-30)}),
    ("a policy that is no JSON", POLICY, {"policy": b"policy"}),
    ("an empty policy", POLICY, {"policy": b""}),
    ("a policy that is a list", POLICY, {"policy": b"[]"}),
    ("a policy without conditions", POLICY, {"policy": {"expiration": SOON}}),
    ("a policy without expiration", POLICY, {"policy": {"conditions": []}}),
    ("conditions that are no list", POLICY, {"policy": {"expiration": SOON, "conditions": {}}}),
    ("an expiration that is no date", POLICY, {"policy": {"expiration": "soon", "conditions": []}}),
    ("an expiration that is a number", POLICY, {"policy": {"expiration": 4102444800, "conditions": []}}),
    ("no condition for anything", DENIED, {"policy": {"expiration": SOON, "conditions": []}}),
    ("a condition of two members", POLICY, {"policy": {"expiration": SOON, "conditions": [{"a": "b", "c": "d"}]}}),
    ("a condition that is a number", POLICY, {"policy": {"expiration": SOON, "conditions": [{"a": 1}]}}),
    ("an unknown operator", POLICY, {"policy": {"expiration": SOON, "conditions": [["contains", "$key", "x"]]}}),
    ("a condition of two parts", POLICY, {"policy": {"expiration": SOON, "conditions": [["eq", "$key"]]}}),
    ("a field without a dollar", DENIED, {"policy": {"expiration": SOON, "conditions": [["eq", "key", "x"]]}}),
    ("a range upside down", POLICY, {"policy": {"expiration": SOON, "conditions": [["content-length-range", 10, 1]]}}),
    ("a negative range", POLICY, {"policy": {"expiration": SOON, "conditions": [["content-length-range", -1, 10]]}}),
    ("two JSON documents", POLICY, {"policy": b"{} {}"}),
    ("a policy cut short", POLICY, {"policy": b'{"expiration": "2199-01-01T00:00:00.000Z", "conditions": ['}),
]

# By conditions that do not hold.
CONDITIONS = [
    ("another bucket", DENIED, {"bucket": "elsewhere"}),
    ("another key", DENIED, {"key": "forged/other.txt"}),
    ("another key's beginning", DENIED, ["starts-with", "$key", "users/"]),
    ("a key in another case", DENIED, ["eq", "$key", "FORGED/form.txt"]),
    ("a field that is not there", DENIED, {"acl": "private"}),
    ("a field that must begin so, and is not there", DENIED, ["starts-with", "$content-type", "image/"]),
    ("a smaller file", "EntityTooLarge", ["content-length-range", 0, 3]),
    ("a larger file", "EntityTooSmall", ["content-length-range", 100, 1000]),
    ("another credential", DENIED, {"x-amz-credential": "AKID/20130524/us-east-1/s3/aws4_request"}),
    ("another status", DENIED, {"success_action_status": "201"}),
    ("metadata that is not there", DENIED, {"x-amz-meta-owner": "alice"}),
]

FIELDS = [
    ("no signature", ARGUMENT, lambda f: f.drop("x-amz-signature")),
    ("no policy", ARGUMENT, lambda f: f.drop("policy")),
    ("neither policy nor signature", ARGUMENT, lambda f: (f.drop("policy"), f.drop("x-amz-signature"))),
    ("no algorithm", ARGUMENT, lambda f: f.drop("x-amz-algorithm")),
    ("no credential", ARGUMENT, lambda f: f.drop("x-amz-credential")),
    ("no date", ARGUMENT, lambda f: f.drop("x-amz-date")),
    ("no key", ARGUMENT, lambda f: f.drop("key")),
    ("an empty signature", MISMATCH, lambda f: f.set("x-amz-signature", "")),
    ("a signature in upper case", MISMATCH, lambda f: f.set("x-amz-signature", f.get("x-amz-signature").upper())),
    ("a bit of the signature", MISMATCH, lambda f: f.set("x-amz-signature", f"{int(f.get('x-amz-signature')[0], 16) ^ 1:x}" + f.get("x-amz-signature")[1:])),
    ("an altered policy", MISMATCH, lambda f: f.set("policy", altered(f.policy, '"forged/form.txt"', '"other/form.txt"'))),
    ("a policy with more conditions", MISMATCH, lambda f: f.set("policy", altered(f.policy, '"conditions": [', '"conditions": [["starts-with", "$acl", ""], '))),
    ("a policy that lasts longer", MISMATCH, lambda f: f.set("policy", altered(f.policy, '"expiration": "2', '"expiration": "3'))),
    ("the policy with a space", MISMATCH, lambda f: f.set("policy", f.policy[:8] + " " + f.policy[8:])),
    ("the policy in other base64", MISMATCH, lambda f: f.set("policy", f.policy.rstrip("=") + "===")),
    ("a policy that is no base64", MISMATCH, lambda f: f.set("policy", "{}")),
    ("another key", DENIED, lambda f: f.set("key", "users/mallory.txt")),
    ("a key that goes up", DENIED, lambda f: f.set("key", "forged/../form.txt")),
    ("a key with the file's name", DENIED, lambda f: f.set("key", "forged/${filename}")),
    ("a field that the policy does not know", DENIED, lambda f: f.add("acl", "public-read")),
    ("metadata that the policy does not know", DENIED, lambda f: f.add("x-amz-meta-a", "b")),
    ("a content type that the policy does not know", DENIED, lambda f: f.add("Content-Type", "text/html")),
    ("a redirect that the policy does not know", DENIED, lambda f: f.add("success_action_redirect", "http://example.com/")),
    ("tags that the policy does not know", DENIED, lambda f: f.add("tagging", "<Tagging/>")),
    ("a storage class that the policy does not know", DENIED, lambda f: f.add("x-amz-storage-class", "GLACIER")),
    ("a bucket that is not the request's", DENIED, lambda f: f.add("bucket", "elsewhere")),
    ("the key twice", ARGUMENT, lambda f: f.add("key", "users/mallory.txt")),
    ("the policy twice", ARGUMENT, lambda f: f.add("policy", f.policy)),
    ("the signature twice", ARGUMENT, lambda f: f.add("x-amz-signature", "0" * 64)),
    ("another date", DENIED, lambda f: f.set("x-amz-date", stamp(now(seconds=1)))),
    ("a date that is none", QUERY, lambda f: f.set("x-amz-date", "today")),
    ("another credential's key", "InvalidAccessKeyId", lambda f: f.set("x-amz-credential", f"AKID/{f.scope}")),
    ("a credential of four fields", QUERY, lambda f: f.set("x-amz-credential", f"{f.site.key}/{f.scope[:-13]}")),
    ("algorithm SHA1", ARGUMENT, lambda f: f.set("x-amz-algorithm", "AWS4-HMAC-SHA1")),
    ("algorithm in lower case", ARGUMENT, lambda f: f.set("x-amz-algorithm", ALGORITHM.lower())),
    ("SigV4A", REQUEST, lambda f: f.set("x-amz-algorithm", "AWS4-ECDSA-P256-SHA256")),
    ("another bucket in the path", (DENIED, "NoSuchBucket"), lambda f: setattr(f, "path", "/elsewhere-entirely")),
]


def altered(policy, old, new):
    text = base64.b64decode(policy).decode()
    assert old in text, text
    return base64.b64encode(text.replace(old, new, 1).encode()).decode()


def with_condition(condition):
    def build(site):
        own = [{"bucket": site.bucket}, *(["starts-with", f"${name}", ""] for name in
                                          ("key", "x-amz-algorithm", "x-amz-credential", "x-amz-date"))]
        return Form(site, conditions=[*own, condition])
    return build


CONTROLS = [("form", Form), ("form with a range", with_condition(["content-length-range", 1, 10]))]


def cases():
    for what, code, options in SIGNINGS:
        yield f"form: {what}", code, lambda site, o=options: Form(site, **resolved(o))
    for what, code, condition in CONDITIONS:
        yield f"form that permits: {what}", code, with_condition(condition)
    for what, code, change in FIELDS:
        yield f"form with {what}", code, changed(Form, change)
