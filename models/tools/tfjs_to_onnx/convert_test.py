"""TF.js models made here against plain numpy, and a refusal of whatever is not a model."""

import json
import unittest

import numpy as np

import runtime
import tfjs_to_onnx
from tflite_to_onnx.convert_test import run_onnx
from tfjs_to_onnx import reference, tiny_models
from tfjs_to_onnx.tiny_models import Weights, layer, node, numbers, text

LIBRARY = runtime.library_path("onnxruntime", "libonnxruntime.so.1")
REFUSALS = (tfjs_to_onnx.FormatError, tfjs_to_onnx.UnsupportedModel)
SAME, VALID, NHWC = text("SAME"), text("VALID"), text("NHWC")
SIZE = (8, 10)
PICTURE = {"shape": {"shape": {"dim": [{"size": s} for s in ("-1", "-1", "-1", "3")]}}}
RANDOM = np.random.default_rng(4)


def array(*shape):
    return RANDOM.uniform(-1, 1, shape).astype(np.float32)


class Graph:
    """A graph model under construction: the input is called x."""

    def __init__(self):
        self.nodes, self.weights = [node("x", "Placeholder", **PICTURE)], Weights()

    def const(self, name, values, quantization=None):
        self.nodes.append(node(name, "Const"))
        return self.weights.add(name, values, quantization)

    def node(self, name, op, inputs=("x",), **attributes):
        self.nodes.append(node(name, op, inputs, **attributes))

    def files(self):
        return tiny_models.graph(self.nodes, self.weights)

    def convert(self, result):
        return tfjs_to_onnx.convert(self.files(), SIZE, {"y": result})


def conv_attributes(**more):
    return {"strides": numbers(1, 1, 1, 1), "padding": SAME, "data_format": NHWC, **more}


def fused(*names):
    return {"list": {"s": [text(name)["s"] for name in names]}}


