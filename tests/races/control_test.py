#!/usr/bin/python3
"""That `make tsan` finds a race where there is one: a program that has some, under the settings and suppressions that everything else runs under."""

import os
import subprocess
import unittest

PROGRAM = os.environ["EYRIE_RACES_CONTROL"]
REPORTED = 66  # ThreadSanitizer's exit code


class ControlTest(unittest.TestCase):
    def run_program(self, what):
        # Its reports are wanted here, and not among the others.
        options = os.environ.get("TSAN_OPTIONS", "") + " log_path=stderr"
        done = subprocess.run([PROGRAM, what], env={**os.environ, "TSAN_OPTIONS": options}, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.stdout, "done\n")
        return done

    def test_races_are_found(self):
        for what, words in (("plain", "data race"), ("copied", "data race"), ("order", "lock-order-inversion")):
            done = self.run_program(what)
            self.assertEqual(done.returncode, REPORTED, what)
            self.assertIn(f"WARNING: ThreadSanitizer: {words}", done.stderr)
            self.assertIn("control.cc", done.stderr, "where it is")

    def test_what_is_guarded_is_none(self):
        done = self.run_program("guarded")
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
