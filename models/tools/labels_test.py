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
        self.assertEqual(["person", "", "car"], labels.read_labels(self.RULE, data, None))

    def test_refusals(self):
        for data in (b"", b"no archive", archive(other="x"), archive(labels="x\n" * (3 << 20))):
            with self.assertRaises(labels.LabelError):
                labels.read_labels(self.RULE, data, None)


class OnnxTest(unittest.TestCase):
    RULE = {"from": "onnx", "name": "names"}

    def test_names(self):
        model = onnx_with("{0: 'person', 1: 'hot dog'}")
        self.assertEqual(["person", "hot dog"], labels.read_labels(self.RULE, b"", model))

    def test_refusals(self):
        for text in ("", "5", "{1: 'a'}", "__import__('os')", "{0: 'a'", "(" * 5000):
            with self.assertRaises(labels.LabelError):
                labels.read_labels(self.RULE, b"", onnx_with(text))
        with self.assertRaises(labels.LabelError):
            labels.read_labels(self.RULE, b"", types.SimpleNamespace(metadata_props=[]))


if __name__ == "__main__":
    unittest.main()
