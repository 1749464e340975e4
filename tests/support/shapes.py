"""Checks JSON as it went over the wire against AWS's service descriptions (botocore's service-2.json, protocol `json`).

    shapes = Shapes("rekognition")
    problems = shapes.of_output("DetectLabels", answer)   # [] where all is well

Stricter than AWS's SDKs, which drop what they do not know and default what is missing: unknown members, missing required ones, nulls, wrong
types, and values outside enums, ranges, lengths and patterns are all problems. Patterns must match the whole string, as the services
mean them. Where only an old botocore's description is found, members that it does not know pass: they may be newer.
"""

import base64
import binascii
import json
import math
import re

from . import paths

# Errors that any operation of a JSON service may answer beside those of its description.
COMMON_ERRORS = {"AccessDeniedException", "IncompleteSignature", "IncompleteSignatureException", "InvalidSignatureException",
                 "MissingAuthenticationTokenException", "SerializationException", "UnknownOperationException",
                 "UnrecognizedClientException", "ThrottlingException", "ValidationException", "InternalFailure",
                 "ServiceUnavailable"}
# Where AWS's services themselves answer what their descriptions forbid (DynamoDB's zero, and its maps of what is left unprocessed), or where AWS's example programs count on it
# (they take the length of DeletedFaces, also where nothing was deleted).
KNOWN_CONTRADICTIONS = {".NumberOfDecreasesToday: 0 as value, at least 1", ".DeletedFaces: 0 items, at least 1",
                        ".UnprocessedItems: 0 entries, at least 1", ".UnprocessedKeys: 0 entries, at least 1"}
ERROR_MEMBERS = {"__type", "Code", "Logref", "Message", "message"}


