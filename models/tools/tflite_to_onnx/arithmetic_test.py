"""Number by number, over axes, moved and cut axes: each operator against numpy, in TFLite's own order of axes."""

import unittest

import numpy as np

import runtime
import tflite_to_onnx
from tflite_to_onnx import tiny_model
from tflite_to_onnx.convert_test import REFUSALS, run_onnx
from tflite_to_onnx.tiny_model import FLOAT16, FLOAT32, INT32, Scalar

LIBRARY = runtime.library_path("onnxruntime", "libonnxruntime.so.1")
DEQUANTIZE, MUL, TRANSPOSE, MEAN, SUB, DIV, STRIDED_SLICE = 6, 18, 39, 40, 41, 42, 45
PRELU, NEG, SUM, SQRT, RSQRT, SQUARED_DIFFERENCE = 54, 59, 74, 75, 76, 99
KEEP = {0: Scalar("?", True)}


class Case:
    """A model of one operator over an input of a shape."""

    def __init__(self, shape):
        self.model = tiny_model.Model()
        self.shape = shape
        self.input = self.model.tensor(shape, FLOAT32)

    def constant(self, values, dtype="<f4"):
        values = np.array(values, dtype)
        code = {"<f4": FLOAT32, "<i4": INT32, "<f2": FLOAT16}[dtype]
        return self.model.tensor(values.shape, code, values)

    def apply(self, code, inputs, shape, options=None):
        result = self.model.tensor(shape, FLOAT32)
        self.model.operator(code, inputs, [result], options or {})
        return result

    def run(self, result, x):
        data = self.model.bytes([self.input], [result])
        converted = tflite_to_onnx.convert(data)
        return run_onnx(converted.onnx, {converted.input_name: x})[0]["scores"]

    def convert(self, result):
        return tflite_to_onnx.convert(self.model.bytes([self.input], [result]))


def numbers(*shape):
    return np.random.default_rng(5).uniform(0.5, 4, shape).astype(np.float32)


@unittest.skipUnless(LIBRARY.exists(), "ONNX Runtime is not installed (scripts/models runtime)")
class ArithmeticTest(unittest.TestCase):
    def check(self, case, result, expected, x):
        got = case.run(result, x)
        self.assertEqual(expected.shape, got.shape)
        np.testing.assert_allclose(got, expected, rtol=1e-5)

    def test_two_operands(self):
        x = numbers(1, 5, 2)
        for code, expected in (
            (MUL, x * x),
            (SUB, x * 0),
            (DIV, x / x),
            (SQUARED_DIFFERENCE, x * 0),
        ):
            case = Case(x.shape)
            self.check(case, case.apply(code, [case.input, case.input], x.shape), expected, x)

    def test_constant_operands_line_up_with_the_last_axes(self):
        x = numbers(1, 4, 5, 3)
        for shape in ((), (3,), (5, 3), (4, 1, 1), (1, 4, 5, 3)):
            values = numbers(*shape)
            for code, expected in (
                (DIV, x / values),
                (SUB, x - values),
                (SQUARED_DIFFERENCE, (x - values) ** 2),
            ):
                case = Case(x.shape)
                result = case.apply(code, [case.input, case.constant(values)], x.shape)
                self.check(case, result, expected, x)

    def test_one_operand(self):
        x = numbers(1, 6)
        for code, expected in ((NEG, -x), (SQRT, np.sqrt(x)), (RSQRT, 1 / np.sqrt(x))):
            case = Case(x.shape)
            self.check(case, case.apply(code, [case.input], x.shape), expected, x)

    def test_prelu(self):
        x = numbers(1, 4, 5, 3) - 2
        slopes = np.array([[[0.1, -0.5, 2]]], np.float32)
        case = Case(x.shape)
        result = case.apply(PRELU, [case.input, case.constant(slopes)], x.shape)
        self.check(case, result, np.where(x < 0, x * slopes, x), x)

    def test_sums_and_means(self):
        x = numbers(1, 4, 5, 3)
        for axes in ([1, 2], [3], [-2], [1], [2, 3], [0, 1, 2, 3]):
            for keep in (False, True):
                for code, function in ((MEAN, np.mean), (SUM, np.sum)):
                    expected = function(x, axis=tuple(axes), keepdims=keep)
                    case = Case(x.shape)
                    inputs = [case.input, case.constant(axes, "<i4")]
                    result = case.apply(code, inputs, expected.shape, KEEP if keep else {})
                    self.check(case, result, expected, x)

    def test_transpose(self):
        x = numbers(1, 4, 5, 3)
        for order in ((0, 1, 2, 3), (0, 1, 3, 2), (0, 3, 1, 2), (0, 2, 3, 1), (3, 2, 1, 0)):
            expected = x.transpose(order)
            case = Case(x.shape)
            result = case.apply(TRANSPOSE, [case.input, case.constant(order, "<i4")], expected.shape)
            self.check(case, result, expected, x)

    def test_slices(self):
        x = numbers(1, 4, 5, 3)
        for begin, end, steps, masks, expected in (
            ([0, 0, 0, 0], [1, 4, 5, 3], [1, 1, 1, 1], {}, x),
            ([0, 1, 0, 0], [1, 3, 5, 2], [1, 1, 2, 1], {}, x[:, 1:3, ::2, :2]),
            ([0, -2, 9, 0], [1, 9, 9, -1], [1, 1, 1, 1], {0: 0b0100, 1: 0b0100}, x[:, -2:, :, :-1]),
            ([0, 2, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], {1: 0b1101, 4: 0b0010}, x[:, 2]),
            ([0, 0, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1], {1: 0b0110, 4: 0b1001}, x[0, :, :, 1]),
        ):
            case = Case(x.shape)
            bounds = [case.constant(v, "<i4") for v in (begin, end, steps)]
            options = {field: Scalar("i", mask) for field, mask in masks.items()}
            result = case.apply(STRIDED_SLICE, [case.input, *bounds], expected.shape, options)
            self.check(case, result, expected, x)

    def test_constants_of_half_precision(self):
        x = numbers(1, 4, 5, 3)
        case = Case(x.shape)
        weights = case.apply(DEQUANTIZE, [case.constant([1, 2, 3], "<f2")], [3])
        self.check(case, case.apply(MUL, [case.input, weights], x.shape), x * [1, 2, 3], x)

    def test_chosen_results(self):
        x = numbers(1, 6)
        case = Case(x.shape)
        first = case.apply(NEG, [case.input], x.shape)
        second = case.apply(SQRT, [case.input], x.shape)
        data = case.model.bytes([case.input], [first, second])
        converted = tflite_to_onnx.convert(data, results={"root": f"tensor{second}"})
        self.assertEqual(["Sqrt"], [node.op_type for node in converted.onnx.graph.node])
        np.testing.assert_allclose(run_onnx(converted.onnx, {converted.input_name: x})[0]["root"], np.sqrt(x), rtol=1e-5)
        with self.assertRaisesRegex(tflite_to_onnx.UnsupportedModel, "no result nothing"):
            tflite_to_onnx.convert(data, results={"root": "nothing"})


