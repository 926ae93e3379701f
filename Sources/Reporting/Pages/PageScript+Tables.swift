extension PageScript {
  /// Tables that are sorted, filtered and turned page by page.
  static let tables = #"""
    // Tables: a page of rows at a time, sorted by any column and filtered by words and conditions.
    class Sheet {
      constructor(table) {
        Object.assign(this, { columns: table.c, values: table.v, length: table.r, searched: [] });
      }
      text(row, index) {
        const values = this.values[index],
          column = this.columns[index];
        if (values.t) return values.i[row] < 0 ? "–" : values.t[values.i[row]];
        if (values.m) {
          if (values.m[row] === null) return "–";
          const half = values.w[row] === null ? "" : ` ± ${printed(values.w[row], column.f)}`;
          return printed(values.m[row], column.f, column.s) + half;
        }
        if (values.o) return values.n[row] === null ? "–" : values.n[row] === values.o[row] ?
          `${values.n[row]}` : `${values.n[row]}/${values.o[row]}`;
        return printed(values.n[row], column.f, column.s);
      }
      // What is compared: a number as it is shown, else the text; null where there is nothing.
      key(row, index) {
        const values = this.values[index];
        if (values.t) {
          if (values.i[row] < 0) return null;
          const text = values.t[values.i[row]];
          return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
        }
        const number = (values.m ?? values.n)[row];
        return number === null ? null : this.columns[index].f[0] === "p" ? number * 100 : number;
      }
      isNumeric(index) { return !this.values[index].t; }
      all(row) {
        return this.searched[row] ??= this.columns.map((_, index) => this.text(row, index)).join("\u0000")
          .toLowerCase();
      }
      index(name) {
        const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
        return this.columns.findIndex((column) => [column.n, column.h, column.h.replace(/\(.*\)$/, "")]
          .some((text) => plain(text) === plain(name)));
      }
      // A test of rows, from words and conditions such as sparsity>80 or criterion=magnitude.
      test(text) {
        const tests = [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => {
          const found = match[2]?.match(/^(.+?)(<=|>=|!=|=|<|>)(.*)$/u);
          const index = found ? this.index(found[1]) : -1;
          if (index < 0) {
            const word = (match[1] ?? match[2]).toLowerCase();
            return (row) => this.all(row).includes(word);
          }
          const [, , sign, value] = found;
          const number = value === "" ? NaN : Number(value);
          const equal = (row) => {
            const key = this.key(row, index);
            if (typeof key === "number" && Number.isFinite(number)) return Math.abs(key - number) <=
              1e-4 * Math.max(Math.abs(key), Math.abs(number)) || this.text(row, index) === value;
            return this.text(row, index).toLowerCase() === value.toLowerCase() || (key === null &&
              value === "none");
          };
          const compare = { "<": (a) => a < number, ">": (a) => a > number, "<=": (a) => a <=
            number, ">=": (a) => a >= number } [sign];
          if (sign === "=") return equal;
          if (sign === "!=") return (row) => !equal(row);
          return (row) => { const key = this.key(row, index); return typeof key === "number" &&
              compare(key); };
        });
        return (row) => tests.every((test) => test(row));
      }
    }

    const pageSize = 50;

    function tableView(place, sheet, { label, rows, visible, pick, tools = [], narrow = true }) {
      const everything = sheet.columns.map((_, index) => index);
      const state = {
        rows: rows ?? Array.from({ length: sheet.length }, (_, row) => row),
        text: "",
        sort: null,
        down: false,
        page: 0,
        columns: visible ?? everything
      };
      const filter = el("input", {
        type: "search",
        spellcheck: "false",
        oninput: (event) => {
          Object.assign(state, { text: event.target.value, page: 0 });
          update();
        }
      });
      const status = el("span", { class: "count", role: "status" });
      const head = el("thead"),
        body = el("tbody");
      const turn = (step) => { state.page += step;
        update(); };
      const before = el("button", { type: "button", onclick: () => turn(-1) }, "Previous");
      const after = el("button", { type: "button", onclick: () => turn(1) }, "Next");
      const bar = el("div", { class: "tools" }, field("Filter", filter), ...tools);
      if (visible && visible.length < everything.length) {
        bar.append(el("label", { class: "check" }, el("input", {
          type: "checkbox",
          onchange: (event) => {
            state.columns = event.target.checked ? everything : visible;
            heading();
            update();
          }
        }), "every column"));
      }
      const pager = el("div", { class: "tools pager" }, before, status, after);
      if (!narrow && sheet.length <= 12) bar.hidden = true;
      place.append(bar, el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label },
        el("table", { class: "lines" }, el("caption", {}, label), head, body)), pager);

      function heading() {
        head.replaceChildren(el("tr", {}, ...state.columns.map((index) => {
          const isSorted = state.sort === index;
          const arrow = isSorted ? (state.down ? " ▼" : " ▲") : "";
          return el("th", {
              scope: "col",
              "aria-sort": isSorted ? (state.down ? "descending" : "ascending") : "none",
              class: sheet.isNumeric(index) ? "number" : null
            },
            el("button", {
              type: "button",
              "data-column": sheet.columns[index].n,
              onclick: () => {
                Object.assign(state, isSorted ? { down: !state.down } : { sort: index,
                  down: false });
                state.page = 0;
                heading();
                update();
                head.querySelector(`[data-column="${CSS.escape(sheet.columns[index].n)}"]`)
                  ?.focus();
              }
            }, sheet.columns[index].h + arrow));
        })));
      }

      function update() {
        const isMet = sheet.test(state.text);
        const kept = state.rows.filter(isMet);
        if (state.sort !== null) {
          const keys = new Map(kept.map((row) => [row, sheet.key(row, state.sort)]));
          const order = (a, b) => typeof a === "number" && typeof b === "number" ? a - b : String(a)
            .localeCompare(String(b), "en");
          kept.sort((a, b) => {
            const [one, other] = [keys.get(a), keys.get(b)];
            if (one === null || other === null) return (one === null) - (other === null) || a - b;
            return (state.down ? -1 : 1) * order(one, other) || a - b;
          });
        }
        const pages = Math.max(1, Math.ceil(kept.length / pageSize));
        state.page = Math.min(Math.max(0, state.page), pages - 1);
        const first = state.page * pageSize;
        body.replaceChildren(...kept.slice(first, first + pageSize).map((row) => el(
        "tr", { "data-row": row },
          ...state.columns.map((index, place) => {
            const text = sheet.text(row, index);
            if (place > 0) return el("td", { class: sheet.isNumeric(index) ? "number" : null },
              text);
            return el("th", { scope: "row" }, pick ? el("button", { type: "button", class: "link",
              onclick: () => pick(row) }, text) : text);
          }))));
        status.textContent = kept.length === 0 ? "no rows" :
          `${first + 1}–${Math.min(first + pageSize, kept.length)} of ${kept.length}` +
          (kept.length < state.rows.length ? ` (${state.rows.length} in all)` : "");
        before.disabled = state.page === 0;
        after.disabled = state.page >= pages - 1;
        pager.hidden = !narrow && pages === 1 && sheet.length <= 12;
      }
      heading();
      update();
      return { show(rows) { Object.assign(state, { rows, page: 0 });
          update(); } };
    }
    """#
}
