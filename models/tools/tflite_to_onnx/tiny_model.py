"""Writes small .tflite files for the tests: a plain FlatBuffers writer and a model of a few operators.

A table is a dict {field index: value}; a value is a Scalar, a numpy array (vector of numbers), bytes
(vector of bytes), a str, a list of tables, or a table.
"""

import dataclasses
import struct

import numpy as np

_SLOT = 8  # every field gets as much room as the widest scalar: simple, and aligned


@dataclasses.dataclass(frozen=True)
class Scalar:
    code: str
    value: object


def flatbuffer(root, identifier):
    buffer = bytearray(b"\0\0\0\0" + identifier)
    struct.pack_into("<I", buffer, 0, _table(buffer, root))
    return bytes(buffer)


def _align(buffer):
    buffer.extend(b"\0" * (-len(buffer) % _SLOT))


def _table(buffer, fields):
    _align(buffer)
    vtable, count = len(buffer), max(fields, default=-1) + 1
    buffer.extend(struct.pack("<HH", 4 + 2 * count, _SLOT * (1 + len(fields))))
    places = {index: _SLOT * (1 + i) for i, index in enumerate(sorted(fields))}
    buffer.extend(struct.pack(f"<{count}H", *[places.get(i, 0) for i in range(count)]))
    _align(buffer)
    position = len(buffer)
    buffer.extend(b"\0" * (_SLOT * (1 + len(fields))))
    struct.pack_into("<i", buffer, position, position - vtable)
    for index, value in fields.items():
        _field(buffer, position + places[index], value)
    return position


def _field(buffer, place, value):
    if isinstance(value, Scalar):
        struct.pack_into("<" + value.code, buffer, place, value.value)
    elif isinstance(value, dict):
        struct.pack_into("<I", buffer, place, _table(buffer, value) - place)
    elif isinstance(value, list):
        _align(buffer)
        start = len(buffer)
        struct.pack_into("<I", buffer, place, start - place)
        buffer.extend(struct.pack("<I", len(value)) + b"\0\0\0\0" * len(value))
        for i, item in enumerate(value):
            here = start + 4 + 4 * i
            struct.pack_into("<I", buffer, here, _table(buffer, item) - here)
    else:
        content = value.encode() if isinstance(value, str) else value
        count = len(content) if isinstance(content, bytes) else content.size
        content = content if isinstance(content, bytes) else content.tobytes()
        _align(buffer)
        buffer.extend(b"\0" * 4)  # so that the numbers behind the length are aligned
        struct.pack_into("<I", buffer, place, len(buffer) - place)
        buffer.extend(struct.pack("<I", count) + content + b"\0")


class Model:
    """Collects tensors and operators; bytes() gives the file."""

    def __init__(self):
        self._tensors, self._buffers, self._operators, self._codes = [], [{}], [], []

    def tensor(self, shape, type_code, data=None, scale=None, zero_point=(0,), axis=0):
        buffer = 0
        if data is not None:
            buffer = len(self._buffers)
            self._buffers.append({0: data.tobytes()})
        index = len(self._tensors)
        fields = {
            0: np.array(shape, "<i4"),
            1: Scalar("b", type_code),
            2: Scalar("I", buffer),
            3: f"tensor{index}",
        }
        if scale is not None:
            fields[4] = {
                2: np.array(scale, "<f4"),
                3: np.array(zero_point, "<i8"),
                6: Scalar("i", axis),
            }
        self._tensors.append(fields)
        return index

    def operator(self, code, inputs, outputs, options=None, custom=None, custom_options=b""):
        entry = {0: Scalar("b", min(code, 127)), 3: Scalar("i", code)}
        if custom:
            entry[1] = custom
        self._codes.append(entry)
        fields = {
            0: Scalar("I", len(self._codes) - 1),
            1: np.array(inputs, "<i4"),
            2: np.array(outputs, "<i4"),
        }
        if options is not None:
            fields[4] = options
        if custom_options:
            fields[5] = custom_options
        self._operators.append(fields)

    def bytes(self, inputs, outputs):
        graph = {
            0: self._tensors,
            1: np.array(inputs, "<i4"),
            2: np.array(outputs, "<i4"),
            3: self._operators,
        }
        root = {0: Scalar("I", 3), 1: self._codes, 2: [graph], 4: self._buffers}
        return flatbuffer(root, b"TFL3")


UINT8, INT8, INT32, FLOAT32, FLOAT16 = 3, 9, 2, 0, 1
ADD, CONV_2D, FULLY_CONNECTED, RESHAPE, SOFTMAX, QUANTIZE, AVERAGE_POOL_2D = 0, 3, 9, 22, 25, 114, 1


def classifier(classes=4, seed=1):
    """An int8 classifier of 8x8 pictures: quantize, 3x3 convolution of stride 2, pooling, dense, softmax."""
    random = np.random.default_rng(seed)
    model = Model()
    image = model.tensor([1, 8, 8, 3], UINT8, scale=[1 / 128], zero_point=[127])
    pixels = model.tensor([1, 8, 8, 3], INT8, scale=[1 / 128], zero_point=[-1])
    kernel_scale = np.linspace(0.004, 0.008, 6)
    kernel = model.tensor(
        [6, 3, 3, 3],
        INT8,
        random.integers(-127, 128, (6, 3, 3, 3)).astype("i1"),
        kernel_scale,
        [0] * 6,
    )
    bias = model.tensor([6], INT32, random.integers(-2000, 2000, 6).astype("<i4"), kernel_scale / 128, [0] * 6)
    features = model.tensor([1, 4, 4, 6], INT8, scale=[6 / 255], zero_point=[-128])
    pooled = model.tensor([1, 1, 1, 6], INT8, scale=[6 / 255], zero_point=[-128])
    shape = model.tensor([2], INT32, np.array([1, 6], "<i4"))
    flat = model.tensor([1, 6], INT8, scale=[6 / 255], zero_point=[-128])
    dense = model.tensor([classes, 6], INT8, random.integers(-127, 128, (classes, 6)).astype("i1"), [0.01])
    offset = model.tensor(
        [classes], INT32, random.integers(-100, 100, classes).astype("<i4"), [np.float32(0.01 * 6 / 255)]
    )
    logits = model.tensor([1, classes], INT8, scale=[0.1], zero_point=[3])
    scores = model.tensor([1, classes], INT8, scale=[1 / 256], zero_point=[-128])
    result = model.tensor([1, classes], UINT8, scale=[1 / 256], zero_point=[0])
    model.operator(QUANTIZE, [image], [pixels])
    relu6 = Scalar("b", 3)
    model.operator(
        CONV_2D,
        [pixels, kernel, bias],
        [features],
        {0: Scalar("b", 0), 1: Scalar("i", 2), 2: Scalar("i", 2), 3: relu6},
    )
    valid = {0: Scalar("b", 1), 1: Scalar("i", 1), 2: Scalar("i", 1), 3: Scalar("i", 4), 4: Scalar("i", 4)}
    model.operator(AVERAGE_POOL_2D, [features], [pooled], valid)
    model.operator(RESHAPE, [pooled, shape], [flat])
    model.operator(FULLY_CONNECTED, [flat, dense, offset], [logits])
    model.operator(SOFTMAX, [logits], [scores], {0: Scalar("f", 1.0)})
    model.operator(QUANTIZE, [scores], [result])
    return model.bytes([image], [result])
