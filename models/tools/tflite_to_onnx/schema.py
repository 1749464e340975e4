"""The parts of the TFLite schema that image models use, read into plain objects.

Field numbers and enum values are those of the public schema.fbs, version 3.
"""

import dataclasses

import numpy as np

from tflite_to_onnx.flatbuffer import FormatError, Table

IDENTIFIER = b"TFL3"

TENSOR_TYPES = {
    0: np.dtype("<f4"),
    1: np.dtype("<f2"),
    2: np.dtype("<i4"),
    3: np.dtype("<u1"),
    4: np.dtype("<i8"),
    6: np.dtype("?"),
    7: np.dtype("<i2"),
    9: np.dtype("<i1"),
}

OPERATOR_NAMES = {
    0: "ADD",
    1: "AVERAGE_POOL_2D",
    2: "CONCATENATION",
    3: "CONV_2D",
    4: "DEPTHWISE_CONV_2D",
    6: "DEQUANTIZE",
    9: "FULLY_CONNECTED",
    14: "LOGISTIC",
    17: "MAX_POOL_2D",
    18: "MUL",
    19: "RELU",
    21: "RELU6",
    22: "RESHAPE",
    23: "RESIZE_BILINEAR",
    25: "SOFTMAX",
    32: "CUSTOM",
    34: "PAD",
    39: "TRANSPOSE",
    40: "MEAN",
    41: "SUB",
    42: "DIV",
    43: "SQUEEZE",
    45: "STRIDED_SLICE",
    53: "CAST",
    54: "PRELU",
    55: "MAXIMUM",
    57: "MINIMUM",
    59: "NEG",
    74: "SUM",
    75: "SQRT",
    76: "RSQRT",
    97: "RESIZE_NEAREST_NEIGHBOR",
    99: "SQUARED_DIFFERENCE",
    114: "QUANTIZE",
    117: "HARD_SWISH",
}

# The option table of each operator: name -> (field number, struct code, default).
_POOL = {
    "padding": (0, "b", 0),
    "stride_w": (1, "i", 0),
    "stride_h": (2, "i", 0),
    "filter_width": (3, "i", 0),
    "filter_height": (4, "i", 0),
    "activation": (5, "b", 0),
}
OPTIONS = {
    "ADD": {"activation": (0, "b", 0)},
    "SUB": {"activation": (0, "b", 0)},
    "MUL": {"activation": (0, "b", 0)},
    "DIV": {"activation": (0, "b", 0)},
    "AVERAGE_POOL_2D": _POOL,
    "MAX_POOL_2D": _POOL,
    "CONCATENATION": {"axis": (0, "i", 0), "activation": (1, "b", 0)},
    "CONV_2D": {
        "padding": (0, "b", 0),
        "stride_w": (1, "i", 0),
        "stride_h": (2, "i", 0),
        "activation": (3, "b", 0),
        "dilation_w": (4, "i", 1),
        "dilation_h": (5, "i", 1),
    },
    "DEPTHWISE_CONV_2D": {
        "padding": (0, "b", 0),
        "stride_w": (1, "i", 0),
        "stride_h": (2, "i", 0),
        "depth_multiplier": (3, "i", 0),
        "activation": (4, "b", 0),
        "dilation_w": (5, "i", 1),
        "dilation_h": (6, "i", 1),
    },
    "FULLY_CONNECTED": {"activation": (0, "b", 0), "keep_num_dims": (2, "?", False)},
    "MEAN": {"keep_dims": (0, "?", False)},
    "RESIZE_BILINEAR": {"align_corners": (2, "?", False), "half_pixel_centers": (3, "?", False)},
    "RESIZE_NEAREST_NEIGHBOR": {"align_corners": (0, "?", False), "half_pixel_centers": (1, "?", False)},
    "SOFTMAX": {"beta": (0, "f", 0.0)},
    "STRIDED_SLICE": {
        "begin_mask": (0, "i", 0),
        "end_mask": (1, "i", 0),
        "ellipsis_mask": (2, "i", 0),
        "new_axis_mask": (3, "i", 0),
        "shrink_axis_mask": (4, "i", 0),
    },
    "SUM": {"keep_dims": (0, "?", False)},
}


@dataclasses.dataclass(frozen=True)
class Tensor:
    index: int
    name: str
    shape: tuple
    dtype: np.dtype
    data: np.ndarray  # None unless constant
    scale: np.ndarray  # empty unless quantized; one entry, or one a channel
    zero_point: np.ndarray
    channel_axis: int

    @property
    def quantized(self):
        return self.scale.size > 0


