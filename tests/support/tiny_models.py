"""Networks of a few nodes in place of those that take a small picture's time, for load tests in which recognizing is not the subject: a detector that
sees some of COCO's classes in a picture, others in another, a tagger, a judge that finds nothing wrong, a reader that finds no text and finders of faces
that find none. All else is what is installed.

    with tempfile.TemporaryDirectory() as folder, Server(config=tiny_models.install(folder)) as server: ...

Format: onnx.proto (IR version 8, operator set 13) in Protocol Buffers' wire format, written by hand; packs as in models/README.md.
"""

import json
import pathlib
import random
import struct
import unittest

from . import paths

SIDE = 8  # pixels of the input
_INPUT = SIDE * SIDE * 3
_BOXES = 14
# What the finders of faces say where there is none: rows of each result, and a row (models/README.md).
_FACELESS = {"face-detector": [(512, [-9.0]), (384, [-9.0]), (512, [0.0] * 16), (384, [0.0] * 16)],
             "face-scout": [(4420, [1.0, 0.0]), (4420, [0.0] * 4)]}
_FLOAT, _INT64 = 1, 7  # TensorProto.DataType


def _varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field, value):
    return _varint(field << 3) + _varint(value)


def _bytes(field, value):
    value = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _value(name, shape):
    """`shape`: a name stands for a side that is free."""
    dimensions = b"".join(_bytes(1, _bytes(2, n) if isinstance(n, str) else _number(1, n)) for n in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, _FLOAT) + _bytes(2, dimensions)))


def _constant(name, shape, values, kind=_FLOAT):
    packed = struct.pack(f"<{len(values)}{'f' if kind == _FLOAT else 'q'}", *values)
    return b"".join(_number(1, n) for n in shape) + _number(2, kind) + _bytes(8, name) + _bytes(9, packed)


def _node(op, inputs, output, **attributes):
    kind_int = 2  # AttributeProto.AttributeType
    return (b"".join(_bytes(1, name) for name in inputs) + _bytes(2, output) + _bytes(4, op) +
            b"".join(_bytes(5, _bytes(1, name) + _number(3, value) + _number(20, kind_int)) for name, value in attributes.items()))


def _model(nodes, constants, outputs, pixels=("pixels", (1, SIDE, SIDE, 3))):
    graph = (b"".join(_bytes(1, node) for node in nodes) + _bytes(2, "tiny") + b"".join(_bytes(5, constant) for constant in constants) +
             _bytes(11, _value(*pixels)) + b"".join(_bytes(12, _value(*output)) for output in outputs))
    return _number(1, 8) + _bytes(8, _bytes(1, "") + _number(2, 13)) + _bytes(7, graph)


def _linear(outputs, gain, bias, chance):
    """Nodes and constants: `outputs` numbers, each a random weighing of all pixels."""
    weights = [chance.gauss(0, gain) if gain else 0.0 for _ in range(_INPUT * outputs)]
    nodes = [_node("Flatten", ["pixels"], "flat"), _node("MatMul", ["flat", "weights"], "weighed")]
    constants = [_constant("weights", [_INPUT, outputs], weights), _constant("bias", [1, outputs], bias)]
    return nodes, constants


def _scores(classes, gain, bias, chance):
    nodes, constants = _linear(classes, gain, bias, chance)
    return _model([*nodes, _node("Add", ["weighed", "bias"], "out")], constants, [("out", [1, classes])])


def _detector(classes, chance):
    """YOLOv8's head over boxes that lie side by side; about one class in each is sure."""
    side = SIDE / _BOXES
    boxes = [*((i + 0.5) * side for i in range(_BOXES)), *[SIDE / 2] * _BOXES, *[side] * _BOXES, *[SIDE / 2] * _BOXES]
    nodes, constants = _linear(classes * _BOXES, 0.4, [-2.5] * (classes * _BOXES), chance)
    return _model([*nodes, _node("Add", ["weighed", "bias"], "scores"), _node("Reshape", ["scores", "shape"], "table"),
                   _node("Concat", ["boxes", "table"], "out", axis=1)],
                  [*constants, _constant("shape", [3], [1, classes, _BOXES], _INT64), _constant("boxes", [1, 4, _BOXES], boxes)],
                  [("out", [1, 4 + classes, _BOXES])])


