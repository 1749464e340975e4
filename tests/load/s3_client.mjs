// Load on an S3 endpoint over so many connections for so long: one line of JSON.
//
//   node s3_client.mjs ENDPOINT KEY SECRET BUCKET put|get BYTES CONNECTIONS SECONDS
//
// Each connection has one request under way at a time. Requests are signed (UNSIGNED-PAYLOAD), headers only, so that the client costs
// little beside what is measured.
import crypto from "node:crypto";
import http from "node:http";

const [endpoint, key, secret, bucket, operation, bytes, connections, seconds] = process.argv.slice(2);
const { hostname, port, host } = new URL(endpoint);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(connections) });
const body = crypto.randomBytes(Number(bytes));
const hmac = (k, text) => crypto.createHmac("sha256", k).update(text).digest();

function headers(method, path) {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const date = stamp.slice(0, 8), scope = `${date}/us-east-1/s3/aws4_request`;
  const signed = "host;x-amz-content-sha256;x-amz-date";
  const canonical = `${method}\n${path}\n\nhost:${host}\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:${stamp}\n\n${signed}\nUNSIGNED-PAYLOAD`;
  const text = `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${crypto.createHash("sha256").update(canonical).digest("hex")}`;
  const signing = ["us-east-1", "s3", "aws4_request"].reduce(hmac, hmac("AWS4" + secret, date));
  return {
    host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": stamp,
    authorization: `AWS4-HMAC-SHA256 Credential=${key}/${scope}, SignedHeaders=${signed}, Signature=${hmac(signing, text).toString("hex")}`,
  };
}

function request(method, path, content) {
  return new Promise((resolve, reject) => {
    const sent = http.request({ hostname, port, method, path, agent, headers: headers(method, path) }, (answer) => {
      let size = 0;
      answer.on("data", (piece) => { size += piece.length; });
      answer.on("end", () => (answer.statusCode === 200 ? resolve(size) : reject(new Error(`${method} ${path}: ${answer.statusCode}`))));
      answer.on("error", reject);
    });
    sent.on("error", reject);
    if (content) sent.setHeader("content-length", content.length);
    sent.end(content);
  });
}

const times = [];
const path = (index) => `/${bucket}/bench-${bytes}-${index}`;

async function connection(index, until) {
  while (performance.now() < until) {
    const began = performance.now();
    if (operation === "put") await request("PUT", path(index), body);
    else if ((await request("GET", path(index))) !== body.length) throw new Error("a body of another length");
    times.push(performance.now() - began);
  }
}

const every = [...Array(Number(connections)).keys()];
if (operation === "get") for (const index of every) await request("PUT", path(index), body);
const began = performance.now();
await Promise.all(every.map((index) => connection(index, began + Number(seconds) * 1000)));
const taken = (performance.now() - began) / 1000;
times.sort((a, b) => a - b);
const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
console.log(JSON.stringify({ requests: times.length, perSecond: times.length / taken, p50: at(0.5), p99: at(0.99) }));
process.exit(0);
