#!/usr/bin/python3
"""How long the whole pass over an upload takes: a 5 MB JPEG of 12 megapixels with people and text, one at a time and 100 at once.

    tests/load/full_pass.py [ALONE [TOGETHER]]

Prints p50 and p95 from the acknowledged upload to the COMPLETED record, the records' own DurationMs, throughput, and the server's memory.
Figures of one run compare with each other only.
"""

import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from load.pictures import people_and_text  # noqa: E402
from support.records import all_records, finished  # noqa: E402
from support.server import Server, eventually  # noqa: E402
from support.signing import raw_client  # noqa: E402


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def show(name, milliseconds):
    print(f"  {name:34} p50 {percentile(milliseconds, 0.5):8.0f} ms   p95 {percentile(milliseconds, 0.95):8.0f} ms", flush=True)


def put(raw, key, picture):
    answer = raw.put_object("images", key, picture)
    assert answer.status == 200, answer.body


def one_at_a_time(raw, picture, count):
    waits, durations = [], []
    for i in range(count):
        key = f"uploads/alone-{i}.jpg"
        started = time.monotonic()
        put(raw, key, picture)
        record = finished(raw, key)
        waits.append((time.monotonic() - started) * 1000)
        durations.append(record["DurationMs"])
        assert record["ProcessingStatus"] == "COMPLETED", record
    show("upload to record, one at a time", waits)
    show("the function alone", durations)
    print(f"  found: {len(record['Labels'])} labels, {len(record['FaceData'])} faces, {len(record['Text'])} lines")
    return statistics.median(durations)


def at_once(raw, picture, count):
    started = time.monotonic()
    for i in range(count):
        put(raw, f"uploads/together-{i}.jpg", picture)
    done = {}

    def all_done():
        for record in all_records(raw):
            if record["Key"].startswith("uploads/together-") and record["ProcessingStatus"] in ("COMPLETED", "FAILED"):
                done.setdefault(record["Key"], (time.monotonic() - started) * 1000)
        return len(done) == count

    eventually(all_done, f"{count} records", timeout=1800, interval=0.5)
    show(f"{count} at once, since the first", list(done.values()))
    seconds = max(done.values()) / 1000
    print(f"  throughput {count / seconds:.2f} pictures a second")


def main(alone=10, together=100):
    picture = people_and_text()
    print(f"whole pass over a JPEG of {len(picture) / 1e6:.1f} MB, 12 megapixels, people and text")
    with Server() as server:
        server.wait_for_models()
        print(f"  memory with every default model loaded {server.resident_mib():.0f} MiB")
        raw = raw_client(server)
        one_at_a_time(raw, picture, alone)
        at_once(raw, picture, together)
        print(f"  memory at most {server.resident_mib('VmHWM'):.0f} MiB, now {server.resident_mib():.0f} MiB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
