#!/usr/bin/python3
"""One trace from an upload to its record and what functions do: by request id in the console's API, in the log, in a function's environment, through kills, and in the picture's view."""

import json
import pathlib
import secrets
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions, paths  # noqa: E402
from support.browser import Browser  # noqa: E402
from support.case import SMALL_MODELS, ServerCase  # noqa: E402
from support.console import Console, add_user, owner  # noqa: E402
from support.pages import AXE, PASSWORD, WIDTHS, faults_by_axe, sign_in  # noqa: E402
from support.records import finished  # noqa: E402
from support.server import Server, eventually  # noqa: E402
from support.signing import raw_client  # noqa: E402

# Tells what it was told, and asks S3 for something itself: botocore hands the trace on.
TELLING = '''
import os, boto3
s3 = boto3.client("s3")

def handler(event, context):
    trace = os.environ["_X_AMZN_TRACE_ID"]
    s3.put_object(Bucket="work", Key="told/" + event.get("name", "event"), Body=trace.encode())
    return {"trace": trace, "request": context.aws_request_id}
'''


def parent():
    """(trace id, span id) of a client's own."""
    return secrets.token_hex(16), secrets.token_hex(8)


def traced_client(server, service, operation, **headers):
    """A client of boto3's whose calls of this operation carry these headers besides."""
    client = server.client(service)
    client.meta.events.register(f"before-call.{service}.{operation}", lambda params, **_: params["headers"].update({name.replace("_", "-"): value for name, value in headers.items()}))
    return client


def trace_of(console, request, **more):
    answer = console.request("GET", "trace?" + "&".join(f"{name}={value}" for name, value in ({"request_id": request} if request else more).items()))
    return answer.json["segments"] if answer.status == 200 else []


def xray(trace, span="", sampled=1):
    return f"Root=1-{trace[:8]}-{trace[8:]}" + (f";Parent={span}" if span else "") + f";Sampled={sampled}"


def root_of(header):
    """The trace's id out of X-Ray's header."""
    return header.split(";")[0].removeprefix("Root=1-").replace("-", "")


