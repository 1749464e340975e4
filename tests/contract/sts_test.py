#!/usr/bin/python3
"""STS: who am I, and temporary credentials."""

import datetime
import json
import pathlib
import sys
import unittest
import urllib.request
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths, signing  # noqa: E402
from support.identities import IdentityCase, allow, deny, policy  # noqa: E402


def botocore_config(**more):
    import botocore.config
    return botocore.config.Config(retries={"max_attempts": 0}, **more)


class StsTest(IdentityCase):
    def test_the_root(self):
        told = self.client("sts").get_caller_identity()
        self.assertRegex(told["Account"], "^[0-9]{12}$")
        if self.server:
            self.assertEqual(told["Arn"], f"arn:aws:iam::{told['Account']}:root")
        self.query("sts", "GetCallerIdentity")

    def test_a_user_whatever_its_policies_say(self):
        name = self.make_user(deny("*"))
        key = self.make_key(name)
        told = self.client("sts", *key).get_caller_identity()
        user = self.iam.get_user(UserName=name)["User"]
        self.assertEqual((told["Arn"], told["UserId"], told["Account"]), (user["Arn"], user["UserId"], self.account))

    def test_a_presigned_url(self):
        # The way by which other systems let AWS say who somebody is.
        url = self.client("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")
        if self.server:
            status, body = self.server.get(url.removeprefix(self.endpoint))
            self.assertEqual(status, 200, body)
            self.assertIn("<Account>", body)

    def test_who_is_not_known(self):
        self.refused("InvalidClientTokenId", self.client("sts", "AKIAAAAAAAAAAAAAAAAA", "x" * 40).get_caller_identity, status=403)
        key = self.make_key(self.make_user())
        self.refused("SignatureDoesNotMatch", self.client("sts", key[0], "x" * 40).get_caller_identity, status=403)
        if self.wire:
            client = signing.RawClient(self.server.address if self.server else None, key[0], "x" * 40)
            self.addCleanup(client.close)
            self.query("sts", "GetCallerIdentity", status=403, client=client)

    def test_what_is_not_there(self):
        self.query("sts", "MakeCoffee", status=400)
        if not self.server:
            self.skipTest("AWS has it")
        self.refused("InvalidAction", self.client("sts").get_federation_token, Name="somebody", status=400)


