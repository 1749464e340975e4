"""models/catalogue.json as objects: which files come out of which npm packages, and what they are."""

import dataclasses
import json
import pathlib
import re

PATH = pathlib.Path(__file__).resolve().parent.parent / "catalogue.json"
SETS = ("default", "small", "quality")
PERMISSIVE = ("Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause")


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


@dataclasses.dataclass(frozen=True)
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
    rank: int  # among the models of one set and role, 0 is the one to use
    licence: str
    upstream: str
    file: File
    conversion: str
    labels: dict
    input: dict
    output: dict
    parity: dict

    @property
    def permissive(self):
        return self.licence in PERMISSIVE


@dataclasses.dataclass(frozen=True)
class Catalogue:
    packages: dict
    models: list
    runtimes: dict  # name -> [RuntimeFile]

    def model_set(self, name):
        """The models of a set; for a role that the set has no model for, the default set's."""
        chosen = [m for m in self.models if m.set == name]
        roles = {m.role for m in chosen}
        return chosen + [m for m in self.models if m.set == "default" and m.role not in roles]


def load(path=PATH):
    try:
        data = json.loads(pathlib.Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogueError(f"cannot read {path}: {error}") from None
    try:
        packages = {name: Package(name=name, **fields) for name, fields in data["packages"].items()}
        models = [Model(**{**entry, "file": File(**entry["file"])}) for entry in data["models"]]
        runtimes = {name: [RuntimeFile(**f) for f in files] for name, files in data["runtimes"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise CatalogueError(f"{path}: {error}") from None
    files = [m.file for m in models] + [f for group in runtimes.values() for f in group]
    for file in files:
        _check_file(file, packages)
    for model in models:
        if model.set not in SETS or not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", model.id):
            raise CatalogueError(f"model {model.id!r}: the set or the id is not one")
    if len({m.id for m in models}) != len(models):
        raise CatalogueError("two models have the same id")
    return Catalogue(packages, models, runtimes)


def _check_file(file, packages):
    if file.package not in packages:
        raise CatalogueError(f"{file.path}: package {file.package!r} is not in the list of packages")
    if not re.fullmatch(r"[0-9a-f]{64}", file.sha256):
        raise CatalogueError(f"{file.path}: the SHA-256 is not one")
    if file.path.startswith("/") or ".." in file.path.split("/"):
        raise CatalogueError(f"{file.path}: not a path inside a package")
