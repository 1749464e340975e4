// The world's coasts as one SVG path: Natural Earth's land at 1:110 million (public domain), out of the package world-atlas. x is 20 times the longitude, y is -20 times the latitude, so
// a twentieth of a degree is what it can tell; points closer than that are one, islands of fewer than three are left out.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature } from "topojson-client";

export const kPerDegree = 20;

// The data's rings cross the 180th meridian: they go on beyond it, so that no line leads back around the world. The one about the pole is closed along it.
export function unrolled(ring) {
  const points = [];
  let turn = 0;
  for (const [longitude, latitude] of ring) {
    const before = points.at(-1);
    if (before && Math.abs(longitude + turn - before[0]) > 180) turn += longitude + turn < before[0] ? 360 : -360;
    points.push([longitude + turn, latitude]);
  }
  const first = points[0], last = points.at(-1);
  if (Math.abs(last[0] - first[0]) > 180) {
    const pole = last[1] < 0 ? -90 : 90;
    points.push([last[0], pole], [first[0], pole], first);
  }
  // Where most of it is told to be.
  const longitudes = points.map(([longitude]) => longitude);
  const shift = 360 * Math.round((Math.min(...longitudes) + Math.max(...longitudes)) / 720);
  return points.map(([longitude, latitude]) => [longitude - shift, latitude]);
}

function pathOf(ring) {
  const points = [];
  for (const [longitude, latitude] of unrolled(ring)) {
    const point = [Math.round(longitude * kPerDegree), Math.round(-latitude * kPerDegree)];
    const last = points.at(-1);
    if (!last || last[0] !== point[0] || last[1] !== point[1]) points.push(point);
  }
  points.pop(); // the first once more
  if (points.length < 3) return "";
  const steps = points.slice(1).map(([x, y], at) => [x - points[at][0], y - points[at][1]]);
  // "12-3" is "12 -3": a minus needs no space before it.
  const pack = (numbers) => numbers.map((number, at) => (at && number >= 0 ? " " : "") + number).join("");
  return `M${pack(points[0])}l${pack(steps.flat())}z`;
}

export function landPath() {
  const topology = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("world-atlas/land-110m.json"), "utf8"));
  const { features } = feature(topology, topology.objects.land);
  return features.flatMap(({ geometry }) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates)).flat().map(pathOf).join("");
}
