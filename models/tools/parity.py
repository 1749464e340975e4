"""Holds each converted model against the original runtime, on photos.

The TFLite file runs in TensorFlow Lite's own C library, the pack made from it in ONNX Runtime, on the
same pictures. A detector's TFLite_Detection_PostProcess would hide the raw numbers, so the TFLite file
is run with its list of outputs overwritten: the inputs of that operator become outputs too.

Integer kernels of two libraries round at different places, so a difference of some steps of the
quantization is expected at the end of a hundred layers; more than the bound in the catalogue is not.
"""

import dataclasses
import json
import pathlib

import numpy as np

import cache
import install
import runtime
import sources
from onnx_runtime import OnnxRuntime
from tflite_runtime import TfliteRuntime
from tflite_to_onnx import schema
from tflite_to_onnx.convert import POST_PROCESS
from tflite_to_onnx.flatbuffer import Table

_LEAST_AGREEMENT = 0.8  # of photos; pictures of noise have no best class worth the name
_PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png")
_MOST_PHOTOS = 12


@dataclasses.dataclass
class Differences:
    largest: dict  # output name -> largest absolute difference
    mean: dict
    agreeing: int  # pictures whose best class is the same
    pictures: int
    photos: bool  # else noise


def run(catalogue, images_folder, say):
    """Prints a line a model; true when every converted and installed model is within its bounds."""
    models = [m for m in catalogue.models if m.conversion == "tflite" and install.is_installed(m)]
    if not models:
        say("parity: no converted model is installed; run scripts/models fetch")
        return False
    with cache.lock():
        runtime.install(catalogue, "onnxruntime", say)
        runtime.install(catalogue, "tflite", say)
        sources.fetch(catalogue, models, say)
    photos = _photos(images_folder)
    say(f"parity on {len(photos)} pictures: largest and (mean) difference of each result, and what is allowed")
    original = TfliteRuntime(runtime.library_path("tflite", "libtensorflowlite_c.so"))
    converted = OnnxRuntime(runtime.library_path("onnxruntime", "libonnxruntime.so.1"))
    return all([_report(model, compare(catalogue, model, original, converted, photos), say) for model in models])


def compare(catalogue, model, original, converted, photos):
    source = sources.model_bytes(catalogue, model)
    folder = cache.models_folder() / model.id
    pack = json.loads((folder / "pack.json").read_text("utf-8"))
    tflite, results, order = _original_results(source)
    interpreter = original.interpreter(tflite)
    session = converted.session(folder / "model.onnx")
    quantize = _input_rounding(source, model.input)
    found = Differences({}, {}, 0, len(photos), not isinstance(photos[0], np.ndarray))
    sums = {}
    for photo in photos:
        pixels = _resized(photo, pack["input"]["width"], pack["input"]["height"])
        outputs = interpreter.run(quantize(pixels))
        expected = {name: _real(outputs[order.index(i)], tensor) for name, (i, tensor) in results.items()}
        got = session.run({pack["input"]["name"]: pixels})
        if "logits" in got:
            got["scores"] = 1 / (1 + np.exp(-got.pop("logits")))
        for name, value in expected.items():
            difference = np.abs(got[name] - value)
            found.largest[name] = max(found.largest.get(name, 0.0), float(difference.max()))
            sums[name] = sums.get(name, 0.0) + float(difference.mean())
        found.agreeing += _best_class(got["scores"]) in _best_classes(expected["scores"])
    session.close()
    found.mean = {name: total / len(photos) for name, total in sums.items()}
    return found


def _report(model, found, say):
    parts, good = [], not found.photos or found.agreeing >= _LEAST_AGREEMENT * found.pictures
    for name, largest in found.largest.items():
        largest_allowed, mean_allowed = model.parity[name]
        good = good and largest <= largest_allowed and found.mean[name] <= mean_allowed
        parts.append(f"{name} {largest:.4f} of {largest_allowed} ({found.mean[name]:.5f} of {mean_allowed})")
    verdict = "ok" if good else "TOO FAR"
    say(f"{model.id:20} {'; '.join(parts)}; same best class {found.agreeing}/{found.pictures}: {verdict}")
    return good


def _original_results(source):
    """(bytes to run, {result name: (tensor index, tensor)}, tensor indices of the outputs in order)"""
    model = schema.load(source)
    last = model.operators[-1]
    if last.name != POST_PROCESS:
        index = model.outputs[0]
        return source, {"scores": (index, model.tensors[index])}, list(model.outputs)
    boxes, scores = last.inputs[:2]
    content = bytearray(source)
    outputs = Table.root(content, schema.IDENTIFIER).tables(2)[0].numbers(2, "<i4")
    outputs[:] = np.resize([boxes, scores], outputs.size)  # writes into `content`
    results = {"boxes": (boxes, model.tensors[boxes]), "scores": (scores, model.tensors[scores])}
    return bytes(content), results, [int(i) for i in outputs]


def _input_rounding(source, rule):
    """What the TFLite model wants in the place of pixels (see pixel_mean in tflite_to_onnx.convert)."""
    if "pixel_scale" not in rule:
        return lambda pixels: pixels
    model = schema.load(source)
    tensor = model.tensors[model.inputs[0]]

    def rounded(pixels):
        real = (pixels.astype(np.float32) - rule["pixel_mean"]) / rule["pixel_scale"]
        return np.clip(np.round(real / tensor.scale[0] + tensor.zero_point[0]), 0, 255).astype(np.uint8)

    return rounded


def _real(values, tensor):
    if not tensor.quantized:
        return values
    return (values.astype(np.float32) - np.float32(tensor.zero_point[0])) * tensor.scale[0]


def _best_class(scores):
    return int(scores.reshape(-1, scores.shape[-1]).max(axis=0).argmax())


def _best_classes(scores):
    """The classes that share the best score: the original's scores are rounded, so several may."""
    best = scores.reshape(-1, scores.shape[-1]).max(axis=0)
    return set(np.flatnonzero(best == best.max()))


def _photos(folder):
    """Pictures of the folder, by default the samples of set-up; smooth noise where there are none."""
    folder = pathlib.Path(folder) if folder else cache.root() / "samples"
    paths = sorted(p for p in folder.glob("*") if p.suffix.lower() in _PHOTO_SUFFIXES)[:_MOST_PHOTOS]
    try:
        from PIL import Image
    except ImportError:
        paths = []
    if paths:
        return [Image.open(path).convert("RGB") for path in paths]
    random = np.random.default_rng(1)
    return [random.integers(0, 256, (8, 8, 3), np.uint8) for _ in range(4)]


def _resized(photo, width, height):
    """[1, height, width, 3] uint8"""
    if isinstance(photo, np.ndarray):
        rows = np.arange(height) * photo.shape[0] // height
        columns = np.arange(width) * photo.shape[1] // width
        return photo[rows][:, columns][np.newaxis]
    return np.asarray(photo.resize((width, height)))[np.newaxis]
