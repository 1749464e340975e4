"""Runs what the console's developer corner says, as whoever copies it would: programs by Python, and commands of the aws CLI by the client that it is made of."""

import json
import re
import shlex
import subprocess
import sys


def corner(browser):
    """{title: text} of the page's developer corner."""
    browser.run("document.querySelector('main [aria-label=\"For developers\"]').click()")
    titles, texts = browser.all_text("dialog[open] h3"), browser.all_text("dialog[open] pre")
    browser.run("document.querySelector('dialog[open]').close()")
    return dict(zip(titles, texts, strict=True))


def _value(shape, given):
    kind = shape.type_name
    if kind == "list" and not given[0].startswith("["):
        return [_value(shape.member, [one]) for one in given]
    (text,) = given
    if kind in ("structure", "map", "list"):
        return json.loads(text)
    return {"integer": int, "long": int, "float": float, "double": float}.get(kind, str)(text)


def run_aws(server, text):
    """What the command answers."""
    lines = [line for line in text.split("\n") if not line.startswith("#")]
    words = shlex.split("\n".join(lines).replace("\\\n", " "))
    assert words[:3] == ["aws", "--endpoint-url", server.endpoint], words
    service, operation, *rest = words[3:]
    options = {}
    for word in rest:
        if word.startswith("--"):
            given = options.setdefault(word[2:], [])
        else:
            given.append(word)
    client = server.client(service)
    method = operation.replace("-", "_")
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    members = {re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower(): (name, member) for name, member in shape.members.items()} if shape else {}
    parameters = {members[name][0]: _value(members[name][1], given) for name, given in options.items()}
    return getattr(client, method)(**parameters)


def run_python(server, text, shown):
    """What `shown`, an expression, comes to after the program."""
    program = f"{text}\nimport json as _json\nprint(_json.dumps({shown}, default=str))"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], env=server.environment(), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{text}\n{done.stderr}"
    return json.loads(done.stdout.splitlines()[-1])