@unittest.skipUnless(LIBRARY.exists(), "ONNX Runtime is not installed (scripts/models runtime)")
class GraphTest(unittest.TestCase):
    def setUp(self):
        self.x = array(1, *SIZE, 3)
        self.graph = Graph()

    def check(self, result, expected, operators=None):
        proto = self.graph.convert(result)
        got = run_onnx(proto, {"image": self.x})[0]["y"]
        self.assertEqual(expected.shape, got.shape)
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)
        if operators:
            self.assertEqual(operators, [n.op_type for n in proto.graph.node])

    def test_convolutions(self):
        for strides, dilations, padding in (
            ((1, 1), (1, 1), "SAME"),
            ((2, 2), (1, 1), "SAME"),
            ((2, 1), (1, 1), "VALID"),
            ((1, 1), (2, 2), "SAME"),
            ((1, 1), (2, 1), "VALID"),
        ):
            self.graph = Graph()
            kernel = self.graph.const("k", array(3, 3, 3, 5))
            more = {"strides": numbers(1, *strides, 1), "dilations": numbers(1, *dilations, 1), "padding": text(padding)}
            self.graph.node("y", "Conv2D", ("x", "k"), **conv_attributes(**more))
            self.check("y", reference.conv(self.x, kernel, strides, padding, dilations))

    def test_fused_convolutions(self):
        kernel, bias = self.graph.const("k", array(3, 3, 3, 5)), self.graph.const("b", array(5))
        for i, (names, function) in enumerate(
            (
                (("BiasAdd",), lambda v: v),
                (("BiasAdd", "Relu"), lambda v: np.maximum(v, 0)),
                (("BiasAdd", "Relu6"), lambda v: np.clip(v, 0, 6)),
            )
        ):
            self.graph.node(f"y{i}", "_FusedConv2D", ("x", "k", "b"), **conv_attributes(fused_ops=fused(*names)))
            self.check(f"y{i}", function(reference.conv(self.x, kernel) + bias))

    def test_depthwise_convolutions(self):
        for multiplier in (1, 2):
            self.graph = Graph()
            kernel, bias = self.graph.const("k", array(3, 3, 3, multiplier)), self.graph.const("b", array(3 * multiplier))
            strides = {"strides": numbers(1, 2, 2, 1)}
            self.graph.node("y", "DepthwiseConv2dNative", ("x", "k"), **conv_attributes(**strides))
            expected = reference.depthwise(self.x, kernel, (2, 2))
            self.check("y", expected)
            more = conv_attributes(fused_ops=fused("BiasAdd", "Relu6"), **strides)
            self.graph.node("z", "FusedDepthwiseConv2dNative", ("x", "k", "b"), **more)
            self.check("z", np.clip(expected + bias, 0, 6))

    def test_normalization_goes_into_the_weights(self):
        graph = self.graph
        kernel, scale, shift = graph.const("k", array(1, 1, 3, 5)), graph.const("s", array(5)), graph.const("t", array(5))
        graph.const("zero", np.float32(0))
        graph.const("six", np.float32(6))
        graph.node("conv", "Conv2D", ("x", "k"), **conv_attributes())
        graph.node("scaled", "Mul", ("conv", "s"))
        graph.node("shifted", "Add", ("scaled", "t"))
        graph.node("relu", "Relu", ("shifted",))
        graph.node("min", "Minimum", ("relu", "six"))
        graph.node("y", "Maximum", ("min", "zero"))
        expected = np.clip(reference.conv(self.x, kernel) * scale + shift, 0, 6)
        self.check("y", expected, ["Transpose", "Conv", "Clip", "Transpose"])

    def test_what_others_read_is_not_folded(self):
        graph = self.graph
        kernel, scale = graph.const("k", array(1, 1, 3, 5)), graph.const("s", array(5))
        graph.node("conv", "Conv2D", ("x", "k"), **conv_attributes())
        graph.node("scaled", "Mul", ("conv", "s"))
        graph.node("y", "Add", ("scaled", "conv"))
        plain = reference.conv(self.x, kernel)
        self.check("y", plain * scale + plain)
        proto = tfjs_to_onnx.convert(graph.files(), SIZE, {"a": "conv", "b": "scaled"})
        got = run_onnx(proto, {"image": self.x})[0]
        np.testing.assert_allclose(got["a"], plain, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(got["b"], plain * scale, rtol=1e-4, atol=1e-5)

    def test_a_constant_a_pixel_is_not_folded(self):
        kernel, values = self.graph.const("k", array(1, 1, 3, 5)), self.graph.const("s", array(1, *SIZE, 5))
        self.graph.node("conv", "Conv2D", ("x", "k"), **conv_attributes())
        self.graph.node("y", "Mul", ("conv", "s"))
        self.check("y", reference.conv(self.x, kernel) * values)

    def test_pools(self):
        for op, function in (("MaxPool", reference.max_pool), ("AvgPool", reference.average_pool)):
            for padding in ("SAME", "VALID"):
                self.graph = Graph()
                more = {"ksize": numbers(1, 3, 3, 1), "strides": numbers(1, 2, 2, 1), "padding": text(padding)}
                self.graph.node("y", op, ("x",), **conv_attributes(**more))
                self.check("y", function(self.x, (3, 3), (2, 2), padding))

    def test_resize_to_a_size_computed_from_a_shape(self):
        graph = self.graph
        for name, values in (("zero", [0]), ("one", [1]), ("two", [2]), ("three", [3]), ("factor", 3)):
            graph.const(name, np.array(values, np.int32))
        graph.node("shape", "Shape")
        for name, begin, end in (("h", "one", "two"), ("w", "two", "three")):
            graph.node(name, "StridedSlice", ("shape", begin, end, "one"), shrink_axis_mask={"i": "1"})
            graph.node(f"{name}3", "Mul", (name, "factor"))
        graph.node("size", "Pack", ("h3", "w3"), N={"i": "2"}, axis={"i": "0"})
        graph.node("y", "ResizeBilinear", ("x", "size"))
        self.check("y", reference.resize(self.x, 24, 30))
        graph.node("part", "StridedSlice", ("shape", "one", "three", "one"))
        graph.node("z", "ResizeBilinear", ("x", "part"), half_pixel_centers={"b": True})
        self.check("z", self.x)

    def test_heads(self):
        graph = self.graph
        graph.const("axes", np.array([1, 2], np.int32))
        kernel, bias = graph.const("k", array(3, 4)), graph.const("b", array(4))
        graph.node("mean", "Mean", ("x", "axes"))
        graph.node("dense", "_FusedMatMul", ("mean", "k", "b"), fused_ops=fused("BiasAdd", "Relu"))
        graph.node("y", "Softmax", ("dense",))
        mean = self.x.mean(axis=(1, 2))
        dense = np.maximum(mean @ kernel + bias, 0)
        self.check("y", reference.softmax(dense))
        graph.node("z", "Sigmoid", ("mean",))
        self.check("z", reference.sigmoid(mean))

    def test_concatenation_and_padding(self):
        graph = self.graph
        graph.const("axis", np.int32(-1))
        graph.const("amounts", np.array([[0, 0], [1, 2], [0, 1], [0, 0]], np.int32))
        graph.node("same", "Identity")
        graph.node("both", "ConcatV2", ("x", "same", "axis"))
        graph.node("y", "Pad", ("both", "amounts"))
        self.check("y", np.pad(np.concatenate([self.x, self.x], -1), [(0, 0), (1, 2), (0, 1), (0, 0)]))

    def test_stored_weights(self):
        for stored in (None, "uint8", "uint16", "float16"):
            self.graph = Graph()
            kernel = self.graph.const("k", array(3, 3, 3, 5), stored)
            self.graph.node("y", "Conv2D", ("x", "k"), **conv_attributes())
            self.check("y", reference.conv(self.x, kernel))


def small_net():
    """(files, what it computes)"""
    weights = Weights()
    kernel = weights.add("conv/kernel", array(3, 3, 3, 4))
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    gamma, beta, mean, variance = (weights.add(f"bn/{name}", array(4) + 1.5) for name in names)
    deep = weights.add("deep/depthwise_kernel", array(3, 3, 4, 1), "uint8")
    dense, bias = weights.add("dense/kernel", array(8, 5)), weights.add("dense/bias", array(5))
    conv = {"padding": "same", "strides": [2, 2], "dilation_rate": [1, 1], "activation": "linear", "use_bias": False}
    pool = {"pool_size": [4, 5], "strides": [4, 5], "padding": "valid", "data_format": "channels_last"}
    files = tiny_models.layers(
        [
            layer("in", "InputLayer", batch_input_shape=[None, *SIZE, 3]),
            layer("conv", "Conv2D", ["in"], **conv),
            layer("bn", "BatchNormalization", ["conv"], axis=-1, epsilon=0.001, scale=True, center=True),
            layer("relu", "ReLU", ["bn"], max_value=6, negative_slope=0, threshold=0),
            layer("deep", "DepthwiseConv2D", ["relu"], **{**conv, "strides": [1, 1], "activation": "relu"}),
            layer("add", "Add", ["deep", "relu"]),
            layer("both", "Concatenate", ["add", "deep"], axis=3),
            layer("pool", "AveragePooling2D", ["both"], **pool),
            layer("drop", "Dropout", ["pool"], rate=0.5),
            layer("flat", "Flatten", ["drop"]),
            layer("dense", "Dense", ["flat"], units=5, activation="softmax", use_bias=True),
        ],
        ["dense"],
        weights,
    )

    def expected(x):
        first = (reference.conv(x, kernel, (2, 2)) - mean) / np.sqrt(variance + 0.001) * gamma + beta
        first = np.clip(first, 0, 6)
        second = np.maximum(reference.depthwise(first, deep), 0)
        pooled = np.concatenate([second + first, second], -1).mean(axis=(1, 2))
        return reference.softmax(pooled @ dense + bias)

    return files, expected


@unittest.skipUnless(LIBRARY.exists(), "ONNX Runtime is not installed (scripts/models runtime)")
class LayersTest(unittest.TestCase):
    def test_a_small_net(self):
        files, expected = small_net()
        x = array(1, *SIZE, 3)
        proto = tfjs_to_onnx.convert(files)
        np.testing.assert_allclose(run_onnx(proto, {"image": x})[0]["scores"], expected(x), rtol=1e-4)
        self.assertNotIn("Mul", [n.op_type for n in proto.graph.node], "normalization is folded")

    def test_bundles_hold_the_same_model(self):
        files, _ = small_net()
        self.assertEqual(tfjs_to_onnx.convert(files), tfjs_to_onnx.convert(tiny_models.as_bundles(files)))


class RefusalTest(unittest.TestCase):
    def setUp(self):
        self.files, _ = small_net()

    def refused(self, files, **arguments):
        with self.assertRaises(REFUSALS) as caught:
            tfjs_to_onnx.convert(files, **arguments)
        return str(caught.exception)

    def changed(self, change):
        model = json.loads(self.files["model.json"])
        change(model)
        return {**self.files, "model.json": json.dumps(model).encode()}

    def test_not_a_model(self):
        for data in (b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"weightsManifest": []}'):
            self.refused({"model.json": data})

    def test_shards(self):
        first, second = (name for name in self.files if name.endswith(".bin"))
        for data in (self.files[second][:-1], self.files[second] + b"x", b""):
            self.refused({**self.files, second: data})
        self.assertIn("missing", self.refused({k: v for k, v in self.files.items() if k != first}))

    def test_weights(self):
        for key, value in (
            ("shape", [-1]),
            ("shape", [1 << 62, 1 << 62]),
            ("shape", [1.5]),
            ("shape", "x"),
            ("dtype", "string"),
            ("quantization", {"dtype": "int4"}),
            ("quantization", {"dtype": "uint8"}),
            ("name", "other"),
        ):

            def change(model, key=key, value=value):
                model["weightsManifest"][0]["weights"][0][key] = value

            self.refused(self.changed(change))

    def test_numbers_that_are_none(self):
        weights = Weights()
        weights.add("k", np.full((1, 1, 3, 1), np.nan))
        nodes = [node("x", "Placeholder", **PICTURE), node("k", "Const"), node("y", "Conv2D", ("x", "k"), **conv_attributes())]
        self.assertIn("not numbers", self.refused(tiny_models.graph(nodes, weights), size=SIZE, results={"y": "y"}))

    def test_layers(self):
        def layers(model):
            return model["modelTopology"]["model_config"]["config"]["layers"]

        for change in (
            lambda m: layers(m)[1].update(class_name="Lambda"),
            lambda m: layers(m)[1]["config"].update(padding="causal"),
            lambda m: layers(m)[1]["config"].update(strides=[0, 1]),
            lambda m: layers(m)[1]["config"].update(strides=[1]),
            lambda m: layers(m)[1]["config"].update(activation="swish"),
            lambda m: layers(m)[1].update(inbound_nodes=[[["dense", 0, 0, {}]]]),
            lambda m: layers(m)[1].update(inbound_nodes=[[["in", 0, 0, {}]], [["in", 0, 0, {}]]]),
            lambda m: layers(m)[0]["config"].update(batch_input_shape=[None, 1 << 40, 1 << 40, 3]),
            lambda m: layers(m)[0]["config"].update(batch_input_shape=[None, None, None, 3]),
            lambda m: layers(m)[0]["config"].update(batch_input_shape=[None, 8, 10, 1]),
            lambda m: layers(m)[6]["config"].update(axis=7),
            lambda m: layers(m)[3]["config"].update(max_value=5),
            lambda m: layers(m).pop(0),
            lambda m: m["modelTopology"]["model_config"].update(class_name="Sequential"),
            lambda m: m["modelTopology"]["model_config"]["config"].update(output_layers=[["nothing", 0, 0]]),
        ):
            self.refused(self.changed(change))

    def test_graphs(self):
        for name, nodes in {
            "is computed from itself": [node("y", "Relu", ("z",)), node("z", "Relu", ("y",))],
            "does not exist": [node("y", "Relu", ("nothing",))],
            "no result y": [],
            "operator Magic": [node("y", "Magic", ("x",))],
            "second result": [node("y", "Relu", ("x:1",))],
            "have no 'y'": [node("y", "Const")],
            "must be constant": [node("y", "Mean", ("x", "x"))],
            "0 inputs": [node("y", "Const"), node("k", "Const")],
            "contradicts": [node("y", "Relu", ("x", "x"))],
        }.items():
            weights = Weights()
            if name == "0 inputs":
                weights.add("y", [1.0])
            files = tiny_models.graph([node("x", "Placeholder", **PICTURE), *nodes], weights)
            self.assertIn(name, self.refused(files, size=SIZE, results={"y": "y"}))
        self.refused(tiny_models.graph([node("x", "Placeholder", **PICTURE)], Weights()), size=SIZE)

    def test_a_size_computed_without_end(self):
        """Constants are computed with only while they are small."""
        graph = Graph()
        graph.const("a", np.ones((8, 1), np.float32))
        graph.const("b", np.ones((1, 8), np.float32))
        for i in range(40):
            graph.node(f"m{i}", "Mul", ("a" if i == 0 else f"m{i - 1}", "b"))
        graph.node("y", "Add", ("x", "m39"))
        with self.assertRaises(REFUSALS):
            graph.convert("y")

    def test_damaged_text_never_ends_in_another_error(self):
        text_of_model = self.files["model.json"]
        random = np.random.default_rng(11)
        refused = 0
        for _ in range(600):
            damaged = bytearray(text_of_model)
            for place in random.integers(0, len(damaged), random.integers(1, 4)):
                damaged[place] = random.choice(list(b'019-[]{}",:.aenul '))
            try:
                tfjs_to_onnx.convert({**self.files, "model.json": bytes(damaged)})
            except REFUSALS:
                refused += 1
        self.assertGreater(refused, 100)


if __name__ == "__main__":
    unittest.main()
