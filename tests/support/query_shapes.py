"""Checks XML answers of query services (IAM, SNS, SQS, STS) against AWS's service descriptions, as shapes.py checks JSON.

    shapes = QueryShapes("sts")
    problems = shapes.of_output("GetCallerIdentity", body)   # [] where all is well
"""

import json
import xml.etree.ElementTree as ElementTree

from . import paths, shapes


# What the description demands and IAM itself leaves out, of a key that was never used.
KNOWN_CONTRADICTIONS = (".LastUsedDate: required, and missing",)


class QueryShapes(shapes.Shapes):
    def __init__(self, service, path=None):
        """`path`: of a description, for services whose current one speaks another protocol."""
        path, current = (path, False) if path else paths.service_description(service)
        description = json.loads(path.read_text())
        metadata = description["metadata"]
        if "query" not in metadata.get("protocols", [metadata["protocol"]]):
            raise ValueError(f"{service} does not speak query")
        self._know_all = current
        self._namespace = "{" + description["metadata"]["xmlNamespace"] + "}"
        self._operations = description["operations"]
        self._shapes = description["shapes"]

    def of_output(self, operation, document):
        """`document`: the body of a 200."""
        root = ElementTree.fromstring(document)
        names = [self._name(child) for child in root]
        output = self._operations[operation].get("output")
        wrapper = [output["resultWrapper"]] if output else []
        if self._name(root) != f"{operation}Response" or names != [*wrapper, "ResponseMetadata"]:
            return [f"$: {operation} is answered by {self._name(root)} of {names}"]
        if not root[-1].findtext(f"{self._namespace}RequestId"):
            return ["$: no RequestId"]
        if output is None:
            return []
        problems = self._check(self._shapes[output["shape"]], self._value(self._shapes[output["shape"]], root[0]), "$")
        return [problem for problem in problems if not problem.endswith(KNOWN_CONTRADICTIONS)]

    def of_error(self, operation, document):
        """`document`: the body of an error. Its code must be one that the operation may answer."""
        root = ElementTree.fromstring(document)
        code = root.findtext(f"{self._namespace}Error/{self._namespace}Code")
        if self._name(root) != "ErrorResponse" or not root.findtext(f"{self._namespace}RequestId"):
            return ["$: no ErrorResponse with a RequestId"]
        if root.findtext(f"{self._namespace}Error/{self._namespace}Type") not in ("Sender", "Receiver"):
            return ["$: no Type"]
        known = set()
        for error in self._operations.get(operation, {}).get("errors", []):
            known.add(self._shapes[error["shape"]].get("error", {}).get("code", error["shape"]))
        return [] if code in known | COMMON_CODES else [f"$: {operation} does not answer {code}"]

    def _name(self, element):
        return element.tag.removeprefix(self._namespace)

    def _value(self, shape, element):
        """The element as the JSON that shapes.py checks."""
        kind = shape["type"]
        if kind == "structure":
            return self._structure(shape, element)
        if kind == "list":
            member = self._shapes[shape["member"]["shape"]]
            return [self._value(member, child) if self._name(child) == shape["member"].get("locationName", "member") else None
                    for child in element]
        if kind == "map":
            content = self._shapes[shape["value"]["shape"]]
            entries = [{self._name(part): part for part in child} for child in element if self._name(child) == "entry"]
            return {entry["key"].text or "": self._value(content, entry["value"]) for entry in entries}
        text = element.text or ""
        if kind == "integer":
            return int(text)
        if kind == "double":
            return float(text)
        if kind == "boolean":
            return {"true": True, "false": False}.get(text, text)
        return text

    def _structure(self, shape, element):
        # Entries of flattened lists and maps stand among the members, each called as the entry is.
        flat = {}
        for name, member in shape["members"].items():
            below = self._shapes[member["shape"]]
            if below.get("flattened"):
                entry = below["member"] if below["type"] == "list" else below
                flat[entry.get("locationName") or member.get("locationName") or name] = (name, below)
        value = {}
        for child in element:
            if self._name(child) not in flat:
                value[self._name(child)] = self._value(self._member(shape, self._name(child)), child)
                continue
            name, below = flat[self._name(child)]
            if below["type"] == "list":
                value.setdefault(name, []).append(self._value(self._shapes[below["member"]["shape"]], child))
            else:
                key, content = below["key"].get("locationName", "key"), below["value"].get("locationName", "value")
                entry = {self._name(part): part for part in child}
                if set(entry) != {key, content}:
                    value[f"{name}: an entry of {sorted(entry)}"] = None
                    continue
                value.setdefault(name, {})[entry[key].text or ""] = self._value(self._shapes[below["value"]["shape"]], entry[content])
        for name in shape.get("required", []):
            if self._shapes[shape["members"][name]["shape"]].get("flattened"):
                value.setdefault(name, [])  # of none nothing is to be seen
        return self._by_wire_name(shape, value)

    @staticmethod
    def _by_wire_name(shape, value):
        """As _check_structure() expects names."""
        return {shape["members"].get(name, {}).get("locationName", name): content for name, content in value.items()}

    def _member(self, shape, name):
        member = shape["members"].get(name)
        return self._shapes[member["shape"]] if member else {"type": "string"}

    def _check_timestamp(self, _, value, where):
        if not (isinstance(value, str) and len(value) == 20 and value.endswith("Z")):
            yield f"{where}: {value!r} is no time"


COMMON_CODES = {"AccessDenied", "AuthorizationError", "IncompleteSignature", "InvalidAction", "InvalidClientTokenId", "MalformedQueryString",
                "MissingAction", "MissingAuthenticationToken", "NotImplemented", "SignatureDoesNotMatch", "ServiceUnavailable",
                "ValidationError"}