def _blank_page():
    """A map as large as the picture, zero everywhere."""
    return _model([_node("Conv", ["pixels", "weights"], "out")], [_constant("weights", [1, 3, 1, 1], [0.0] * 3)],
                  [("out", [1, 1, "height", "width"])], ("pixels", [1, 3, "height", "width"]))


def _write_faceless(folder, pack, answers):
    """The pack, with a network that answers every picture the same: for each result its shape and what its rows are."""
    spec = json.loads((pack / "pack.json").read_text())
    size = [spec["input"]["height"], spec["input"]["width"]]
    pixels = (spec["input"]["name"], [1, *size, 3] if spec["input"]["layout"] == "NHWC" else [1, 3, *size])
    results = list(zip(spec["output"]["tensors"], answers, strict=True))
    model = _model(
        [_node("Identity", [f"constant {name}"], name) for name, _ in results],
        [_constant(f"constant {name}", [1, rows, len(row)], row * rows) for name, (rows, row) in results],
        [(name, [1, rows, len(row)]) for name, (rows, row) in results], pixels)
    (folder / pack.name).mkdir()
    (folder / pack.name / "model.onnx").write_bytes(model)
    (folder / pack.name / "pack.json").write_text(json.dumps({**spec, "bytes": len(model)}))


def _write(folder, role, task, model, names, output, **of_input):
    pack = {"id": f"tiny-{role}", "title": "tiny", "role": role, "task": task, "set": "default", "rank": 0, "licence": "none",
            "input": {"name": "pixels", "type": "float32", "layout": "NHWC", "width": SIDE, "height": SIDE, "fit": "stretch",
                      "mean": [127.5] * 3, "scale": [255] * 3, **of_input},
            "output": {"classes": len(names), **output}}
    place = folder / pack["id"]
    place.mkdir()
    (place / "model.onnx").write_bytes(model)
    if names:
        (place / "labels.txt").write_text("".join(name + "\n" for name in names))
    (place / "pack.json").write_text(json.dumps(pack))


def _installed():
    """Folders of the default set's packs, and their roles."""
    packs = [(path.parent, json.loads(path.read_text())) for path in sorted((paths.cache() / "models").glob("[!.]*/pack.json"))]
    found = [(folder, pack["role"]) for folder, pack in packs if pack["set"] == "default"]
    if not {"detector", "tagger"} <= {role for _, role in found}:
        raise unittest.SkipTest("no models: run scripts/setup")
    return found


def install(folder):
    """Makes a folder of models in `folder`, which is empty; the settings of a server that uses them."""
    folder, chance, names = pathlib.Path(folder), random.Random(1), {}
    for pack, role in _installed():
        if role in ("detector", "tagger"):
            names[role] = (pack / "labels.txt").read_text().split("\n")[:-1]
        elif role in _FACELESS:
            _write_faceless(folder, pack, _FACELESS[role])
        elif role not in ("moderation", "text-detector", "plants", "dishes"):
            (folder / pack.name).symlink_to(pack)
    _write(folder, "detector", "detect", _detector(len(names["detector"]), chance), names["detector"],
           {"decoder": "yolo-v8", "output": "out", "activation": "sigmoid"})
    _write(folder, "tagger", "tag", _scores(len(names["tagger"]), 0.5, [0.0] * len(names["tagger"]), chance), names["tagger"],
           {"decoder": "scores", "scores": "out", "activation": "softmax"})
    judged = ["drawing", "hentai", "neutral", "porn", "sexy"]
    _write(folder, "moderation", "moderate", _scores(len(judged), 0, [9.0 if name == "neutral" else 0.0 for name in judged], chance), judged,
           {"decoder": "scores", "scores": "out", "activation": "softmax"})
    _write(folder, "text-detector", "text", _blank_page(), [], {"decoder": "tensors", "tensors": ["out"]}, layout="NCHW", width=0, height=0)
    return f'[models]\npath = "{folder}"\n'
