#!/usr/bin/python3
"""Broken and odd pictures: each is answered or refused, quickly, in bounded memory, and the process lives on.

Every file goes through `eyrie analyze`, and 300 through the server. Of a sanitized build, a sample of each: that every file is decoded
under the sanitizers is decode_test's part. EYRIE_MALFORMED_SAMPLE=all: every file, everywhere.
"""

import collections
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, ServerCase, figure  # noqa: E402

# Not the measure of speed, which is printed, but of "it hangs": the machine may be busy and the build instrumented.
HANG_SECONDS = 120
BATCH = 200
# Resident, highest; sanitizers take more.
PEAK_MIB = 1500
REFUSALS = {"InvalidImageFormatException", "InvalidParameterException", "ImageTooLargeException"}
SANITIZED = bool(os.environ.get("EYRIE_SANITIZED"))
SET = ("--set", "small") if SMALL_MODELS else ()


def malformed(at_most=None):
    """The files in the order of their names; `at_most` of them, ever the same ones."""
    files = sorted(path for path in paths.evaluation("malformed").iterdir() if path.is_file())
    if not files:
        raise unittest.SkipTest("the folder of malformed pictures is empty")
    if at_most is None or at_most >= len(files) or os.environ.get("EYRIE_MALFORMED_SAMPLE") == "all":
        return files
    return sorted(random.Random(5).sample(files, at_most))


class AnalyzeTest(unittest.TestCase):
    def analyze(self, files):
        """Runs `eyrie analyze` over the files: its lines, and the seconds until each came."""
        process = subprocess.Popen([paths.binary(), "analyze", "--json", *SET, *files], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        lines, last = [], time.monotonic()
        for line in process.stdout:
            lines.append((json.loads(line), time.monotonic() - last))
            last = time.monotonic()
        process.stdout.close()
        errors = process.stderr.read()
        process.stderr.close()
        process.wait(HANG_SECONDS)
        self.assertIn(process.returncode, (0, 1), f"died with {process.returncode} after {len(lines)} files, at "
                      f"{files[min(len(lines), len(files) - 1)]}:\n{errors[-4000:]}")
        self.assertNotRegex(errors, r"Sanitizer|runtime error", "a sanitizer complains")
        return lines

    def test_every_file(self):
        files = malformed(at_most=200 if SANITIZED else None)
        outcomes, times, answered = collections.Counter(), [], 0
        for start in range(0, len(files), BATCH):
            batch = files[start:start + BATCH]
            lines = self.analyze(batch)
            self.assertEqual([line["File"] for line, _ in lines], [str(path) for path in batch])
            for index, (line, seconds) in enumerate(lines):
                self.assertEqual(("Error" in line) + ("DetectLabels" in line), 1, line)
                if "Error" in line:
                    outcomes[line["Error"]["Code"]] += 1
                    self.assertTrue(line["Error"]["Message"], line)
                    self.assertNotIn(line["Error"]["Code"].lower(), ("internal", "io"), line)
                else:
                    answered += 1
                if index:  # the first waits for the models
                    times.append((seconds, batch[index].name))
        times.sort(reverse=True)
        figure(f"{len(files)} files: {answered} answered, refused: {dict(outcomes)}")
        figure("slowest: " + "; ".join(f"{seconds:.2f} s {name}" for seconds, name in times[:3]))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        figure(f"peak memory of eyrie analyze: {peak:.0f} MiB")
        self.assertLess(times[0][0], HANG_SECONDS)
        self.assertGreater(answered, 0, "some of these are only odd and must be answered")
        self.assertGreater(sum(outcomes.values()), 0, "some of these are broken and must be refused")
        if not SANITIZED:
            self.assertLess(peak, PEAK_MIB)


class ServerTest(ServerCase):
    config = SMALL_MODELS

    def test_through_detect_labels(self):
        files = malformed(at_most=100 if SANITIZED else 300)
        outcomes, times = collections.Counter(), []
        for path in files:
            content = path.read_bytes()
            began = time.monotonic()
            answer = self.raw.detect_labels(content or b"\0")
            times.append((time.monotonic() - began, path.name))
            name = answer.json().get("__type", "answered").split("#")[-1]
            outcomes[name] += 1
            if answer.status != 200:
                self.assertEqual(answer.status, 400, f"{path.name}: {answer.body[:500]}")
                self.assertIn(name, REFUSALS, f"{path.name}: {answer.body[:500]}")
        times.sort(reverse=True)
        figure(f"{len(files)} files through DetectLabels: {dict(outcomes)}")
        figure("slowest: " + "; ".join(f"{seconds:.2f} s {name}" for seconds, name in times[:3]))
        figure(f"server memory now {self.server.resident_mib():.0f} MiB, highest {self.server.resident_mib('VmHWM'):.0f} MiB")
        self.assertLess(times[0][0], HANG_SECONDS)
        if not SANITIZED:
            self.assertLess(self.server.resident_mib("VmHWM"), PEAK_MIB)


if __name__ == "__main__":
    unittest.main()
