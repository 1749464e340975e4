// node icons.mjs: draws public/*.png anew from public/icon.svg, with Debian's Chromium. The build does not need it: the pictures are in the repository.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync, inflateSync } from "node:zlib";

const folder = fileURLToPath(new URL("public/", import.meta.url));
const svg = readFileSync(join(folder, "icon.svg"), "utf8");
const ground = /<rect [^>]*fill="(#\w+)"/.exec(svg)[1];

// Of a maskable icon, and of Apple's, the platform cuts the corners: the ground fills it, and the eye keeps within the safe circle.
const icons = [
  { name: "icon-192.png", side: 192, scale: 1, full: false },
  { name: "icon-512.png", side: 512, scale: 1, full: false },
  { name: "icon-maskable-512.png", side: 512, scale: 0.92, full: true },
  { name: "apple-touch-icon.png", side: 180, scale: 1, full: true },
];

const table = Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce((c) => (c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1), n) >>> 0);
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const crc = (body.reduce((sum, byte) => table[(sum ^ byte) & 255] ^ (sum >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
  const [length, end] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  end.writeUInt32BE(crc);
  return Buffer.concat([length, body, end]);
}

// The first rows of a PNG: rows refer to those before them alone.
function top(png, rows) {
  const chunks = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  const header = Buffer.from(chunks.find(({ type }) => type === "IHDR").data);
  const bytes = header[9] === 6 ? 4 : 3; // of a pixel
  const all = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data)));
  const kept = all.subarray(0, rows * (1 + bytes * header.readUInt32BE(0)));
  header.writeUInt32BE(rows, 4);
  return Buffer.concat([png.subarray(0, 8), chunk("IHDR", header), chunk("IDAT", deflateSync(kept, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

const place = mkdtempSync(join(tmpdir(), "eyrie-icons-"));
try {
  for (const { name, side, scale, full } of icons) {
    const drawn = side * scale;
    const page = join(place, "icon.html");
    writeFileSync(
      page,
      `<!doctype html><style>html,body{margin:0;background:${full ? ground : "transparent"}}svg{position:absolute;width:${drawn}px;height:${drawn}px;left:${(side - drawn) / 2}px;top:${(side - drawn) / 2}px}</style>${svg}`,
    );
    const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1", `--user-data-dir=${join(place, "profile")}`];
    // The window's frame is a part of its size, and the page would be cut: the window is higher, and its top is kept.
    execFileSync("chromium", [...flags, "--default-background-color=00000000", `--window-size=${side},${side + 200}`, `--screenshot=${join(place, "shot.png")}`, `file://${page}`], { stdio: "ignore" });
    writeFileSync(join(folder, name), top(readFileSync(join(place, "shot.png")), side));
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
