#!/usr/bin/python3
"""The console in Chromium against a real server with real inference: upload, chips, boxes, search, roles, hostile names and texts, keys, widths.

EYRIE_SCREENSHOTS=FOLDER also takes the pictures of the views that README and docs/ show."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.browser import Browser  # noqa: E402
from support.case import ServerCase  # noqa: E402
from support.console import Console, add_user, owner  # noqa: E402
from support.pages import AXE, PASSWORD, SCREENSHOTS, WIDTHS, faults_by_axe, open_console, sign_in, take  # noqa: E402
from support.photos import taken_at  # noqa: E402
from support.server import Server, eventually  # noqa: E402
from support.signing import raw_client  # noqa: E402

HOSTILE = '"><img src=x onerror=document.title=1>{{7*7}}.png'
KEYS = {"right": "\ue014", "enter": "\ue007"}


def hostile_picture(folder):
    """A photograph of nothing but markup."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (900, 300), "white")
    font = ImageFont.load_default()
    for name in ("DejaVuSans.ttf", "LiberationSans-Regular.ttf"):
        try:
            font = ImageFont.truetype(name, 44)
            break
        except OSError:
            pass
    ImageDraw.Draw(picture).text((40, 110), "<script>alert(1)</script>", fill="black", font=font)
    path = folder / HOSTILE
    picture.save(path)
    return path


