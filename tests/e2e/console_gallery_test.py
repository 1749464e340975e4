#!/usr/bin/python3
"""Going through pictures in Chromium: the gallery keeps its place, the next and the previous one by keys and fingers, selecting and downloading many, what is gone, bad addresses, reading order, names that turn the writing."""

import io
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, ServerCase  # noqa: E402
from support.pages import AXE, WIDTHS, faults_by_axe, open_console  # noqa: E402
from support.photos import noise  # noqa: E402
from support.server import eventually  # noqa: E402
from support.signing import raw_client  # noqa: E402

KEYS = {"enter": "\ue007", "escape": "\ue00c", "page up": "\ue00e", "page down": "\ue00f", "left": "\ue012", "right": "\ue014"}
MANY = 450
TURNED = "rtl \u202egpj.exe.png"
TURNED_SHOWN = "rtl [U+202E]gpj.exe.png"
LONG = "a photograph of the old harbour in the evening, seen from the lighthouse, second try with the better lens.png"
FOCUS = "document.activeElement"


def line(number, text, left, top, width, height=0.03):
    box = {"Left": left, "Top": top, "Width": width, "Height": height}
    return [{"Type": "LINE", "Id": number, "DetectedText": text, "Confidence": 99, "Geometry": {"BoundingBox": box}},
            {"Type": "WORD", "Id": 1000 + number, "ParentId": number, "DetectedText": text, "Confidence": 99, "Geometry": {"BoundingBox": box}}]


# As lines come: by their heights, whichever column they are of.
COLUMNS = [("A headline over both", 0.1, 0.05, 0.8), ("First line of left", 0.1, 0.2, 0.35), ("Right column one", 0.55, 0.2, 0.35), ("second row left", 0.1, 0.26, 0.33), ("right column two", 0.55, 0.26, 0.34),
           ("left ends.", 0.1, 0.32, 0.12), ("right three", 0.55, 0.32, 0.3), ("A line below both", 0.1, 0.5, 0.8), ("Coffee", 0.1, 0.6, 0.12), ("3.50", 0.8, 0.6, 0.08), ("Cake", 0.1, 0.66, 0.1), ("4.20", 0.8, 0.66, 0.08)]
READ = ["A headline over both", "First line of left", "second row left", "left ends.", "Right column one", "right column two", "right three", "A line below both", "Coffee", "3.50", "Cake", "4.20"]


