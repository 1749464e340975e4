#!/usr/bin/python3
"""How the console's administration lies in the window, in Chromium: every width, both languages, the longest names, axe-core, the keyboard.

EYRIE_SCREENSHOTS=FOLDER also takes the pictures of the pages that docs/ show."""

import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.administration import AdministrationCase  # noqa: E402
from support.console import Console, add_user  # noqa: E402
from support.functions import make_role, python, remove_role  # noqa: E402
from support.identities import allow, policy  # noqa: E402
from support.pages import AXE, PASSWORD, SCREENSHOTS, WIDTHS, faults_by_axe, take  # noqa: E402
from support.server import eventually  # noqa: E402


class LayoutTest(AdministrationCase):
    PAGES = {"users": "table", "keys": ".identity", "policies": "table", "alerts": "[data-topic]", "functions": "tbody a", "models": "[data-model]", "lifecycle": "[name=lifecycle-document]", "settings": "[data-setting]", "audit": ".entries"}

    def test_long_lists_have_a_filter_and_what_opens_is_brought_into_view(self):
        client = self.server.client("lambda")
        role = make_role(self.iam, "many")
        self.addCleanup(remove_role, self.iam, "many")
        code = python("def handler(event, context):\n    return None\n")
        for i in range(30):
            client.create_function(FunctionName=f"number-{i:02}", Runtime="python3.11", Role=role, Handler="app.handler", Code={"ZipFile": code})
            self.addCleanup(client.delete_function, FunctionName=f"number-{i:02}")
        self.go("functions", "tbody a")
        eventually(lambda: self.shown("tbody a") == 31, "all")
        self.press("number-00")
        inside = "const box = document.activeElement.getBoundingClientRect(); return document.activeElement.textContent === 'number-00' && box.top >= 0 && box.bottom < innerHeight"
        eventually(lambda: self.browser.run(inside), "it is seen, and has the focus")
        self.fill("filter", "MBER-07")
        eventually(lambda: self.browser.all_text("tbody a") == ["number-07"], "the one")
        rule = {"topic": "detections", "when": {"label": "Cat"}, "threshold": 80, "quiet_seconds": 60, "enabled": True}
        for i in range(9):
            self.assertIn(self.console.request("PUT", f"alerts/rule-{i}", {"name": f"rule-{i}", **rule}).status, (200, 201))
            self.addCleanup(self.console.request, "DELETE", f"alerts/rule-{i}")
            made = add_user(self.console, f"someone-{i}", "uploader", PASSWORD)
            self.addCleanup(self.console.request, "DELETE", f"users/{made['id']}")
        self.go("alerts", "[name=filter]")
        self.assertEqual(self.shown("[data-alert]"), 10)
        self.fill("filter", "rule-3")
        eventually(lambda: self.shown("[data-alert]") == 1, "the one")
        self.go("users", "[name=filter]")
        # Who adds a user need not scroll past all that there are.
        self.assertTrue(self.browser.run("return !!(document.querySelector('[name=new-name]').compareDocumentPosition(document.querySelector('main table')) & Node.DOCUMENT_POSITION_FOLLOWING)"))
        self.fill("filter", "someone-3")
        eventually(lambda: self.shown("tbody tr") == 1, "the one")

    def furnish(self):
        """Something of everything."""
        if "viewer" in [user["UserName"] for user in self.iam.list_users()["Users"]]:
            return
        arn = self.iam.create_policy(PolicyName="read-pictures", Description="See pictures and their results", PolicyDocument=policy(allow("s3:GetObject", "arn:aws:s3:::images/*")))["Policy"]["Arn"]
        for name in ("camera-at-the-door", "viewer"):
            self.iam.create_user(UserName=name)
            key = self.iam.create_access_key(UserName=name)["AccessKey"]
            # Something for the audit log.
            s3 = self.server.client("s3", key["AccessKeyId"], key["SecretAccessKey"])
            for bucket in ("images", "letters"):
                with self.assertRaises(s3.exceptions.ClientError):
                    s3.list_objects_v2(Bucket=bucket)
        self.iam.attach_user_policy(UserName="viewer", PolicyArn=arn)
        self.addCleanup(self.unfurnish)

    def unfurnish(self):
        for user in self.iam.list_users()["Users"]:
            name = user["UserName"]
            for key in self.iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
                self.iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
            for attached in self.iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
                self.iam.detach_user_policy(UserName=name, PolicyArn=attached["PolicyArn"])
            self.iam.delete_user(UserName=name)
        for one in self.iam.list_policies(Scope="Local")["Policies"]:
            self.iam.delete_policy(PolicyArn=one["Arn"])

    def test_pages_fit_every_width_and_axe_finds_nothing_serious(self):
        if not AXE.exists():
            self.skipTest("no axe-core: run scripts/setup")
        self.furnish()
        serious = []
        for page, ready in self.PAGES.items():
            for width, (across, down) in WIDTHS.items():
                for dark in (False, True):
                    self.browser.view(across, down, dark=dark, touch=width == "phone")
                    self.go(page, ready)
                    self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth - innerWidth"), 0, (page, width))
                    if width != "tablet":
                        serious += faults_by_axe(self.browser, (page, width, "dark" if dark else "light"))
        self.assertEqual(serious, [])

    EVERYWHERE = {"#/account": "tbody tr", "#/gallery": "#search", "#/overview": "#cost"} | {"#/admin/" + page: ready for page, ready in PAGES.items()}

    def too_wide(self, views):
        """Which of {address: what is there then} are wider than the window, in every language and width."""
        found = []
        self.addCleanup(self.speak, "en")
        for language in ("en", "de"):
            self.browser.view(*WIDTHS["desktop"])
            self.speak(language)
            for width, (across, down) in WIDTHS.items():
                self.browser.view(across, down, touch=width == "phone")
                for address, ready in views.items():
                    self.browser.run(f"location.hash = {json.dumps(address)}")
                    eventually(lambda ready=ready: self.browser.has(ready), address)
                    # Of the page, and of what is cut at its edge: <main> itself does not scroll.
                    over = self.browser.run("return Math.max(document.documentElement.scrollWidth - innerWidth, document.querySelector('main').scrollWidth - document.querySelector('main').clientWidth)")
                    if over > 0:
                        found.append((address, language, width, over))
        return found

    def test_no_page_is_wider_than_the_window(self):
        self.furnish()
        self.assertEqual(self.too_wide(self.EVERYWHERE), [])

    def test_no_page_is_wider_than_the_window_with_the_longest_names(self):
        long = "w" * 1000
        user = add_user(self.console, long[:64], "uploader", PASSWORD, email=f"{long[:60]}@{long[:60]}.example.com")
        self.addCleanup(self.console.request, "DELETE", f"users/{user['id']}")
        program = Console(self.server)
        self.assertEqual(program.request("POST", "session", {"name": "ann", "password": PASSWORD}, {"User-Agent": "W" * 200}, csrf=False).status, 200)
        self.addCleanup(self.unfurnish)
        arn = self.iam.create_policy(PolicyName=long[:128], Description=long[:1000], PolicyDocument=policy(allow("s3:GetObject")))["Policy"]["Arn"]
        self.iam.create_user(UserName=long[:64])
        self.iam.attach_user_policy(UserName=long[:64], PolicyArn=arn)
        self.iam.put_user_policy(UserName=long[:64], PolicyName=long[:127] + "o", PolicyDocument=policy(allow("s3:GetObject")))
        self.addCleanup(self.iam.delete_user_policy, UserName=long[:64], PolicyName=long[:127] + "o")
        key = self.iam.create_access_key(UserName=long[:64])["AccessKey"]
        s3 = self.server.client("s3", key["AccessKeyId"], key["SecretAccessKey"])
        with self.assertRaises(s3.exceptions.ClientError):
            s3.put_object(Bucket="images", Key=long, Body=b"")
        sns = self.server.client("sns")
        topic = sns.create_topic(Name=long[:256])["TopicArn"]
        self.addCleanup(sns.delete_topic, TopicArn=topic)
        rule = {"topic": long[:256], "when": {"label": long[:512]}, "threshold": 80, "quiet_seconds": 60, "enabled": True}
        made = self.console.request("PUT", f"alerts/{long[:64]}", {"name": long[:64], **rule})
        self.assertIn(made.status, (200, 201), made)
        self.addCleanup(self.console.request, "DELETE", f"alerts/{long[:64]}")
        s3 = self.server.client("s3")
        s3.create_bucket(Bucket=long[:63])
        self.addCleanup(s3.delete_bucket, Bucket=long[:63])
        s3.put_bucket_lifecycle_configuration(Bucket=long[:63], LifecycleConfiguration={"Rules": [{"ID": long[:255], "Filter": {"Prefix": long}, "Status": "Enabled", "Expiration": {"Days": 3}}]})
        self.make_function(long[:64])
        cloudwatch = self.server.client("cloudwatch")
        cloudwatch.put_metric_alarm(AlarmName=long[:255], AlarmDescription=long, Namespace="Test", MetricName="m", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold")
        self.addCleanup(cloudwatch.delete_alarms, AlarmNames=[long[:255]])
        record = {"ImageID": {"S": "long"}, "UploadTimestamp": {"N": str(int(time.time()))}, "Bucket": {"S": "images"}, "Key": {"S": "uploads/" + long}, "OriginalName": {"S": long[:255]},
                  "ProcessingStatus": {"S": "FAILED"}, "Error": {"S": long[:500]}, "Labels": {"L": [{"M": {"Name": {"S": "W" * 100}, "Confidence": {"N": "99"}}}]}, "Detection_Summary": {"L": [{"S": "w" * 100}]}}
        self.assertEqual(self.connection().call("dynamodb", "PutItem", {"TableName": "ImageMetadataStore", "Item": record}).status, 200)
        self.addCleanup(lambda: self.connection().call("dynamodb", "DeleteItem", {"TableName": "ImageMetadataStore", "Key": {name: record[name] for name in ("ImageID", "UploadTimestamp")}}))
        views = self.EVERYWHERE | {f"#/admin/functions?name={long[:64]}": "#aliases", "#/admin/functions?name=analyze-image": "#recent li", f"#/admin/policies?name={long[:128]}": "form h2",
                                   f"#/admin/lifecycle?bucket={long[:63]}": "[data-rule]", f"#/admin/alerts?name={long[:64]}": "[name=alert-name]", "#/admin/policies?new=": "[name=policy-name]",
                                   "#/overview?range=7d": "#weeks .chip", "#/picture/long": ".facts", "#/gallery?q=www": ".tile[data-id]"}
        self.assertEqual(self.too_wide(views), [])

    def test_rows_are_cards_on_a_phone_with_all_that_one_can_do_in_sight(self):
        self.furnish()
        self.make_function("adder")
        self.assertEqual(Console(self.server).sign_in("ann", PASSWORD).status, 200)
        self.browser.view(*WIDTHS["phone"], touch=True)
        for address, ready in (("#/account", "tbody button"), ("#/admin/users", "tbody button"), ("#/admin/functions", "tbody a"), ("#/admin/policies", "tbody a"), ("#/admin/settings", "[data-setting]")):
            self.browser.run(f"location.hash = {json.dumps(address)}")
            eventually(lambda ready=ready: self.browser.has(ready), address)
            outside = self.browser.run("""return [...document.querySelectorAll('tbody :is(a, button, select, td)')].filter((one) => {
                  const {left, right, width} = one.getBoundingClientRect();
                  return left < 0 || right > innerWidth || (width === 0 && one.textContent.trim() !== '');
                }).map((one) => one.outerHTML)""")
            self.assertEqual(outside, [], address)
            # To who has it read aloud it is a table all the same.
            self.assertEqual(self.browser.run("return ['table', 'tbody tr', 'tbody td', 'thead th'].map((one) => document.querySelector(one).getAttribute('role'))"), ["table", "row", "cell", "columnheader"], address)
            self.assertTrue(all(self.browser.all_text("thead th")), address)

    def test_the_rail_of_a_tablet_leaves_room_beside_its_words(self):
        self.browser.view(*WIDTHS["tablet"])
        self.go("users", "table")
        self.addCleanup(self.speak, "en")
        for language in ("en", "de"):
            self.speak(language)
            least = self.browser.run("""const rail = document.querySelector('.sidebar').getBoundingClientRect();
                return Math.min(...[...document.querySelectorAll('.nav-link span')].flatMap((one) => {
                  const word = one.getBoundingClientRect();
                  return [word.left - rail.left, rail.right - word.right];
                }))""")
            self.assertGreaterEqual(least, 8, language)

    def test_keys_of_the_keyboard_reach_the_pages(self):
        self.go("users", "table")
        self.browser.run("document.querySelector('.tab[href=\"#/admin/keys\"]').focus()")
        self.browser.press("\ue007")
        eventually(lambda: self.browser.all_text("h1") == ["Access keys"], "the page")
        self.assertEqual(self.browser.run("return document.title"), "Access keys · Eyrie")

    @unittest.skipUnless(SCREENSHOTS, "EYRIE_SCREENSHOTS names no folder")
    def test_what_the_documentation_shows(self):
        self.furnish()
        self.make_function("adder")
        self.console.request("POST", "functions/adder/test", {"event": '{"a": 2, "b": 3}'})
        rules = [{"ID": "archive-old-uploads", "Filter": {"Prefix": "uploads/"}, "Status": "Enabled", "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}], "Expiration": {"Days": 730}}]
        s3 = self.server.client("s3")
        s3.put_bucket_lifecycle_configuration(Bucket="images", LifecycleConfiguration={"Rules": rules})
        self.addCleanup(s3.delete_bucket_lifecycle, Bucket="images")
        queries = {"functions": ("?name=adder", "#versions"), "policies": ("?name=read-pictures", "form h2")}
        folder = pathlib.Path(SCREENSHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        for page, ready in self.PAGES.items():
            if page == "users":
                continue  # console_browser_test.py has it
            for suffix, size in (("", (1200, 760)), ("-phone", WIDTHS["phone"])):
                self.browser.view(*size, touch=bool(suffix))
                query, there = queries.get(page, ("", ready))
                self.go(page, there, query)
                take(self.browser, folder / f"admin-{page}{suffix}.webp")


if __name__ == "__main__":
    unittest.main()
