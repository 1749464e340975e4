#!/usr/bin/python3
"""STS: who am I?"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import signing  # noqa: E402
from support.identities import IdentityCase, deny  # noqa: E402


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
            self.skipTest("AWS has them")
        self.refused("InvalidAction", self.client("sts").get_session_token, status=400)
        self.refused("InvalidAction", self.client("sts").assume_role, RoleArn="arn:aws:iam::000000000000:role/x", RoleSessionName="xx",
                     status=400)


if __name__ == "__main__":
    unittest.main()
