// Rows from columns: the inverse of packing.py.
"use strict";

function unpackColumn(column) {
  return Array.isArray(column) ? column : column.at.map((place) => column.of[place]);
}

// `packed` has the columns' places in `shared`.
function unpack(packed, shared) {
  const columns = Object.entries(packed).map(([name, column]) => {
    return [name, unpackColumn(shared[column])];
  });
  if (!columns.length) return [];
  return columns[0][1].map((_, i) => Object.fromEntries(columns.map(([name, column]) => [name, column[i]])));
}
