#!/usr/bin/python3
"""`eyrie celebrities`: the gallery of people known by their faces, and the example a new data directory gets."""

import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.server import Server, eventually, run_eyrie  # noqa: E402

MODELS = pathlib.Path(os.environ.get("EYRIE_MODELS") or paths.cache() / "models")
EXAMPLE = paths.cache() / "portraits/presidents/celebrities.csv"


@unittest.skipUnless((MODELS / "sface/model.onnx").exists(), "no model that embeds faces is installed")
class GalleryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="eyrie-celebrities-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.data = self.folder / "data"
        self.portraits = self.folder / "portraits"
        self.portraits.mkdir()

    def run_it(self, *arguments):
        return run_eyrie("celebrities", "--data", self.data, *arguments)

    def known(self):
        done = self.run_it("list", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_a_folder_of_pictures(self):
        shutil.copy(paths.sample("astronaut.png"), self.portraits / "Eileen_Collins.png")
        shutil.copy(paths.sample("rocket.jpg"), self.portraits / "No Face.jpg")
        (self.portraits / "Broken.jpg").write_bytes(b"\xff\xd8 no picture")
        done = self.run_it("import", self.portraits)
        self.assertEqual(done.returncode, 1, "left out pictures are no success")
        self.assertIn("No Face.jpg: no face", done.stderr)
        self.assertIn("Broken.jpg: ", done.stderr)
        self.assertIn("1 portraits added, 2 left out", done.stdout)
        (who,) = self.known()
        self.assertEqual((who["Name"], who["Urls"], who["KnownGender"]), ("Eileen Collins", [], "Unlisted"))
        self.assertRegex(who["Id"], r"\A[0-9A-Za-z]{8}\Z")
        self.assertEqual((self.data / "celebrities.gallery").stat().st_mode & 0o777, 0o600)

    def test_a_sheet_then_changes(self):
        shutil.copy(paths.sample("astronaut.png"), self.portraits / "a.png")
        sheet = self.portraits / "people.csv"
        sheet.write_text("name,portrait,id,urls,gender\nEileen Collins,a.png,EC1,https://en.wikipedia.org/wiki/Eileen_Collins,Female\n")
        done = self.run_it("import", sheet)
        self.assertEqual(done.returncode, 0, done.stderr)
        person = {"Id": "EC1", "Name": "Eileen Collins", "Urls": ["en.wikipedia.org/wiki/Eileen_Collins"], "KnownGender": "Female"}
        self.assertEqual(self.known(), [person])
        self.assertEqual(self.run_it("remove", "nobody").returncode, 1)
        self.assertEqual(self.known(), [person])
        self.assertEqual(self.run_it("remove", "EC1").returncode, 0)
        self.assertEqual(self.known(), [])
        self.assertEqual(self.run_it("import", sheet).returncode, 0)
        self.assertEqual(self.run_it("clear").returncode, 0)
        self.assertEqual(self.known(), [])

    def test_what_cannot_be_imported_changes_nothing(self):
        for source in (self.folder / "none", self.portraits):
            done = self.run_it("import", source)
            self.assertEqual(done.returncode, 1)
            self.assertTrue(done.stderr.startswith("eyrie: "), done.stderr)
        self.assertFalse((self.data / "celebrities.gallery").exists())

    @unittest.skipUnless(EXAMPLE.exists(), "the portraits are not there; scripts/models portraits fetches them")
    def test_a_new_data_directory_knows_the_example(self):
        with Server() as server:
            self.data = server.data
            eventually(lambda: (server.data / "celebrities.gallery").exists(), "the example", 120)
            names = [who["Name"] for who in self.known()]
            self.assertEqual(len(names), 45)
            self.assertIn("Abraham Lincoln", names)
            self.assertEqual(self.run_it("clear").returncode, 0)
            server.stop()
            server.start()
            self.assertEqual(self.known(), [], "the example came back")


if __name__ == "__main__":
    unittest.main()
