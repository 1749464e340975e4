"""EfficientDet's anchors, as the few numbers they are made from.

A grid of n by n cells has, at each cell, anchors of each octave and ratio, in this order: grid, row,
column, octave, ratio. In units of the whole picture, with cell = 1 / n:

    centre = (row + 0.5, column + 0.5) * cell
    height = size * cell * octave / sqrt(ratio)
    width  = size * cell * octave * sqrt(ratio)
"""

import numpy as np

_OCTAVES = [1.0, 2 ** (1 / 3), 2 ** (2 / 3)]
_RATIOS = [1.0, 2.0, 0.5]
_LEVELS = 5
_FIRST_STRIDE = 8


class AnchorError(ValueError):
    """The anchors in the model file are not of this making."""


def parameters(anchors, input_size):
    """The numbers that make exactly these anchors ([anchor, (y, x, h, w)]) for a square input."""
    if anchors.ndim != 2 or anchors.size == 0:
        raise AnchorError("the model has no anchors")
    grids = [-(-input_size // (_FIRST_STRIDE << level)) for level in range(_LEVELS)]
    size = round(float(anchors[0, 2]) * grids[0], 3)
    found = {"grids": grids, "size": size, "octaves": _OCTAVES, "ratios": _RATIOS}
    count = sum(n * n for n in grids) * len(_OCTAVES) * len(_RATIOS)
    # The count comes first: it bounds what make() allocates by what the file holds.
    if anchors.shape != (count, 4) or not np.allclose(make(found), anchors, atol=1e-5):
        raise AnchorError("the model's anchors do not follow EfficientDet's rule")
    return found


def make(numbers):
    octaves = np.repeat(numbers["octaves"], len(numbers["ratios"]))
    ratios = np.sqrt(np.tile(numbers["ratios"], len(numbers["octaves"])))
    sides = numbers["size"] * np.stack([octaves / ratios, octaves * ratios], axis=1)
    grids = []
    for n in numbers["grids"]:
        centre = (np.arange(n) + 0.5) / n
        y, x = np.meshgrid(centre, centre, indexing="ij")
        centres = np.stack([y.ravel(), x.ravel()], axis=1)
        grids.append(
            np.concatenate(
                [np.repeat(centres, len(sides), axis=0), np.tile(sides / n, (n * n, 1))],
                axis=1,
            )
        )
    return np.concatenate(grids).astype(np.float32)
