#!/usr/bin/python3
"""CloudWatch's metrics and alarms, by boto3 and the aws CLI, and raw in each of its three protocols."""

import datetime
import gzip
import json
import pathlib
import sys
import time
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cbor, paths  # noqa: E402
from support.clients import aws, aws_json  # noqa: E402
from support.identities import IdentityCase, allow, policy  # noqa: E402
from support.server import eventually  # noqa: E402
from support.shapes import Shapes  # noqa: E402

TARGET = "GraniteServiceVersion20100801"


class DocumentShapes(Shapes):
    protocol = "smithy-rpc-v2-cbor"  # the same members in JSON and in CBOR


class CloudWatchCase(IdentityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.watch = cls.client("cloudwatch")

    def setUp(self):
        self.space = "Eyrie/Test/" + uuid.uuid4().hex[:12]
        self.minute = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0) - datetime.timedelta(minutes=5)

    def at(self, minutes, seconds=0):
        return self.minute + datetime.timedelta(minutes=minutes, seconds=seconds)

    def put(self, name, *values, **more):
        """A value each minute from self.minute on; None: none."""
        data = [{"MetricName": name, "Value": value, "Timestamp": self.at(i, 7), **more} for i, value in enumerate(values) if value is not None]
        self.watch.put_metric_data(Namespace=self.space, MetricData=data)

    def statistics(self, name, *statistics, **more):
        settings = {"Namespace": self.space, "MetricName": name, "StartTime": self.minute, "EndTime": self.at(10), "Period": 60, **more}
        kind = "Statistics" if statistics and statistics[0][0].isupper() else "ExtendedStatistics"
        answer = self.watch.get_metric_statistics(**settings, **({kind: list(statistics)} if statistics else {}))
        return sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])

    def stat(self, id_, name, stat="Sum", period=60, returned=False):
        return {"Id": id_, "ReturnData": returned, "MetricStat": {"Metric": {"Namespace": self.space, "MetricName": name}, "Period": period, "Stat": stat}}

    def data(self, *queries, **more):
        settings = {"MetricDataQueries": list(queries), "StartTime": self.minute, "EndTime": self.at(10), "ScanBy": "TimestampAscending", **more}
        return self.watch.get_metric_data(**settings)

    def math(self, expression):
        """The expression over e and i: by minute."""
        answer = self.data(self.stat("e", "errors"), self.stat("i", "invocations"), {"Id": "x", "Expression": expression})
        return [{round((moment - self.minute).total_seconds() / 60): value for moment, value in zip(result["Timestamps"], result["Values"])} for result in answer["MetricDataResults"]]

    def make_alarm(self, **more):
        name = self.name()
        settings = {"AlarmName": name, "Namespace": self.space, "MetricName": "errors", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1,
                    "ComparisonOperator": "GreaterThanThreshold", **more}
        self.watch.put_metric_alarm(**{key: value for key, value in settings.items() if value is not None})
        self.addCleanup(self._quietly, self.watch.delete_alarms, AlarmNames=[name])
        return name

    def alarm(self, name):
        return self.watch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]

    # --- raw ---

    def document(self, operation, request, status=200, protocol="cbor"):
        """A raw call as JSON or CBOR, whose answer is held against the description."""
        if self.wire is None:
            self.skipTest("raw calls are not made against AWS")
        if protocol == "cbor":
            answer = self.wire.request("monitoring", "POST", f"/service/{TARGET}/operation/{operation}", body=cbor.encode(request),
                                       headers={"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor", "accept": "application/cbor"})
            document = cbor.decode(answer.body)
        else:
            answer = self.wire.request("monitoring", "POST", "/", body=json.dumps(request).encode(),
                                       headers={"content-type": "application/x-amz-json-1.0", "x-amz-target": f"{TARGET}.{operation}"})
            document = json.loads(answer.body)
        self.assertEqual(answer.status, status, document)
        shapes = DocumentShapes("cloudwatch")
        self.assertEqual(shapes.of_output(operation, document) if status == 200 else shapes.of_error(operation, document), [], document)
        if status != 200:
            document["query_error"] = answer.headers["x-amzn-query-error"]
        return document