@dataclasses.dataclass(frozen=True)
class Operator:
    name: str  # of OPERATOR_NAMES, or "CUSTOM:" + the custom code
    inputs: tuple  # tensor indices, -1 for an optional input left out
    outputs: tuple
    options: dict
    custom_options: bytes


@dataclasses.dataclass(frozen=True)
class Model:
    tensors: list
    inputs: tuple
    outputs: tuple
    operators: list
    metadata: dict  # name -> bytes


def load(data):
    """The one subgraph of a .tflite file."""
    root = Table.root(data, IDENTIFIER)
    if root.scalar(0, "I", 0) != 3:
        raise FormatError("only version 3 of the TFLite schema is known")
    subgraphs = root.tables(2)
    if len(subgraphs) != 1:
        raise FormatError(f"the model has {len(subgraphs)} subgraphs; only one is supported")
    buffers = root.tables(4)
    graph = subgraphs[0]
    tensors = [_tensor(i, table, buffers) for i, table in enumerate(graph.tables(0))]
    codes = [_operator_code(table) for table in root.tables(1)]
    operators = [_operator(table, codes, len(tensors)) for table in graph.tables(3)]
    metadata = {entry.string(0): _buffer(buffers, entry.scalar(1, "I", 0)) for entry in root.tables(6)}
    return Model(
        tensors,
        _indices(graph.numbers(1, "<i4"), len(tensors)),
        _indices(graph.numbers(2, "<i4"), len(tensors)),
        operators,
        metadata,
    )


def _buffer(buffers, index):
    if index >= len(buffers):
        raise FormatError(f"buffer {index} does not exist")
    return buffers[index].bytes(0)


def _tensor(index, table, buffers):
    name = table.string(3)
    code = table.scalar(1, "b", 0)
    if code not in TENSOR_TYPES:
        raise FormatError(f"tensor {name!r} has the unknown type {code}")
    dtype = TENSOR_TYPES[code]
    shape = tuple(int(n) for n in table.numbers(0, "<i4"))
    if any(n < 0 for n in shape):
        raise FormatError(f"tensor {name!r} has no fixed shape")
    content = _buffer(buffers, table.scalar(2, "I", 0))
    data = None
    if content:
        count = 1
        for n in shape:
            count *= n
        if count * dtype.itemsize != len(content):
            raise FormatError(f"tensor {name!r}: {len(content)} bytes do not fill the shape {shape}")
        data = np.frombuffer(content, dtype).reshape(shape)
    scale, zero_point, axis = _quantization(name, table.table(4), shape)
    return Tensor(index, name, shape, dtype, data, scale, zero_point, axis)


def _quantization(name, table, shape):
    none = np.empty(0, np.float32), np.empty(0, np.int64), 0
    if table is None:
        return none
    scale = table.numbers(2, "<f4")
    if scale.size == 0:
        return none
    zero_point = table.numbers(3, "<i8")
    if zero_point.size == 0:
        zero_point = np.zeros(scale.size, np.int64)
    axis = table.scalar(6, "i", 0)
    if zero_point.size != scale.size or not np.all(np.isfinite(scale)) or np.any(scale <= 0):
        raise FormatError(f"tensor {name!r} has impossible quantization")
    if scale.size > 1 and not (0 <= axis < len(shape) and shape[axis] == scale.size):
        raise FormatError(f"tensor {name!r}: {scale.size} scales do not fit the shape {shape}")
    return scale, zero_point, axis


def _operator_code(table):
    # Files older than schema 3a keep the code in a byte; newer ones use the larger of the two.
    code = max(table.scalar(0, "b", 0), table.scalar(3, "i", 0))
    name = OPERATOR_NAMES.get(code, f"builtin operator {code}")
    return "CUSTOM:" + table.string(1) if name == "CUSTOM" else name


def _operator(table, codes, tensor_count):
    code = table.scalar(0, "I", 0)
    if code >= len(codes):
        raise FormatError(f"operator code {code} does not exist")
    name = codes[code]
    fields = OPTIONS.get(name, {})
    source = table.table(4)
    if source is None:
        options = {key: default for key, (_, _, default) in fields.items()}
    else:
        options = {key: source.scalar(*where) for key, where in fields.items()}
    return Operator(
        name,
        _indices(table.numbers(1, "<i4"), tensor_count, optional=True),
        _indices(table.numbers(2, "<i4"), tensor_count),
        options,
        table.bytes(5),
    )


def _indices(numbers, tensor_count, optional=False):
    lowest = -1 if optional else 0
    if np.any(numbers < lowest) or np.any(numbers >= tensor_count):
        raise FormatError("an operator names a tensor that does not exist")
    return tuple(int(n) for n in numbers)
