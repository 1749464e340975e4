"""TFLite bytes in, ONNX model out.

    converted = convert(data)
    converted.onnx          an onnx.ModelProto, checked
    converted.detection     of a detector with TFLite_Detection_PostProcess: what that operator knew

The input stays as the application feeds it: NHWC, and uint8 pixels where TFLite takes uint8; one that
is no picture is floats. The outputs are floats. The rounding that TFLite does to its last result is left out, and so are a
detector's TFLite_Detection_PostProcess and the sigmoid before it: the outputs are then `boxes`
(encodings, one row an anchor) and `logits`.
"""

import contextlib
import dataclasses

import numpy as np
import onnx
from onnx import helper

from tflite_to_onnx import flexbuffer, schema
from tflite_to_onnx.flatbuffer import FormatError
from tflite_to_onnx.graph import FLOAT, UINT8, Graph, UnsupportedModel, value_info
from tflite_to_onnx.operators import convert_operator

# 13 is the first with per-channel (de)quantization; Debian 12's onnx package knows up to 17.
OPSET = 13
IR_VERSION = 8

_REFUSALS_OF_ONNX = (onnx.checker.ValidationError, onnx.shape_inference.InferenceError)

POST_PROCESS = "CUSTOM:TFLite_Detection_PostProcess"


@dataclasses.dataclass(frozen=True)
class Detection:
    anchors: np.ndarray  # [anchor, (y centre, x centre, height, width)], 0..1
    options: dict  # of the operator: y_scale, x_scale, h_scale, w_scale, num_classes, ...


@dataclasses.dataclass(frozen=True)
class Converted:
    onnx: object
    input_name: str
    input_scale: float  # quantization of a uint8 input: real = scale * (pixel - zero point)
    input_zero_point: int
    output_names: tuple
    detection: Detection  # or None


def convert(data, pixel_mean=None, pixel_scale=None, results=None):
    """Converts the bytes of a .tflite file. Raises FormatError or UnsupportedModel.

    `results` ({name: name of a tensor of the model}) says what is wanted of it: that and nothing that
    only other results need is converted. Without it all results are, as the model orders them.

    With `pixel_mean` and `pixel_scale`, the normalization the model was trained with (real value =
    (pixel - mean) / scale), the converted model takes the pixels themselves even where the TFLite
    model asks for pixels normalized and then rounded to a scale of its own: one rounding less.
    """
    with _errors():
        model = schema.load(data)
        return _convert(model, pixel_mean, pixel_scale, None if results is None else _named(model, results))


def convert_model(model, results):
    """The same for a model of TFLite's operators that comes from elsewhere; `results` are {name: tensor index}."""
    with _errors():
        return _convert(model, None, None, results)


@contextlib.contextmanager
def _errors():
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            yield
    except (FormatError, UnsupportedModel):
        raise
    except (ArithmeticError, LookupError, TypeError, ValueError, *_REFUSALS_OF_ONNX) as error:
        # Shapes, indices and options that contradict each other; a sound model does not get here.
        raise FormatError(f"the model contradicts itself: {error}") from error


