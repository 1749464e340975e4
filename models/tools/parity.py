"""Holds each converted model against the original runtime, on photos.

The fetched file runs in the runtime it was made for, the pack made from it in ONNX Runtime, on the same pictures.

Integer kernels of two libraries round at different places, so a difference of some steps of the
quantization is expected at the end of a hundred layers; more than the bound in the catalogue is not.
"""

import dataclasses
import json
import pathlib

import numpy as np

import cache
import install
import npm
import originals
import runtime
import sources
from onnx_runtime import OnnxRuntime
from tflite_runtime import TfliteRuntime

_LEAST_AGREEMENT = 0.8  # of photos; pictures of noise have no best class worth the name
_PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png")
_ORIGINALS = {"tflite": "tflite", "onnx": "onnxruntime", "tfjs": "tfjs"}  # conversion -> runtime in the catalogue
_TYPES = {"uint8": np.uint8, "float32": np.float32}


@dataclasses.dataclass
class Differences:
    largest: dict  # output name -> largest absolute difference
    mean: dict
    agreeing: int  # pictures whose best class is the same; None where there are no scores
    pictures: int
    photos: bool  # else noise


def run(catalogue, images_folder, most, say):
    """Prints a line a model; true when every converted and installed model is within its bounds."""
    models = [m for m in catalogue.models if m.conversion != "none" and install.is_installed(m)]
    if not models:
        say("parity: no converted model is installed; run scripts/models fetch")
        return False
    with cache.lock():
        runtime.install(catalogue, "onnxruntime", say)
        for name in sorted({_ORIGINALS[m.conversion] for m in models} - {"onnxruntime"}):
            runtime.install(catalogue, name, say)
        sources.fetch(catalogue, models, say)
    photos = _photos(images_folder, most)
    say(f"parity on {len(photos)} pictures: largest and (mean) difference of each result, and what is allowed")
    onnx_runtime = OnnxRuntime(runtime.library_path("onnxruntime", "libonnxruntime.so.1"))
    return all([_report(model, compare(catalogue, model, onnx_runtime, photos), say) for model in models])


def compare(catalogue, model, onnx_runtime, photos):
    folder = cache.models_folder() / model.id
    pack = json.loads((folder / "pack.json").read_text("utf-8"))
    inputs = [_input(photo, pack["input"], i) for i, photo in enumerate(photos)]
    expected = _original(catalogue, model, onnx_runtime).run(inputs)
    session = onnx_runtime.session(folder / "model.onnx")
    found = Differences({}, {}, None, len(photos), not isinstance(photos[0], np.ndarray))
    sums = {}
    for x, wanted in zip(inputs, expected):
        got = session.run({pack["input"]["name"]: x})
        if "logits" in got and "scores" in wanted:
            got["scores"] = 1 / (1 + np.exp(-got.pop("logits")))
        for name, value in wanted.items():
            difference = np.abs(got[name].reshape(value.shape) - value)
            found.largest[name] = max(found.largest.get(name, 0.0), float(difference.max()))
            sums[name] = sums.get(name, 0.0) + float(difference.mean())
        if "scores" in wanted:
            found.agreeing = (found.agreeing or 0) + (_best_class(got["scores"]) in _best_classes(wanted["scores"]))
    session.close()
    found.mean = {name: total / len(photos) for name, total in sums.items()}
    return found


def _original(catalogue, model, onnx_runtime):
    kind = _ORIGINALS[model.conversion]
    if kind == "tflite":
        library = TfliteRuntime(runtime.library_path("tflite", "libtensorflowlite_c.so"))
        return originals.TfliteOriginal(library, sources.model_bytes(catalogue, model), model)
    if kind == "tfjs":
        return originals.TfjsOriginal(cache.deps_folder() / "tfjs", sources.read(catalogue, model), model.results)
    file = model.files[0]
    return originals.OnnxOriginal(onnx_runtime, npm.source_path(catalogue.packages[file.package], file.path))


def _report(model, found, say):
    parts, good = [], True
    for name, largest in found.largest.items():
        largest_allowed, mean_allowed = model.parity[name]
        good = good and largest <= largest_allowed and found.mean[name] <= mean_allowed
        parts.append(f"{name} {largest:.4g} of {largest_allowed} ({found.mean[name]:.3g} of {mean_allowed})")
    if found.agreeing is not None:
        good = good and (not found.photos or found.agreeing >= _LEAST_AGREEMENT * found.pictures)
        parts.append(f"same best class {found.agreeing}/{found.pictures}")
    say(f"{model.id:20} {'; '.join(parts)}: {'ok' if good else 'TOO FAR'}")
    return good


def _best_class(scores):
    return int(scores.reshape(-1, scores.shape[-1]).max(axis=0).argmax())


def _best_classes(scores):
    """The classes that share the best score: the original's scores are rounded, so several may."""
    best = scores.reshape(-1, scores.shape[-1]).max(axis=0)
    return set(np.flatnonzero(best == best.max()))


def _photos(folder, most):
    """At most so many pictures of the folder, by default the samples of set-up; smooth noise where there are none."""
    folder = pathlib.Path(folder) if folder else cache.root() / "samples"
    paths = sorted(p for p in folder.glob("*") if p.suffix.lower() in _PHOTO_SUFFIXES)[:most]
    try:
        from PIL import Image
    except ImportError:
        paths = []
    if paths:
        return [Image.open(path).convert("RGB") for path in paths]
    random = np.random.default_rng(1)
    return [random.integers(0, 256, (8, 8, 3), np.uint8) for _ in range(4)]


def _input(photo, entry, seed):
    """A photo as the pack asks for it, but that it is stretched; points in a picture where it asks for numbers."""
    if "shape" in entry:
        return np.random.default_rng(seed).random(entry["shape"], np.float32) * 256
    pixels = _resized(photo, entry["width"], entry["height"])
    if entry["type"] == "float32":
        pixels = pixels[..., ::-1] if entry["channels"] == "BGR" else pixels
        pixels = (pixels - np.array(entry["mean"], np.float32)) / np.array(entry["scale"], np.float32)
    pixels = pixels if entry["layout"] == "NHWC" else pixels.transpose(0, 3, 1, 2)
    return np.ascontiguousarray(pixels, _TYPES[entry["type"]])


def _resized(photo, width, height):
    """[1, height, width, 3] uint8"""
    if isinstance(photo, np.ndarray):
        rows = np.arange(height) * photo.shape[0] // height
        columns = np.arange(width) * photo.shape[1] // width
        return photo[rows][:, columns][np.newaxis]
    return np.asarray(photo.resize((width, height)))[np.newaxis]
