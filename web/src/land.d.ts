declare module "virtual:land" {
  export const path: string; // of an SVG: see land.mjs
  export const perDegree: number;
}
