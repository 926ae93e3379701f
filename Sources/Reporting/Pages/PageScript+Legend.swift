extension PageScript {
  /// The buttons that hide and show curves.
  static let legend = #"""
    // The buttons that hide and show the lines of some figures.
    function legend(place, lines, hidden, changed) {
      const list = el("ul", { class: "legend" });
      const entries = lines.map((line, index) => {
        const style = line.reference ? { color: "var(--base)", edge: "var(--base)", dash: "6 4",
          outline: null } : styleOf(index);
        const sample = shape("svg", { width: 38, height: 12, "aria-hidden": "true" },
          line.joined === false ? null :
          shape("line", { x1: 0, x2: 38, y1: 6, y2: 6, stroke: style
          .color, "stroke-width": 1.8, "stroke-dasharray": style.dash }),
          line.markers === false || line.reference ? null : marker(style, 19, 6, false));
        const button = el("button", {
          type: "button",
          "aria-pressed": String(!hidden.has(index)),
          onclick: () => {
            if (hidden.has(index)) hidden.delete(index);
            else hidden.add(index);
            update();
          }
        }, sample, line.label);
        const item = el("li", {}, button);
        list.append(item);
        return { button, item, index, label: line.label.toLowerCase() };
      });

      function update() {
        for (const { button, index } of entries) button.setAttribute("aria-pressed", String(!hidden.has(
          index)));
        changed();
      }
      const tools = el("div", { class: "tools" });
      const all = (isShown) => { for (const { index, item } of entries)
          if (!item.hidden) { if (isShown) hidden.delete(index);
            else hidden.add(index); } update(); };
      if (lines.length > 1) {
        tools.append(el("button", { type: "button", onclick: () => all(true) }, "Show all"),
          el("button", { type: "button", onclick: () => all(false) }, "Hide all"));
      }
      if (lines.length > 6) {
        tools.append(field("Curves with", el("input", {
          type: "search",
          class: "curve-filter",
          oninput: (event) => {
            const words = event.target.value.toLowerCase().split(/\s+/).filter((word) => word);
            let count = 0;
            for (const { item, index, label } of entries) {
              item.hidden = !words.every((word) => label.includes(word));
              if (item.hidden || (count += 1) > 24) hidden.add(index);
              else hidden.delete(index);
            }
            update();
          }
        })));
      }
      place.append(tools, list);
    }

    // A figure that came whole, with the marks of its points in numbers.
    function wholeFigure(figure) {
      return {
        ...figure,
        lines: figure.lines.map((line) => ({
          ...line,
          points: line.points.map(
            ([x, y = null, low = null, high = null, xLow = null, xHigh = null, marks = 0, note =
              null
            ]) => ({ x, y, low, high, xLow, xHigh, open: (marks & 1) !== 0, troubled: (marks &
                2) !== 0, note }))
        }))
      };
    }
    """#
}
