"""Contract cases with users of their own: made and removed by IAM's API, and raw query calls held against the service description."""

import contextlib
import json
import time
import urllib.parse
import uuid

from .contract import ContractCase
from .query_shapes import QueryShapes

VERSIONS = {"cloudwatch": "2010-08-01", "iam": "2010-05-08", "sns": "2010-03-31", "sqs": "2012-11-05", "sts": "2011-06-15"}

# Where the name in credential scopes is not the description's.
SIGNED_AS = {"cloudwatch": "monitoring"}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resources="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions, resources="*", **more):
    return {"Effect": "Deny", "Action": actions, "Resource": resources, **more}


class IdentityCase(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.iam = cls.client("iam")
        cls.account = cls.client("sts").get_caller_identity()["Account"]
        cls.wire = None if cls.endpoint is None else cls.raw()

    @staticmethod
    def name():
        return "eyrie-test-" + uuid.uuid4().hex[:16]

    def make_user(self, *statements, **options):
        """A new user's name; `statements` become a policy of its own. Removed after the test."""
        name = self.name()
        self.iam.create_user(UserName=name, **options)
        self.addCleanup(self._remove_user, name)
        if statements:
            self.grant(name, *statements)
        return name

    def grant(self, user, *statements):
        self.iam.put_user_policy(UserName=user, PolicyName="granted", PolicyDocument=policy(*statements))
        self._settle()

    def make_key(self, user):
        """(id, secret)"""
        key = self.iam.create_access_key(UserName=user)["AccessKey"]
        self._settle()
        return key["AccessKeyId"], key["SecretAccessKey"]

    def make_policy(self, *statements, **options):
        """A managed policy's ARN."""
        arn = self.iam.create_policy(PolicyName=self.name(), PolicyDocument=policy(*statements), **options)["Policy"]["Arn"]
        self.addCleanup(self._quietly, self.iam.delete_policy, PolicyArn=arn)
        return arn

    def make_kms_key(self, **options):
        """A key's ARN; `self.kms` must be there."""
        arn = self.kms.create_key(**options)["KeyMetadata"]["Arn"]
        self.addCleanup(self._quietly, self.kms.schedule_key_deletion, KeyId=arn, PendingWindowInDays=7)
        return arn

    def make_alias(self, key):
        name = "alias/eyrie-test-" + uuid.uuid4().hex[:12]
        self.kms.create_alias(AliasName=name, TargetKeyId=key)
        self.addCleanup(self._quietly, self.kms.delete_alias, AliasName=name)
        return name

    def query(self, service, operation, status=200, client=None, **parameters):
        """A raw call whose XML is held against the description; the body."""
        if self.wire is None:
            self.skipTest("raw calls are not made against AWS")
        form = urllib.parse.urlencode({"Action": operation, "Version": VERSIONS[service], **parameters}).encode()
        answer = (client or self.wire).request(SIGNED_AS.get(service, service), "POST", "/", body=form,
                                               headers={"content-type": "application/x-www-form-urlencoded"})
        self.assertEqual(answer.status, status, answer.body)
        shapes = QueryShapes(service)
        problems = shapes.of_output(operation, answer.body) if status == 200 else shapes.of_error(operation, answer.body)
        self.assertEqual(problems, [], answer.body)
        return answer.body.decode()

    def _settle(self):
        if self.endpoint is None:
            time.sleep(15)  # AWS spreads changes of IAM over its regions

    def _remove_user(self, name):
        for key in self._quietly(self.iam.list_access_keys, UserName=name).get("AccessKeyMetadata", []):
            self._quietly(self.iam.delete_access_key, UserName=name, AccessKeyId=key["AccessKeyId"])
        for own in self._quietly(self.iam.list_user_policies, UserName=name).get("PolicyNames", []):
            self._quietly(self.iam.delete_user_policy, UserName=name, PolicyName=own)
        for attached in self._quietly(self.iam.list_attached_user_policies, UserName=name).get("AttachedPolicies", []):
            self._quietly(self.iam.detach_user_policy, UserName=name, PolicyArn=attached["PolicyArn"])
        self._quietly(self.iam.delete_user, UserName=name)

    @staticmethod
    def _quietly(call, **parameters):
        import botocore.exceptions
        with contextlib.suppress(botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError):
            return call(**parameters)
        return {}
