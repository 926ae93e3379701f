/// The script of the page of runs at work. It asks how things stand every second and draws what it is told. Texts become text nodes, as
/// in `PageScript`, whose elements it shares.
enum LiveScript {
  /// Curves, drawn anew whenever there are new points.
  static let figures = #"""
    const size = { width: 760, height: 260, left: 58, right: 12, top: 10, bottom: 40 };

    function ticks(low, high, most) {
      const rough = (high - low) / most;
      const power = 10 ** Math.floor(Math.log10(rough));
      const step = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? rough;
      const found = [];
      for (let tick = Math.ceil(low / step) * step; tick <= high + step / 1e6 && found.length < 20; tick += step) {
        found.push(Math.abs(tick) < step / 1e6 ? 0 : tick);
      }
      return found;
    }

    function range(values, isWhole) {
      let [low, high] = [Infinity, -Infinity];
      for (const value of values) { low = Math.min(low, value); high = Math.max(high, value); }
      if (!(low <= high)) return [0, 1];
      if (isWhole) low = Math.min(low, 0);
      const rim = high > low ? (high - low) * 0.05 : Math.abs(high) * 0.1 || 1;
      return [isWhole ? low : low - rim, high + (isWhole ? 0 : rim) + (high > low ? 0 : rim)];
    }

