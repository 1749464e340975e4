"""Class names out of model files, one a class index; a class that the model never means is ''.

The classes of a text recognizer are characters, any of them: such names are kept exactly as they are,
and a line ends at a newline and nowhere else (Python's splitlines() would end it at U+2028 too).
"""

import ast
import json
import re

import sources

_LARGEST_LABEL_FILE = 4 << 20


class LabelError(ValueError):
    """The file does not hold the labels the catalogue says it holds."""


def read_labels(rule, contents, onnx_model):
    """Labels by a catalogue rule; `contents` are the model's files, {path: bytes}, the model first.

    {"from": "list", "names": [...]}: these.
    {"from": "archive", "name": ...}: a text file in the ZIP archive that TFLite metadata appends to the model.
    {"from": "onnx", "name": ...}: a metadata property of the ONNX model with a Python-style {index: name} map.
    {"from": "file", "path": ...}: one of the files, an entry a line; with "key", a YAML file, the list below
    that key. "before" and "after" are entries to put around those of the file.

    "unused" (for all): names of classes that the model never means.
    """
    source = rule["from"]
    if source == "list":
        names = list(rule["names"])
    elif source == "archive":
        names = _from_archive(next(iter(contents.values())), rule["name"])
    elif source == "onnx":
        names = _from_onnx(onnx_model, rule["name"])
    elif source == "file":
        names = [*rule.get("before", ()), *_from_file(rule, contents), *rule.get("after", ())]
    else:
        raise LabelError(f"labels from {source!r} are not known")
    unused = set(rule.get("unused", ()))
    names = ["" if name in unused else name for name in names]
    if any("\n" in name for name in names):
        raise LabelError("a class name has a line break in it")
    return names


def to_text(names):
    """labels.txt, as bytes: a line a name, each ended by a newline."""
    return "".join(f"{name}\n" for name in names).encode("utf-8")


def _from_archive(data, name):
    try:
        content = sources.member(data, name, _LARGEST_LABEL_FILE)
    except sources.SourceError as error:
        raise LabelError(f"no labels in the model file: {error}") from None
    return [line.strip() for line in content.decode("utf-8", "replace").splitlines()]


def _from_file(rule, contents):
    if rule["path"] not in contents:
        raise LabelError(f"labels from {rule['path']}, which is none of the model's files")
    try:
        lines = contents[rule["path"]].decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise LabelError(f"{rule['path']}: {error}") from None
    if lines[-1] == "":
        lines.pop()
    return _yaml_list(lines, rule["key"]) if "key" in rule else lines


def _yaml_list(lines, key):
    """The list of texts below a key: block style, an entry a line, as every YAML writer makes it."""
    start = next((i for i, line in enumerate(lines) if line.strip() == f"{key}:"), None)
    if start is None:
        raise LabelError(f"the file has no {key!r}")
    item = re.compile(r" *- (.+)", re.DOTALL)
    names = []
    for line in lines[start + 1 :]:
        found = item.fullmatch(line)
        if not found:
            break
        names.append(_yaml_text(found[1]))
    if not names:
        raise LabelError(f"{key!r} is not a list of texts")
    return names


def _yaml_text(scalar):
    if scalar[0] == "'":
        if not re.fullmatch(r"'([^']|'')*'", scalar):
            raise LabelError(f"{scalar} is not one quoted text")
        return scalar[1:-1].replace("''", "'")
    if scalar[0] == '"':
        try:
            return json.loads(scalar)  # YAML's escapes are more; one that JSON has not is refused
        except ValueError:
            raise LabelError(f"{scalar} is not one quoted text") from None
    return scalar


def _from_onnx(model, key):
    text = next((p.value for p in model.metadata_props if p.key == key), None)
    try:
        names = ast.literal_eval(text or "")
        return [str(names[i]).strip() for i in range(len(names))]
    except (SyntaxError, ValueError, TypeError, KeyError, MemoryError, RecursionError):
        raise LabelError(f"the model's property {key!r} is not a list of class names") from None
