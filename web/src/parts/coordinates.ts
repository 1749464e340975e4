// A position on Earth in words: 48.2085° N, 16.3721° E.
import { number, t } from "../i18n";

export interface Position {
  latitude: number; // degrees; north positive
  longitude: number; // degrees; east positive
}

export function coordinates({ latitude, longitude }: Position, digits = 4): string {
  const side = (value: number, plus: "compass.north" | "compass.east", minus: "compass.south" | "compass.west") => `${number(Math.abs(value), digits)}° ${t(value < 0 ? minus : plus)}`;
  return `${side(latitude, "compass.north", "compass.south")}, ${side(longitude, "compass.east", "compass.west")}`;
}
