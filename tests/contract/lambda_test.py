#!/usr/bin/python3
"""AWS Lambda by boto3 and by raw requests that are held against the service description."""

import base64
import io
import json
import pathlib
import sys
import threading
import time
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions, paths  # noqa: E402
from support.identities import IdentityCase, allow  # noqa: E402
from support.rest_shapes import RestShapes  # noqa: E402

ECHO = "def handler(event, context):\n    print('got', event)\n    return event\n"
VERSIONED = "import os\ndef handler(event, context): return [os.environ['AWS_LAMBDA_FUNCTION_VERSION'], {!r}]\n"
API = "/2015-03-31/functions"


class LambdaCase(IdentityCase):
    config = "[functions]\nconcurrency = 12\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lambda_ = cls.client("lambda")
        cls.shapes = RestShapes("lambda")
        cls.role_name = cls.name()
        cls.role = functions.make_role(cls.iam, cls.role_name, allow("s3:ListAllMyBuckets"), settle=15 if cls.endpoint is None else 0)
        cls.addClassCleanup(functions.remove_role, cls.iam, cls.role_name)

    def make(self, text=ECHO, **options):
        """A new function's name, once it can be invoked."""
        name = self.name()
        settings = {"FunctionName": name, "Runtime": "python3.11", "Role": self.role, "Handler": "app.handler", "Timeout": 30,
                    "Code": {"ZipFile": functions.python(text)}, **options}
        self.lambda_.create_function(**settings)
        self.addCleanup(self._quietly, self.lambda_.delete_function, FunctionName=name)
        self.settled(name)
        return name

    def settled(self, name):
        while self.lambda_.get_function_configuration(FunctionName=name).get("LastUpdateStatus") == "InProgress":
            time.sleep(1)

    def invoke(self, name, payload=None, **options):
        answer = self.lambda_.invoke(FunctionName=name, Payload=json.dumps(payload).encode(), **options)
        return answer, json.loads(answer["Payload"].read() or b"null")

    def call(self, operation, method, path, status, body=None, query=()):
        """A raw call whose answer is held against the description; its document."""
        if self.wire is None:
            self.skipTest("raw calls are not made against AWS")
        sent = json.dumps(body).encode() if body is not None else b""
        answer = self.wire.request("lambda", method, path, query=query, body=sent, headers={"content-type": "application/json"} if sent else {})
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(self.shapes.of_answer(operation, answer), [], answer.body)
        return json.loads(answer.body) if answer.body else None


