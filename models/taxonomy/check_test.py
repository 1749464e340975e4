#!/usr/bin/env python3
"""Shows that check.py accepts the committed taxonomy and that each of its checks can fail."""

import json
import pathlib
import tempfile
import unittest

import check

COMMITTED = pathlib.Path(__file__).parent


class CommittedTaxonomy(unittest.TestCase):
    def setUp(self):
        self.taxonomy = check.load(COMMITTED)
        self.labels = self.taxonomy.by_name()

    def label_of(self, role, name):
        return next(row.label for row in self.taxonomy.classes[role] if row.name == name)

    def test_has_no_faults(self):
        self.assertEqual(check.check(self.taxonomy), [])

    def test_a_street_photo_gives_person_car_and_what_a_car_is(self):
        self.assertEqual(self.label_of("detector", "person"), "Person")
        self.assertEqual(self.label_of("detector", "car"), "Car")
        self.assertEqual(check.ancestors("Car", self.labels), {"Vehicle", "Transportation"})
        self.assertIn("instances", self.labels["Car"].flags)

    def test_the_same_thing_has_one_label_in_every_model(self):
        self.assertEqual(self.label_of("detector", "cell phone"), "Mobile Phone")
        self.assertEqual(self.label_of("tagger", "cellular telephone"), "Mobile Phone")
        self.assertIn("cell phone", self.labels["Mobile Phone"].aliases)
        self.assertEqual({self.label_of(role, "pizza") for role in ("detector", "tagger")}, {"Pizza"})
        self.assertEqual(self.label_of("detector", "donut"), self.label_of("dishes", "Doughnut"))

    def test_classes_that_share_a_name_are_told_apart_by_index(self):
        cranes = [row.label for row in self.taxonomy.classes["tagger"] if row.name == "crane"]
        self.assertEqual(cranes, ["Crane Bird", "Construction Crane"])

    def test_a_breed_is_a_dog_and_an_animal(self):
        ancestors = check.ancestors(self.label_of("tagger", "golden retriever"), self.labels)
        self.assertLessEqual({"Dog", "Canine", "Mammal", "Pet", "Animal"}, ancestors)


class Broken(unittest.TestCase):
    """Each test breaks a small sound taxonomy in one way and looks for that fault."""

    def setUp(self):
        self.taxonomy = check.Taxonomy()
        self.taxonomy.categories = ["Animals and Pets", "Everyday Objects"]
        self.taxonomy.labels = [
            check.Label("Animal", [], [], ["Animals and Pets"], []),
            check.Label("Cat", ["Animal"], ["house cat"], ["Animals and Pets"], ["instances"]),
        ]
        self.taxonomy.classes = {"detector": [check.ClassRow(0, "cat", "Cat")]}
        counts = dict(check.CLASS_COUNTS)
        self.addCleanup(check.CLASS_COUNTS.update, counts)
        check.CLASS_COUNTS["detector"] = 1

    def replace(self, index, **changes):
        self.taxonomy.labels[index] = self.taxonomy.labels[index]._replace(**changes)

    def assert_fault(self, part):
        faults = check.check(self.taxonomy)
        self.assertTrue(any(part in fault for fault in faults), f"no fault with '{part}' in {faults}")

    def test_sound(self):
        self.assertEqual(check.check(self.taxonomy), [])

    def test_missing_parent(self):
        self.replace(1, parents=["Animal", "Beast"])
        self.assert_fault("the parent 'Beast', which is no label")

    def test_cycle(self):
        self.replace(0, parents=["Cat"])
        self.assert_fault("is its own ancestor")

    def test_parent_said_twice_over(self):
        self.taxonomy.labels.append(check.Label("Manx", ["Animal", "Cat"], [], ["Animals and Pets"], ["reserved"]))
        self.assert_fault("names 'Animal', already an ancestor")

    def test_name_twice(self):
        self.taxonomy.labels.append(check.Label("cat", [], [], ["Animals and Pets"], ["reserved"]))
        self.assert_fault("is there twice")

    def test_not_sorted(self):
        self.taxonomy.labels.reverse()
        self.assert_fault("not sorted")

    def test_unknown_category(self):
        self.replace(0, categories=["Beasts"])
        self.assert_fault("unknown category 'Beasts'")

    def test_no_category(self):
        self.replace(0, categories=[])
        self.assert_fault("0 categories")

    def test_unknown_flag(self):
        self.replace(0, flags=["boxes"])
        self.assert_fault("unknown flag 'boxes'")

    def test_alias_is_the_name(self):
        self.replace(1, aliases=["CAT"])
        self.assert_fault("its own name as an alias")

    def test_alias_twice(self):
        self.replace(1, aliases=["house cat", "House Cat"])
        self.assert_fault("twice in aliases")

    def test_unreachable_label(self):
        self.taxonomy.labels.append(check.Label("Dodo", ["Animal"], [], ["Animals and Pets"], []))
        self.assert_fault("'Dodo' is of no class")

    def test_reserved_label_need_not_be_reached(self):
        self.taxonomy.labels.append(check.Label("Dodo", ["Animal"], [], ["Animals and Pets"], ["reserved"]))
        self.assertEqual(check.check(self.taxonomy), [])

    def test_class_of_no_label(self):
        self.taxonomy.classes["detector"] = [check.ClassRow(0, "cat", "Kitty")]
        self.assert_fault("'Kitty', which is no label")

    def test_class_name_lost(self):
        self.taxonomy.classes["detector"] = [check.ClassRow(0, "mouser", "Cat")]
        self.assert_fault("'mouser' is neither the name nor an alias of 'Cat'")

    def test_class_name_kept_in_another_case(self):
        self.taxonomy.classes["detector"] = [check.ClassRow(0, "House Cat", "Cat")]
        self.assert_fault("'House Cat' is neither the name nor an alias of 'Cat'")

    def test_class_missing(self):
        self.taxonomy.classes["detector"] = []
        self.assert_fault("0 classes, not 1")

    def test_index_twice(self):
        check.CLASS_COUNTS["detector"] = 2
        self.taxonomy.classes["detector"] *= 2
        self.assert_fault("do not rise")

    def test_boxed_label_without_flag(self):
        self.replace(1, flags=[])
        self.assert_fault("'Cat': the flag 'instances'")

    def test_flag_on_label_without_boxes(self):
        self.replace(0, flags=["instances"])
        self.assert_fault("'Animal': the flag 'instances'")

    def test_too_large(self):
        self.taxonomy.bytes = check.MAX_BYTES + 1
        self.assert_fault("bytes, more than")


class BrokenFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "t.tsv"

    def faults_of(self, text):
        self.path.write_bytes(text)
        faults = []
        check.read_table(self.path, ["a", "b"], faults)
        return faults

    def test_sound(self):
        self.assertEqual(self.faults_of(b"# a\tb\n1\t\n"), [])

    def test_each_fault(self):
        for text in (b"a\tb\n1\t2\n", b"# a\tb\n1\n", b"# a\tb\n1\t2", b"# a\tb\n1\t 2\n", b"# a\tb\n\xff\t2\n",
                     b"# a\tb\n\n1\t2\n"):
            self.assertEqual(len(self.faults_of(text)), 1, text)

    def test_missing_folder(self):
        self.assertEqual(len(check.load(self.path.parent / "absent").faults), 2 + len(check.CLASS_COUNTS))


class Installed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.models = pathlib.Path(folder.name)
        self.taxonomy = check.Taxonomy()
        self.taxonomy.classes = {"detector": [check.ClassRow(0, "cat", "Cat"), check.ClassRow(2, "dog", "Dog")]}

    def faults_of(self, labels, collection="default"):
        pack = self.models / "m"
        pack.mkdir(exist_ok=True)
        (pack / "pack.json").write_text(json.dumps({"id": "m", "role": "detector", "set": collection}))
        (pack / "labels.txt").write_text(labels)
        return check.check_installed(self.taxonomy, self.models)[0]

    def test_default_model_must_agree_line_by_line(self):
        self.assertEqual(self.faults_of("cat\n\ndog\n"), [])
        self.assertEqual(len(self.faults_of("cat\n\nwolf\n")), 1)
        self.assertEqual(len(self.faults_of("cat\n\n")), 1)
        self.assertEqual(len(self.faults_of("cat\nwolf\ndog\n")), 1)

    def test_other_model_is_compared_by_name(self):
        self.assertEqual(self.faults_of("cat\ndog\n", "quality"), [])
        self.assertEqual(len(self.faults_of("cat\nwolf\n", "quality")), 1)

    def test_broken_pack(self):
        self.faults_of("cat\n")
        (self.models / "m" / "pack.json").write_text("{")
        self.assertEqual(len(check.check_installed(self.taxonomy, self.models)[0]), 1)

    def test_a_pack_of_another_role_needs_no_labels(self):
        self.faults_of("cat\n")
        (self.models / "m" / "pack.json").write_text(json.dumps({"id": "m", "role": "face-pose"}))
        (self.models / "m" / "labels.txt").unlink()
        self.assertEqual(check.check_installed(self.taxonomy, self.models)[0], [])

    def test_nothing_installed_is_said_and_is_no_fault(self):
        faults, notes = check.check_installed(self.taxonomy, self.models / "absent")
        self.assertEqual(faults, [])
        self.assertEqual(notes, ["no default model for detector is installed: names not compared"])


if __name__ == "__main__":
    unittest.main()