class HostileTest(unittest.TestCase):
    def refused(self, code, inputs, shape, options=None, input_shape=(1, 4, 5, 3)):
        case = Case(input_shape)
        operands = [case.input if i is None else case.constant(*i) for i in inputs]
        with self.assertRaises(REFUSALS):
            case.convert(case.apply(code, operands, shape, options))

    def test_bounds_of_slices(self):
        good = [([0, 0, 0, 0], "<i4"), ([1, 2, 5, 3], "<i4"), ([1, 1, 1, 1], "<i4")]
        shape = (1, 2, 5, 3)
        for place, values in ((0, [0, 0]), (1, [1, 3, 5, 3]), (2, [1, 0, 1, 1]), (2, [1, -1, 1, 1]), (0, [])):
            bounds = list(good)
            bounds[place] = (values, "<i4")
            self.refused(STRIDED_SLICE, [None, *bounds], shape)
        for field in (2, 3):
            self.refused(STRIDED_SLICE, [None, *good], shape, {field: Scalar("i", 1)})
        self.refused(STRIDED_SLICE, [None, *good[:2]], shape)
        self.refused(STRIDED_SLICE, [None, *good[:2], None], shape)

    def test_axes(self):
        for axes in ([4], [-5], [2**31 - 1]):
            self.refused(MEAN, [None, (axes, "<i4")], (1, 1, 1, 3))
            self.refused(SUM, [None, (axes, "<i4")], (1, 1, 1, 3))
        for order in ([0, 1, 2], [0, 1, 2, 2], [0, 1, 2, 4], [-1, 0, 1, 2]):
            self.refused(TRANSPOSE, [None, (order, "<i4")], (1, 4, 5, 3))

    def test_operands_that_do_not_fit(self):
        self.refused(MUL, [None, ([1, 2], "<f4")], (1, 4, 5, 3))
        self.refused(MUL, [None, ([1, 2, 3], "<i4")], (1, 4, 5, 3))
        self.refused(PRELU, [None], (1, 4, 5, 3))
        self.refused(NEG, [], (1, 4, 5, 3))

    def test_half_precision_of_another_shape(self):
        case = Case((1, 6))
        weights = case.apply(DEQUANTIZE, [case.constant([1, 2, 3], "<f2")], [6])
        with self.assertRaises(tflite_to_onnx.FormatError):
            case.convert(case.apply(MUL, [case.input, weights], (1, 6)))


if __name__ == "__main__":
    unittest.main()
