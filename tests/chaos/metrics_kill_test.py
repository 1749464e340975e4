#!/usr/bin/python3
"""kill -9 at random moments while values are put and an alarm's state changes: every acknowledged value is counted, no value twice; every acknowledged change of state is
told to the alarm's topic, and published once.

EYRIE_CHAOS_METRIC_KILLS (12) kills, EYRIE_CHAOS_SEED to repeat the moments.
"""

import json
import os
import pathlib
import random
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import figure  # noqa: E402
from support.server import Server  # noqa: E402
from support.storm import storm  # noqa: E402

KILLS = int(os.environ.get("EYRIE_CHAOS_METRIC_KILLS", "12"))
SEED = int(os.environ.get("EYRIE_CHAOS_SEED", str(random.randrange(1 << 32))))
PATIENCE = 60  # seconds, for what must come after the last start


class MetricsKillTest(unittest.TestCase):
    def setUp(self):
        paths.boto3()
        self.acknowledged, self.begun = 0, 0
        self.changes = []  # acknowledged states, by their reasons
        self.state = "OK"

    def put(self, clients):
        self.begun += 1
        clients["cloudwatch"].put_metric_data(Namespace="chaos", MetricData=[{"MetricName": "m", "Value": 1, "Timestamp": self.time}])
        self.acknowledged += 1

    def change(self, clients):
        self.state = "ALARM" if self.state == "OK" else "OK"
        reason = f"{len(self.changes)} {time.time()}"
        clients["cloudwatch"].set_alarm_state(AlarmName="drill", StateValue=self.state, StateReason=reason)
        self.changes.append((self.state, reason))
        time.sleep(0.05)

    def test_nothing_acknowledged_is_lost_or_done_twice(self):
        print(f"    {KILLS} kills, EYRIE_CHAOS_SEED={SEED}", flush=True)
        randomly = random.Random(SEED)
        with Server() as self.server:
            self.set_up()
            self.assertEqual(storm(self.server, ("cloudwatch",), [self.put, self.change], KILLS, randomly), [])
            watch, sqs = self.server.client("cloudwatch"), self.server.client("sqs")
            (point,) = watch.get_metric_statistics(Namespace="chaos", MetricName="m", StartTime=self.time - 60, EndTime=self.time + 120, Period=3600, Statistics=["Sum"])["Datapoints"]
            # What was cut off is there or not.
            self.assertGreaterEqual(point["Sum"], self.acknowledged)
            self.assertLessEqual(point["Sum"], self.begun)
            told = self.messages(sqs)
            reasons = {json.loads(message["Message"])["NewStateReason"] for message in told}
            figure(f"{self.acknowledged} values, {len(self.changes)} changes of state, {len(told)} messages")
            # The same state again is no change: where one was cut off after all, its follower may be none.
            missing = [change for change in self.changes if change[1] not in reasons]
            self.assertLessEqual(len(missing), KILLS, missing)
            published = {}
            for message in told:
                published.setdefault(json.loads(message["Message"])["NewStateReason"], set()).add(message["MessageId"])
            self.assertEqual({reason: ids for reason, ids in published.items() if len(ids) > 1}, {})
            self.assertGreater(self.acknowledged, KILLS)
            self.assertGreater(len(told), KILLS)

    def messages(self, sqs):
        url, told, quiet = sqs.get_queue_url(QueueName="told")["QueueUrl"], [], 0
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and quiet < 4:
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=2).get("Messages", [])
            quiet = 0 if messages else quiet + 1
            for message in messages:
                told.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return told

    def set_up(self):
        sns, sqs, watch = (self.server.client(name) for name in ("sns", "sqs", "cloudwatch"))
        account = self.server.client("sts").get_caller_identity()["Account"]
        arn = f"arn:aws:sqs:us-east-1:{account}:told"
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}]}
        sqs.create_queue(QueueName="told", Attributes={"Policy": json.dumps(policy)})
        topic = f"arn:aws:sns:us-east-1:{account}:alarms"
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        # A day's period: the metric has nothing to say meanwhile.
        watch.put_metric_alarm(AlarmName="drill", Namespace="chaos", MetricName="none", Statistic="Sum", Period=86400, EvaluationPeriods=1, Threshold=1,
                               ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore", AlarmActions=[topic], OKActions=[topic])
        self.time = int(time.time())


if __name__ == "__main__":
    unittest.main()
