extension PageScript {
  /// The figures of any measure against any cost.
  static let explorer = #"""
    // The figures of the section of that name: any measure against the sparsity and against every cost.
    function explorer(place) {
      const { measures, x: axes, curves, baselines } = data.curves;
      const hidden = new Set();
      if (curves.length > 12) curves.forEach((_, index) => { if (index >= 8) hidden.add(index); });
      const state = { measure: 0, x: "remaining", band: "ci95" };
      const nameOf = (axis) => axis.axis.label;
      const control = (label, key, options) => field(label, el("select", {
        onchange: (event) => {
          state[key] = key === "measure" ? Number(event.target.value) : event.target.value;
          update();
        }
      }, ...options));
      place.append(el("div", { class: "tools" },
        control("Measure", "measure", measures.map((measure, index) => option(index, measure.title))),
        control("Against", "x", axes.map((axis) => option(axis.n, nameOf(axis)))),
        control("Band", "band", [option("ci95", data.band), option("minmax", "minimum to maximum"),
          option("none", "none")
        ])));

      function edges(value) {
        if (!value || state.band === "none") return [null, null];
        return state.band === "ci95" ? [value[3], value[4]] : [value[5], value[6]];
      }
      const forms = { remaining: (d) => d, sparsity: (d) => 1 - d, compression: (d) => 1 / d };

      function placeOf(cell, x) {
        const sparsity = forms[x];
        if (sparsity) return { x: sparsity(cell.d) };
        const value = cell.v[measures.findIndex((measure) => measure.n === x)];
        if (!value) return { x: null };
        const [low, high] = edges(value);
        return low !== null && high !== null && low < high ? { x: value[0], xLow: low, xHigh: high } :
        { x: value[0] };
      }

      function noteOf(cell, value, measure) {
        const [low, high] = edges(value);
        const count = !value ? "0" : value[1] === value[2] ? value[1] : `${value[1]}/${value[2]}`;
        const shown = value ? printed(value[0], measure.f) : "no value";
        return `${trimmed(cell.d * 100, 2)} % remaining: ${shown}` +
          (low === null || low === undefined ? "" :
            ` (${printed(low, measure.f)} to ${printed(high, measure.f)})`) +
          `, n = ${count}` + (cell.t ? `, ${cell.t}` : "") + (cell.c ? `, ${cell.c} at chance` : "");
      }

      function figureOf(x) {
        const measure = measures[state.measure];
        const axis = axes.find((axis) => axis.n === x);
        const along = axis.axis.label.replace(/^.(?=[a-z ])/, (letter) => letter.toLowerCase());
        const lines = curves.map((curve) => ({
          label: curve.label,
          points: curve.cells.map((cell) => {
            const value = cell.v[state.measure] || null;
            const [low, high] = edges(value);
            return {
              ...placeOf(cell, x),
              y: value ? value[0] : null,
              low,
              high,
              open: !value || value[1] !== value[2],
              troubled: Boolean(cell.t),
              note: noteOf(cell, value, measure),
              cell
            };
          })
        }));
        const own = curves.map((curve) => curve.b);
        const isOwn = baselines.length > 3 && own.every((index) => index !== null) && new Set(own).size ===
          curves.length;
        const drawn = isOwn ? own.map((index, line) => ({ index, line })) :
          baselines.map((_, index) => ({ index, line: null })).filter(({ index }) => baselines.length <=
            3 || own.includes(index));
        const lost = drawn.flatMap(({ index, line }) => {
          const value = baselines[index].cells[0]?.v[state.measure];
          if (!value) return [];
          const [low, high] = edges(value);
          return [{
            label: baselines[index].label,
            y: value[0],
            low,
            high,
            line,
            note: noteOf(baselines[index].cells[0], value, measure)
          }];
        });
        const named = lost.filter(({ line }) => line === null).map(({ label }) => label);
        const n = curves.flatMap((curve) => curve.cells.map((cell) => cell.v[state.measure] ? cell.v[state
          .measure][2] : 0));
        const most = n.reduce((a, b) => Math.max(a, b), 0);
        const words = `${measure.kind[0].toUpperCase()}${measure.kind.slice(1)}` +
          (state.band === "none" ? "" :
            `; band: ${state.band === "ci95" ? data.band : "minimum to maximum"}`) +
          `; n = ${most} ${most === 1 ? "seed" : "seeds"}.` +
          (named.length > 0 ? ` Dashed grey: ${named.join(", ")}.` : "");
        return {
          title: `${measure.axis.label} against ${along}`,
          x: axis.axis,
          y: measure.axis,
          lines,
          baselines: lost,
          caption: words
        };
      }

      const chosen = el("div", { class: "chosen", "aria-live": "polite" });

      function pick({ label, point }) {
        const rows = point.cell?.r ?? [];
        chosen.replaceChildren(el("p", {}, `${label}, ${point.note}`), el("ul", {}, ...rows.map((row) => {
          const name = trialOf(row);
          return el("li", {}, el("button", { type: "button", onclick: () => openTrial(name) },
            name));
        })));
      }
      const main = el("div", { class: "main-figure" });
      place.append(main);
      const plot = new Plot(main, { height: 380, pick });
      legend(place, curves, hidden, () => update());
      place.append(chosen);
      const grid = el("div", { class: "multiples" });
      place.append(grid);
      const small = ["compression", ...data.costs].map((x) => {
        const cell = el("div");
        grid.append(cell);
        return { x, plot: new Plot(cell, { height: 230, pick }) };
      });

      function update() {
        plot.show(figureOf(state.x), hidden);
        for (const { x, plot: other } of small) other.show({ ...figureOf(x), caption: "" }, hidden);
      }
      update();
    }

    function staticFigure(place, figure, height = 320) {
      const whole = wholeFigure(figure);
      const hidden = new Set();
      if (whole.lines.length > 12) whole.lines.forEach((_, index) => { if (index >= 8) hidden.add(
        index); });
      const plot = new Plot(place, { height });
      plot.show(whole, hidden);
      if (whole.lines.length > 1) legend(place, whole.lines, hidden, () => plot.show(whole, hidden));
    }
    """#
}
