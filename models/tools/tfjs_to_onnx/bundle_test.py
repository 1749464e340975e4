"""Literals out of JavaScript bundles: those that minifiers write, and a refusal of anything else."""

import unittest

import numpy as np

from tfjs_to_onnx import bundle, tiny_models
from tfjs_to_onnx.convert import FormatError


class BundleTest(unittest.TestCase):
    VALUE = {
        "a": [1, -2.5, 0.25, -0.125, 1e-07, 12345678901],
        "b c": {"d": "x\"y\\z\n\u00e9", "e": None, "f": True, "g": False},
        "empty": {"list": [], "object": {}},
    }

    def test_object(self):
        self.assertEqual(self.VALUE, bundle.read_object(tiny_models.wrapped(tiny_models.javascript(self.VALUE))))

    def test_ways_of_writing(self):
        for text, expected in (
            ("{a:.5,b:-.5,c:5.,d:1e3,e:1E-3}", {"a": 0.5, "b": -0.5, "c": 5.0, "d": 1000.0, "e": 0.001}),
            ("{a:void 0,b:null,c:!0,d:!1,e:true}", {"a": None, "b": None, "c": True, "d": False, "e": True}),
            ("{'a':'it\\'s',$b_1:\"\\x41\\u0042\\t\"}", {"a": "it's", "$b_1": "AB\t"}),
            ("{ a : [ 1 , 2 ] , }", {"a": [1, 2]}),
        ):
            self.assertEqual(expected, bundle.read_object(tiny_models.wrapped(text)))

    def test_base64(self):
        data = np.random.default_rng(1).integers(0, 256, 1000, np.uint8).tobytes()
        files = tiny_models.as_bundles({"shard.bin": data})
        self.assertEqual(data, bundle.read_bytes(files["shard.bin.min.js"]))

    def test_what_is_no_literal(self):
        for text in (
            "{a:b}",
            "{a:1+1}",
            "{a:f()}",
            "{a:`x`}",
            "{a:1;",
            "{a}",
            "{a:'x}",
            "{a:[1 2]}",
            "{a:-}",
            "{a:" + "[" * 100_000,
            "{a:" + "{b:" * 100_000,
        ):
            with self.assertRaises(FormatError, msg=text[:20]):
                bundle.read_object(tiny_models.wrapped(text))

    def test_what_is_no_bundle(self):
        for data in (b"", b"\xff\xfe", b"exports={}", b"x", b'exports={a:1};exports={a:2}', b'exports="abc"'):
            with self.assertRaises(FormatError, msg=data):
                bundle.read_object(data)
        for data in (b"", b'exports="a"', b'exports="@@@@"', b"exports={a:1}", b'exports="";exports=""'):
            with self.assertRaises(FormatError, msg=data):
                bundle.read_bytes(data)


if __name__ == "__main__":
    unittest.main()