class Shapes:
    protocol = "json"

    def __init__(self, service, know_all=None):
        """`know_all`: unknown members are problems; by default where the description is a current one."""
        path, current = paths.service_description(service)
        self._know_all = current if know_all is None else know_all
        description = json.loads(path.read_text())
        protocol = description["metadata"]["protocol"]
        if protocol != self.protocol:
            raise ValueError(f"{service} speaks {protocol}, not {self.protocol}")
        self._operations = description["operations"]
        self._shapes = description["shapes"]

    def of_output(self, operation, document):
        output = self._operations[operation].get("output")
        if output is None:
            return [] if document in ({}, None) else ["$: this operation answers nothing"]
        return [problem for problem in self.of_shape(output["shape"], document)
                if not problem.endswith(tuple(KNOWN_CONTRADICTIONS))]

    def of_error(self, operation, document):
        """An error's body: its name one that the operation may answer, its members those of the error."""
        if not isinstance(document, dict) or not isinstance(document.get("__type"), str):
            return ["$: an error must be an object with a __type"]
        name = document["__type"].split("#")[-1]
        known = {error["shape"] for error in self._operations[operation].get("errors", [])}
        if name not in known | COMMON_ERRORS:
            return [f"$.__type: {operation} does not answer {name}"]
        problems = []
        message = document.get("Message", document.get("message"))
        if message is not None and not isinstance(message, str):
            problems.append("$.message: must be a string")
        members = self._shapes[name]["members"] if name in self._shapes else {}
        for member, value in document.items():
            if member in members:
                problems += self._check(self._shapes[members[member]["shape"]], value, f"$.{member}")
            elif member not in ERROR_MEMBERS and self._know_all:
                problems.append(f"$.{member}: unknown member of {name}")
        return problems

    def of_shape(self, name, document):
        return list(self._check(self._shapes[name], document, "$"))

    def _check(self, shape, value, where):
        if value is None:
            yield f"{where}: null; what is absent is left out"
            return
        kind = shape["type"]
        check = getattr(self, "_check_" + kind, None)
        if check is None:
            raise ValueError(f"unknown type {kind} in the service description")
        yield from check(shape, value, where)

    def _check_structure(self, shape, value, where):
        if not isinstance(value, dict):
            yield _wrong_type(where, "an object", value)
            return
        members = shape["members"]
        by_wire_name = {member.get("locationName", name): member for name, member in members.items()}
        for name in shape.get("required", []):
            if members[name].get("locationName", name) not in value:
                yield f"{where}.{name}: required, and missing"
        if shape.get("union") and len(value) != 1:
            yield f"{where}: a union holds one member, this {len(value)}"
        for name, member_value in value.items():
            if name not in by_wire_name:
                if self._know_all:
                    yield f"{where}.{name}: unknown member"
            else:
                yield from self._check(self._shapes[by_wire_name[name]["shape"]], member_value, f"{where}.{name}")

    def _check_list(self, shape, value, where):
        if not isinstance(value, list):
            yield _wrong_type(where, "a list", value)
            return
        yield from _check_range(shape, len(value), where, "items")
        member = self._shapes[shape["member"]["shape"]]
        for index, item in enumerate(value):
            yield from self._check(member, item, f"{where}[{index}]")

    def _check_map(self, shape, value, where):
        if not isinstance(value, dict):
            yield _wrong_type(where, "an object", value)
            return
        yield from _check_range(shape, len(value), where, "entries")
        key_shape, value_shape = self._shapes[shape["key"]["shape"]], self._shapes[shape["value"]["shape"]]
        for key, item in value.items():
            yield from self._check(key_shape, key, f"{where}.{key} (the key)")
            yield from self._check(value_shape, item, f"{where}.{key}")

    def _check_string(self, shape, value, where):
        if not isinstance(value, str):
            yield _wrong_type(where, "a string", value)
            return
        if "enum" in shape and value not in shape["enum"]:
            yield f"{where}: {value!r} is none of {', '.join(shape['enum'])}"
        yield from _check_range(shape, len(value), where, "characters")
        if "pattern" in shape and not _pattern(shape["pattern"]).fullmatch(value):
            yield f"{where}: {value!r} does not match {shape['pattern']}"

    def _check_integer(self, shape, value, where, bits=32):
        if isinstance(value, bool) or not isinstance(value, int):
            yield _wrong_type(where, "a whole number", value)
            return
        if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
            yield f"{where}: {value} does not fit {bits} bits"
        yield from _check_range(shape, value, where, "as value")

    def _check_long(self, shape, value, where):
        yield from self._check_integer(shape, value, where, bits=64)

    def _check_float(self, shape, value, where):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield _wrong_type(where, "a number", value)
        elif not math.isfinite(value):
            yield f"{where}: {value} is not finite"
        else:
            yield from _check_range(shape, value, where, "as value")

    _check_double = _check_float

    def _check_boolean(self, _, value, where):
        if not isinstance(value, bool):
            yield _wrong_type(where, "true or false", value)

    def _check_blob(self, shape, value, where):
        if not isinstance(value, str):
            yield _wrong_type(where, "a base64 string", value)
            return
        try:
            yield from _check_range(shape, len(base64.b64decode(value, validate=True)), where, "bytes")
        except binascii.Error:
            yield f"{where}: not base64"

    def _check_timestamp(self, shape, value, where):
        # Protocol json: seconds since 1970 unless the shape says otherwise.
        if shape.get("timestampFormat", "unixTimestamp") == "unixTimestamp":
            yield from self._check_float({}, value, where)
        elif not isinstance(value, str):
            yield _wrong_type(where, "a time in text", value)


def _pattern(text):
    try:
        return re.compile(text)
    except re.error:  # Java's \p{...}, which Python does not know: any string passes
        return re.compile("(?s).*")


def _wrong_type(where, wanted, value):
    return f"{where}: must be {wanted}, is {json.dumps(value)[:80]}"


def _check_range(shape, measured, where, what):
    if "min" in shape and measured < shape["min"]:
        yield f"{where}: {measured} {what}, at least {shape['min']}"
    if "max" in shape and measured > shape["max"]:
        yield f"{where}: {measured} {what}, at most {shape['max']}"
