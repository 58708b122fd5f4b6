// The charts: each has specifications made by Python, to which the chosen rows are given here.

// What a chart shows in a state of the page: a specification, its rows by name, and parameters.
const CHARTS = {
  quality(data, state) {
    const problem = data.problems[state.problem];
    const height = problem.reference ? state.height : "value";
    const runs = unpack(data.runs[state.problem])
      .map((run) => ({ ...run, cost: run.cost[state.axis] }))
      .filter((run) => run.cost > 0 && run.value !== null);
    return {
      spec: data.specs.quality[height],
      rows: {
        curves: unpack((data.curves[state.problem] || {})[state.axis]),
        runs,
        reference: problem.reference ? [problem.reference] : [],
      },
      needs: "curves",
      parameters: { reference: problem.reference ? problem.reference.value : 0, nearest: problem.nearest },
      titles: { cost: data.axes[state.axis], value: problem.objective },
    };
  },
  bounds: (data, state) => ({
    spec: data.specs.bounds,
    rows: { progress: unpack((data.progress[state.problem] || {}).progress), open: unpack((data.progress[state.problem] || {}).open) },
    needs: "progress",
    titles: { value: data.problems[state.problem].objective },
  }),
  ecdf: (data, state) => ({
    spec: data.specs.ecdf, rows: { shares: unpack(data.ecdf[state.axis]) }, needs: "shares",
    titles: { cost: data.axes[state.axis] },
  }),
  profile: (data, state) => ({
    spec: data.specs.profile, rows: { shares: unpack(data.profiles[state.axis]) }, needs: "shares",
    titles: { cost: data.axes[state.axis] },
  }),
  data: (data) => ({ spec: data.specs.data, rows: { shares: unpack(data.dataProfiles) }, needs: "shares" }),
  ranks: (data) => ({ spec: data.specs.ranks, rows: null }),
  heat: (data) => ({ spec: data.specs.heat, rows: null }),
  flips: (data) => ({ spec: data.specs.flips, rows: null }),
};

// Charts that change with the problem or the axis; the others are drawn once.
const BY_STATE = { quality: ["problem", "axis", "height"], bounds: ["problem"], ecdf: ["axis"], profile: ["axis"] };

class Charts {
  constructor(data, state) {
    this.data = data;
    this.state = state;
    this.views = {};
    this.drawn = Promise.resolve();
    this.waiting = 0;
    this.main = document.getElementById("main");
    this.figures = [...document.querySelectorAll("figure[data-chart]")];
  }

  // Draw all charts, or those that depend on what has changed; one drawing after another.
  draw(changed) {
    const wanted = this.figures.filter((figure) => {
      return changed === undefined || (BY_STATE[figure.dataset.chart] || []).includes(changed);
    });
    this.main.setAttribute("aria-busy", "true");
    this.waiting += 1;
    this.drawn = this.drawn.then(async () => {
      for (const figure of wanted) await this.drawOne(figure);
      this.waiting -= 1;
      this.main.setAttribute("aria-busy", String(this.waiting > 0));
    });
    return this.drawn;
  }

  async drawOne(figure) {
    const name = figure.dataset.chart;
    const place = figure.querySelector(".chart");
    const absent = figure.querySelector(".absent");
    const found = CHARTS[name](this.data, this.state);
    const missing = !found.spec || (found.needs && !found.rows[found.needs].length);
    const why = missing ? this.reason(name) : this.unseen(name, found);
    absent.hidden = !why;
    absent.textContent = why;
    place.hidden = missing;
    figure.querySelector("figcaption").hidden = missing;
    if (this.views[name]) this.views[name].finalize();
    delete this.views[name];
    if (missing) return;
    const spec = titled(found.spec, found.titles || {});
    if (found.rows) {
      spec.datasets = found.rows;
      // A layer without rows has no extent, which Vega complains of.
      spec.layer = spec.layer.filter((layer) => found.rows[(layer.data || spec.data).name].length);
    }
    const given = { ...found.parameters, isolated: [...this.state.isolated] };
    for (const parameter of spec.params || []) {
      if (parameter.name in given) parameter.value = given[parameter.name];
    }
    const config = structuredClone(this.data.configurations[this.state.theme]);
    if (place.clientWidth < 560) config.axis.labelLimit = 130;
    this.views[name] = await vegaEmbed(place, spec, {
      actions: false, ast: true, config, defaultStyle: false, mode: "vega-lite", renderer: "svg",
      tooltip: { disableDefaultStyle: true, theme: "plain" },
    });
  }

  // Say why a chart is not there.
  reason(name) {
    if (this.data.absent[name]) return this.data.absent[name];
    const axis = this.data.axes[this.state.axis];
    if (name === "bounds") return "No method proved a bound on this problem.";
    return `Nothing can be drawn on the axis “${axis}”.`;
  }

  // Name those that ran on the problem but have no place on the axis.
  unseen(name, found) {
    if (name !== "quality") return "";
    const seen = new Set(found.rows.curves.map((row) => row.contender));
    const all = new Set(unpack(this.data.runs[this.state.problem]).map((run) => run.contender));
    const names = [...all].filter((contender) => !seen.has(contender));
    const axis = this.data.axes[this.state.axis];
    return names.length ? `Not on the axis “${axis}”: ${names.join(", ")}.` : "";
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
