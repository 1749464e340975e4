#!/usr/bin/python3
"""The console's pictures as its pages ask for them: uploads by presigned URLs, search, thumbnails, live changes, roles, removal, kills."""

import base64
import hashlib
import http.client
import io
import json
import pathlib
import sys
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, ServerCase  # noqa: E402
from support.console import Console, add_user, owner  # noqa: E402
from support.server import Server, eventually  # noqa: E402
from support.signing import raw_client  # noqa: E402

PASSWORD = "a long enough password"


def described(data, name="cat.png", kind="image/png"):
    return {"name": name, "type": kind, "bytes": len(data), "sha256": base64.b64encode(hashlib.sha256(data).digest()).decode()}


def http_request(server, method, target, body=None, headers=None):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.endpoint).netloc, timeout=60)
    try:
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    finally:
        connection.close()


def upload(server, console, data, **more):
    """The id of a picture that S3 has taken."""
    begun = console.request("POST", "uploads", described(data, **more))
    assert begun.status == 200, begun
    status, _, body = http_request(server, "PUT", begun.json["url"], data, begun.json["headers"])
    assert status == 200, body
    return begun.json["id"]


def analyzed(console, picture):
    def row():
        rows = console.request("GET", f"pictures?ids={picture}").json["pictures"]
        return rows[0] if rows and rows[0]["status"] != "PENDING" else None

    return eventually(row, f"the record of {picture}", timeout=300)


