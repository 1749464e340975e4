import { defineConfig } from "vite";
import { kPerDegree, landPath } from "./land.mjs";

// What src/parts/world.ts draws, as a module of its own that is fetched when a map is looked at.
const land = {
  name: "land",
  resolveId: (id) => (id === "virtual:land" ? "\0virtual:land" : null),
  load: (id) => (id === "\0virtual:land" ? `export const path = ${JSON.stringify(landPath())};\nexport const perDegree = ${kPerDegree};` : null),
};

export default defineConfig({
  base: "/_console/",
  plugins: [land],
  build: {
    target: "es2022",
    // Without it Vite puts small files and a script into the page, which the policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