class TraceTest(ServerCase):
    config = SMALL_MODELS

    @classmethod
    def setUpClass(cls):
        paths.boto3()
        super().setUpClass()
        cls.owner = owner(cls.server)
        for name, role in (("ann", "admin"), ("bob", "analyst"), ("eve", "uploader")):
            add_user(cls.owner, name, role, PASSWORD)
        cls.cat = paths.sample("cat.png").read_bytes()
        cls.server.client("s3").create_bucket(Bucket="work")
        role = functions.make_role(cls.server.client("iam"), "telling", functions.allow("s3:*"))
        cls.telling = cls.server.client("lambda").create_function(FunctionName="telling", Runtime="python3.11", Role=role, Handler="app.handler", Timeout=60,
                                                                  Code={"ZipFile": functions.python(TELLING)})["FunctionArn"]

    def whole_trace(self, request, function="analyze-image"):
        """Once the function has been through."""
        def check():
            segments = trace_of(self.owner, request)
            return segments if any(segment["name"] == function and segment["kind"] == "function" for segment in segments) else None

        return eventually(check, f"the function in the trace of {request}")

    def upload(self, key, **headers):
        answer = traced_client(self.server, "s3", "PutObject", **headers).put_object(Bucket="images", Key=key, Body=self.cat)
        return answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-request-id"]

    def test_from_an_upload_to_its_record(self):
        trace, span = parent()
        request = self.upload("uploads/traced.png", traceparent=f"00-{trace}-{span}-01")
        record = finished(self.raw, "uploads/traced.png")
        self.assertEqual((record["ProcessingStatus"], record["RequestID"], record["TraceID"]), ("COMPLETED", request, trace), record)
        segments = self.whole_trace(request)
        self.assertEqual([(segment["kind"], segment["name"]) for segment in segments], [("request", "s3:PutObject"), ("function", "analyze-image")])
        put, function = segments
        self.assertEqual({segment["trace_id"] for segment in segments}, {trace})
        self.assertEqual({segment["request_id"] for segment in segments}, {request})
        self.assertEqual((put["parent_id"], function["parent_id"]), (span, put["span_id"]))
        self.assertEqual((put["status"], put["assumed"], function["error"], function["attempt"]), (200, False, "", 1))
        self.assertIn("commit", [step["name"] for step in put["steps"]])
        steps = {step["name"]: step for step in function["steps"]}
        for name in ("open", "pending", "fetch", "decode", "recognize", "labels", "properties", "moderation", "text", "faces", "result", "record", "alerts", "tag"):
            self.assertIn(name, steps)
            self.assertFalse(steps[name]["failed"], name)
            self.assertGreaterEqual(steps[name]["duration_ms"], 0, name)
            self.assertLessEqual(steps[name]["start_ms"] + steps[name]["duration_ms"], function["duration_ms"] + 1, name)
        for before, after in (("fetch", "decode"), ("decode", "recognize"), ("recognize", "record"), ("record", "tag")):
            self.assertLessEqual(steps[before]["start_ms"] + steps[before]["duration_ms"], steps[after]["start_ms"] + 0.01, (before, after))
        for part in ("labels", "text", "faces"):
            self.assertEqual(steps[part]["depth"], steps["recognize"]["depth"] + 1)
            self.assertGreaterEqual(steps[part]["start_ms"], steps["recognize"]["start_ms"])
        # What was the longest of them is most of it: the times are real.
        self.assertGreater(steps["recognize"]["duration_ms"], function["duration_ms"] / 4)
        self.assertEqual(trace_of(self.owner, None, trace_id=trace), segments)
        self.assertEqual(trace_of(self.owner, None, picture=record["ImageID"]), segments)

    def test_the_log_tells_it_too(self):
        trace, span = parent()
        request = self.upload("uploads/logged.png", traceparent=f"00-{trace}-{span}-01")
        self.whole_trace(request)
        eventually(lambda: sum(trace in line for line in self.server.log_lines()) >= 2, "lines of the trace")
        lines = [json.loads(line) for line in self.server.log_lines() if trace in line]
        self.assertEqual({line["request"] for line in lines}, {request})
        self.assertEqual({line["trace"] for line in lines}, {trace})
        self.assertLessEqual({"request", "image analyzed"}, {line["message"] for line in lines})

    def test_without_a_client_that_names_one_it_begins_here(self):
        for key, headers in (("begun", {}), ("malformed", {"traceparent": "00-" + "0" * 32 + "-" + "1" * 16 + "-01"}), ("wrong", {"X_Amzn_Trace_Id": "Root=1"})):
            request = self.upload(f"uploads/{key}.png", **headers)
            put, function = self.whole_trace(request)
            self.assertEqual((put["parent_id"], function["parent_id"]), ("", put["span_id"]))
            self.assertNotEqual(put["trace_id"], "0" * 32)
            self.assertEqual(finished(self.raw, f"uploads/{key}.png")["TraceID"], put["trace_id"])

    def test_many_uploads_of_one_trace_are_told_apart(self):
        trace, span = parent()
        requests = [self.upload(f"uploads/together-{i}.png", traceparent=f"00-{trace}-{span}-01") for i in range(3)]
        for request in requests:
            self.assertEqual({segment["request_id"] for segment in self.whole_trace(request)}, {request})
        self.assertEqual({segment["request_id"] for segment in trace_of(self.owner, None, trace_id=trace)}, set(requests))

    def test_a_picture_that_is_none_says_where_it_failed(self):
        answer = self.server.client("s3").put_object(Bucket="images", Key="uploads/none.png", Body=b"no picture")
        _, function = self.whole_trace(answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-request-id"])
        self.assertEqual([step["name"] for step in function["steps"] if step["failed"]], ["decode"])

    def test_a_function_gets_it_and_hands_it_on(self):
        trace, span = parent()
        for sampled in (1, 0):
            client = traced_client(self.server, "lambda", "Invoke", X_Amzn_Trace_Id=xray(trace, span, sampled))
            answer = client.invoke(FunctionName="telling", Payload=json.dumps({"name": f"asked-{sampled}"}))
            headers = answer["ResponseMetadata"]["HTTPHeaders"]
            told = json.loads(answer["Payload"].read())
            self.assertNotIn("FunctionError", answer, told)
            self.assertEqual((root_of(headers["x-amzn-trace-id"]), root_of(told["trace"])), (trace, trace))
            self.assertIn(f";Sampled={sampled};Lineage=", told["trace"])
            self.assertEqual(told["request"], headers["x-amzn-requestid"])
            segments = trace_of(self.owner, told["request"])
            found = {segment["name"]: segment for segment in segments}
            # What a client would not have kept, the function's calls are of no weight to; its invocation always is.
            self.assertEqual(sorted(found), ["lambda:Invoke", "s3:PutObject", "telling"] if sampled else ["lambda:Invoke", "telling"])
            self.assertEqual((found["lambda:Invoke"]["parent_id"], found["telling"]["parent_id"]), (span, found["lambda:Invoke"]["span_id"]))
            self.assertIn(f";Parent={found['telling']['span_id']};", told["trace"])
            self.assertIn("handler", [step["name"] for step in found["telling"]["steps"]])
            if sampled:
                self.assertEqual((found["s3:PutObject"]["trace_id"], found["s3:PutObject"]["parent_id"]), (trace, found["telling"]["span_id"]))

    def test_an_event_for_a_function_carries_it(self):
        s3, awslambda = self.server.client("s3"), self.server.client("lambda")
        awslambda.add_permission(FunctionName="telling", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::work")
        rule = {"LambdaFunctionArn": self.telling, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}}}
        s3.put_bucket_notification_configuration(Bucket="work", NotificationConfiguration={"LambdaFunctionConfigurations": [rule]})
        trace, span = parent()
        client = traced_client(self.server, "s3", "PutObject", X_Amzn_Trace_Id=xray(trace))
        request = client.put_object(Bucket="work", Key="in/a", Body=b"a")["ResponseMetadata"]["HTTPHeaders"]["x-amz-request-id"]
        self.whole_trace(request, "telling")
        self.assertEqual(root_of(s3.get_object(Bucket="work", Key="told/event")["Body"].read().decode()), trace)
        names = eventually(lambda: len(found := trace_of(self.owner, request)) == 3 and [segment["name"] for segment in found], "the function's own upload in it")
        self.assertEqual(sorted(names), ["s3:PutObject", "s3:PutObject", "telling"])
        # Left for later by Invoke.
        client = traced_client(self.server, "lambda", "Invoke", traceparent=f"00-{trace}-{span}-01")
        answer = client.invoke(FunctionName="telling", InvocationType="Event", Payload=json.dumps({"name": "later"}))
        request = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
        self.assertEqual(root_of(answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-trace-id"]), trace)
        segments = self.whole_trace(request, "telling")
        self.assertEqual({segment["trace_id"] for segment in segments}, {trace})
        self.assertEqual(root_of(s3.get_object(Bucket="work", Key="told/later")["Body"].read().decode()), trace)

    def test_an_alert_carries_it_through_its_topic(self):
        sns, sqs, awslambda = (self.server.client(name) for name in ("sns", "sqs", "lambda"))
        topic = sns.create_topic(Name="detections")["TopicArn"]
        queue = sqs.create_queue(QueueName="alerted", Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]})})["QueueUrl"]
        awslambda.add_permission(FunctionName="telling", StatementId="sns", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com", SourceArn=topic)
        for protocol, endpoint in (("sqs", "arn:aws:sqs:us-east-1:000000000000:alerted"), ("lambda", self.telling)):
            subscription = sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, ReturnSubscriptionArn=True)["SubscriptionArn"]
            self.addCleanup(sns.unsubscribe, SubscriptionArn=subscription)

        def received():
            messages = sqs.receive_message(QueueUrl=queue, AttributeNames=["AWSTraceHeader"], WaitTimeSeconds=1).get("Messages", [])
            for message in messages:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            return messages and messages[0]["Attributes"]["AWSTraceHeader"]

        trace, span = parent()
        self.assertEqual(self.owner.request("PUT", "alerts/cats", {"when": {"label": "animal"}, "threshold": 50}).status, 200)
        self.addCleanup(self.owner.request, "DELETE", "alerts/cats")
        request = self.upload("uploads/alerted.png", traceparent=f"00-{trace}-{span}-01")
        analysis = next(segment for segment in self.whole_trace(request) if segment["name"] == "analyze-image")
        self.assertEqual(eventually(received, "the alert"), xray(trace, analysis["span_id"]))

        def told():
            return [segment for segment in trace_of(self.owner, None, trace_id=trace) if segment["name"] == "telling"]

        segment, = eventually(told, "the function that was alerted")
        self.assertEqual(segment["parent_id"], analysis["span_id"])
        # What a client publishes does likewise.
        trace, span = parent()
        traced_client(self.server, "sns", "Publish", traceparent=f"00-{trace}-{span}-01").publish(TopicArn=topic, Message="hello")
        self.assertEqual(root_of(eventually(received, "the message")), trace)
        eventually(told, "the function that was told")

    def test_who_may_see_it(self):
        request = self.upload("uploads/seen.png")
        self.whole_trace(request)
        consoles = {}
        for name in ("bob", "eve"):
            consoles[name] = Console(self.server)
            self.assertEqual(consoles[name].sign_in(name, PASSWORD).status, 200)
        self.assertEqual(len(trace_of(consoles["bob"], request)), 2)
        self.assertEqual(consoles["eve"].request("GET", f"trace?request_id={request}").code, "AccessDenied")
        self.assertEqual(Console(self.server).request("GET", f"trace?request_id={request}").code, "NotSignedIn")
        self.assertEqual(consoles["bob"].request("GET", "trace?request_id=nobody").code, "NotFound")

    def test_the_picture_shows_it(self):
        request = self.upload("uploads/shown.png")
        record = finished(self.raw, "uploads/shown.png")
        segments = self.whole_trace(request)
        with Browser() as browser:
            browser.view(*WIDTHS["desktop"])
            sign_in(browser, self.server, "ann")
            browser.run(f"location.hash = '#/picture/{record['ImageID']}'")
            eventually(lambda: browser.has("eyrie-trace"), "the picture")
            self.assertFalse(browser.has(".waterfall"), "nobody has opened it")
            browser.run("document.querySelector('eyrie-trace').closest('details').querySelector('summary').click()")
            rows = eventually(lambda: browser.run("return [...document.querySelectorAll('.waterfall tbody tr')].map((row) => [row.className, row.querySelector('th > span').textContent,"
                                                  " row.querySelector('td').textContent, row.querySelector('i').getBoundingClientRect().width])"), "the steps")
            self.assertGreaterEqual(len(rows), sum(1 + len(segment["steps"]) for segment in segments))
            names = [name.strip() for _, name, _, _ in rows]
            self.assertEqual(names[0], "s3:PutObject 200")
            for name in ("analyze-image", "decoded", "recognized", "labels", "text", "record written", "tagged"):
                self.assertIn(name, names)
            for kind, name, time, width in rows:
                self.assertRegex(time, r"^[\d.,]+ m?s$", name)
                self.assertGreater(width, 0, name)
            widths = {name: width for (_, _, _, width), name in zip(rows, names)}
            self.assertGreater(widths["recognized"], widths["tagged"])
            text = browser.run("return document.querySelector('.waterfall').parentElement.textContent")
            self.assertIn(request, text)
            self.assertIn(segments[0]["trace_id"], text)
            if AXE.exists():
                self.assertEqual(faults_by_axe(browser, "picture with its trace"), [])
            browser.view(*WIDTHS["phone"])
            self.assertLessEqual(browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0)
            self.assertEqual(browser.complaints(), [], "among them what the policy forbids")


