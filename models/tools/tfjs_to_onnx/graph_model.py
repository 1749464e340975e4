"""TF.js graph models: TensorFlow's GraphDef as JSON, frozen, its constants among the weights.

What shapes are computed from (Shape, Pack and so on) is constant once the input has a size, and is worked out here.
"""

import base64
import binascii

import numpy as np

from tflite_to_onnx.flatbuffer import FormatError
from tflite_to_onnx.graph import UnsupportedModel

_ACTIVATIONS = {"Relu": "relu", "Relu6": "relu6"}
_LARGEST_SHAPE = 64  # numbers in a constant that is computed with: shapes and the like


def build(builder, topology, weights, size, results):
    """(input tensor, {name: tensor}) of the nodes that `results` ({name: node}) names, and of what they need.

    `size`: (height, width) of the input where the model leaves it open.
    """
    return _Graph(builder, topology, weights, size).build(results)


class _Graph:
    def __init__(self, builder, topology, weights, size):
        self._builder = builder
        self._weights = weights
        self._size = size
        self._nodes = {node["name"]: node for node in topology["node"]}
        self._values = {}  # node -> tensor of the builder, or a constant array
        self._inputs = []

    def build(self, results):
        missing = [node for node in results.values() if node not in self._nodes]
        if missing:
            raise UnsupportedModel(f"the model has no result {', '.join(missing)}")
        for node in results.values():
            self._evaluate(node)
        if len(self._inputs) != 1:
            raise UnsupportedModel(f"{len(self._inputs)} inputs; only one is supported")
        return self._inputs[0], {name: self._tensor(node) for name, node in results.items()}

    def _evaluate(self, last):
        """Works out a node after all it is computed from."""
        waiting, open_nodes = [last], set()
        while waiting:
            name = waiting[-1]
            if name in self._values:
                waiting.pop()
                continue
            if name not in self._nodes:
                raise FormatError(f"node {name!r} does not exist")
            sources = self._sources(name)
            missing = [source for source in sources if source not in self._values]
            if not missing:
                self._values[name] = self._convert(self._nodes[name], sources)
                open_nodes.discard(name)
                waiting.pop()
            elif name in open_nodes:
                raise FormatError(f"node {name!r} is computed from itself")
            else:
                open_nodes.add(name)
                waiting += missing

    def _sources(self, name):
        inputs = [i for i in self._nodes[name].get("input", ()) if not i.startswith("^")]
        for i in inputs:
            if ":" in i and not i.endswith(":0"):
                raise UnsupportedModel(f"{name!r} uses the second result of a node")
        return [i.removesuffix(":0") for i in inputs]

    def _convert(self, node, sources):
        if node["op"] not in _HANDLERS:
            raise UnsupportedModel(f"operator {node['op']} is not supported")
        return _HANDLERS[node["op"]](self, node, *sources)

    # ---- values

    def _tensor(self, source):
        value = self._values[source]
        if isinstance(value, np.ndarray):
            value = self._values[source] = self._builder.constant(source, value)
        return value

    def _constant(self, source, what):
        value = self._values[source]
        if not isinstance(value, np.ndarray):
            raise UnsupportedModel(f"{what} must be constant")
        return value

    def _are_constants(self, sources):
        return all(isinstance(self._values[s], np.ndarray) and self._values[s].size <= _LARGEST_SHAPE for s in sources)

    # ---- operators

    def _placeholder(self, node):
        shape = [int(d.get("size", -1)) for d in node["attr"]["shape"]["shape"]["dim"]]
        if len(shape) != 4 or shape[3] != 3:
            raise UnsupportedModel(f"input shape {shape} is not one RGB picture")
        height, width = (n if n > 0 else given for n, given in zip(shape[1:3], self._size))
        self._inputs.append(self._builder.tensor(node["name"], (1, height, width, 3)))
        return self._inputs[-1]

    def _const(self, node):
        if node["name"] not in self._weights:
            raise FormatError(f"the weights have no {node['name']!r}")
        return self._weights[node["name"]]

    def _same(self, _node, source):
        return self._values[source]

    def _convolution(self, node, x, kernel, *more):
        bias, activation = self._fused(node, more)
        self._check_layout(node)
        depthwise = "Depthwise" in node["op"]
        build = self._builder.depthwise if depthwise else self._builder.conv
        return build(
            node["name"],
            self._tensor(x),
            self._constant(kernel, "the weights of a convolution"),
            bias,
            _numbers(node, "strides")[1:3],
            _text(node, "padding"),
            (_numbers(node, "dilations") or [1, 1, 1, 1])[1:3],
            activation,
        )

    def _matmul(self, node, x, kernel, *more):
        bias, activation = self._fused(node, more)
        kernel = self._constant(kernel, "the weights of a product")
        if _flag(node, "transpose_a"):
            raise UnsupportedModel(f"{node['name']}: a transposed operand")
        kernel = kernel.T if _flag(node, "transpose_b") else kernel
        return self._builder.dense(node["name"], self._tensor(x), kernel, bias, activation)

    def _fused(self, node, more):
        """(bias, activation) of a node with other operators fused into it."""
        fused = [_decoded(s) for s in node["attr"].get("fused_ops", {}).get("list", {}).get("s", ())]
        bias = None
        if fused[:1] == ["BiasAdd"]:
            if len(more) != 1:
                raise FormatError(f"{node['name']} has {len(more)} biases")
            bias = self._constant(more[0], "a bias")
            fused = fused[1:]
        activation = _ACTIVATIONS.get(fused[0]) if len(fused) == 1 else "linear"
        if len(fused) > 1 or activation is None:
            raise UnsupportedModel(f"{node['name']}: fused {', '.join(fused)}")
        return bias, activation

    def _pool(self, node, x):
        self._check_layout(node)
        kind = {"MaxPool": "MAX_POOL_2D", "AvgPool": "AVERAGE_POOL_2D"}[node["op"]]
        window, strides = _numbers(node, "ksize"), _numbers(node, "strides")
        return self._builder.pool(kind, node["name"], self._tensor(x), window[1:3], strides[1:3], _text(node, "padding"))

    @staticmethod
    def _check_layout(node):
        if _text(node, "data_format", "NHWC") != "NHWC":
            raise UnsupportedModel(f"{node['name']}: pictures that are not NHWC")
        for key in ("strides", "ksize", "dilations"):
            numbers = _numbers(node, key)
            if numbers and (len(numbers) != 4 or numbers[0] != 1 or numbers[3] != 1):
                raise UnsupportedModel(f"{node['name']}: {key} {numbers}")

    def _binary(self, node, x, y):
        kind, compute = _BINARY[node["op"]]
        if self._are_constants((x, y)):
            return np.asarray(compute(self._values[x], self._values[y]))
        return self._builder.binary(kind, node["name"], self._tensor(x), self._tensor(y))

    def _unary(self, node, x):
        kind = {"Relu": "RELU", "Relu6": "RELU6", "Sigmoid": "LOGISTIC"}[node["op"]]
        return self._builder.unary(kind, node["name"], self._tensor(x))

    def _softmax(self, node, x):
        return self._builder.softmax(node["name"], self._tensor(x))

    def _mean(self, node, x, axes):
        axes = self._constant(axes, "the axes of a mean").reshape(-1).tolist()
        return self._builder.mean(node["name"], self._tensor(x), axes, _flag(node, "keep_dims"))

    def _concatenate(self, node, *sources):
        *parts, axis = sources
        axis = int(self._constant(axis, "the axis of a concatenation"))
        return self._builder.concatenate(node["name"], [self._tensor(p) for p in parts], axis)

    def _pad(self, node, x, amounts):
        return self._builder.pad(node["name"], self._tensor(x), self._constant(amounts, "the amounts of padding"))

    def _resize(self, node, x, size):
        size = self._constant(size, "the size of a picture").reshape(-1).tolist()
        flags = _flag(node, "align_corners"), _flag(node, "half_pixel_centers")
        return self._builder.resize(node["name"], self._tensor(x), size, *flags)

    def _shape(self, _node, x):
        value = self._values[x]
        return np.array(value.shape if isinstance(value, np.ndarray) else self._builder.shape(value), np.int32)

    def _pack(self, node, *parts):
        if not self._are_constants(parts) or _number(node, "axis") != 0:
            raise UnsupportedModel(f"{node['name']}: numbers that are not constant side by side")
        return np.stack([self._values[part] for part in parts])

    def _slice(self, node, x, begin, end, steps):
        """Of shapes alone: one part of a list."""
        if not self._are_constants((x, begin, end, steps)) or self._values[x].ndim != 1:
            raise UnsupportedModel(f"{node['name']}: a slice of what is not constant")
        if any(_number(node, key) for key in ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask")):
            raise UnsupportedModel(f"{node['name']}: a slice with open ends")
        bounds = [int(self._values[s].reshape(-1)[0]) for s in (begin, end, steps)]
        if _number(node, "shrink_axis_mask"):
            return np.asarray(self._values[x][bounds[0]])
        return self._values[x][slice(*bounds)]


_BINARY = {
    "Add": ("ADD", np.add),
    "AddV2": ("ADD", np.add),
    "BiasAdd": ("ADD", np.add),
    "Maximum": ("MAXIMUM", np.maximum),
    "Minimum": ("MINIMUM", np.minimum),
    "Mul": ("MUL", np.multiply),
    "Sub": ("SUB", np.subtract),
}
_HANDLERS = {
    **{name: _Graph._binary for name in _BINARY},
    "AvgPool": _Graph._pool,
    "ConcatV2": _Graph._concatenate,
    "Const": _Graph._const,
    "Conv2D": _Graph._convolution,
    "DepthwiseConv2dNative": _Graph._convolution,
    "FusedDepthwiseConv2dNative": _Graph._convolution,
    "Identity": _Graph._same,
    "MatMul": _Graph._matmul,
    "MaxPool": _Graph._pool,
    "Mean": _Graph._mean,
    "Pack": _Graph._pack,
    "Pad": _Graph._pad,
    "Placeholder": _Graph._placeholder,
    "Relu": _Graph._unary,
    "Relu6": _Graph._unary,
    "ResizeBilinear": _Graph._resize,
    "Shape": _Graph._shape,
    "Sigmoid": _Graph._unary,
    "Softmax": _Graph._softmax,
    "StridedSlice": _Graph._slice,
    "_FusedConv2D": _Graph._convolution,
    "_FusedMatMul": _Graph._matmul,
}


# ---- attributes of a node, as GraphDef's JSON has them: integers are texts, texts are base64


def _attribute(node, key):
    return node.get("attr", {}).get(key, {})


def _numbers(node, key):
    return [int(i) for i in _attribute(node, key).get("list", {}).get("i", ())]


def _number(node, key):
    return int(_attribute(node, key).get("i", 0))


def _flag(node, key):
    return bool(_attribute(node, key).get("b", False))


def _text(node, key, absent=""):
    value = _attribute(node, key).get("s")
    return absent if value is None else _decoded(value)


def _decoded(value):
    try:
        return base64.b64decode(value, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, TypeError, ValueError):
        raise FormatError("an attribute is not base64") from None
