// What the server tells of a range of time.
import { ask } from "../../api";

export interface Count {
  name: string;
  count: number;
}
export interface Cost {
  price: "rekognition-group-1" | "rekognition-group-2" | "rekognition-image-properties" | "lambda-requests" | "lambda-duration" | "s3-put" | "s3-get" | "s3-storage" | "dynamodb-write";
  unit: string;
  as_of: string; // a day
  source: string;
  units: number;
  parts: { what: "pictures" | "people" | "calls" | "invocations" | "gb-seconds" | "requests" | "gb-months"; factor: number; count: number }[];
  at: { usd: number; units: number }[];
  usd: number;
}
export interface Alarm {
  name: string;
  description: string;
  state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  reason: string;
  updated: string | null;
}
export interface Dashboard {
  from: string;
  to: string;
  period: number; // seconds
  charts: { name: "invocations" | "errors" | "error-rate" | "duration" | "queue" | "queue-age"; unit: string; series: { name: string; points: [number, number][] }[] }[];
  durations: { p50?: number; p95?: number; p99?: number }; // of the whole range, ms
  alarms: Alarm[];
  weeks: { begin: string; pictures: number; labels: Count[] }[];
  cost: { region: string; usd: number; lines: Cost[] };
}
export interface Place {
  latitude: number;
  longitude: number;
  within: [number, number, number, number]; // west, south, east, north
  pictures: number;
  newest: string;
  labels: Count[];
}
export interface Places {
  pictures: number;
  without: number;
  left_out: number;
  places: Place[];
}

export const dashboard = (range: URLSearchParams, signal: AbortSignal) => ask<Dashboard>("GET", "dashboard?" + range, undefined, signal);
export const places = (query: URLSearchParams, signal: AbortSignal) => ask<Places>("GET", "places?" + query, undefined, signal);
export const csvAddress = (range: URLSearchParams) => "/_console/api/dashboard/csv?" + range;
