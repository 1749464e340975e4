#!/usr/bin/python3
"""How long the whole pass over an upload takes: a 5 MB JPEG of 12 megapixels with people and text, one at a time and 100 at once.

    tests/load/full_pass.py [ALONE [TOGETHER]]

Prints p50 and p95 from the beginning of an upload to its COMPLETED record, the records' own DurationMs (the function alone, a core of its own
or one shared), throughput, and the server's memory. Figures of one run compare with each other only.
"""

import concurrent.futures
import pathlib
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from load.pictures import people_and_text  # noqa: E402
from support.records import all_records, finished_by_id  # noqa: E402
from support.server import Server, eventually  # noqa: E402
from support.signing import raw_client  # noqa: E402


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def row(name, milliseconds):
    print(f"  {name:36} {percentile(milliseconds, 0.5):9.0f} {percentile(milliseconds, 0.95):9.0f}", flush=True)


def put(raw, image_id, picture):
    answer = raw.put_object("images", f"uploads/{image_id}.jpg", picture)
    assert answer.status == 200, answer.body


def one_at_a_time(server, picture, count):
    raw, waits, durations = raw_client(server), [], []
    for _ in range(count):
        image_id = str(uuid.uuid4())
        started = time.monotonic()
        put(raw, image_id, picture)
        record = finished_by_id(raw, image_id)
        waits.append((time.monotonic() - started) * 1000)
        durations.append(record["DurationMs"])
        assert record["ProcessingStatus"] == "COMPLETED", record
    row("1 at a time: upload to record", waits)
    row("1 at a time: the function", durations)
    return record


def at_once(server, picture, count):
    """Every upload on a connection of its own, begun together."""
    begun, done, durations = {}, {}, []

    def upload(image_id):
        raw = raw_client(server)
        begun[image_id] = time.monotonic()
        put(raw, image_id, picture)
        raw.close()

    raw = raw_client(server)

    def all_done():
        for one in uploads:
            if one.done():
                one.result()  # what failed is told
        for record in all_records(raw):
            image_id = record["ImageID"]
            if image_id in begun and image_id not in done and record["ProcessingStatus"] != "PENDING":
                assert record["ProcessingStatus"] == "COMPLETED", record
                done[image_id] = time.monotonic()
                durations.append(record["DurationMs"])
        return len(done) == count

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        uploads = [pool.submit(upload, str(uuid.uuid4())) for _ in range(count)]
        eventually(all_done, f"{count} records", timeout=3600, interval=1)
    row(f"{count} at once: upload to record", [(done[image_id] - begun[image_id]) * 1000 for image_id in begun])
    row(f"{count} at once: the function", durations)
    return count / (max(done.values()) - min(begun.values()))


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
