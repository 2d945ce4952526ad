// SPDX-License-Identifier: EUPL-1.2
// A table as CSV (RFC 4180). What a spreadsheet would take for a formula is made plain text.
function cell(value: unknown): string {
  const text = value === null || value === undefined ? "" : Array.isArray(value) ? value.join(" ") : typeof value === "object" ? JSON.stringify(value) : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function flat(row: object, prefix = ""): [string, unknown][] {
  return Object.entries(row).flatMap(([name, value]) => (value !== null && typeof value === "object" && !Array.isArray(value) ? flat(value as object, `${prefix}${name}.`) : [[prefix + name, value] as [string, unknown]]));
}

export function saveCsv(name: string, rows: object[]): void {
  const flats = rows.map((row) => new Map(flat(row)));
  const columns = [...new Set(flats.flatMap((row) => [...row.keys()]))];
  const text = [columns, ...flats.map((row) => columns.map((column) => row.get(column)))].map((line) => line.map(cell).join(",")).join("\r\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\uFEFF", text, "\r\n"], { type: "text/csv;charset=utf-8" }));
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
