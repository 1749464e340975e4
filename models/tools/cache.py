"""Where set-up keeps what it fetched and made: one folder outside the build tree.

    ${XDG_CACHE_HOME:-~/.cache}/eyrie/
        sources/PACKAGE-VERSION/...   files taken out of npm packages, verified
        portraits/ID/                 pictures of known people and a celebrities.csv
        models/ID/                    model.onnx, labels.txt, pack.json ($EYRIE_MODELS elsewhere)
        deps/NAME/                    ONNX Runtime; TensorFlow Lite for the parity check

Nothing unfinished ever has its final name: files and folders are written under a name of their own
and renamed when whole, so work that was interrupted is simply done again.
"""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import tempfile


def root():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "eyrie"


def models_folder():
    return pathlib.Path(os.environ.get("EYRIE_MODELS") or root() / "models")


def sources_folder():
    return root() / "sources"


def deps_folder():
    return root() / "deps"


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def is_whole(path, size, digest):
    """Whether the file is there with this size and SHA-256."""
    return path.is_file() and path.stat().st_size == size and sha256(path) == digest


@contextlib.contextmanager
def lock():
    """One set-up at a time: a second one waits for the first."""
    root().mkdir(parents=True, exist_ok=True)
    with open(root() / ".lock", "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def scratch_folder(parent):
    """A new empty folder beside where its content will be renamed to; removed at the end."""
    parent.mkdir(parents=True, exist_ok=True)
    path = pathlib.Path(tempfile.mkdtemp(prefix=".partial-", dir=parent))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def replace_folder(finished, destination):
    """Puts a finished folder in the place of an older one of that name, if there is one."""
    old = destination.with_name(f".old-{destination.name}-{os.getpid()}")
    if destination.exists():
        destination.rename(old)
    finished.rename(destination)
    shutil.rmtree(old, ignore_errors=True)
