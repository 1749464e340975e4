// The limit: the same bytes encrypted (AES-256-GCM, 64 KiB a piece) to plain files and synced, or read and decrypted, by as many threads as the
// machine has cores: one line of JSON.
//
//   node plain_files.mjs FOLDER put|get BYTES CONNECTIONS SECONDS
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const PIECE = 65536;

function write(file, body, key) {
  const fd = fs.openSync(file, "w", 0o600);
  const iv = Buffer.alloc(12);
  for (let at = 0, index = 0; at < body.length; at += PIECE, ++index) {
    iv.writeUInt32LE(index, 0);
    const cipher = crypto.createCipheriv("aes-256-gcm", key, iv);
    fs.writevSync(fd, [cipher.update(body.subarray(at, at + PIECE)), cipher.final(), cipher.getAuthTag()]);
  }
  fs.fsyncSync(fd);
  fs.closeSync(fd);
}

function read(file, size, key) {
  const fd = fs.openSync(file, "r");
  const buffer = Buffer.alloc(PIECE + 16), iv = Buffer.alloc(12);
  for (let at = 0, index = 0; at < size; at += PIECE, ++index) {
    const got = fs.readSync(fd, buffer, 0, PIECE + 16) - 16;
    iv.writeUInt32LE(index, 0);
    const decipher = crypto.createDecipheriv("aes-256-gcm", key, iv);
    decipher.setAuthTag(buffer.subarray(got, got + 16));
    decipher.update(buffer.subarray(0, got));
    decipher.final();
  }
  fs.closeSync(fd);
}

if (isMainThread) {
  const [folder, operation, bytes, connections, seconds] = process.argv.slice(2);
  const threads = Math.min(Number(connections), os.availableParallelism());
  const counts = await Promise.all([...Array(threads).keys()].map((index) => new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { folder, operation, bytes: Number(bytes), seconds: Number(seconds), index } });
    worker.on("message", resolve);
    worker.on("error", reject);
  })));
  const perSecond = counts.reduce((sum, one) => sum + one, 0);
  console.log(JSON.stringify({ perSecond }));
} else {
  const { folder, operation, bytes, seconds, index } = workerData;
  const body = crypto.randomBytes(bytes), key = crypto.randomBytes(32), file = `${folder}/plain-${index}`;
  write(file, body, key);
  const began = performance.now();
  let done = 0;
  for (; performance.now() < began + seconds * 1000; ++done) {
    if (operation === "put") write(`${file}-${done % 8}`, body, key);
    else read(file, bytes, key);
  }
  parentPort.postMessage(done / ((performance.now() - began) / 1000));
}
