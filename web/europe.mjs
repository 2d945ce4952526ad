// SPDX-License-Identifier: EUPL-1.2
// The map of Europe as outlines, cut at build from Natural Earth (world-atlas, 1:50 m): a page loads some kilobytes of it and no library.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoAzimuthalEqualArea, geoPath } from "d3-geo";
import { feature } from "topojson-client";

const MEMBERS = { "040": "AT", "056": "BE", 100: "BG", 191: "HR", 196: "CY", 203: "CZ", 208: "DK", 233: "EE", 246: "FI", 250: "FR", 276: "DE", 300: "EL", 348: "HU", 372: "IE", 380: "IT", 428: "LV", 440: "LT", 442: "LU", 470: "MT", 528: "NL", 616: "PL", 620: "PT", 642: "RO", 703: "SK", 705: "SI", 724: "ES", 752: "SE" };
const WIDTH = 640;
const HEIGHT = 600;
const SMALL = 30; // square units below which a state also gets a ring

function outlines() {
  const atlas = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("world-atlas/countries-50m.json"), "utf8"));
  const projection = geoAzimuthalEqualArea().rotate([-11, -52]).scale(880).translate([WIDTH / 2 - 10, HEIGHT / 2 + 5]).clipExtent([[0, 0], [WIDTH, HEIGHT]]).precision(0.5);
  const path = geoPath(projection).digits(1);
  const near = [];
  const states = [];
  for (const one of feature(atlas, atlas.objects.countries).features) {
    const outline = path(one);
    if (!outline) continue;
    const code = MEMBERS[one.id];
    if (code === undefined) near.push(outline);
    else {
      const [x, y] = path.centroid(one).map((n) => Math.round(n));
      states.push({ code, outline, x, y, isSmall: path.area(one) < SMALL });
    }
  }
  if (states.length !== Object.keys(MEMBERS).length) throw new Error(`the map has ${states.length} members`);
  return { width: WIDTH, height: HEIGHT, near: near.join(""), states };
}

const ID = "virtual:europe";
export function europe() {
  return {
    name: "europe",
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load: (id) => (id === `\0${ID}` ? `export const map = ${JSON.stringify(outlines())};` : null),
  };
}
