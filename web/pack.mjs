// node pack.mjs FOLDER FILE: builds the console into FOLDER and packs it into FILE, as src/app/console/console_files.h describes it.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = fileURLToPath(new URL(".", import.meta.url));
const [folder, file] = process.argv.slice(2);
if (!existsSync(join(here, "node_modules", "vite"))) {
  console.error("web/node_modules is not there: run scripts/setup");
  process.exit(1);
}

const { build } = await import("vite");
await build({ root: here, configFile: join(here, "vite.config.js"), logLevel: "warn", build: { outDir: folder, emptyOutDir: true } });

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const table = [];
const parts = [];
let offset = 0;
const add = (bytes) => {
  parts.push(bytes);
  offset += bytes.length;
  return [offset - bytes.length, bytes.length];
};
for (const path of filesBelow(folder).sort()) {
  const name = relative(folder, path).replaceAll("\\", "/");
  const type = types[extname(path)];
  if (!type) throw new Error(`${name}: a file of no known type`);
  const raw = readFileSync(path);
  table.push({
    path: "/_console/" + (name === "index.html" ? "" : name),
    type,
    etag: `"${createHash("sha256").update(raw).digest("hex").slice(0, 32)}"`,
    immutable: name.startsWith("assets/"),
    raw: add(raw),
    gzip: add(gzipSync(raw, { level: 9 })),
  });
}
writeFileSync(file, Buffer.concat([Buffer.from(JSON.stringify(table) + "\n"), ...parts]));
