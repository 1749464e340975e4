#!/usr/bin/python3
"""Blue and green: a tenth of an alias's invocations goes to a new version that fails, or all of them do; the alarm on its errors rolls the alias back by itself."""

import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions, paths  # noqa: E402
from support.server import Server, eventually  # noqa: E402

GOOD = "def handler(event, context):\n    return 'fine'\n"
BROKEN = "def handler(event, context):\n    raise ValueError('broken')\n"
PATIENCE = 180  # seconds: an alarm is judged at the end of its minute


class RollbackTest(unittest.TestCase):
    def test_a_broken_version_is_rolled_back(self):
        paths.boto3()
        with Server() as server:
            lambda_, iam, watch = server.client("lambda"), server.client("iam"), server.client("cloudwatch")
            account = server.client("sts").get_caller_identity()["Account"]
            role = functions.make_role(iam, "resize")
            lambda_.create_function(FunctionName="resize", Runtime="python3.11", Role=role, Handler="app.handler", Code={"ZipFile": functions.python(GOOD)}, Publish=True)
            lambda_.update_function_code(FunctionName="resize", ZipFile=functions.python(BROKEN), Publish=True)
            lambda_.create_alias(FunctionName="resize", Name="live", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}})
            # Another alias, which the alarm does not speak of.
            lambda_.create_alias(FunctionName="resize", Name="beta", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})

            def stat(id_, name):
                dimensions = [{"Name": "FunctionName", "Value": "resize"}, {"Name": "Resource", "Value": "resize:live"}]
                return {"Id": id_, "ReturnData": False, "MetricStat": {"Metric": {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions}, "Period": 60, "Stat": "Sum"}}

            watch.put_metric_alarm(AlarmName="resize-live", Metrics=[stat("e", "Errors"), stat("i", "Invocations"), {"Id": "rate", "Expression": "100 * e / i"}], Threshold=1,
                                   ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, TreatMissingData="notBreaching",
                                   AlarmActions=["arn:aws:automate:us-east-1:lambda:rollback:resize:live", f"arn:aws:sns:us-east-1:{account}:alarms"])

            def invoke():
                return "FunctionError" not in lambda_.invoke(FunctionName="resize", Qualifier="live", Payload=b"null")

            until, outcomes = time.monotonic() + PATIENCE, []
            while time.monotonic() < until and (len(outcomes) < 20 or all(outcomes)):
                outcomes.append(invoke())
            self.assertIn(False, outcomes)
            self.assertGreater(outcomes.count(True), outcomes.count(False))
            alias = lambda: lambda_.get_alias(FunctionName="resize", Name="live")  # noqa: E731
            before = alias()
            eventually(lambda: not alias().get("RoutingConfig", {}).get("AdditionalVersionWeights"), "the alias is rolled back", timeout=PATIENCE)
            self.assertEqual(alias()["FunctionVersion"], "1")
            self.assertNotEqual(alias()["RevisionId"], before["RevisionId"])
            self.assertTrue(all(invoke() for _ in range(60)))
            self.assertEqual(lambda_.get_alias(FunctionName="resize", Name="beta")["RoutingConfig"]["AdditionalVersionWeights"], {"2": 0.5})
            done = eventually(lambda: len(actions := watch.describe_alarm_history(AlarmName="resize-live", HistoryItemType="Action")["AlarmHistoryItems"]) >= 2 and actions, "actions", timeout=30)
            self.assertEqual({json.loads(item["HistoryData"])["actionState"] for item in done}, {"Succeeded"})

            # What Lambda tells of it, by version.
            now = time.time()
            told = watch.get_metric_statistics(Namespace="AWS/Lambda", MetricName="Errors", StartTime=now - 3600, EndTime=now + 60, Period=3600, Statistics=["Sum"],
                                               Dimensions=[{"Name": "FunctionName", "Value": "resize"}, {"Name": "Resource", "Value": "resize:live"}, {"Name": "ExecutedVersion", "Value": "2"}])
            self.assertEqual(sum(point["Sum"] for point in told["Datapoints"]), outcomes.count(False))

    def test_a_deployment_that_is_whole_is_rolled_back(self):
        """The alarm fires when the new version has everything, and still stands when the next one comes. Its values are of high resolution, its periods ten seconds."""
        paths.boto3()
        with Server() as server:
            lambda_, watch = server.client("lambda"), server.client("cloudwatch")
            role = functions.make_role(server.client("iam"), "rb")
            lambda_.create_function(FunctionName="rb", Runtime="python3.11", Role=role, Handler="app.handler", Code={"ZipFile": functions.python(GOOD)}, Publish=True)
            for number in (2, 3):
                lambda_.update_function_code(FunctionName="rb", ZipFile=functions.python(f"{BROKEN}# {number}\n"), Publish=True)
            lambda_.create_alias(FunctionName="rb", Name="live", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}})
            lambda_.update_alias(FunctionName="rb", Name="live", FunctionVersion="2", RoutingConfig={})

            def make_alarm(alias, metric):
                action = f"arn:aws:automate:us-east-1:lambda:rollback:rb:{alias}"
                watch.put_metric_alarm(AlarmName=alias, Namespace="Drill", MetricName=metric, Statistic="Sum", Period=10, EvaluationPeriods=1, Threshold=1,
                                       ComparisonOperator="GreaterThanThreshold", TreatMissingData="notBreaching", AlarmActions=[action])
                return action

            def actions(alarm):
                items = watch.describe_alarm_history(AlarmName=alarm, HistoryItemType="Action", ScanBy="TimestampAscending")["AlarmHistoryItems"]
                return [(item["HistorySummary"], json.loads(item["HistoryData"]).get("error", "")) for item in items]

            def has_gone_back():
                watch.put_metric_data(Namespace="Drill", MetricData=[{"MetricName": "errors", "Value": 5, "StorageResolution": 1}])
                alias = lambda_.get_alias(FunctionName="rb", Name="live")
                return alias["FunctionVersion"] == "1" and not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights")

            done = (f"Successfully executed action {make_alarm('live', 'errors')}", "")
            eventually(has_gone_back, "the alias goes back after the shift", timeout=PATIENCE, interval=0.5)
            # It stands for some evaluations more. What was rolled back stays so, and nothing is told again.
            until = time.monotonic() + 25
            while time.monotonic() < until:
                self.assertTrue(has_gone_back())
                time.sleep(0.5)
            self.assertEqual(watch.describe_alarms(AlarmNames=["live"])["MetricAlarms"][0]["StateValue"], "ALARM")
            self.assertEqual(actions("live"), [done])
            # The next deployments, while it stands: by weights, and at once.
            for count, deployment in ((2, {"RoutingConfig": {"AdditionalVersionWeights": {"3": 0.5}}}), (3, {"FunctionVersion": "3"})):
                lambda_.update_alias(FunctionName="rb", Name="live", **deployment)
                eventually(has_gone_back, f"the alias goes back from {deployment}", timeout=PATIENCE, interval=0.5)
                eventually(lambda: len(actions("live")) >= count, "it is in the history", timeout=30)
                self.assertEqual(actions("live"), [done] * count)

            # Where there is nothing to go back to, the history says so.
            lambda_.create_alias(FunctionName="rb", Name="still", FunctionVersion="1")
            action = make_alarm("still", "none")
            watch.set_alarm_state(AlarmName="still", StateValue="ALARM", StateReason="a drill")
            (summary, error), = eventually(lambda: actions("still"), "the action has failed", timeout=60)
            self.assertEqual(summary, f"Failed to execute action {action}")
            self.assertIn("nothing to go back to", error)
            self.assertEqual(lambda_.get_alias(FunctionName="rb", Name="still")["FunctionVersion"], "1")


if __name__ == "__main__":
    unittest.main()
