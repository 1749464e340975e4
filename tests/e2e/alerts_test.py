#!/usr/bin/python3
"""Alerts: a picture that matches a rule is told to a webhook; rules are kept in the console; what was published outlives kill -9."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths, signing  # noqa: E402
from support.case import SMALL_MODELS  # noqa: E402
from support.console import owner  # noqa: E402
from support.receivers import DETECTIONS, Hook, retries, signature_problem  # noqa: E402
from support.records import finished  # noqa: E402
from support.server import Server, eventually  # noqa: E402

CONFIG = SMALL_MODELS + """
[[alerts]]
name = "cats"
when = { label = "Cat" }
threshold = 80
"""


class AlertsTest(unittest.TestCase):
    def setUp(self):
        self.hook = Hook()
        self.hook.__enter__()
        self.addCleanup(self.hook.close)
        self.server = Server(config=CONFIG)
        self.addCleanup(self.server.close)
        self.server.start()
        self.sns = self.server.client("sns")
        self.raw = signing.raw_client(self.server)

    def alerts(self, rule):
        return [one.json for one in self.hook.of("Notification") if json.loads(one.json["Message"])["AlertRule"] == rule]

    def wait_for(self, rule, count=1):
        return eventually(lambda: len(self.alerts(rule)) >= count and self.alerts(rule), f"{count} alerts of {rule}", timeout=120)[-1]

    def test_alerts(self):
        self.assertIn(DETECTIONS, [topic["TopicArn"] for topic in self.sns.list_topics()["Topics"]])
        self.hook.subscribe(self.sns, DETECTIONS, Attributes={"DeliveryPolicy": retries(1)})

        # --- a picture is told of, once ---
        photo = paths.sample("cat.png").read_bytes()
        self.assertEqual(self.raw.put_object("images", "uploads/cat.png", photo).status, 200)
        told = self.wait_for("cats")
        self.assertIsNone(signature_problem(told))
        self.assertEqual(told["Subject"], "Alert: cats")
        self.assertEqual(told["MessageAttributes"], {"rule": {"Type": "String", "Value": "cats"}, "type": {"Type": "String", "Value": "Label"}})
        record = finished(self.raw, "uploads/cat.png")
        message = json.loads(told["Message"])
        self.assertEqual((message["Bucket"], message["Key"], message["ImageID"]), ("images", "uploads/cat.png", record["ImageID"]))
        self.assertEqual(message["Matches"][0]["Name"], "Cat")
        self.assertGreaterEqual(message["Matches"][0]["Confidence"], 80)

        # --- rules of the console ---
        console = owner(self.server)
        rule = {"when": {"label": "animal"}, "threshold": 50, "quiet_seconds": 3600}
        made = console.request("PUT", "alerts/animals", rule)
        self.assertEqual((made.status, made.json["topic"], made.json["configured"]), (200, "detections", False), made)
        self.assertEqual([each["name"] for each in console.request("GET", "alerts").json["alerts"]], ["animals", "cats"])
        self.assertEqual(console.request("GET", "alerts/animals").json["when"], {"label": "animal"})
        self.assertEqual(console.request("DELETE", "alerts/cats").status, 409)
        self.assertEqual(console.request("PUT", "alerts/wrong", {"when": {"text": {"matches": "(a"}}}).status, 400)
        self.assertEqual(console.request("PUT", "alerts/wrong", {"when": {"label": "x"}, "topic": "none"}).status, 404)
        self.assertEqual(console.request("POST", "alerts/animals/test").status, 204)
        self.assertTrue(json.loads(self.wait_for("animals")["Message"])["Matches"][0]["Test"])
        # A trial is no alert: the rule is not quiet after it. After an alert it is.
        for number in (1, 2):
            self.assertEqual(self.raw.put_object("images", f"uploads/more-{number}.png", photo).status, 200)
            finished(self.raw, f"uploads/more-{number}.png")
        self.wait_for("cats", 3)
        self.wait_for("animals", 2)
        self.assertEqual(console.request("DELETE", "alerts/animals").status, 204)
        self.assertEqual(console.request("GET", "alerts/animals").status, 404)

        # --- kill -9 while the endpoint is down ---
        self.hook.answer = 503
        published = {self.sns.publish(TopicArn=DETECTIONS, Message=json.dumps({"AlertRule": "by hand"}))["MessageId"] for _ in range(20)}
        eventually(lambda: self.hook.refused >= 1, "a try")
        self.server.kill()
        self.hook.answer = 200
        self.server.start()
        self.wait_for("by hand", 20)
        self.assertEqual({one["MessageId"] for one in self.alerts("by hand")}, published)
        # Nothing was told twice, neither by the restart nor by rules that kept quiet.
        self.assertEqual((len(self.alerts("cats")), len(self.alerts("animals"))), (3, 2))


if __name__ == "__main__":
    unittest.main()
