// Rows from columns: the inverse of packing.py.
"use strict";

function unpackColumn(column) {
  return Array.isArray(column) ? column : column.at.map((place) => column.of[place]);
}

// Where `shared` is given, `packed` has the columns' places in it.
function unpack(packed, shared) {
  const columns = Object.entries(packed).map(([name, column]) => {
    return [name, unpackColumn(shared ? shared[column] : column)];
  });
  if (!columns.length) return [];
  return columns[0][1].map((_, i) => Object.fromEntries(columns.map(([name, column]) => [name, column[i]])));
}
