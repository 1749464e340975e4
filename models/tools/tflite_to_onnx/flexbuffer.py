"""Reads a FlexBuffers map of numbers: the form in which TFLite keeps a custom operator's options.

Only what such a map holds is read (integers, floats, booleans); values of other types are left out.
Layout, from the end of the buffer: the byte width of the root, the root's type byte, the root.
A map is a vector of values with a type byte each behind it, and before it the offset and width of
the vector of its keys.
"""

import struct

from tflite_to_onnx.flatbuffer import FormatError

_INT, _UINT, _FLOAT, _MAP, _INDIRECT_INT, _INDIRECT_UINT, _INDIRECT_FLOAT, _BOOL = 1, 2, 3, 9, 6, 7, 8, 26
_CODES = {
    _INT: {1: "b", 2: "h", 4: "i", 8: "q"},
    _UINT: {1: "B", 2: "H", 4: "I", 8: "Q"},
    _FLOAT: {4: "f", 8: "d"},
    _BOOL: {1: "B", 2: "H", 4: "I", 8: "Q"},
}
_INDIRECT = {_INDIRECT_INT: _INT, _INDIRECT_UINT: _UINT, _INDIRECT_FLOAT: _FLOAT}


def read_map(data):
    """{key: number} of a flexbuffer whose root is a map."""
    if len(data) < 3:
        raise FormatError("custom options are too short")
    root_width, root_type = data[-1], data[-2]
    if root_type >> 2 != _MAP:
        raise FormatError("custom options are not a map")
    root = _back(data, len(data) - 2 - root_width, root_width)
    width = 1 << (root_type & 3)
    count = _number(data, root - width, width, _UINT)
    if count > len(data):
        raise FormatError("custom options: a map larger than the buffer")
    keys = _back(data, root - 3 * width, width)
    keys_width = _number(data, root - 2 * width, width, _UINT)
    types = root + count * width
    result = {}
    for i in range(count):
        key = _key(data, _back(data, keys + i * keys_width, keys_width))
        value = _value(data, root + i * width, width, _number(data, types + i, 1, _UINT))
        if value is not None:
            result[key] = value
    return result


def _value(data, position, parent_width, packed_type):
    kind, width = packed_type >> 2, 1 << (packed_type & 3)
    if kind in _INDIRECT:
        return _number(data, _back(data, position, parent_width), width, _INDIRECT[kind])
    if kind in _CODES:
        value = _number(data, position, parent_width, kind)
        return bool(value) if kind == _BOOL else value
    return None


def _key(data, position):
    end = data.find(b"\0", position)
    if end < 0:
        raise FormatError("custom options: a key without an end")
    return data[position:end].decode("utf-8", "replace")


def _back(data, position, width):
    """Where the offset at `position` points: offsets are distances back."""
    return position - _number(data, position, width, _UINT)


def _number(data, position, width, kind):
    code = _CODES[kind].get(width)
    if code is None or position < 0 or position + width > len(data):
        raise FormatError("custom options: an offset outside the buffer")
    return struct.unpack_from("<" + code, data, position)[0]
