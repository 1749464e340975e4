"""A TF.js model in, ONNX model out, by way of TFLite's operators (tflite_to_onnx).

The input is one picture, NHWC, floats, as the TF.js model takes it. Batch normalization is folded into weights.
"""

import json

import tflite_to_onnx
from tflite_to_onnx.flatbuffer import FormatError
from tflite_to_onnx.graph import UnsupportedModel
from tfjs_to_onnx import bundle, folding, graph_model, layers_model, weights
from tfjs_to_onnx.builder import Builder


def convert(contents, size=(0, 0), results=None):
    """Converts a model given as {file name: bytes}, model.json first. Raises FormatError or UnsupportedModel.

    The files are model.json and the shards of its weights, or the JavaScript bundles that hold these. `size`: height
    and width of the input, where the model leaves them open. `results` ({name: node or layer}): what is wanted of it;
    of a layers model all outputs unless said. Returns an onnx.ModelProto.
    """
    try:
        return _convert(contents, size, results)
    except (FormatError, UnsupportedModel):
        raise
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # Members that are missing or of another kind; a sound model does not get here.
        raise FormatError(f"the model contradicts itself: {error!r}") from error


def _convert(contents, size, results):
    description, shards = read(contents)
    arrays = weights.read_weights(description["weightsManifest"], shards)
    topology = description["modelTopology"]
    builder = Builder()
    build = graph_model.build if "node" in topology else layers_model.build
    if build is graph_model.build and not results:
        raise UnsupportedModel("a graph model without the names of its results")
    source, found = build(builder, topology, arrays, size, results)
    model = folding.fold(builder.model([source], found.values()), found.values())
    return tflite_to_onnx.convert_model(model, found).onnx


def read(contents):
    """(model.json as a dict, {name in its manifest: bytes}): the files as TF.js itself would load them."""
    (first, model), *rest = contents.items()
    if first.endswith(".js"):
        description, shards = bundle.read_object(model), [(name, bundle.read_bytes(data)) for name, data in rest]
    else:
        try:
            description, shards = json.loads(model), rest
        except (ValueError, RecursionError):
            raise FormatError(f"{first} is not JSON") from None
    names = {}
    for name, data in shards:
        name = name.rpartition("/")[2]
        names[name.removesuffix(".js").removesuffix(".min") if name.endswith(".js") else name] = data
    return description, names
