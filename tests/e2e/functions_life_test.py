#!/usr/bin/python3
"""Functions of one's own through kills, stops and floods: what was acknowledged is run, and nothing runs on without its server."""

import json
import pathlib
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions  # noqa: E402
from support.case import SMALL_MODELS  # noqa: E402
from support.server import Server, eventually  # noqa: E402

WORD = "eyrie-life-test-grandchild"
# Tells of its beginning by an object, then waits as long as there is no object that lets it go.
PATIENT = f'''
import subprocess, time, boto3
s3 = boto3.client("s3")

def handler(event, context):
    subprocess.Popen(["/bin/sh", "-c", "(setsid /bin/sh -c 'sleep 600; : {WORD}' &)"])
    s3.put_object(Bucket="work", Key=f"begun/{{context.aws_request_id}}", Body=b"")
    while "Contents" not in s3.list_objects_v2(Bucket="work", Prefix="go"):
        time.sleep(0.05)
    s3.put_object(Bucket="work", Key=f"done/{{event['number']}}", Body=b"")
'''
COUNTER = '''
import json, boto3
s3 = boto3.client("s3")

def handler(event, context):
    for record in event["Records"]:
        key = record["s3"]["object"]["key"]
        s3.put_object(Bucket="work", Key="done/" + key.split("/")[1], Body=json.dumps(record).encode())
'''

# Tells of its beginning by an object, then takes longer than a stop does.
SLEEPER = '''
import time, boto3
s3 = boto3.client("s3")

def handler(event, context):
    s3.put_object(Bucket="work", Key=f"begun/{event['number']}/{time.time_ns()}", Body=b"")
    time.sleep(200)
'''

# Says what it does, leaves a child that does the same, and takes memory until it is stopped, each page of it in both of them.
RUNAWAY = f'''
import mmap, os, subprocess

def handler(event, context):
    subprocess.Popen(["/bin/sh", "-c", "(setsid /bin/sh -c 'sleep 600; : {WORD}' &)"])
    # One write: of two, the other's words may come between.
    print(("parent" if os.fork() else "child") + " runs away", end="")
    kept = []
    while True:
        kept.append(bytearray(b"x") * (1 << 20) if event == "own" else mmap.mmap(-1, 1 << 20))
        if event != "own": kept[-1].write(bytes(1 << 20))
'''


def runs(word):
    for process in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word in process.read_bytes().decode(errors="replace"):
                return True
        except OSError:
            continue
    return False