class MetricTest(CloudWatchCase):
    def test_values_and_statistics(self):
        self.put("m", 1, 2, None, 4)
        points = self.statistics("m", "Sum", "Average", "Minimum", "Maximum", "SampleCount")
        self.assertEqual([point["Sum"] for point in points], [1, 2, 4])
        self.assertEqual((points[0]["Timestamp"], points[0]["Unit"], points[0]["SampleCount"]), (self.minute, "None", 1))
        five = self.statistics("m", "Sum", Period=300, StartTime=self.at(-5))
        self.assertEqual(sum(point["Sum"] for point in five), 7)

        self.watch.put_metric_data(Namespace=self.space, MetricData=[
            {"MetricName": "many", "Values": [float(value) for value in range(1, 101)], "Timestamp": self.minute, "Unit": "Milliseconds"},
            {"MetricName": "many", "Values": [1000], "Counts": [3], "Timestamp": self.minute, "Unit": "Milliseconds"},
            {"MetricName": "told", "StatisticValues": {"SampleCount": 10, "Sum": 100, "Minimum": 1, "Maximum": 30}, "Timestamp": self.minute}])
        (many,) = self.statistics("many", "SampleCount", "Maximum", Unit="Milliseconds")
        self.assertEqual((many["SampleCount"], many["Maximum"], many["Unit"]), (103, 1000, "Milliseconds"))
        (quantiles,) = self.statistics("many", "p50", "p90", "tm90")
        self.assertAlmostEqual(quantiles["ExtendedStatistics"]["p50"], 52, delta=1)
        self.assertAlmostEqual(quantiles["ExtendedStatistics"]["p90"], 93, delta=2)
        self.assertAlmostEqual(quantiles["ExtendedStatistics"]["tm90"], 47, delta=1)
        self.assertEqual(self.statistics("many", "Sum", Unit="Bytes"), [])
        (told,) = self.statistics("told", "Average", "Minimum", "Maximum")
        self.assertEqual((told["Average"], told["Minimum"], told["Maximum"]), (10, 1, 30))
        self.assertEqual(self.statistics("told", "p90"), [])

    def test_high_resolution(self):
        begin = self.at(0, 10)
        self.watch.put_metric_data(Namespace=self.space, MetricData=[
            {"MetricName": "m", "Value": 1 << i, "Timestamp": begin + datetime.timedelta(seconds=5 * i), "StorageResolution": 1} for i in range(4)])
        points = self.statistics("m", "Sum", StartTime=begin, EndTime=self.at(1), Period=10)
        self.assertEqual([point["Sum"] for point in points], [3, 12])
        self.put("coarse", 1)
        self.assertEqual(self.statistics("coarse", "Sum", EndTime=self.at(1), Period=10), [])

    def test_refused_values(self):
        def refused(code, **datum):
            self.refused(code, self.watch.put_metric_data, Namespace=self.space, MetricData=[{"MetricName": "m", **datum}], status=400)

        refused("InvalidParameterValue", Value=float("nan"))
        refused("InvalidParameterValue", Value=float("inf"))
        refused("InvalidParameterValue", Value=1, Timestamp=self.at(60 * 3))
        refused("InvalidParameterValue", Value=1, Timestamp=self.at(-60 * 24 * 15))
        refused("InvalidParameterValue", Value=1, Unit="Parsecs")
        refused("InvalidParameterValue", Value=1, StorageResolution=5)
        refused("InvalidParameterValue", Values=[1, 2], Counts=[1])
        refused("InvalidParameterCombination", Value=1, Values=[1])
        refused("InvalidParameterCombination", Value=1, StatisticValues={"SampleCount": 1, "Sum": 1, "Minimum": 1, "Maximum": 1})
        refused("MissingParameter")
        refused("InvalidParameterValue", StatisticValues={"SampleCount": 0, "Sum": 1, "Minimum": 1, "Maximum": 1})
        refused("InvalidParameterValue", Value=1, Dimensions=[{"Name": f"d{i}", "Value": "x"} for i in range(31)])
        for space in ("AWS/Lambda", ":x"):
            self.refused("InvalidParameterValue", self.watch.put_metric_data, Namespace=space, MetricData=[{"MetricName": "m", "Value": 1}])
        self.refused("InvalidParameterValue", self.watch.put_metric_data, Namespace=self.space, MetricData=[{"MetricName": "m", "Value": 1}] * 1001)
        self.assertEqual(self.statistics("m", "Sum"), [])

    def test_refused_questions(self):
        for code, more in (("InvalidParameterCombination", {"Period": 60, "EndTime": self.at(1441)}), ("InvalidParameterValue", {"Period": 45}),
                           ("InvalidParameterValue", {"EndTime": self.at(-1)}), ("InvalidParameterCombination", {"ExtendedStatistics": ["p90"]})):
            with self.subTest(more):
                answer = self.refused(code, self.statistics, "m", "Sum", **more)
        self.refused("InvalidParameterCombination", self.statistics, "m")
        answer = self.refused("InvalidParameterCombination", self.statistics, "m", "Sum", EndTime=self.at(2880))
        self.assertIn("You have requested up to 2,880 datapoints, which exceeds the limit of 1,440.", answer["Error"]["Message"])
        for queries in ([{"Id": "A", "Expression": "1"}], [{"Id": "a", "Expression": "b"}], [{"Id": "a"}], [self.stat("a", "m"), self.stat("a", "m")],
                        [self.stat("a", "m", period=45)], [self.stat("a", "m", stat="Median")], [self.stat("m", "m"), {"Id": "x", "Expression": "m +"}],
                        [{"Id": "x", "Expression": "SEARCH('x', 'Sum')"}], [self.stat("m", "m"), {"Id": "x", "Expression": "SUM(m)"}]):
            with self.subTest(queries):
                self.refused("ValidationError", self.data, *queries, status=400)
        self.refused("ValidationError", self.data, self.stat("m", "m", returned=True), EndTime=self.at(-1))
        self.refused("InvalidNextToken", self.data, self.stat("m", "m", returned=True), NextToken="???")

    def test_math(self):
        self.put("errors", 1, None, 3, 0)
        self.put("invocations", 10, 20, 4, 0)
        self.assertEqual(self.math("100 * e / i"), [{0: 10, 2: 75}])
        self.assertEqual(self.math("SUM(METRICS())"), [{0: 11, 1: 20, 2: 7, 3: 0}])
        self.assertEqual(self.math("IF(i > 5, FILL(e, 0), 7)"), [{0: 1, 1: 0, 2: 7, 3: 7}])
        self.assertEqual(self.math("[e, i] / 2"), [{0: 0.5, 2: 1.5, 3: 0}, {0: 5, 1: 10, 2: 2, 3: 0}])
        self.assertEqual(self.math("RATE(i) * PERIOD(i)"), [{1: 10, 2: -16, 3: -4}])
        answer = self.data(self.stat("e", "errors", returned=True), {"Id": "twice", "Expression": "2 * e", "Label": "double"})
        self.assertEqual([(result["Id"], result["Label"], result["StatusCode"]) for result in answer["MetricDataResults"]], [("e", "errors", "Complete"), ("twice", "double", "Complete")])
        backwards = self.data(self.stat("e", "errors", returned=True), ScanBy="TimestampDescending")["MetricDataResults"][0]
        self.assertEqual(backwards["Values"], [0, 3, 1])

    def test_data_in_pages(self):
        self.put("a", 1, 2, 3)
        self.put("b", 4, 5)
        queries = [self.stat("a", "a", returned=True), self.stat("b", "b", returned=True)]
        found, token, pages = {"a": [], "b": []}, None, 0
        while True:
            answer = self.data(*queries, MaxDatapoints=2, **({"NextToken": token} if token else {}))
            pages += 1
            for result in answer["MetricDataResults"]:
                found[result["Id"]] += result["Values"]
            token = answer.get("NextToken")
            if not token:
                break
        self.assertEqual((found, pages), ({"a": [1, 2, 3], "b": [4, 5]}, 3))

    def test_listing(self):
        for size in ("s", "m"):
            self.put("cups", 1, Dimensions=[{"Name": "Size", "Value": size}, {"Name": "Site", "Value": "north"}])
        self.put("plates", 1)
        self.put("plates", 1, Unit="Count")
        listed = self.watch.list_metrics(Namespace=self.space)["Metrics"]
        self.assertEqual([(metric["MetricName"], len(metric["Dimensions"])) for metric in listed], [("cups", 2), ("cups", 2), ("plates", 0)])
        self.assertEqual(len(self.watch.list_metrics(Namespace=self.space, Dimensions=[{"Name": "Size"}])["Metrics"]), 2)
        (small,) = self.watch.list_metrics(Namespace=self.space, MetricName="cups", Dimensions=[{"Name": "Size", "Value": "s"}], RecentlyActive="PT3H")["Metrics"]
        self.assertIn({"Name": "Size", "Value": "s"}, small["Dimensions"])
        self.watch.put_metric_data(Namespace=self.space, MetricData=[{"MetricName": f"x{i:03}", "Value": 1} for i in range(700)])
        pages = list(self.watch.get_paginator("list_metrics").paginate(Namespace=self.space))
        names = [metric["MetricName"] for page in pages for metric in page["Metrics"]]
        self.assertEqual((len(pages), len(names), len([name for name in names if name[0] == "x"])), (2, 703, 700))

    def test_the_servers_own(self):
        own = self.watch.list_metrics(Namespace="Eyrie", MetricName="RequestLatency", Dimensions=[{"Name": "Service", "Value": "monitoring"}])
        if self.server:
            eventually(lambda: self.watch.list_metrics(Namespace="Eyrie", MetricName="RequestLatency")["Metrics"], "the latency of requests", timeout=90)
            answer = self.watch.get_metric_statistics(Namespace="Eyrie", MetricName="RequestLatency", StartTime=self.minute, EndTime=self.at(20), Period=3600, ExtendedStatistics=["p99"],
                                                      Dimensions=[{"Name": "Service", "Value": "monitoring"}, {"Name": "Operation", "Value": "ListMetrics"}])
            self.assertGreater(answer["Datapoints"][0]["ExtendedStatistics"]["p99"], 0)
        self.assertIsInstance(own["Metrics"], list)


