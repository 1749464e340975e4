#!/usr/bin/python3
"""The console while the server does not answer, and after: killed with a gallery open, an upload on its way, a picture looked at; started anew."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS  # noqa: E402
from support.pages import open_console  # noqa: E402
from support.photos import noise  # noqa: E402
from support.server import Server, eventually  # noqa: E402


class OfflineTest(unittest.TestCase):
    def setUp(self):
        paths.pillow()
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.server = self.enterContext(Server(config=SMALL_MODELS))
        self.upload("before.png", 1)
        self.console, self.browser = open_console(self.enterContext, self.server)
        eventually(lambda: self.statuses() == ["COMPLETED"], "the first picture", timeout=300)
        self.browser.run("""const {fetch} = window;
            window.asked = 0;
            window.fetch = function (...all) {
              ++window.asked;
              return fetch.apply(this, all);
            }""")

    def picture(self, name, seed, side=120):
        return noise(self.folder / name, seed, side)

    def upload(self, name, seed):
        self.server.client("s3").upload_file(str(self.picture(name, seed)), "images", f"uploads/{name}", ExtraArgs={"ContentType": "image/png"})

    def statuses(self):
        return self.browser.run("return [...document.querySelectorAll('.tile[data-id]')].map((tile) => tile.dataset.status)")

    def says(self):
        return "".join(self.browser.all_text(".broken"))

    def restart(self):
        host, port = self.server.address
        self.server.start(f"{host}:{port}")

    def test_the_gallery_outlives_the_server(self):
        self.server.kill()
        eventually(lambda: self.says().startswith("The server does not answer."), "it is said", timeout=30)
        self.assertEqual(self.statuses(), ["COMPLETED"], "what was shown stays")
        # A search that cannot be answered: a line about it, and no storm of requests.
        before = self.browser.run("return window.asked")
        self.browser.type("#search", "noise")
        eventually(lambda: "The server does not answer." in "".join(self.browser.all_text(".toast")), "and what failed", timeout=30)
        self.browser.run("return new Promise((done) => setTimeout(done, 12000))")
        self.assertLessEqual(self.browser.run("return window.asked") - before, 10)
        self.browser.run("const box = document.querySelector('#search'); box.value = ''; box.dispatchEvent(new Event('input', {bubbles: true}))")

        self.restart()
        eventually(lambda: self.says() == "", "it answers again", timeout=60)
        eventually(lambda: self.statuses() == ["COMPLETED"], "the same picture, of who is still signed in", timeout=60)
        self.upload("after.png", 2)
        eventually(lambda: self.statuses() == ["COMPLETED", "COMPLETED"], "what is new comes by itself", timeout=300)

    def test_what_happened_meanwhile_is_shown(self):
        """Where the new server has told as many changes as the one before had."""
        self.server.kill()
        eventually(lambda: self.says() != "", "it is said", timeout=30)
        self.restart()
        self.upload("meanwhile.png", 3)
        eventually(lambda: self.statuses() == ["COMPLETED", "COMPLETED"], "both", timeout=300)
        self.assertEqual(self.says(), "")

    def go(self, address):
        self.browser.run(f"location.hash = '{address}'")

    def errors(self):
        return [text for text in self.browser.all_text(".error[role=alert]") if text]

    def test_pages_of_the_administration_fill_by_themselves(self):
        self.go("#/admin/users")
        eventually(lambda: self.browser.has("tbody tr"), "the administration")
        self.go("#/gallery")
        eventually(lambda: self.statuses() == ["COMPLETED"], "the gallery")
        self.server.kill()
        eventually(lambda: self.says() != "", "it is said", timeout=30)
        self.go("#/admin/models")
        eventually(lambda: self.errors() == ["The server does not answer."], "said there too", timeout=30)
        # By then nobody listens to changes any more.
        self.browser.run("return new Promise((done) => setTimeout(done, 5000))")
        self.restart()
        eventually(lambda: self.browser.has("[data-model]"), "the page, by itself", timeout=60)
        eventually(lambda: (self.says(), self.errors()) == ("", []), "and nothing is wrong any more")
        self.go("#/admin/audit?log=console")
        eventually(lambda: self.browser.has(".entries"), "what was done")
        self.server.kill()
        self.go("#/admin/audit?log=console&q=nothing-of-the-kind")
        eventually(lambda: self.errors() == ["The server does not answer."] and self.says() != "", "the page finds it out", timeout=30)
        self.restart()
        eventually(lambda: not self.browser.has(".entries") and (self.says(), self.errors()) == ("", []), "what is asked for now", timeout=60)

    def test_an_upload_goes_on_by_itself(self):
        self.browser.command("Network.enable")
        self.browser.command("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=60_000)
        self.browser.choose_file("#upload-files", self.picture("big.png", 4, side=500))
        eventually(lambda: self.browser.run("return document.querySelector('.uploads li progress')?.value > 0"), "it is on its way")
        self.server.kill()
        eventually(lambda: self.browser.run("return document.querySelector('.uploads li').dataset.state") == "paused", "it waits", timeout=60)
        self.assertEqual(self.browser.all_text(".uploads .what > .hint"), ["Waits for the server, and goes on by itself"])
        self.browser.command("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        self.restart()
        eventually(lambda: self.browser.run("return document.querySelector('.uploads li').dataset.state") == "done", "done", timeout=300)
        self.assertEqual(sorted(row["name"] for row in self.console.request("GET", "pictures").json["pictures"]), ["before.png", "big.png"])

    def test_an_analysis_is_seen_to_its_end_by_the_next_server(self):
        self.browser.choose_file("#upload-files", self.picture("cut.png", 5, side=500))
        eventually(lambda: self.browser.run("return document.querySelector('.uploads li')?.dataset.state") in ("analyzing", "done"), "stored")
        self.server.kill()
        self.restart()
        eventually(lambda: self.browser.run("return document.querySelector('.uploads li').dataset.state") == "done", "done", timeout=300)

    def test_a_picture_stays_in_view(self):
        self.browser.run("document.querySelector('.tile[data-id] a').click()")
        shown = "const image = document.querySelector('.stage img'); return image !== null && image.complete && image.naturalWidth > 0"
        eventually(lambda: self.browser.run(shown), "the picture")
        self.server.kill()
        eventually(lambda: self.says() != "", "it is said", timeout=30)
        self.assertTrue(self.browser.run(shown))
        self.restart()
        eventually(lambda: self.says() == "", "it answers again", timeout=60)
        self.assertTrue(self.browser.run(shown))
        self.assertFalse(self.browser.run("return document.body.textContent.includes('Failed to fetch')"))

    def test_a_picture_that_could_not_be_had_comes_when_the_server_does(self):
        address = self.browser.run("return document.querySelector('.tile[data-id] a').getAttribute('href')")
        self.browser.run("return new Promise((done) => setTimeout(done, 1000))")  # all of the page is there
        self.server.kill()
        eventually(lambda: self.says() != "", "it is said", timeout=30)
        self.browser.run(f"location.hash = '{address}'")
        eventually(lambda: self.browser.all_text(".error[role=alert]") == ["The server does not answer."], "said there too", timeout=30)
        self.restart()
        eventually(lambda: self.browser.run("return document.querySelector('.stage img')?.naturalWidth > 0"), "the picture, by itself", timeout=60)
        self.assertEqual(self.browser.all_text(".picture-head h1"), ["before.png"])
        self.assertFalse(self.browser.has(".error[role=alert]"))


if __name__ == "__main__":
    unittest.main()
