"""The Python runtime of Eyrie's functions: imports the handler, asks the Runtime API for events, answers them.

Handler "file.function" (or "folder/file.function"), context object and errors as AWS's runtime has them. Clients that the handler makes
with boto3 or botocore reach the server that runs it: botocore of before 1.31.0 reads no AWS_ENDPOINT_URL, so where the handler
imports such a one, the making of clients is given that endpoint by default.
"""

import http.client
import importlib
import importlib.abc
import importlib.machinery
import io
import json
import logging
import os
import re
import sys
import time
import traceback

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
BASE = "/2018-06-01/runtime/"


class _Unbuffered(io.BufferedWriter):
    """Hands on each write at once: a function that is killed has said what it said, in the order in which it said it on both outputs."""

    def write(self, data):
        count = super().write(data)
        self.flush()
        return count


def _unbuffered(stream, number):
    return io.TextIOWrapper(_Unbuffered(io.FileIO(number, "w", closefd=False)), encoding=stream.encoding, errors=stream.errors, write_through=True)


class _LogHandler(logging.Handler):
    """Of the root logger, as AWS's runtime installs one: lines with the request's id on standard output."""

    request_id = ""  # of the event at work

    def __init__(self):
        super().__init__()
        formatter = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record):
        record.aws_request_id = self.request_id
        try:
            sys.stdout.write(self.format(record))
        except Exception:  # as logging's own handlers: what logs goes on
            self.handleError(record)


class Api:
    """One connection, made anew where it was lost between two requests."""

    def __init__(self):
        self._connection = None

    def call(self, method, path, body=None, headers=None):
        for attempt in (1, 2):
            try:
                if self._connection is None:
                    self._connection = http.client.HTTPConnection(API)
                self._connection.request(method, BASE + path, body, headers or {})
                answer = self._connection.getresponse()
                return answer.status, answer.headers, answer.read()
            except (http.client.HTTPException, OSError):
                self._connection.close()
                self._connection = None
                if attempt == 2:
                    raise


class Context:
    """What a handler gets as its second argument."""

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = _Identity()
        self.client_context = _client_context(headers.get("Lambda-Runtime-Client-Context"))
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


class _Identity:
    """Of Cognito: nobody who invokes a function here has one."""

    def __init__(self):
        self.cognito_identity_id = None
        self.cognito_identity_pool_id = None


class _Client:
    def __init__(self, fields):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, fields.get(name))


class _ClientContext:
    def __init__(self, document):
        self.custom = document.get("custom")
        self.env = document.get("env")
        client = document.get("client")
        self.client = _Client(client) if client is not None else None


def _client_context(text):
    # http.client takes headers for Latin-1; this one is JSON, whose bytes are UTF-8.
    return _ClientContext(json.loads(text.encode("latin-1"))) if text else None


class _PatchAfterImport(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds botocore.session as Python would, and wraps what makes clients once it is there."""

    NAME = "botocore.session"

    def find_spec(self, name, path, target=None):
        if name != self.NAME:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        self._loader, spec.loader = spec.loader, self
        return spec

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        self._loader.exec_module(module)
        make = module.Session.create_client

        def create_client(session, service_name, *arguments, **options):
            # endpoint_url is the sixth parameter; nobody passes it by position.
            endpoint = os.environ.get("AWS_ENDPOINT_URL_" + service_name.replace("-", "_").upper()) or os.environ.get("AWS_ENDPOINT_URL")
            if len(arguments) < 5 and not options.get("endpoint_url") and endpoint:
                options["endpoint_url"] = endpoint
            return make(session, service_name, *arguments, **options)

        module.Session.create_client = create_client


def load_handler():
    module_name, dot, function_name = os.environ["_HANDLER"].rpartition(".")
    if not dot or not module_name:
        raise _InitError("Runtime.MalformedHandlerName", f"Bad handler '{os.environ['_HANDLER']}': not enough values to unpack (expected 2, got 1)")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise _InitError("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        raise _InitError("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}") from error
    try:
        return getattr(module, function_name)
    except AttributeError as error:
        raise _InitError("Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'") from error


class _InitError(Exception):
    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


class _Encoder(json.JSONEncoder):
    """JSON of what handlers return. A decimal.Decimal, as boto3 reads numbers of DynamoDB, is the number with its digits: a float would round."""

    def __init__(self):
        super().__init__(ensure_ascii=False)
        self._mark = os.urandom(16).hex()  # of texts that stand for numbers; no handler's text has it
        self._marked = False

    def default(self, value):
        import decimal  # here, where something is no plain value: most functions start without it

        if not isinstance(value, decimal.Decimal):
            return super().default(value)
        if value.is_nan():
            return float("nan")
        self._marked = True
        return self._mark + str(value)

    def encode(self, value):
        self._marked = False
        text = super().encode(value)
        return re.sub(f'"{self._mark}([^"]*)"', r"\1", text) if self._marked else text


def marshal(encoder, result):
    """The payload and its type. Bytes are the payload itself."""
    if isinstance(result, bytes):
        return result, "application/unknown"
    try:
        return encoder.encode(result).encode(), "application/json"
    except (TypeError, ValueError) as error:
        raise _InitError("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def describe(error, request_id):
    trace = traceback.extract_tb(error.__traceback__)
    lines = [line for line in traceback.format_list(trace) if __file__ not in line and "importlib" not in line.split(",")[0]]
    kind = error.kind if isinstance(error, _InitError) else type(error).__name__
    told = {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": [] if isinstance(error, _InitError) else lines}
    first = f"[ERROR] {kind}: {error}" if str(error) else f"[ERROR] {kind}"
    print(first + ("\nTraceback (most recent call last):\n" + "".join(told["stackTrace"]) if told["stackTrace"] else ""))
    return json.dumps(told).encode(), {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": kind}


def answer(api, encoder, handler, headers, body):
    _LogHandler.request_id = request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    if headers.get("Lambda-Runtime-Trace-Id"):
        os.environ["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"]
    try:
        try:
            event = json.loads(body)
        except ValueError as error:
            raise _InitError("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error
        payload, kind = marshal(encoder, handler(event, Context(headers)))
    except Exception as error:  # whatever the handler raises is its answer
        sys.stdout.flush()  # the handler's own, where it has put one in its place
        payload, more = describe(error, request_id)
        api.call("POST", f"invocation/{request_id}/error", payload, more)
        return
    sys.stdout.flush()
    sys.stderr.flush()
    api.call("POST", f"invocation/{request_id}/response", payload, {"Content-Type": kind})


def main():
    sys.stdout, sys.stderr = _unbuffered(sys.stdout, 1), _unbuffered(sys.stderr, 2)
    logging.getLogger().addHandler(_LogHandler())
    api = Api()
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    sys.path.append("/opt/python")
    sys.meta_path.insert(0, _PatchAfterImport())
    try:
        handler = load_handler()
    except BaseException as error:  # SystemExit of a module included
        if not isinstance(error, _InitError) and not isinstance(error, Exception):
            error = _InitError("Runtime.ExitError", f"the handler's module ended: {error!r}")
        payload, headers = describe(error, "")
        api.call("POST", "init/error", payload, headers)
        sys.exit(1)
    encoder = _Encoder()
    while True:
        status, headers, body = api.call("GET", "invocation/next")
        if status != 200:
            sys.exit(0)
        answer(api, encoder, handler, headers, body)


main()
