// SPDX-License-Identifier: EUPL-1.2
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { europe } from "./europe.mjs";

// The node serves what is built here under /app/, from its own binary. Names of assets carry their hash.
export default defineConfig({
  base: "/app/",
  plugins: [svelte(), europe()],
  build: {
    target: "es2022",
    outDir: "../build/web",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
