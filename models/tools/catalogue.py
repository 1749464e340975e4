"""models/catalogue/ as objects: which files come out of which npm packages, and what they are.

    packages.json, runtimes.json    the packages, and the native libraries in them
    TASK.json                       the models of a task (see TASKS)
"""

import dataclasses
import json
import pathlib
import re

PATH = pathlib.Path(__file__).resolve().parent.parent / "catalogue"
SETS = ("default", "small", "quality")
PERMISSIVE = ("Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause")
CONVERSIONS = ("none", "onnx", "tflite", "tfjs")
TASKS = {
    "detect": ("detector",),
    "tag": ("tagger", "plants", "dishes"),
    "face": (
        "face-detector",
        "face-scout",
        "face-landmarks",
        "face-blendshapes",
        "face-attributes",
        "face-emotion",
        "face-parsing",
        "face-embedding",
        "face-pose",
        "face-eyes",
    ),
    "text": ("text-detector", "text-recognizer", "text-second-recognizer", "text-angle"),
    "moderate": ("moderation",),
}  # task -> its roles
# Compared with what does their work and left (docs/decisions.md): nothing asks them, so only `--all` and their names bring them. In the program:
# in_use() of src/vision/networks/pack.h.
UNUSED_ROLES = ("face-pose", "face-eyes", "text-angle")


class CatalogueError(ValueError):
    """The catalogue is wrong; the message says where."""


@dataclasses.dataclass(frozen=True)
class Package:
    name: str
    version: str
    integrity: str
    bytes: int  # of the tarball


@dataclasses.dataclass(frozen=True)
class File:
    package: str
    path: str
    sha256: str
    bytes: int
    member: str = ""  # of a ZIP archive: the one file in it that is meant


@dataclasses.dataclass(frozen=True, kw_only=True)
class RuntimeFile(File):
    to: str  # where it goes below deps/RUNTIME
    architecture: str  # "" for any


@dataclasses.dataclass(frozen=True)
class Model:
    id: str
    title: str
    role: str
    task: str
    set: str
    rank: int  # among the models of one set and role, the lowest is the one to use
    licence: str
    upstream: str
    files: list  # of File; the first is the model, or what names its parts
    conversion: str
    input: dict
    output: dict
    parity: dict
    labels: dict = None  # none: there are no classes
    results: dict = None  # {name: the original's name} of the results to keep; none: all

    @property
    def permissive(self):
        return self.licence in PERMISSIVE

    @property
    def bytes(self):
        """Of all its files."""
        return sum(f.bytes for f in self.files)


@dataclasses.dataclass(frozen=True)
class Catalogue:
    packages: dict
    models: list
    runtimes: dict  # name -> [RuntimeFile]

    def model_set(self, name, every=False):
        """The models of a set; for a role that the set has no model for, the default set's.

        Of each role that is used only the one of the lowest rank, unless `every` is asked for.
        """
        chosen = [m for m in self.models if m.set == name]
        roles = {m.role for m in chosen}
        chosen += [m for m in self.models if m.set == "default" and m.role not in roles]
        if every:
            return chosen
        chosen = [m for m in chosen if m.role not in UNUSED_ROLES]
        best = {role: min(m.rank for m in chosen if m.role == role) for role in {m.role for m in chosen}}
        return [m for m in chosen if m.rank == best[m.role]]

    def by_id(self, names):
        """The models of these ids. Raises CatalogueError for one that there is not."""
        known = {m.id: m for m in self.models}
        unknown = [name for name in names if name not in known]
        if unknown:
            raise CatalogueError(f"no model is called {', '.join(unknown)}; scripts/models list shows them")
        return [known[name] for name in names]


def load(folder=PATH):
    folder = pathlib.Path(folder)
    tasks = {task: _read(folder / f"{task}.json") for task in TASKS if (folder / f"{task}.json").exists()}
    try:
        packages = {name: Package(name=name, **fields) for name, fields in _read(folder / "packages.json").items()}
        runtimes = {
            name: [RuntimeFile(**f) for f in files] for name, files in _read(folder / "runtimes.json").items()
        }
        models = [
            Model(**{**entry, "task": task, "files": [File(**f) for f in entry["files"]]})
            for task, entries in tasks.items()
            for entry in entries
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise CatalogueError(f"{folder}: {error}") from None
    files = [f for m in models for f in m.files] + [f for group in runtimes.values() for f in group]
    for file in files:
        _check_file(file, packages)
    for model in models:
        _check_model(model)
    if len({m.id for m in models}) != len(models):
        raise CatalogueError("two models have the same id")
    return Catalogue(packages, models, runtimes)


def _read(path):
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogueError(f"cannot read {path}: {error}") from None


def _check_model(model):
    if model.set not in SETS or not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", model.id):
        raise CatalogueError(f"model {model.id!r}: the set or the id is not one")
    if model.role not in TASKS.get(model.task, ()):
        raise CatalogueError(f"model {model.id!r}: the role {model.role!r} is not one of the task {model.task!r}")
    if model.conversion not in CONVERSIONS:
        raise CatalogueError(f"model {model.id!r}: conversion {model.conversion!r} is not known")
    if not model.files or len({f.path for f in model.files}) != len(model.files):
        raise CatalogueError(f"model {model.id!r}: no files, or the same one twice")


def _check_file(file, packages):
    if file.package not in packages:
        raise CatalogueError(f"{file.path}: package {file.package!r} is not in the list of packages")
    if not re.fullmatch(r"[0-9a-f]{64}", file.sha256):
        raise CatalogueError(f"{file.path}: the SHA-256 is not one")
    if file.path.startswith("/") or ".." in file.path.split("/"):
        raise CatalogueError(f"{file.path}: not a path inside a package")
