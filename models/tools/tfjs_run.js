// Runs a TF.js model in TF.js itself, for models/tools/parity.py:
//
//   node tfjs_run.js TFJS FOLDER
//
// TFJS/node_modules holds TF.js (all of it, as the @tensorflow/tfjs-core that the other asks for) and its WebAssembly
// backend, which is some twenty times as fast as the one in plain JavaScript.
//
// FOLDER/request.json: {"model": model.json's content, "shape": of an input, "inputs": how many, "results": nodes}
// FOLDER/weights.bin, FOLDER/input_N.bin: in; FOLDER/output_N_RESULT.bin: out, floats, little-endian.
"use strict";
const fs = require("fs");
const path = require("path");
const modules = path.resolve(process.argv[2], "node_modules", "@tensorflow");
const tf = require(path.join(modules, "tfjs-core"));
const wasm = require(path.join(modules, "tfjs-backend-wasm"));
const folder = process.argv[3];

function bytesOf(file) {
  const content = fs.readFileSync(path.join(folder, file));
  return content.buffer.slice(content.byteOffset, content.byteOffset + content.length);
}

async function main() {
  wasm.setWasmPaths(path.join(modules, "tfjs-backend-wasm") + path.sep);
  if (!(await tf.setBackend("wasm"))) throw new Error("no WebAssembly backend");
  const { model, shape, inputs, results } = JSON.parse(fs.readFileSync(path.join(folder, "request.json"), "utf8"));
  const artifacts = {
    modelTopology: model.modelTopology,
    format: model.format,
    signature: model.signature,
    weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
    weightData: bytesOf("weights.bin"),
  };
  const isGraph = "node" in model.modelTopology;
  const handler = { load: async () => artifacts };
  const loaded = await (isGraph ? tf.loadGraphModel(handler) : tf.loadLayersModel(handler));
  for (let i = 0; i < inputs; i++) {
    const input = tf.tensor(new Float32Array(bytesOf(`input_${i}.bin`)), shape);
    const outputs = isGraph ? loaded.execute(input, results) : loaded.predict(input);
    [outputs].flat().forEach((output, j) => {
      const values = output.dataSync();
      fs.writeFileSync(path.join(folder, `output_${i}_${j}.bin`), Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    });
  }
}

main().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
