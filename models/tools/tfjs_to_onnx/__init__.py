"""Converts TF.js models, graph models and layers models, to ONNX.

    bundle.py        models that lie in JavaScript bundles
    weights.py       arrays out of the shards of weights
    graph_model.py   TensorFlow's graphs
    layers_model.py  Keras's layers
    builder.py       both in TFLite's operators, with their shapes
    folding.py       batch normalization into weights
    convert.py       the whole of it: files in, onnx.ModelProto out
"""

from tflite_to_onnx.flatbuffer import FormatError
from tflite_to_onnx.graph import UnsupportedModel
from tfjs_to_onnx.convert import convert, read

__all__ = ["convert", "read", "FormatError", "UnsupportedModel"]
