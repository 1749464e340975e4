import { defineConfig } from "vite";

export default defineConfig({
  base: "/_console/",
  build: {
    target: "es2022",
    // Without it Vite puts small files and a script into the page, which the policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
