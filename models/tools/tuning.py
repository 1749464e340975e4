"""Rewrites ONNX graphs so that ONNX Runtime runs them faster; what they compute stays the same but for rounding.

* Weights that an old exporter lists among the inputs, where a caller could replace them, become constants: only
  then can batch normalization be folded into convolutions and weights be laid out in advance.
* PRelu with one slope a channel becomes a x + (1 - a) relu(x), by two convolutions of one weight a channel. There
  is no PRelu for the blocked layout that ONNX Runtime runs convolutions in, so that each one has its picture laid
  out anew before and after; these convolutions stay in that layout, and the addition becomes part of the second.
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper


def tune(proto):
    """Rewrites an onnx.ModelProto in place."""
    _make_weights_constant(proto.graph)
    if any(node.op_type == "PRelu" for node in proto.graph.node):
        _replace_prelu(proto)


def _make_weights_constant(graph):
    weights = {tensor.name for tensor in graph.initializer}
    inputs = [info for info in graph.input if info.name not in weights]
    if len(inputs) < len(graph.input):
        del graph.input[:]
        graph.input.extend(inputs)


def _replace_prelu(proto):
    graph = proto.graph
    ranks = _ranks(proto)
    constants = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        slopes = constants.get(node.input[1]) if node.op_type == "PRelu" else None
        if slopes is not None and ranks.get(node.input[0]) == 4 and _one_a_channel(slopes.dims):
            nodes += _as_convolutions(graph, node, numpy_helper.to_array(slopes))
        else:
            nodes.append(node)
    read = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in read]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(kept)


def _as_convolutions(graph, node, slopes):
    source, result = node.input[0], node.output[0]
    slopes = slopes.reshape(-1, 1, 1, 1).astype(np.float32)

    def scaled(value, weights, name):
        graph.initializer.append(numpy_helper.from_array(weights, f"{name}_weights"))
        inputs = [value, f"{name}_weights"]
        return helper.make_node("Conv", inputs, [name], name=name, group=len(slopes), kernel_shape=[1, 1])

    above, part, whole = (f"{result}_{suffix}" for suffix in ("above", "part", "whole"))
    return [
        helper.make_node("Relu", [source], [above], name=above),
        scaled(source, slopes, whole),
        scaled(above, 1 - slopes, part),
        helper.make_node("Add", [part, whole], [result], name=node.name or result),
    ]


def _one_a_channel(shape):
    return tuple(shape) in ((shape[-3], 1, 1), (1, shape[-3], 1, 1)) if len(shape) in (3, 4) else False


def _ranks(proto):
    graph = onnx.shape_inference.infer_shapes(proto).graph
    known = [*graph.value_info, *graph.input, *graph.output]
    return {info.name: len(info.type.tensor_type.shape.dim) for info in known if info.type.tensor_type.HasField("shape")}
