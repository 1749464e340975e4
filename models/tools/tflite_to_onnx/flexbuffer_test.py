"""The reader of custom options."""

import unittest

from tflite_to_onnx import FormatError
from tflite_to_onnx.flexbuffer import read_map


def two_entry_map():
    """{"a": 5, "b": 1.5} as FlexBuffers lays it out, four bytes wide."""
    keys = b"a\0b\0"  # bytes 0..3
    key_vector = (2).to_bytes(4, "little") + (8).to_bytes(4, "little") + (10).to_bytes(4, "little")  # length at 4
    # The map: offset back to the key vector's first element (8), width of its elements, length.
    head = (16 - 8).to_bytes(4, "little") + (4).to_bytes(4, "little") + (2).to_bytes(4, "little")
    values = (5).to_bytes(4, "little") + b"\x00\x00\xc0\x3f"  # at 28; 1.5 as float
    types = bytes([1 << 2 | 2, 3 << 2 | 2])
    root = bytes([38 - 28])  # at 38: distance back to the values
    return keys + key_vector + head + values + types + root + bytes([9 << 2 | 2, 1])


class FlexbufferTest(unittest.TestCase):
    def test_numbers(self):
        self.assertEqual({"a": 5, "b": 1.5}, read_map(two_entry_map()))

    def test_not_a_map(self):
        with self.assertRaises(FormatError):
            read_map(bytes([5, 1 << 2, 1]))

    def test_every_truncation_and_damage(self):
        data = two_entry_map()
        for length in range(len(data)):
            self._read_or_refuse(data[:length])
        for place in range(len(data)):
            for value in (0, 1, 0x7F, 0xFF):
                self._read_or_refuse(data[:place] + bytes([value]) + data[place + 1 :])

    def _read_or_refuse(self, data):
        try:
            read_map(data)
        except FormatError:
            pass


if __name__ == "__main__":
    unittest.main()
