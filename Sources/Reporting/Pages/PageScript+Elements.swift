extension PageScript {
  /// Elements and numbers.
  static let elements = #"""
    "use strict";
    const data = JSON.parse(document.getElementById("data").textContent);

    // Elements. Texts are put in as text, never as markup.
    function build(made, attributes, children) {
      for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false) continue;
        if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
        else made.setAttribute(name, value === true ? "" : value);
      }
      made.append(...children.filter((child) => child !== null && child !== undefined));
      return made;
    }

    function el(name, attributes = {}, ...children) {
      return build(document.createElement(name), attributes, children);
    }

    function shape(name, attributes = {}, ...children) {
      return build(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
    }

    function option(value, text) { return el("option", { value }, text); }

    function field(label, control) { return el("label", {}, el("span", {}, label), control); }

    // Numbers, as tables print them.
    function fixed(value, decimals) {
      const text = value.toFixed(decimals);
      return text.startsWith("-") && Number(text) === 0 ? text.slice(1) : text;
    }

    function trimmed(value, decimals) {
      const text = fixed(value, decimals);
      return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
    }

    function printed(value, format, signed = false) {
      if (value === null || value === undefined) return "–";
      const [kind, decimals] = format;
      const text = kind === "p" ? fixed(value * 100, decimals) :
        kind === "d" ? fixed(value, decimals) : kind === "i" ? fixed(value, 0) : String(value);
      return signed && !text.startsWith("-") ? "+" + text : text;
    }

    function short(value) {
      const size = Math.abs(value);
      const step = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]].find(([least]) => size >= least);
      if (step && size >= 1e4) return String(Number((value / step[0]).toPrecision(3))) + step[1];
      return size > 0 && size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
    }

    function say(text) { document.getElementById("said").textContent = text; }
    """#
}
