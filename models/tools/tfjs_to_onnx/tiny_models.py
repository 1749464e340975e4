"""Small TF.js models for the tests, made here: a graph model, a layers model, shards and bundles of them."""

import base64
import json

import numpy as np


def text(value):
    return {"s": base64.b64encode(value.encode()).decode()}


def numbers(*values):
    return {"list": {"i": [str(v) for v in values]}}


def node(name, op, inputs=(), **attributes):
    return {"name": name, "op": op, "input": list(inputs), "attr": attributes}


class Weights:
    """Collects arrays; files() gives the manifest and the shards."""

    def __init__(self):
        self.entries, self.data = [], b""

    def add(self, name, values, quantization=None):
        """`quantization`: "uint8", "uint16" or "float16". Returns the values as the model will have them."""
        values = np.asarray(values, np.int32 if np.asarray(values).dtype.kind == "i" else np.float32)
        entry = {"name": name, "shape": list(values.shape), "dtype": str(values.dtype)}
        stored = values
        if quantization == "float16":
            entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
            stored = values.astype(np.float16)
            values = stored.astype(np.float32)
        elif quantization:
            steps = np.iinfo(quantization).max
            low, scale = float(values.min()), float(values.max() - values.min()) / steps
            entry["quantization"] = {"dtype": quantization, "min": low, "scale": scale}
            stored = np.round((values - low) / scale).astype(quantization)
            values = (stored * scale + low).astype(np.float32)
        self.entries.append(entry)
        self.data += stored.tobytes()
        return values

    def files(self, shards=2):
        names = [f"group1-shard{i + 1}of{shards}.bin" for i in range(shards)]
        size = -(-len(self.data) // shards)
        parts = {name: self.data[i * size : (i + 1) * size] for i, name in enumerate(names)}
        return [{"paths": names, "weights": self.entries}], parts


def graph(nodes, weights, **more):
    """{file name: bytes} of a graph model."""
    manifest, shards = weights.files()
    model = {"format": "graph-model", "modelTopology": {"node": nodes}, "weightsManifest": manifest, **more}
    return {"model.json": json.dumps(model).encode(), **shards}


def layers(layer_list, outputs, weights):
    """{file name: bytes} of a layers model."""
    manifest, shards = weights.files()
    config = {"name": "m", "layers": layer_list, "output_layers": [[name, 0, 0] for name in outputs]}
    topology = {"model_config": {"class_name": "Model", "config": config}}
    model = {"format": "layers-model", "modelTopology": topology, "weightsManifest": manifest}
    return {"model.json": json.dumps(model).encode(), **shards}


def layer(name, kind, inputs=(), **config):
    inbound = [[[source, 0, 0, {}] for source in inputs]] if inputs else []
    return {"name": name, "class_name": kind, "config": {"name": name, **config}, "inbound_nodes": inbound}


def as_bundles(files):
    """The same model as JavaScript bundles, as minifiers write them."""
    bundles = {}
    for name, data in files.items():
        if name == "model.json":
            content = javascript(json.loads(data))
            bundles["model.min.js"] = wrapped(content)
        else:
            bundles[f"{name}.min.js"] = wrapped(json.dumps(base64.b64encode(data).decode()))
    return bundles


def wrapped(content):
    head = '!function(e){"object"==typeof exports?module.exports=e():e()}(function(){return({1:[function(e,t,n){t.exports='
    return f"{head}{content}}},{{}}]}},{{}},[1])(1)}});".encode()


def javascript(value):
    """A value as a minifier writes it: bare keys, no leading zeros, !0 and !1."""
    if isinstance(value, dict):
        pairs = (f"{k if k.isidentifier() else json.dumps(k)}:{javascript(v)}" for k, v in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(javascript, value)) + "]"
    if isinstance(value, bool):
        return "!0" if value else "!1"
    content = json.dumps(value)
    return content.replace("0.", ".", 1) if content.startswith(("0.", "-0.")) else content
