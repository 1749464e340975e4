"""TF.js layers models: Keras's description of a functional model, layer by layer."""

import numpy as np

from tflite_to_onnx.flatbuffer import FormatError
from tflite_to_onnx.graph import UnsupportedModel


def build(builder, topology, weights, size, results):
    """(input tensor, {name: tensor}) of the layers that `results` ({name: layer}) names; None: of all outputs.

    `size`: (height, width) of the input where the model leaves it open.
    """
    config = topology.get("model_config", topology)
    if config["class_name"] not in ("Model", "Functional"):
        raise UnsupportedModel(f"a model of the class {config['class_name']}")
    layers = _Layers(builder, weights, size)
    for layer in config["config"]["layers"]:
        layers.add(layer)
    if len(layers.inputs) != 1:
        raise UnsupportedModel(f"{len(layers.inputs)} inputs; only one is supported")
    if results is None:
        outputs = [name for name, _, _ in config["config"]["output_layers"]]
        names = ["scores"] if len(outputs) == 1 else [f"output_{i}" for i in range(len(outputs))]
        results = dict(zip(names, outputs))
    return layers.inputs[0], {name: layers.tensor(layer) for name, layer in results.items()}


class _Layers:
    def __init__(self, builder, weights, size):
        self._builder, self._weights, self._size = builder, weights, size
        self._tensors = {}  # layer -> its result
        self.inputs = []

    def tensor(self, layer):
        if layer not in self._tensors:
            raise FormatError(f"layer {layer!r} is used before it is computed")
        return self._tensors[layer]

    def add(self, layer):
        kind, name = layer["class_name"], layer["config"]["name"]
        if kind not in _LAYERS:
            raise UnsupportedModel(f"layers of the class {kind} are not supported")
        if len(layer["inbound_nodes"]) > 1:
            raise UnsupportedModel(f"layer {name!r} is used more than once")
        if layer["config"].get("data_format", "channels_last") != "channels_last":
            raise UnsupportedModel(f"layer {name!r}: channels that do not come last")
        sources = [self.tensor(source[0]) for node in layer["inbound_nodes"] for source in node]
        self._tensors[name] = _LAYERS[kind](self, name, layer["config"], *sources)

    def _array(self, layer, name, present=True):
        if not present:
            return None
        if f"{layer}/{name}" not in self._weights:
            raise FormatError(f"the weights have no {layer}/{name}")
        return self._weights[f"{layer}/{name}"]

    def _input(self, name, config):
        shape = config["batch_input_shape"]
        if len(shape) != 4 or shape[3] != 3:
            raise UnsupportedModel(f"input shape {shape} is not one RGB picture")
        height, width = (n or given for n, given in zip(shape[1:3], self._size))
        self.inputs.append(self._builder.tensor(name, (1, height, width, 3)))
        return self.inputs[-1]

    def _same(self, _name, _config, x):
        return x

    def _conv(self, name, config, x):
        return self._convolution(self._builder.conv, "kernel", name, config, x)

    def _depthwise(self, name, config, x):
        return self._convolution(self._builder.depthwise, "depthwise_kernel", name, config, x)

    def _convolution(self, build, kernel, name, config, x):
        kernel, bias = self._array(name, kernel), self._array(name, "bias", config["use_bias"])
        numbers = config["strides"], config["padding"].upper(), config["dilation_rate"]
        return self._activated(name, config, lambda own: build(own, x, kernel, bias, *numbers))

    def _dense(self, name, config, x):
        kernel, bias = self._array(name, "kernel"), self._array(name, "bias", config["use_bias"])
        return self._activated(name, config, lambda own: self._builder.dense(own, x, kernel, bias))

    def _activation(self, name, config, x):
        return self._activated(name, config, lambda _: x)

    def _activated(self, name, config, compute):
        """The layer's activation over what `compute` adds under a name of its own."""
        activation = config["activation"]
        if activation == "linear":
            return compute(name)
        x = compute(f"{name}/linear")
        if activation == "softmax":
            return self._builder.softmax(name, x)
        kinds = {"relu": "RELU", "relu6": "RELU6", "sigmoid": "LOGISTIC"}
        if activation not in kinds:
            raise UnsupportedModel(f"layer {name!r}: the activation {activation}")
        return self._builder.unary(kinds[activation], name, x)

    def _relu(self, name, config, x):
        highest = config.get("max_value")
        if config.get("negative_slope") or config.get("threshold") or highest not in (None, 6):
            raise UnsupportedModel(f"layer {name!r}: a ReLU other than up to 6 or without end")
        return self._builder.unary("RELU" if highest is None else "RELU6", name, x)

    def _normalization(self, name, config, x):
        """Batch normalization, as the product and the sum that it is."""
        axis = config["axis"][0] if isinstance(config["axis"], list) else config["axis"]
        if axis not in (-1, len(self._builder.shape(x)) - 1):
            raise UnsupportedModel(f"layer {name!r}: normalization over axis {axis}")
        mean = self._array(name, "moving_mean").astype(np.float64)
        variance = self._array(name, "moving_variance").astype(np.float64)
        scale = 1 / np.sqrt(variance + config["epsilon"])
        if config["scale"]:
            scale = scale * self._array(name, "gamma")
        shift = -mean * scale
        if config["center"]:
            shift = shift + self._array(name, "beta")
        product = self._builder.binary("MUL", f"{name}/scaled", x, self._builder.constant(f"{name}/scale", scale))
        return self._builder.binary("ADD", name, product, self._builder.constant(f"{name}/shift", shift))

    def _max_pool(self, name, config, x):
        return self._pool("MAX_POOL_2D", name, config, x)

    def _average_pool(self, name, config, x):
        return self._pool("AVERAGE_POOL_2D", name, config, x)

    def _pool(self, kind, name, config, x):
        return self._builder.pool(kind, name, x, config["pool_size"], config["strides"], config["padding"].upper())

    def _global_average(self, name, config, x):
        return self._builder.mean(name, x, [1, 2], bool(config.get("keepdims")))

    def _zero_padding(self, name, config, x):
        return self._builder.pad(name, x, [[0, 0], *config["padding"], [0, 0]])

    def _add(self, name, _config, *sources):
        if len(sources) != 2:
            raise UnsupportedModel(f"layer {name!r}: a sum of {len(sources)}")
        return self._builder.binary("ADD", name, *sources)

    def _concatenate(self, name, config, *sources):
        return self._builder.concatenate(name, sources, config["axis"])

    def _flatten(self, name, _config, x):
        return self._builder.reshape(name, x, (1, int(np.prod(self._builder.shape(x)))))


_LAYERS = {
    "Activation": _Layers._activation,
    "Add": _Layers._add,
    "AveragePooling2D": _Layers._average_pool,
    "BatchNormalization": _Layers._normalization,
    "Concatenate": _Layers._concatenate,
    "Conv2D": _Layers._conv,
    "Dense": _Layers._dense,
    "DepthwiseConv2D": _Layers._depthwise,
    "Dropout": _Layers._same,
    "Flatten": _Layers._flatten,
    "GlobalAveragePooling2D": _Layers._global_average,
    "InputLayer": _Layers._input,
    "MaxPooling2D": _Layers._max_pool,
    "ReLU": _Layers._relu,
    "ZeroPadding2D": _Layers._zero_padding,
}