class PicturesTest(ServerCase):
    config = SMALL_MODELS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = owner(cls.server)
        cls.cat = paths.sample("cat.png").read_bytes()
        for name, role in (("bob", "analyst"), ("eve", "uploader")):
            add_user(cls.owner, name, role, PASSWORD)
        cls.bob, cls.eve = Console(cls.server), Console(cls.server)
        for console, name in ((cls.bob, "bob"), (cls.eve, "eve")):
            assert console.sign_in(name, PASSWORD).status == 200
        cls.first = upload(cls.server, cls.eve, cls.cat, name="Mimi – \u732b <b>.png")
        cls.row = analyzed(cls.owner, cls.first)

    def test_a_picture_from_upload_to_record(self):
        self.assertEqual(self.row["status"], "COMPLETED", self.row)
        self.assertEqual(self.row["name"], "Mimi – \u732b <b>.png")
        self.assertEqual(self.row["key"], f"uploads/{self.first}.png")
        detail = self.owner.request("GET", f"pictures/{self.first}").json
        self.assertEqual(detail["record"]["OriginalName"], self.row["name"])
        self.assertEqual(detail["record"]["ContentSHA256"], described(self.cat)["sha256"])
        self.assertIn("Cat", [label["Name"] for label in detail["record"]["Labels"]])
        status, headers, body = http_request(self.server, "GET", detail["url"])
        self.assertEqual((status, body, headers["Content-Type"]), (200, self.cat, "image/png"))
        _, headers, _ = http_request(self.server, "GET", detail["download"])
        self.assertEqual(headers["Content-Disposition"], "attachment; filename*=UTF-8''Mimi%20%E2%80%93%20%E7%8C%AB%20%3Cb%3E.png")
        result = self.owner.request("GET", f"pictures/{self.first}/result").json
        self.assertEqual(result["ImageID"], self.first)

    def test_the_url_is_good_for_nothing_else(self):
        begun = self.eve.request("POST", "uploads", described(self.cat)).json
        url, headers = begun["url"], begun["headers"]
        other = bytearray(self.cat)
        other[-1] ^= 1
        for what, target, body, sent in (("another key", url.replace(begun["id"], "0" * 8 + begun["id"][8:]), self.cat, headers),
                                         ("more bytes", url, self.cat + b"x", headers),
                                         ("another type", url, self.cat, {**headers, "content-type": "text/html"}),
                                         ("another name", url, self.cat, {**headers, "x-amz-meta-original-name": "x"}),
                                         ("a header more", url, self.cat, {**headers, "x-amz-acl": "public-read"})):
            self.assertEqual(http_request(self.server, "PUT", target, body, sent)[0], 403, what)
        self.assertEqual(http_request(self.server, "PUT", url, bytes(other), headers)[0], 400, "other bytes")
        self.assertEqual(http_request(self.server, "GET", url)[0], 403)
        self.assertIn("X-Amz-Expires=300", url)

    def test_what_is_no_upload(self):
        good = described(self.cat)
        for change in ({"type": "text/html"}, {"bytes": 0}, {"bytes": 15 * 2**20 + 1}, {"bytes": "1"}, {"sha256": "x"}, {"name": ""}, {"name": "x" * 256}, {"more": 1}):
            self.assertEqual(self.eve.request("POST", "uploads", {**good, **change}).code, "InvalidRequest", change)
        self.assertEqual(self.eve.request("POST", "uploads", good, csrf=False).code, "CsrfRefused")

    def test_duplicates_are_noticed(self):
        def twin_of(data):
            return self.eve.request("POST", "uploads", described(data)).json["duplicate"]

        twin = self.owner.request("GET", f"pictures/{twin_of(self.cat)}").json["record"]  # other tests upload it too
        self.assertEqual(twin["ContentSHA256"], described(self.cat)["sha256"])
        by_s3 = paths.sample("motorcycle.png").read_bytes()
        self.assertIsNone(twin_of(by_s3))
        self.assertEqual(self.raw.put_object("images", "uploads/by-s3.png", by_s3).status, 200)  # tells no digest
        self.assertTrue(eventually(lambda: twin_of(by_s3), "the twin that came by S3", timeout=300))
        self.assertIsNone(self.eve.request("POST", "uploads", described(b"other bytes")).json["duplicate"])

    def test_search(self):
        def found(console=self.bob, **query):
            answer = console.request("GET", "pictures?" + urllib.parse.urlencode(query))
            self.assertEqual(answer.status, 200, answer)
            return [row["id"] for row in answer.json["pictures"]]

        self.assertIn(self.first, found())
        for words in ("cat", "CAT", "mimi", "\u732b", self.first, self.row["uploaded"][:10], "cat mimi"):
            self.assertIn(self.first, found(q=words), words)
        for words in ("ox-cart-cat", "mimi dog-sled"):
            self.assertNotIn(self.first, found(q=words), words)
        self.assertNotIn(self.first, found(q="cat", confidence=100))
        self.assertNotIn(self.first, found(status="FAILED"))
        self.assertIn(self.first, found(moderation="clean", status="COMPLETED", order="name", confidence=70))
        self.assertNotIn(self.first, found(moderation="flagged"))
        self.assertEqual(found(**{"from": 100000}), [])
        for query in ("limit=201", "limit=-1", "from=x", "order=up", "status=pending", "nothing=1", "q=%ZZ", "confidence=101", "ids="):
            self.assertEqual(self.bob.request("GET", "pictures?" + query).code, "InvalidRequest", query)

    def test_search_for_people_days_and_places(self):
        """What a camera has written and what faces show, in the words that people have for it."""
        image = paths.pillow()
        picture = image.open(paths.sample("astronaut.png")).convert("RGB")
        exif = image.Exif()
        exif.update({0x010F: "NIKON", 0x0110: "COOLPIX P6000"})
        exif[0x8769] = {0x9003: "2008:10:22 16:28:39"}
        exif[0x8825] = {1: "N", 2: (43.0, 28.0, 2.81), 3: "E", 4: (11.0, 53.0, 6.46)}
        taken = io.BytesIO()
        picture.save(taken, "JPEG", exif=exif)
        found_id = upload(self.server, self.eve, taken.getvalue(), name="pilot.jpg", kind="image/jpeg")
        row = analyzed(self.owner, found_id)
        self.assertEqual((row["status"], row["country"]), ("COMPLETED", "IT"), row)
        self.assertEqual(self.row["country"], "")

        def found(words):
            return [row["id"] for row in self.bob.request("GET", "pictures?" + urllib.parse.urlencode({"q": words})).json["pictures"]]

        face = self.owner.request("GET", f"pictures/{found_id}").json["record"]["FaceData"][0]
        mood = max(face["Emotions"], key=lambda emotion: emotion["Confidence"])["Type"].lower()
        for words in ("italy", "Italien", "43.46", "43.46, 11.88", "October", "Oct 2008", "Oktober 2008", "22.10.2008", "10/2008", "2008-10", "2008", "nikon", "coolpix",
                      "face", "person", face["Gender"]["Value"], mood, f"{face['AgeRange']['Low']}-{face['AgeRange']['High']}", f"{mood} italy 2008"):
            self.assertIn(found_id, found(words), words)
        for words in ("germany", "43.48", "23.10.2008", "November 2008", "male" if face["Gender"]["Value"] == "Female" else "female"):
            self.assertNotIn(found_id, found(words), words)
        now = time.strptime(row["uploaded"][:10], "%Y-%m-%d")
        for shape in ("%d.%m.%Y", "%m/%Y", "%B %Y", "%b %Y", "%Y-%m", "%Y"):
            self.assertIn(found_id, found(time.strftime(shape, now)), shape)

    def test_thumbnails(self):
        image = paths.pillow()
        answer = self.bob.request("GET", f"pictures/{self.first}/thumbnail")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "image/jpeg"))
        self.assertEqual(max(image.open(io.BytesIO(answer.body)).size), 400)
        self.assertEqual(answer.headers["Cache-Control"], "private, max-age=86400")
        again = self.bob.request("GET", f"pictures/{self.first}/thumbnail", headers={"If-None-Match": answer.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual(self.bob.request("GET", "pictures/nothing/thumbnail").code, "NotFound")
        self.assertEqual(Console(self.server).request("GET", f"pictures/{self.first}/thumbnail").code, "NotSignedIn")

    def test_what_is_no_picture_fails_and_says_so(self):
        self.assertEqual(self.raw.put_object("images", "uploads/text.jpg", b"<script>alert(1)</script>", {"Content-Type": "text/html"}).status, 200)
        row = eventually(lambda: next((row for row in self.bob.request("GET", "pictures?status=FAILED").json["pictures"] if row["name"] == "text.jpg"), None), "it failed")
        self.assertTrue(row["error"])
        self.assertEqual(self.bob.request("GET", f"pictures/{row['id']}/thumbnail").status, 400)
        # Led to it as to a page, a browser runs nothing of it as this origin.
        url = self.bob.request("GET", f"pictures/{row['id']}").json["url"]
        status, headers, _ = http_request(self.server, "GET", url, headers={"Sec-Fetch-Dest": "document"})
        self.assertEqual((status, headers["Content-Type"], headers["Content-Security-Policy"]), (200, "image/jpeg", "sandbox"))
        self.assertNotIn("Content-Security-Policy", http_request(self.server, "GET", url)[1])

    def test_roles_decide(self):
        path = f"pictures/{self.first}"
        for console, method, target, body in ((self.bob, "POST", "uploads", described(self.cat)), (self.bob, "DELETE", path, None), (self.eve, "DELETE", path, None),
                                              (self.eve, "POST", path + "/analysis", None)):
            self.assertEqual(console.request(method, target, body).code, "AccessDenied", (method, target))
        self.assertEqual(self.owner.request("GET", path).status, 200)
        # What lies elsewhere than below uploads/ an uploader sees listed, but not its file.
        self.assertEqual(self.raw.put_object("images", "raw-uploads/cat.png", self.cat).status, 200)
        row = eventually(lambda: next((row for row in self.owner.request("GET", "pictures?q=raw-uploads").json["pictures"]), None), "listed")
        self.assertEqual(self.eve.request("GET", f"pictures/{row['id']}/thumbnail").code, "AccessDenied")
        self.assertIsNone(self.eve.request("GET", f"pictures/{row['id']}").json["url"])
        self.assertEqual(self.bob.request("GET", f"pictures/{row['id']}/thumbnail").status, 200)

    def test_analyzed_anew_and_removed(self):
        picture = upload(self.server, self.eve, paths.sample("coffee.png").read_bytes(), name="coffee.png")
        analyzed(self.owner, picture)
        before = self.owner.request("GET", f"pictures/{picture}").json["record"]
        again = self.bob.request("POST", f"pictures/{picture}/analysis")
        self.assertEqual((again.status, again.json["status"]), (202, "PENDING"))
        analyzed(self.owner, picture)
        after = self.owner.request("GET", f"pictures/{picture}").json["record"]
        self.assertNotEqual(after["RequestID"], before["RequestID"])
        for name in ("Labels", "UploadTimestamp", "OriginalName", "ContentSHA256"):
            self.assertEqual(after[name], before[name], name)
        self.assertEqual(self.owner.request("DELETE", f"pictures/{picture}").status, 204)
        self.assertEqual(self.owner.request("GET", f"pictures/{picture}").code, "NotFound")
        for key in (f"uploads/{picture}.png", f"processed/{picture}.json"):
            self.assertEqual(self.raw.get_object("images", key).status, 404, key)
        lines = [json.loads(line) for line in (self.server.data / "audit" / "console.jsonl").read_text().splitlines()]
        self.assertTrue(any(line["action"] == "console:DeletePicture" and picture in line["resource"] for line in lines))

    def test_changes_are_told_as_they_come(self):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.server.endpoint).netloc, timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", "/_console/api/live", headers={"Cookie": self.bob.cookie})
        stream = connection.getresponse()
        self.assertEqual((stream.status, stream.headers["Content-Type"]), (200, "text/event-stream"))

        def next_revision():
            while True:
                line = stream.readline().decode()
                self.assertTrue(line, "the stream has ended")
                if line.startswith("data: "):
                    return json.loads(line[6:])["revision"]

        first = next_revision()
        self.assertEqual(self.raw.put_object("images", "uploads/live.png", self.cat).status, 200)
        self.assertGreater(next_revision(), first)

    def test_no_more_watch_than_can(self):
        waiting = []
        for _ in range(40):
            connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.server.endpoint).netloc, timeout=60)
            self.addCleanup(connection.close)
            connection.request("GET", "/_console/api/live", headers={"Cookie": self.bob.cookie})
            waiting.append(connection.getresponse().status)
        self.assertGreater(waiting.count(200), 24)
        self.assertLessEqual(waiting.count(200), 32)
        self.assertIn(503, waiting)
        # They hold no worker: more ask than there are.
        self.assertEqual(self.bob.request("GET", "overview").status, 200)

    def test_overview(self):
        facts = self.bob.request("GET", "overview").json
        self.assertGreaterEqual(facts["completed"], 1)
        self.assertIn("Cat", [label["name"] for label in facts["labels"]])


