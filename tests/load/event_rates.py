#!/usr/bin/python3
"""From upload to record: how long it takes at 1, 10, 100 and 1,000 uploads at once, what the queue adds to it when nothing else is at work, and how
much of what the machine could do is done: of the rate at which `eyrie analyze` goes through copies of the same picture, which has no uploads, events or
records (its mean of before and after, as the machine is not as fast all the time), and of the machine's time, which the networks get.

    tests/load/event_rates.py [MOST]      the most at once (default 1000)

The picture is a JPEG of 1.2 megapixels with a face and print. Latency is from the beginning of an upload to its COMPLETED record, as a client sees it that asks
five times a second, of 100 twice, of 1,000 every five seconds (a single one: all the time). `of the machine` is what all threads spent inside the networks, of all that the cores had from the first upload to
the last record: were uploads, events, decoding, records and this client for free, it would be all of it. The queue is measured by
the server itself (AsyncEventAge: from the event's being on disk, which is before the upload is acknowledged, to the function's start) and, for a deployed Python function,
by what this client and the function have read off the same clock.
"""

import io
import os
import pathlib
import sys
import tempfile
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from PIL import Image  # noqa: E402

from load.figures import Passes, networks_ms, percentile, put  # noqa: E402
from load.pictures import jpeg_of, print_line  # noqa: E402
from support import functions, paths  # noqa: E402
from support.records import finished_by_id  # noqa: E402
from support.server import Server, eventually, run_eyrie  # noqa: E402
from support.signing import raw_client  # noqa: E402

IDLE_EVENTS = 200
STAMP = "import time\ndef handler(event, context):\n    print('STARTED', event['Records'][0]['s3']['object']['key'], time.time())\n"


def photo():
    picture = Image.open(paths.sample("motorcycle.png")).convert("RGB").resize((1280, 960), Image.LANCZOS)
    picture.paste(Image.open(paths.sample("astronaut.png")).convert("RGB").resize((400, 400), Image.LANCZOS), (60, 40))
    print_line(picture, "FRESH BREAD DAILY", (560, 60), scale=5)
    return jpeg_of(picture, None)


def speck():
    """The least picture that is analysed, of nothing."""
    out = io.BytesIO()
    Image.new("RGB", (80, 80), (90, 120, 150)).save(out, "JPEG")
    return out.getvalue()


def idle_queue(server):
    """One small upload after the other, each when the one before is done."""
    raw, body = raw_client(server), speck()
    for _ in range(IDLE_EVENTS):
        image_id = str(uuid.uuid4())
        put(server, f"uploads/{image_id}.jpg", body)
        finished_by_id(raw, image_id)
    cloudwatch, now = server.client("cloudwatch"), time.time()

    def ages(**statistics):
        return cloudwatch.get_metric_statistics(
            Namespace="AWS/Lambda", MetricName="AsyncEventAge", Dimensions=[{"Name": "FunctionName", "Value": "analyze-image"}], StartTime=now - 1800, EndTime=now + 60,
            Period=3600, **statistics)["Datapoints"]

    eventually(lambda: sum(point["SampleCount"] for point in ages(Statistics=["SampleCount"])) >= IDLE_EVENTS, "the ages of all events")
    points = ages(ExtendedStatistics=["p50", "p99"])
    print(f"  event on disk to analyze-image's start, idle: p50 {max(p['ExtendedStatistics']['p50'] for p in points):.1f} ms, "
          f"p99 {max(p['ExtendedStatistics']['p99'] for p in points):.1f} ms ({IDLE_EVENTS} events)", flush=True)


def idle_function(server):
    """The same of a deployed Python function that is warm: acknowledged to its first line."""
    body, acknowledged = speck(), {}
    lambda_, s3 = server.client("lambda"), server.client("s3")
    arn = lambda_.create_function(FunctionName="stamp", Runtime="python3.11", Role=functions.make_role(server.client("iam"), "stamp"), Handler="app.handler",
                                  Code={"ZipFile": functions.python(STAMP)})["FunctionArn"]
    lambda_.add_permission(FunctionName="stamp", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::stamped")
    s3.create_bucket(Bucket="stamped")
    s3.put_bucket_notification_configuration(Bucket="stamped", NotificationConfiguration={
        "LambdaFunctionConfigurations": [{"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}]})
    for i in range(IDLE_EVENTS):
        put(server, f"n{i}", body, "stamped")
        acknowledged[f"n{i}"] = time.time()
        time.sleep(0.05)

    def starts():
        log = server.data / "functions/logs/stamp.log"
        found = [line for line in log.read_text().splitlines() if "STARTED n" in line] if log.exists() else []
        return found if len(found) >= IDLE_EVENTS else None

    waits = []
    for line in eventually(starts, "the function's lines"):
        _, key, started = line.split()[-3:]
        if key != "n0":  # that one starts the sandbox
            waits.append(max(0.0, 1000 * (float(started) - acknowledged[key])))
    print(f"  acknowledged to a warm Python function's first line: p50 {percentile(waits, 0.5):.1f} ms, p99 {percentile(waits, 0.99):.1f} ms", flush=True)


def limit_rate(picture):
    """Pictures a second that the same analysis does in one process on every core; what starting it costs is taken off."""
    def seconds(count):
        with tempfile.TemporaryDirectory(prefix="eyrie-copies-") as folder:
            copies = [os.path.join(folder, f"{i}.jpg") for i in range(count)]
            for copy in copies:
                pathlib.Path(copy).write_bytes(picture)
            begun = time.monotonic()
            done = run_eyrie("analyze", "--json", "--jobs", os.cpu_count(), *copies)
            assert done.returncode == 0 and done.stdout.count("\n") == count, done.stderr
            return time.monotonic() - begun
    few, many = 10, 90
    return (many - few) / (seconds(many) - seconds(few))


def main(most=1000):
    picture = photo()
    print(f"upload to record, a JPEG of {len(picture) / 1e6:.1f} MB, 1.2 megapixels")
    with Server() as server:
        server.wait_for_models()
        idle_queue(server)
        idle_function(server)
        print("   at once     p50 ms     p95 ms     p99 ms    a second   of `analyze` alone   of the machine in networks", flush=True)
        limits = [limit_rate(picture)]
        for count, repeats in ((1, 20), (10, 6), (100, 1), (1000, 1)):
            if count > most:
                break
            before = networks_ms(server)
            rounds = [Passes(server, picture, count) for _ in range(repeats)]
            seconds = sum(one.seconds for one in rounds)
            share = (networks_ms(server) - before) / (seconds * 1000 * os.cpu_count())
            times = [wait for one in rounds for wait in one.waits_ms]
            limits.append(limit_rate(picture))
            rate, limit = len(times) / seconds, sum(limits[-2:]) / 2
            alone = f"{rate / limit:8.0%} of {limit:4.2f}" if count > 1 else 16 * " "
            print(f"  {count:8} {percentile(times, 0.5):10.0f} {percentile(times, 0.95):10.0f} {percentile(times, 0.99):10.0f} {rate:11.2f} {alone:>20} {share:11.0%}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