class FunctionsLifeTest(unittest.TestCase):
    config = SMALL_MODELS + "[functions]\nconcurrency = 3\n"

    def prepare(self, server, text):
        server.client("s3").create_bucket(Bucket="work")
        role = functions.make_role(server.client("iam"), "worker", functions.allow("s3:*"))
        made = server.client("lambda").create_function(FunctionName="worker", Runtime="python3.11", Role=role, Handler="app.handler", Timeout=120,
                                                       Code={"ZipFile": functions.python(text)})
        return made["FunctionArn"]

    @staticmethod
    def keys(server, prefix):
        return [entry["Key"] for entry in server.client("s3").list_objects_v2(Bucket="work", Prefix=prefix).get("Contents", [])]

    def leave(self, server):
        answer = server.client("lambda").invoke(FunctionName="worker", InvocationType="Event", Payload=json.dumps({"number": 7}))
        self.assertEqual(answer["StatusCode"], 202)
        return eventually(lambda: self.keys(server, "begun/"), "the function at work")

    def test_killed_in_the_middle(self):
        with Server(config=self.config) as server:
            self.prepare(server, PATIENT)
            self.leave(server)
            self.assertTrue(eventually(lambda: runs(WORD), "the grandchild"))
            server.kill()
            eventually(lambda: not runs(WORD), "the end of all its processes")
            server.start()
            # The event was acknowledged: it comes again.
            server.client("s3").put_object(Bucket="work", Key="go", Body=b"")
            eventually(lambda: self.keys(server, "done/") == ["done/7"], "the work")
            self.assertEqual(server.client("lambda").get_function(FunctionName="worker")["Configuration"]["State"], "Active")

    def test_stopped_in_the_middle(self):
        with Server(config=self.config) as server:
            self.prepare(server, PATIENT)
            self.leave(server)
            started = time.monotonic()
            self.assertEqual(server.stop(), 0)
            print(f"    stopped in {time.monotonic() - started:.1f} s", flush=True)
            eventually(lambda: not runs(WORD), "the end of all its processes")
            server.start()
            server.client("s3").put_object(Bucket="work", Key="go", Body=b"")
            eventually(lambda: self.keys(server, "done/") == ["done/7"], "the work")

    def test_stopped_while_a_caller_waits(self):
        """The caller has as long as any request; then it is told, or its connection ends, and the event beside it comes again."""
        with Server(config=self.config) as server:
            self.prepare(server, SLEEPER)
            server.client("lambda").update_function_configuration(FunctionName="worker", Timeout=300)
            told = []

            def call(client):
                try:
                    told.append(client.invoke(FunctionName="worker", Payload=json.dumps({"number": 1})))
                except Exception as error:
                    told.append(error)

            caller = threading.Thread(target=call, args=[server.client("lambda")], daemon=True)
            caller.start()
            server.client("lambda").invoke(FunctionName="worker", InvocationType="Event", Payload=json.dumps({"number": 2}))
            for number in (1, 2):
                eventually(lambda: self.keys(server, f"begun/{number}/"), "the function at work")
            self.assertEqual(server.stop(timeout=45), 0)
            caller.join(30)
            self.assertIsInstance(told[0], Exception, told)
            server.start()
            eventually(lambda: len(self.keys(server, "begun/2/")) == 2, "the event at work again")
            self.assertEqual(len(self.keys(server, "begun/1/")), 1)

    def test_runaway(self):
        """Memory of one's own or shared: killed with its children, its log is kept, and the next invocation finds room."""
        with Server(config=self.config) as server:
            self.prepare(server, RUNAWAY)
            for kind in ("own", "shared"):
                with self.subTest(kind):
                    answer = server.client("lambda").invoke(FunctionName="worker", Payload=json.dumps(kind))
                    self.assertEqual(json.loads(answer["Payload"].read())["errorType"], "Runtime.OutOfMemory")
                    eventually(lambda: not runs(WORD), "the end of all its processes")
                    log = (server.data / "functions" / "logs" / "worker.log").read_text()
                    request = log[log.index(f"START RequestId: {answer['ResponseMetadata']['RequestId']}"):]
                    self.assertIn("parent runs away", request)
                    self.assertIn("child runs away", request)
                    self.assertIn("Error: Runtime exited with error: signal: killed\n", request)
                    self.assertIn("\tStatus: error\tError Type: Runtime.OutOfMemory\n", request)
            self.assertEqual(server.get("/_eyrie/health")[0], 200)

    def test_more_events_than_it_may_run(self):
        with Server(config=self.config) as server:
            arn = self.prepare(server, COUNTER)
            server.client("lambda").add_permission(FunctionName="worker", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com",
                                                   SourceArn="arn:aws:s3:::work")
            server.client("lambda").put_function_concurrency(FunctionName="worker", ReservedConcurrentExecutions=2)
            s3 = server.client("s3")
            s3.put_bucket_notification_configuration(Bucket="work", NotificationConfiguration={"LambdaFunctionConfigurations": [
                {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:Put"], "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}}}]})
            for number in range(40):
                s3.put_object(Bucket="work", Key=f"in/{number}", Body=b"x" * number)
            eventually(lambda: len(self.keys(server, "done/")) == 40, "every event handled", timeout=200)
            record = json.loads(s3.get_object(Bucket="work", Key="done/39")["Body"].read())
            self.assertEqual((record["eventVersion"], record["eventName"], record["s3"]["object"]["size"]), ("2.1", "ObjectCreated:Put", 39))
            queue = eventually(lambda: (lambda q: q["ready"] == q["leased"] == q["delayed"] == 0 and q)(json.loads(server.get("/_eyrie/health")[1])["queue"]), "an empty queue")
            self.assertEqual(queue["dead"], 0)


if __name__ == "__main__":
    unittest.main()
