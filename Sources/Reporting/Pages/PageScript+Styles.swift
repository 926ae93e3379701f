extension PageScript {
  /// How curves are told apart; what `LineStyle` says.
  static let styles = #"""
    // How curves are told apart: by colour, dash and marker together.
    const dashes = [null, "7 2.5", "2 2", "7 2.5 2 2.5"];
    const referenceDashes = ["6 4", "2 3", "10 3 2 3"];
    const outlines = [
      null, [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]], [[0, -1.2], [1.1, 0.85], [-1.1, 0.85]],
      [[0, -1.3], [1.1, 0], [0, 1.3], [-1.1, 0]], [[0, 1.2], [1.1, -0.85], [-1.1, -0.85]],
      [[0, -1.15], [1.09, -0.36], [0.68, 0.93], [-0.68, 0.93], [-1.09, -0.36]],
      [[-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4], [0.4, 1.2], [-0.4, 1.2],
        [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4]],
      [[-1.1, 0], [-0.55, -0.95], [0.55, -0.95], [1.1, 0], [0.55, 0.95], [-0.55, 0.95]],
    ];

    function styleOf(index) {
      const turned = index + Math.floor(index / 8);
      return {
        color: `var(--c${index % 8})`,
        edge: `var(--e${index % 8})`,
        dash: dashes[turned % 4],
        outline: outlines[turned % 8]
      };
    }

    function pathOf(points) {
      return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x.toFixed(2)} ${y.toFixed(2)}`)
        .join("");
    }

    function marker(style, x, y, isOpen) {
      const r = 3.7;
      const attributes = {
        fill: isOpen ? "var(--paper)" : style.color,
        stroke: isOpen ? style.color : style.edge,
        "stroke-width": isOpen ? 1.5 : 0.8
      };
      if (!style.outline) return shape("circle", { cx: x.toFixed(2), cy: y.toFixed(2), r, ...attributes });
      const points = style.outline.map(([dx, dy]) => [x + dx * r, y + dy * r]);
      return shape("path", { d: pathOf(points) + "Z", ...attributes });
    }
    """#
}
