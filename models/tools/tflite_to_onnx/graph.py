"""The ONNX graph under construction.

A quantized TFLite tensor becomes a uint8 ONNX value with its scale and zero point; operators read
it through DequantizeLinear and write it through QuantizeLinear (the "QDQ" form), which ONNX Runtime
fuses into its integer kernels. Activations are always uint8 and weights always int8, the pairing
x86 dot-product instructions take directly; int8 activations and uint8 weights are moved by 128,
zero point included, so no value changes.

TFLite is NHWC, ONNX is NCHW: every rank-4 tensor is kept as NCHW. ONNX Runtime turns the integer
part back to NHWC by itself, and then the transposes at both ends cancel out.
"""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

TO_NCHW = (0, 3, 1, 2)
TO_NHWC = (0, 2, 3, 1)

NO_ACTIVATION, RELU, RELU_N1_TO_1, RELU6 = 0, 1, 2, 3
_CLIP = {RELU: (0.0, np.inf), RELU_N1_TO_1: (-1.0, 1.0), RELU6: (0.0, 6.0)}


class UnsupportedModel(ValueError):
    """A well-formed model with something in it that the converter does not know."""


def nchw_shape(shape):
    return [shape[axis] for axis in TO_NCHW] if len(shape) == 4 else list(shape)


def nchw_axis(axis, rank):
    axis = axis + rank if axis < 0 else axis
    return TO_NCHW.index(axis) if rank == 4 else axis


class Graph:
    """Nodes and constants so far, and which ONNX value holds each TFLite tensor."""

    def __init__(self, model, float_tensors):
        """`float_tensors`: indices of quantized tensors that are to be kept as floats."""
        self.model = model
        self.nodes = []
        self.initializers = {}
        self._float_tensors = float_tensors
        self._quantized = {}  # tensor index -> name of its uint8 value
        self._float = {}  # tensor index -> name of its float value
        self._count = 0

    # ---- building blocks

    def node(self, operator, inputs, **attributes):
        """Adds a node with one output and returns the output's name."""
        self._count += 1
        name = f"{operator}_{self._count}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name, array):
        if name not in self.initializers:
            self.initializers[name] = numpy_helper.from_array(np.array(array, order="C"), name)
        return name

    def to_nhwc(self, value, shape):
        """`shape` is the tensor's TFLite shape. One by one pixel needs no moving, only a reshape."""
        return self.node("Transpose", [value], perm=TO_NHWC) if len(shape) == 4 else value

    def to_nchw(self, value, shape):
        return self.node("Transpose", [value], perm=TO_NCHW) if len(shape) == 4 else value

    def reshape(self, value, shape):
        """`shape` is in ONNX's order of axes."""
        target = self.constant("shape_" + "_".join(map(str, shape)), np.array(shape, np.int64))
        return self.node("Reshape", [value, target])

    # ---- tensors

    def tensor(self, index):
        return self.model.tensors[index]

    def constant_of(self, index, what):
        tensor = self.tensor(index)
        if tensor.data is None:
            raise UnsupportedModel(f"{what} must be constant")
        return tensor.data

    def is_quantized(self, index):
        """Whether the value that stands for the tensor is uint8."""
        return index in self._quantized

    def quantized_value(self, index):
        if index not in self._quantized:
            raise UnsupportedModel(f"tensor {self.tensor(index).name!r} is used before it is computed")
        return self._quantized[index]

    def float_operand(self, index, rank):
        """A float value that broadcasts, in ONNX's layout, against tensors of a rank.

        TFLite lines up the last axes. What has fewer of them gets the others in front before it is
        turned into NCHW: of a constant that is another constant, of anything else it is not done.
        """
        tensor = self.tensor(index)
        missing = rank - len(tensor.shape)
        if missing <= 0 or rank != 4:
            return self.float_value(index)
        if tensor.data is None or tensor.quantized or tensor.data.dtype != np.float32:
            raise UnsupportedModel(f"tensor {tensor.name!r} of shape {tensor.shape} beside one of rank 4")
        data = tensor.data.reshape((1,) * missing + tensor.shape).transpose(TO_NCHW)
        return self.constant(f"constant_{index}_of_rank_4", data)

    def float_value(self, index):
        """A float value for the tensor, through DequantizeLinear where it is quantized."""
        if index in self._float:
            return self._float[index]
        tensor = self.tensor(index)
        if index in self._quantized:
            return self.node("DequantizeLinear", [self._quantized[index], *self._quantization(tensor)])
        if tensor.data is None:
            raise UnsupportedModel(f"tensor {tensor.name!r} is used before it is computed")
        if tensor.quantized or tensor.data.dtype != np.float32:
            raise UnsupportedModel(f"constant {tensor.name!r} of type {tensor.dtype} as an operand")
        data = tensor.data.transpose(TO_NCHW) if tensor.data.ndim == 4 else tensor.data
        return self.constant(f"constant_{index}", data)

    def set_quantized(self, index, value):
        self._quantized[index] = value

    def set_float(self, index, value, activation=NO_ACTIVATION):
        """Stores an operator's float result: applies its activation, then quantizes if it must."""
        tensor = self.tensor(index)
        quantize = tensor.quantized and index not in self._float_tensors
        if activation != NO_ACTIVATION and not (quantize and _range_implies(tensor, activation)):
            value = self._activate(value, activation)
        if quantize:
            value = self.node("QuantizeLinear", [value, *self._quantization(tensor)])
            self._quantized[index] = value
        else:
            self._float[index] = value

    def same_quantization(self, first, second):
        a, b = self.tensor(first), self.tensor(second)
        return unsigned_quantization(a) == unsigned_quantization(b)

    def _quantization(self, tensor):
        scale, zero_point = unsigned_quantization(tensor)
        return (
            self.constant(f"scale_{scale!r}", np.float32(scale)),
            self.constant(f"zero_{zero_point}", np.uint8(zero_point)),
        )

    def _activate(self, value, activation):
        if activation not in _CLIP:
            raise UnsupportedModel(f"fused activation {activation}")
        if activation == RELU:
            return self.node("Relu", [value])
        low, high = (self.constant(f"clip_{bound:g}", np.float32(bound)) for bound in _CLIP[activation])
        return self.node("Clip", [value, low, high])

    # ---- weights

    def weights(self, index, name, to_onnx, channel_axis):
        """A constant weight tensor, `to_onnx` applied to its array, as a float value.

        `channel_axis` is where the output channels are after `to_onnx`. Every operator has a copy
        under a `name` of its own even of weights that several share (a detector's head does): when
        ONNX Runtime rewrites weights for an older x86 it cannot rewrite shared ones.
        """
        data = self.constant_of(index, "weights")
        tensor = self.tensor(index)
        if not tensor.quantized:
            return self.constant(name, to_onnx(data).astype(np.float32))
        data, zero_point = _signed(tensor)
        scale = tensor.scale
        attributes = {"axis": channel_axis} if scale.size > 1 else {}
        if scale.size == 1:
            scale, zero_point = scale[0], zero_point[0]
        inputs = [
            self.constant(name, to_onnx(data)),
            self.constant(f"{name}_scale", scale),
            self.constant(f"{name}_zero", zero_point),
        ]
        return self.node("DequantizeLinear", inputs, **attributes)

    def bias(self, index, name, input_index, weights_index):
        """A constant bias vector.

        Integer kernels add it to sums of inputs times weights, so its scale has to be the input's
        times the weights'. It is, but for rounding of the input that was replaced (see convert).
        """
        data = self.constant_of(index, "bias").reshape(-1)
        tensor = self.tensor(index)
        if not tensor.quantized:
            return self.constant(name, data.astype(np.float32))
        if data.dtype != np.int32 or np.any(tensor.zero_point != 0):
            raise UnsupportedModel(f"bias {tensor.name!r} is not symmetric int32")
        scale = np.float32(unsigned_quantization(self.tensor(input_index))[0]) * self.tensor(weights_index).scale
        if not np.allclose(scale, tensor.scale, rtol=1e-5):
            data = np.round(data * tensor.scale.astype(np.float64) / scale).astype(np.int32)
        attributes = {"axis": 0} if scale.size > 1 else {}
        inputs = [self.constant(name, data), self.constant(f"{name}_scale", scale if scale.size > 1 else scale[0])]
        return self.node("DequantizeLinear", inputs, **attributes)


