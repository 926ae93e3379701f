extension PageScript {
  /// How a figure is read by pointer and keyboard.
  static let reading = #"""
    // Reading a figure: the point nearest to the pointer, or the next one in the direction of an arrow key.
    class Plot extends Drawing {
      constructor(place, options) {
        super(place, options);
        this.svg.addEventListener("pointermove", (event) => this.point(event));
        this.svg.addEventListener("pointerleave", () => {
          if (document.activeElement !== this.svg) this.read(null);
        });
        this.svg.addEventListener("click", () => this.choose());
        this.svg.addEventListener("keydown", (event) => this.key(event));
        this.svg.addEventListener("blur", () => this.read(null));
      }

      point(event) {
        const box = this.svg.getBoundingClientRect();
        const px = (event.clientX - box.left) * this.width / box.width;
        const py = (event.clientY - box.top) * this.height / box.height;
        const isInside = px >= this.box.left && px <= this.box.right;
        let [best, least] = [null, 40 * 40];
        for (const hit of this.hits) {
          // A baseline counts only where the pointer is nearly on it.
          const along = hit.x === null ? (isInside ? 0 : Infinity) : px - hit.x;
          const far = along ** 2 + (py - hit.y) ** 2 * (hit.x === null ? 9 : 1);
          if (far < least) [best, least] = [hit, far];
        }
        this.read(best, px);
      }

      read(hit, px = null) {
        this.current = hit;
        this.ring?.setAttribute("visibility", hit && hit.x !== null ? "visible" : "hidden");
        this.tip.hidden = hit === null;
        if (hit === null) return;
        const x = hit.x ?? px ?? this.box.left;
        this.ring.setAttribute("cx", hit.x ?? 0);
        this.ring.setAttribute("cy", hit.y);
        const lines = this.wordsOf(hit);
        const words = lines.map((line) => el("span", {}, line));
        this.tip.replaceChildren(el("strong", {}, hit.label), ...words);
        const share = this.svg.getBoundingClientRect().width / this.width;
        const isRight = x > this.width / 2;
        this.tip.style.left = isRight ? "auto" : `${x * share + 12}px`;
        this.tip.style.right = isRight ? `${(this.width - x) * share + 12}px` : "auto";
        this.tip.style.top = `${Math.max(0, hit.y - 20)}px`;
      }

      wordsOf(hit) {
        const { figure } = this;
        const value = (axis, number) => tickTexts({ ...axis, log: true }, [number])[0]
          + (axis.format === "percent" ? " %" : "");
        const title = (axis) => axis.label.replace(/ \(%\)$/, "");
        if (hit.baseline) {
          const { y, low, high, note } = hit.baseline;
          if (note) return [note];
          const band = (low ?? null) === null ? "" : ` (${value(figure.y, low)} to ${value(figure.y, high)})`;
          return [value(figure.y, y) + band];
        }
        const { point } = hit;
        return [`${title(figure.x)}: ${value(figure.x, point.x)}`,
          point.note ? point.note : `${title(figure.y)}: ${value(figure.y, point.y)}`];
      }

      key(event) {
        const { key } = event;
        if (key === "Escape") return this.read(null);
        if (key === "Enter" || key === " ") { event.preventDefault(); return this.choose(); }
        if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(key))
        return undefined;
        event.preventDefault();
        const points = this.hits.filter((hit) => hit.x !== null);
        if (points.length === 0) return undefined;
        const current = this.current && this.current.x !== null ? this.current : null;
        const index = current ? current.line : points[0].line;
        const along = (line) => points.filter((hit) => hit.line === line).sort((a, b) => a.x - b.x);
        let next = null;
        if (!current) next = along(index)[0];
        else if (key === "ArrowUp" || key === "ArrowDown") {
          const indices = [...new Set(points.map((hit) => hit.line))];
          const step = key === "ArrowUp" ? indices.length - 1 : 1;
          const other = indices[(indices.indexOf(index) + step) % indices.length];
          next = along(other).reduce((best, hit) => Math.abs(hit.x - current.x) < Math.abs(best.x -
            current.x) ? hit : best);
        } else {
          const own = along(index);
          const place = key === "Home" ? 0 : key === "End" ? own.length - 1 :
            own.indexOf(current) + (key === "ArrowRight" ? 1 : -1);
          next = own[Math.min(Math.max(place, 0), own.length - 1)];
        }
        this.read(next);
        say(`${next.label}. ${this.wordsOf(next).join(". ")}`);
        return undefined;
      }

      choose() { if (this.pick && this.current?.point) this.pick(this.current); }
    }
    """#
}