class BrowserTest(ServerCase):
    @classmethod
    def setUpClass(cls):
        paths.pillow()
        super().setUpClass()
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.console, cls.browser = open_console(cls.enterClassContext, cls.server)
        cls.names = ["astronaut.png", "cat.png", "coffee.png", "motorcycle.png", "rocket.jpg"]
        small = cls.folder / "small.png"
        from PIL import Image

        Image.new("RGB", (79, 200)).save(small)
        (cls.folder / "text.jpg").write_text("no picture")
        cls.files = [paths.sample(name) for name in cls.names] + [hostile_picture(cls.folder), small, cls.folder / "text.jpg"]
        cls.browser.choose_file("#upload-files", *cls.files)
        over = {"done", "refused", "failed", "duplicate"}
        eventually(lambda: len(states := cls.states()) == len(cls.files) and set(states) <= over, "uploads are over", timeout=300)
        cls.after_upload = list(zip(cls.browser.all_text(".uploads .file"), cls.states(), cls.browser.all_text(".uploads .what > :nth-child(2)")))
        cls.ids = {row["name"]: row["id"] for row in cls.console.request("GET", "pictures").json["pictures"]}

    @classmethod
    def states(cls):
        return cls.browser.run("return [...document.querySelectorAll('.uploads li')].map((row) => row.dataset.state)")

    def setUp(self):
        self.browser.view(*WIDTHS["desktop"])

    def tearDown(self):
        super().tearDown()
        # Among them what the policy forbids. Nobody is signed in yet when the first page asks who is.
        self.assertEqual([line for line in self.browser.complaints() if " 401 " not in line and " 403 " not in line], [])

    def go(self, address):
        self.browser.run(f"location.hash = {json.dumps(address)}")

    def gallery(self, query=""):
        self.go("#/gallery" + query)
        eventually(lambda: self.browser.has("#search"), "the gallery")

    def tiles(self):
        return sorted(self.browser.all_text(".tile[data-id] .title"))

    def picture(self, name):
        self.go(f"#/picture/{self.ids[name]}")
        eventually(lambda: self.browser.run("return document.querySelector('.stage img')?.naturalWidth > 0 && document.querySelector('.finding') !== null"), "the picture")

    def test_uploads_are_checked_and_analyzed(self):
        says = {name: (state, text) for name, state, text in self.after_upload}
        for name in self.names + [HOSTILE]:
            self.assertEqual(says[name], ("done", "Done"), name)
        self.assertEqual(says["small.png"], ("refused", "Not uploaded: 79 × 200 pixels; both sides need 80"))
        self.assertEqual(says["text.jpg"], ("refused", "Not uploaded: no JPEG, PNG or WebP picture"))
        self.assertEqual(set(self.ids), set(self.names + [HOSTILE]))
        row = self.console.request("GET", f"pictures/{self.ids['cat.png']}").json
        self.assertEqual(row["key"], f"uploads/{row['id']}.png")
        # The same again is noticed, and not sent.
        self.gallery()
        self.browser.choose_file("#upload-files", paths.sample("cat.png"))
        eventually(lambda: self.states()[-1:] == ["duplicate"], "the duplicate")
        self.assertEqual(self.console.request("GET", "pictures").json["total"], len(self.names) + 1)
        self.browser.run("document.querySelector('.uploads header .button').click()")
        eventually(lambda: not self.browser.has(".uploads"), "the list is cleared")

    def test_chips_say_how_sure(self):
        self.gallery()
        eventually(lambda: len(self.tiles()) == len(self.names) + 1, "all tiles")
        tile = f".tile[data-id=\"{self.ids['cat.png']}\"]"
        label = self.console.request("GET", f"pictures?ids={self.ids['cat.png']}").json["pictures"][0]["labels"][0]
        confidence = label["confidence"]
        band = "high" if confidence > 90 else "mid" if confidence >= 70 else "low"
        self.assertEqual(self.browser.all_text(tile + " .chip .name")[0], label["name"])
        self.assertEqual(self.browser.all_text(tile + " .chip .percent")[0], f"{round(confidence)}%")
        self.assertTrue(self.browser.has(f"{tile} .chip:first-child.{band} svg"))
        eventually(lambda: self.browser.run(f"return document.querySelector('{tile} img').naturalWidth") == 400, "the thumbnail")
        # The picture's own view says the same of each.
        in_gallery = self.chips(tile)
        self.go(f"#/picture/{self.ids['cat.png']}?confidence=0")
        eventually(lambda: self.browser.has(".finding .chip"), "the picture")
        in_view = self.chips(".findings")
        for name, (how, figure) in in_gallery.items():
            self.assertEqual(in_view[name], [how, figure], name)

    def chips(self, within):
        """Bands and figures by names."""
        return dict(self.browser.run(f"""return [...document.querySelectorAll({json.dumps(within + " .chip:not(.plain)")})].map((chip) =>
            [chip.querySelector(".name").textContent, [chip.classList[1], chip.querySelector(".percent").textContent]])"""))

    def test_search_and_filters_are_in_the_address(self):
        self.gallery()
        self.browser.type("#search", "cat")
        eventually(lambda: self.tiles() == ["cat.png"], "the cat is found")
        self.assertTrue(self.browser.address().endswith("#/gallery?q=cat"))
        self.browser.open(self.server.endpoint + "/_console/#/gallery?q=motorcycle&confidence=70")
        self.browser.run("location.reload()")
        eventually(lambda: self.browser.has("#search") and self.tiles() == ["motorcycle.png"], "the address shows the same")
        self.assertEqual(self.browser.run("return document.querySelector('#filter-confidence').value"), "70")
        self.gallery("?q=no-such-thing")
        eventually(lambda: self.browser.has(".empty"), "nothing fits")
        self.assertEqual(self.browser.all_text(".empty h2"), ["Nothing fits"])

    def test_boxes_lie_where_things_are(self):
        self.picture("astronaut.png")
        result = self.console.request("GET", f"pictures/{self.ids['astronaut.png']}/result").json
        box = result["DetectFaces"]["FaceDetails"][0]["BoundingBox"]
        eventually(lambda: self.browser.has("polygon.face"), "the face's box")
        image, face = self.browser.run("return ['.stage img', 'polygon.face'].map((one) => document.querySelector(one).getBoundingClientRect().toJSON())")
        for side, start, size in (("left", "left", "width"), ("top", "top", "height")):
            wanted = image[start] + box[side.capitalize()] * image[size]
            self.assertAlmostEqual(face[side], wanted, delta=3, msg=side)
        self.assertAlmostEqual(face["width"], box["Width"] * image["width"], delta=4)
        # The list and the boxes point at each other.
        self.browser.hover("polygon.face")
        eventually(lambda: self.browser.has(".finding.lit"), "the list's line is lit")
        self.browser.hover_at(5, 5)
        self.browser.run("document.querySelector('.finding[tabindex]').focus()")
        eventually(lambda: self.browser.has("polygon.lit"), "the box is lit")
        # Zooming keeps them together.
        self.browser.run("document.querySelector('.stage').focus()")
        self.browser.press("+", "+")
        bigger, moved = self.browser.run("return ['.stage img', 'polygon.face'].map((one) => document.querySelector(one).getBoundingClientRect().toJSON())")
        self.assertGreater(bigger["width"], image["width"] * 1.5)
        self.assertAlmostEqual(moved["left"], bigger["left"] + box["Left"] * bigger["width"], delta=5)

    def test_the_slider_hides_what_is_less_sure(self):
        self.picture("coffee.png")
        before = len(self.browser.all_text(".finding .chip"))
        self.go(f"#/picture/{self.ids['coffee.png']}?confidence=100")
        eventually(lambda: len(self.browser.all_text(".finding .chip")) < before, "fewer are shown")
        self.go(f"#/picture/{self.ids['coffee.png']}?confidence=0")
        eventually(lambda: len(self.browser.all_text(".finding .chip")) >= before, "all are shown")

    def test_hostile_names_and_texts_are_text(self):
        self.gallery()
        eventually(lambda: HOSTILE in self.tiles(), "the name as it is")
        self.picture(HOSTILE)
        self.assertEqual(self.browser.all_text(".page-head h1"), [HOSTILE])
        eventually(lambda: any("script" in line for line in self.browser.all_text(".read .finding")), "the text that was read")
        self.assertIn(HOSTILE, self.browser.run("return document.title"))
        self.assertEqual(self.browser.run("return document.querySelectorAll('main script, main [onerror]').length"), 0)
        # Nor does the developer's corner let it out of its quotes.
        self.browser.run("document.querySelector('[aria-label=\"For developers\"]').click()")
        self.assertIn("detect-labels", "".join(self.browser.all_text("dialog[open] pre")))
        self.browser.run("document.querySelector('dialog[open]').close()")

    def test_records_of_others_are_text_and_sensitive_ones_are_veiled(self):
        markup = "<img src=x onerror=document.title=1>"
        key = f"uploads/{self.ids['cat.png']}.png"
        label = {"M": {"Name": {"S": markup}, "Confidence": {"N": "75"}}}
        item = {"ImageID": {"S": "forged"}, "UploadTimestamp": {"N": "1"}, "Bucket": {"S": "images"}, "Key": {"S": key}, "OriginalName": {"S": "<b>bold</b>"},
                "ProcessingStatus": {"S": "COMPLETED"}, "Moderation_Flags": {"BOOL": True}, "Labels": {"L": [label]}, "Detection_Summary": {"L": [{"S": markup}]},
                "ModerationLabels": {"L": [label]}}
        self.assertEqual(self.raw.call("dynamodb", "PutItem", {"TableName": "ImageMetadataStore", "Item": item}).status, 200)
        self.gallery("?moderation=flagged")
        eventually(lambda: self.tiles() == ["<b>bold</b>"], "the forged one alone")
        self.assertTrue(self.browser.has(".tile .sensitive img"))
        self.assertEqual(self.browser.all_text(".tile .chip.mid .name"), [markup])
        self.go("#/picture/forged")
        eventually(lambda: self.browser.has("#unveil") and self.browser.has(".findings .error"), "veiled, and no result is there")
        self.assertIn("blur", self.browser.run("return getComputedStyle(document.querySelector('.stage img')).filter"))
        self.browser.click("#unveil")
        eventually(lambda: self.browser.run("return getComputedStyle(document.querySelector('.stage img')).filter") == "none", "shown when asked for")
        self.assertTrue(self.browser.run("return document.activeElement.matches('.stage')"), "the button is gone, the focus is not")
        self.assertEqual(self.browser.run("return document.title"), "<b>bold</b> · Eyrie")
        self.assertEqual([line for line in self.browser.complaints() if "/result" not in line], [])
        self.gallery()
        key = {name: item[name] for name in ("ImageID", "UploadTimestamp")}
        self.assertEqual(self.raw.call("dynamodb", "DeleteItem", {"TableName": "ImageMetadataStore", "Key": key}).status, 200)
        eventually(lambda: "<b>bold</b>" not in self.tiles(), "it goes by itself")

    def test_one_changes_the_own_password(self):
        add_user(self.console, "pat", "uploader", PASSWORD)
        with Browser() as other:
            other.view(*WIDTHS["phone"])
            sign_in(other, self.server, "pat")
            other.click("#account")
            eventually(lambda: other.has("input[name=current-password]"), "the form")
            other.type("input[name=current-password]", "a wrong password")
            other.type("input[name=new-password]", PASSWORD + " 2\n")
            eventually(lambda: any(other.all_text(".error")), "refused")
            other.run("document.querySelector('[name=current-password]').form.reset()")
            other.type("input[name=current-password]", PASSWORD)
            other.type("input[name=new-password]", PASSWORD + " 2\n")
            eventually(lambda: other.all_text(".toast") == ["The password is changed."], "changed")
            self.assertEqual(len(other.all_text("tbody tr")), 1)
        console = Console(self.server)
        self.assertEqual(console.sign_in("pat", PASSWORD + " 2").status, 200)

    def users_page(self, browser, name):
        """Signed in there; what shows a user's role, and what chooses another."""
        browser.view(*WIDTHS["desktop"])
        sign_in(browser, self.server, name)
        browser.run("location.hash = '#/users'")
        select = f"document.querySelector(\"select[aria-label='Role: {name}']\")"
        shown = lambda: browser.run(f"return {select}?.value")  # noqa: E731
        eventually(lambda: shown() == "admin", "the users")
        return shown, lambda role: browser.run(f"{select}.value = '{role}'; {select}.dispatchEvent(new Event('change'))")

    def test_a_refused_role_is_not_shown(self):
        with Browser() as other:
            shown, choose = self.users_page(other, "ann")
            choose("uploader")
            eventually(lambda: any(other.all_text(".error")), "the last admin stays")
            eventually(lambda: shown() == "admin", "her role as it is")

    def test_one_changes_the_own_role(self):
        made = add_user(self.console, "sam", "admin", PASSWORD)
        with Browser() as other:
            _, choose = self.users_page(other, "sam")
            choose("uploader")
            eventually(lambda: other.all_text(".nav-link") == ["Gallery", "Overview"], "what an uploader sees")
            # The session goes on, and what changes something is taken under its new token.
            other.run("location.hash = '#/account'")
            eventually(lambda: other.has("input[name=current-password]"), "the account")
            other.type("input[name=current-password]", PASSWORD)
            other.type("input[name=new-password]", PASSWORD + " 3\n")
            eventually(lambda: other.all_text(".toast") == ["The password is changed."], "changed")
        self.assertEqual(self.console.request("DELETE", f"users/{made['id']}").status, 204)

    def test_who_may_not_is_not_asked_and_refused(self):
        add_user(self.console, "bob", "analyst", PASSWORD)
        with Browser() as other:
            other.view(*WIDTHS["desktop"])
            sign_in(other, self.server, "bob")
            eventually(lambda: other.has(".tile[data-id]"), "the gallery")
            self.assertEqual(other.all_text(".nav-link"), ["Gallery", "Overview"])
            other.run("document.querySelector('.tile .pick input').click()")
            eventually(lambda: other.has("#again"), "the selection's bar")
            self.assertFalse(other.has("#delete"))
            other.choose_file("#upload-files", paths.sample("rocket.jpg"))
            eventually(lambda: other.has(".uploads li[data-state=failed]"), "an analyst does not upload")
            self.assertIn("not authorized", other.all_text(".uploads .bad")[0])

    def test_keys_move_and_select(self):
        self.gallery()
        eventually(lambda: len(self.tiles()) == len(self.names) + 1, "all tiles")
        self.browser.run("document.querySelector('.tile[data-at=\"0\"] > a').focus()")
        self.browser.press(KEYS["right"])
        self.assertEqual(self.browser.run("return document.activeElement.closest('[data-at]').dataset.at"), "1")
        self.browser.press(" ")
        self.assertEqual(self.browser.all_text(".selection strong"), ["1 selected"])
        self.browser.run("document.querySelector('.selection [aria-label=\"Clear selection\"]').click()")
        self.browser.press(KEYS["enter"])

    def test_removing_and_live_changes(self):
        self.gallery()
        rocket = self.ids["rocket.jpg"]
        # Somebody else puts a picture: it appears without a reload.
        key = signed_put(self.server, paths.sample("rocket.jpg"))
        eventually(lambda: key in self.tiles(), "it appears by itself")
        self.browser.run("window.confirm = () => true")
        other = next(row["id"] for row in self.console.request("GET", "pictures").json["pictures"] if row["name"] == key)
        eventually(lambda: self.browser.run(f"return document.querySelector('[data-id=\"{other}\"]')?.dataset.status") == "COMPLETED", "it is analyzed")
        self.browser.run(f"document.querySelector('[data-id=\"{other}\"] .pick input').click()")
        eventually(lambda: self.browser.has("#delete"), "the selection's bar")
        self.browser.click("#delete")
        eventually(lambda: key not in self.tiles(), "it is gone")
        self.assertEqual(self.console.request("GET", f"pictures/{other}").status, 404)
        self.assertEqual(self.console.request("GET", f"pictures/{rocket}").status, 200)

    def test_another_language_and_other_colours(self):
        self.gallery()
        self.browser.run("document.querySelector('[aria-label^=\"Language\"]').click()")
        eventually(lambda: self.browser.all_text("h1") == ["Galerie"], "German")
        self.assertEqual(self.browser.run("return document.documentElement.lang"), "de")
        self.browser.run("document.querySelector('[aria-label^=\"Sprache\"]').click()")
        eventually(lambda: self.browser.all_text("h1") == ["Gallery"], "English")
        for look in ("light", "dark", None):
            self.browser.run("document.querySelector('[aria-label^=\"Colours\"]').click()")
            eventually(lambda: self.browser.run("return document.documentElement.dataset.theme ?? null") == look, str(look))

    def test_nothing_is_wider_than_the_window_and_axe_finds_nothing_serious(self):
        if not AXE.exists():
            self.skipTest("no axe-core: run scripts/setup")
        views = {"gallery": "#/gallery", "picture": f"#/picture/{self.ids['astronaut.png']}", "overview": "#/overview", "users": "#/users", "account": "#/account"}
        serious = []
        for view, address in views.items():
            for width, (across, down) in WIDTHS.items():
                for dark in (False, True):
                    self.browser.view(across, down, dark=dark, touch=width == "phone")
                    self.go(address)
                    eventually(lambda: self.browser.has({"gallery": ".tile[data-id]", "picture": ".finding", "overview": ".bars a", "users": "table", "account": "tbody tr"}[view]), view)
                    self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth - innerWidth"), 0, (view, width))
                    if width != "tablet":
                        serious += faults_by_axe(self.browser, (view, width, "dark" if dark else "light"))
        self.assertEqual(serious, [])

    def test_a_picture_with_all_of_it_open_is_no_wider_than_the_window(self):
        for across, down in ((1440, 900), (1100, 800), WIDTHS["tablet"], WIDTHS["phone"]):
            self.browser.view(across, down, touch=across < 400)
            self.picture("astronaut.png")
            self.browser.run("document.querySelectorAll('main details.card').forEach((one) => { one.open = true; })")
            eventually(lambda: self.browser.has("eyrie-trace table") and self.browser.has(".raw pre"), "all of it")
            # What is too wide makes a phone's window wider, so not that is asked for.
            self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), across)
            self.assertTrue(self.browser.run("const raw = document.querySelector('.raw pre'); return raw.scrollWidth > raw.clientWidth || raw.scrollHeight > raw.clientHeight"), "it scrolls itself")
            self.gallery()

    def test_a_long_gallery_holds_only_what_is_seen(self):
        count = 1500
        key = f"uploads/{self.ids['cat.png']}.png"
        raw = raw_client(self.server)
        self.addCleanup(raw.close)
        keys = [{"ImageID": {"S": f"many-{i}"}, "UploadTimestamp": {"N": str(i + 1)}} for i in range(count)]
        for one in keys:
            item = {**one, "Bucket": {"S": "images"}, "Key": {"S": key}, "OriginalName": {"S": one["ImageID"]["S"]}, "ProcessingStatus": {"S": "COMPLETED"}}
            self.assertEqual(raw.call("dynamodb", "PutItem", {"TableName": "ImageMetadataStore", "Item": item}).status, 200)
        self.gallery("?q=many-")
        eventually(lambda: self.browser.all_text(".count") and self.browser.all_text(".count")[0].startswith("1,500 pictures"), "all are counted")
        # From the one end to the other, and back, by leaps: no row in between is ever asked for.
        for end, name in (("document.body.scrollHeight", "many-0"), ("0", f"many-{count - 1}")):
            self.browser.run(f"scrollTo(0, {end})")
            eventually(lambda wanted=name: wanted in self.tiles(), name)
            self.assertLess(self.browser.run("return document.querySelectorAll('.tile').length"), 80)
        self.gallery()
        for one in keys:
            self.assertEqual(raw.call("dynamodb", "DeleteItem", {"TableName": "ImageMetadataStore", "Key": one}).status, 200)

    @unittest.skipUnless(SCREENSHOTS, "EYRIE_SCREENSHOTS names no folder")
    def test_what_the_documentation_shows(self):
        with Server() as server, Browser() as browser:
            console = owner(server)
            add_user(console, "ann", "admin", PASSWORD)
            browser.view(1200, 760)
            sign_in(browser, server, "ann")
            browser.choose_file("#upload-files", *map(paths.sample, self.names))
            eventually(lambda: browser.run("return document.querySelectorAll('.uploads li[data-state=done]').length") == len(self.names), "uploaded", timeout=300)
            folder = pathlib.Path(SCREENSHOTS)
            folder.mkdir(parents=True, exist_ok=True)
            take(browser, folder / "upload.webp")
            browser.run("document.querySelector('.uploads header .button').click()")
            ids = {row["name"]: row["id"] for row in console.request("GET", "pictures").json["pictures"]}
            for name, address, size, dark in (("gallery", "#/gallery", (1200, 760), False), ("gallery-dark", "#/gallery", (1200, 760), True),
                                              ("gallery-tablet", "#/gallery", (820, 1000), False), ("gallery-phone", "#/gallery", WIDTHS["phone"], True),
                                              ("picture", f"#/picture/{ids['astronaut.png']}", (1200, 760), False),
                                              ("picture-phone", f"#/picture/{ids['motorcycle.png']}", WIDTHS["phone"], False),
                                              ("users", "#/users", (1200, 760), False), ("users-tablet", "#/users", (820, 1000), False), ("users-phone", "#/users", WIDTHS["phone"], False),
                                              ("account", "#/account", (1200, 760), False), ("account-tablet", "#/account", (820, 1000), True), ("account-phone", "#/account", WIDTHS["phone"], False)):
                browser.view(*size, dark=dark)
                browser.run(f"location.hash = {json.dumps(address)}")
                take(browser, folder / f"{name}.webp")
            place = self.upload_taken_somewhere(server, console)
            for name, address, size, dark in (("overview", "#/overview?range=1h", (1200, 1400), False), ("overview-dark", "#/overview?range=1h", (1200, 1400), True),
                                              ("overview-tablet", "#/overview?range=1h", (820, 1180), False), ("overview-phone", "#/overview?range=1h", WIDTHS["phone"], True),
                                              ("overview-map", "#/overview?range=1h", (1200, 860), False), ("picture-place", f"#/picture/{place}", (1200, 760), False)):
                browser.view(*size, dark=dark)
                browser.run(f"location.hash = {json.dumps(address)}")
                eventually(lambda at=name: browser.has("#place .land" if at == "picture-place" else ".map .land"), name)
                if name == "overview-map":
                    browser.run("document.querySelector('#cost').scrollIntoView()")
                take(browser, folder / f"{name}.webp")

    def upload_taken_somewhere(self, server, console):
        """The id of one of the pictures whose camera knew where it was."""
        raw = raw_client(server)
        self.addCleanup(raw.close)
        for name, latitude, longitude, sample in (("vienna.jpg", 48.2082, 16.3738, "coffee.png"), ("lima.jpg", -12.0464, -77.0428, "cat.png"), ("houston.jpg", 29.5502, -95.097, "astronaut.png")):
            path = taken_at(self.folder / name, latitude, longitude, 15, sample)
            self.assertEqual(raw.put_object("images", "uploads/" + name, path.read_bytes()).status, 200)
        rows = lambda: {row["name"]: row["id"] for row in console.request("GET", "pictures?status=COMPLETED").json["pictures"]}  # noqa: E731
        eventually(lambda: {"vienna.jpg", "lima.jpg", "houston.jpg"} <= set(rows()), "analyzed", timeout=300)
        return rows()["houston.jpg"]


def signed_put(server, path):
    raw = raw_client(server)
    try:
        name = "someone-elses" + path.suffix
        assert raw.put_object("images", "uploads/" + name, path.read_bytes() + b"\n").status == 200
        return name
    finally:
        raw.close()


if __name__ == "__main__":
    unittest.main()
