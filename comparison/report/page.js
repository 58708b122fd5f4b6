// The choices of the reader, and the parts of the page that change with them.

const data = JSON.parse(document.getElementById("data").textContent);
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const state = {
  problem: data.first,
  axis: Object.keys(data.axes)[0],
  height: "value",
  theme: dark.matches ? "dark" : "light",
  isolated: new Set(),
};
const charts = new Charts(data, state);
const table = new Table(data.columns, unpack(data.summary, data.shared), state);

// ---------------------------------------------------------------- the key to the methods

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  "circle": "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0Z",
  "square": "M-4.5,-4.5h9v9h-9Z",
  "triangle-up": "M0,-5.5L5.5,4.5L-5.5,4.5Z",
  "triangle-down": "M0,5.5L5.5,-4.5L-5.5,-4.5Z",
  "triangle-right": "M5.5,0L-4.5,5.5L-4.5,-5.5Z",
  "triangle-left": "M-5.5,0L4.5,5.5L4.5,-5.5Z",
  "diamond": "M0,-6L5,0L0,6L-5,0Z",
  "cross": "M-2,-5.5h4v3.5h3.5v4h-3.5v3.5h-4v-3.5h-3.5v-4h3.5Z",
};

function drawn(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// A line in the method's colour and dash with its symbol on it.
function swatch(method, colour) {
  const svg = drawn("svg", { width: 38, height: 14, viewBox: "-19 -7 38 14", "aria-hidden": "true" });
  svg.append(drawn("line", {
    x1: -19, x2: 19, y1: 0, y2: 0, stroke: colour, "stroke-width": 2, "stroke-dasharray": method.dash.join(" "),
  }));
  const own = !(method.shape in SHAPES);
  const path = drawn("path", { d: own ? method.shape : SHAPES[method.shape], fill: colour });
  if (own) path.setAttribute("transform", "scale(6)");
  svg.append(path);
  return svg;
}

function drawKey() {
  const place = document.getElementById("methods");
  const colours = data.configurations[state.theme].range.category;
  place.replaceChildren(...data.methods.map((method, i) => {
    const button = document.createElement("button");
    const name = document.createElement("span");
    button.type = "button";
    button.title = method.family;
    name.textContent = method.contender;
    button.append(swatch(method, colours[i]), name);
    button.dataset.contender = method.contender;
    button.addEventListener("click", () => isolate(method.contender));
    return button;
  }));
  markKey();
}

function markKey() {
  const { isolated } = state;
  document.getElementById("methods").classList.toggle("some", isolated.size > 0);
  document.getElementById("everyone").hidden = isolated.size === 0;
  for (const button of document.querySelectorAll("#methods button")) {
    button.setAttribute("aria-pressed", String(isolated.has(button.dataset.contender)));
  }
}

async function isolate(contender) {
  if (!state.isolated.delete(contender)) state.isolated.add(contender);
  markKey();
  table.isolate();
  await charts.isolate();
}

// ---------------------------------------------------------------------------- choices

function describe() {
  const problem = data.problems[state.problem];
  document.getElementById("problem-title").textContent = `${state.problem}: ${problem.title}`;
  const gap = document.querySelector("#height input[value=gap]");
  gap.disabled = !problem.reference;
}

async function choose(name, value) {
  state[name] = value;
  describe();
  await charts.draw(name);
}

async function light(theme) {
  state.theme = theme;
  document.documentElement.dataset.theme = theme;
  document.getElementById("theme").setAttribute("aria-pressed", String(theme === "dark"));
  drawKey();
  await charts.draw();
}

const problem = document.getElementById("problem");
problem.addEventListener("change", () => choose("problem", problem.value));
for (const name of ["axis", "height"]) {
  document.getElementById(name).addEventListener("change", (event) => choose(name, event.target.value));
}
document.getElementById("everyone").addEventListener("click", async () => {
  state.isolated.clear();
  markKey();
  table.isolate();
  document.querySelector("#methods button").focus();
  await charts.isolate();
});
document.getElementById("theme").addEventListener("click", () => light(state.theme === "dark" ? "light" : "dark"));
dark.addEventListener("change", (event) => light(event.matches ? "dark" : "light"));
problem.value = state.problem;
describe();
light(state.theme);
