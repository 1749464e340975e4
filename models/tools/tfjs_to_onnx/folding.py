"""Makes a model of TFLite operators smaller: what an exporter left in many steps becomes one.

* A product with, or a sum of, one constant a channel goes into the weights of the convolution before it. That is
  what batch normalization becomes.
* The smaller of a number and 6, and then the larger of that and 0, is RELU6.
"""

import dataclasses

import numpy as np

# Where the output channels are in the weights of an operator.
_CHANNEL_AXES = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 0}


def fold(model, results):
    """The model with fewer operators. `results`: tensors that have to stay as they are."""
    return _Folding(model, results).run()


class _Folding:
    def __init__(self, model, results):
        self._model = model
        self._tensors = list(model.tensors)
        self._producers = {}
        self._readers = {index: 1 for index in results}
        for operator in model.operators:
            for index in set(operator.inputs):
                self._readers[index] = self._readers.get(index, 0) + 1

    def run(self):
        operators = []
        for operator in self._model.operators:
            folded = self._clip(operator) or self._into_weights(operator)
            if folded is None:
                operators.append(operator)
            elif folded[0] is None:
                operators.append(folded[1])
            else:
                operators[next(i for i, op in enumerate(operators) if op is folded[0])] = folded[1]
            self._producers[operator.outputs[0]] = operators[-1] if folded is None else folded[1]
        return dataclasses.replace(self._model, tensors=self._tensors, operators=operators)

    def _clip(self, operator):
        if operator.name != "MAXIMUM" or self._number(operator) != 0:
            return None
        smaller = self._producers.get(operator.inputs[0])
        if smaller is None or smaller.name != "MINIMUM" or self._number(smaller) != 6:
            return None
        source = smaller.inputs[0]
        before = self._producers.get(source)
        if before is not None and before.name == "RELU":
            source = before.inputs[0]
        return None, dataclasses.replace(operator, name="RELU6", inputs=(source,))

    def _number(self, operator):
        """The second operand, where it is one constant number."""
        data = self._tensors[operator.inputs[1]].data
        return float(data.reshape(-1)[0]) if data is not None and data.size == 1 else None

    def _into_weights(self, operator):
        """(the operator before, what takes the place of both)"""
        if operator.name not in ("MUL", "ADD", "SUB") or operator.options["activation"]:
            return None
        source, other = operator.inputs
        before = self._producers.get(source)
        if before is None or before.name not in _CHANNEL_AXES or before.options["activation"]:
            return None
        values = self._one_a_channel(other, self._tensors[before.outputs[0]].shape)
        if values is None or self._readers[source] != 1:
            return None
        weights, bias = self._weights(before)
        if operator.name == "MUL":
            shape = [1] * weights.ndim
            shape[_CHANNEL_AXES[before.name]] = -1
            weights, bias = weights * values.reshape(shape), bias * values
        else:
            bias = bias + (values if operator.name == "ADD" else -values)
        inputs = (before.inputs[0], self._constant(weights), self._constant(bias))
        return before, dataclasses.replace(before, inputs=inputs, outputs=operator.outputs)

    def _one_a_channel(self, index, shape):
        data = self._tensors[index].data
        if data is None or data.dtype != np.float32 or data.size not in (1, shape[-1]):
            return None
        if data.size > 1 and data.shape[-1] != shape[-1]:
            return None
        return np.broadcast_to(data.reshape(-1).astype(np.float64), shape[-1:])

    def _weights(self, operator):
        weights = self._tensors[operator.inputs[1]].data.astype(np.float64)
        if len(operator.inputs) > 2:
            return weights, self._tensors[operator.inputs[2]].data.astype(np.float64)
        return weights, np.zeros(weights.shape[_CHANNEL_AXES[operator.name]])

    def _constant(self, values):
        """Float64 until the last, so that folding twice rounds as little as folding once."""
        index = len(self._tensors)
        none = np.empty(0, np.float32), np.empty(0, np.int64)
        tensor = type(self._tensors[0])(index, f"folded_{index}", values.shape, values.dtype, values, *none, 0)
        self._tensors.append(tensor)
        return index
