"""Faults of the disk and jumps of the clock for one server, by the library of chaos/faults.

    with Faults() as faults, Server(environment=faults.environment(directory)) as server:
        faults.set(SYNC, errno.EIO)
        ...
        faults.lift()
"""

import atexit
import mmap
import os
import pathlib
import struct
import sys
import tempfile
import time
import unittest

from . import paths

WRITE, SYNC, RENAME, OPEN = 1, 2, 4, 8
SHORT_WRITES = 0  # instead of an errno
_LAYOUT = struct.Struct("=IiIIi")


def library():
    path = pathlib.Path(os.environ.get("EYRIE_FAULT_SHIM") or paths.ROOT / "build/release/tests/libfault_shim.so")
    if not path.exists():
        raise unittest.SkipTest(f"no {path}: build the target fault_shim")
    return path


def own_clock():
    """Starts this program once more, with a clock of its own that all it starts has too: Faults, whose set_clock() and set_clock_to() move it."""
    given = os.environ.get("EYRIE_FAULT_CONTROL")
    if given is None:
        environment = Faults().environment("/nowhere")
        sys.stdout.flush()
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **environment})
    atexit.register(os.unlink, given)
    return Faults(given)


class Faults:
    def __init__(self, control=None):
        """`control`: the file of one that is there already."""
        self.library = library()
        handle, self._path = (os.open(control, os.O_RDWR), control) if control else tempfile.mkstemp(prefix="eyrie-faults-")
        os.ftruncate(handle, _LAYOUT.size)
        self._control = mmap.mmap(handle, _LAYOUT.size)
        os.close(handle)
        self._clock = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._control.close()
        os.unlink(self._path)

    def environment(self, directory):
        """For a server whose data lies below `directory`."""
        return {"LD_PRELOAD": str(self.library), "EYRIE_FAULT_CONTROL": self._path, "EYRIE_FAULT_PATH": str(directory)}

    def _write(self, operations, error, per_million):
        self._control[:] = _LAYOUT.pack(operations, error, per_million, self.injected(), self._clock)

    def set(self, operations, error, probability=1.0):
        """`operations`: a sum of WRITE, SYNC, RENAME, OPEN (for writing, and making folders)."""
        self._write(operations, error, int(probability * 1_000_000))

    def lift(self):
        self._write(0, 0, 0)

    def set_clock(self, seconds_ahead):
        self._clock = seconds_ahead
        self.lift()

    def set_clock_to(self, seconds):
        """Of one's own clock."""
        self.set_clock(0)
        self.set_clock(int(seconds - time.time()))

    def injected(self):
        """How many calls have failed so far."""
        return _LAYOUT.unpack(self._control[:])[3]
