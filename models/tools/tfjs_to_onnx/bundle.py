"""Reads TF.js models out of JavaScript bundles: `exports = {...}` with a model.json in it, or `exports = "..."` with
a shard of its weights in base64.

Nothing is run. What is read is a literal as minifiers write it: JSON, but with bare keys, numbers without a leading
zero and !0 and !1 for true and false. Anything else ends in FormatError.
"""

import base64
import binascii
import re

from tflite_to_onnx.flatbuffer import FormatError

_MOST_DEPTH = 64
_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'')
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))")
_WORDS = {"null": None, "true": True, "false": False, "undefined": None, "NaN": float("nan")}
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def read_object(data):
    """The one object that the bundle exports, as Python's dicts, lists, strings and numbers."""
    text = _text(data)
    start = _only(re.finditer(r"exports\s*=\s*(?=\{\s*[\"'A-Za-z_$])", text), "object")
    value, _ = _value(text, start, 0)
    return value


def read_bytes(data):
    """The bytes whose base64 the bundle exports."""
    text = _text(data)
    start = _only(re.finditer(r"exports\s*=\s*(?=[\"'])", text), "text")
    value, _ = _value(text, start, 0)
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise FormatError(f"the bundle's text is not base64: {error}") from None


def _text(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise FormatError("the bundle is not text") from None


def _only(matches, what):
    places = [match.end() for match in matches]
    if len(places) != 1:
        raise FormatError(f"the bundle exports {len(places)} times an {what}, not once")
    return places[0]


def _value(text, at, depth):
    """(value, where it ends)"""
    if depth > _MOST_DEPTH:
        raise FormatError("the bundle's object is nested too deeply")
    at = _skip(text, at)
    first = text[at : at + 1]
    if first == "{":
        return _items(text, at + 1, "}", lambda place: _pair(text, place, depth), dict)
    if first == "[":
        return _items(text, at + 1, "]", lambda place: _value(text, place, depth + 1), list)
    if text[at : at + 2] in ("!0", "!1"):
        return text[at + 1] == "0", at + 2
    if found := _STRING.match(text, at):
        return _unescaped(found[0][1:-1]), found.end()
    if found := _NUMBER.match(text, at):
        number = found[0]
        return (int(number) if number.lstrip("-").isdecimal() else float(number)), found.end()
    found = _NAME.match(text, at)
    if found and found[0] in _WORDS:
        return _WORDS[found[0]], found.end()
    if text[at : at + 6] == "void 0":
        return None, at + 6
    raise FormatError(f"the bundle's object cannot be read at character {at}")


def _items(text, at, end, read, make):
    items = []
    at = _skip(text, at)
    while text[at : at + 1] != end:
        item, at = read(at)
        items.append(item)
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != end:
            raise FormatError(f"the bundle's object cannot be read at character {at}")
    return make(items), at + 1


def _pair(text, at, depth):
    found = _STRING.match(text, at) or _NAME.match(text, at)
    if not found:
        raise FormatError(f"the bundle's object cannot be read at character {at}")
    key = found[0]
    key = _unescaped(key[1:-1]) if key[0] in "\"'" else key
    colon = _skip(text, found.end())
    if text[colon : colon + 1] != ":":
        raise FormatError(f"the bundle's object cannot be read at character {colon}")
    value, at = _value(text, colon + 1, depth + 1)
    return (key, value), at


def _skip(text, at):
    return _SPACE.match(text, at).end()


def _unescaped(text):
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _ESCAPED.get(m[3], m[3]), text)
