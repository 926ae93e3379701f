extension PageScript {
  /// How a figure is drawn.
  static let drawing = #"""
    // Drawing a figure: lines with bands and markers.
    let clipCount = 0;
    class Drawing {
      constructor(place, { height, name, pick }) {
        Object.assign(this, { place, height, name, pick, hidden: new Set(), current: null, hits: [] });
        this.title = el("figcaption", { class: "title" });
        this.svg = shape("svg", { tabindex: 0, role: "group", "aria-roledescription": "figure",
          class: "plot" });
        this.tip = el("div", { class: "tip", hidden: true });
        this.caption = el("p", { class: "caption" });
        this.clip = `clip${clipCount += 1}`;
        place.append(el("figure", {}, this.title, el("div", { class: "stage" }, this.svg, this.tip), this
          .caption));
        new ResizeObserver(() => {
          if (this.figure && Math.abs(place.clientWidth - this.drawn) > 1) this.draw();
        }).observe(place);
      }

      show(figure, hidden = this.hidden) {
        this.figure = figure;
        this.hidden = hidden;
        this.title.textContent = figure.title;
        this.caption.textContent = figure.caption ?? "";
        this.draw();
      }

      draw() {
        const { figure, svg } = this;
        this.drawn = this.place.clientWidth;
        const width = Math.max(280, this.drawn || 640),
          height = this.height;
        const box = { left: 64, right: width - 14, top: 10, bottom: height - 46 };
        const lines = figure.lines.map((line, index) => ({ ...line, index })).filter((line) => !this
          .hidden.has(line.index));
        const y = scaleOf({ ...figure.y, reversed: !figure.y.reversed },
          rangeOf(figure.y, valuesOf(figure, lines), 0.05), box.top, box.bottom);
        const xs = lines.flatMap((line) => line.points.map((point) => point.x));
        const edges = lines.flatMap((line) => line.points.flatMap((point) => [point.xLow ?? null, point
          .xHigh ?? null
        ]));
        const x = scaleOf(figure.x, rangeOf(figure.x, [...xs, ...edges], 0), box.left + 12, box.right -
          12);
        Object.assign(this, { x, y, box, width, hits: [] });
        svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
        svg.setAttribute("height", height);
        svg.setAttribute("aria-label",
          `${this.name ?? figure.title}. ${figure.y.label} against ${figure.x.label}. ` +
          `${lines.length} curves. Arrow keys read the points.`);
        svg.replaceChildren();
        this.drawAxes(box, xs, height);
        const inner = shape("g", { "clip-path": `url(#${this.clip})` });
        svg.append(shape("clipPath", { id: this.clip },
          shape("rect", { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom -
              box.top })), inner);
        this.drawBaselines(inner, lines, box);
        for (const line of lines) this.drawBand(inner, line);
        for (const line of lines) this.drawLine(inner, line);
        for (const line of lines) this.drawPoints(svg, line, box);
        this.ring = shape("circle", { r: 8, class: "ring", visibility: "hidden" });
        svg.append(this.ring);
        this.read(null);
      }

      drawAxes(box, xs, height) {
        const { figure, svg, x, y } = this;
        const yTicks = placedTicks(figure.y, y, roundTicks(figure.y, y, Math.max(2, Math.floor(height /
          44))), 0, 12);
        const xValues = figure.x.data ? xs : roundTicks(figure.x, x, 8);
        const xTicks = placedTicks(figure.x, x, xValues, 7, 9);
        for (const tick of yTicks) {
          svg.append(shape("line", { class: "grid", x1: box.left, x2: box.right, y1: tick.at, y2: tick
              .at }));
          svg.append(shape("text", { x: box.left - 8, y: tick.at + 4, "text-anchor": "end" }, tick.text ??
            ""));
        }
        svg.append(shape("path", { class: "frame",
          d: `M${box.left} ${box.top}V${box.bottom}H${box.right}` }));
        for (const tick of xTicks) {
          const end = box.bottom + (tick.text === null ? 3 : 5);
          svg.append(shape("line", { class: "frame", x1: tick.at, x2: tick.at, y1: box.bottom,
          y2: end }));
          if (tick.text !== null) {
            svg.append(shape("text", { x: tick.at, y: box.bottom + 18, "text-anchor": "middle" }, tick
              .text));
          }
        }
        const [middle, center] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
        svg.append(shape("text", { class: "label", x: middle, y: box.bottom +
          38, "text-anchor": "middle" }, figure.x.label));
        svg.append(shape("text", {
          class: "label",
          transform: `translate(15 ${center}) rotate(-90)`,
          "text-anchor": "middle"
        }, figure.y.label));
      }

      drawBaselines(inner, lines, box) {
        this.figure.baselines.forEach((baseline, index) => {
          const at = this.y.at(baseline.y);
          const own = baseline.line ?? null;
          if (at === null || (own !== null && this.hidden.has(own))) return;
          const [low, high] = [this.y.at(baseline.low), this.y.at(baseline.high)];
          if (own === null && low !== null && high !== null) {
            inner.append(shape("rect", {
              x: box.left,
              width: box.right - box.left,
              y: Math.min(low, high),
              height: Math.abs(high - low),
              class: "base-band"
            }));
          }
          inner.append(shape("line", {
            x1: box.left,
            x2: box.right,
            y1: at,
            y2: at,
            stroke: own === null ? "var(--base)" : styleOf(own).color,
            "stroke-width": own === null ? 1.6 : 1,
            "stroke-dasharray": own === null ? referenceDashes[index % 3] : "2 3"
          }));
          if (own === null) this.hits.push({ x: null, y: at, label: baseline.label, baseline });
        });
      }

      strokeOf(line) {
        if (!line.reference) return styleOf(line.index);
        return { color: "var(--base)", edge: "var(--paper)", dash: referenceDashes[line.index % 3],
          outline: null };
      }

      // Consecutive points that have what is asked for, an array for each stretch.
      stretches(line, values) {
        const all = [
          []
        ];
        for (const point of line.points) {
          const place = [this.x.at(point.x), ...values(point).map((value) => this.y.at(value))];
          if (place.includes(null)) { if (all.at(-1).length > 0) all.push([]); } else all.at(-1).push(
            place);
        }
        return all.filter((stretch) => stretch.length > 0);
      }

      drawBand(inner, line) {
        const { color } = this.strokeOf(line);
        const bar = (d) => inner.append(shape("path", { d, stroke: color, "stroke-width": 1.2,
          fill: "none" }));
        if (line.points.some((point) => point.xLow !== undefined && point.xLow !== null)) {
          for (const point of line.points) {
            const [px, py] = [this.x.at(point.x), this.y.at(point.y)];
            const [low, high] = [this.y.at(point.low), this.y.at(point.high)];
            const [left, right] = [this.x.at(point.xLow), this.x.at(point.xHigh)];
            if (px === null || py === null) continue;
            if (low !== null && high !== null) bar(
              `M${px} ${low}V${high}M${px - 3} ${low}h6M${px - 3} ${high}h6`);
            if (left !== null && right !== null) bar(
              `M${left} ${py}H${right}M${left} ${py - 3}v6M${right} ${py - 3}v6`);
          }
          return;
        }
        for (const stretch of this.stretches(line, (point) => [point.low, point.high])) {
          if (stretch.length === 1) {
            const [px, low, high] = stretch[0];
            bar(`M${px} ${low}V${high}M${px - 3} ${low}h6M${px - 3} ${high}h6`);
          } else {
            const corners = [...stretch.map(([px, , high]) => [px, high]),
              ...stretch.toReversed().map(([px, low]) => [px, low])
            ];
            inner.append(shape("path", { d: pathOf(corners) + "Z", fill: color, class: "band" }));
          }
        }
      }

      drawLine(inner, line) {
        if (line.joined === false) return;
        const { color, dash, edge } = this.strokeOf(line);
        for (const stretch of this.stretches(line, (point) => [point.y])) {
          if (stretch.length < 2) continue;
          const d = pathOf(stretch);
          const common = { d, fill: "none", "stroke-dasharray": dash, "stroke-linejoin": "round" };
          if (line.index % 8 === 7 && !line.reference) inner.append(shape("path", { ...common,
            stroke: edge, "stroke-width": 3 }));
          inner.append(shape("path", { ...common, stroke: color, "stroke-width": 1.8 }));
        }
      }

      drawPoints(svg, line, box) {
        const style = this.strokeOf(line);
        for (const point of line.points) {
          const at = this.x.at(point.x);
          if (at === null) continue;
          const height = this.y.at(point.y);
          const isInside = height !== null && height >= box.top - 0.5 && height <= box.bottom + 0.5;
          const place = isInside ? height : box.bottom - 7;
          if (isInside && line.markers !== false && !line.reference) svg.append(marker(style, at, place,
            point.open));
          if (point.troubled) {
            svg.append(shape("path", { class: "cross",
            d: `M${at - 5} ${place - 5}l10 10m-10 0l10 -10` }));
          }
          if (isInside || point.troubled) this.hits.push({ x: at, y: place, label: line.label, line: line
              .index, point });
        }
      }
    }
    """#
}
