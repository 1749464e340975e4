#!/usr/bin/python3
"""Makes a data directory of the format that the binary writes, with some of everything in it, and packs it: tests/upgrade/format-N.tar.xz.

    /usr/bin/python3 tests/upgrade/make_fixture.py             # build/release/eyrie, or what EYRIE_BINARY names

Each release adds one, and so does each change of a format (README.md). It is left as a kill -9 leaves it: the log not yet in the database, an event acknowledged and not
done.
"""

import json
import pathlib
import shutil
import sys
import tarfile
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import upgrade.contents as contents  # noqa: E402
from support.server import Server, run_eyrie  # noqa: E402
from support.signing import raw_client  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent
LEFT_OUT = {"eyrie.log", "server.json", "eyrie.db-shm", "metrics.db-shm"}  # told of this machine, or made anew by whoever opens
MOST_BYTES = 200_000


def events_of(data):
    """How many wait (those given up do not), asked of a copy: who looks may change the log."""
    with tempfile.TemporaryDirectory(prefix="eyrie-fixture-") as aside:
        for file in data.glob("eyrie.db*"):
            shutil.copy(file, aside)
        with contents.sqlite3.connect(pathlib.Path(aside) / "eyrie.db") as database:
            return database.execute("SELECT count(*) FROM events WHERE state <> 2").fetchone()[0]


def fill(server):
    server.start()
    version = contents.format_of(server.data)
    made = contents.make(server, version)
    assert server.stop() == 0
    server.start()
    answer = raw_client(server).put_object("images", "uploads/waiting.jpg", contents.picture())
    server.kill()
    assert answer.status == 200 and events_of(server.data) == 1, "the event was done before the server was killed: try again"
    return {"format": version, "program": run_eyrie("--version").stdout.strip(), "made": int(time.time()), "contents": made}


def packed(entry):
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return None if pathlib.PurePath(entry.name).name in LEFT_OUT else entry


def main():
    with tempfile.TemporaryDirectory(prefix="eyrie-fixture-") as folder:
        data = pathlib.Path(folder) / "data"
        server = Server(data=data)
        try:
            facts = fill(server)
        finally:
            server.kill()
        (pathlib.Path(folder) / "facts.json").write_text(json.dumps(facts, indent=1))
        into = FOLDER / f"format-{facts['format']}.tar.xz"
        with tarfile.open(into, "w:xz", preset=9) as archive:
            for name in ("facts.json", "data"):
                archive.add(pathlib.Path(folder) / name, name, filter=packed)
    print(f"{into}: {into.stat().st_size} bytes, {', '.join(facts['contents'])}")
    return 0 if into.stat().st_size <= MOST_BYTES else f"that is more than {MOST_BYTES} bytes"


if __name__ == "__main__":
    sys.exit(main())
