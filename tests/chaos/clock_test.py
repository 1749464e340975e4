#!/usr/bin/python3
"""A clock that jumps: what was acknowledged is whole, what waits for a time comes at its time, and nothing goes for its age."""

import json
import pathlib
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions, paths  # noqa: E402
from support.case import SMALL_MODELS, figure  # noqa: E402
from support.faults import Faults  # noqa: E402
from support.queues import queue_for_s3  # noqa: E402
from support.receivers import Hook, retries  # noqa: E402
from support.server import Server, eventually, run_eyrie  # noqa: E402
from support.signing import raw_client  # noqa: E402

DAY = 86400
RETRY = 6          # seconds, of functions; the endpoint's retries and the queue's delay are as long
TIDIES = 60        # seconds between two looks for messages that are over
PATIENCE = 30
# Fails once for each event, and tells the endpoint of both tries.
TWICE = '''
import json, urllib.request
tried = set()

def handler(event, context):
    again = event in tried
    tried.add(event)
    urllib.request.urlopen(urllib.request.Request("{url}function", data=json.dumps([event, again]).encode()), timeout=10).read()
    if not again: raise RuntimeError("once")
'''


class ClockTest(unittest.TestCase):
    def setUp(self):
        paths.boto3()
        self.hook = Hook()
        self.hook.__enter__()
        self.addCleanup(self.hook.close)
        self.faults = Faults()
        self.addCleanup(self.faults.__exit__)
        self.server = Server(config=SMALL_MODELS + f"[functions]\nretry_seconds = [{RETRY}, {RETRY}]\n")
        self.server._environment.update(self.faults.environment(self.server.data))
        self.addCleanup(self.server.close)
        self.server.start()
        self.raw = raw_client(self.server)
        sqs, s3 = self.server.client("sqs"), self.server.client("s3")
        s3.create_bucket(Bucket="jumpy")
        self.queue, arn = queue_for_s3(sqs, "events")
        self.kept = sqs.create_queue(QueueName="kept")["QueueUrl"]
        s3.put_bucket_notification_configuration(Bucket="jumpy", NotificationConfiguration={"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]})

    def jump(self, ahead):
        self.faults.set_clock(ahead)
        self.raw.ahead_s = ahead

    def call(self, service, operation, members):
        answer = self.raw.call(service, operation, members)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def receive(self, queue):
        return [message["Body"] for message in self.call("sqs", "ReceiveMessage", {"QueueUrl": queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1}).get("Messages", [])]

    def told_of(self, keys):
        """The sequencers by key, once all of these were told of."""
        told, deadline = {}, time.monotonic() + 60
        while not keys <= set(told):
            self.assertLess(time.monotonic(), deadline, f"not told of {keys - set(told)}")
            for body in self.receive(self.queue):
                for record in json.loads(body).get("Records", []):
                    told[record["s3"]["object"]["key"]] = record["s3"]["object"]["sequencer"]
        return told

    def test_objects(self):
        sequencers = []
        for number, ahead in enumerate((10 * DAY, -10 * DAY, 3600, 0, -400 * DAY, 0)):
            with self.subTest(ahead=ahead):
                self.jump(ahead)
                for key in ("again", f"jump-{number}"):
                    answer = self.raw.put_object("jumpy", key, f"{number}".encode())
                    self.assertEqual(answer.status, 200, answer.body)
                self.assertEqual(self.raw.get_object("jumpy", "again").body, f"{number}".encode())
        # All at the end: none of them is too old, or of the future.
        told = self.told_of({"again"} | {f"jump-{number}" for number in range(6)})
        sequencers = [told[f"jump-{number}"] for number in range(6)]
        self.assertEqual(sequencers, sorted(set(sequencers)), "later versions have later sequencers, whatever the clock says")
        self.server.kill()
        self.assertEqual(run_eyrie("fsck", "--data", self.server.data).returncode, 0)
        self.server.start()
        self.assertEqual(raw_client(self.server).get_object("jumpy", "again").body, b"5")

    # --- what waits ---

    def deploy(self):
        lambda_, sns = self.server.client("lambda"), self.server.client("sns")
        lambda_.create_function(FunctionName="twice", Runtime="python3.11", Role=functions.make_role(self.server.client("iam"), "twice"), Handler="app.handler", Timeout=30,
                                Code={"ZipFile": functions.python(TWICE.format(url=self.hook.url))})
        lambda_.put_function_concurrency(FunctionName="twice", ReservedConcurrentExecutions=1)  # one sandbox, which remembers
        self.topic = sns.create_topic(Name="jumpy")["TopicArn"]
        self.hook.subscribe(sns, self.topic, Attributes={"DeliveryPolicy": retries(RETRY, 20)})

    def begin(self, name):
        """One of each that waits: a message that is delayed, one whose endpoint refuses it first, an event that fails first."""
        self.hook.answer = 500
        self.call("sqs", "SendMessage", {"QueueUrl": self.queue, "MessageBody": name, "DelaySeconds": RETRY})
        refused = self.hook.refused
        self.publish(name)
        eventually(lambda: self.hook.refused > refused, "a try that is refused")
        self.hook.answer = 200
        answer = self.raw.request("lambda", "POST", "/2015-03-31/functions/twice/invocations", headers={"X-Amz-Invocation-Type": "Event"}, body=json.dumps(name).encode())
        self.assertEqual(answer.status, 202, answer.body)
        eventually(lambda: self.tries(name), "the event's first try")

    def publish(self, text):
        form = urllib.parse.urlencode({"Action": "Publish", "Version": "2010-03-31", "TopicArn": self.topic, "Message": text})
        answer = self.raw.request("sns", "POST", "/", headers={"Content-Type": "application/x-www-form-urlencoded"}, body=form.encode())
        self.assertEqual(answer.status, 200, answer.body)

    def tries(self, name):
        return [one.json[1] for one in list(self.hook.received) if one.path == "/function" and one.json[0] == name]

    def end(self, name):
        """Each came at its time."""
        waiting, until = {"message", "notification", "event"}, time.monotonic() + PATIENCE
        began, came = time.monotonic(), {}
        while waiting - set(came) and time.monotonic() < until:
            if name in self.receive(self.queue):
                came["message"] = time.monotonic() - began
            if any(one.json["Message"] == name for one in self.hook.of("Notification")):
                came.setdefault("notification", time.monotonic() - began)
            if True in self.tries(name):
                came.setdefault("event", time.monotonic() - began)
        figure(f"{name}: {', '.join(f'{what} after {seconds:.0f} s' for what, seconds in came.items())}")
        self.assertEqual(waiting - set(came), set(), name)

    def test_what_waits(self):
        self.deploy()
        self.call("sqs", "SendMessage", {"QueueUrl": self.kept, "MessageBody": "from before"})
        self.begin("set back")
        self.jump(-DAY)
        self.end("set back")
        self.begin("begun behind")
        self.jump(0)
        self.end("begun behind")
        # So far ahead that a queue's messages would all be over, and for so long that they are looked for.
        jumped = time.monotonic()
        self.jump(10 * DAY)
        self.begin("begun ahead")
        self.jump(0)
        self.end("begun ahead")
        self.jump(10 * DAY)
        self.begin("restarted")
        time.sleep(max(0, jumped + TIDIES + 5 - time.monotonic()))
        self.jump(0)
        self.server.kill()
        self.server.start()
        self.raw = raw_client(self.server)
        self.queue, self.kept = (url.replace(url.split("/")[2], self.server.endpoint.split("/")[2]) for url in (self.queue, self.kept))
        self.end("restarted")
        self.assertEqual(self.receive(self.kept), ["from before"])


if __name__ == "__main__":
    unittest.main()
