#!/usr/bin/python3
"""Blue and green: a tenth of an alias's invocations goes to a new version that fails; the alarm on its errors rolls the alias back by itself."""

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


if __name__ == "__main__":
    unittest.main()
