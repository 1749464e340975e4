"""Reads FlatBuffers tables out of untrusted bytes.

Only reading, only what the TFLite schema uses. The layout is that of the FlatBuffers internals
document: little-endian; an offset is an unsigned 32-bit distance forward from where it stands; a
table begins with a signed distance back to its vtable, whose 16-bit entries say where each field
is (0: absent).

Every position is checked against the buffer, so a damaged or hostile file ends in FormatError,
never in a read outside the buffer or in an allocation larger than the buffer.
"""

import struct

import numpy as np


class FormatError(ValueError):
    """The bytes are not a well-formed model."""


class Table:
    """One table. Fields are named by their index in the schema; absent fields give the default."""

    def __init__(self, buffer, position):
        self._buffer = buffer
        self._position = position
        vtable = position - _unpack("<i", buffer, position)
        self._vtable = vtable
        self._vtable_bytes = _unpack("<H", buffer, vtable)
        if self._vtable_bytes < 4:
            raise FormatError(f"vtable at byte {vtable} is too short")

    @classmethod
    def root(cls, buffer, identifier):
        if len(buffer) < 8 or bytes(buffer[4:8]) != identifier:
            raise FormatError(f"not a {identifier.decode()} file: the identifier is missing")
        return cls(buffer, _unpack("<I", buffer, 0))

    def _field(self, index):
        entry = 4 + 2 * index
        if entry + 2 > self._vtable_bytes:
            return None
        offset = _unpack("<H", self._buffer, self._vtable + entry)
        return self._position + offset if offset else None

    def _follow(self, index):
        position = self._field(index)
        if position is None:
            return None
        return position + _unpack("<I", self._buffer, position)

    def scalar(self, index, code, default):
        """A number; `code` is its struct format character."""
        position = self._field(index)
        return default if position is None else _unpack("<" + code, self._buffer, position)

    def table(self, index):
        position = self._follow(index)
        return None if position is None else Table(self._buffer, position)

    def string(self, index):
        return self.bytes(index).decode("utf-8", "replace")

    def bytes(self, index):
        return self.numbers(index, "<u1").tobytes()

    def numbers(self, index, dtype):
        """A vector of numbers, as a read-only array (empty when absent)."""
        dtype = np.dtype(dtype)
        position = self._follow(index)
        if position is None:
            return np.empty(0, dtype)
        count = self._vector_length(position, dtype.itemsize)
        return np.frombuffer(self._buffer, dtype, count, position + 4)

    def tables(self, index):
        position = self._follow(index)
        if position is None:
            return []
        count = self._vector_length(position, 4)
        places = range(position + 4, position + 4 + 4 * count, 4)
        return [Table(self._buffer, place + _unpack("<I", self._buffer, place)) for place in places]

    def _vector_length(self, position, item_bytes):
        count = _unpack("<I", self._buffer, position)
        if position + 4 + count * item_bytes > len(self._buffer):
            raise FormatError(f"vector at byte {position} runs past the end of the file")
        return count


def _unpack(code, buffer, position):
    if position < 0 or position + struct.calcsize(code) > len(buffer):
        raise FormatError(f"offset {position} is outside the file ({len(buffer)} bytes)")
    return struct.unpack_from(code, buffer, position)[0]