class KilledTest(unittest.TestCase):
    """kill -9 between an upload and its analysis."""

    def test_the_trace_goes_on(self):
        paths.boto3()
        with Server(config=SMALL_MODELS) as server:
            trace, span = parent()
            client = traced_client(server, "s3", "PutObject", traceparent=f"00-{trace}-{span}-01")
            body = paths.sample("cat.png").read_bytes()
            # Models are still being loaded: none of these is through.
            requests = [client.put_object(Bucket="images", Key=f"uploads/killed-{i}.png", Body=body)["ResponseMetadata"]["HTTPHeaders"]["x-amz-request-id"] for i in range(3)]
            server.kill()
            server.start()
            console, raw = owner(server), raw_client(server)
            self.addCleanup(raw.close)
            for i, request in enumerate(requests):
                record = finished(raw, f"uploads/killed-{i}.png")
                self.assertEqual((record["ProcessingStatus"], record["TraceID"], record["RequestID"]), ("COMPLETED", trace, request))
                segments = eventually(lambda wanted=request: len(found := trace_of(console, wanted)) >= 2 and found, "the trace")
                self.assertEqual({segment["trace_id"] for segment in segments}, {trace})
                put, *functions_at_work = segments
                self.assertEqual((put["kind"], put["name"], put["parent_id"]), ("request", "s3:PutObject", span))
                self.assertEqual({(segment["name"], segment["parent_id"]) for segment in functions_at_work}, {("analyze-image", put["span_id"])})
                self.assertGreater(functions_at_work[-1]["waited_ms"], 0)

    def test_what_was_stopped_in_order_is_all_there(self):
        paths.boto3()
        with Server(config=SMALL_MODELS) as server:
            trace, span = parent()
            client = traced_client(server, "s3", "ListObjectsV2", traceparent=f"00-{trace}-{span}-01")
            client.list_objects_v2(Bucket="images")
            server.stop()
            server.start()
            segment, = trace_of(owner(server), None, trace_id=trace)
            self.assertEqual((segment["name"], segment["parent_id"], segment["assumed"]), ("s3:ListObjectsV2", span, False))


if __name__ == "__main__":
    unittest.main()
