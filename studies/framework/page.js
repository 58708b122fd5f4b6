// Draws the figure, in the reader's colours.

const data = JSON.parse(document.getElementById("data").textContent);
const button = document.getElementById("theme");
let theme = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

async function draw() {
  document.documentElement.dataset.theme = theme;
  button.setAttribute("aria-pressed", String(theme === "dark"));
  await vegaEmbed("#figure", structuredClone(data.figure), {
    actions: false, ast: true, config: structuredClone(data.configurations[theme]),
    defaultStyle: false, mode: "vega-lite", renderer: "svg",
    tooltip: { disableDefaultStyle: true, theme: "plain" },
  });
  document.getElementById("figure").dataset.drawn = theme;
}

button.addEventListener("click", () => {
  theme = theme === "dark" ? "light" : "dark";
  draw();
});
draw();
