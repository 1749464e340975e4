"""Makes a model pack out of a fetched file: model.onnx, labels.txt and pack.json. models/README.md says what they hold."""

import json

import onnx

import anchors
import cache
import labels
import tflite_to_onnx

_TYPES = {onnx.TensorProto.UINT8: "uint8", onnx.TensorProto.FLOAT: "float32"}


class PackError(ValueError):
    """The fetched file is not what its catalogue entry says."""


def write_pack(model, package, source, folder):
    """Writes the pack of a catalogue model into an empty folder; `source` is the fetched file."""
    data = source.read_bytes()
    try:
        proto, detection = _convert(model, data)
        names = labels.read_labels(model.labels, data, proto)
        input_entry = _input(model, proto)
        output_entry = _output(model, proto, detection, input_entry)
    except (tflite_to_onnx.FormatError, tflite_to_onnx.UnsupportedModel) as error:
        raise PackError(f"{model.id}: cannot convert: {error}") from None
    except (labels.LabelError, anchors.AnchorError) as error:
        raise PackError(f"{model.id}: {error}") from None
    if len(names) != output_entry["classes"]:
        raise PackError(f"{model.id}: {len(names)} labels for {output_entry['classes']} classes")
    target = folder / "model.onnx"
    target.write_bytes(data if model.conversion == "none" else proto.SerializeToString())
    (folder / "labels.txt").write_text("".join(f"{name}\n" for name in names), "utf-8")
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


def _convert(model, data):
    """(onnx.ModelProto, tflite_to_onnx.Detection or None)"""
    if model.conversion == "none":
        return onnx.load_model_from_string(data), None
    if model.conversion == "tflite":
        pixels = model.input.get("pixel_mean"), model.input.get("pixel_scale")
        converted = tflite_to_onnx.convert(data, *pixels)
        return converted.onnx, converted.detection
    raise PackError(f"{model.id}: conversion {model.conversion!r} is not known")


def _input(model, proto):
    info = proto.graph.input[0]
    tensor = info.type.tensor_type
    shape = [d.dim_value for d in tensor.shape.dim]
    # A free dimension (0 here) is given by the catalogue entry.
    shape = [n or model.input.get(key, 1) for n, key in zip(shape, _dimension_keys(shape))]
    layout = "NCHW" if shape[1] == 3 else "NHWC"
    height, width = (shape[2], shape[3]) if layout == "NCHW" else (shape[1], shape[2])
    entry = {
        "name": info.name,
        "width": width,
        "height": height,
        "layout": layout,
        "type": _TYPES[tensor.elem_type],
        "mean": model.input.get("mean", [0, 0, 0]),
        "scale": model.input.get("scale", [1, 1, 1]),
        "channels": model.input.get("channels", "RGB"),
    }
    return {**entry, **{key: model.input[key] for key in ("fit", "align", "crop", "pad") if key in model.input}}


def _dimension_keys(shape):
    return ("batch", "channels", "height", "width") if shape[1] == 3 else ("batch", "height", "width", "channels")


def _output(model, proto, detection, input_entry):
    shapes = {o.name: [d.dim_value for d in o.type.tensor_type.shape.dim] for o in proto.graph.output}
    decoder = model.output["decoder"]
    entry = dict(model.output)
    if decoder == "scores":
        return {**entry, "scores": "scores", "classes": shapes["scores"][-1], "activation": "none"}
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
