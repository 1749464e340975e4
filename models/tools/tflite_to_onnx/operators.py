"""One function for each TFLite operator: reads its inputs from the graph, adds ONNX nodes, stores its output.

Those of plain arithmetic and of moving axes are in arithmetic.py.
"""

import numpy as np

from tflite_to_onnx import arithmetic
from tflite_to_onnx.graph import TO_NCHW, UnsupportedModel, nchw_axis, nchw_shape

SAME, VALID = 0, 1


def convert_operator(graph, operator):
    handler = _HANDLERS.get(operator.name)
    if handler is None:
        raise UnsupportedModel(f"operator {operator.name} is not supported")
    handler(graph, operator)


def _conv(graph, op):
    kernel = graph.tensor(op.inputs[1]).shape  # O, H, W, I
    weights = graph.weights(op.inputs[1], f"weights_{op.outputs[0]}", lambda w: w.transpose(0, 3, 1, 2), 0)
    channels = graph.tensor(op.inputs[0]).shape[3]
    if channels % kernel[3] != 0:
        raise UnsupportedModel(f"convolution of {channels} channels by a kernel for {kernel[3]}")
    _convolution(graph, op, weights, kernel[1:3], channels // kernel[3])


def _depthwise_conv(graph, op):
    kernel = graph.tensor(op.inputs[1]).shape  # 1, H, W, I * multiplier
    weights = graph.weights(op.inputs[1], f"weights_{op.outputs[0]}", lambda w: w.transpose(3, 0, 1, 2), 0)
    _convolution(graph, op, weights, kernel[1:3], graph.tensor(op.inputs[0]).shape[3])


def _convolution(graph, op, weights, kernel, group):
    options = op.options
    strides = (options["stride_h"], options["stride_w"])
    dilations = (options["dilation_h"], options["dilation_w"])
    inputs = [graph.float_value(op.inputs[0]), weights]
    if len(op.inputs) > 2 and op.inputs[2] >= 0:
        inputs.append(_bias(graph, op))
    value = graph.node(
        "Conv",
        inputs,
        kernel_shape=kernel,
        strides=strides,
        dilations=dilations,
        group=group,
        pads=_pads(graph, op, kernel, strides, dilations),
    )
    graph.set_float(op.outputs[0], value, options["activation"])


def _bias(graph, op):
    return graph.bias(op.inputs[2], f"bias_{op.outputs[0]}", op.inputs[0], op.inputs[1])


def _pads(graph, op, kernel, strides, dilations=(1, 1)):
    """ONNX pads (top, left, bottom, right). SAME puts the odd pixel after, as TensorFlow does."""
    if min(*strides, *dilations, *kernel) < 1:
        raise UnsupportedModel(f"{op.name} with a stride, dilation or kernel below 1")
    if op.options["padding"] == VALID:
        return [0, 0, 0, 0]
    size_in = graph.tensor(op.inputs[0]).shape[1:3]
    before, after = [], []
    for size, k, stride, dilation in zip(size_in, kernel, strides, dilations):
        size_out = -(-size // stride)
        total = max(0, (size_out - 1) * stride + (k - 1) * dilation + 1 - size)
        before.append(total // 2)
        after.append(total - total // 2)
    return before + after


def _fully_connected(graph, op):
    weights_index = op.inputs[1]
    outputs, inputs = graph.tensor(weights_index).shape
    value = graph.float_value(op.inputs[0])
    shape = graph.tensor(op.inputs[0]).shape
    if len(shape) == 4 and shape[1:3] != (1, 1):
        raise UnsupportedModel("FULLY_CONNECTED over pixels")
    if len(shape) != 2:
        value = _reshape_on_storage(graph, op.inputs[0], (-1, inputs))
    operands = [value, graph.weights(weights_index, f"weights_{op.outputs[0]}", lambda w: w, 0)]
    if len(op.inputs) > 2 and op.inputs[2] >= 0:
        operands.append(_bias(graph, op))
    value = graph.node("Gemm", operands, transB=1)
    if graph.tensor(op.outputs[0]).shape[-1] != outputs or len(graph.tensor(op.outputs[0]).shape) != 2:
        raise UnsupportedModel("FULLY_CONNECTED with an output that is not rank 2")
    graph.set_float(op.outputs[0], value, op.options["activation"])


def _reshape_on_storage(graph, index, shape):
    """Float value of the tensor in another shape; the reshape is done before dequantizing."""
    if not graph.is_quantized(index):
        return graph.reshape(graph.float_value(index), shape)
    graph.set_quantized(index, graph.reshape(graph.quantized_value(index), shape))
    return graph.float_value(index)


def _max_pool(graph, op):
    kernel, strides = _window(op)
    _on_storage(
        graph,
        op,
        lambda value: graph.node(
            "MaxPool", [value], kernel_shape=kernel, strides=strides, pads=_pads(graph, op, kernel, strides)
        ),
    )


def _average_pool(graph, op):
    kernel, strides = _window(op)
    value = graph.float_value(op.inputs[0])
    if kernel == graph.tensor(op.inputs[0]).shape[1:3] and op.options["padding"] == VALID:
        value = graph.node("GlobalAveragePool", [value])
    else:
        pads = _pads(graph, op, kernel, strides)
        value = graph.node("AveragePool", [value], kernel_shape=kernel, strides=strides, pads=pads)
    graph.set_float(op.outputs[0], value, op.options["activation"])


def _window(op):
    options = op.options
    return (options["filter_height"], options["filter_width"]), (options["stride_h"], options["stride_w"])


def _mean(graph, op):
    if arithmetic.reduced_axes(graph, op) != {1, 2} or len(graph.tensor(op.inputs[0]).shape) != 4:
        arithmetic.reduce_mean(graph, op)
        return
    value = graph.node("GlobalAveragePool", [graph.float_value(op.inputs[0])])
    if not op.options["keep_dims"]:
        value = graph.reshape(value, graph.tensor(op.outputs[0]).shape)
    graph.set_float(op.outputs[0], value)


def _resize_nearest(graph, op):
    if op.options["align_corners"] or op.options["half_pixel_centers"]:
        raise UnsupportedModel("RESIZE_NEAREST_NEIGHBOR with aligned corners or half-pixel centres")
    _on_storage(
        graph, op, lambda value: _resized(graph, op, value, "asymmetric", mode="nearest", nearest_mode="floor")
    )


def _resize_bilinear(graph, op):
    places = "asymmetric"
    if op.options["align_corners"]:
        places = "align_corners"
    elif op.options["half_pixel_centers"]:
        places = "half_pixel"
    graph.set_float(op.outputs[0], _resized(graph, op, graph.float_value(op.inputs[0]), places, mode="linear"))


def _resized(graph, op, value, places, **mode):
    sizes = nchw_shape(graph.tensor(op.outputs[0]).shape)
    target = graph.constant("size_" + "_".join(map(str, sizes)), np.array(sizes, np.int64))
    return graph.node("Resize", [value, "", "", target], coordinate_transformation_mode=places, **mode)


def _reshape(graph, op):
    before = graph.tensor(op.inputs[0]).shape
    after = graph.tensor(op.outputs[0]).shape

    def apply(value):
        return graph.to_nchw(graph.reshape(graph.to_nhwc(value, before), after), after)

    _on_storage(graph, op, apply)


def _pad(graph, op):
    amounts = graph.constant_of(op.inputs[1], "paddings of PAD").astype(np.int64)
    rank = len(graph.tensor(op.inputs[0]).shape)
    if amounts.shape != (rank, 2) or np.any(amounts < 0):
        raise UnsupportedModel("PAD with impossible amounts")
    if rank == 4:
        amounts = amounts[list(TO_NCHW)]
    pads = graph.constant(f"pads_{op.outputs[0]}", amounts.T.reshape(-1))
    graph.set_float(op.outputs[0], graph.node("Pad", [graph.float_value(op.inputs[0]), pads]))


def _concatenation(graph, op):
    axis = nchw_axis(op.options["axis"], len(graph.tensor(op.outputs[0]).shape))
    output = op.outputs[0]
    if all(graph.is_quantized(i) and graph.same_quantization(i, output) for i in op.inputs):
        value = graph.node("Concat", [graph.quantized_value(i) for i in op.inputs], axis=axis)
        graph.set_quantized(output, value)
    else:
        value = graph.node("Concat", [graph.float_value(i) for i in op.inputs], axis=axis)
        graph.set_float(output, value, op.options["activation"])


def _on_storage(graph, op, apply):
    """For an operator that only moves or selects values: done on the uint8 value, no rounding."""
    source, output = op.inputs[0], op.outputs[0]
    activation = op.options.get("activation", 0)
    if graph.is_quantized(source) and not activation and graph.same_quantization(source, output):
        graph.set_quantized(output, apply(graph.quantized_value(source)))
    else:
        graph.set_float(output, apply(graph.float_value(source)), activation)


def _requantize(graph, op):
    """QUANTIZE and DEQUANTIZE. Between int8 and uint8 of one quantization it is nothing at all."""
    source, output = op.inputs[0], op.outputs[0]
    if (
        graph.is_quantized(source)
        and graph.tensor(output).quantized
        and graph.same_quantization(source, output)
    ):
        graph.set_quantized(output, graph.quantized_value(source))
    else:
        graph.set_float(output, graph.float_value(source))


def _softmax(graph, op):
    if op.options["beta"] != 1.0 or len(graph.tensor(op.inputs[0]).shape) == 4:
        raise UnsupportedModel("SOFTMAX with a beta other than 1, or over a picture")
    graph.set_float(op.outputs[0], graph.node("Softmax", [graph.float_value(op.inputs[0])], axis=-1))


_HANDLERS = {
    **arithmetic.HANDLERS,
    "AVERAGE_POOL_2D": _average_pool,
    "CONCATENATION": _concatenation,
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise_conv,
    "DEQUANTIZE": _requantize,
    "FULLY_CONNECTED": _fully_connected,
    "MAX_POOL_2D": _max_pool,
    "MEAN": _mean,
    "PAD": _pad,
    "QUANTIZE": _requantize,
    "RESHAPE": _reshape,
    "RESIZE_BILINEAR": _resize_bilinear,
    "RESIZE_NEAREST_NEIGHBOR": _resize_nearest,
    "SOFTMAX": _softmax,
    "SQUEEZE": _reshape,
}
