#!/usr/bin/python3
"""IAM: users, access keys, policies."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.clients import aws_json  # noqa: E402
from support import paths  # noqa: E402
from support.identities import IdentityCase, allow, deny, policy  # noqa: E402


class UserTest(IdentityCase):
    def test_life(self):
        name = self.name()
        made = self.iam.create_user(UserName=name, Path="/staff/")["User"]
        self.addCleanup(self._remove_user, name)
        self.assertEqual(made["Arn"], f"arn:aws:iam::{self.account}:user/staff/{name}")
        self.assertTrue(made["UserId"].startswith("AIDA"))
        self.assertEqual(self.iam.get_user(UserName=name)["User"], made)
        self.iam.delete_user(UserName=name)
        self.refused("NoSuchEntity", self.iam.get_user, UserName=name, status=404)
        self.refused("NoSuchEntity", self.iam.delete_user, UserName=name, status=404)

    def test_names(self):
        name = self.make_user()
        self.refused("EntityAlreadyExists", self.iam.create_user, UserName=name, status=409)
        self.refused("EntityAlreadyExists", self.iam.create_user, UserName=name.upper(), status=409)
        self.refused("ValidationError", self.iam.create_user, UserName="a b", status=400)
        self.refused("ValidationError", self.iam.create_user, UserName="a" * 65, status=400)
        self.refused("ValidationError", self.iam.create_user, UserName=self.name(), Path="no-slash", status=400)

    def test_listing_in_pages(self):
        names = sorted(self.make_user(Path="/listed/") for _ in range(5))
        self.make_user()
        pages = list(self.iam.get_paginator("list_users").paginate(PathPrefix="/listed/", PaginationConfig={"PageSize": 2}))
        self.assertEqual([len(page["Users"]) for page in pages], [2, 2, 1])
        self.assertEqual([user["UserName"] for page in pages for user in page["Users"]], names)
        for marker in ("nonsense", "Mg==", "x"):
            self.refused("ValidationError", self.iam.list_users, Marker=marker, status=400)

    def test_deleting_between_pages(self):
        """A page begins behind the last entry of the one before, whatever has gone since."""
        names, gone = sorted(self.make_user(Path="/deleted/") for _ in range(6)), []
        for page in self.iam.get_paginator("list_users").paginate(PathPrefix="/deleted/", PaginationConfig={"PageSize": 2}):
            for user in page["Users"]:
                self.iam.delete_user(UserName=user["UserName"])
                gone.append(user["UserName"])
        self.assertEqual(gone, names)

        user = self.make_user()
        for index in range(5):
            self.iam.put_user_policy(UserName=user, PolicyName=f"p{index}", PolicyDocument=policy(allow("s3:GetObject")))
            self.iam.attach_user_policy(UserName=user, PolicyArn=self.make_policy(allow("s3:GetObject")))
        for page in self.iam.get_paginator("list_user_policies").paginate(UserName=user, PaginationConfig={"PageSize": 2}):
            for name in page["PolicyNames"]:
                self.iam.delete_user_policy(UserName=user, PolicyName=name)
        self.assertEqual(self.iam.list_user_policies(UserName=user)["PolicyNames"], [])
        for page in self.iam.get_paginator("list_attached_user_policies").paginate(UserName=user, PaginationConfig={"PageSize": 2}):
            for attached in page["AttachedPolicies"]:
                self.iam.detach_user_policy(UserName=user, PolicyArn=attached["PolicyArn"])
        self.assertEqual(self.iam.list_attached_user_policies(UserName=user)["AttachedPolicies"], [])

    def test_users_and_roles_of_a_policy_in_pages(self):
        arn = self.make_policy(allow("s3:GetObject"))
        users, roles = [self.make_user() for _ in range(3)], [self.name() for _ in range(3)]
        trust = policy({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})
        for user in users:
            self.iam.attach_user_policy(UserName=user, PolicyArn=arn)
        for role in roles:
            self.iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)
            self.addCleanup(self._quietly, self.iam.delete_role, RoleName=role)
            self.iam.attach_role_policy(RoleName=role, PolicyArn=arn)
        found, pages = ([], []), 0
        for page in self.iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=arn, PaginationConfig={"PageSize": 2}):
            pages += 1
            for user in page["PolicyUsers"]:
                found[0].append(user["UserName"])
                self.iam.detach_user_policy(UserName=user["UserName"], PolicyArn=arn)
            for role in page["PolicyRoles"]:
                found[1].append(role["RoleName"])
                self.iam.detach_role_policy(RoleName=role["RoleName"], PolicyArn=arn)
        self.assertEqual((found, pages), ((sorted(users), sorted(roles)), 3))

    def test_renaming(self):
        old, new = self.make_user(allow("s3:ListAllMyBuckets")), self.name()
        key = self.make_key(old)
        self.iam.update_user(UserName=old, NewUserName=new, NewPath="/moved/")
        self.addCleanup(self._remove_user, new)
        self._settle()
        self.refused("NoSuchEntity", self.iam.get_user, UserName=old, status=404)
        self.assertEqual(self.client("sts", *key).get_caller_identity()["Arn"], f"arn:aws:iam::{self.account}:user/moved/{new}")
        self.client("s3", *key).list_buckets()

    def test_deletion_conflicts(self):
        name = self.make_user(allow("s3:*"))
        self.refused("DeleteConflict", self.iam.delete_user, UserName=name, status=409)
        self.iam.delete_user_policy(UserName=name, PolicyName="granted")
        key, _ = self.make_key(name)
        self.refused("DeleteConflict", self.iam.delete_user, UserName=name, status=409)
        self.iam.delete_access_key(UserName=name, AccessKeyId=key)
        arn = self.make_policy(allow("s3:*"))
        self.iam.attach_user_policy(UserName=name, PolicyArn=arn)
        self.refused("DeleteConflict", self.iam.delete_user, UserName=name, status=409)
        self.refused("DeleteConflict", self.iam.delete_policy, PolicyArn=arn, status=409)
        self.iam.detach_user_policy(UserName=name, PolicyArn=arn)
        self.iam.delete_user(UserName=name)

    def test_answers_have_the_described_shape(self):
        name = self.name()
        self.query("iam", "CreateUser", UserName=name)
        self.addCleanup(self._remove_user, name)
        self.query("iam", "GetUser", UserName=name)
        self.query("iam", "ListUsers", MaxItems="1")
        self.query("iam", "UpdateUser", UserName=name, NewPath="/x/")
        key = self.query("iam", "CreateAccessKey", UserName=name).split("<AccessKeyId>")[1].split("<")[0]
        self.query("iam", "ListAccessKeys", UserName=name)
        self.query("iam", "UpdateAccessKey", UserName=name, AccessKeyId=key, Status="Inactive")
        self.query("iam", "GetAccessKeyLastUsed", AccessKeyId=key)
        self.query("iam", "DeleteAccessKey", UserName=name, AccessKeyId=key)
        document = policy(allow("s3:*"))
        arn = self.query("iam", "CreatePolicy", PolicyName=self.name(), PolicyDocument=document).split("<Arn>")[1].split("<")[0]
        for operation in ("GetPolicy", "ListPolicyVersions", "ListEntitiesForPolicy"):
            self.query("iam", operation, PolicyArn=arn)
        self.query("iam", "GetPolicyVersion", PolicyArn=arn, VersionId="v1")
        self.query("iam", "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=document, SetAsDefault="true")
        self.query("iam", "GetPolicyVersion", PolicyArn=arn, VersionId="v2")
        self.query("iam", "CreatePolicyVersion", status=501, PolicyArn=arn, PolicyDocument=document)
        self.query("iam", "ListPolicies", Scope="Local")
        self.query("iam", "AttachUserPolicy", UserName=name, PolicyArn=arn)
        self.query("iam", "ListAttachedUserPolicies", UserName=name)
        self.query("iam", "DetachUserPolicy", UserName=name, PolicyArn=arn)
        self.query("iam", "DeletePolicy", PolicyArn=arn)
        self.query("iam", "PutUserPolicy", UserName=name, PolicyName="p", PolicyDocument=document)
        self.query("iam", "GetUserPolicy", UserName=name, PolicyName="p")
        self.query("iam", "ListUserPolicies", UserName=name)
        self.query("iam", "DeleteUserPolicy", UserName=name, PolicyName="p")
        self.query("iam", "ListGroupsForUser", UserName=name)
        self.query("iam", "GetUser", status=404, UserName=self.name())
        self.query("iam", "CreateUser", status=409, UserName=name)
        self.query("iam", "CreateUser", status=400)
        self.query("iam", "CreatePolicy", status=400, PolicyName="x", PolicyDocument="{}")
        self.query("iam", "DeleteUser", UserName=name)

    def test_what_is_not_there(self):
        self.query("iam", "CreateGroup", status=400, GroupName="x")
        self.query("iam", "MakeCoffee", status=400)
        self.refused("NotImplemented", self.iam.create_user, UserName=self.name(), Tags=[{"Key": "a", "Value": "b"}], status=501)
        self.refused("NotImplemented", self.iam.create_user, UserName=self.name(),
                     PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess", status=501)


class AccessKeyTest(IdentityCase):
    def test_life(self):
        name = self.make_user(allow("s3:ListAllMyBuckets"))
        key, secret = self.make_key(name)
        self.assertRegex(key, "^AKIA[A-Z0-9]{16}$")
        self.assertEqual(len(secret), 40)
        s3 = self.client("s3", key, secret)
        s3.list_buckets()
        listed = self.iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
        self.assertEqual([(one["AccessKeyId"], one["Status"], one["UserName"]) for one in listed], [(key, "Active", name)])
        self.assertNotIn("SecretAccessKey", listed[0])
        self.iam.update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")
        self._settle()
        self.refused("InvalidAccessKeyId", s3.list_buckets, status=403)
        self.refused("InvalidClientTokenId", self.client("sts", key, secret).get_caller_identity, status=403)
        self.iam.update_access_key(UserName=name, AccessKeyId=key, Status="Active")
        self._settle()
        s3.list_buckets()
        self.iam.delete_access_key(UserName=name, AccessKeyId=key)
        self._settle()
        self.refused("InvalidAccessKeyId", s3.list_buckets, status=403)
        self.refused("NoSuchEntity", self.iam.delete_access_key, UserName=name, AccessKeyId=key, status=404)

    def test_two_a_user(self):
        name = self.make_user()
        self.make_key(name)
        self.make_key(name)
        self.refused("LimitExceeded", self.iam.create_access_key, UserName=name, status=409)

    def test_last_use(self):
        name = self.make_user()
        key = self.make_key(name)
        never = self.iam.get_access_key_last_used(AccessKeyId=key[0])
        self.assertEqual((never["UserName"], never["AccessKeyLastUsed"]["ServiceName"]), (name, "N/A"))
        if self.endpoint is None:
            self.skipTest("AWS tells the last use late")
        self.client("sts", *key).get_caller_identity()
        used = self.iam.get_access_key_last_used(AccessKeyId=key[0])["AccessKeyLastUsed"]
        self.assertEqual((used["ServiceName"], used["Region"]), ("sts", "us-east-1"))
        self.assertIn("LastUsedDate", used)

    def test_a_user_may_be_let_rotate_its_own_keys(self):
        own = f"arn:aws:iam::{self.account}:user/${{aws:username}}"
        name, other = self.make_user(allow("iam:*AccessKey*", own)), self.make_user()
        iam = self.client("iam", *self.make_key(name))
        second = iam.create_access_key()["AccessKey"]
        self.assertEqual(second["UserName"], name)
        self.assertEqual(len(iam.list_access_keys()["AccessKeyMetadata"]), 2)
        iam.delete_access_key(AccessKeyId=second["AccessKeyId"])
        self.refused("AccessDenied", iam.create_access_key, UserName=other, status=403)
        self.refused("AccessDenied", iam.list_users, status=403)


class PolicyTest(IdentityCase):
    def test_managed_policies(self):
        name, user = self.name(), self.make_user()
        document = policy(allow("s3:ListAllMyBuckets"))
        made = self.iam.create_policy(PolicyName=name, Path="/team/", Description="may list", PolicyDocument=document)["Policy"]
        arn = made["Arn"]
        self.addCleanup(self._quietly, self.iam.delete_policy, PolicyArn=arn)
        self.assertEqual(arn, f"arn:aws:iam::{self.account}:policy/team/{name}")
        self.refused("EntityAlreadyExists", self.iam.create_policy, PolicyName=name, PolicyDocument=document, status=409)
        told = self.iam.get_policy(PolicyArn=arn)["Policy"]
        self.assertEqual((told["Description"], told["AttachmentCount"], told["DefaultVersionId"]), ("may list", 0, "v1"))
        version = self.iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
        self.assertEqual(version["Document"], json.loads(document))
        self.refused("NoSuchEntity", self.iam.get_policy_version, PolicyArn=arn, VersionId="v2", status=404)

        s3 = self.client("s3", *self.make_key(user))
        self.refused("AccessDenied", s3.list_buckets, status=403)
        self.iam.attach_user_policy(UserName=user, PolicyArn=arn)
        self._settle()
        s3.list_buckets()
        self.assertEqual(self.iam.list_attached_user_policies(UserName=user)["AttachedPolicies"], [{"PolicyName": name, "PolicyArn": arn}])
        self.assertEqual([one["UserName"] for one in self.iam.list_entities_for_policy(PolicyArn=arn)["PolicyUsers"]], [user])
        self.assertIn(arn, [one["Arn"] for one in self.iam.list_policies(Scope="Local", OnlyAttached=True)["Policies"]])
        self.iam.detach_user_policy(UserName=user, PolicyArn=arn)
        self._settle()
        self.refused("AccessDenied", s3.list_buckets, status=403)
        self.refused("NoSuchEntity", self.iam.detach_user_policy, UserName=user, PolicyArn=arn, status=404)
        self.iam.delete_policy(PolicyArn=arn)
        self.refused("NoSuchEntity", self.iam.get_policy, PolicyArn=arn, status=404)
        self.refused("NoSuchEntity", self.iam.attach_user_policy, UserName=user, PolicyArn=arn, status=404)

    def test_a_new_version_holds_for_who_has_the_policy(self):
        user, arn = self.make_user(), self.make_policy(allow("s3:GetObject"))
        self.iam.attach_user_policy(UserName=user, PolicyArn=arn)
        s3 = self.client("s3", *self.make_key(user))
        self.refused("AccessDenied", s3.list_buckets, status=403)
        self.refused("MalformedPolicyDocument", self.iam.create_policy_version, PolicyArn=arn, PolicyDocument="{", SetAsDefault=True)
        made = self.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("s3:ListAllMyBuckets")), SetAsDefault=True)["PolicyVersion"]
        self.assertEqual((made["VersionId"], made["IsDefaultVersion"]), ("v2", True))
        self._settle()
        s3.list_buckets()
        self.assertEqual(self.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"], "v2")
        self.assertEqual(self.iam.list_policy_versions(PolicyArn=arn)["Versions"][0]["VersionId"], "v2")
        self.refused("NoSuchEntity", self.iam.create_policy_version, PolicyArn=arn + "x", PolicyDocument=policy(allow("s3:*")), SetAsDefault=True, status=404)

    def test_a_users_own_policies(self):
        user = self.make_user()
        document = policy(allow("s3:*", "arn:aws:s3:::a-ü/*"), deny("s3:Delete*"))
        self.iam.put_user_policy(UserName=user, PolicyName="one", PolicyDocument=document)
        self.iam.put_user_policy(UserName=user, PolicyName="two", PolicyDocument=policy(allow("sts:*")))
        self.assertEqual(self.iam.list_user_policies(UserName=user)["PolicyNames"], ["one", "two"])
        self.assertEqual(self.iam.get_user_policy(UserName=user, PolicyName="one")["PolicyDocument"], json.loads(document))
        self.iam.delete_user_policy(UserName=user, PolicyName="one")
        self.refused("NoSuchEntity", self.iam.get_user_policy, UserName=user, PolicyName="one", status=404)
        self.refused("NoSuchEntity", self.iam.delete_user_policy, UserName=user, PolicyName="one", status=404)

    def test_malformed_documents(self):
        user = self.make_user()
        for document in ("{", "{}", '{"Version":"2012-10-17","Statement":[]}', policy({"Effect": "Allow", "Action": "s3:*"}),
                         policy({"Effect": "Allow", "Resource": "*"}), policy({"Effect": "Maybe", "Action": "s3:*", "Resource": "*"}),
                         policy(allow("GetObject")), policy(allow("s3:*", "images")), policy(allow("s3:*", Principal="*")),
                         policy(allow("s3:*", "arn:aws:s3")), policy(allow("s3:*", ["*", "arn:aws:s3::b"])), policy(allow("s3:*", "arn:aws:s3:${aws:username}")),
                         policy(allow("s3:*", Sid="a b")), policy(allow("s3:*", Sid="a-b")),
                         policy(allow("s3:*", Condition={"Fits": {"aws:username": "a"}})),
                         policy(allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/99"}})),
                         json.dumps({"Statement": [allow("s3:*")]})):
            with self.subTest(document):
                self.refused("MalformedPolicyDocument", self.iam.put_user_policy, UserName=user, PolicyName="x", PolicyDocument=document,
                             status=400)
                self.refused("MalformedPolicyDocument", self.iam.create_policy, PolicyName=self.name(), PolicyDocument=document, status=400)

    def test_resources_and_dates_that_are_sound(self):
        user = self.make_user()
        for statement in (allow("s3:*", ["arn:aws:s3:::*", "arn:*:s3:::x", "arn:aws:*:*:*:*", "arn:aws:s3:::${aws:username}/*"]),
                          *(allow("s3:*", Condition={"DateLessThan": {"aws:CurrentTime": date}}) for date in (
                              "2099", "2099-01", "2099-01-01", "2099-01-01T10:15Z", "2099-01-01T10:15:30+01:00", "2099-01-01T10:15:30.25-05:30", "4070908800"))):
            with self.subTest(statement):
                self.iam.put_user_policy(UserName=user, PolicyName="x", PolicyDocument=policy(statement))
                s3 = self.client("s3", *self.make_key(user))
                self._settle()
                if "Condition" in statement:
                    s3.list_buckets()
                for key in self.iam.list_access_keys(UserName=user)["AccessKeyMetadata"]:
                    self.iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
        self.iam.delete_user_policy(UserName=user, PolicyName="x")

    def test_sizes(self):
        user = self.make_user()
        large = policy(*(allow("s3:GetObject", f"arn:aws:s3:::bucket-{i}/{'x' * 50}") for i in range(30)))
        self.refused("LimitExceeded", self.iam.put_user_policy, UserName=user, PolicyName="x", PolicyDocument=large, status=409)
        self.make_policy(*json.loads(large)["Statement"])
        larger = policy(*(allow("s3:GetObject", f"arn:aws:s3:::bucket-{i}/{'x' * 50}") for i in range(100)))
        self.refused("LimitExceeded", self.iam.create_policy, PolicyName=self.name(), PolicyDocument=larger, status=409)


class CommandLineTest(IdentityCase):
    def test_what_the_manual_says(self):
        paths.aws_cli()
        name = self.name()
        self.addCleanup(self._remove_user, name)
        made = aws_json(self.environment, "iam", "create-user", "--user-name", name)
        self.assertEqual(made["User"]["UserName"], name)
        aws_json(self.environment, "iam", "put-user-policy", "--user-name", name, "--policy-name", "p", "--policy-document",
                 policy(allow("s3:ListAllMyBuckets")))
        key = aws_json(self.environment, "iam", "create-access-key", "--user-name", name)["AccessKey"]
        environ = {**self.environment, "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        self._settle()
        self.assertIn("Buckets", aws_json(environ, "s3api", "list-buckets"))
        self.assertEqual(aws_json(environ, "sts", "get-caller-identity")["UserId"], made["User"]["UserId"])


if __name__ == "__main__":
    unittest.main()