class WaitingTest(unittest.TestCase):
    """Uploads are in the gallery before their analysis begins, after a kill too, and those that are deleted before are not."""

    def test_what_waits_is_there_at_once(self):
        cat = paths.sample("cat.png").read_bytes()
        with Server(config=SMALL_MODELS + "[functions]\nworkers = 1\n") as server:
            console = owner(server)
            pictures = [upload(server, console, cat + bytes([number])) for number in range(24)]

            def rows():
                return {row["id"]: row["status"] for row in console.request("GET", "pictures?limit=200").json["pictures"]}

            seen = rows()
            self.assertEqual(set(seen), set(pictures))
            self.assertIn("PENDING", seen.values())
            pending = console.request("GET", "overview").json["pending"]
            self.assertGreater(pending, 1, "those that wait are counted, not only the one at work")
            gone, removed = pictures[-1], pictures[-2]
            detail = console.request("GET", f"pictures/{gone}").json
            self.assertEqual((detail["status"], detail["bytes"], detail["name"]), ("PENDING", len(cat) + 1, "cat.png"))
            self.assertIn("url", detail)
            self.assertEqual(console.request("GET", f"pictures/{gone}/thumbnail").status, 200)
            self.assertEqual(console.request("DELETE", f"pictures/{gone}").status, 204)
            raw = raw_client(server)
            self.assertEqual(raw.request("s3", "DELETE", f"/images/uploads/{removed}.png").status, 204)
            raw.close()
            left = set(pictures) - {gone, removed}
            self.assertEqual(set(rows()), left)
            server.kill()
            server.start()
            eventually(lambda: set(rows()) == left, "those that waited are there again")
            final = eventually(lambda: (now := rows()) and "PENDING" not in now.values() and now, "all are analyzed", timeout=300)
            self.assertEqual(final, dict.fromkeys(left, "COMPLETED"))
            self.assertEqual(console.request("GET", "overview").json["pending"], 0)