def unsigned_quantization(tensor):
    """(scale, zero point) of an activation as uint8."""
    if tensor.scale.size != 1 or tensor.dtype not in (np.int8, np.uint8):
        raise UnsupportedModel(f"tensor {tensor.name!r}: {tensor.scale.size} scales of {tensor.dtype}")
    shift = 128 if tensor.dtype == np.int8 else 0
    zero_point = int(tensor.zero_point[0]) + shift
    if not 0 <= zero_point <= 255:
        raise UnsupportedModel(f"tensor {tensor.name!r}: zero point {zero_point} is outside uint8")
    return float(tensor.scale[0]), zero_point


def _signed(tensor):
    """(data, zero point) of a weight tensor as int8."""
    if tensor.dtype == np.int8:
        return tensor.data, tensor.zero_point.astype(np.int8)
    if tensor.dtype == np.uint8:
        data = (tensor.data.astype(np.int16) - 128).astype(np.int8)
        return data, (tensor.zero_point - 128).astype(np.int8)
    raise UnsupportedModel(f"weights {tensor.name!r} of type {tensor.dtype}")


def _range_implies(tensor, activation):
    """Whether rounding into the tensor's quantized range already does what the activation does."""
    if activation not in _CLIP:
        return False
    low, high = _CLIP[activation]
    scale, zero_point = unsigned_quantization(tensor)
    half_step = scale / 2
    return (0 - zero_point) * scale >= low - half_step and (255 - zero_point) * scale <= high + half_step


def value_info(name, element_type, shape):
    return helper.make_tensor_value_info(name, element_type, shape)


UINT8 = TensorProto.UINT8
FLOAT = TensorProto.FLOAT
