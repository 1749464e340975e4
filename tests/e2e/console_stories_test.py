#!/usr/bin/python3
"""The console's stories, told by Playwright (stories/): here is found what they need."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402


class StoriesTest(unittest.TestCase):
    def test_stories(self):
        program = paths.ROOT / "tests/node_modules/@playwright/test/cli.js"
        if not program.exists() or not shutil.which("chromium"):
            self.skipTest("no Playwright or no Chromium: run scripts/setup --tests")
        with tempfile.TemporaryDirectory() as output:
            environment = {**os.environ, "EYRIE_BINARY": str(paths.binary()), "EYRIE_SAMPLES": str(paths.sample("cat.png").parent), "EYRIE_STORIES_OUTPUT": output}
            done = subprocess.run([paths.node(), program, "test", "--config", paths.ROOT / "tests/e2e/stories/playwright.config.mjs"], env=environment, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900)
        print(done.stdout)
        self.assertEqual(done.returncode, 0, "a story fails: see above")


if __name__ == "__main__":
    unittest.main()
