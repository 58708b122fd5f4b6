// The charts: Python gives each its choices, its specifications, and the rows of each choice.

class Charts {
  constructor(data, state) {
    this.data = data;
    this.state = state;
    this.views = {};
    this.drawn = Promise.resolve();
    this.waiting = 0;
    this.main = document.getElementById("main");
    this.elements = [...document.querySelectorAll("figure[data-chart]")];
  }

  // Draw all charts, or those that change with one of the reader's choices, one after another.
  draw(choice) {
    const wanted = this.elements.filter((element) => {
      return choice === undefined || this.changes(this.data.figures[element.dataset.chart], choice);
    });
    this.main.setAttribute("aria-busy", "true");
    this.waiting += 1;
    this.drawn = this.drawn.then(async () => {
      for (const element of wanted) await this.drawOne(element);
      this.waiting -= 1;
      this.main.setAttribute("aria-busy", String(this.waiting > 0));
    });
    return this.drawn;
  }

  changes(figure, choice) {
    if (choice === "height") return Object.keys(figure.specifications).length > 1;
    return figure.by.includes(choice);
  }

  // The note and caption of a figure for the current choice and, if it is drawn, its rows.
  panel(name) {
    const figure = this.data.figures[name];
    return figure.by.reduce((part, choice) => part[this.state[choice]], figure.panels);
  }

  async drawOne(element) {
    const name = element.dataset.chart;
    const place = element.querySelector(".chart");
    const note = element.querySelector(".absent");
    const caption = element.querySelector("figcaption");
    const panel = this.panel(name);
    note.hidden = !panel.note;
    note.textContent = panel.note;
    place.hidden = caption.hidden = !panel.rows;
    caption.textContent = panel.caption;
    if (this.views[name]) this.views[name].finalize();
    delete this.views[name];
    if (!panel.rows) return;
    const config = structuredClone(this.data.configurations[this.state.theme]);
    if (place.clientWidth < 560) config.axis.labelLimit = 130;
    this.views[name] = await vegaEmbed(place, this.specification(this.data.figures[name], panel), {
      actions: false, ast: true, config, defaultStyle: false, mode: "vega-lite", renderer: "svg",
      tooltip: { disableDefaultStyle: true, theme: "plain" },
    });
  }

  // The specification of a figure with the titles, rows and parameters of the current choice.
  specification(figure, panel) {
    const { data, state } = this;
    const problem = data.problems[state.problem];
    const titles = {};
    if (figure.by.includes("axis")) titles.cost = data.axes[state.axis];
    if (figure.by.includes("problem")) titles.value = problem.objective;
    const { value, gap } = figure.specifications;
    const spec = titled(state.height === "gap" && gap && problem.reference ? gap : value, titles);
    spec.datasets = {};
    for (const [name, rows] of Object.entries(panel.rows)) {
      spec.datasets[name] = unpack(rows, data.shared);
    }
    // A layer without rows has no extent, which Vega complains of.
    spec.layer = spec.layer.filter((layer) => spec.datasets[(layer.data || spec.data).name].length);
    const values = { ...panel.parameters, isolated: [...state.isolated] };
    for (const parameter of spec.params) {
      if (parameter.name in values) parameter.value = values[parameter.name];
    }
    return spec;
  }

  // Let the isolated contenders stand out, in every chart.
  async isolate() {
    for (const { view } of Object.values(this.views)) {
      await view.signal("isolated", [...this.state.isolated]).runAsync();
    }
  }
}

// A copy of a specification with its placeholders, such as {cost}, replaced by titles.
function titled(spec, titles) {
  let text = JSON.stringify(spec);
  for (const [name, title] of Object.entries(titles)) {
    // A function, since $& and the like mean something in a replacement's text.
    text = text.replaceAll(`{${name}}`, () => JSON.stringify(title).slice(1, -1));
  }
  return JSON.parse(text);
}