class AlarmTest(CloudWatchCase):
    def test_life(self):
        name = self.make_alarm(AlarmDescription="of a test", TreatMissingData="ignore", DatapointsToAlarm=1, Dimensions=[{"Name": "a", "Value": "b"}], Tags=[{"Key": "k", "Value": "v"}])
        alarm = self.alarm(name)
        self.assertEqual(alarm["AlarmArn"], f"arn:aws:cloudwatch:us-east-1:{self.account}:alarm:{name}")
        self.assertEqual((alarm["AlarmDescription"], alarm["TreatMissingData"], alarm["Dimensions"], alarm["ActionsEnabled"], alarm["Threshold"]),
                         ("of a test", "ignore", [{"Name": "a", "Value": "b"}], True, 1))
        self.assertEqual(self.watch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"], [{"Key": "k", "Value": "v"}])
        self.watch.tag_resource(ResourceARN=alarm["AlarmArn"], Tags=[{"Key": "l", "Value": ""}])
        self.watch.untag_resource(ResourceARN=alarm["AlarmArn"], TagKeys=["k"])
        self.assertEqual(self.watch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"], [{"Key": "l", "Value": ""}])
        self.assertEqual([one["AlarmName"] for one in self.watch.describe_alarms(AlarmNamePrefix=name[:-2])["MetricAlarms"]], [name])
        self.assertEqual([one["AlarmName"] for one in self.watch.describe_alarms_for_metric(Namespace=self.space, MetricName="errors", Dimensions=[{"Name": "a", "Value": "b"}])["MetricAlarms"]], [name])
        self.watch.disable_alarm_actions(AlarmNames=[name])
        self.assertFalse(self.alarm(name)["ActionsEnabled"])
        self.watch.enable_alarm_actions(AlarmNames=[name])
        self.watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a drill", StateReasonData='{"a": 1}')
        history = self.watch.describe_alarm_history(AlarmName=name, ScanBy="TimestampAscending")["AlarmHistoryItems"]
        self.assertEqual([item["HistoryItemType"] for item in history], ["ConfigurationUpdate"] * 3 + ["StateUpdate"])
        self.assertIn("to ALARM", history[-1]["HistorySummary"])
        self.assertEqual(json.loads(history[-1]["HistoryData"])["newState"]["stateReasonData"], {"a": 1})
        first = self.watch.describe_alarm_history(AlarmName=name, MaxRecords=1, HistoryItemType="ConfigurationUpdate")
        second = self.watch.describe_alarm_history(AlarmName=name, MaxRecords=1, HistoryItemType="ConfigurationUpdate", NextToken=first["NextToken"])
        self.assertGreaterEqual(first["AlarmHistoryItems"][0]["Timestamp"], second["AlarmHistoryItems"][0]["Timestamp"])
        self.watch.delete_alarms(AlarmNames=[name])
        self.assertEqual(self.watch.describe_alarms(AlarmNames=[name])["MetricAlarms"], [])
        self.refused("ResourceNotFound", self.watch.set_alarm_state, AlarmName=name, StateValue="OK", StateReason="", status=404)
        self.refused("ResourceNotFound", self.watch.delete_alarms, AlarmNames=[name], status=404)
        self.refused("ResourceNotFoundException", self.watch.list_tags_for_resource, ResourceARN=alarm["AlarmArn"], status=404)

    def test_refusals(self):
        for code, more in (("ValidationError", {"ComparisonOperator": "Near"}), ("ValidationError", {"Period": 45}), ("ValidationError", {"DatapointsToAlarm": 2}), ("ValidationError", {"TreatMissingData": "no"}), ("ValidationError", {"AlarmActions": ["arn:aws:ec2:x"]}),
                           ("ValidationError", {"AlarmActions": ["nonsense"]}), ("ValidationError", {"AlarmActions": ["arn:aws:automate:us-east-1:lambda:rollback:f"]}),
                           ("ValidationError", {"Statistic": "Median"}), ("MissingParameter", {"Statistic": None}), ("ValidationError", {"EvaluationPeriods": 3000}),
                           ("ValidationError", {"Metrics": [self.stat("e", "errors", returned=True)]})):
            with self.subTest(more):
                self.refused(code, self.make_alarm, **more)
        math = {"Namespace": None, "MetricName": None, "Statistic": None, "Period": None}
        for metrics in ([self.stat("e", "errors"), {"Id": "x", "Expression": "e", "ReturnData": False}], [self.stat("e", "errors", returned=True), {"Id": "x", "Expression": "e"}],
                        [self.stat("e", "errors"), {"Id": "x", "Expression": "y"}], [self.stat("e", "errors"), self.stat("f", "errors", period=300), {"Id": "x", "Expression": "e+f"}]):
            with self.subTest(metrics):
                self.refused("ValidationError", self.make_alarm, Metrics=metrics, **math)

    def test_fires_and_tells_a_topic(self):
        """By values of high resolution, in periods of ten seconds, so that it need not wait for minutes."""
        sns, sqs = self.client("sns"), self.client("sqs")
        topic = sns.create_topic(Name=self.name())["TopicArn"]
        self.addCleanup(self._quietly, sns.delete_topic, TopicArn=topic)
        queue_name = self.name()
        queue_arn = f"arn:aws:sqs:us-east-1:{self.account}:{queue_name}"
        queue = sqs.create_queue(QueueName=queue_name, Attributes={"Policy": policy({"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": queue_arn})})["QueueUrl"]
        self.addCleanup(self._quietly, sqs.delete_queue, QueueUrl=queue)
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
        name = self.make_alarm(Namespace=None, MetricName=None, Statistic=None, Period=None, TreatMissingData="notBreaching", AlarmActions=[topic], OKActions=[topic],
                               Metrics=[self.stat("e", "errors", period=10), self.stat("i", "invocations", period=10), {"Id": "rate", "Expression": "100 * e / i", "Label": "rate"}])
        end = time.monotonic() + 90
        states = []
        while time.monotonic() < end and "ALARM" not in states:
            self.watch.put_metric_data(Namespace=self.space, MetricData=[{"MetricName": "errors", "Value": 5, "StorageResolution": 1}, {"MetricName": "invocations", "Value": 10, "StorageResolution": 1}])
            time.sleep(1)
            states.append(self.alarm(name)["StateValue"])
        alarm = self.alarm(name)
        self.assertEqual(alarm["StateValue"], "ALARM", states)
        self.assertIn("Threshold Crossed: 1 out of the last 1 datapoints [50.0 (", alarm["StateReason"])
        self.assertEqual(json.loads(alarm["StateReasonData"])["recentDatapoints"][-1], 50)
        eventually(lambda: self.alarm(name)["StateValue"] == "OK", "the alarm is over", timeout=90)
        messages, until = [], time.monotonic() + 20
        while time.monotonic() < until:
            for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=2).get("Messages", []):
                messages.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        told = [json.loads(message["Message"]) for message in messages]
        # Once for each change; whether it was fine before it fired depends on the moment.
        changes = [(one["OldStateValue"], one["NewStateValue"]) for one in sorted(told, key=lambda one: one["StateChangeTime"])]
        self.assertEqual(changes[-2:], [(changes[-2][0], "ALARM"), ("ALARM", "OK")])
        self.assertEqual(len(changes), len(set(changes)))
        fired = next(message for message in messages if json.loads(message["Message"])["NewStateValue"] == "ALARM")
        self.assertEqual(fired["Subject"], f'ALARM: "{name}" in US East (N. Virginia)')
        document = json.loads(fired["Message"])
        self.assertEqual((document["AlarmName"], document["AWSAccountId"], document["AlarmArn"], document["AlarmActions"]), (name, self.account, alarm["AlarmArn"], [topic]))
        self.assertEqual([metric["Id"] for metric in document["Trigger"]["Metrics"]], ["e", "i", "rate"])
        actions = self.watch.describe_alarm_history(AlarmName=name, HistoryItemType="Action")["AlarmHistoryItems"]
        self.assertEqual({item["HistorySummary"] for item in actions}, {f"Successfully executed action {topic}"})

    def test_first_start_has_an_alarm(self):
        if not self.server:
            self.skipTest("of a new server alone")
        alarm = self.alarm("analyze-image-errors")
        self.assertEqual([metric.get("Expression") for metric in alarm["Metrics"] if metric["ReturnData"]], ["100 * errors / invocations"])
        self.assertEqual((alarm["Threshold"], alarm["AlarmActions"]), (1, [f"arn:aws:sns:us-east-1:{self.account}:alarms"]))


class ProtocolTest(CloudWatchCase):
    def test_forms(self):
        first = {"Namespace": self.space, "MetricData.member.1.MetricName": "m", "MetricData.member.1.Value": "2.5", "MetricData.member.1.Dimensions.member.1.Name": "a",
                 "MetricData.member.1.Dimensions.member.1.Value": "b<"}
        self.query("cloudwatch", "PutMetricData", **first)
        self.assertIn("<Value>b&lt;</Value>", self.query("cloudwatch", "ListMetrics", Namespace=self.space))
        asked = {"Namespace": self.space, "MetricName": "m", "Dimensions.member.1.Name": "a", "Dimensions.member.1.Value": "b<", "StartTime": f"{self.minute:%Y-%m-%dT%H:%M:%SZ}",
                 "EndTime": f"{self.at(10):%Y-%m-%dT%H:%M:%S.123456Z}", "Period": "60"}
        self.assertIn("<Average>2.5</Average>", self.query("cloudwatch", "GetMetricStatistics", **asked, **{"Statistics.member.1": "Average"}))
        self.assertIn("<value>2.5</value>", self.query("cloudwatch", "GetMetricStatistics", **asked, **{"ExtendedStatistics.member.1": "p100"}))
        self.query("cloudwatch", "GetMetricStatistics", status=400, **asked)
        query = {f"MetricDataQueries.member.1.{name}": value for name, value in {"Id": "m", "MetricStat.Metric.Namespace": self.space, "MetricStat.Metric.MetricName": "m", "MetricStat.Period": "60", "MetricStat.Stat": "Sum",
                                                                               "MetricStat.Metric.Dimensions.member.1.Name": "a", "MetricStat.Metric.Dimensions.member.1.Value": "b<"}.items()}
        self.assertIn("<Values><member>2.5</member></Values>", self.query("cloudwatch", "GetMetricData", StartTime=asked["StartTime"], EndTime=asked["EndTime"], **query))
        name = self.make_alarm()
        self.query("cloudwatch", "SetAlarmState", AlarmName=name, StateValue="ALARM", StateReason="a <drill>")
        self.query("cloudwatch", "SetAlarmState", status=404, AlarmName="none", StateValue="ALARM", StateReason="")
        for operation in ("DescribeAlarms", "DescribeAlarmHistory"):
            self.query("cloudwatch", operation)
        self.query("cloudwatch", "DescribeAlarmsForMetric", Namespace=self.space, MetricName="errors")
        self.query("cloudwatch", "ListTagsForResource", ResourceARN=self.alarm(name)["AlarmArn"])
        self.query("cloudwatch", "PutDashboard", status=400)
        self.query("cloudwatch", "DeleteAlarms", **{"AlarmNames.member.1": name})

    def test_documents(self):
        paths.need_current_description("cloudwatch")
        now = time.time()
        for protocol in ("json", "cbor"):
            with self.subTest(protocol):
                space = f"{self.space}/{protocol}"
                self.document("PutMetricData", {"Namespace": space, "MetricData": [{"MetricName": "m", "Value": 2.5, "Timestamp": now}, {"MetricName": "m", "Values": [1, 2], "Counts": [1, 2]}]}, protocol=protocol)
                self.assertEqual(self.document("ListMetrics", {"Namespace": space}, protocol=protocol)["Metrics"], [{"Namespace": space, "MetricName": "m", "Dimensions": []}])
                asked = {"Namespace": space, "MetricName": "m", "StartTime": now - 600, "EndTime": now + 60, "Period": 3600}
                (point,) = self.document("GetMetricStatistics", {**asked, "Statistics": ["Sum", "SampleCount"]}, protocol=protocol)["Datapoints"] or [None]
                self.assertEqual((point["Sum"], point["SampleCount"]), (7.5, 4))
                data = self.document("GetMetricData", {"StartTime": now - 600, "EndTime": now + 60, "MetricDataQueries": [
                    {"Id": "m", "MetricStat": {"Metric": {"Namespace": space, "MetricName": "m"}, "Period": 3600, "Stat": "Sum"}}]}, protocol=protocol)
                self.assertEqual(data["MetricDataResults"][0]["Values"], [7.5])
                self.document("DescribeAlarms", {}, protocol=protocol)
                self.document("DescribeAlarmHistory", {"MaxRecords": 3}, protocol=protocol)
                refused = self.document("GetMetricStatistics", asked, status=400, protocol=protocol)
                self.assertEqual(refused["query_error"], "InvalidParameterCombination;Sender")
                self.assertEqual(self.document("SetAlarmState", {"AlarmName": "none", "StateValue": "OK", "StateReason": "x"}, status=404, protocol=protocol)["query_error"], "ResourceNotFound;Sender")
                self.document("SetAlarmState", {"AlarmName": 5, "StateValue": "OK", "StateReason": "x"}, status=400, protocol=protocol)
        if self.wire is not None:
            for body in (b"", b"\xff", b"\x9f" * 1000, b"\x5f", cbor.encode([1])):
                answer = self.wire.request("monitoring", "POST", f"/service/{TARGET}/operation/PutMetricData", body=body, headers={"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"})
                self.assertEqual(answer.status, 400, body)

    def test_compressed_bodies(self):
        if self.wire is None:
            self.skipTest("raw calls are not made against AWS")
        form = f"Action=PutMetricData&Version=2010-08-01&Namespace={self.space}&MetricData.member.1.MetricName=m&MetricData.member.1.Value=3".encode()
        headers = {"content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip"}
        self.assertEqual(self.wire.request("monitoring", "POST", "/", body=gzip.compress(form), headers=headers).status, 200)
        self.assertEqual(len(self.watch.list_metrics(Namespace=self.space)["Metrics"]), 1)
        for body in (form, gzip.compress(form)[:-3], gzip.compress(b"a" * (8 << 20))):
            self.assertEqual(self.wire.request("monitoring", "POST", "/", body=body, headers=headers).status, 400)

    def test_command_line(self):
        run = lambda *arguments: aws_json(self.environment, "cloudwatch", *arguments)  # noqa: E731
        aws(self.environment, "cloudwatch", "put-metric-data", "--namespace", self.space, "--metric-name", "m", "--value", "4", "--dimensions", "a=b")
        self.assertEqual(run("list-metrics", "--namespace", self.space)["Metrics"], [{"Namespace": self.space, "MetricName": "m", "Dimensions": [{"Name": "a", "Value": "b"}]}])
        statistics = run("get-metric-statistics", "--namespace", self.space, "--metric-name", "m", "--dimensions", "Name=a,Value=b", "--start-time", f"{self.minute:%Y-%m-%dT%H:%M:%SZ}",
                         "--end-time", f"{self.at(20):%Y-%m-%dT%H:%M:%SZ}", "--period", "3600", "--statistics", "Maximum")
        self.assertEqual(statistics["Datapoints"][0]["Maximum"], 4)
        name = self.make_alarm()
        self.assertEqual(run("describe-alarms", "--alarm-names", name)["MetricAlarms"][0]["AlarmName"], name)


class AccessTest(CloudWatchCase):
    def test_policies(self):
        user = self.make_user(allow("cloudwatch:PutMetricData", Condition={"StringEquals": {"cloudwatch:namespace": self.space}}),
                              allow(["cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"], f"arn:aws:cloudwatch:us-east-1:{self.account}:alarm:eyrie-test-mine-*"))
        watch = self.client("cloudwatch", *self.make_key(user))
        watch.put_metric_data(Namespace=self.space, MetricData=[{"MetricName": "m", "Value": 1}])
        self.refused("AccessDenied", watch.put_metric_data, Namespace=self.space + "x", MetricData=[{"MetricName": "m", "Value": 1}], status=403)
        self.refused("AccessDenied", watch.list_metrics)
        mine = "eyrie-test-mine-" + uuid.uuid4().hex[:8]
        alarm = {"Namespace": self.space, "MetricName": "m", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"}
        watch.put_metric_alarm(AlarmName=mine, **alarm)
        self.addCleanup(self._quietly, self.watch.delete_alarms, AlarmNames=[mine])
        self.refused("AccessDenied", watch.put_metric_alarm, AlarmName="other", **alarm)
        self.refused("AccessDenied", watch.delete_alarms, AlarmNames=[mine, "analyze-image-errors"])
        if self.server:
            # Who may not change an alias makes no alarm that does.
            self.refused("AccessDenied", watch.put_metric_alarm, AlarmName=mine, AlarmActions=["arn:aws:automate:us-east-1:lambda:rollback:some:live"], **alarm)
        watch.delete_alarms(AlarmNames=[mine])


if __name__ == "__main__":
    unittest.main()
