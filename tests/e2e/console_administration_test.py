#!/usr/bin/python3
"""The console's administration in Chromium against a real server: what an admin does there holds for real clients at once."""

import json
import pathlib
import re
import shlex
import subprocess
import sys
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.administration import AdministrationCase  # noqa: E402
from support.browser import Browser  # noqa: E402
from support.console import Console  # noqa: E402
from support.identities import allow, policy  # noqa: E402
from support.pages import PASSWORD, WIDTHS, sign_in  # noqa: E402
from support.receivers import Hook  # noqa: E402
from support.server import eventually  # noqa: E402
from support.snippets import corner, run_aws, run_python  # noqa: E402

TURNED = "rtl \u202egpj.exe.png"
TURNED_SHOWN = "rtl [U+202E]gpj.exe.png"


class AdministrationTest(AdministrationCase):
    def corner(self, local=False):
        """What the developer's corner says; `local`: of what no API tells."""
        self.browser.run("document.querySelector('main [aria-label=\"For developers\"]').click()")
        text = "\n".join(self.browser.all_text("dialog[open] pre"))
        self.browser.run("document.querySelector('dialog[open]').close()")
        if not local:
            self.assertIn(self.server.endpoint, text)
        return text

    def test_the_roots_key_says_since_when_and_when(self):
        self.server.client("sqs").list_queues()
        self.go("keys", "#root-key")
        said = self.browser.all_text("#root-key")[0]
        self.assertIn(self.server.key()[0], said)
        self.assertRegex(said, r"created .+ · last used .+ for sqs$")

    def test_keys_are_made_used_switched_and_removed(self):
        document = policy(allow("s3:ListAllMyBuckets"))
        self.iam.create_policy(PolicyName="may-list", PolicyDocument=document)
        self.go("keys", "[name=program-name]")
        self.browser.type("[name=program-name]", "camera@door\n")
        card = ".identity[data-name='camera@door']"
        eventually(lambda: self.browser.has(card), "the program")
        self.press("Create key: camera@door")
        eventually(lambda: self.browser.has("#new-key"), "the key")
        key, secret = self.browser.all_text("#new-key pre")
        self.assertEqual(self.browser.run("return document.activeElement.id"), "new-key")
        eventually(lambda: self.browser.has(f"[data-key='{key}']"), "it is listed")
        self.assertIn("not used yet", self.browser.all_text(f"[data-key='{key}']")[0])
        s3 = self.server.client("s3", key, secret)
        with self.assertRaises(s3.exceptions.ClientError) as refused:
            s3.list_buckets()
        self.assertEqual(refused.exception.response["Error"]["Code"], "AccessDenied")
        self.fill_select(f"{card} select", "may-list")
        eventually(lambda: "may-list" in self.browser.all_text(card + " .chip a"), "attached")
        s3.list_buckets()

        # The secret is there once: not after the page says so, and in nothing that the server tells.
        self.browser.click("#kept-key")
        eventually(lambda: not self.browser.has("#new-key"), "put away")
        self.assertNotIn(secret, self.browser.run("return document.documentElement.outerHTML"))
        self.assertNotIn(secret, self.console.request("GET", "identities").body.decode())
        self.go("policies", "table")
        self.go("keys", card)
        eventually(lambda: "for s3" in self.browser.all_text(f"[data-key='{key}']")[0], "when it was last used")
        self.assertNotIn(secret, self.browser.run("return document.documentElement.outerHTML"))

        self.press(f"Deactivate: {key}")
        eventually(lambda: "inactive" in self.browser.all_text(f"[data-key='{key}']")[0], "inactive")
        with self.assertRaises(s3.exceptions.ClientError) as refused:
            s3.list_buckets()
        self.assertEqual(refused.exception.response["Error"]["Code"], "InvalidAccessKeyId")
        self.press(f"Activate: {key}")
        eventually(lambda: "inactive" not in self.browser.all_text(f"[data-key='{key}']")[0], "active")
        s3.list_buckets()
        self.press("Delete: camera@door")
        eventually(lambda: "Cannot delete entity" in self.problem(), "a program with keys stays")
        self.press(f"Delete: {key}")
        eventually(lambda: not self.browser.has(f"[data-key='{key}']"), "deleted")
        self.assertIn(f"Delete the key {key}?", self.browser.run("return window.asked.at(-1)"))
        self.press("Detach: may-list")
        eventually(lambda: "it may do nothing" in self.browser.all_text(card)[0], "detached")
        self.press("Delete: camera@door")
        eventually(lambda: not self.browser.has(card), "the program is gone")
        self.iam.delete_policy(PolicyArn="arn:aws:iam::000000000000:policy/may-list")
        self.assertIn("create-access-key", self.corner())
        self.assertEqual(self.iam.list_users()["Users"], [])

    def fill_select(self, selector, value):
        self.browser.run(f"const select = document.querySelector({json.dumps(selector)}); select.value = {json.dumps(value)}; select.dispatchEvent(new Event('change'))")

    def test_a_key_can_be_kept_as_a_file_and_nobody_asked_keeps_it(self):
        self.iam.create_user(UserName="printer")
        self.addCleanup(self.iam.delete_user, UserName="printer")
        self.go("keys", ".identity[data-name=printer]")
        # What the browser would save.
        self.browser.run("window.saved = null; URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); return 'blob:' + location.origin + '/none'; };"
                         "HTMLAnchorElement.prototype.click = function () { if (this.download) window.savedAs = this.download; }")
        self.browser.run("document.querySelector('[aria-label=\"Create key: printer\"]').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
        eventually(lambda: self.browser.has("#new-key"), "the key")
        key, secret = self.browser.all_text("#new-key pre")
        self.browser.click("#download-key")
        eventually(lambda: self.browser.run("return window.saved") == f"Access key ID,Secret access key\r\n{key},{secret}\r\n", "the file")
        self.assertEqual(self.browser.run("return window.savedAs"), f"printer-{key}.csv")
        self.browser.run("window.confirm = () => false")
        self.browser.run(f"document.querySelector('[aria-label=\"Delete: {key}\"]').dispatchEvent(new MouseEvent('click', {{bubbles: true}}))")
        self.assertEqual([one["AccessKeyId"] for one in self.iam.list_access_keys(UserName="printer")["AccessKeyMetadata"]], [key])
        self.iam.delete_access_key(UserName="printer", AccessKeyId=key)
        # The page's own functions again, and what it was told.
        self.browser.run("location.reload()")
        eventually(lambda: self.browser.has(".tabs"), "the page anew")
        self.assertNotIn(secret, self.browser.run("return document.documentElement.outerHTML"))

    def test_policies_are_edited_in_the_words_of_iam(self):
        self.go("policies", "main a.button")
        self.press("Add a policy")
        self.fill("policy-name", "pictures")
        self.fill("policy-document", '{"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps", "Action": "*", "Resource": "*"}]}')
        self.submit("policy-name")
        eventually(lambda: self.problem(), "it is refused")
        with self.assertRaises(self.iam.exceptions.MalformedPolicyDocumentException) as refused:
            self.iam.create_policy(PolicyName="x", PolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps", "Action": "*", "Resource": "*"}]}')
        self.assertEqual(self.problem(), refused.exception.response["Error"]["Message"])
        self.fill("policy-document", policy(allow("s3:GetObject")))
        self.submit("policy-name")
        eventually(lambda: self.browser.address().endswith("#/admin/policies?name=pictures") and self.browser.has("form h2"), "the policy has an address")
        arn = "arn:aws:iam::000000000000:policy/pictures"
        self.assertEqual(self.iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"], json.loads(policy(allow("s3:GetObject"))))
        self.fill("policy-document", "no policy")
        self.submit("policy-document")
        eventually(lambda: self.problem(), "it is refused")
        self.assertEqual(self.browser.run("return document.querySelector('[name=policy-document]').value"), "no policy", "what was typed stays")
        self.fill("policy-document", policy(allow("s3:PutObject")))
        self.submit("policy-document")
        eventually(lambda: self.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2", "changed")
        self.assertEqual(self.iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]["Document"], json.loads(policy(allow("s3:PutObject"))))
        eventually(lambda: self.problem() == "", "nothing is wrong any more")
        self.assertIn("create-policy-version", self.corner())
        self.press("Delete")
        eventually(lambda: not self.browser.has("form h2"), "gone")
        self.assertEqual(self.iam.list_policies(Scope="Local")["Policies"], [])

    def test_alert_rules_are_made_tried_switched_and_removed(self):
        sns = self.server.client("sns")
        topic = "arn:aws:sns:us-east-1:000000000000:detections"
        with Hook() as hook:
            hook.subscribe(sns, topic)
            tests = lambda: [json.loads(one.json["Message"]) for one in hook.of("Notification")]  # noqa: E731
            self.go("policies", "main a.button")  # the page of alerts may be open and not know of the subscriber
            self.go("alerts", "[data-alert=cats]")
            self.assertIn("from the settings", self.browser.all_text("[data-alert=cats] .chip"))
            self.assertFalse(self.browser.has("[aria-label='Delete: cats']"))
            self.assertIn(hook.url, self.browser.all_text("[data-topic=detections]")[0])
            self.press("Add a rule")
            eventually(lambda: self.browser.has("[name=alert-name]"), "the form")
            self.fill("alert-name", "plates")
            self.fill("alert-kind", "matches")
            self.fill("alert-sought", "(")
            self.fill("alert-threshold", "90")
            self.submit("alert-name")
            eventually(lambda: "expression" in self.problem(), "the server's words")
            self.fill("alert-sought", "[A-Z]{3}-[0-9]{3}")
            self.submit("alert-name")
            eventually(lambda: self.browser.has("[data-alert=plates]") and not self.browser.has("[name=alert-name]"), "the rule")
            rule = self.console.request("GET", "alerts/plates").json
            self.assertEqual((rule["when"], rule["threshold"], rule["topic"], rule["enabled"]), ({"text": {"matches": "[A-Z]{3}-[0-9]{3}"}}, 90, "detections", True))
            self.press("Send a test: plates")
            eventually(lambda: "1 subscriber gets it" in self.toast(), "who gets it")
            eventually(lambda: any(one["AlertRule"] == "plates" for one in tests()), "the test is delivered")
            self.assertTrue(next(one for one in tests() if one["AlertRule"] == "plates")["Matches"][0]["Test"])
            self.press("Switch off: plates")
            eventually(lambda: not self.console.request("GET", "alerts/plates").json["enabled"], "off")
            self.press("Switch on: plates")
            eventually(lambda: self.console.request("GET", "alerts/plates").json["enabled"], "on")
            self.press("Edit: plates")
            eventually(lambda: self.browser.has("[name=alert-name]"), "the form")
            self.fill("alert-quiet", "30")
            self.submit("alert-name")
            eventually(lambda: self.console.request("GET", "alerts/plates").json["quiet_seconds"] == 30, "changed")
            self.assertEqual(self.console.request("GET", "alerts/plates").json["when"], {"text": {"matches": "[A-Z]{3}-[0-9]{3}"}})
            self.press("Delete: plates")
            eventually(lambda: not self.browser.has("[data-alert=plates]"), "gone")
            self.assertIn("sns subscribe", self.corner())

    def toast(self):
        return self.browser.all_text(".toast")[0]

    def test_a_trial_alert_that_nobody_gets_is_said_to_be_one(self):
        sns = self.server.client("sns")
        topic = sns.create_topic(Name="silent")["TopicArn"]
        self.addCleanup(sns.delete_topic, TopicArn=topic)
        rule = {"name": "unheard", "topic": "silent", "when": {"label": "Cat"}, "threshold": 80, "quiet_seconds": 60, "enabled": True}
        self.assertIn(self.console.request("PUT", "alerts/unheard", rule).status, (200, 201))
        self.addCleanup(self.console.request, "DELETE", "alerts/unheard")
        self.go("keys", "#root-key")  # the list of alerts is read anew
        self.go("alerts", "[data-alert=unheard]")
        self.press("Send a test: unheard")
        eventually(lambda: "nobody got it" in self.toast(), "it is said")

    def test_the_audit_log_is_searched_and_exported(self):
        self.iam.create_user(UserName="eve")
        self.addCleanup(self.iam.delete_user, UserName="eve")
        key = self.iam.create_access_key(UserName="eve")["AccessKey"]
        self.addCleanup(self.iam.delete_access_key, UserName="eve", AccessKeyId=key["AccessKeyId"])
        s3 = self.server.client("s3", key["AccessKeyId"], key["SecretAccessKey"])
        count = 130
        for i in range(count):
            with self.assertRaises(s3.exceptions.ClientError):
                s3.head_object(Bucket="images", Key=f"=secret/{i:03}<b>")
        self.go("audit", ".entries")
        self.fill("audit-q", "=secret/")
        eventually(lambda: "q=%3Dsecret%2F" in self.browser.address() and len(self.entries()) == 100, "a page of them")
        self.assertIn(f"arn:aws:s3:::images/=secret/{count - 1:03}<b>", self.entries()[0])
        self.assertIn("user/eve", self.entries()[0])
        self.assertIn("not authorized to perform: s3:GetObject", self.entries()[0])
        self.browser.click("#audit-older")
        eventually(lambda: len(self.entries()) == count, "the others")
        self.assertIn("/=secret/000<b>", self.entries()[-1])
        csv = self.browser.run("return fetch(document.querySelector('#audit-csv').href).then((answer) => answer.text())")
        self.assertEqual(len(csv.strip().split("\r\n")), count + 1)
        self.fill("audit-q", "=secret/007")
        eventually(lambda: len(self.entries()) == 1, "the one")
        self.fill("audit-to", "2020-01-01")
        eventually(lambda: self.entries() == [] and self.browser.has("main .hint[role=status]"), "not so long ago")
        self.browser.run("location.hash = '#/admin/audit?log=console&q=ExportAuditLog'")
        self.assertEqual(self.console.request("GET", "audit/csv?log=denied").status, 200)
        self.browser.run("location.hash = '#/admin/audit?log=console&q=CreateUser'")
        eventually(lambda: any("console:CreateUser" in entry for entry in self.entries()), "what was done in the console")
        self.assertIn("audit/console.jsonl", self.corner(local=True))

    def entries(self):
        return self.browser.all_text(".entries > li")

    def logged(self, text):
        self.press("Look again")
        return self.browser.has("#log") and text in self.browser.all_text("#log")[0]

    def test_functions_are_shown_and_tried(self):
        self.make_function("adder")
        self.go("functions", "tbody a")
        self.assertEqual(self.browser.all_text("tbody a"), ["analyze-image", "adder"])
        self.press("adder")
        eventually(lambda: self.browser.has("[data-function=adder] #aliases"), "the function")
        self.assertEqual(self.browser.all_text("#versions strong"), ["$LATEST", "2", "1"])
        self.assertIn("1: 75%, 2: 25%", self.browser.all_text("#aliases li")[0])
        shown = self.browser.all_text("[data-function=adder]")[0]
        self.assertIn("TOKEN", shown)
        self.assertIn("256 MB", shown)
        self.assertNotIn("very-secret", self.browser.run("return document.documentElement.outerHTML"))
        self.fill("event", '{"a": 2, "b": 3}')
        self.submit("event")
        eventually(lambda: self.browser.has("#answer"), "the answer", timeout=60)
        self.assertEqual(json.loads(self.browser.all_text("#answer")[0]), {"sum": 5})
        self.assertIn("Answered", self.browser.all_text(".outcome .chip"))
        eventually(lambda: self.logged("got {'a': 2, 'b': 3}"), "what it wrote", interval=0.5)
        self.fill("qualifier", "2")
        self.fill("event", '{"fail": true}')
        self.submit("event")
        eventually(lambda: any("no luck" in text for text in self.browser.all_text("#answer")), "the failure", timeout=60)
        self.assertIn("Failed", self.browser.all_text(".outcome .chip"))
        self.fill("event", "{")
        self.submit("event")
        eventually(lambda: "The event is no JSON" in self.problem(), "what is no event")
        self.assertIn("lambda invoke", self.corner())
        self.press("analyze-image")
        eventually(lambda: self.browser.has("[data-function=analyze-image] #built-in"), "the built-in one")
        self.assertFalse(self.browser.has("#versions"))
        self.assertIn("analyzes each picture", self.browser.all_text("#built-in")[0])

    def test_the_built_in_function_says_what_it_did_last(self):
        self.analyzed("cup.png", "coffee.png")
        self.go("functions", "#recent", "?name=analyze-image")
        # Traces are written a little later than the record.
        def told():
            self.press("Look again")
            return next((row for row in self.browser.all_text("#recent li") if row.startswith("cup.png") and re.search(r"\d (ms|sec)\b", row)), None)

        self.assertIn("Analyzed", eventually(told, "the invocation", interval=0.5))
        self.browser.run("document.querySelector('#recent li a').click()")
        eventually(lambda: "#/picture/" in self.browser.address(), "its picture")
        self.go("functions", "tbody a")

    def test_a_session_without_a_browser_has_a_name_and_the_account_says_what_programs_do(self):
        program = Console(self.server)
        self.assertEqual(program.sign_in("ann", PASSWORD).status, 200)
        self.browser.run("location.hash = '#/account'")
        eventually(lambda: any(cell.startswith("a program without a name") for cell in self.browser.all_text("td:first-child")), "the program's session")
        told = corner(self.browser)
        self.assertEqual(run_aws(self.server, told["aws: GetCallerIdentity"])["Arn"], "arn:aws:iam::000000000000:root")
        self.assertEqual(run_python(self.server, told["boto3"], "sts.get_caller_identity()['Account']"), "000000000000")
        self.assertEqual(program.request("DELETE", "session").status, 204)
        self.go("users", "table")

    def test_refusals_are_said_in_german(self):
        self.go("users", "[name=new-name]")
        self.speak("de")
        self.addCleanup(self.speak, "en")
        eventually(lambda: self.browser.all_text("h1") == ["Benutzer"], "German")
        self.fill("new-name", "bob")
        self.fill("new-password", PASSWORD)
        self.submit("new-name")
        eventually(lambda: self.problem().startswith("Das gibt es schon"), "the refusal")

    def test_models_say_their_licence_and_how_fast_they_were(self):
        self.analyzed("cat.png", "cat.png")
        models = self.console.request("GET", "models").json["models"]
        detector = next(model for model in models if model["selected"] and model["role"] == "detector")
        self.assertGreater(detector["runs"], 0)
        self.assertGreater(detector["mean_ms"], 0)
        self.go("models", "[data-model]")
        self.assertEqual(len(self.browser.all_text("[data-model]")), len(models))
        shown = self.browser.all_text(f"[data-model='{detector['id']}']")[0]
        for said in (detector["licence"], "DetectLabels", "ms"):
            self.assertIn(said, shown)
        self.assertIn("Size of the weights", shown)

    def test_the_built_in_function_is_tried_with_the_newest_picture_whose_name_turns_nothing(self):
        self.analyzed(TURNED, "coffee.png")
        newest = self.console.request("GET", "pictures?limit=1&status=COMPLETED&archived=any").json["pictures"][0]
        self.go("functions", "tbody a")
        self.go("functions", "[name=event]", "?name=analyze-image")
        told = json.loads(self.browser.run("return document.querySelector('[name=event]').value"))["Records"][0]
        self.assertEqual((told["eventVersion"], told["eventTime"]), ("2.1", newest["uploaded"]))
        self.assertEqual(urllib.parse.unquote_plus(told["s3"]["object"]["key"]), newest["key"])
        self.submit("event")
        eventually(lambda: self.browser.has("#answer"), "the answer", timeout=60)
        self.assertEqual(self.browser.all_text(".outcome .chip"), ["Answered"])
        eventually(lambda: TURNED_SHOWN in self.browser.all_text("#recent li a bdi"), "its name")
        self.assertNotIn("\u202e", self.browser.run("return document.documentElement.outerHTML"))

    def test_without_a_picture_the_built_in_function_is_not_tried(self):
        self.go("functions", "tbody a")
        self.browser.run("""window.fetched = window.fetch;
            window.fetch = (path, ...more) => path.includes('status=COMPLETED') ? Promise.resolve(new Response('{"pictures": []}')) : window.fetched(path, ...more)""")
        self.addCleanup(self.browser.run, "window.fetch = window.fetched")
        self.go("functions", "#no-test", "?name=analyze-image")
        self.assertFalse(self.browser.has("[name=event]"))
        self.go("functions", "tbody a")

    def test_what_developers_copy_works_as_it_is(self):
        self.analyzed("cat.png", "cat.png")
        self.go("models", "[data-model]")
        told = corner(self.browser)
        self.assertTrue(run_aws(self.server, told["aws"].replace(" --query LabelModelVersion", ""))["LabelModelVersion"])
        self.assertTrue(run_python(self.server, told["boto3"], "answer['LabelModelVersion']"))
        listed = subprocess.run([paths.binary(), *shlex.split(told["The same in a terminal"])[1:]], capture_output=True, timeout=60, check=True)
        self.assertTrue(json.loads(listed.stdout))
        self.go("functions", "[data-function]", "?name=analyze-image")
        versions, aliases = corner(self.browser)["Versions"].split("\n")
        self.assertEqual(len(run_aws(self.server, versions)["Versions"]), 1)
        self.assertEqual(run_aws(self.server, aliases)["Aliases"], [])
        self.go("audit", ".entries", "?log=console")
        told = corner(self.browser)
        self.assertTrue(run_python(self.server, told["Python"], "entry['action']").startswith("console:"))
        self.assertTrue(pathlib.Path(shlex.split(told["The log's file, in the data directory"])[-1]).exists())
        self.go("users", "tbody tr")
        self.assertIn(f"eyrie users --data {shlex.quote(str(self.server.data))} list", corner(self.browser)["While the server is stopped"])

    def test_lifecycle_rules_are_shown_and_edited(self):
        s3 = self.server.client("s3")
        rules = {"Rules": [{"ID": "old", "Filter": {"Prefix": "uploads/"}, "Status": "Enabled", "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}], "Expiration": {"Days": 365}}]}
        s3.put_bucket_lifecycle_configuration(Bucket="images", LifecycleConfiguration=rules)
        self.go("lifecycle", "[data-rule=old]")
        self.assertEqual(self.browser.all_text("[data-rule=old] li"), ["after 90 days: moved to GLACIER", "after 365 days: deleted"])
        self.assertEqual(json.loads(self.browser.run("return document.querySelector('[name=lifecycle-document]').value")), rules)
        rules["Rules"][0]["Expiration"]["Days"] = 0
        self.fill("lifecycle-document", json.dumps(rules))
        self.submit("lifecycle-document")
        eventually(lambda: "must be a positive integer" in self.problem(), "the server's words")
        rules["Rules"][0]["Expiration"]["Days"] = 400
        self.fill("lifecycle-document", json.dumps(rules))
        self.submit("lifecycle-document")
        eventually(lambda: "after 400 days: deleted" in self.browser.all_text("[data-rule=old] li"), "changed")
        self.assertEqual(s3.get_bucket_lifecycle_configuration(Bucket="images")["Rules"], rules["Rules"])
        self.assertIn("put-bucket-lifecycle-configuration", self.corner())
        self.press("Delete all rules")
        eventually(lambda: not self.browser.has("[data-rule]"), "gone")
        with self.assertRaises(s3.exceptions.ClientError) as refused:
            s3.get_bucket_lifecycle_configuration(Bucket="images")
        self.assertEqual(refused.exception.response["Error"]["Code"], "NoSuchLifecycleConfiguration")

    def test_settings_are_shown_but_secrets(self):
        self.go("settings", "[data-setting]")
        cells = lambda name: self.browser.all_text(f"[data-setting='{name}'] td")[1:]  # noqa: E731
        self.assertEqual(cells("mail.server"), ["smtp://127.0.0.1:1", "file"])
        self.assertEqual(cells("mail.password"), ["set, not shown", "file"])
        self.assertEqual(cells("listen"), ["127.0.0.1:0", "command line"])
        self.assertEqual(cells("functions.workers")[1], "worked out at the start")
        self.assertEqual(cells("server.rate_limit"), ["0", "default"])
        self.assertNotIn("not for the page", self.browser.run("return document.documentElement.outerHTML"))
        self.assertIn(str(self.server.data), self.browser.all_text("dd"))
        self.assertNotIn("not for the page", self.corner())

    def test_who_is_no_admin_sees_none_of_it(self):
        bob = Console(self.server)
        self.assertEqual(bob.sign_in("bob", PASSWORD).status, 200)
        self.assertEqual(bob.request("GET", "identities").code, "AccessDenied")
        self.assertEqual(bob.request("POST", "identities", {"name": "x"}).code, "AccessDenied")
        self.assertEqual(self.console.request("POST", "identities", {"name": "x"}, csrf=False).code, "CsrfRefused")
        with Browser() as other:
            other.view(*WIDTHS["phone"])
            sign_in(other, self.server, "bob")
            self.assertEqual(other.all_text(".nav-link"), ["Gallery", "Overview"])
            other.run("location.hash = '#/admin/keys'")
            eventually(lambda: "Your role does not see this." in other.all_text("main p"), "refused")


if __name__ == "__main__":
    unittest.main()
