"""Makes a model pack out of fetched files: model.onnx, labels.txt and pack.json. models/README.md says what they hold."""

import json

import onnx
from google.protobuf.message import DecodeError

import anchors
import cache
import labels
import runtime
import tfjs_to_onnx
import tflite_to_onnx
import tuning
from onnx_runtime import OnnxRuntime, OnnxRuntimeError

_TYPES = {onnx.TensorProto.UINT8: "uint8", onnx.TensorProto.FLOAT: "float32"}
_PICTURE_KEYS = ("mean", "scale", "channels", "fit", "align", "crop", "pad")


class PackError(ValueError):
    """The fetched files are not what their catalogue entry says."""


def write_pack(model, package, contents, folder):
    """Writes the pack of a catalogue model into an empty folder; `contents` are its files, {path: bytes}."""
    try:
        proto, detection = _convert(model, contents)
        names = labels.read_labels(model.labels, contents, proto) if model.labels else []
        input_entry = _input(model, proto)
        output_entry = _output(model, proto, detection, input_entry, len(names))
    except (tflite_to_onnx.FormatError, tflite_to_onnx.UnsupportedModel) as error:
        raise PackError(f"{model.id}: cannot convert: {error}") from None
    except (labels.LabelError, anchors.AnchorError) as error:
        raise PackError(f"{model.id}: {error}") from None
    if len(names) != output_entry.get("classes", 0):
        raise PackError(f"{model.id}: {len(names)} labels for {output_entry['classes']} classes")
    target = folder / "model.onnx"
    target.write_bytes(_first(contents) if model.conversion == "none" else proto.SerializeToString())
    _check_loads(model, proto, target)
    if names:
        (folder / "labels.txt").write_bytes(labels.to_text(names))
    pack = {
        "id": model.id,
        "title": model.title,
        "role": model.role,
        "task": model.task,
        "set": model.set,
        "rank": model.rank,
        "licence": model.licence,
        "upstream": model.upstream,
        "package": f"{package.name}@{package.version}",
        "sha256": cache.sha256(target),
        "bytes": target.stat().st_size,
        "input": input_entry,
        "output": output_entry,
    }
    (folder / "pack.json").write_text(json.dumps(pack, indent=2) + "\n", "utf-8")


def _first(contents):
    return next(iter(contents.values()))


def _convert(model, contents):
    """(onnx.ModelProto, tflite_to_onnx.Detection or None)"""
    proto, detection = _as_onnx(model, contents)
    if model.conversion != "none":
        tuning.tune(proto)
    return proto, detection


def _as_onnx(model, contents):
    if model.conversion == "tflite":
        pixels = model.input.get("pixel_mean"), model.input.get("pixel_scale")
        converted = tflite_to_onnx.convert(_first(contents), *pixels, model.results)
        return converted.onnx, converted.detection
    if model.conversion == "tfjs":
        size = model.input.get("height", 0), model.input.get("width", 0)
        return tfjs_to_onnx.convert(contents, size, model.results), None
    try:
        return onnx.load_model_from_string(_first(contents)), None
    except DecodeError:
        raise PackError(f"{model.id}: the file is no ONNX model") from None


def _check_loads(model, proto, path):
    """Opens the model in ONNX Runtime; where that is not installed yet, checks its form alone."""
    library = runtime.library_path("onnxruntime", "libonnxruntime.so.1")
    try:
        if library.exists():
            OnnxRuntime(library).session(path).close()
        else:
            onnx.checker.check_model(proto)
    except (OnnxRuntimeError, onnx.checker.ValidationError) as error:
        raise PackError(f"{model.id}: the model does not load: {error}") from None


def _input(model, proto):
    weights = {tensor.name for tensor in proto.graph.initializer}
    inputs = [info for info in proto.graph.input if info.name not in weights]
    if len(inputs) != 1 or inputs[0].type.tensor_type.elem_type not in _TYPES:
        raise PackError(f"{model.id}: the model has not one input of bytes or floats")
    tensor = inputs[0].type.tensor_type
    shape = [max(0, d.dim_value) for d in tensor.shape.dim]  # 0 (in some files -1): free
    entry = {"name": inputs[0].name, "type": _TYPES[tensor.elem_type]}
    if len(shape) != 4 or 3 not in (shape[1], shape[3]):
        return {**entry, "shape": [max(1, shape[0]), *shape[1:]]}
    layout = "NCHW" if shape[1] == 3 else "NHWC"
    height, width = (shape[2], shape[3]) if layout == "NCHW" else (shape[1], shape[2])
    entry = {
        "name": inputs[0].name,
        "width": width or model.input.get("width", 0),
        "height": height or model.input.get("height", 0),
        "layout": layout,
        "type": _TYPES[tensor.elem_type],
        "mean": [0, 0, 0],
        "scale": [1, 1, 1],
        "channels": "RGB",
    }
    return {**entry, **{key: model.input[key] for key in _PICTURE_KEYS if key in model.input}}


def _output(model, proto, detection, input_entry, labels_count):
    shapes = {o.name: [d.dim_value for d in o.type.tensor_type.shape.dim] for o in proto.graph.output}
    decoder = model.output["decoder"]
    entry = dict(model.output)
    if decoder == "scores":
        name = entry.get("scores", next(iter(shapes)))
        found = {"scores": name, "classes": shapes[name][-1], "activation": "none"}
        return {"decoder": decoder, **found, **entry}
    if decoder == "tensors":
        names = entry.get("tensors", list(shapes))
        if not set(names) <= set(shapes):
            raise PackError(f"{model.id}: the model's results are {', '.join(shapes)}")
        classes = {"classes": entry.get("classes", labels_count)} if labels_count else {}
        return {"decoder": decoder, "tensors": names, **classes}
    if decoder == "ssd-anchors":
        options = detection.options
        return {
            **entry,
            "boxes": "boxes",
            "logits": "logits",
            "classes": shapes["logits"][-1],
            "activation": "sigmoid",
            "anchors": anchors.parameters(detection.anchors, input_entry["width"]),
            "box_scales": {axis: float(options[f"{axis}_scale"]) for axis in "yxhw"},
        }
    return entry