class KillTest(unittest.TestCase):
    def test_removing_can_be_done_again_after_a_kill(self):
        cat = paths.sample("cat.png").read_bytes()
        with Server(config=SMALL_MODELS) as server:
            console = owner(server)
            for wait in (0, 0.002, 0.006):
                picture = upload(server, console, cat)
                analyzed(console, picture)
                asked = threading.Thread(target=lambda path=f"pictures/{picture}": self._ask(console, path))
                asked.start()
                time.sleep(wait)
                server.kill()
                asked.join()
                server.start()
                eventually(lambda: console.request("GET", "pictures").json["complete"], "the records are read")
                # It is still listed, or nothing of it is left.
                if console.request("GET", f"pictures/{picture}").status == 200:
                    self.assertEqual(console.request("DELETE", f"pictures/{picture}").status, 204)
                raw = raw_client(server)
                for key in (f"uploads/{picture}.png", f"processed/{picture}.json"):
                    self.assertEqual(raw.get_object("images", key).status, 404, (wait, key))
                self.assertEqual(console.request("GET", f"pictures?ids={picture}").json["total"], 0)
                raw.close()

    @staticmethod
    def _ask(console, path):
        try:
            console.request("DELETE", path)
        except (OSError, http.client.HTTPException):
            pass


if __name__ == "__main__":
    unittest.main()
