"""Puts a model together out of TFLite's operators, which tflite_to_onnx converts: TF.js has the same ones by other
names, but says no shapes. Every shape is worked out here; the batch is one.

All tensors are floats, in TensorFlow's order of axes (NHWC). A tensor is a number.
"""

import math

import numpy as np

from tflite_to_onnx import schema
from tflite_to_onnx.flatbuffer import FormatError
from tflite_to_onnx.graph import UnsupportedModel

PADDINGS = {"SAME": 0, "VALID": 1}
ACTIVATIONS = {"linear": 0, "relu": 1, "relu6": 3}
_LARGEST = 1 << 28  # numbers in a tensor


class Builder:
    def __init__(self):
        self._tensors, self._operators = [], []

    def model(self, inputs, outputs):
        return schema.Model(self._tensors, tuple(inputs), tuple(outputs), self._operators, {})

    def shape(self, tensor):
        return self._tensors[tensor].shape

    # ---- tensors

    def tensor(self, name, shape, data=None):
        shape = tuple(int(n) for n in shape)
        if any(n < 1 for n in shape) or math.prod(shape) > _LARGEST:
            raise FormatError(f"tensor {name!r} cannot have the shape {shape}")
        index = len(self._tensors)
        dtype = np.dtype("<f4") if data is None else data.dtype
        none = np.empty(0, np.float32), np.empty(0, np.int64)
        self._tensors.append(schema.Tensor(index, name, shape, dtype, data, *none, 0))
        return index

    def constant(self, name, values):
        values = np.asarray(values)
        values = values.astype("<i4" if values.dtype.kind == "i" else "<f4")
        return self.tensor(name, values.shape, values)

    def operator(self, kind, name, inputs, shape, **options):
        """Adds an operator, and returns its result."""
        defaults = {key: default for key, (_, _, default) in schema.OPTIONS.get(kind, {}).items()}
        result = self.tensor(name, shape)
        self._operators.append(schema.Operator(kind, tuple(inputs), (result,), {**defaults, **options}, b""))
        return result

    # ---- operators

    def conv(self, name, x, kernel, bias, strides, padding, dilations=(1, 1), activation="linear"):
        """`kernel`: [height, width, in, out], as TensorFlow has it."""
        self._check(name, kernel.ndim == 4 and len(self.shape(x)) == 4 and kernel.shape[2] == self.shape(x)[3])
        weights = self.constant(f"{name}/weights", kernel.transpose(3, 0, 1, 2))
        return self._convolution("CONV_2D", name, x, weights, kernel, bias, strides, padding, dilations, activation)

    def depthwise(self, name, x, kernel, bias, strides, padding, dilations=(1, 1), activation="linear"):
        """`kernel`: [height, width, in, results for each in]."""
        self._check(name, kernel.ndim == 4 and len(self.shape(x)) == 4 and kernel.shape[2] == self.shape(x)[3])
        weights = self.constant(f"{name}/weights", kernel.reshape(1, *kernel.shape[:2], -1))
        return self._convolution(
            "DEPTHWISE_CONV_2D", name, x, weights, kernel, bias, strides, padding, dilations, activation
        )

    def _convolution(self, kind, name, x, weights, kernel, bias, strides, padding, dilations, activation):
        channels = self.shape(weights)[3 if kind == "DEPTHWISE_CONV_2D" else 0]
        height, width = self._windowed(name, x, kernel.shape[:2], strides, padding, dilations)
        return self.operator(
            kind,
            name,
            [x, weights, *self._bias(name, bias, channels)],
            (1, height, width, channels),
            padding=PADDINGS[padding],
            stride_h=strides[0],
            stride_w=strides[1],
            dilation_h=dilations[0],
            dilation_w=dilations[1],
            activation=ACTIVATIONS[activation],
        )

    def dense(self, name, x, kernel, bias, activation="linear"):
        """`kernel`: [in, out]."""
        self._check(name, kernel.ndim == 2 and self.shape(x) == (1, kernel.shape[0]))
        weights = self.constant(f"{name}/weights", kernel.T)
        inputs = [x, weights, *self._bias(name, bias, kernel.shape[1])]
        return self.operator(
            "FULLY_CONNECTED", name, inputs, (1, kernel.shape[1]), activation=ACTIVATIONS[activation]
        )

    def _bias(self, name, bias, channels):
        if bias is None:
            return []
        self._check(name, bias.shape == (channels,))
        return [self.constant(f"{name}/bias", bias)]

    def pool(self, kind, name, x, window, strides, padding):
        """`kind`: "MAX_POOL_2D" or "AVERAGE_POOL_2D"."""
        height, width = self._windowed(name, x, window, strides, padding, (1, 1))
        return self.operator(
            kind,
            name,
            [x],
            (1, height, width, self.shape(x)[3]),
            padding=PADDINGS[padding],
            filter_height=window[0],
            filter_width=window[1],
            stride_h=strides[0],
            stride_w=strides[1],
        )

    def _windowed(self, name, x, window, strides, padding, dilations):
        if padding not in PADDINGS:
            raise UnsupportedModel(f"{name}: padding {padding}")
        self._check(name, len(self.shape(x)) == 4 and min(*window, *strides, *dilations) >= 1)
        sizes = []
        for size, length, stride, dilation in zip(self.shape(x)[1:3], window, strides, dilations):
            taken = 0 if padding == "SAME" else (length - 1) * dilation
            sizes.append(-(-(size - taken) // stride))
        return sizes

    def binary(self, kind, name, x, y):
        """`kind`: ADD, SUB, MUL, MINIMUM or MAXIMUM."""
        return self.operator(kind, name, [x, y], np.broadcast_shapes(self.shape(x), self.shape(y)))

    def unary(self, kind, name, x):
        """`kind`: RELU, RELU6 or LOGISTIC."""
        return self.operator(kind, name, [x], self.shape(x))

    def softmax(self, name, x):
        return self.operator("SOFTMAX", name, [x], self.shape(x), beta=1.0)

    def mean(self, name, x, axes, keep):
        rank = len(self.shape(x))
        self._check(name, all(-rank <= a < rank for a in axes))
        axes = sorted({int(a) % rank for a in axes})
        shape = [1 if i in axes else n for i, n in enumerate(self.shape(x)) if keep or i not in axes]
        return self.operator("MEAN", name, [x, self.constant(f"{name}/axes", np.array(axes, "<i4"))], shape, keep_dims=keep)

    def pad(self, name, x, amounts):
        """`amounts`: (before, after) an axis."""
        amounts = np.array(amounts, "<i4")
        self._check(name, amounts.shape == (len(self.shape(x)), 2))
        shape = [n + before + after for n, (before, after) in zip(self.shape(x), amounts.tolist())]
        return self.operator("PAD", name, [x, self.constant(f"{name}/amounts", amounts)], shape)

    def concatenate(self, name, parts, axis):
        shapes = [list(self.shape(part)) for part in parts]
        self._check(name, shapes and -len(shapes[0]) <= axis < len(shapes[0]))
        lengths = [shape.pop(axis) for shape in shapes]
        self._check(name, all(shape == shapes[0] for shape in shapes))
        shape = list(self.shape(parts[0]))
        shape[axis] = sum(lengths)
        return self.operator("CONCATENATION", name, parts, shape, axis=axis)

    def resize(self, name, x, size, align_corners, half_pixel_centers):
        self._check(name, len(self.shape(x)) == 4 and len(size) == 2)
        shape = (1, *size, self.shape(x)[3])
        target = self.constant(f"{name}/size", np.array(size, "<i4"))
        options = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
        return self.operator("RESIZE_BILINEAR", name, [x, target], shape, **options)

    def reshape(self, name, x, shape):
        self._check(name, math.prod(shape) == math.prod(self.shape(x)))
        return self.operator("RESHAPE", name, [x, self.constant(f"{name}/shape", np.array(shape, "<i4"))], shape)

    @staticmethod
    def _check(name, good):
        if not good:
            raise FormatError(f"{name!r} does not fit what it is computed from")
