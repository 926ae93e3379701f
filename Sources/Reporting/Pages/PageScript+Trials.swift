extension PageScript {
  /// The trials, and what the page begins with.
  static let trials = #"""
    // Trials: their table, and what is known of one.
    const rowSheet = new Sheet(data.rows);
    const trialColumn = data.rows.v[data.rows.c.findIndex((column) => column.n === "trial")];
    const trialOf = (row) => trialColumn.t[trialColumn.i[row]];
    const rowsOfTrials = new Map();
    trialColumn.i.forEach((code, row) => {
      if (!rowsOfTrials.has(code)) rowsOfTrials.set(code, []);
      rowsOfTrials.get(code).push(row);
    });

    function trialsTable(place) {
      const shown = new Set(data.shown);
      const visible = rowSheet.columns.map((_, index) => index).filter((index) => shown.has(rowSheet
        .columns[index].n));
      const every = Array.from({ length: rowSheet.length }, (_, row) => row);
      const rounds = el("label", { class: "check" }, el("input", {
        type: "checkbox",
        class: "every-round",
        onchange: (event) => {
          view.show(event.target.checked ? every : data.last);
        }
      }), "every round");
      const view = tableView(place, rowSheet, {
        label: "Trials, each with its last round",
        rows: data.last,
        visible,
        pick: (row) => openTrial(trialOf(row)),
        tools: [rounds]
      });
      place.append(el("div", { id: "trial", tabindex: -1, role: "region", "aria-label": "The chosen trial",
        hidden: true }));
    }

    function plainTable(caption, headings, rows, numeric = true) {
      return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, el(
        "table", {},
        el("caption", {}, caption),
        el("thead", {}, el("tr", {}, ...headings.map((text, index) => el("th", { scope: "col",
          class: numeric && index > 0 ? "number" : null }, text)))),
        el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell, index) => index === 0 ?
            el("th", { scope: "row" }, cell) : el("td", { class: numeric ? "number" : null }, cell)
            ))))));
    }

    function shellWord(text) {
      return /^[\w\-./:,+@%]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
    }

    function openTrial(name) {
      const code = trialColumn.t.indexOf(name);
      const place = document.getElementById("trial");
      if (code < 0 || !place) return;
      const rows = rowsOfTrials.get(code);
      place.replaceChildren(el("h3", {}, name));
      if (data.show) place.append(el("p", {}, "Shown in a terminal by ", el("code", {},
        `${data.show}${shellWord(name)}`)));
      const said = data.settings.filter((setting) => setting.i[code] >= 0).map((setting) => [setting.n,
          setting.t[setting.i[code]]
        ])
        .filter(([, value]) => value !== "none");
      const skipped = new Set(["trial", "model", "dataset"]);
      const columns = rowSheet.columns.map((_, index) => index).filter((index) => !skipped.has(rowSheet
          .columns[index].n) &&
        rows.some((row) => rowSheet.key(row, index) !== null));
      const first = columns.findIndex((index) => rowSheet.columns[index].n === "round");
      if (first > 0) columns.unshift(...columns.splice(first, 1));
      place.append(plainTable("Rounds", columns.map((index) => rowSheet.columns[index].h),
        rows.map((row) => columns.map((index) => rowSheet.text(row, index)))));
      const rounds = data.details.trials[String(code)];
      if (rounds && rounds.length > 0) place.append(...roundDetails(rounds));
      place.append(el("details", { open: said.length > 0 && said.length < 40 }, el("summary", {},
          "Settings"),
        plainTable("Settings of the trial", ["setting", "value"], said, false)));
      place.append(el("button", {
        type: "button",
        onclick: () => {
          place.hidden = true;
          history.replaceState(null, "", "#trials");
          document.querySelector("#trials-table input")?.focus();
        }
      }, "Close"));
      place.hidden = false;
      history.replaceState(null, "", `#trial=${encodeURIComponent(name)}`);
      place.focus();
      place.scrollIntoView({ block: "start" });
    }

    // Layers: what is left of each after every round, the darker the emptier.
    function roundDetails(rounds) {
      const names = [...new Set(rounds.flatMap(({ s }) => data.details.sets[s].filter((layer) => layer[2])
        .map((layer) => layer[0])))];
      const held = new Map();
      for (const { k, i } of rounds)
        for (const [name, fault] of i) {
          if (!held.has(name)) held.set(name, new Map());
          held.get(name).set(k, fault ?? null);
        }
      const headings = rounds.map(({ k }) => `round ${k}`);
      const layers = el("table", { class: "layers" }, el("caption", {}, "Weights remaining (%) by layer"),
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "layer"), ...headings.map((text) => el(
          "th", { scope: "col" }, text)))),
        el("tbody", {}, ...names.map((name) => el("tr", {}, el("th", { scope: "row" }, name), ...rounds
          .map(({ s, n }) => {
            const index = data.details.sets[s].findIndex((layer) => layer[0] === name);
            if (index < 0) return el("td", { class: "number" }, "–");
            const share = n[index] / Math.max(1, data.details.sets[s][index][1]);
            const cell = el("td", { class: "number",
              title: `${n[index]} of ${data.details.sets[s][index][1]}` }, trimmed(share * 100,
              2));
            cell.style.setProperty("--gone", `${Math.round((1 - share) * 45)}%`);
            return cell;
          })))));
      const parts = [];
      if (names.length > 0) parts.push(el("div", { class: "scroll", tabindex: 0,
      role: "region", "aria-label": "Layers" }, layers));
      if (held.size > 0) {
        parts.push(plainTable("Invariants", ["invariant", ...headings], [...held].map(([name, found]) => [
          name,
          ...rounds.map(({ k }) => !found.has(k) ? "–" : found.get(k) === null ? "held" : "broken")
        ])));
        for (const found of held.values())
          for (const fault of found.values()) {
            if (fault !== null) parts.push(el("p", { class: "fault" }, fault));
          }
      }
      return parts;
    }

    // The page.
    document.body.append(el("p", { id: "said", class: "unseen", "aria-live": "polite" }));
    if (data.curves.measures.length > 0) explorer(document.getElementById("explorer"));
    if (data.results) {
      tableView(document.getElementById("results-table"), new Sheet(data
      .results), { label: "Results: means over seeds" });
    }
    for (const analysis of data.analyses) {
      const place = document.getElementById(analysis.id);
      if (analysis.figure) staticFigure(place, analysis.figure);
      if (analysis.image) {
        place.append(el("div", { class: "paper" }, el("img", {
          alt: "The figure of the analysis",
          src: `data:image/svg+xml,${encodeURIComponent(analysis.image)}`
        })));
      }
      tableView(place, new Sheet(analysis.table), { label: "Table of the analysis", narrow: false });
    }
    for (const figure of data.learning) staticFigure(document.getElementById("learning-figures"), figure);
    trialsTable(document.getElementById("trials-table"));
    for (const code of document.querySelectorAll(".commands code")) {
      code.after(el("button", {
        type: "button",
        class: "copy",
        onclick: async (event) => {
          getSelection().selectAllChildren(code);
          const copied = await navigator.clipboard?.writeText(code.textContent).then(() => true,
          () => false);
          event.target.textContent = copied ? "Copied" : "Selected";
        }
      }, "Copy"));
    }
    const wanted = location.hash.match(/^#trial=(.*)$/);
    if (wanted) openTrial(decodeURIComponent(wanted[1]));
    window.addEventListener("beforeprint", () => { for (const part of document.querySelectorAll("details"))
        part.open = true; });
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
    """#
}