class RolesCase(IdentityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bucket = cls.make_bucket()
        cls.client("s3").put_object(Bucket=cls.bucket, Key="k", Body=b"text")

    def make_role(self, trust, *statements, **more):
        name = "role-" + uuid.uuid4().hex[:12]
        document = json.dumps({"Version": "2012-10-17", "Statement": trust if isinstance(trust, list) else [trust]})
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, **more)["Role"]["Arn"]
        self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(*statements or [allow("s3:GetObject", f"arn:aws:s3:::{self.bucket}/*")]))

        def remove():
            self.iam.delete_role_policy(RoleName=name, PolicyName="own")
            self.iam.delete_role(RoleName=name)
        self.addCleanup(remove)
        return name, arn

    def trusting(self, principal, **more):
        return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole", **more}

    def session_client(self, service, credentials, **config):
        boto3 = paths.boto3()
        session = boto3.Session(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"], region_name="us-east-1")
        return session.client(service, endpoint_url=self.endpoint, config=botocore_config(**config))

    def user(self, *statements):
        name = self.make_user(*statements)
        return self.iam.get_user(UserName=name)["User"]["Arn"], self.client("sts", *self.make_key(name))


class TemporaryCredentialsTest(RolesCase):
    def test_a_role_that_trusts_the_user(self):
        arn, sts = self.user()
        name, role = self.make_role(self.trusting(arn))
        answer = sts.assume_role(RoleArn=role, RoleSessionName="session-1", DurationSeconds=900)
        self.assertEqual(answer["AssumedRoleUser"]["Arn"], f"arn:aws:sts::{self.account}:assumed-role/{name}/session-1")
        self.assertTrue(answer["Credentials"]["AccessKeyId"].startswith("ASIA"))
        left = answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
        self.assertLess(abs(left.total_seconds() - 900), 120)
        acting = self.session_client("sts", answer["Credentials"])
        self.assertEqual(acting.get_caller_identity()["Arn"], answer["AssumedRoleUser"]["Arn"])
        s3 = self.session_client("s3", answer["Credentials"])
        self.assertEqual(s3.get_object(Bucket=self.bucket, Key="k")["Body"].read(), b"text")
        self.refused("AccessDenied", s3.put_object, Bucket=self.bucket, Key="k", Body=b"x", status=403)
        # Presigned, in both versions of signatures: the token comes along.
        for version in ("s3", "s3v4"):
            url = self.session_client("s3", answer["Credentials"], signature_version=version).generate_presigned_url(
                "get_object", Params={"Bucket": self.bucket, "Key": "k"}, ExpiresIn=60)
            with urllib.request.urlopen(url, timeout=30) as got:
                self.assertEqual(got.read(), b"text")
        # The rights are those of the moment.
        self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(deny("s3:*", "*")))
        self.refused("AccessDenied", s3.get_object, Bucket=self.bucket, Key="k", status=403)
        # Neither the key without the token, nor another token, is good.
        for token in (None, answer["Credentials"]["SessionToken"][:-8] + "AAAAAAA=", "x" * 5000):
            forged = self.session_client("sts", {**answer["Credentials"], "SessionToken": token})
            self.refused("InvalidClientTokenId", forged.get_caller_identity, status=403)
        self.refused("AccessDenied", acting.get_session_token, status=403)

    def test_buckets_policies_name_roles(self):
        arn, sts = self.user()
        name, role = self.make_role(self.trusting(arn), allow("sts:GetCallerIdentity"))
        s3 = self.session_client("s3", sts.assume_role(RoleArn=role, RoleSessionName="named")["Credentials"])
        root, at = self.client("s3"), {"Bucket": self.bucket, "Key": "k"}
        self.addCleanup(root.delete_bucket_policy, Bucket=self.bucket)
        objects = f"arn:aws:s3:::{self.bucket}/*"
        self.refused("AccessDenied", s3.get_object, status=403, **at)
        for principal in (role, f"arn:aws:sts::{self.account}:assumed-role/{name}/named", self.iam.get_role(RoleName=name)["Role"]["RoleId"]):
            with self.subTest(principal):
                root.put_bucket_policy(Bucket=self.bucket, Policy=policy(allow("s3:GetObject", objects, Principal={"AWS": principal})))
                s3.get_object(**at)
        root.put_bucket_policy(Bucket=self.bucket, Policy=policy(allow("s3:GetObject", objects, Principal={"AWS": f"arn:aws:sts::{self.account}:assumed-role/{name}/other"})))
        self.refused("AccessDenied", s3.get_object, status=403, **at)
        self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(allow("s3:GetObject", objects, Condition={"ArnEquals": {"aws:PrincipalArn": role}})))
        s3.get_object(**at)
        root.put_bucket_policy(Bucket=self.bucket, Policy=policy(deny("s3:GetObject", objects, Principal={"AWS": role})))
        self.refused("AccessDenied", s3.get_object, status=403, **at)

    def test_who_is_trusted_must_be_there(self):
        arn, _ = self.user()
        for principal in (arn + "-absent", f"arn:aws:iam::{self.account}:role/absent", "ann"):
            answer = self.refused("MalformedPolicyDocument", self.iam.create_role, RoleName="role-" + uuid.uuid4().hex[:12], AssumeRolePolicyDocument=policy(self.trusting([arn, principal])), status=400)
            self.assertIn(f'Invalid principal in policy: "AWS":"{principal}"', answer["Error"]["Message"])
        name, _ = self.make_role(self.trusting(arn))
        self.refused("MalformedPolicyDocument", self.iam.update_assume_role_policy, RoleName=name, PolicyDocument=policy(self.trusting(arn + "-absent")), status=400)

    def test_what_trust_policies_may_say(self):
        service = {"Service": "lambda.amazonaws.com"}
        for actions, principal, message in (("s3:GetObject", service, "AssumeRole policy may only specify STS AssumeRole actions."),
                                            (["sts:AssumeRole", "s3:GetObject"], service, "AssumeRole policy may only specify STS AssumeRole actions."),
                                            ("*", service, "AssumeRole policy may only specify STS AssumeRole actions."),
                                            ("sts:AssumeRole", {"Service": ""}, "Invalid principal in policy"),
                                            ("sts:AssumeRole", {"Service": ["lambda.amazonaws.com", ""]}, "Invalid principal in policy")):
            with self.subTest(actions=actions, principal=principal):
                document = policy({"Effect": "Allow", "Principal": principal, "Action": actions})
                answer = self.refused("MalformedPolicyDocument", self.iam.create_role, RoleName="role-" + uuid.uuid4().hex[:12], AssumeRolePolicyDocument=document, status=400)
                self.assertIn(message, answer["Error"]["Message"])
        self.make_role({"Effect": "Allow", "Principal": service, "Action": ["STS:AssumeRole", "sts:TagSession"]})

    def test_a_role_that_trusts_the_account(self):
        arn, sts = self.user()
        _, role = self.make_role(self.trusting(self.account))
        message = self.refused("AccessDenied", sts.assume_role, RoleArn=role, RoleSessionName="sess", status=403)["Error"]["Message"]
        self.assertIn(f"User: {arn} is not authorized to perform: sts:AssumeRole on resource: {role}", message)
        _, sts = self.user(allow("sts:AssumeRole", role))
        sts.assume_role(RoleArn=role, RoleSessionName="sess")
        # Allowed, but not trusted; trusted, but denied; not there at all.
        _, other = self.make_role(self.trusting(arn))
        _, sts = self.user(allow("sts:AssumeRole", "*"))
        self.refused("AccessDenied", sts.assume_role, RoleArn=other, RoleSessionName="sess", status=403)
        self.refused("AccessDenied", sts.assume_role, RoleArn=other + "-absent", RoleSessionName="sess", status=403)
        arn, sts = self.user(deny("sts:AssumeRole", "*"))
        _, own = self.make_role(self.trusting(arn))
        self.refused("AccessDenied", sts.assume_role, RoleArn=own, RoleSessionName="sess", status=403)
        if self.server:
            self.assertIn("Roles may not be assumed by root accounts", self.refused("AccessDenied", self.client("sts").assume_role, RoleArn=role, RoleSessionName="sess", status=403)["Error"]["Message"])

    def test_conditions_of_trust(self):
        arn, sts = self.user()
        _, role = self.make_role(self.trusting(arn, Condition={"StringEquals": {"sts:ExternalId": "secret-word"}, "StringLike": {"sts:RoleSessionName": "job-*"}}))
        sts.assume_role(RoleArn=role, RoleSessionName="job-1", ExternalId="secret-word")
        for wrong in ({"RoleSessionName": "job-1"}, {"RoleSessionName": "job-1", "ExternalId": "other"}, {"RoleSessionName": "other", "ExternalId": "secret-word"}):
            self.refused("AccessDenied", sts.assume_role, RoleArn=role, status=403, **wrong)
        _, service = self.make_role({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})
        self.refused("AccessDenied", sts.assume_role, RoleArn=service, RoleSessionName="sess", status=403)

    def test_durations(self):
        arn, sts = self.user()
        _, role = self.make_role(self.trusting(arn), allow("sts:AssumeRole", "*"), MaxSessionDuration=7200)
        answer = sts.assume_role(RoleArn=role, RoleSessionName="sess", DurationSeconds=7200)
        self.refused("ValidationError", sts.assume_role, RoleArn=role, RoleSessionName="sess", DurationSeconds=7201, status=400)
        self.refused("ValidationError", sts.assume_role, RoleArn=role, RoleSessionName="a b", status=400)
        _, second = self.make_role(self.trusting(self.account), MaxSessionDuration=7200)
        acting = self.session_client("sts", answer["Credentials"])
        chained = acting.assume_role(RoleArn=second, RoleSessionName="chained")
        self.assertIn("/chained", self.session_client("sts", chained["Credentials"]).get_caller_identity()["Arn"])
        self.refused("ValidationError", acting.assume_role, RoleArn=second, RoleSessionName="chained", DurationSeconds=3601, status=400)
        if self.wire:
            for parameters in ({"DurationSeconds": "899"}, {"DurationSeconds": "43201"}, {"DurationSeconds": "x"}, {"DurationSeconds": ""}):
                self.query("sts", "AssumeRole", status=400, RoleArn=role, RoleSessionName="sess", **parameters)
            self.query("sts", "AssumeRole", status=501, RoleArn=role, RoleSessionName="sess", Policy="{}")

    def test_session_tokens_of_users(self):
        name = self.make_user(allow("s3:GetObject", f"arn:aws:s3:::{self.bucket}/*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}))
        key = self.make_key(name)
        answer = self.client("sts", *key).get_session_token(DurationSeconds=900)
        s3 = self.session_client("s3", answer["Credentials"])
        self.assertEqual(s3.get_object(Bucket=self.bucket, Key="k")["Body"].read(), b"text")
        self.assertEqual(self.session_client("sts", answer["Credentials"]).get_caller_identity()["Arn"], self.iam.get_user(UserName=name)["User"]["Arn"])
        # With a lasting key there is no such condition key.
        self.refused("AccessDenied", self.client("s3", *key).get_object, Bucket=self.bucket, Key="k", status=403)
        if self.server:
            root = self.session_client("s3", self.client("sts").get_session_token(DurationSeconds=129600)["Credentials"])
            root.get_object(Bucket=self.bucket, Key="k")


    def test_session_tokens_outlive_a_new_name(self):
        name = self.make_user(allow("s3:GetObject", f"arn:aws:s3:::{self.bucket}/*"))
        credentials = self.client("sts", *self.make_key(name)).get_session_token(DurationSeconds=900)["Credentials"]
        self.iam.update_user(UserName=name, NewUserName=name + "-new")
        self.addCleanup(self.iam.update_user, UserName=name + "-new", NewUserName=name)
        self.assertEqual(self.session_client("s3", credentials).get_object(Bucket=self.bucket, Key="k")["Body"].read(), b"text")
        self.assertIn(name + "-new", self.session_client("sts", credentials).get_caller_identity()["Arn"])

    def test_nobody_makes_a_role_of_the_servers_own(self):
        if not self.server:
            self.skipTest("these roles are Eyrie's")
        trust = policy(self.trusting(self.iam.get_user(UserName=self.make_user())["User"]["Arn"]))
        for name in ("analyze-image", "console-admin", "Console-Analyst", "console-uploader"):
            self.refused("EntityAlreadyExists", self.iam.create_role, RoleName=name, AssumeRolePolicyDocument=trust, status=409)


class RestartTest(RolesCase):
    def test_they_outlive_restarts(self):
        if not self.server:
            self.skipTest("AWS is not restarted")
        arn, sts = self.user()
        _, role = self.make_role(self.trusting(arn))
        credentials = sts.assume_role(RoleArn=role, RoleSessionName="sess")["Credentials"]
        self.server.kill()
        self.server.start()
        type(self).endpoint = self.server.endpoint
        type(self).iam = self.client("iam")
        self.assertIn("/sess", self.session_client("sts", credentials).get_caller_identity()["Arn"])


if __name__ == "__main__":
    unittest.main()
