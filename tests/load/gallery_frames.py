#!/usr/bin/python3
"""How smoothly the console's gallery scrolls through 100,000 pictures, in Debian's Chromium without a graphics card.

    tests/load/gallery_frames.py [PICTURES]      (default 100000)

The pictures are records like that of one photo, which was really analysed; each has its own id and time, and one file serves all. The page is scrolled by
some pixels a frame, as a finger or a wheel does, from three places; `frames a second` is the middle over every second, `late` the share of frames that
came more than 25 ms after the one before (a display shows one each 16.7 ms). `seen after`: from a leap into the middle of all pictures until the tiles there show what they are.
"""

import concurrent.futures
import json
import pathlib
import sys
import threading
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.browser import Browser  # noqa: E402
from support.console import add_user, owner  # noqa: E402
from support.pages import PASSWORD, WIDTHS, sign_in  # noqa: E402
from support.records import TABLE, finished_by_id  # noqa: E402
from support.server import Server, eventually  # noqa: E402
from support.signing import raw_client  # noqa: E402

SPEED = 24  # CSS pixels a frame: 1,440 a second, a brisk flick
SECONDS = 5
SCROLL = """
const [from, speed, seconds] = %s;
window.frames_ = null;
scrollTo(0, from * (document.documentElement.scrollHeight - innerHeight));
const times = [];
const step = (now) => {
  times.push(now);
  scrollBy(0, speed);
  if (now - times[0] < seconds * 1000) requestAnimationFrame(step);
  else window.frames_ = times;
};
setTimeout(() => requestAnimationFrame(step), 1500);
"""


def fill(server, count):
    raw = raw_client(server)
    first = str(uuid.uuid4())
    answer = raw.put_object("images", f"uploads/{first}.jpg", paths.sample("cat.png").read_bytes())
    assert answer.status == 200, answer.body
    finished_by_id(raw, first)
    item = raw.call("dynamodb", "Query", {"TableName": TABLE, "KeyConditionExpression": "ImageID = :id",
                                          "ExpressionAttributeValues": {":id": {"S": first}}}).json()["Items"][0]
    then, local = int(item["UploadTimestamp"]["N"]), threading.local()

    def put(i):
        if not hasattr(local, "raw"):
            local.raw = raw_client(server)
        made = {**item, "ImageID": {"S": str(uuid.uuid4())}, "UploadTimestamp": {"N": str(then - 60 * i)}}
        written = local.raw.call("dynamodb", "PutItem", {"TableName": TABLE, "Item": made})
        assert written.status == 200, written.body

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for _ in pool.map(put, range(1, count), chunksize=100):
            pass


def scroll(browser, start):
    browser.run(SCROLL % json.dumps([start, SPEED, SECONDS]))
    times = eventually(lambda: browser.run("return window.frames_"), "scrolled", timeout=SECONDS + 60)
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    seconds = [sum(1 for time in times if begin <= time - times[0] < begin + 1000) for begin in range(0, SECONDS * 1000, 1000)]
    return sorted(seconds)[len(seconds) // 2], sum(gap > 25 for gap in gaps) / len(gaps)


def leap(browser):
    """Milliseconds."""
    browser.run("""
      window.leapt_ = null;
      const began = performance.now();
      scrollTo(0, 0.37 * document.documentElement.scrollHeight);
      const look = () => {
        const tiles = [...document.querySelectorAll("[data-at]")].filter((tile) => { const box = tile.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; });
        if (tiles.length > 3 && tiles.every((tile) => tile.querySelector("img")?.complete)) window.leapt_ = performance.now() - began;
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(() => requestAnimationFrame(look));""")
    return eventually(lambda: browser.run("return window.leapt_"), "the tiles after a leap", timeout=60)


def main(count=100_000):
    with Server() as server:
        server.wait_for_models()
        fill(server, count)
        add_user(owner(server), "ann", "admin", PASSWORD)
        print(f"the gallery of {count} pictures, scrolled by {SPEED} pixels a frame   frames a second      late")
        with Browser() as browser:
            sign_in(browser, server, "ann")
            for name, (width, height) in WIDTHS.items():
                browser.view(width, height)
                eventually(lambda: browser.has("[data-at]"), "tiles")
                for place, start in (("first", 0), ("middle", 0.5), ("last", 0.98)):
                    frames, late = scroll(browser, start)
                    print(f"  {name:8} {place:57} {frames:8} {late:11.1%}", flush=True)
                print(f"  {name:8} seen after a leap: {leap(browser):.0f} ms", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
