#!/usr/bin/python3
"""How long the whole pass over an upload takes: a 5 MB JPEG of 12 megapixels with people and text, one at a time and 100 at once.

    tests/load/full_pass.py [ALONE [TOGETHER]]

Prints p50 and p95 from the beginning of an upload to its COMPLETED record, the records' own DurationMs (the function alone, a core of its own
or one shared), throughput, and the server's memory. Figures of one run compare with each other only.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from load.figures import Passes, percentile  # noqa: E402
from load.pictures import people_and_text  # noqa: E402
from support.server import Server  # noqa: E402


def row(name, milliseconds):
    print(f"  {name:36} {percentile(milliseconds, 0.5):9.0f} {percentile(milliseconds, 0.95):9.0f}", flush=True)


def one_at_a_time(server, picture, count):
    passes = [Passes(server, picture, 1) for _ in range(count)]
    row("1 at a time: upload to record", [wait for one in passes for wait in one.waits_ms])
    row("1 at a time: the function", [duration for one in passes for duration in one.durations_ms])
    return passes[-1].last_record


def at_once(server, picture, count):
    passes = Passes(server, picture, count)
    row(f"{count} at once: upload to record", passes.waits_ms)
    row(f"{count} at once: the function", passes.durations_ms)
    return count / passes.seconds


def main(alone=10, together=100):
    picture = people_and_text()
    print(f"whole pass over a JPEG of {len(picture) / 1e6:.1f} MB, 12 megapixels, people and text")
    with Server() as server:
        server.wait_for_models()
        loaded = server.resident_mib()
        print(f"  {'':36} {'p50 ms':>9} {'p95 ms':>9}")
        record = one_at_a_time(server, picture, alone)
        rate = at_once(server, picture, together)
        print(f"  {rate:.2f} pictures a second; {len(record['Labels'])} labels, {len(record['FaceData'])} faces, "
              f"{len(record['Text'])} lines found in each")
        print(f"  memory: {loaded:.0f} MiB with every default model loaded, at most {server.resident_mib('VmHWM'):.0f}, "
              f"{server.resident_mib():.0f} at the end")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