class FunctionTest(LambdaCase):
    def test_life(self):
        name = self.name()
        zipped = functions.python(ECHO)
        made = self.lambda_.create_function(FunctionName=name, Runtime="python3.11", Role=self.role, Handler="app.handler", MemorySize=256, Timeout=7,
                                            Description="of a test", Environment={"Variables": {"COLOUR": "red"}}, Tags={"a": "b"},
                                            Code={"ZipFile": zipped})
        self.addCleanup(self._quietly, self.lambda_.delete_function, FunctionName=name)
        arn = f"arn:aws:lambda:us-east-1:{self.account}:function:{name}"
        self.assertEqual((made["FunctionArn"], made["Version"], made["CodeSize"], made["MemorySize"], made["Timeout"]), (arn, "$LATEST", len(zipped), 256, 7))
        self.settled(name)
        got = self.lambda_.get_function(FunctionName=arn)
        self.assertEqual(got["Configuration"]["CodeSha256"], made["CodeSha256"])
        self.assertEqual(got["Tags"], {"a": "b"})
        self.assertEqual(got["Configuration"]["State"], "Active")
        listed = [entry["FunctionName"] for page in self.lambda_.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1}) for entry in page["Functions"]]
        self.assertIn(name, listed)
        changed = self.lambda_.update_function_configuration(FunctionName=name, Timeout=9, Environment={"Variables": {}})
        self.assertEqual((changed["Timeout"], changed["MemorySize"], changed["Description"]), (9, 256, "of a test"))
        self.assertNotIn("Environment", changed)
        self.settled(name)
        updated = self.lambda_.update_function_code(FunctionName=name, ZipFile=functions.python("def handler(event, context): return 'new'\n"))
        self.assertNotEqual(updated["CodeSha256"], made["CodeSha256"])
        self.settled(name)
        self.assertEqual(self.invoke(name)[1], "new")
        self.refused("PreconditionFailedException", self.lambda_.update_function_configuration, FunctionName=name, Timeout=3, RevisionId="other", status=412)
        self.lambda_.delete_function(FunctionName=name)
        for call in (self.lambda_.get_function, self.lambda_.invoke, self.lambda_.delete_function, self.lambda_.get_policy):
            self.refused("ResourceNotFoundException", call, FunctionName=name, status=404)

    def test_deleting_between_pages(self):
        """A page begins behind the last entry of the one before, whatever has gone since."""
        name = self.make()
        version = self.lambda_.publish_version(FunctionName=name)["Version"]
        aliases, gone = [f"a{index}" for index in range(6)], []
        for alias in aliases:
            self.lambda_.create_alias(FunctionName=name, Name=alias, FunctionVersion=version)
        for page in self.lambda_.get_paginator("list_aliases").paginate(FunctionName=name, PaginationConfig={"PageSize": 2}):
            for alias in page["Aliases"]:
                self.lambda_.delete_alias(FunctionName=name, Name=alias["Name"])
                gone.append(alias["Name"])
        self.assertEqual(gone, aliases)
        pages = self.lambda_.get_paginator("list_functions").paginate(FunctionVersion="ALL", PaginationConfig={"PageSize": 1})
        listed = [(entry["FunctionName"], entry["Version"]) for page in pages for entry in page["Functions"]]
        self.assertEqual([entry for entry in listed if entry[0] == name], [(name, "$LATEST"), (name, version)])
        self.assertEqual(len(listed), len(set(listed)))
        self.refused("InvalidParameterValueException", self.lambda_.list_functions, Marker="Mg==", status=400)

    def test_shapes(self):
        paths.need_current_description("lambda")
        name = self.name()
        self.addCleanup(self._quietly, self.lambda_.delete_function, FunctionName=name)
        request = {"FunctionName": name, "Runtime": "python3.12", "Role": self.role, "Handler": "app.handler", "Environment": {"Variables": {"AB": "c"}},
                   "Code": {"ZipFile": base64.b64encode(functions.python(ECHO)).decode()}, "Publish": True}
        at = f"{API}/{name}"
        self.assertEqual(self.call("CreateFunction", "POST", API, 201, request)["Version"], "1")
        self.call("CreateFunction", "POST", API, 409, request)
        self.call("CreateFunction", "POST", API, 400, {**request, "FunctionName": name + "2", "Code": {"ZipFile": "bm8gemlw"}})
        self.call("CreateFunction", "POST", API, 400, {**request, "MemorySize": 5})
        self.call("GetFunction", "GET", at, 200)
        self.call("GetFunctionConfiguration", "GET", at + "/configuration", 200, query=[("Qualifier", "1")])
        self.call("GetFunctionConfiguration", "GET", at + "/configuration", 404, query=[("Qualifier", "2")])
        self.call("ListFunctions", "GET", API, 200)
        self.call("ListFunctions", "GET", API + "/", 200, query=[("FunctionVersion", "ALL"), ("MaxItems", "2")])
        self.call("UpdateFunctionConfiguration", "PUT", at + "/configuration", 200, {"MemorySize": 200, "EphemeralStorage": {"Size": 600}})
        self.call("UpdateFunctionCode", "PUT", at + "/code", 200, {"ZipFile": base64.b64encode(functions.python("def handler(e, c): pass\n")).decode()})
        self.assertEqual(self.call("PublishVersion", "POST", at + "/versions", 201, {"Description": "second"})["Version"], "2")
        self.assertEqual(len(self.call("ListVersionsByFunction", "GET", at + "/versions", 200)["Versions"]), 3)
        self.call("CreateAlias", "POST", at + "/aliases", 201, {"Name": "live", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.25}}})
        self.call("CreateAlias", "POST", at + "/aliases", 409, {"Name": "live", "FunctionVersion": "1"})
        self.call("CreateAlias", "POST", at + "/aliases", 404, {"Name": "dead", "FunctionVersion": "9"})
        self.call("GetAlias", "GET", at + "/aliases/live", 200)
        self.call("UpdateAlias", "PUT", at + "/aliases/live", 200, {"FunctionVersion": "2", "RoutingConfig": {}})
        self.call("ListAliases", "GET", at + "/aliases", 200)
        self.call("DeleteFunction", "DELETE", at, 409, query=[("Qualifier", "2")])
        self.call("PutFunctionConcurrency", "PUT", f"/2017-10-31/functions/{name}/concurrency", 200, {"ReservedConcurrentExecutions": 2})
        self.call("GetFunctionConcurrency", "GET", f"/2019-09-30/functions/{name}/concurrency", 200)
        self.call("DeleteFunctionConcurrency", "DELETE", f"/2017-10-31/functions/{name}/concurrency", 204)
        config = f"/2019-09-25/functions/{name}/event-invoke-config"
        self.call("UpdateFunctionEventInvokeConfig", "POST", config, 404, {"MaximumRetryAttempts": 1})
        self.call("PutFunctionEventInvokeConfig", "PUT", config, 200, {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60})
        self.call("PutFunctionEventInvokeConfig", "PUT", config, 400, {"MaximumRetryAttempts": 3})
        self.call("UpdateFunctionEventInvokeConfig", "POST", config, 200, {"MaximumRetryAttempts": 0})
        self.call("GetFunctionEventInvokeConfig", "GET", config, 200)
        self.call("ListFunctionEventInvokeConfigs", "GET", config + "/list", 200)
        self.call("DeleteFunctionEventInvokeConfig", "DELETE", config, 204)
        self.call("AddPermission", "POST", at + "/policy", 201, {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::b"})
        self.call("AddPermission", "POST", at + "/policy", 409, {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"})
        self.call("GetPolicy", "GET", at + "/policy", 200)
        self.call("RemovePermission", "DELETE", at + "/policy/s", 204)
        self.call("RemovePermission", "DELETE", at + "/policy/s", 404)
        self.call("GetPolicy", "GET", at + "/policy", 404)
        self.call("GetAccountSettings", "GET", "/2016-08-19/account-settings", 200)
        self.call("Invoke", "POST", at + "/invocations", 200, {"x": 1})
        self.call("DeleteAlias", "DELETE", at + "/aliases/live", 204)
        self.call("DeleteFunction", "DELETE", at, 204, query=[("Qualifier", "2")])

    def test_tags(self):
        name = self.make(Tags={"one": "1"})
        arn = self.lambda_.get_function_configuration(FunctionName=name)["FunctionArn"]
        self.lambda_.tag_resource(Resource=arn, Tags={"two": "2", "three": "3"})
        self.lambda_.untag_resource(Resource=arn, TagKeys=["one", "two"])
        self.assertEqual(self.lambda_.list_tags(Resource=arn)["Tags"], {"three": "3"})
        self.refused("ResourceNotFoundException", self.lambda_.list_tags, Resource=arn + "x", status=404)

    def test_code_in_s3(self):
        bucket = self.make_bucket()
        self.client("s3").put_object(Bucket=bucket, Key="code.zip", Body=functions.python(ECHO))
        name = self.make(Code={"S3Bucket": bucket, "S3Key": "code.zip"})
        self.assertEqual(self.invoke(name, [1])[1], [1])
        self.refused("InvalidParameterValueException", self.lambda_.update_function_code, FunctionName=name, S3Bucket=bucket, S3Key="nothing", status=400)

    def test_archives_that_are_refused(self):
        def zipped(*entries):
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w") as made:
                for entry, text in entries:
                    made.writestr(entry, text)
            return buffer.getvalue()

        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        for what, body in {"nothing": b"", "no zip": b"PK nonsense", "a path that leaves": zipped(("../app.py", "x")), "an absolute path": zipped(("/app.py", "x")),
                           "a link": zipped((link, "/etc/passwd")), "a file as a folder": zipped(("a", "x"), ("a/b", "x"))}.items():
            with self.subTest(what):
                self.refused("InvalidParameterValueException", self.lambda_.create_function, FunctionName=self.name(), Runtime="python3.11", Role=self.role,
                             Handler="app.handler", Code={"ZipFile": body}, status=400)

    def test_what_is_not_allowed(self):
        def create(code="InvalidParameterValueException", **options):
            settings = {"FunctionName": self.name(), "Runtime": "python3.11", "Role": self.role, "Handler": "app.handler", "Code": {"ZipFile": functions.python(ECHO)}, **options}
            return self.refused(code, self.lambda_.create_function, status=400, **settings)

        create(Runtime="python2.6")
        create(Role=self.role + "x")
        create(Environment={"Variables": {"AWS_REGION": "x"}})
        create(Environment={"Variables": {"LARGE": "x" * 4096}})
        create("ValidationException", Timeout=901)
        create("ValidationException", DeadLetterConfig={"TargetArn": "foo"})
        self.refused("AccessDeniedException", self.lambda_.create_function, status=403, FunctionName=self.name(), Runtime="python3.11", Handler="app.handler",
                     Role="arn:aws:iam::999999999999:role/other", Code={"ZipFile": functions.python(ECHO)})
        self.assertIn("NoSuchBucket", create(Code={"S3Bucket": self.name().lower(), "S3Key": "code.zip"})["Error"]["Message"])
        name = self.make()
        self.refused("ValidationException", self.lambda_.invoke, FunctionName=name, LogType="All", status=400)
        self.refused("ValidationException", self.lambda_.list_functions, FunctionVersion="SOME", status=400)
        nothing = self.refused("InvalidParameterValueException", self.lambda_.put_function_event_invoke_config, FunctionName=name, status=400)
        self.assertIn("at least one of error handling or destination setting", nothing["Error"]["Message"])
        self.refused("ValidationException", self.lambda_.put_function_event_invoke_config, FunctionName=name, DestinationConfig={"OnFailure": {"Destination": "foo"}}, status=400)
        only = self.lambda_.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=1)
        self.assertEqual(only["DestinationConfig"], {"OnSuccess": {}, "OnFailure": {}})
        create("ValidationException", FunctionName="with space")


class InvokeTest(LambdaCase):
    def test_answer_and_log(self):
        name = self.make()
        answer, payload = self.invoke(name, {"ü": [1, None]}, LogType="Tail")
        self.assertEqual((answer["StatusCode"], answer["ExecutedVersion"], payload), (200, "$LATEST", {"ü": [1, None]}))
        log = base64.b64decode(answer["LogResult"]).decode()
        request_id = answer["ResponseMetadata"]["RequestId"]
        for line in (f"START RequestId: {request_id} Version: $LATEST", "got {'ü': [1, None]}", f"END RequestId: {request_id}", f"REPORT RequestId: {request_id}\tDuration: "):
            self.assertIn(line, log)
        self.assertNotIn("LogResult", self.invoke(name, 1)[0])
        self.assertNotIn("FunctionError", answer)

    def test_logging(self):
        """The root logger's handler, as AWS's Python runtime installs it."""
        name = self.make("import logging\nlogger = logging.getLogger()\nlogger.setLevel(logging.INFO)\n"
                         "def handler(event, context):\n    logger.info('told %s', event)\n    logger.debug('not told')\n    return context.log_stream_name\n")
        answer, stream = self.invoke(name, 7, LogType="Tail")
        log = base64.b64decode(answer["LogResult"]).decode()
        request_id = answer["ResponseMetadata"]["RequestId"]
        self.assertRegex(log, rf"\[INFO\]\t\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{request_id}\ttold 7\n")
        self.assertNotIn("not told", log)
        self.assertRegex(stream, r"^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$")

    def test_errors(self):
        name = self.make("def handler(event, context): raise KeyError('gone')\n")
        answer, payload = self.invoke(name)
        self.assertEqual((answer["StatusCode"], answer["FunctionError"]), (200, "Unhandled"))
        self.assertEqual((payload["errorType"], payload["errorMessage"]), ("KeyError", "'gone'"))
        self.assertIn("in handler", "".join(payload["stackTrace"]))
        self.refused("InvalidRequestContentException", self.lambda_.invoke, FunctionName=name, Payload=b"{", status=400)
        self.refused("ResourceNotFoundException", self.lambda_.invoke, FunctionName=name, Qualifier="7", status=404)

    def test_context(self):
        name = self.make("def handler(event, context):\n    told = context.client_context\n    return [context.identity.cognito_identity_id, context.identity.cognito_identity_pool_id,\n"
                         "            told and [told.custom, told.env, told.client.app_title, told.client.installation_id]]\n")
        self.assertEqual(self.invoke(name)[1], [None, None, None])
        context = base64.b64encode(json.dumps({"custom": {"a": "b"}, "client": {"app_title": "t"}}).encode()).decode()
        self.assertEqual(self.invoke(name, ClientContext=context)[1], [None, None, [{"a": "b"}, None, "t", None]])

    def test_timeout(self):
        name = self.make("import time\ndef handler(event, context): time.sleep(60)\n", Timeout=1)
        answer, payload = self.invoke(name)
        self.assertEqual(answer["FunctionError"], "Unhandled")
        self.assertIn("Task timed out after 1.00 seconds", payload["errorMessage"])

    def test_endings_in_the_log(self):
        name = self.make("import os, time\ndef handler(event, context):\n    print('said', end='')\n    if event == 'exit': os._exit(3)\n"
                         "    if event == 'memory': kept = [bytearray(b'x') * (8 << 20) for _ in range(100)]\n    time.sleep(60)\n", Timeout=5)
        for event, kind, last in (("exit", "Runtime.ExitError", "exit status 3"), ("memory", "Runtime.OutOfMemory", "signal: killed"), ("time", "Sandbox.Timedout", None)):
            answer, payload = self.invoke(name, event, LogType="Tail")
            log = base64.b64decode(answer["LogResult"]).decode()
            self.assertEqual(payload["errorType"], kind)
            self.assertIn("said", log)
            request_id = answer["ResponseMetadata"]["RequestId"]
            if last:
                self.assertIn(f"RequestId: {request_id} Error: Runtime exited with error: {last}\n{kind}\n", log)
                self.assertIn(f"\tStatus: error\tError Type: {kind}", log)
            else:
                self.assertIn(f"{request_id} Task timed out after 5.00 seconds", log)
                self.assertIn("\tStatus: timeout", log)

    def test_dry_run_and_event(self):
        bucket = self.make_bucket()
        name = self.make("import boto3\ndef handler(event, context): return [b['Name'] for b in boto3.client('s3').list_buckets()['Buckets']]\n")
        self.assertEqual(self.invoke(name, InvocationType="DryRun")[0]["StatusCode"], 204)
        self.assertEqual(self.invoke(name, InvocationType="Event")[0]["StatusCode"], 202)
        # As its role: what that may not is denied.
        self.assertIn(bucket, self.invoke(name)[1])
        other = self.make("import boto3\ndef handler(event, context): return boto3.client('s3').create_bucket(Bucket='x' * 20)\n")
        answer, payload = self.invoke(other)
        self.assertEqual((answer["FunctionError"], payload["errorType"]), ("Unhandled", "ClientError"))
        self.assertIn("AccessDenied", payload["errorMessage"])
        identity = self.make("import boto3\ndef handler(event, context): return boto3.client('sts').get_caller_identity()['Arn']\n")
        self.assertEqual(self.invoke(identity)[1], f"arn:aws:sts::{self.account}:assumed-role/{self.role_name}/{identity}")

    def test_executables(self):
        bootstrap = """#!/bin/sh
while true; do
  curl -sS -D /tmp/head -o /tmp/event "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next"
  id=$(sed -n 's/^Lambda-Runtime-Aws-Request-Id: *\\([^\\r]*\\).*/\\1/ip' /tmp/head)
  curl -sS -o /dev/null --data-binary "{\\"handler\\": \\"$_HANDLER\\", \\"event\\": $(cat /tmp/event)}" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response"
done
"""
        name = self.make(Runtime="provided.al2023", Handler="any", Code={"ZipFile": functions.archive({"bootstrap": bootstrap})})
        self.assertEqual(self.invoke(name, {"a": 1})[1], {"handler": "any", "event": {"a": 1}})

    def test_concurrency(self):
        name = self.make("import time\ndef handler(event, context):\n    time.sleep(event)\n    return 1\n")
        self.lambda_.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
        refused = self.refused("TooManyRequestsException", self.lambda_.invoke, FunctionName=name, Payload=b"0", status=429)
        self.assertEqual(refused["Reason"], "ReservedFunctionConcurrentInvocationLimitExceeded")
        self.assertEqual(self.lambda_.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"], 0)
        self.lambda_.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
        answers = set()

        def hold():
            client = self.client("lambda")
            while True:  # the others below may be quicker
                try:
                    return client.invoke(FunctionName=name, Payload=b"5")
                except client.exceptions.TooManyRequestsException:
                    time.sleep(0.05)

        caller = threading.Thread(target=hold)
        caller.start()
        while caller.is_alive() and not answers:
            try:
                self.lambda_.invoke(FunctionName=name, Payload=b"0")
                time.sleep(0.3)
            except self.lambda_.exceptions.TooManyRequestsException as error:
                answers.add(error.response["Reason"])
        caller.join()
        self.assertEqual(answers, {"ReservedFunctionConcurrentInvocationLimitExceeded"})
        self.lambda_.delete_function_concurrency(FunctionName=name)
        self.assertNotIn("ReservedConcurrentExecutions", self.lambda_.get_function_concurrency(FunctionName=name))
        self.refused("InvalidParameterValueException", self.lambda_.put_function_concurrency, FunctionName=name, ReservedConcurrentExecutions=100000, status=400)


class VersionTest(LambdaCase):
    def test_versions_and_weights(self):
        name = self.make(VERSIONED.format("a"))
        first = self.lambda_.publish_version(FunctionName=name, Description="first")
        self.assertEqual((first["Version"], first["Description"]), ("1", "first"))
        self.assertEqual(self.lambda_.publish_version(FunctionName=name)["Version"], "1")  # nothing has changed
        self.lambda_.update_function_code(FunctionName=name, ZipFile=functions.python(VERSIONED.format("b")))
        self.settled(name)
        self.assertEqual(self.lambda_.publish_version(FunctionName=name)["Version"], "2")
        self.lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
        self.assertEqual(self.invoke(name + ":live")[1], ["1", "a"])
        # A version does not change, and what is of the whole function is not told of one.
        for one in (name + ":1", name + ":live"):
            self.refused("InvalidParameterValueException", self.lambda_.update_function_code, FunctionName=one, ZipFile=functions.python(VERSIONED.format("c")), status=400)
            self.refused("InvalidParameterValueException", self.lambda_.update_function_configuration, FunctionName=one, Description="c", status=400)
            self.refused("InvalidParameterValueException", self.lambda_.put_function_concurrency, FunctionName=one, ReservedConcurrentExecutions=1, status=400)
        self.lambda_.update_function_configuration(FunctionName=name + ":$LATEST", Description="")
        self.settled(name)
        self.lambda_.update_alias(FunctionName=name, Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
        seen = set()
        for _ in range(200):  # all of one: 1 in 2^199
            answer, payload = self.invoke(name, Qualifier="live")
            self.assertEqual(answer["ExecutedVersion"], payload[0])
            seen.add(tuple(payload))
            if len(seen) == 2:
                break
        self.assertEqual(seen, {("1", "a"), ("2", "b")})
        self.lambda_.update_alias(FunctionName=name, Name="live", FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {}})
        self.assertEqual({tuple(self.invoke(name, Qualifier="live")[1]) for _ in range(5)}, {("2", "b")})
        self.assertEqual(self.invoke(name)[1], ["$LATEST", "b"])
        self.assertEqual(self.lambda_.get_alias(FunctionName=name, Name="live")["FunctionVersion"], "2")
        self.refused("ResourceConflictException", self.lambda_.delete_function, FunctionName=name, Qualifier="2", status=409)
        self.refused("InvalidParameterValueException", self.lambda_.delete_function, FunctionName=name, Qualifier="live", status=400)
        # A new description is a change too.
        self.lambda_.update_function_configuration(FunctionName=name, Description="a third")
        self.settled(name)
        third = self.lambda_.publish_version(FunctionName=name)
        self.assertEqual((third["Version"], third["Description"], self.lambda_.publish_version(FunctionName=name)["Version"]), ("3", "a third", "3"))
        self.lambda_.delete_alias(FunctionName=name, Name="live")
        self.lambda_.delete_function(FunctionName=name, Qualifier="2")
        self.refused("ResourceNotFoundException", self.lambda_.invoke, FunctionName=name, Qualifier="2", status=404)


    def test_what_may_share_an_alias(self):
        """Developer guide: both versions have one execution role and one dead-letter queue, or none, and are published."""
        name = self.make()
        sqs = self.client("sqs")
        queue = sqs.create_queue(QueueName=name)["QueueUrl"]
        self.addCleanup(self._quietly, sqs.delete_queue, QueueUrl=queue)
        role_name = self.name()
        role = functions.make_role(self.iam, role_name, allow("sqs:SendMessage"), settle=15 if self.endpoint is None else 0)
        self.addCleanup(functions.remove_role, self.iam, role_name)
        versions = [self.lambda_.publish_version(FunctionName=name)["Version"]]
        for change in ({"Role": role}, {"DeadLetterConfig": {"TargetArn": f"arn:aws:sqs:us-east-1:{self.account}:{name}"}}, {"Description": "the same role and queue"}):
            self.lambda_.update_function_configuration(FunctionName=name, **change)
            self.settled(name)
            versions.append(self.lambda_.publish_version(FunctionName=name)["Version"])

        def refused(main, other, words):
            for call, more in ((self.lambda_.update_alias, {"Name": "live"}), (self.lambda_.create_alias, {"Name": "new"})):
                error = self.refused("InvalidParameterValueException", call, FunctionName=name, FunctionVersion=main, status=400,
                                     RoutingConfig={"AdditionalVersionWeights": {other: 0.1}}, **more)
                self.assertIn(words, error["Error"]["Message"])

        self.lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion=versions[0])
        refused(versions[0], versions[1], "Specified versions must be associated with the same execution role")
        refused(versions[1], versions[2], "dead-letter queue" if self.endpoint else "")
        refused("$LATEST", versions[3], "$LATEST")
        refused(versions[3], "$LATEST", "$LATEST" if self.endpoint else "")
        alias = self.lambda_.get_alias(FunctionName=name, Name="live")
        self.assertEqual((alias["FunctionVersion"], alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})), (versions[0], {}))
        # One alone may be whatever it is.
        self.lambda_.update_alias(FunctionName=name, Name="live", FunctionVersion=versions[1])
        self.lambda_.update_alias(FunctionName=name, Name="live", FunctionVersion=versions[2], RoutingConfig={"AdditionalVersionWeights": {versions[3]: 0.1}})


class DestinationTest(LambdaCase):
    def test_destinations_get_records(self):
        bucket = self.make_bucket()
        role_name = self.name()
        role = functions.make_role(self.iam, role_name, allow("s3:PutObject", f"arn:aws:s3:::{bucket}/*"), settle=15 if self.endpoint is None else 0)
        self.addCleanup(functions.remove_role, self.iam, role_name)
        keep = self.make(f"import boto3, json\ndef handler(event, context):\n"
                         f"    boto3.client('s3').put_object(Bucket='{bucket}', Key=event['requestContext']['condition'], Body=json.dumps(event))\n", Role=role)
        arn = self.lambda_.get_function_configuration(FunctionName=keep)["FunctionArn"]
        name = self.make("def handler(event, context):\n    if event: raise ValueError('bad')\n    return 'good'\n")
        self.lambda_.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0,
                                                      DestinationConfig={"OnSuccess": {"Destination": arn}, "OnFailure": {"Destination": arn}})
        records = {}
        for payload, condition in ((0, "Success"), (1, "RetriesExhausted")):
            self.invoke(name, payload, InvocationType="Event")
            while condition not in records:
                try:
                    records[condition] = json.loads(self.client("s3").get_object(Bucket=bucket, Key=condition)["Body"].read())
                except self.client("s3").exceptions.NoSuchKey:
                    time.sleep(0.1)
        self.assertEqual((records["Success"]["requestPayload"], records["Success"]["responsePayload"]), (0, "good"))
        failed = records["RetriesExhausted"]
        self.assertEqual((failed["requestPayload"], failed["responsePayload"]["errorType"], failed["responseContext"]["functionError"],
                          failed["requestContext"]["approximateInvokeCount"]), (1, "ValueError", "Unhandled", 1))

    def test_itself(self):
        """Records that make records: AWS refuses the function itself, by whatever version or alias."""
        name = self.make()
        arn = self.lambda_.get_function_configuration(FunctionName=name)["FunctionArn"]
        version = self.lambda_.publish_version(FunctionName=name)["Version"]
        for which in ("OnSuccess", "OnFailure"):
            for itself in (arn, f"{arn}:{version}"):
                refused = self.refused("InvalidParameterValueException", self.lambda_.put_function_event_invoke_config, FunctionName=name,
                                       DestinationConfig={which: {"Destination": itself}}, status=400)
                self.assertIn("destination for itself", refused["Error"]["Message"])
        self.refused("ResourceNotFoundException", self.lambda_.get_function_event_invoke_config, FunctionName=name, status=404)


