"""Class names out of model files, one a class index; a class that the model never means is ''."""

import ast
import io
import zipfile

_LARGEST_LABEL_FILE = 4 << 20


class LabelError(ValueError):
    """The file does not hold the labels the catalogue says it holds."""


def read_labels(rule, data, onnx_model):
    """Labels by a catalogue rule {"from": "archive"|"onnx", "name": ..., "unused": [...]}.

    "archive": a text file in the ZIP archive that TFLite metadata appends to the model.
    "onnx": a metadata property of the ONNX model with a Python-style {index: name} map.
    """
    if rule["from"] == "archive":
        names = _from_archive(data, rule["name"])
    elif rule["from"] == "onnx":
        names = _from_onnx(onnx_model, rule["name"])
    else:
        raise LabelError(f"labels from {rule['from']!r} are not known")
    unused = set(rule.get("unused", ()))
    return ["" if name in unused else name for name in names]


def _from_archive(data, name):
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as file:
            content = file.read(_LARGEST_LABEL_FILE + 1)
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError) as error:
        raise LabelError(f"no labels in the model file: {error}") from None
    if len(content) > _LARGEST_LABEL_FILE:
        raise LabelError(f"{name} is larger than {_LARGEST_LABEL_FILE} bytes")
    return [line.strip() for line in content.decode("utf-8", "replace").splitlines()]


def _from_onnx(model, key):
    text = next((p.value for p in model.metadata_props if p.key == key), None)
    try:
        names = ast.literal_eval(text or "")
        return [str(names[i]).strip() for i in range(len(names))]
    except (SyntaxError, ValueError, TypeError, KeyError, MemoryError, RecursionError):
        raise LabelError(f"the model's property {key!r} is not a list of class names") from None