class GalleryTest(ServerCase):
    config = SMALL_MODELS

    @classmethod
    def setUpClass(cls):
        paths.pillow()
        super().setUpClass()
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.console, cls.browser = open_console(cls.enterClassContext, cls.server)
        big = io.BytesIO()
        noise(big, 1, 640, 480)
        cls.put("uploads/base.png", big.getvalue())
        eventually(lambda: cls.console.request("GET", "pictures?status=COMPLETED").json["total"] == 1, "the one real picture", timeout=300)
        for at in range(MANY):
            cls.forge(f"many-{at:03}", at + 1)
        cls.browser.command("Network.enable")

    @classmethod
    def put(cls, key, body):
        answer = cls.raw.put_object("images", key, body)
        assert answer.status == 200, answer

    @classmethod
    def forge(cls, name, time, result=None, **more):
        """A record as somebody else may write one, of the picture that is there."""
        item = {"ImageID": {"S": name}, "UploadTimestamp": {"N": str(time)}, "Bucket": {"S": "images"}, "Key": {"S": "uploads/base.png"}, "OriginalName": {"S": name},
                "ProcessingStatus": {"S": "COMPLETED"}, **more}
        assert cls.raw.call("dynamodb", "PutItem", {"TableName": "ImageMetadataStore", "Item": item}).status == 200
        cls.put(f"processed/{name}.json", json.dumps(result or {}).encode())

    @classmethod
    def erase(cls, name, time):
        key = {"ImageID": {"S": name}, "UploadTimestamp": {"N": str(time)}}
        assert cls.raw.call("dynamodb", "DeleteItem", {"TableName": "ImageMetadataStore", "Key": key}).status == 200

    def setUp(self):
        self.browser.view(*WIDTHS["desktop"])
        self.browser.complaints()
        type(self).raw = raw_client(self.server)  # the one before may have rested for too long
        self.addCleanup(self.raw.close)

    def tearDown(self):
        super().tearDown()
        self.assertEqual([line for line in self.browser.complaints() if "Uncaught" in line], [])

    def go(self, address):
        self.browser.run(f"location.hash = {json.dumps(address)}")

    def gallery(self, search, count):
        self.go("#/overview")
        eventually(lambda: not self.browser.has("#search"), "away from the gallery")
        self.go("#/gallery?q=" + search)
        eventually(lambda: "".join(self.browser.all_text(".count")).startswith(f"{count} picture") and self.browser.has('.tile[data-id][data-at="0"]'), f"{count} pictures")

    def heading(self):
        return "".join(self.browser.all_text(".picture-head h1"))

    def place(self):
        return "".join(self.browser.all_text("#place-of"))

    def selected(self):
        return "".join(self.browser.all_text(".selection strong"))

    def click(self, selector, **keys):
        options = json.dumps({"bubbles": True, "cancelable": True, **keys})
        self.browser.run(f"document.querySelector({json.dumps(selector)}).dispatchEvent(new MouseEvent('click', {options}))")

    def test_going_back_finds_the_gallery_as_it_was(self):
        self.gallery("many-", MANY)
        self.browser.run("scrollTo(0, 1200)")
        eventually(lambda: self.browser.run("return scrollY") == 1200 and self.browser.has('.tile[data-id][data-at="18"]'), "further down")
        name = self.browser.run("const link = document.querySelector('.tile[data-at=\"18\"] > a'); link.focus({preventScroll: true}); return link.closest('.tile').dataset.id")
        before = self.browser.run("return scrollY")
        self.browser.press(KEYS["enter"])
        eventually(lambda: self.heading() == name, "the picture")
        self.assertEqual(self.browser.run(f"return {FOCUS}.tagName"), "H1", "whoever reads aloud begins there")
        self.assertEqual(self.browser.run("return scrollY"), 0)
        self.browser.run("history.back()")
        eventually(lambda: self.browser.run(f"return {FOCUS}.closest('.tile')?.dataset.id") == name, "the focus is where it was")
        self.assertEqual(self.browser.run("return scrollY"), before)
        # By the page's own button too.
        self.browser.press(KEYS["enter"])
        eventually(lambda: self.heading() == name, "the picture")
        self.browser.run("document.querySelector('.picture-head a').click()")
        eventually(lambda: self.browser.run(f"return {FOCUS}.closest('.tile')?.dataset.id") == name, "and again")
        self.assertEqual(self.browser.run("return scrollY"), before)

    def test_the_next_and_the_previous_of_the_search(self):
        self.gallery("many-", MANY)
        newest = lambda at: f"many-{MANY - 1 - at:03}"  # noqa: E731
        self.browser.run("""const {fetch} = window; window.limits = [];
            window.fetch = function (address, ...more) {
              const limit = /pictures\\?.*limit=(\\d+)/.exec(String(address));
              if (limit) window.limits.push(Number(limit[1]));
              return fetch.call(this, address, ...more);
            }""")
        self.browser.run("document.querySelector('.tile[data-at=\"0\"] > a').click()")
        eventually(lambda: (self.heading(), self.place()) == (newest(0), f"1 of {MANY}"), "the first")
        self.assertEqual(self.browser.run("return document.querySelector('#previous').getAttribute('aria-disabled')"), "true")
        self.assertIn("Page Down", self.browser.run("return document.querySelector('#next').title"))
        self.browser.press(KEYS["right"])
        eventually(lambda: (self.heading(), self.place()) == (newest(1), f"2 of {MANY}"), "by an arrow")
        self.browser.press(KEYS["page down"])
        eventually(lambda: self.heading() == newest(2), "by Page Down")
        self.browser.run("document.querySelector('#next').click()")
        eventually(lambda: self.heading() == newest(3), "by the button")
        self.browser.press(KEYS["page up"])
        eventually(lambda: self.heading() == newest(2), "back by Page Up")
        # The picture that is looked at moves by arrows once it is zoomed.
        self.browser.run("document.querySelector('.stage').focus()")
        eventually(lambda: self.browser.run("return document.querySelector('.stage img')?.naturalWidth > 0"), "it is there")
        self.browser.press(KEYS["right"])
        eventually(lambda: self.heading() == newest(3), "from the stage")
        self.browser.press("+", KEYS["right"])
        self.assertEqual(self.heading(), newest(3))
        self.browser.press("0", KEYS["left"])
        eventually(lambda: self.heading() == newest(2), "whole again")
        # Many in a row: further than was fetched at once.
        self.go(f"#/picture/{newest(100)}?in=q%3Dmany-&at=100")
        eventually(lambda: (self.heading(), self.place()) == (newest(100), f"101 of {MANY}"), "an address alone says it all")
        for at in range(101, 130):
            self.browser.run("document.querySelector('#next').click()")
            eventually(lambda wanted=newest(at): self.heading() == wanted and self.browser.run("return document.querySelector('#next').getAttribute('aria-disabled')") == "false", newest(at))
        self.assertLessEqual(max(self.browser.run("return window.limits")), 60, "never all of them")
        # A wrong place is put right, and what is of no search has none beside it.
        self.go(f"#/picture/{newest(50)}?in=q%3Dmany-&at=45")
        eventually(lambda: self.place() == f"51 of {MANY}", "where it really is")
        self.go(f"#/picture/{newest(50)}")
        eventually(lambda: self.heading() == newest(50) and not self.browser.has("#next"), "of no search")

    def test_the_gallery_comes_back_to_the_one_looked_at_last(self):
        self.gallery("many-", MANY)
        self.browser.run("document.querySelector('.tile[data-at=\"1\"] > a').click()")
        eventually(lambda: self.place() == f"2 of {MANY}", "the second")
        for at in range(3, 40):
            self.browser.press(KEYS["right"])
            eventually(lambda wanted=at: self.place() == f"{wanted} of {MANY}", str(at))
        name = self.heading()
        self.browser.run("history.back()")
        eventually(lambda: self.browser.run(f"return {FOCUS}.closest('.tile')?.dataset.id") == name, "the last one has the focus")
        top, bottom = self.browser.run(f"const box = {FOCUS}.getBoundingClientRect(); return [box.top, box.bottom - innerHeight]")
        self.assertGreater(top, 0)
        self.assertLess(bottom, 0)

    def test_stretches_and_all_are_selected_and_said(self):
        self.gallery("many-", MANY)
        self.click('.tile[data-at="2"] .pick input')
        eventually(lambda: self.selected() == "1 selected", "one")
        self.click('.tile[data-at="6"] .pick input', shiftKey=True)
        eventually(lambda: self.selected() == "5 selected", "all up to there")
        self.assertEqual(self.browser.run("return document.querySelector('#picked').textContent"), "5 selected")
        self.assertEqual(self.browser.run("return document.querySelector('.selection').getAttribute('aria-label')"), "What is selected")
        self.assertEqual(self.browser.run("return document.querySelectorAll('.tile.selected .visually-hidden').length"), 5, "each says it")
        # On the picture itself too, however far: what lies between was never looked at.
        self.browser.run("scrollTo(0, document.body.scrollHeight)")
        last = f'.tile[data-id][data-at="{MANY - 1}"]'
        eventually(lambda: self.browser.has(last), "the last")
        self.click(last + " > a", shiftKey=True)
        eventually(lambda: self.selected() == f"{MANY - 2} selected", "to the end")
        self.browser.run(f"document.querySelector('{last} > a').focus()")
        self.browser.press(KEYS["escape"])
        eventually(lambda: self.selected() == "", "none")
        self.assertEqual(self.browser.run("return document.querySelector('#picked').textContent"), "Nothing is selected")
        self.browser.press(" ")
        eventually(lambda: self.browser.run("return document.querySelector('#picked').textContent") == "many-000 is selected. 1 selected", "said aloud")
        key = "new KeyboardEvent('keydown', {key: 'a', ctrlKey: true, bubbles: true, cancelable: true})"
        self.browser.run(f"{FOCUS}.dispatchEvent({key})")
        eventually(lambda: self.selected() == f"{MANY} selected", "all")
        # In the search it selects letters.
        self.browser.press(KEYS["escape"])
        self.assertTrue(self.browser.run(f"return document.querySelector('#search').dispatchEvent({key})"))
        self.assertEqual(self.selected(), "")
        self.click('.tile[data-id] .pick input')
        eventually(lambda: self.browser.has("#select-all"), "a button for fingers")
        self.browser.run("document.querySelector('#select-all').click()")
        eventually(lambda: self.selected() == f"{MANY} selected", "all")
        self.browser.run("document.querySelector('.selection [aria-label=\"Clear selection\"]').click()")

    def test_what_is_gone_or_fails_is_passed_over(self):
        for at in range(6):
            self.forge(f"bulk-{at}", at + 1)
        self.gallery("bulk-", 6)
        self.browser.run("document.querySelector('.tile[data-id] .pick input').click()")
        self.browser.run("document.querySelector('#select-all').click()")
        eventually(lambda: self.selected() == "6 selected", "all")
        self.erase("bulk-5", 6)
        self.erase("bulk-2", 3)
        # One fails at the server.
        self.browser.run("""const {fetch} = window;
            window.fetch = function (address, ...more) {
              if (!String(address).endsWith("pictures/bulk-3")) return fetch.call(this, address, ...more);
              return Promise.resolve(new Response(JSON.stringify({code: "Broken", message: "Broken."}), {status: 500, headers: {"Content-Type": "application/json"}}));
            }""")
        self.browser.run("document.querySelector('#archive').click()")
        eventually(lambda: self.browser.all_text(".toast") == ["3 archived. 2 were gone already. 1 failed (bulk-3): Broken."], "all that could be done is done, and the rest is said")
        self.assertEqual(self.selected(), "1 selected", "what failed stays, what is gone does not")
        self.assertEqual(self.console.request("GET", "pictures?archived=only&q=bulk-").json["total"], 3)
        for at in (0, 1, 3, 4):
            self.erase(f"bulk-{at}", at + 1)

    def select_all(self, count):
        self.browser.run("document.querySelector('.tile[data-id] .pick input').click()")
        eventually(lambda: self.browser.has("#select-all"), "one is selected")
        self.browser.run("document.querySelector('#select-all').click()")
        eventually(lambda: self.selected() == f"{count} selected", "all")

    def test_all_that_are_selected_are_downloaded(self):
        count = 24
        for at in range(count):
            self.forge(f"save-{at:02}", at + 1, **({"Key": {"S": "uploads/none.png"}} if at == 5 else {}))
        folder = self.folder / "downloads"
        folder.mkdir()
        self.browser.command("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        self.gallery("save-", count)
        self.select_all(count)
        self.browser.click("#download")
        eventually(lambda: self.browser.all_text(".toast") == [f"{count - 1} downloaded. 1 failed (save-05): The file is not there, or you may not see it."], "all that could be had, and what could not")
        self.assertEqual(self.selected(), "1 selected", "what failed stays")
        saved = lambda: sorted(path.stem for path in folder.iterdir() if path.suffix != ".crdownload")  # noqa: E731
        eventually(lambda: len(saved()) == count - 1, "every file")
        self.assertEqual(saved(), [f"save-{at:02}" for at in range(count) if at != 5])
        size = self.server.client("s3").head_object(Bucket="images", Key="uploads/base.png")["ContentLength"]
        self.assertEqual({path.stat().st_size for path in folder.iterdir()}, {size}, "each of them whole")
        for at in range(count):
            self.erase(f"save-{at:02}", at + 1)

    def test_archiving_and_deleting_leave_the_focus_near(self):
        for at in range(6):
            self.forge(f"keep-{at}", at + 1, Key={"S": "uploads/none.png"})
        self.gallery("keep-", 6)
        self.click('.tile[data-at="2"] .pick input')
        eventually(lambda: self.browser.has("#archive"), "the selection's bar")
        self.browser.run("document.querySelector('#archive').focus()")
        self.browser.press(KEYS["enter"])
        eventually(lambda: self.browser.run(f"return {FOCUS}.closest('.tile')?.dataset.id") == "keep-2", "the one that took its place")
        self.assertFalse(self.browser.has('.tile[data-id="keep-3"]'))
        self.select_all(5)
        self.browser.run("window.confirm = () => true; document.querySelector('#delete').focus()")
        self.browser.press(KEYS["enter"])
        eventually(lambda: self.browser.has(".empty") and self.browser.run(f"return {FOCUS}.id") == "search", "where none remains, the search")
        self.erase("keep-3", 4)

    def test_what_an_address_says_wrongly_is_passed_over(self):
        for wrong in ("foo=1", "order=bogus", "confidence=abc", "confidence=101", "status=", "within=1,2,3", "within=1,5,2,4", "q=" + "x" * 300):
            with self.subTest(wrong):
                self.go("#/overview")
                eventually(lambda: not self.browser.has("#search"), "away from the gallery")
                self.go(f"#/gallery?{wrong}&order=name&q=many-")
                eventually(lambda: self.browser.has('.tile[data-id][data-at="0"]'), "the rest of it")
        self.assertEqual(self.browser.run("return document.querySelector('#filter-order').value"), "name")
        self.assertEqual([line for line in self.browser.complaints() if " 400 " in line], [])

    def test_what_the_server_refuses_can_be_cleared(self):
        self.browser.run("""const {fetch} = window;
            window.restore = () => { window.fetch = fetch; };
            window.fetch = function (address, ...more) {
              if (!/pictures\\?.*q=refused/.test(String(address))) return fetch.call(this, address, ...more);
              return Promise.resolve(new Response(JSON.stringify({code: "InvalidRequest", message: "No."}), {status: 400, headers: {"Content-Type": "application/json"}}));
            }""")
        self.addCleanup(lambda: self.browser.run("window.restore()"))
        self.go("#/gallery?q=refused")
        eventually(lambda: self.browser.all_text(".empty h2") == ["Nothing fits"], "said in the page")
        self.browser.run("document.querySelector('.empty button').click()")
        eventually(lambda: self.browser.has(".tile[data-id]"), "all of them")

    def test_what_was_seen_is_there_while_the_server_is_not(self):
        self.gallery("many-", MANY)
        self.browser.run("document.querySelector('.tile[data-at=\"1\"] > a').click()")
        eventually(lambda: self.place() == f"2 of {MANY}", "a picture")
        network = lambda offline: self.browser.command("Network.emulateNetworkConditions", offline=offline, latency=0, downloadThroughput=-1, uploadThroughput=-1)  # noqa: E731
        self.addCleanup(network, False)
        network(True)
        self.browser.run("history.back()")
        eventually(lambda: self.browser.has('.tile[data-at="0"][data-id]') and self.browser.has('.tile[data-at="7"][data-id]'), "as they were")

    def test_arrows_go_on_wherever_the_focus_is(self):
        self.gallery("many-", MANY)
        at = lambda number: eventually(lambda: self.place() == f"{number} of {MANY}" and self.browser.has("#confidence"), str(number))  # noqa: E731
        self.browser.run("document.querySelector('.tile[data-at=\"0\"] > a').click()")
        at(1)
        self.browser.run("document.querySelector('.findings summary').focus()")
        self.browser.press(KEYS["right"])
        at(2)
        self.browser.run(f"{FOCUS}.blur()")
        self.browser.press(KEYS["right"])
        at(3)
        # Not where they do something else.
        self.browser.run("document.querySelector('#confidence').focus()")
        self.browser.press(KEYS["right"])
        eventually(lambda: self.browser.run("return document.querySelector('#confidence').value") == "81", "the slider moves")
        self.browser.run("document.querySelector('[aria-label=\"For developers\"]').click()")
        self.browser.press(KEYS["left"], KEYS["escape"])
        at(3)

    def test_a_finger_goes_on_to_the_next(self):
        self.browser.view(*WIDTHS["phone"], touch=True)
        self.browser.command("Emulation.setTouchEmulationEnabled", enabled=True)
        self.addCleanup(self.browser.command, "Emulation.setTouchEmulationEnabled", enabled=False)

        def swipe(across):
            x, y = self.browser.run("const box = document.querySelector('.stage').getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]")
            for step in range(6):
                point = {"x": x - across / 2 + across * step / 5, "y": y}
                self.browser.command("Input.dispatchTouchEvent", type="touchMove" if step else "touchStart", touchPoints=[point])
            self.browser.command("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

        self.gallery("many-", MANY)
        self.browser.run("document.querySelector('.tile[data-at=\"0\"] > a').click()")
        at = lambda number: eventually(lambda: self.place() == f"{number} of {MANY}" and self.browser.run("return document.querySelector('.stage img:not(.small)')?.naturalWidth > 0"), str(number))  # noqa: E731
        at(1)
        action = "return getComputedStyle(document.querySelector('.stage')).touchAction"
        self.assertEqual(self.browser.run(action), "pan-y", "the page scrolls past it")
        swipe(-200)
        at(2)
        swipe(200)
        at(1)
        # Zoomed, it is moved itself.
        self.browser.run("document.querySelector('.stage').focus()")
        self.browser.press("+")
        eventually(lambda: self.browser.run(action) == "none", "zoomed")
        swipe(-200)
        at(1)

    def test_bad_addresses_say_so(self):
        for address in ("#/picture/%", "#/foo", "#/picture/a/b", "#/picture/..", "#/picture", "#/gallery/%E0%A4%A"):
            self.go("#/overview")
            eventually(lambda: not self.browser.has("#nowhere"), "somewhere")
            self.go(address)
            eventually(lambda: self.browser.all_text("#nowhere h1") == ["There is nothing at this address."], address)
        self.browser.run("document.querySelector('#nowhere a').click()")
        eventually(lambda: self.browser.has("#search"), "back")
        for name in ("..%2F..%2Fsession", "..%2Fpictures%3Flimit%3D1", "no%20such%20%3Cb%3E"):
            self.go(f"#/picture/{name}")
            eventually(lambda: self.browser.all_text(".error[role=alert]") == ["There is no such picture, or not any more."], name)
            self.go("#/gallery")
            eventually(lambda: self.browser.has("#search"), "away")

    def test_text_is_read_column_by_column(self):
        found = [part for number, each in enumerate(COLUMNS) for part in line(number, *each)]
        self.forge("columns", 1, {"DetectText": {"TextDetections": found}})
        self.go("#/picture/columns")
        eventually(lambda: self.browser.all_text(".read .finding") == READ, "columns one after the other, rows of a bill from left to right")
        self.browser.run("window.copied = null; navigator.clipboard.writeText = async (text) => { window.copied = text; }")
        self.browser.run("[...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Copy text').click()")
        self.assertEqual(self.browser.run("return window.copied"), "\n".join(READ))
        # Where it stands is pointed at by keys too.
        self.browser.run("document.querySelectorAll('.read .finding')[4].focus()")
        eventually(lambda: self.browser.all_text(".read .finding.lit") == ["Right column one"] and self.browser.run("return document.querySelector('polygon.word.lit title')?.textContent") == "Right column one", "its box is lit")
        self.assertEqual(self.browser.run("return getComputedStyle(document.querySelector('.read')).whiteSpace"), "normal")
        self.erase("columns", 1)

    def test_a_small_picture_stands_for_it_until_it_is_there(self):
        self.gallery("many-", MANY)
        self.browser.command("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=60_000, uploadThroughput=-1)
        self.browser.run("document.querySelector('.tile[data-at=\"4\"] > a').click()")
        there = "const image = document.querySelector('.stage img:not(.small)'); return image !== null && image.complete && image.naturalWidth > 0"
        eventually(lambda: self.browser.run("return document.querySelector('.stage img.small')?.naturalWidth > 0"), "the thumbnail")
        self.assertFalse(self.browser.run(there))
        width, height = self.browser.run("const box = document.querySelector('.stage img.small').getBoundingClientRect(); return [box.width, box.height]")
        self.assertAlmostEqual(width / height, 4 / 3, delta=0.02)
        self.browser.command("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        eventually(lambda: self.browser.run(there) and not self.browser.has(".stage img.small"), "the picture", timeout=60)

    def test_names_do_not_turn_what_is_written(self):
        self.forge("turned", 1, OriginalName={"S": TURNED})
        self.gallery("gpj.exe", 1)
        eventually(lambda: self.browser.all_text(".tile[data-id] .title bdi") == [TURNED_SHOWN], "the tile")
        self.assertEqual(self.browser.run("return document.querySelector('.tile .title').title"), TURNED_SHOWN)
        self.browser.run("document.querySelector('.tile[data-id] > a').click()")
        eventually(lambda: self.browser.all_text(".picture-head h1 bdi") == [TURNED_SHOWN], "the heading")
        eventually(lambda: self.browser.run("return document.title") == TURNED_SHOWN + " · Eyrie", "the window's title")
        self.erase("turned", 1)
        path = self.folder / ("no picture " + TURNED)
        path.write_text("no picture")
        self.browser.run("location.hash = '#/gallery'")
        eventually(lambda: self.browser.has("#upload-files"), "the gallery")
        self.browser.choose_file("#upload-files", path)
        eventually(lambda: self.browser.all_text(".uploads .file bdi") == ["no picture " + TURNED_SHOWN], "the list of uploads")
        self.browser.run("document.querySelector('.uploads header .button').click()")
        self.assertEqual(self.browser.run("return document.body.innerHTML.includes('\\u202e')"), False)

    def test_what_is_hidden_under_transparency_stays_hidden(self):
        from PIL import Image

        def seen(name, image, **options):
            file = io.BytesIO()
            image.save(file, name.rsplit(".")[-1].upper(), **options)
            self.put("uploads/" + name, file.getvalue())
            rows = eventually(lambda: [row for row in self.console.request("GET", "pictures?limit=200&status=COMPLETED&order=newest").json["pictures"] if row["name"] == name], name, timeout=300)
            answer = self.console.request("GET", f"pictures/{rows[0]['id']}/thumbnail")
            small = Image.open(io.BytesIO(answer.body)).convert("RGB")
            return [small.getpixel((small.width * x // 8, small.height // 2)) for x in (1, 7)]

        def close(pixel, wanted):
            self.assertLess(max(abs(a - b) for a, b in zip(pixel, wanted)), 12, (pixel, wanted))

        for side in (120, 1700):
            image = Image.new("RGBA", (side, side), (200, 0, 0, 0))
            image.paste((0, 0, 200, 255), (side // 2, 0, side, side))
            grey = Image.new("LA", (side, side), (90, 0))
            grey.paste((30, 255), (side // 2, 0, side, side))
            palette = image.convert("RGB").quantize(4)
            clear = palette.getpixel((0, 0))
            for name, made, options, wanted in ((f"clear-{side}.png", image, {}, (0, 0, 200)), (f"clear-{side}.webp", image, {"lossless": True, "exact": True}, (0, 0, 200)),
                                                (f"lossy-{side}.webp", image, {"exact": True}, (0, 0, 200)), (f"grey-{side}.png", grey, {}, (30, 30, 30)),
                                                (f"palette-{side}.png", palette, {"transparency": clear}, (0, 0, 200))):
                with self.subTest(name):
                    left, right = seen(name, made, **options)
                    close(left, (255, 255, 255))
                    close(right, wanted)

    def test_a_phone_shows_whole_names_and_that_filters_go_on(self):
        self.forge("long", 1, OriginalName={"S": LONG})
        self.browser.view(*WIDTHS["phone"], touch=True)
        self.go("#/picture/long")
        eventually(lambda: self.heading() == LONG, "the picture")
        across, fits = self.browser.run("const one = document.querySelector('.picture-head h1'); return [one.clientWidth, one.scrollHeight <= one.clientHeight + 1]")
        self.assertGreater(across, 300)
        self.assertTrue(fits, "all of it")
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth - innerWidth"), 0)
        self.assertIn(LONG, self.browser.all_text(".facts dd"))
        self.erase("long", 1)
        self.gallery("many-", MANY)
        eventually(lambda: self.browser.has(".filters.more-after:not(.more-before)"), "there is more")
        self.assertIn("gradient", self.browser.run("return getComputedStyle(document.querySelector('.filters')).maskImage"))
        self.browser.run("const row = document.querySelector('.filters'); row.scrollLeft = row.scrollWidth")
        eventually(lambda: self.browser.has(".filters.more-before:not(.more-after)"), "that was all")

    def test_the_upload_menu_closes(self):
        self.gallery("many-", MANY)
        is_open = "return document.querySelector('.upload-menu').open"
        self.browser.click(".upload-menu summary")
        self.assertTrue(self.browser.run(is_open))
        self.browser.press(KEYS["escape"])
        self.assertFalse(self.browser.run(is_open))
        self.assertEqual(self.browser.run(f"return {FOCUS}.tagName"), "SUMMARY")
        self.browser.click(".upload-menu summary")
        self.assertTrue(self.browser.run(is_open))
        self.browser.click("h1")
        self.assertFalse(self.browser.run(is_open))

    def test_axe_finds_nothing_serious(self):
        if not AXE.exists():
            self.skipTest("no axe-core: run scripts/setup")
        self.gallery("many-", MANY)
        self.browser.run("document.querySelector('.tile[data-id] .pick input').click()")
        eventually(lambda: self.browser.has(".selection"), "one is selected")
        faults = faults_by_axe(self.browser, "gallery")
        self.browser.run("document.querySelector('.selection [aria-label=\"Clear selection\"]').click()")
        self.browser.run("document.querySelector('.tile[data-at=\"1\"] > a').click()")
        eventually(lambda: self.place() == f"2 of {MANY}", "a picture of a search")
        self.assertEqual(faults + faults_by_axe(self.browser, "picture"), [])


if __name__ == "__main__":
    unittest.main()
