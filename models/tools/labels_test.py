"""Class names out of model files."""

import io
import types
import unittest
import zipfile

import labels


def archive(**files):
    out = io.BytesIO(b"the model comes first")
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return out.getvalue()


def onnx_with(text):
    return types.SimpleNamespace(metadata_props=[types.SimpleNamespace(key="names", value=text)])


class ArchiveTest(unittest.TestCase):
    RULE = {"from": "archive", "name": "labels", "unused": ["???"]}

    def test_names_and_unused_classes(self):
        data = archive(labels="person\n???\ncar ")
        self.assertEqual(["person", "", "car"], labels.read_labels(self.RULE, {"model": data}, None))

    def test_refusals(self):
        for data in (b"", b"no archive", archive(other="x"), archive(labels="x\n" * (3 << 20))):
            with self.assertRaises(labels.LabelError):
                labels.read_labels(self.RULE, {"model": data}, None)


class OnnxTest(unittest.TestCase):
    RULE = {"from": "onnx", "name": "names"}

    def test_names(self):
        model = onnx_with("{0: 'person', 1: 'hot dog'}")
        self.assertEqual(["person", "hot dog"], labels.read_labels(self.RULE, {"model": b""}, model))

    def test_refusals(self):
        for text in ("", "5", "{1: 'a'}", "__import__('os')", "{0: 'a'", "(" * 5000):
            with self.assertRaises(labels.LabelError):
                labels.read_labels(self.RULE, {"model": b""}, onnx_with(text))
        with self.assertRaises(labels.LabelError):
            labels.read_labels(self.RULE, {"model": b""}, types.SimpleNamespace(metadata_props=[]))


class ListTest(unittest.TestCase):
    def test_names(self):
        rule = {"from": "list", "names": ["drawing", "???"], "unused": ["???"]}
        self.assertEqual(["drawing", ""], labels.read_labels(rule, {}, None))

    def test_a_line_break_would_shift_every_class_behind_it(self):
        with self.assertRaisesRegex(labels.LabelError, "line break"):
            labels.read_labels({"from": "list", "names": ["a\nb"]}, {}, None)


class FileTest(unittest.TestCase):
    # Entries that other ideas of a line would lose, strip or cut in two.
    ODD = [" ", "\u3000", "\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x1c", "\r", "a ", "\ufeff", "'", '"', "\\", "-", "🕧"]

    def test_dictionary_is_kept_exactly(self):
        for end in ("", "\n"):
            contents = {"model": b"", "dict.txt": ("\n".join(self.ODD) + end).encode()}
            rule = {"from": "file", "path": "dict.txt", "before": [""], "after": [" "]}
            self.assertEqual(["", *self.ODD, " "], labels.read_labels(rule, contents, None))

    def test_labels_file_is_kept_exactly(self):
        text = labels.to_text(["", *self.ODD])
        self.assertEqual(["", *self.ODD, ""], text.decode("utf-8").split("\n"))

    def test_yaml_list(self):
        entries = ["'!'", "''''", "\\", '"\\u3000"', "\u2028"]
        text = "A:\n  b: x\nC:\n  chars:\n" + "".join(f"  - {entry}\n" for entry in entries) + "D:\n  - z\n"
        rule = {"from": "file", "path": "d.yml", "key": "chars"}
        expected = ["!", "'", "\\", "\u3000", "\u2028"]
        self.assertEqual(expected, labels.read_labels(rule, {"d.yml": text.encode()}, None))

    def test_refusals(self):
        for text in (b"", b"chars:\n", b"chars:\nx\n", b"chars:\n- 'a\n", b'chars:\n- "\\q"\n', b"chars:\n- 'a'b'\n", b"\xff\n"):
            with self.assertRaises(labels.LabelError, msg=text):
                labels.read_labels({"from": "file", "path": "d", "key": "chars"}, {"d": text}, None)
        with self.assertRaises(labels.LabelError):
            labels.read_labels({"from": "file", "path": "other"}, {"d": b"x"}, None)


if __name__ == "__main__":
    unittest.main()