def _convert(model, pixel_mean, pixel_scale, wanted):
    if len(model.inputs) != 1:
        raise UnsupportedModel(f"{len(model.inputs)} inputs; only one is supported")
    if pixel_scale is not None:
        model = _taking_pixels(model, pixel_mean, pixel_scale)
    model = _with_plain_constants(model)
    operators, results, detection = _cut(model) if wanted is None else _wanted(model, wanted)
    graph = Graph(model, _kept_as_floats(operators, results.values()))
    input_info = _add_input(graph, model.inputs[0])
    for operator in operators:
        convert_operator(graph, operator)
    output_infos = [_add_output(graph, name, index) for name, index in results.items()]
    proto = helper.make_model(
        helper.make_graph(graph.nodes, "converted", [input_info], output_infos, list(graph.initializers.values())),
        producer_name="eyrie",
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    proto.ir_version = IR_VERSION
    onnx.checker.check_model(proto, full_check=True)  # shapes too
    source = model.tensors[model.inputs[0]]
    return Converted(
        proto,
        input_info.name,
        float(source.scale[0]) if source.quantized else 1.0,
        int(source.zero_point[0]) if source.quantized else 0,
        tuple(results),
        detection,
    )


def _taking_pixels(model, mean, scale):
    """The model with another quantization of its input, and of what the input is merely copied to."""
    index = model.inputs[0]
    if model.tensors[index].dtype != np.uint8 or mean != int(mean):
        raise UnsupportedModel("pixels can be taken as they are only by a uint8 input and with a whole mean")
    tensors = list(model.tensors)
    copies = [op.outputs[0] for op in model.operators if op.name == "QUANTIZE" and op.inputs[0] == index]
    for i in [index, *copies]:
        shift = -128 if tensors[i].dtype == np.int8 else 0
        tensors[i] = dataclasses.replace(
            tensors[i],
            scale=np.array([1 / scale], np.float32),
            zero_point=np.array([int(mean) + shift], np.int64),
        )
    return dataclasses.replace(model, tensors=tensors)


def _with_plain_constants(model):
    """The model with constants that are stored as float16 made what DEQUANTIZE would make of them."""
    tensors, operators = list(model.tensors), []
    for op in model.operators:
        source = model.tensors[op.inputs[0]] if op.inputs else None
        if op.name == "DEQUANTIZE" and source.data is not None and source.dtype == np.float16:
            target = tensors[op.outputs[0]]
            if target.shape != source.shape or target.dtype != np.float32:
                raise FormatError(f"tensor {target.name!r} is not the float32 of {source.name!r}")
            tensors[op.outputs[0]] = dataclasses.replace(target, data=source.data.astype(np.float32))
        else:
            operators.append(op)
    return dataclasses.replace(model, tensors=tensors, operators=operators)


def _named(model, results):
    indices = {tensor.name: tensor.index for tensor in model.tensors}
    missing = [name for name in results.values() if name not in indices]
    if missing:
        raise UnsupportedModel(f"the model has no result {', '.join(missing)}")
    return {name: indices[source] for name, source in results.items()}


def _wanted(model, results):
    """The same as _cut() for chosen results."""
    needed, operators = set(results.values()), []
    for op in reversed(model.operators):
        if needed.intersection(op.outputs):
            needed.update(op.inputs)
            operators.insert(0, op)
    return operators, results, None


def _cut(model):
    """(operators to convert, {output name: tensor index}, Detection or None)."""
    if not any(op.name == POST_PROCESS for op in model.operators):
        names = ["scores"] if len(model.outputs) == 1 else [f"output_{i}" for i in range(len(model.outputs))]
        return model.operators, dict(zip(names, model.outputs)), None
    *operators, last = model.operators
    if last.name != POST_PROCESS or len(last.inputs) != 3:
        raise UnsupportedModel("TFLite_Detection_PostProcess is not the last operator")
    boxes, scores, anchors = last.inputs
    if anchors < 0 or model.tensors[anchors].data is None:
        raise UnsupportedModel("the anchors are not constant")
    logits, operators = _before_sigmoid(operators, scores)
    detection = Detection(model.tensors[anchors].data, flexbuffer.read_map(last.custom_options))
    return operators, {"boxes": boxes, "logits": logits}, detection


def _before_sigmoid(operators, scores):
    """(the sigmoid's input, the operators without it and what follows it on this path)."""
    dropped = []
    tensor = scores
    while True:
        producer = next((op for op in operators if tensor in op.outputs), None)
        if producer is None or producer.name not in ("DEQUANTIZE", "LOGISTIC"):
            raise UnsupportedModel("the scores of the detector do not come from a sigmoid")
        dropped.append(producer)
        tensor = producer.inputs[0]
        if producer.name == "LOGISTIC":
            return tensor, [op for op in operators if op not in dropped]


def _kept_as_floats(operators, results):
    """Tensors on the way to a result through nothing but rounding: never rounded at all."""
    kept = set(results)
    for op in reversed(operators):
        if op.name in ("QUANTIZE", "DEQUANTIZE") and op.outputs[0] in kept:
            readers = [other for other in operators if op.inputs[0] in other.inputs]
            if len(readers) == 1:
                kept.add(op.inputs[0])
    return kept


def _add_input(graph, index):
    tensor = graph.tensor(index)
    if tensor.dtype == np.float32 and 0 < len(tensor.shape) < 4:
        graph.set_float(index, "numbers")
        return value_info("numbers", FLOAT, tensor.shape)
    if len(tensor.shape) != 4 or tensor.shape[0] != 1 or tensor.shape[3] != 3:
        raise UnsupportedModel(f"input shape {tensor.shape} is not one RGB picture")
    value = graph.to_nchw("image", tensor.shape)
    if tensor.dtype == np.uint8 and tensor.quantized:
        graph.set_quantized(index, value)
        return value_info("image", UINT8, tensor.shape)
    if tensor.dtype == np.float32:
        graph.set_float(index, value)
        return value_info("image", FLOAT, tensor.shape)
    raise UnsupportedModel(f"input type {tensor.dtype}")


def _add_output(graph, name, index):
    shape = graph.tensor(index).shape
    value = graph.to_nhwc(graph.float_value(index), shape)
    # Name the result by renaming what its producer writes, so that no Identity node is left over.
    for node in graph.nodes:
        if value in node.output and not any(value in other.input for other in graph.nodes):
            node.output[0] = name
            break
    else:
        graph.nodes.append(helper.make_node("Identity", [value], [name], name=name))
    return value_info(name, FLOAT, shape)
