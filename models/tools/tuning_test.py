"""Rewritten graphs: the same numbers, and nothing rewritten that must not be."""

import unittest

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import runtime
import tuning
from tflite_to_onnx.convert_test import run_onnx

LIBRARY = runtime.library_path("onnxruntime", "libonnxruntime.so.1")


def model(slopes, shape=(1, 3, 4, 5), weights_as_inputs=False):
    """PRelu over a picture."""
    info = helper.make_tensor_value_info
    inputs = [info("x", TensorProto.FLOAT, shape)]
    if weights_as_inputs:
        inputs.append(info("slopes", TensorProto.FLOAT, slopes.shape))
    nodes = [helper.make_node("PRelu", ["x", "slopes"], ["y"])]
    weights = [numpy_helper.from_array(slopes, "slopes")]
    graph = helper.make_graph(nodes, "g", inputs, [info("y", TensorProto.FLOAT, shape)], weights)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    proto.ir_version = 8
    return proto


def operators(proto):
    return [node.op_type for node in proto.graph.node]


class TuningTest(unittest.TestCase):
    SLOPES = np.array([0.25, -2, 19], np.float32)

    def test_one_slope_a_channel(self):
        for shape in ((3, 1, 1), (1, 3, 1, 1)):
            proto = model(self.SLOPES.reshape(shape))
            tuning.tune(proto)
            self.assertEqual(["Relu", "Conv", "Conv", "Add"], operators(proto))
            self.assertEqual(2, len(proto.graph.initializer))
            onnx.checker.check_model(proto)
            if LIBRARY.exists():
                x = np.random.default_rng(1).standard_normal((1, 3, 4, 5)).astype(np.float32)
                slopes = self.SLOPES.reshape(1, 3, 1, 1)
                got = run_onnx(proto, {"x": x})[0]["y"]
                np.testing.assert_allclose(got, np.where(x < 0, slopes * x, x), rtol=1e-5, atol=1e-6)

    def test_other_slopes_stay(self):
        for slopes in (self.SLOPES[:1], np.ones((3, 4, 5), np.float32), np.ones((4, 1), np.float32)):
            proto = model(slopes)
            tuning.tune(proto)
            self.assertEqual(["PRelu"], operators(proto))

    def test_what_is_no_picture_stays(self):
        proto = model(self.SLOPES.reshape(3, 1, 1), (3, 4, 5))
        tuning.tune(proto)
        self.assertEqual(["PRelu"], operators(proto))

    def test_weights_are_no_inputs(self):
        proto = model(self.SLOPES[:1], weights_as_inputs=True)
        tuning.tune(proto)
        self.assertEqual(["x"], [info.name for info in proto.graph.input])


if __name__ == "__main__":
    unittest.main()