class PermissionTest(LambdaCase):
    def test_users(self):
        name = self.make()
        arn = self.lambda_.get_function_configuration(FunctionName=name)["FunctionArn"]
        user = self.make_user()
        key = self.make_key(user)
        as_user = self.client("lambda", *key)
        self.refused("AccessDeniedException", as_user.invoke, FunctionName=name, status=403)
        self.refused("AccessDeniedException", as_user.list_functions, status=403)
        self.grant(user, allow("lambda:InvokeFunction", arn))
        self.assertEqual(as_user.invoke(FunctionName=name)["StatusCode"], 200)
        self.refused("AccessDeniedException", as_user.get_function, FunctionName=name, status=403)
        # By the function's own policy alone.
        other = self.make_user()
        as_other = self.client("lambda", *self.make_key(other))
        self.refused("AccessDeniedException", as_other.invoke, FunctionName=name, status=403)
        self.lambda_.add_permission(FunctionName=name, StatementId="other", Action="lambda:InvokeFunction",
                                    Principal=f"arn:aws:iam::{self.account}:user/{other}")
        self.assertEqual(as_other.invoke(FunctionName=name)["StatusCode"], 200)
        self.lambda_.remove_permission(FunctionName=name, StatementId="other")
        self.refused("AccessDeniedException", as_other.invoke, FunctionName=name, status=403)

    def test_passing_a_role(self):
        user = self.make_user(allow("lambda:CreateFunction"))
        as_user = self.client("lambda", *self.make_key(user))
        settings = {"FunctionName": self.name(), "Runtime": "python3.11", "Role": self.role, "Handler": "app.handler", "Code": {"ZipFile": functions.python(ECHO)}}
        self.addCleanup(self._quietly, self.lambda_.delete_function, FunctionName=settings["FunctionName"])
        self.refused("AccessDeniedException", as_user.create_function, status=403, **settings)
        self.grant(user, allow("lambda:CreateFunction"), allow("iam:PassRole", self.role))
        as_user.create_function(**settings)

    def test_signatures(self):
        client = self.client("lambda", secret="x" * 40)
        self.refused("InvalidSignatureException", client.list_functions, status=403)
        client = self.client("lambda", key="AKIAAAAAAAAAAAAAAAAA")
        self.refused("UnrecognizedClientException", client.list_functions, status=403)


