"""The TFLite operators that compute number by number, sum over axes, or move and cut axes."""

import numpy as np

from tflite_to_onnx.flatbuffer import FormatError
from tflite_to_onnx.graph import RELU, RELU6, TO_NCHW, UnsupportedModel, nchw_axis


def _binary(onnx_operator):
    def convert(graph, op):
        _store(graph, op, graph.node(onnx_operator, _operands(graph, op)))

    return convert


def _squared_difference(graph, op):
    difference = graph.node("Sub", _operands(graph, op))
    _store(graph, op, graph.node("Mul", [difference, difference]))


def _unary(*onnx_operators):
    def convert(graph, op):
        value = graph.float_value(op.inputs[0])
        for operator in onnx_operators:
            value = graph.node(operator, [value])
        _store(graph, op, value)

    return convert


def _activation(activation):
    def convert(graph, op):
        graph.set_float(op.outputs[0], graph.float_value(op.inputs[0]), activation)

    return convert


def _prelu(graph, op):
    source, slopes = op.inputs
    rank = len(graph.tensor(source).shape)
    value = graph.node("PRelu", [graph.float_value(source), graph.float_operand(slopes, rank)])
    _store(graph, op, value)


def _operands(graph, op):
    rank = max(len(graph.tensor(i).shape) for i in op.inputs)
    return [graph.float_operand(i, rank) for i in op.inputs]


def _store(graph, op, value):
    graph.set_float(op.outputs[0], value, op.options.get("activation", 0))


def reduced_axes(graph, op):
    """The axes a reduction goes over, as TFLite counts them."""
    rank = len(graph.tensor(op.inputs[0]).shape)
    axes = [int(a) for a in graph.constant_of(op.inputs[1], f"axes of {op.name}").reshape(-1)]
    if any(not -rank <= a < rank for a in axes):
        raise FormatError(f"{op.name} over an axis that does not exist")
    return {a % rank for a in axes}


def reduce_mean(graph, op):
    value, axes, keep = _reduction(graph, op)
    _store(graph, op, graph.node("ReduceMean", [value], axes=axes, keepdims=keep))


def _sum(graph, op):
    value, axes, keep = _reduction(graph, op)
    name = "axes_" + "_".join(map(str, axes))
    _store(graph, op, graph.node("ReduceSum", [value, graph.constant(name, np.array(axes, np.int64))], keepdims=keep))


def _reduction(graph, op):
    """(value, its axes to reduce, whether they stay as axes of length 1)"""
    shape = graph.tensor(op.inputs[0]).shape
    axes, keep = reduced_axes(graph, op), op.options["keep_dims"]
    value = graph.float_value(op.inputs[0])
    if keep:
        axes = {nchw_axis(a, len(shape)) for a in axes}
    elif len(shape) > 4:
        raise UnsupportedModel(f"{op.name} that drops axes of a tensor of rank {len(shape)}")
    else:
        value = graph.to_nhwc(value, shape)  # what is left has fewer axes, and those in TFLite's order
    return value, sorted(axes), int(keep)


def _transpose(graph, op):
    rank = len(graph.tensor(op.inputs[0]).shape)
    order = [int(a) for a in graph.constant_of(op.inputs[1], "the order of TRANSPOSE").reshape(-1)]
    if sorted(order) != list(range(rank)):
        raise FormatError("TRANSPOSE by an order that is none")
    if rank == 4:
        order = [nchw_axis(order[axis], rank) for axis in TO_NCHW]
    _store(graph, op, graph.node("Transpose", [graph.float_value(op.inputs[0])], perm=order))


def _strided_slice(graph, op):
    before, after = graph.tensor(op.inputs[0]).shape, graph.tensor(op.outputs[0]).shape
    starts, ends, steps = _bounds(graph, op, before)
    cut = tuple(max(0, -(-(e - s) // step)) for s, e, step in zip(starts, ends, steps))
    kept = tuple(n for i, n in enumerate(cut) if not op.options["shrink_axis_mask"] >> i & 1)
    if kept != after:
        raise FormatError("STRIDED_SLICE with bounds that do not give its result's shape")
    value = graph.float_value(op.inputs[0])
    if cut != before:
        axes = [nchw_axis(a, len(before)) for a in range(len(before))]
        parts = {"starts": starts, "ends": ends, "axes": axes, "steps": steps}
        constants = [graph.constant(f"{k}_{op.outputs[0]}", np.array(v, np.int64)) for k, v in parts.items()]
        value = graph.node("Slice", [value, *constants])
    if kept != cut:
        value = graph.to_nchw(graph.reshape(graph.to_nhwc(value, cut), kept), kept)
    _store(graph, op, value)


def _bounds(graph, op, shape):
    """(starts, ends, steps), one an axis, within the shape"""
    options = op.options
    if options["ellipsis_mask"] or options["new_axis_mask"]:
        raise UnsupportedModel("STRIDED_SLICE that adds axes")
    begin, end, steps = (graph.constant_of(i, "bounds of STRIDED_SLICE").reshape(-1).tolist() for i in op.inputs[1:4])
    if not len(begin) == len(end) == len(steps) == len(shape):
        raise FormatError("STRIDED_SLICE with bounds that do not fit the shape")
    if min(steps, default=1) < 1:
        raise UnsupportedModel("STRIDED_SLICE backwards")
    starts, ends = [], []
    for i, length in enumerate(shape):
        start = 0 if options["begin_mask"] >> i & 1 else _place(begin[i], length)
        end_here = length if options["end_mask"] >> i & 1 else _place(end[i], length)
        starts.append(start)
        ends.append(start + 1 if options["shrink_axis_mask"] >> i & 1 else end_here)
    return starts, ends, steps


def _place(bound, length):
    return min(max(bound + length if bound < 0 else bound, 0), length)


HANDLERS = {
    "ADD": _binary("Add"),
    "DIV": _binary("Div"),
    "LOGISTIC": _unary("Sigmoid"),
    "MAXIMUM": _binary("Max"),
    "MINIMUM": _binary("Min"),
    "MUL": _binary("Mul"),
    "NEG": _unary("Neg"),
    "PRELU": _prelu,
    "RELU": _activation(RELU),
    "RELU6": _activation(RELU6),
    "RSQRT": _unary("Sqrt", "Reciprocal"),
    "SQRT": _unary("Sqrt"),
    "SQUARED_DIFFERENCE": _squared_difference,
    "STRIDED_SLICE": _strided_slice,
    "SUB": _binary("Sub"),
    "SUM": _sum,
    "TRANSPOSE": _transpose,
}
