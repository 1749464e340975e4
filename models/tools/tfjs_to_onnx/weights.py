"""The weights of a TF.js model: arrays out of its shards, as the manifest in model.json describes them.

A shard is one array after another without gaps, across the borders of files. What is "quantized" was rounded for
transport alone: an integer q stands for q scale + min; float16 for itself. All becomes what the model computes with.
"""

import numpy as np

from tflite_to_onnx.flatbuffer import FormatError
from tflite_to_onnx.graph import UnsupportedModel

_TYPES = {"float32": np.dtype("<f4"), "int32": np.dtype("<i4")}
_STORED = {"uint8": np.dtype("<u1"), "uint16": np.dtype("<u2"), "float16": np.dtype("<f2")}


def read_weights(manifest, files):
    """{name: array}. `files` are the contents of the manifest's files by name. Raises FormatError."""
    arrays = {}
    for group in manifest:
        missing = [path for path in group["paths"] if path not in files]
        if missing:
            raise FormatError(f"the weights in {', '.join(missing)} are missing")
        data = b"".join(files[path] for path in group["paths"])
        at = 0
        for entry in group["weights"]:
            arrays[entry["name"]], at = _array(entry, data, at)
        if at != len(data):
            raise FormatError(f"{len(data) - at} bytes of weights are left over")
    return arrays


def _array(entry, data, at):
    """(the array, where the next one begins)"""
    name, shape = entry["name"], tuple(entry["shape"])
    if entry["dtype"] not in _TYPES:
        raise UnsupportedModel(f"weights {name!r} of type {entry['dtype']}")
    rule = entry.get("quantization")
    if rule and rule["dtype"] not in _STORED:
        raise UnsupportedModel(f"weights {name!r} stored as {rule['dtype']}")
    if any(not isinstance(n, int) or n < 0 for n in shape):
        raise FormatError(f"weights {name!r} have an impossible shape")
    stored = _STORED[rule["dtype"]] if rule else _TYPES[entry["dtype"]]
    count = 1
    for n in shape:
        count *= n
    end = at + count * stored.itemsize
    if end > len(data):
        raise FormatError(f"weights {name!r} run past the end of their files")
    values = np.frombuffer(data, stored, count, at).reshape(shape)
    if rule and stored.kind == "u":
        if entry["dtype"] != "float32":
            raise UnsupportedModel(f"weights {name!r}: rounded integers")
        values = values * float(rule["scale"]) + float(rule["min"])
    values = values.astype(_TYPES[entry["dtype"]])
    if not np.all(np.isfinite(values)):
        raise FormatError(f"weights {name!r} are not numbers")
    return values, end
