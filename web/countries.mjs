// The world's countries for the server's search: Natural Earth's at 1:50 million (public domain), out of the package world-atlas, with their names in English and German as this
// machine's Intl knows them. `node countries.mjs FILE` writes, all little-endian: the number of countries (16 bits), then of each its ISO 3166 code (2 letters), its names (8 bits of
// length, then UTF-8, lower case, one a line), the number of its rings (16 bits), and of each ring the number of its points (16 bits) and the points: longitude, latitude in hundredths
// of a degree (16 bits each, signed; beyond 180 where a ring crosses the meridian). Who reads it: src/analysis/pictures/countries.h.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature } from "topojson-client";
import { unrolled } from "./land.mjs";

const kPerDegree = 100;

// What the data has without a number, but people look for.
const kUnnumbered = { Kosovo: "XK", "N. Cyprus": "CY", Somaliland: "SO" };

function codeOf({ id, properties }) {
  const code = id === undefined ? kUnnumbered[properties.name] : Intl.getCanonicalLocales(`und-${id}`)[0].slice(4);
  return /^[A-Z]{2}$/.test(code ?? "") ? code : null;
}

function packed(ring) {
  const points = [];
  for (const [longitude, latitude] of unrolled(ring)) {
    const point = [Math.round(longitude * kPerDegree), Math.round(latitude * kPerDegree)];
    const last = points.at(-1);
    if (!last || last[0] !== point[0] || last[1] !== point[1]) points.push(point);
  }
  points.pop(); // the first once more
  return points.length < 3 ? null : Buffer.from(Int16Array.from(points.flat()).buffer);
}

const short = (number) => Buffer.from(Uint16Array.of(number).buffer);

function countries() {
  const topology = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("world-atlas/countries-50m.json"), "utf8"));
  const [english, german] = ["en", "de"].map((language) => new Intl.DisplayNames(language, { type: "region" }));
  const all = new Map();
  for (const one of feature(topology, topology.objects.countries).features) {
    const code = codeOf(one);
    if (!code || !one.geometry) continue;
    const country = all.get(code) ?? { names: new Set([english.of(code), german.of(code)]), rings: [] };
    country.names.add(one.properties.name);
    const polygons = one.geometry.type === "Polygon" ? [one.geometry.coordinates] : one.geometry.coordinates;
    country.rings.push(...polygons.flat().map(packed).filter(Boolean));
    all.set(code, country);
  }
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
}

const all = countries();
const parts = [short(all.length)];
for (const [code, { names, rings }] of all) {
  const text = Buffer.from([...names].map((name) => name.toLowerCase()).join("\n"));
  if (text.length > 255) throw new Error(`the names of ${code} are too long`);
  parts.push(Buffer.from(code), Buffer.of(text.length), text, short(rings.length));
  for (const ring of rings) parts.push(short(ring.length / 4), ring);
}
if (all.length > 254) throw new Error("more countries than a byte tells apart");
writeFileSync(process.argv[2], Buffer.concat(parts));
