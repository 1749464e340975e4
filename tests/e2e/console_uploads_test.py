#!/usr/bin/python3
"""Uploads in Chromium as people do them: dropped files and folders, paste, the folder's picker; pausing, going on, trying again, cancelling, over slow and broken connections."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, ServerCase  # noqa: E402
from support.pages import open_console  # noqa: E402
from support.photos import noise  # noqa: E402
from support.server import eventually  # noqa: E402

SLOW = 60_000  # bytes a second


class UploadsTest(ServerCase):
    config = SMALL_MODELS

    @classmethod
    def setUpClass(cls):
        paths.pillow()
        super().setUpClass()
        cls.console, cls.browser = open_console(cls.enterClassContext, cls.server)
        cls.browser.command("Network.enable")
        cls.made = 0

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.network()

    def tearDown(self):
        super().tearDown()
        self.network()
        # What is on its way is cancelled, what is over cleared.
        self.browser.run("document.querySelectorAll('.uploads [aria-label^=\"Remove: \"]').forEach((button) => button.click())")
        eventually(lambda: not self.browser.has(".uploads"), "nothing is left")

    def network(self, offline=False, upload=-1):
        self.browser.command("Network.emulateNetworkConditions", offline=offline, latency=0, downloadThroughput=-1, uploadThroughput=upload)

    @classmethod
    def picture(cls, path, side=600):
        """A picture that nobody has uploaded yet, of noise: it takes side * side * 3 bytes or so."""
        cls.made += 1
        path.parent.mkdir(parents=True, exist_ok=True)
        return noise(path, cls.made, side)

    def rows(self):
        """States by names of files."""
        return dict(self.browser.run("return [...document.querySelectorAll('.uploads li')].map((row) => [row.querySelector('.file').textContent, row.dataset.state])"))

    def press(self, what):
        found = f"[...document.querySelectorAll('.uploads button')].find((one) => one.getAttribute('aria-label') === {json.dumps(what)} || one.textContent.trim() === {json.dumps(what)})"
        eventually(lambda: self.browser.run(f"return {found} !== undefined"), what)
        self.browser.run(f"{found}.click()")

    def choose(self, *files):
        self.browser.choose_file("#upload-files", *files)

    def drop(self, *files):
        """As the system drops them; folders are entries that can be read."""
        data = {"items": [], "files": [str(path) for path in files], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver"):
            self.browser.command("Input.dispatchDragEvent", type=kind, x=400, y=400, data=data)
        seen = self.browser.has(".drop-veil")
        self.browser.command("Input.dispatchDragEvent", type="drop", x=400, y=400, data=data)
        return seen

    def listed(self):
        return {row["name"] for row in self.console.request("GET", "pictures?limit=200&archived=any").json["pictures"]}

    def test_files_are_dropped_anywhere(self):
        files = [self.picture(self.folder / name, 120) for name in ("one.png", "two.png")]
        text = self.folder / "notes.txt"
        text.write_text("no picture")
        self.assertTrue(self.drop(*files), "the window says that one may drop")
        self.assertFalse(self.browser.has(".drop-veil"))
        eventually(lambda: self.rows() == {"one.png": "done", "two.png": "done"}, "both", timeout=300)
        # One file alone is looked at whatever it is called, and refused with the reason.
        self.drop(text)
        eventually(lambda: self.rows().get("notes.txt") == "refused", "what is no picture")

    def test_a_dropped_folder_is_gone_through(self):
        inner = self.folder / "holiday"
        self.picture(inner / "beach.png", 120)
        self.picture(inner / "day 2/deep/hill.png", 121)
        (inner / "day 2/Thumbs.db").write_text("nobody means this")
        self.drop(inner)
        eventually(lambda: self.rows() == {"beach.png": "done", "hill.png": "done"}, "what is in it, however deep", timeout=300)

    def test_a_folder_is_chosen(self):
        inner = self.folder / "album"
        self.picture(inner / "first.png", 122)
        (inner / "readme.txt").write_text("nobody means this")
        self.browser.choose_file("#upload-folder", inner)
        eventually(lambda: self.rows() == {"first.png": "done"}, "the pictures in it", timeout=300)
        self.assertTrue(self.browser.run("const input = document.querySelector('#upload-camera'); return input.accept === 'image/*' && input.getAttribute('capture') === 'environment'"), "a phone takes a photo")

    def test_a_picture_is_pasted(self):
        data = self.picture(self.folder / "x.png", 123).read_bytes()
        self.browser.run(f"""const data = new DataTransfer();
            data.items.add(new File([new Uint8Array({list(data)})], "pasted.png", {{type: "image/png"}}));
            document.body.dispatchEvent(new ClipboardEvent("paste", {{clipboardData: data, bubbles: true}}))""")
        eventually(lambda: self.rows() == {"pasted.png": "done"}, "pasted", timeout=300)
        # Text that is pasted somewhere is no upload.
        self.browser.run("""const data = new DataTransfer(); data.setData("text/plain", "words");
            document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}))""")
        self.assertEqual(self.rows(), {"pasted.png": "done"})

    def test_one_is_paused_and_goes_on(self):
        big = self.picture(self.folder / "big.png", 500)
        self.network(upload=SLOW)
        self.choose(big)
        eventually(lambda: "sending" in self.rows().values() and self.browser.run("return document.querySelector('.uploads li progress')?.value > 0"), "it is on its way")
        preview = self.browser.run("return document.querySelector('.uploads .preview').src")
        self.assertTrue(preview.startswith("blob:"), "shown from the file itself")
        self.press("Pause: big.png")
        eventually(lambda: self.rows() == {"big.png": "paused"}, "paused")
        self.assertNotIn("big.png", self.listed())
        self.network()
        self.assertEqual(self.rows(), {"big.png": "paused"}, "until somebody says so")
        self.press("Resume: big.png")
        eventually(lambda: self.rows() == {"big.png": "done"}, "done", timeout=300)
        self.assertIn("big.png", self.listed())

    def test_all_are_paused_and_go_on_and_progress_is_told(self):
        files = [self.picture(self.folder / f"many-{i}.png", 300) for i in range(5)]
        self.network(upload=SLOW)
        self.choose(*files)
        eventually(lambda: list(self.rows().values()).count("sending") == 3 and list(self.rows().values()).count("waiting") == 2, "three at once, two wait")
        self.assertEqual(self.browser.all_text(".uploads header [role=status]"), ["0 of 5 done"])
        self.press("Pause all")
        eventually(lambda: set(self.rows().values()) == {"paused"}, "all are paused")
        self.network()
        self.press("Resume all")
        eventually(lambda: set(self.rows().values()) == {"done"}, "all are done", timeout=300)
        self.assertEqual(self.browser.all_text(".uploads header [role=status]"), ["5 of 5 done"])
        total, sent = self.browser.run("const bar = document.querySelector('.uploads > progress'); return [bar.max, bar.value]")
        self.assertEqual(total, sent)
        self.assertEqual(total, sum(path.stat().st_size for path in files))

    def test_one_goes_on_alone_after_all_are_paused(self):
        files = [self.picture(self.folder / f"alone-{i}.png", 300) for i in range(5)]
        self.network(upload=SLOW)
        self.choose(*files)
        eventually(lambda: list(self.rows().values()).count("sending") == 3 and list(self.rows().values()).count("waiting") == 2, "three at once, two wait")
        self.press("Pause all")
        eventually(lambda: set(self.rows().values()) == {"paused"}, "all are paused")
        self.network()
        self.press("Resume: alone-3.png")
        eventually(lambda: self.rows()["alone-3.png"] == "done", "this one alone", timeout=300)
        self.assertEqual(sorted(self.rows().values()), ["done"] + ["paused"] * 4)
        # What comes meanwhile waits with them.
        self.choose(self.picture(self.folder / "alone-too.png", 128))
        eventually(lambda: self.rows().get("alone-too.png") == "paused", "it is paused too")
        self.press("Resume all")
        eventually(lambda: set(self.rows().values()) == {"done"}, "all are done", timeout=300)

    def test_what_was_deleted_before_its_analysis_is_not_waited_for(self):
        """As the page sees it: no record ever comes, and the queue has nothing left."""
        self.browser.run("""const {fetch} = window;
            window.restore = () => { window.fetch = fetch; };
            window.fetch = async function (address, ...more) {
              if (!String(address).includes("pictures?ids=")) return fetch.call(this, address, ...more);
              return new Response(JSON.stringify({pictures: []}), {headers: {"Content-Type": "application/json"}});
            }""")
        self.addCleanup(lambda: self.browser.run("window.restore()"))
        picture = self.picture(self.folder / "short-lived.png", 129)
        self.choose(picture)
        eventually(lambda: self.rows() == {"short-lived.png": "failed"}, "given up", timeout=120)
        self.assertEqual(self.browser.all_text(".uploads .bad"), ["Failed: it was deleted before it was analyzed"])

    def test_an_answer_older_than_the_last_change_is_not_the_last(self):
        """What is asked while a picture is being analyzed is answered when it already has been, and nothing changes any more."""
        picture = self.picture(self.folder / "late-answer.png", 127)
        self.browser.run("""const {fetch} = window;
            window.held = null;
            window.fetch = async function (address, ...more) {
              if (window.held || !String(address).includes("pictures?ids=")) return fetch.call(this, address, ...more);
              window.held = {};
              const answer = new Response(JSON.stringify({pictures: []}), {headers: {"Content-Type": "application/json"}});
              await new Promise((release) => { window.held.release = release; });
              window.fetch = fetch;
              return answer;
            }""")
        self.choose(picture)
        eventually(lambda: self.browser.run("return window.held?.release !== undefined"), "it is asked")
        eventually(lambda: [row["status"] for row in self.console.request("GET", "pictures?limit=200").json["pictures"] if row["name"] == "late-answer.png"] == ["COMPLETED"], "analyzed")
        self.browser.run("return new Promise((done) => setTimeout(done, 1500))")  # the page has been told
        self.browser.run("window.held.release()")
        eventually(lambda: self.rows() == {"late-answer.png": "done"}, "done", timeout=30)

    def test_one_is_cancelled(self):
        big, small = self.picture(self.folder / "unwanted.png", 500), self.picture(self.folder / "wanted.png", 124)
        self.network(upload=SLOW)
        self.choose(big)
        eventually(lambda: self.browser.run("return document.querySelector('.uploads li progress')?.value > 0"), "it is on its way")
        self.press("Remove: unwanted.png")
        eventually(lambda: not self.browser.has(".uploads"), "gone")
        self.network()
        self.choose(small)
        eventually(lambda: self.rows() == {"wanted.png": "done"}, "another", timeout=300)
        self.assertFalse("unwanted.png" in self.listed())

    def test_a_broken_connection_is_tried_again(self):
        big = self.picture(self.folder / "broken.png", 500)
        # The connection ends in the middle of the body, once; to the page it is no end of its own.
        self.browser.run("""const {send} = XMLHttpRequest.prototype;
            window.broken = 0;
            XMLHttpRequest.prototype.send = function (body) {
              XMLHttpRequest.prototype.send = send;
              const {onprogress} = this.upload;
              this.upload.onprogress = (event) => {
                onprogress(event);
                if (event.loaded === 0 || event.loaded === event.total || window.broken) return;
                window.broken = event.loaded;
                this.onabort = this.onerror;
                this.abort();
              };
              send.call(this, body);
            }""")
        self.network(upload=SLOW)
        self.choose(big)
        eventually(lambda: self.browser.run("return window.broken > 0"), "it breaks off")
        self.network()
        eventually(lambda: self.rows() == {"broken.png": "done"}, "by itself", timeout=300)

    def test_what_stays_broken_is_tried_again_by_hand(self):
        self.browser.run("""const {fetch} = window;
            window.restore = () => { window.fetch = fetch; };
            window.fetch = async function (address, ...more) {
              if (!String(address).endsWith("/uploads")) return fetch.call(this, address, ...more);
              return new Response(JSON.stringify({code: "Busy", message: "Busy."}), {status: 503, headers: {"Content-Type": "application/json"}});
            }""")
        self.addCleanup(lambda: self.browser.run("window.restore()"))
        names = ["late.png", "later.png", "last.png"]
        self.choose(*(self.picture(self.folder / name, 125) for name in names))
        eventually(lambda: self.rows() == dict.fromkeys(names, "failed"), "given up after 1, 4 and 16 seconds", timeout=120)
        self.assertEqual(self.browser.all_text(".uploads .bad"), ["Failed: Busy."] * 3)
        self.assertEqual(self.browser.all_text(".uploads header [role=status]"), ["0 of 3 done, 3 failed"])
        self.browser.run("window.restore()")
        self.press("Try again: late.png")
        eventually(lambda: self.rows()["late.png"] == "done", "the one", timeout=300)
        self.press("Retry all")
        eventually(lambda: self.rows() == dict.fromkeys(names, "done"), "the others", timeout=300)

    def test_a_server_that_is_away_for_long_is_waited_for(self):
        host, port = self.server.address
        self.server.stop()
        self.choose(self.picture(self.folder / "patient.png", 130))
        eventually(lambda: self.rows() == {"patient.png": "paused"}, "it waits")
        self.browser.run("return new Promise((done) => setTimeout(done, 26000))")  # for longer than tries of a busy server go on
        eventually(lambda: self.browser.all_text(".uploads .what > .hint") == ["Waits for the server, and goes on by itself"], "still")
        self.server.start(f"{host}:{port}")
        eventually(lambda: self.rows() == {"patient.png": "done"}, "done", timeout=300)

    def test_the_head_says_what_became_of_all(self):
        self.browser.run("""const {fetch} = window;
            window.restore = () => { window.fetch = fetch; };
            window.fetch = async function (address, ...more) {
              const ids = /pictures\\?ids=(.*)/.exec(decodeURIComponent(String(address)));
              if (!ids) return fetch.call(this, address, ...more);
              const pictures = ids[1].split(",").map((id) => ({id, status: "PENDING"}));
              return new Response(JSON.stringify({pictures}), {headers: {"Content-Type": "application/json"}});
            }""")
        self.addCleanup(lambda: self.browser.run("window.restore()"))
        one, two, text = self.picture(self.folder / "one.png", 131), self.picture(self.folder / "two.png", 132), self.folder / "notes.txt"
        twin = self.folder / "twin of one.png"
        twin.write_bytes(one.read_bytes())
        text.write_text("no picture")
        head = lambda: "".join(self.browser.all_text(".uploads header [role=status]"))  # noqa: E731
        self.choose(one, two, twin, text)
        eventually(lambda: head() == "0 of 4 done, 2 analyzing, 1 not uploaded, 1 duplicate", "each part")
        self.assertEqual(next(iter(self.rows())), "notes.txt", "what went wrong comes first")
        most, done = self.browser.run("const bar = document.querySelector('.uploads > progress'); return [bar.max, bar.value]")
        self.assertEqual((most, done), (one.stat().st_size + two.stat().st_size, most / 2), "sent is not done")
        self.browser.run("window.restore()")
        self.choose(self.picture(self.folder / "three.png", 133))  # then it looks again
        eventually(lambda: head() == "3 of 5 done, 1 not uploaded, 1 duplicate", "all that could be done", timeout=300)

    def test_a_duplicate_is_sent_when_it_is_meant(self):
        picture = self.picture(self.folder / "twin.png", 126)
        self.choose(picture)
        eventually(lambda: self.rows() == {"twin.png": "done"}, "done", timeout=300)
        self.press("Clear finished")
        eventually(lambda: not self.browser.has(".uploads"), "cleared")
        self.choose(picture)
        eventually(lambda: self.rows() == {"twin.png": "duplicate"}, "noticed")
        self.press("Upload anyway: twin.png")
        eventually(lambda: self.rows() == {"twin.png": "done"}, "sent all the same", timeout=300)


if __name__ == "__main__":
    unittest.main()
