#!/usr/bin/python3
"""PUT and GET of 100 KB and 5 MB at 1, 16 and 100 connections: against npm's s3rver, and against the limit, in one run: plain files encrypted and
synced, or read and decrypted, by no server at all, and of a GET also the answers of a server that has the bytes in memory to the same client, which
takes most of the time there; the lower of both counts. Each figure stands beside the others of its row, taken one after the other.

    tests/load/s3_rates.py [SECONDS]      how long each of the 36 takes (default 3)
"""

import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.server import Server  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
BUCKET = "bench"
S3RVER_KEY = "S3RVER"  # its only one, as is the secret


def node(script, *arguments):
    done = subprocess.run([paths.node(), HERE / script, *map(str, arguments)], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"{script}: {done.stderr[-1000:]}")
    return json.loads(done.stdout)


class S3rver:
    """npm's s3rver on a folder of its own; None where it is not installed."""

    def __init__(self, folder):
        program = paths.ROOT / "tests/node_modules/s3rver/bin/s3rver.js"
        self.endpoint = None
        if not program.exists():
            return
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.process = subprocess.Popen([paths.node(), program, "-d", folder, "-a", "127.0.0.1", "-p", str(port), "-s", "--configure-bucket", BUCKET],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                self.endpoint = f"http://127.0.0.1:{port}"
                return
            except OSError:
                time.sleep(0.1)

    def close(self):
        if self.endpoint:
            self.process.terminate()
            self.process.wait(20)


def from_memory(size, connections, seconds):
    """What the client can take at most."""
    server = subprocess.Popen([paths.node(), HERE / "plain_answers.mjs", str(size)], stdout=subprocess.PIPE, text=True)
    try:
        return node("s3_client.mjs", server.stdout.readline().strip(), S3RVER_KEY, S3RVER_KEY, BUCKET, "get", size, connections, seconds)
    finally:
        server.terminate()
        server.wait(20)
        server.stdout.close()


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3
    folder = tempfile.mkdtemp(prefix="eyrie-rates-")
    other = S3rver(folder)
    try:
        with Server() as server:
            server.wait_for_models()
            server.client("s3").create_bucket(Bucket=BUCKET)
            print("                        Eyrie          |  s3rver         |  the limit")
            print("                  a second    p99 ms   |  a second ratio |  a second  share", flush=True)
            for size, name in ((100_000, "100 KB"), (5_000_000, "5 MB")):
                for operation in ("put", "get"):
                    for connections in (1, 16, 100):
                        load = (operation, size, connections, seconds)
                        ours = node("s3_client.mjs", server.endpoint, *server.key(), BUCKET, *load)
                        theirs = node("s3_client.mjs", other.endpoint, S3RVER_KEY, S3RVER_KEY, BUCKET, *load) if other.endpoint else None
                        limit = node("plain_files.mjs", server.data / "tmp", *load)["perSecond"]
                        if operation == "get":
                            limit = min(limit, from_memory(size, connections, seconds)["perSecond"])
                        ratio = f"{theirs['perSecond']:9.0f} {ours['perSecond'] / theirs['perSecond']:5.1f}" if theirs else "   absent      "
                        print(f"  {operation} {name:>6} x{connections:<3} {ours['perSecond']:10.0f} {ours['p99']:9.1f}   | {ratio} | {limit:9.0f} "
                              f"{ours['perSecond'] / limit:6.0%}", flush=True)
    finally:
        other.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