class RoleTest(LambdaCase):
    def test_roles(self):
        name = self.name()
        arn = functions.make_role(self.iam, name, allow("s3:GetObject"))
        role = self.iam.get_role(RoleName=name)["Role"]
        self.assertEqual((role["Arn"], role["AssumeRolePolicyDocument"]), (arn, json.loads(functions.TRUST)))
        self.assertIn(name, [entry["RoleName"] for page in self.iam.get_paginator("list_roles").paginate() for entry in page["Roles"]])
        policy = self.make_policy(allow("s3:*"))
        self.iam.attach_role_policy(RoleName=name, PolicyArn=policy)
        self.assertEqual(self.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"][0]["PolicyArn"], policy)
        entities = self.iam.list_entities_for_policy(PolicyArn=policy)
        self.assertEqual(([role["RoleName"] for role in entities["PolicyRoles"]], entities["PolicyUsers"]), ([name], []))
        self.assertEqual(self.iam.list_entities_for_policy(PolicyArn=policy, EntityFilter="User")["PolicyRoles"], [])
        self.refused("DeleteConflict", self.iam.delete_policy, PolicyArn=policy, status=409)
        self.refused("DeleteConflict", self.iam.delete_role, RoleName=name, status=409)
        self.iam.detach_role_policy(RoleName=name, PolicyArn=policy)
        self.assertEqual(self.iam.get_role_policy(RoleName=name, PolicyName="granted")["PolicyDocument"]["Statement"][0]["Action"], "s3:GetObject")
        self.iam.update_role(RoleName=name, Description="new")
        self.refused("MalformedPolicyDocument", self.iam.update_assume_role_policy, RoleName=name, PolicyDocument="{}", status=400)
        functions.remove_role(self.iam, name)
        self.refused("NoSuchEntity", self.iam.get_role, RoleName=name, status=404)


class BuiltInTest(LambdaCase):
    def test_analyze_image(self):
        paths.need_current_description("lambda")
        if self.server is None:
            self.skipTest("of Eyrie alone")
        got = self.lambda_.get_function(FunctionName="analyze-image")["Configuration"]
        self.assertEqual(got["Runtime"], "provided.al2023")
        self.assertIn("analyze-image", [entry["FunctionName"] for entry in self.lambda_.list_functions()["Functions"]])
        self.call("GetFunction", "GET", API + "/analyze-image", 200)
        answer, payload = self.invoke("analyze-image", {"no": "event"})
        self.assertEqual(answer["FunctionError"], "Unhandled")
        self.assertIn("errorMessage", payload)
        self.refused("ResourceConflictException", self.lambda_.delete_function, FunctionName="analyze-image", status=409)

    def test_what_only_reads_is_answered_of_analyze_image(self):
        if self.server is None:
            self.skipTest("of Eyrie alone")
        of = {"FunctionName": "analyze-image"}
        arn = f"arn:aws:lambda:us-east-1:{self.account}:function:analyze-image"
        self.assertEqual([version["Version"] for version in self.lambda_.list_versions_by_function(**of)["Versions"]], ["$LATEST"])
        self.assertEqual(self.lambda_.list_aliases(**of)["Aliases"], [])
        self.assertNotIn("ReservedConcurrentExecutions", self.lambda_.get_function_concurrency(**of))
        self.assertEqual(self.lambda_.list_function_event_invoke_configs(**of)["FunctionEventInvokeConfigs"], [])
        self.assertEqual(self.lambda_.list_tags(Resource=arn)["Tags"], {})
        for read, more in (("get_alias", {"Name": "live"}), ("get_policy", {}), ("get_function_event_invoke_config", {})):
            self.refused("ResourceNotFoundException", getattr(self.lambda_, read), **of, **more, status=404)
        for change, more in (("create_alias", {"Name": "live", "FunctionVersion": "$LATEST"}), ("put_function_concurrency", {"ReservedConcurrentExecutions": 1}), ("delete_function_event_invoke_config", {})):
            self.refused("ResourceConflictException", getattr(self.lambda_, change), **of, **more, status=409)
        self.refused("ResourceConflictException", self.lambda_.tag_resource, Resource=arn, Tags={"a": "b"}, status=409)


if __name__ == "__main__":
    unittest.main()
