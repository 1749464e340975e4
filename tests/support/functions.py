"""Functions for tests: archives, roles that Lambda may assume, and readers of answers."""

import io
import json
import time
import zipfile

TRUST = json.dumps({"Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def archive(files):
    """A zip archive; a file whose name is `bootstrap` may be executed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o755 if name == "bootstrap" else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, text)
    return buffer.getvalue()


def python(text):
    return archive({"app.py": text})


def make_role(iam, name, *statements, settle=0):
    """The ARN of a new role that functions may have; `statements`: what it may do."""
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="granted",
                            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    time.sleep(settle)
    return arn


def remove_role(iam, name):
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def allow(actions, resources="*"):
    return {"Effect": "Allow", "Action": actions, "Resource": resources}
