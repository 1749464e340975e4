"""The models before conversion, in the runtimes they were made for: what a pack's results are held against.

Each has run(inputs): for every input as the pack's model takes it, {name of the pack's result: array}. The array's
shape is told only where the runtime tells it.
"""

import json
import pathlib
import subprocess
import tempfile

import numpy as np

import npm
import tfjs_to_onnx
from tflite_to_onnx import schema
from tflite_to_onnx.convert import POST_PROCESS
from tflite_to_onnx.flatbuffer import Table


class TfliteOriginal:
    """A TFLite file in TensorFlow Lite's own C library.

    Results that the file does not give by itself are had by overwriting its list of outputs: a chosen tensor, or the
    inputs of a detector's TFLite_Detection_PostProcess, which would hide the raw numbers.
    """

    def __init__(self, runtime, source, model):
        self._model = schema.load(source)
        self._results = self._wanted(model.results)
        content = bytearray(source)
        outputs = Table.root(content, schema.IDENTIFIER).tables(2)[0].numbers(2, "<i4")
        outputs[:] = np.resize(list(self._results.values()), outputs.size)  # writes into `content`
        self._order = [int(i) for i in outputs]
        self._interpreter = runtime.interpreter(bytes(content))
        self._rule = model.input

    def run(self, inputs):
        return [self._run_one(x) for x in inputs]

    def _run_one(self, x):
        outputs = self._interpreter.run(self._rounded(x))
        places = {name: self._order.index(index) for name, index in self._results.items()}
        return {name: self._real(outputs[place], self._results[name]) for name, place in places.items()}

    def _wanted(self, results):
        model, last = self._model, self._model.operators[-1]
        if results:
            indices = {tensor.name: tensor.index for tensor in model.tensors}
            return {name: indices[source] for name, source in results.items()}
        if last.name == POST_PROCESS:
            return {"boxes": last.inputs[0], "scores": last.inputs[1]}
        return {"scores": model.outputs[0]}

    def _rounded(self, pixels):
        """What the TFLite model wants in the place of pixels (see pixel_mean in tflite_to_onnx.convert)."""
        if "pixel_scale" not in self._rule:
            return pixels
        tensor = self._model.tensors[self._model.inputs[0]]
        real = (pixels.astype(np.float32) - self._rule["pixel_mean"]) / self._rule["pixel_scale"]
        return np.clip(np.round(real / tensor.scale[0] + tensor.zero_point[0]), 0, 255).astype(np.uint8)

    def _real(self, values, index):
        tensor = self._model.tensors[index]
        if not tensor.quantized:
            return values
        return (values.astype(np.float32) - np.float32(tensor.zero_point[0])) * tensor.scale[0]


class OnnxOriginal:
    """An ONNX file as it was fetched, in ONNX Runtime."""

    def __init__(self, runtime, path):
        self._session = runtime.session(path)

    def run(self, inputs):
        name = self._session.input_names[0].decode()
        return [self._session.run({name: x}) for x in inputs]


class TfjsOriginal:
    """A TF.js model in TF.js itself, run by node."""

    def __init__(self, folder, contents, results):
        self._folder = folder
        self._model, shards = tfjs_to_onnx.read(contents)
        names = [path for group in self._model["weightsManifest"] for path in group["paths"]]
        self._weights = b"".join(shards[name] for name in names)
        self._results = results or {"scores": None}

    def run(self, inputs):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            request = {
                "model": self._model,
                "shape": inputs[0].shape,
                "inputs": len(inputs),
                "results": list(self._results.values()),
            }
            (folder / "request.json").write_text(json.dumps(request), "utf-8")
            (folder / "weights.bin").write_bytes(self._weights)
            for i, x in enumerate(inputs):
                (folder / f"input_{i}.bin").write_bytes(x.astype("<f4").tobytes())
            script = pathlib.Path(__file__).resolve().parent / "tfjs_run.js"
            command = ["node", str(script), str(self._folder), name]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise npm.FetchError(f"node {script.name} failed and said:\n{done.stderr.strip()}")
            return [
                {result: np.fromfile(folder / f"output_{i}_{j}.bin", "<f4") for j, result in enumerate(self._results)}
                for i in range(len(inputs))
            ]
