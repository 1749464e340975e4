// What a result file holds, as the picture's view needs it: things that can be pointed at, and lists. The file is the server's own, but any of its
// parts may be missing.
import type { Box } from "./reading";
import { exactly, number, t } from "../i18n";

export type Kind = "object" | "face" | "word";
export interface Mark {
  id: string; // of what it belongs to in the lists
  kind: Kind;
  name: string;
  confidence: number;
  points: [number, number][]; // 0..1 of width and height
}
export interface Label {
  name: string;
  confidence: number;
  parents: string[];
  instances: number;
}
export interface Face {
  id: string;
  confidence: number;
  age: [number, number] | null;
  attributes: { name: string; confidence: number }[];
}
export interface Line {
  id: string;
  text: string;
  confidence: number;
  box: Box;
}
export interface Colour {
  hex: string;
  percent: number;
}
export interface Findings {
  labels: Label[];
  faces: Face[];
  lines: Line[];
  moderation: { name: string; parent: string; confidence: number }[];
  colours: Colour[];
  quality: Record<string, number>;
  exif: [string, string][];
  marks: Mark[];
}

type Json = Record<string, any>;
const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const num = (value: unknown): number => (typeof value === "number" ? value : 0);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

function corners(box: Json | undefined): [number, number][] {
  const left = num(box?.["Left"]), top = num(box?.["Top"]), right = left + num(box?.["Width"]), bottom = top + num(box?.["Height"]);
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

// As Rekognition calls them.
const kFaceWords = ["ANGRY", "CALM", "CONFUSED", "DISGUSTED", "FEAR", "HAPPY", "SAD", "SURPRISED", "UNKNOWN", "Female", "Male", "Beard", "Eyeglasses", "EyesOpen", "FaceOccluded", "MouthOpen", "Mustache", "Smile", "Sunglasses"] as const;
function faceWord(name: string): string {
  const known = kFaceWords.find((one) => one === name);
  return known ? t(`face.is.${known}`) : name.replace(/([a-z])([A-Z])/g, "$1 $2");
}

// For people: 1/75 s, f/2.8, 35 mm; the time is the camera's own.
const plain = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
const kExif = ["Make", "Model", "Lens", "Software", "DateTimeOriginal", "ExposureTime", "FNumber", "FocalLength", "ISO", "Orientation"] as const;
function exifValue(name: (typeof kExif)[number], value: unknown): string {
  if (name === "DateTimeOriginal" && typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(value)) return Number.isNaN(Date.parse(value)) ? value : exactly(value);
  if (typeof value !== "number" || !(value > 0)) return plain(value);
  switch (name) {
    case "ExposureTime":
      return value < 0.3 ? `1/${number(Math.round(1 / value))} s` : `${number(value, 1)} s`;
    case "FNumber":
      return `f/${number(value, 1)}`;
    case "FocalLength":
      return `${number(value, 1)} mm`;
    case "Orientation":
      return value >= 2 && value <= 8 ? t(`exif.Orientation.${value as 2}`) : String(value);
    default:
      return String(value);
  }
}
function exifOf(exif: Json): [string, string][] {
  // Where it was taken has a section of its own.
  return Object.entries(exif).filter(([name]) => name !== "GPS").map(([name, value]) => {
    const known = kExif.find((one) => one === name);
    if (known) return [t(`exif.${known}`), exifValue(known, value)];
    return [name, plain(value)];
  });
}

function attributesOf(face: Json): Face["attributes"] {
  const found: Face["attributes"] = [];
  const emotion = list(face["Emotions"]).sort((a, b) => num(b["Confidence"]) - num(a["Confidence"]))[0];
  if (emotion) found.push({ name: faceWord(text(emotion["Type"])), confidence: num(emotion["Confidence"]) });
  if (face["Gender"]) found.push({ name: faceWord(text(face["Gender"]["Value"])), confidence: num(face["Gender"]["Confidence"]) });
  for (const [name, value] of Object.entries(face)) {
    if (value && typeof value === "object" && (value as Json)["Value"] === true) found.push({ name: faceWord(name), confidence: num((value as Json)["Confidence"]) });
  }
  return found;
}

export function findingsOf(result: Json): Findings {
  const marks: Mark[] = [];
  const labels = list(result["DetectLabels"]?.["Labels"]).map((label) => {
    const name = text(label["Name"]);
    const instances = list(label["Instances"]);
    for (const instance of instances) {
      marks.push({ id: "label:" + name, kind: "object", name, confidence: num(instance["Confidence"]), points: corners(instance["BoundingBox"]) });
    }
    return { name, confidence: num(label["Confidence"]), parents: list(label["Parents"]).map((parent) => text(parent["Name"])), instances: instances.length };
  });
  const faces = list(result["DetectFaces"]?.["FaceDetails"]).map((face, at) => {
    const id = "face:" + at;
    const confidence = num(face["Confidence"]);
    const age = face["AgeRange"];
    marks.push({ id, kind: "face", name: "", confidence, points: corners(face["BoundingBox"]) });
    return { id, confidence, age: age ? ([num(age["Low"]), num(age["High"])] as [number, number]) : null, attributes: attributesOf(face) };
  });
  const lines: Line[] = [];
  for (const found of list(result["DetectText"]?.["TextDetections"])) {
    const isLine = found["Type"] === "LINE";
    const id = "text:" + (isLine ? found["Id"] : (found["ParentId"] ?? found["Id"]));
    const confidence = num(found["Confidence"]);
    if (isLine) {
      const [[left, top], , [right, bottom]] = corners(found["Geometry"]?.["BoundingBox"]) as [[number, number], unknown, [number, number]];
      lines.push({ id, text: text(found["DetectedText"]), confidence, box: { left, top, right, bottom } });
      continue;
    }
    const polygon = list(found["Geometry"]?.["Polygon"]).map((point): [number, number] => [num(point["X"]), num(point["Y"])]);
    marks.push({ id, kind: "word", name: text(found["DetectedText"]), confidence, points: polygon.length > 2 ? polygon : corners(found["Geometry"]?.["BoundingBox"]) });
  }
  const properties = result["ImageProperties"] as Json | undefined;
  return {
    labels,
    faces,
    lines,
    moderation: list(result["DetectModerationLabels"]?.["ModerationLabels"]).map((label) => ({ name: text(label["Name"]), parent: text(label["ParentName"]), confidence: num(label["Confidence"]) })),
    colours: list(properties?.["DominantColors"]).map((colour) => ({ hex: text(colour["HexCode"]), percent: num(colour["PixelPercent"]) })),
    quality: Object.fromEntries(Object.entries((properties?.["Quality"] as Json | undefined) ?? {}).map(([name, value]) => [name, num(value)])),
    exif: exifOf((result["Exif"] as Json | undefined) ?? {}),
    marks,
  };
}

// Labels as a tree, flattened: each below the nearest of its ancestors that was seen too.
export function hierarchy(labels: Label[]): { label: Label; depth: number }[] {
  const byName = new Map(labels.map((label) => [label.name, label]));
  const depth = (label: Label) => label.parents.filter((name) => byName.has(name)).length;
  const parent = (label: Label) => label.parents.map((name) => byName.get(name)).filter((one) => one !== undefined).sort((a, b) => depth(b) - depth(a))[0];
  const below = new Map<Label | undefined, Label[]>();
  for (const label of labels) {
    const over = parent(label);
    below.set(over, [...(below.get(over) ?? []), label]);
  }
  const rows: { label: Label; depth: number }[] = [];
  const walk = (over: Label | undefined, level: number) => {
    for (const label of below.get(over) ?? []) {
      if (rows.some((row) => row.label === label)) continue;
      rows.push({ label, depth: level });
      walk(label, level + 1);
    }
  };
  walk(undefined, 0);
  return rows;
}
