// One `eyrie serve` process on a data directory of its own: the binary and the directory come from the environment (console_stories_test.py).
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export class Server {
  #data = join(process.env.EYRIE_STORIES_OUTPUT, "data");
  #process = null;
  #output = "";

  // Until it answers. `listen`: where it did before, say.
  async start(listen = "127.0.0.1:0") {
    this.#output = "";
    this.#process = spawn(process.env.EYRIE_BINARY, ["serve", "--data", this.#data, "--listen", listen], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream.on("data", (text) => (this.#output += text));
    for (const end = Date.now() + 120_000; Date.now() < end; await sleep(50)) {
      if (this.#process.exitCode !== null) throw new Error(`the server ended with ${this.#process.exitCode}:\n${this.#output}`);
      if (this.#told("server.json")?.pid === this.#process.pid && (await this.#answers())) return;
    }
    throw new Error(`the server does not answer:\n${this.#output}`);
  }

  async #answers() {
    return fetch(this.endpoint + "/_eyrie/health").then((answer) => answer.ok, () => false);
  }
  #told(file) {
    const path = join(this.#data, file);
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8") || "{}") : undefined;
  }

  get endpoint() {
    return this.#told("server.json").endpoint;
  }
  get address() {
    return new URL(this.endpoint).host;
  }
  get credentials() {
    const key = this.#told("root-key.json");
    return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey };
  }
  // What it prints for whoever has started it.
  async link() {
    for (;;) {
      const found = this.#output.match(/http\S+\/_console\/#\/sign-in\?token=[\w-]+/);
      if (found) return found[0];
      await sleep(50);
    }
  }

  // kill -9, or SIGTERM.
  async end(signal = "SIGKILL") {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((done) => this.#process.once("exit", done));
    this.#process.kill(signal);
    await ended;
  }
}
