"""A server that leaks when it is told to, by the library of load/leaks: the control of tests that look for leaks.

    with Leaks() as leaks, Server(environment=leaks.environment()) as server:
        ...
        leaks.set(bytes_a_file=2048, files_a_descriptor=50)
"""

import os
import pathlib
import tempfile
import unittest

from . import paths


class Leaks:
    def __init__(self):
        self._library = pathlib.Path(os.environ.get("EYRIE_LEAK_SHIM") or paths.ROOT / "build/release/tests/libleak_shim.so")
        if not self._library.exists():
            raise unittest.SkipTest(f"no {self._library}: build the target leak_shim")
        handle, path = tempfile.mkstemp(prefix="eyrie-leaks-")
        os.close(handle)
        self._control = pathlib.Path(path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._control.unlink()

    def environment(self):
        return {"LD_PRELOAD": str(self._library), "EYRIE_LEAK_CONTROL": str(self._control)}

    def set(self, bytes_a_file, files_a_descriptor):
        """What each file that is put into the server's store loses, and how many of them lose a descriptor. An upload puts two files."""
        self._control.write_text(f"{bytes_a_file} {files_a_descriptor}")
