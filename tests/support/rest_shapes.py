"""Holds answers of a rest-json service, as they went over the wire, against its service description: status, headers, and the body as
shapes.py does.

    shapes = RestShapes("lambda")
    problems = shapes.of_answer("Invoke", answer)   # [] where all is well; `answer`: signing.Answer
"""

import json

from .shapes import COMMON_ERRORS, Shapes


class RestShapes(Shapes):
    protocol = "rest-json"

    def of_answer(self, operation, answer):
        described = self._operations[operation]
        if answer.status >= 300:
            return self._of_rest_error(described, answer)
        problems = []
        wanted = described["http"].get("responseCode", 200)
        shape = self._shapes[described["output"]["shape"]] if "output" in described else {"members": {}}
        tells_status = any(member.get("location") == "statusCode" for member in shape["members"].values())
        if not tells_status and answer.status != wanted:
            problems.append(f"status {answer.status}, not {wanted}")
        in_body = {}
        for name, member in shape["members"].items():
            location = member.get("location")
            if location == "header":
                value = answer.headers.get(member["locationName"].lower())
                if value is not None:
                    problems += self._check(self._shapes[member["shape"]], value, f"header {member['locationName']}")
            elif location is None and name != shape.get("payload"):
                in_body[name] = member
        if "payload" in shape:
            return problems
        if not in_body:
            return problems + ([f"$: a body where there is none: {answer.body[:80]}"] if answer.body else [])
        document = json.loads(answer.body)
        return problems + list(self._check({**shape, "members": in_body}, document, "$"))

    def _of_rest_error(self, described, answer):
        name = answer.headers.get("x-amzn-errortype", "")
        known = {error["shape"] for error in described.get("errors", [])}
        if name not in known | COMMON_ERRORS:
            return [f"{name or 'an error without a name'} is none of this operation's"]
        if name not in self._shapes:
            return [] if any(text in json.loads(answer.body) for text in ("message", "Message")) else ["$: no message"]
        shape = self._shapes[name]
        status = shape.get("error", {}).get("httpStatusCode")
        problems = [] if status in (None, answer.status) else [f"{name} has status {status}, not {answer.status}"]
        members = {member: told for member, told in shape["members"].items() if "location" not in told}
        return problems + list(self._check({**shape, "members": members}, json.loads(answer.body), "$"))
