"""As much of CBOR (RFC 8949) as Smithy's RPC v2 protocol needs; times (tag 1) are their numbers."""

import struct


def encode(value):
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(encode, value))
    return _head(5, len(value)) + b"".join(encode(name) + encode(one) for name, one in value.items())


def decode(data):
    value, rest = _one(data)
    if rest:
        raise ValueError(f"{len(rest)} bytes follow")
    return value


def _head(major, argument):
    if argument < 24:
        return bytes([major << 5 | argument])
    for code, size, form in ((24, 1, ">B"), (25, 2, ">H"), (26, 4, ">I"), (27, 8, ">Q")):
        if argument < 1 << 8 * size:
            return bytes([major << 5 | code]) + struct.pack(form, argument)
    raise ValueError(argument)


def _one(data):
    major, code, data = data[0] >> 5, data[0] & 31, data[1:]
    argument = code
    if 24 <= code <= 27:
        size = 1 << code - 24
        argument, data = int.from_bytes(data[:size], "big"), data[size:]
    if major == 7:
        if code == 27:
            return struct.unpack(">d", struct.pack(">Q", argument))[0], data
        return {20: False, 21: True, 22: None}[code], data
    if major == 6:
        return _one(data)
    if major <= 1:
        return (argument if major == 0 else -1 - argument), data
    if major == 3:
        return data[:argument].decode(), data[argument:]
    entries = []
    for _ in range(argument * (2 if major == 5 else 1)):
        value, data = _one(data)
        entries.append(value)
    return (dict(zip(entries[::2], entries[1::2])) if major == 5 else entries), data
