// Rows from columns: the inverse of packing.py.
"use strict";

function unpackColumn(column) {
  if (Array.isArray(column)) return column;
  if (column.of) return column.at.map((place) => column.of[place]);
  const parts = Object.entries(column.by).map(([key, part]) => [key, unpackColumn(part)]);
  const length = parts.length ? parts[0][1].length : 0;
  return Array.from({ length }, (_, i) => Object.fromEntries(parts.map(([key, part]) => [key, part[i]])));
}

function unpack(packed) {
  const columns = Object.entries(packed || {}).map(([name, column]) => [name, unpackColumn(column)]);
  if (!columns.length) return [];
  return columns[0][1].map((_, i) => Object.fromEntries(columns.map(([name, column]) => [name, column[i]])));
}
