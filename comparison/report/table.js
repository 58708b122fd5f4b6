// The table of all results: sorted by a click on a heading, filtered by words.

const ROWS_AT_FIRST = 300;

// Numbers as the terminal prints them: four decimals for a share, fewer for large ones.
function plain(value) {
  if (value === null || value === undefined) return "—";
  if (typeof value !== "number") return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value)) return value.toLocaleString("en");
  if (size >= 1000) return value.toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  if (size >= 10) return value.toFixed(3);
  return size < 5e-5 ? value.toExponential(1) : value.toFixed(4);
}

class Table {
  constructor(columns, rows, state) {
    this.columns = columns;
    this.rows = rows;
    this.state = state;
    this.sorted = null;
    this.all = false;
    this.table = document.getElementById("table");
    this.filter = document.getElementById("filter");
    this.more = document.getElementById("more");
    this.words = rows.map((row) => columns.filter((c) => !c.number).map((c) => row[c.name]).join(" ").toLowerCase());
    this.filter.addEventListener("input", () => this.show());
    this.more.addEventListener("click", () => { this.all = true; this.show(); });
    this.head();
    this.show();
  }

  head() {
    const line = document.createElement("tr");
    for (const column of this.columns) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.setAttribute("aria-sort", "none");
      if (column.number) cell.className = "number";
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = column.title;
      if (column.hint) button.title = column.hint;
      button.addEventListener("click", () => this.sort(column, cell));
      cell.append(button);
      line.append(cell);
    }
    this.table.tHead.replaceChildren(line);
  }

  sort(column, cell) {
    const down = this.sorted && this.sorted.column === column && !this.sorted.down;
    this.sorted = { column, down };
    for (const other of this.table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    cell.setAttribute("aria-sort", down ? "descending" : "ascending");
    this.show();
  }

  // The rows with all of the filter's words, in order; what has no value comes last.
  chosen() {
    const wanted = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.rows.filter((_, i) => wanted.every((word) => this.words[i].includes(word)));
    if (!this.sorted) return found;
    const { column, down } = this.sorted;
    return found.sort((a, b) => {
      const [x, y] = [a[column.name], b[column.name]];
      if (x === null || y === null) return (x === null) - (y === null);
      const order = column.number ? x - y : String(x).localeCompare(String(y), "en");
      return down ? -order : order;
    });
  }

  show() {
    const found = this.chosen();
    const shown = this.all ? found : found.slice(0, ROWS_AT_FIRST);
    this.table.tBodies[0].replaceChildren(...shown.map((row) => this.line(row)));
    this.more.hidden = shown.length === found.length;
    this.more.textContent = `Show all ${found.length.toLocaleString("en")} rows`;
    document.getElementById("count").textContent =
      `${found.length.toLocaleString("en")} of ${this.rows.length.toLocaleString("en")} rows`;
    this.isolate();
  }

  line(row) {
    const line = document.createElement("tr");
    line.dataset.contender = row.method;
    for (const column of this.columns) {
      const cell = document.createElement("td");
      if (column.number) cell.className = "number";
      if (column.name === "ended") cell.className = "wide";
      cell.textContent = column.number ? plain(row[column.name]) : row[column.name];
      line.append(cell);
    }
    return line;
  }

  isolate() {
    const { isolated } = this.state;
    for (const line of this.table.tBodies[0].rows) {
      line.classList.toggle("faded", isolated.size > 0 && !isolated.has(line.dataset.contender));
    }
  }
}
