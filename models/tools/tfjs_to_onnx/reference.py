"""The operators of the tests' models by plain loops in numpy, TensorFlow's way."""

import numpy as np


def windows(x, size, strides, padding, fill=0.0, dilations=(1, 1)):
    """[row, column, window height, window width, channel] of a picture [1, height, width, channels]"""
    x = x[0].astype(np.float64)
    reach = [(k - 1) * d + 1 for k, d in zip(size, dilations)]
    if padding == "SAME":
        out = [-(-n // s) for n, s in zip(x.shape, strides)]
        total = [max(0, (o - 1) * s + r - n) for o, s, r, n in zip(out, strides, reach, x.shape)]
        x = np.pad(x, [(t // 2, t - t // 2) for t in total] + [(0, 0)], constant_values=fill)
    else:
        out = [(n - r) // s + 1 for n, r, s in zip(x.shape, reach, strides)]
    return np.array(
        [
            [
                x[
                    y * strides[0] : y * strides[0] + reach[0] : dilations[0],
                    z * strides[1] : z * strides[1] + reach[1] : dilations[1],
                ]
                for z in range(out[1])
            ]
            for y in range(out[0])
        ]
    )


def conv(x, kernel, strides=(1, 1), padding="SAME", dilations=(1, 1)):
    parts = windows(x, kernel.shape[:2], strides, padding, dilations=dilations)
    return np.einsum("yxijc,ijco->yxo", parts, kernel)[np.newaxis]


def depthwise(x, kernel, strides=(1, 1), padding="SAME"):
    parts = np.einsum("yxijc,ijcm->yxcm", windows(x, kernel.shape[:2], strides, padding), kernel)
    return parts.reshape(1, *parts.shape[:2], -1)


def max_pool(x, size, strides, padding):
    return windows(x, size, strides, padding, -np.inf).max(axis=(2, 3))[np.newaxis]


def average_pool(x, size, strides, padding):
    """What lies outside of the picture does not count."""
    return np.nanmean(windows(x, size, strides, padding, np.nan), axis=(2, 3))[np.newaxis]


def resize(x, height, width):
    """Bilinear, corners not aligned, no half-pixel centres."""
    x = x[0].astype(np.float64)

    def along(values, length, axis):
        places = np.arange(length) * (values.shape[axis] / length)
        low = np.floor(places).astype(int)
        high = np.minimum(low + 1, values.shape[axis] - 1)
        share = (places - low).reshape([-1 if i == axis else 1 for i in range(values.ndim)])
        return values.take(low, axis) * (1 - share) + values.take(high, axis) * share

    return along(along(x, height, 0), width, 1)[np.newaxis]


def softmax(x):
    powers = np.exp(x - x.max())
    return powers / powers.sum()


def sigmoid(x):
    return 1 / (1 + np.exp(-x))
