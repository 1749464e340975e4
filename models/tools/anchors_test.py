"""EfficientDet's anchors: made, and recognized."""

import unittest

import numpy as np

import anchors


class AnchorsTest(unittest.TestCase):
    def test_first_and_last_of_448(self):
        numbers = {"grids": [56, 28, 14, 7, 4], "size": 3.0, "octaves": [1.0, 2 ** (1 / 3), 2 ** (2 / 3)]}
        made = anchors.make({**numbers, "ratios": [1.0, 2.0, 0.5]})
        self.assertEqual((37629, 4), made.shape)
        # Of the published model file: stride 8, 24 px; then the last cell of a 4 by 4 grid.
        np.testing.assert_allclose(made[0], [0.00892857, 0.00892857, 0.05357143, 0.05357143], atol=1e-6)
        np.testing.assert_allclose(made[1], [0.00892857, 0.00892857, 0.03788072, 0.07576144], atol=1e-6)
        np.testing.assert_allclose(made[-1], [0.875, 0.875, 1.6836932, 0.84184647], atol=1e-6)

    def test_parameters_are_found_back(self):
        for size in (320, 384, 448, 512):
            first = anchors.parameters(_published(size), size)
            self.assertEqual(3.0, first["size"])
            np.testing.assert_array_equal(_published(size), anchors.make(first))

    def test_other_anchors_are_refused(self):
        moved = _published(320).copy()
        moved[100, 1] += 0.01
        for wrong in (moved, _published(320)[:-9], np.zeros((0, 4), np.float32), np.zeros(8, np.float32)):
            with self.assertRaises(anchors.AnchorError):
                anchors.parameters(wrong, 320)

    def test_a_huge_input_allocates_nothing(self):
        with self.assertRaises(anchors.AnchorError):
            anchors.parameters(_published(320), 1 << 30)


def _published(size):
    """The rule written out, one anchor at a time."""
    rows = []
    for stride in (8, 16, 32, 64, 128):
        n = -(-size // stride)
        for row in range(n):
            for column in range(n):
                for octave in (0, 1, 2):
                    for ratio in (1.0, 2.0, 0.5):
                        side = 3 / n * 2 ** (octave / 3)
                        rows.append([(row + 0.5) / n, (column + 0.5) / n, side / ratio**0.5, side * ratio**0.5])
    return np.array(rows).astype(np.float32)


if __name__ == "__main__":
    unittest.main()