    function chart(lines, across, up, label) {
      const points = lines.flatMap((line) => line.points);
      const [left, right] = range(points.map((point) => point[0]), true);
      const [low, high] = range(points.map((point) => point[1]), false);
      const x = (value) => size.left + (value - left) / (right - left) * (size.width - size.left - size.right);
      const y = (value) => size.height - size.bottom - (value - low) / (high - low) * (size.height - size.top - size.bottom);
      const svg = shape("svg", { class: "plot chart", viewBox: `0 0 ${size.width} ${size.height}`, role: "img", "aria-label": label });
      for (const tick of ticks(low, high, 5)) {
        svg.append(
          shape("line", { class: "grid", x1: size.left, x2: size.width - size.right, y1: y(tick), y2: y(tick) }),
          shape("text", { x: size.left - 6, y: y(tick) + 4, "text-anchor": "end" }, short(tick)));
      }
      for (const tick of ticks(left, right, 8)) {
        svg.append(shape("text", { x: x(tick), y: size.height - size.bottom + 16, "text-anchor": "middle" }, short(tick)));
      }
      for (const line of lines) {
        const places = line.points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`);
        if (line.hasDots) {
          svg.append(...line.points.map(([a, b], place) => shape("circle", { class: line.fill, cx: x(a), cy: y(b), r: 3 },
            shape("title", {}, line.names[place]))));
        } else if (places.length > 0) {
          // One point alone is a short line.
          const path = places.length === 1 ? `M${places[0]}h2` : "M" + places.join("L");
          svg.append(shape("path", { class: `line ${line.stroke}${line.isOld ? " old" : ""}`, d: path }, shape("title", {}, line.name)));
        }
      }
      svg.append(
        shape("path", { class: "frame", d: `M${size.left},${size.top}V${size.height - size.bottom}H${size.width - size.right}` }),
        shape("text", { class: "label", x: (size.left + size.width) / 2, y: size.height - 6, "text-anchor": "middle" }, across),
        shape("text", { class: "label", x: 14, y: size.height / 2 - 10, "text-anchor": "middle", transform: `rotate(-90 14 ${size.height / 2 - 10})` }, up));
      return svg;
    }

    function spark(points) {
      if (points.length < 2) return null;
      const [low, high] = range(points.map((point) => point[1]), false);
      const path = points.map(([, value], place) =>
        `${(place / (points.length - 1) * 100).toFixed(1)},${(20 - (value - low) / (high - low) * 20).toFixed(1)}`).join("L");
      return shape("svg", { class: "spark", viewBox: "0 0 100 20", preserveAspectRatio: "none", "aria-hidden": "true" },
        shape("path", { class: "line", d: "M" + path, "vector-effect": "non-scaling-stroke" }));
    }
    """#

  /// What is said of an experiment. A part is made anew where what it says has changed, so that the focus stays where it is.
  static let sections = #"""
    const drawn = {};
    const byId = (id) => document.getElementById(id);

    function place(id, told, make) {
      const text = JSON.stringify(told);
      if (drawn[id] === text) return;
      drawn[id] = text;
      const isEmpty = told === null || Array.isArray(told) && told.length === 0;
      byId(id).hidden = isEmpty;
      byId(id).querySelector(".content").replaceChildren(...(isEmpty ? [] : make()));
    }

    function table(caption, headings, rows) {
      return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
        el("table", {}, el("thead", {}, el("tr", {}, ...headings.map((heading) => el("th", { scope: "col" }, heading)))),
          el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell, place) =>
            el(place === 0 ? "th" : "td", place === 0 ? { scope: "row" } : {}, cell ?? "")))))));
    }

    function duration(seconds) {
      if (seconds === null || seconds === undefined || !(seconds >= 0)) return "";
      if (seconds < 60) return `${Math.round(seconds)} s`;
      if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
      if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
      return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
    }

    const clock = (time) => new Date(time * 1000).toLocaleTimeString();
    const percent = (value) => value === null ? "" : `${fixed(value * 100, 2)} %`;
    const worker = (told) => `${told.host || "?"}:${told.process}`;

    function facts(run) {
      const said = [run.planned === null ? `${run.done} trials done` : `${run.done} of ${run.planned} trials done`];
      for (const ending of ["collapsed", "diverged", "failed"]) if (run[ending] > 0) said.push(`${run[ending]} ${ending}`);
      if (run.left !== null) said.push(`${run.left} left`);
      if (run.steps_per_second !== null) said.push(`${short(run.steps_per_second)} steps/s`);
      if (run.remaining !== null) said.push(`${duration(run.remaining)} left`);
      said.push(run.is_at_work ? `${run.workers.length} ${run.workers.length === 1 ? "process" : "processes"} at work` : "no run is at work");
      if (run.heard !== null && run.now - run.heard > 30) said.push(`last heard of ${duration(run.now - run.heard)} ago`);
      return said.join(" · ");
    }

    function remarks(told) {
      return [table("what was said", ["time", "trial", "message", "by"], told.slice(-100).reverse().map((remark) =>
        [clock(remark.time), remark.trial, el("pre", {}, remark.message), worker(remark)]))];
    }

    function losses(run) {
      const now = run.stages.filter((stage) => stage.losses.length > 0).slice(0, 8);
      const lines = run.made.map((stage) => ({ name: stage.trial, points: stage.losses, stroke: "s6", isOld: true }))
        .concat(now.map((stage, place) => ({ name: stage.trial, points: stage.losses, stroke: `s${place % 8}` })));
      return [chart(lines, "step", "loss", `losses over steps: ${now.length} at work, ${run.made.length} before`),
        el("ul", { class: "legend" }, ...now.map((stage, place) => el("li", {},
          shape("svg", { class: "key", viewBox: "0 0 16 6", "aria-hidden": "true" }, shape("path", { class: `line s${place % 8}`, d: "M0,3H16" })),
          ` ${stage.trial}`))),
        el("p", { class: "caption" }, run.made.length > 0 ? "Pale: stages that ended last." : "")];
    }

    function accuracies(trials) {
      const names = trials.map((trial) => `${trial.trial}: ${percent(trial.accuracy)}`);
      return [chart([{ hasDots: true, fill: "f0", points: trials.map((trial, place) => [place + 1, trial.accuracy * 100]), names }],
        "trials in the order in which they ended", "test accuracy, %", `test accuracies of ${trials.length} trials`)];
    }

    function show(run) {
      byId("name").textContent = run.name;
      document.title = `${run.done}/${run.planned ?? "?"} ${run.name}`;
      byId("progress").max = Math.max(1, run.planned ?? run.done);
      byId("progress").value = run.done;
      byId("facts").textContent = facts(run);
      place("stages", run.stages, () => [table("stages at work", ["process", "trial", "step", "steps/s", "loss", "losses"],
        run.stages.map((stage) => [worker(stage), stage.trial, stage.step === null ? "" : `${stage.step}/${stage.total ?? "?"}`,
          stage.steps_per_second === null ? "" : short(stage.steps_per_second),
          stage.loss === null ? "" : fixed(stage.loss, 4), spark(stage.losses)]))]);
      place("failures", run.failures, () => remarks(run.failures));
      const hasLosses = run.made.length > 0 || run.stages.some((stage) => stage.losses.length > 0);
      place("losses", hasLosses ? [run.made, run.stages.map((stage) => [stage.trial, stage.losses])] : null, () => losses(run));
      const measured = run.finished.filter((trial) => trial.accuracy !== null);
      place("accuracies", measured, () => accuracies(measured));
      place("finished", run.finished, () => [table("trials done last", ["time", "trial", "status", "test accuracy"],
        run.finished.slice(-50).reverse().map((trial) => [clock(trial.time), trial.trial, trial.status, percent(trial.accuracy)]))]);
      place("warnings", run.warnings, () => remarks(run.warnings));
      place("files", run.files, () => [el("ul", {}, ...run.files.map((file) => el("li", {},
        el("a", { href: ["files", run.folder, ...file.split("/")].map(encodeURIComponent).join("/") }, file))))]);
    }
    """#

  /// The round: who is there, and how the chosen one stands.
  static let asking = #"""
    let chosen = null;

    function choose() {
      let name = null;
      try { name = location.hash.startsWith("#/") ? decodeURIComponent(location.hash.slice(2)) : null; } catch { name = null; }
      if (!name) return;
      chosen = name;
      for (const id of Object.keys(drawn)) delete drawn[id];
      for (const link of document.querySelectorAll("#experiments a")) {
        if (link.dataset.name === chosen) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
      }
    }

    async function ask(way) {
      const answer = await fetch(way, { cache: "no-store" });
      if (!answer.ok) throw new Error(`${answer.status}`);
      return answer.json();
    }

    function list(experiments) {
      const told = JSON.stringify([experiments.map(({ name, is_at_work }) => [name, is_at_work]), chosen]);
      if (drawn.experiments === told) return;
      drawn.experiments = told;
      const focus = document.activeElement?.dataset?.name;
      byId("experiments").replaceChildren(...experiments.map(({ name, is_at_work }) => el("li", {},
        el("a", { href: "#/" + encodeURIComponent(name), "data-name": name, "aria-current": name === chosen ? "true" : null },
          name), is_at_work ? " (at work)" : "")));
      if (focus) [...document.querySelectorAll("#experiments a")].find((link) => link.dataset.name === focus)?.focus();
    }

    async function turn() {
      let pause = document.hidden ? 5000 : 1000;
      try {
        const { experiments } = await ask("experiments.json");
        if (chosen === null && experiments.length > 0) {
          const latest = [...experiments].sort((a, b) => (b.is_at_work - a.is_at_work) || ((b.heard ?? 0) - (a.heard ?? 0)));
          chosen = latest[0].name;
        }
        list(experiments);
        if (experiments.some(({ name }) => name === chosen)) {
          const run = await ask("run/" + encodeURIComponent(chosen));
          if (run.name === chosen) show(run);
          if (!run.is_complete) pause = 20;
          byId("connection").textContent = "";
        } else {
          byId("connection").textContent = chosen === null ? "There are no results yet." : `There are no results of ${chosen}.`;
        }
      } catch {
        byId("connection").textContent = "The server does not answer; it is asked again.";
      }
      document.documentElement.dataset.ready ??= String(Math.round(performance.now()));
      setTimeout(turn, pause);
    }

    window.addEventListener("hashchange", () => { if (location.hash.startsWith("#/")) { choose(); say(`Shown: ${chosen}`); } });
    choose();
    turn();
    """#
}
