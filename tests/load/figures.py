"""What the load tests measure and print alike."""

import concurrent.futures
import time
import uuid

from support.records import all_records, finished_by_id
from support.server import eventually
from support.signing import raw_client


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def networks_ms(server):
    """Milliseconds that all threads have spent inside the networks since the start."""
    for line in server.get("/_eyrie/metrics")[1].splitlines():
        if line.startswith("eyrie_networks_ms_total "):
            return float(line.split()[1])
    raise AssertionError("no metric of the networks' time")


def put(server, key, body, bucket="images"):
    """On a connection of its own."""
    raw = raw_client(server)
    answer = raw.put_object(bucket, key, body)
    assert answer.status == 200, answer.body
    raw.close()


class Passes:
    """`count` uploads of a picture begun together, waited for until each has its COMPLETED record: a single one is asked for all the time, ten five times a
    second, a thousand every five seconds: who asks works on the same cores."""

    def __init__(self, server, picture, count):
        self._server, self._picture = server, picture
        self._begun, self._done = {}, {}
        self.durations_ms = []  # as the records tell them: the function alone
        ids = [str(uuid.uuid4()) for _ in range(count)]
        raw = raw_client(server)
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            uploads = [pool.submit(self._upload, image_id) for image_id in ids]
            if count == 1:
                uploads[0].result()
                self.last_record = finished_by_id(raw, ids[0])
                self._note(self.last_record)
            else:
                eventually(lambda: self._look(raw, uploads, count), f"{count} records", timeout=3600, interval=max(0.2, count / 200))
                self.last_record = finished_by_id(raw, ids[-1])
        self.waits_ms = [(self._done[image_id] - self._begun[image_id]) * 1000 for image_id in ids]
        self.seconds = max(self._done.values()) - min(self._begun.values())

    def _upload(self, image_id):
        self._begun[image_id] = time.monotonic()
        put(self._server, f"uploads/{image_id}.jpg", self._picture)

    def _note(self, record):
        assert record["ProcessingStatus"] == "COMPLETED", record
        self._done[record["ImageID"]] = time.monotonic()
        self.durations_ms.append(record["DurationMs"])

    def _look(self, raw, uploads, count):
        for one in uploads:
            if one.done():
                one.result()  # what failed is told
        for record in all_records(raw, ("ImageID", "ProcessingStatus", "DurationMs")):
            if record["ImageID"] in self._begun and record["ImageID"] not in self._done and record["ProcessingStatus"] != "PENDING":
                self._note(record)
        return len(self._done) == count
