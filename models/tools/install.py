"""Brings a set of models into the models folder: fetch, verify, convert, put in place."""

import dataclasses
import hashlib
import json
import pathlib

import cache
import npm
import pack
import sources

_STAMP = ".stamp"


def installed_packs():
    """{id: pack.json content} of every pack in the models folder, the user's own among them."""
    packs = {}
    for path in sorted(cache.models_folder().glob("*/pack.json")):
        try:
            packs[path.parent.name] = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            packs[path.parent.name] = {}
    return packs


def is_installed(model):
    """Whether the pack in place was made from this catalogue entry by this converter."""
    folder = cache.models_folder() / model.id
    try:
        if (folder / _STAMP).read_text("ascii") != _stamp(model):
            return False
        content = json.loads((folder / "pack.json").read_text("utf-8"))
        if not all((folder / name).is_file() for name in _pack_files(content)):
            return False
        return (folder / "model.onnx").stat().st_size == content["bytes"]
    except (OSError, ValueError, KeyError, AttributeError):
        return False


def install(catalogue, models, say):
    """Installs what is not installed yet. Raises npm.FetchError, sources.SourceError or pack.PackError."""
    missing = [m for m in models if not is_installed(m)]
    for model in models:
        if model not in missing:
            say(f"ready    {model.id}")
    sources.fetch(catalogue, missing, say)
    for model in missing:
        _make(catalogue, model, say)


def _make(catalogue, model, say):
    package = catalogue.packages[model.files[0].package]
    with cache.scratch_folder(cache.models_folder()) as scratch:
        folder = scratch / model.id
        folder.mkdir()
        pack.write_pack(model, package, sources.read(catalogue, model), folder)
        (folder / _STAMP).write_text(_stamp(model), "ascii")
        size = (folder / "model.onnx").stat().st_size
        cache.replace_folder(folder, cache.models_folder() / model.id)
    verb = "copied   " if model.conversion == "none" else "converted"
    say(f"{verb} {model.id} ({npm.megabytes(size)}, {model.licence})")


def damaged_files(model_id, content):
    """What is wrong with an installed pack, as lines for people; empty when nothing is."""
    folder = cache.models_folder() / model_id
    if not content:
        return [f"{model_id}/pack.json is not JSON"]
    problems = [f"{model_id}/{name} is missing" for name in _pack_files(content) if not (folder / name).is_file()]
    if problems:
        return problems
    if cache.sha256(folder / "model.onnx") != content.get("sha256"):
        problems.append(f"{model_id}/model.onnx differs from the checksum in its pack.json")
    classes = _classes(content)
    if classes:
        # Bytes, not lines: what Python takes for the end of a line may be an entry of a dictionary.
        lines = (folder / "labels.txt").read_bytes().count(b"\n")
        if lines != classes:
            problems.append(f"{model_id}/labels.txt has {lines} lines for {classes} classes")
    return problems


def _pack_files(content):
    return ("model.onnx", "pack.json", *(["labels.txt"] if _classes(content) else []))


def _classes(content):
    return content.get("output", {}).get("classes", 0)


def _stamp(model):
    """Changes with the catalogue entry and with the code that makes a pack of it."""
    entry = dataclasses.asdict(model)
    del entry["parity"]  # no part of the pack
    entry = json.dumps(entry, sort_keys=True)
    return hashlib.sha256((entry + _code_digest()).encode()).hexdigest()


def _code_digest():
    here = pathlib.Path(__file__).resolve().parent
    paths = [here / name for name in ("anchors.py", "labels.py", "pack.py", "sources.py", "tuning.py")]
    paths += [path for name in ("tflite_to_onnx", "tfjs_to_onnx") for path in sorted((here / name).glob("*.py"))]
    digest = hashlib.sha256()
    for path in paths:
        if not path.name.endswith("_test.py"):
            digest.update(path.read_bytes())
    return digest.hexdigest()
