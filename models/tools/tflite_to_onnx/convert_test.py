"""The converter: right numbers, and a clear refusal of whatever is not a model it knows."""

import collections
import tempfile
import pathlib
import unittest

import numpy as np

import runtime
import tflite_to_onnx
from onnx_runtime import OnnxRuntime
from tflite_to_onnx import schema, tiny_model

LIBRARY = runtime.library_path("onnxruntime", "libonnxruntime.so.1")
REFUSALS = (tflite_to_onnx.FormatError, tflite_to_onnx.UnsupportedModel)


def run_onnx(proto, inputs):
    """(outputs, operators of the graph as ONNX Runtime optimized it)"""
    import onnx

    with tempfile.TemporaryDirectory() as folder:
        path, optimized = pathlib.Path(folder, "model.onnx"), pathlib.Path(folder, "optimized.onnx")
        path.write_bytes(proto.SerializeToString())
        session = OnnxRuntime(LIBRARY).session(path, optimized_path=optimized)
        outputs = session.run(inputs)
        session.close()
        operators = collections.Counter(node.op_type for node in onnx.load(str(optimized)).graph.node)
        return outputs, operators


def expected_scores(data, pixels):
    """The tiny classifier by plain arithmetic on the dequantized tensors, rounding where TFLite rounds."""
    model = schema.load(data)

    def real(index):
        tensor = model.tensors[index]
        shape = [1] * len(tensor.shape)
        shape[tensor.channel_axis] = -1
        return (tensor.data.astype(float) - tensor.zero_point.reshape(shape)) * tensor.scale.reshape(shape)

    def rounded(index, value):
        tensor = model.tensors[index]
        steps = np.clip(np.round(value / tensor.scale[0]) + tensor.zero_point[0], -128, 127)
        return (steps - tensor.zero_point[0]) * tensor.scale[0]

    _, conv, pool, _, dense, _, _ = model.operators
    image = (pixels.astype(float) - 127) / 128
    padded = np.pad(image[0], ((0, 1), (0, 1), (0, 0)))  # SAME with stride 2: the one odd pixel comes after
    kernel = real(conv.inputs[1])
    features = np.array(
        [
            [np.einsum("ijc,oijc->o", padded[y : y + 3, x : x + 3], kernel) for x in range(0, 8, 2)]
            for y in range(0, 8, 2)
        ]
    )
    features = rounded(conv.outputs[0], np.clip(features + real(conv.inputs[2]), 0, 6))
    pooled = rounded(pool.outputs[0], features.mean(axis=(0, 1)))
    logits = rounded(dense.outputs[0], real(dense.inputs[1]) @ pooled + real(dense.inputs[2]))
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


class ConvertTest(unittest.TestCase):
    def test_input_and_output(self):
        converted = tflite_to_onnx.convert(tiny_model.classifier())
        self.assertEqual(("image", ("scores",)), (converted.input_name, converted.output_names))
        self.assertEqual((1 / 128, 127), (converted.input_scale, converted.input_zero_point))
        self.assertIsNone(converted.detection)

    def test_the_last_rounding_is_left_out(self):
        graph = tflite_to_onnx.convert(tiny_model.classifier()).onnx.graph
        self.assertEqual("Softmax", graph.node[-1].op_type)

    @unittest.skipUnless(LIBRARY.exists(), "ONNX Runtime is not installed (scripts/models runtime)")
    def test_numbers_are_those_of_tflite_arithmetic(self):
        data = tiny_model.classifier()
        proto = tflite_to_onnx.convert(data).onnx
        random = np.random.default_rng(7)
        for _ in range(5):
            pixels = random.integers(0, 256, (1, 8, 8, 3), np.uint8)
            outputs, _ = run_onnx(proto, {"image": pixels})
            # A value that lies between two steps may be rounded either way: one step of 0.1 in a logit.
            np.testing.assert_allclose(outputs["scores"][0], expected_scores(data, pixels), atol=0.03)

    @unittest.skipUnless(LIBRARY.exists(), "ONNX Runtime is not installed (scripts/models runtime)")
    def test_runs_in_integer_kernels(self):
        proto = tflite_to_onnx.convert(tiny_model.classifier()).onnx
        _, operators = run_onnx(proto, {"image": np.zeros((1, 8, 8, 3), np.uint8)})
        self.assertEqual(1, operators["QLinearConv"])
        self.assertEqual(1, operators["QLinearGlobalAveragePool"])
        self.assertEqual(1, operators["QGemm"])
        self.assertEqual(0, operators["QuantizeLinear"] + operators["Conv"])

    @unittest.skipUnless(LIBRARY.exists(), "ONNX Runtime is not installed (scripts/models runtime)")
    def test_another_input_scale_gives_the_same_numbers(self):
        data = tiny_model.classifier()
        pixels = np.random.default_rng(3).integers(0, 256, (1, 8, 8, 3), np.uint8)
        plain, _ = run_onnx(tflite_to_onnx.convert(data).onnx, {"image": pixels})
        # (pixel - 127) / 64 is twice as large, so with half of each pixel's distance it is the same.
        halved = ((pixels.astype(int) - 127) // 2 + 127).astype(np.uint8)
        scaled, _ = run_onnx(tflite_to_onnx.convert(data, 127, 64).onnx, {"image": halved})
        np.testing.assert_allclose(plain["scores"], scaled["scores"], atol=0.05)


class RefusalTest(unittest.TestCase):
    def test_not_a_model(self):
        for data in (b"", b"\0" * 7, b"\x89PNG\r\n\x1a\n" + b"\0" * 64, b"\0" * 4096):
            with self.assertRaises(tflite_to_onnx.FormatError):
                tflite_to_onnx.convert(data)

    def test_every_truncation(self):
        data = tiny_model.classifier()
        for length in range(0, len(data) - 16, 3):
            with self.assertRaises(REFUSALS, msg=f"cut at {length}"):
                tflite_to_onnx.convert(data[:length])

    def test_damaged_bytes_never_end_in_another_error(self):
        data = tiny_model.classifier()
        random = np.random.default_rng(11)
        refused = 0
        for _ in range(1500):
            damaged = bytearray(data)
            for place in random.integers(8, len(data), random.integers(1, 6)):
                damaged[place] = random.choice([0, 1, 0x7F, 0x80, 0xFF, random.integers(256)])
            try:
                tflite_to_onnx.convert(bytes(damaged))
            except REFUSALS:
                refused += 1
        self.assertGreater(refused, 100)

    def test_unknown_operator_is_named(self):
        model = tiny_model.Model()
        image = model.tensor([1, 8, 8, 3], tiny_model.FLOAT32)
        result = model.tensor([1, 8, 8, 3], tiny_model.FLOAT32)
        model.operator(77, [image], [result])
        with self.assertRaisesRegex(tflite_to_onnx.UnsupportedModel, "77"):
            tflite_to_onnx.convert(model.bytes([image], [result]))

    def test_a_tensor_larger_than_its_buffer(self):
        model = tiny_model.Model()
        image = model.tensor([1, 8, 8, 3], tiny_model.FLOAT32)
        huge = model.tensor([1 << 20, 1 << 20], tiny_model.FLOAT32, np.zeros(4, "<f4"))
        model.operator(tiny_model.ADD, [image, huge], [image])
        with self.assertRaisesRegex(tflite_to_onnx.FormatError, "do not fill"):
            tflite_to_onnx.convert(model.bytes([image], [image]))


if __name__ == "__main__":
    unittest.main()
