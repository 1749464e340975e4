"""Converts TensorFlow Lite models to ONNX.

    flatbuffer.py  bounded reading of FlatBuffers tables
    schema.py      the parts of the TFLite schema the converter needs
    graph.py       the ONNX graph under construction: tensors, names, layout
    operators.py   one function an operator
    convert.py     the whole of it: bytes in, onnx.ModelProto out
"""

from tflite_to_onnx.convert import convert, convert_model
from tflite_to_onnx.flatbuffer import FormatError
from tflite_to_onnx.graph import UnsupportedModel

__all__ = ["convert", "convert_model", "FormatError", "UnsupportedModel"]
