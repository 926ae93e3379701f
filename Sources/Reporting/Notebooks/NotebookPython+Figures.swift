/// What `CurveSet` and analyses draw.
extension NotebookPython {
  /// The measure against the weights that remain.
  static let figure = #"""
    # Okabe and Ito's colours, told apart by most colour-blind readers; dashes and markers tell curves apart in grey.
    COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442"]
    MARKERS, DASHES = "osD^vPXh", ["-", "--", ":", "-."]
    BANDS = {"ci95": "95 % CI (Student t)", "std": "± one standard deviation", "minmax": "least to greatest"}
    MOST = 8  # curves of a figure: as many as there are colours


    def panels():
        """The curves by figure. Where there are too many, each figure has one value of some columns."""
        split = []

        def parts():
            found = {}
            for curve in curves:
                found.setdefault(tuple(curve["key"][c] for c in split), []).append(curve)
            return found

        for column in reversed([c for c in columns if c != "criterion"]):
            if max(map(len, parts().values()), default=0) <= MOST:
                break
            split.append(column)
        shown = []
        for key, part in parts().items():
            few = -(-len(part) // -(-len(part) // MOST))
            for start in range(0, len(part), few):
                number = f"{start // few + 1} of {-(-len(part) // few)}" if few < len(part) else ""
                shown.append((", ".join(filter(None, [label(key, split), number])), part[start:start + few], split))
        return shown


    def draw(column, part, title="", split=()):
        factor = 100 if units.get(column) == "fraction" else 1
        figure, axes = plt.subplots(figsize=(6, 3.9), dpi=72)
        densities = set()
        for position, curve in enumerate(part):
            data = measure(curve["rows"], column)
            densities.update(data["density"].round(6))
            color, marker = COLORS[position % len(COLORS)], MARKERS[position % len(MARKERS)]
            name = label([v for c, v in curve["key"].items() if c not in split], [c for c in columns if c not in split])
            axes.plot(
                data["density"], factor * data["mean"], color=color, label=name or curve["name"],
                linestyle=DASHES[position % 4], marker=marker, markersize=5, markeredgecolor="white", markeredgewidth=0.6,
            )
            low, high = factor * data["low"], factor * data["high"]
            if factor == 100:  # no band leaves what the measure can be
                low, high = low.clip(0, 100), high.clip(0, 100)
            axes.fill_between(data["density"].to_numpy(), low, high, color=color, alpha=0.15, linewidth=0)
            few = data["n"] < seeds
            axes.plot(
                data["density"][few], factor * data["mean"][few], linestyle="", marker=marker, markersize=5,
                markerfacecolor="white", markeredgecolor=color,
            )
        for position, baseline in enumerate(baselines[:3]):
            value = factor * baseline["rows"][column].mean()
            if np.isfinite(value):
                dash = (0, (5, 3 + 3 * position))
                axes.axhline(value, color="#6E6E6E", linestyle=dash, linewidth=1.2, label=baseline["name"])
        axes.set_xscale("log")
        axes.invert_xaxis()
        ticks = sorted(densities, reverse=True)
        while len(ticks) > 8:
            ticks = ticks[::2]
        axes.set_xticks(ticks, [f"{100 * t:.3g}" for t in ticks])
        axes.minorticks_off()
        axes.set_xlabel("Weights remaining (%)")
        axes.set_ylabel(column.replace("_", " ").capitalize() + (" (%)" if factor == 100 else ""))
        axes.grid(axis="y", color="#E4E4E4")
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, frameon=False, fontsize=8)
        head = ": ".join(filter(None, [experiment, title]))
        axes.set_title(f"{head}\nmean, band: {BANDS[band]}, n = {seeds} seeds", fontsize=10)
        plt.show()


    for title, part, split in panels():
        draw(metric, part, title, split)
    """#

  /// When training could stop.
  static let early = #"""
    ladders = [curve for curve in curves if curve["rows"]["level"].equals(curve["rows"]["round"])]
    for column in ("early_stop_step", "early_stop_test_accuracy"):
        if ladders and column in index and index[column].notna().any():
            draw(column, ladders[:MOST])
    """#

  /// What analyses found, each drawn as it says itself.
  static let analyses = #"""
    def words(dataset, name):
        return [str(word) for word in dataset.attrs.get(name, [])]


    def draw_analysis(rows, dataset, titles):
        """One column against another, a curve for each combination of some more: mean, and band from least to greatest."""
        x, y, by = dataset.attrs["drawing_x"], dataset.attrs["drawing_y"], words(dataset, "drawing_by")
        rows = rows[np.isfinite(rows[x]) & rows[y].notna()].assign(place=rows[x].round(6))
        split = by[:1] if dataset.attrs.get("drawing_form") == "panels" else []
        figures = []
        for key, part in grouped(rows, split):
            parts = grouped(part, [name for name in by if name not in split])
            figures += [(key, parts[start:start + MOST]) for start in range(0, len(parts), MOST)]
        for key, parts in figures[:MOST]:
            draw_parts(rows, parts, ", ".join(map(str, key)), dataset, titles)
        if len(figures) > MOST:
            print(f"{len(figures) - MOST} more figures are not drawn here")


    def draw_parts(rows, parts, title, dataset, titles):
        """Some of the curves of an analysis."""
        x, y = dataset.attrs["drawing_x"], dataset.attrs["drawing_y"]
        figure, axes = plt.subplots(figsize=(6.5, 4.0), dpi=80)
        for position, (key, part) in enumerate(parts):
            values = part.groupby("place")[y].agg(["mean", "min", "max"])
            name = ", ".join(str(v) for v in key if not is_missing(v))
            color = COLORS[position % len(COLORS)]
            axes.plot(
                values.index, values["mean"], color=color, label=name or None, marker=MARKERS[position % len(MARKERS)],
                markersize=4, linestyle=DASHES[position % 4])
            axes.fill_between(values.index.to_numpy(), values["min"], values["max"], color=color, alpha=0.12, linewidth=0)
        if "drawing_reference" in dataset.attrs:
            chance = dataset.attrs["drawing_reference"]
            values = rows.groupby("place")[chance].mean()
            axes.plot(values.index, values, color="#6E6E6E", linestyle=(0, (5, 3)), label=titles.get(chance, chance))
        if x == "density":
            axes.set_xscale("log")
            axes.invert_xaxis()
        axes.set_xlabel(titles.get(x, x).capitalize())
        axes.set_ylabel(titles.get(y, y).capitalize())
        axes.grid(axis="y", color="#E4E4E4")
        axes.spines[["top", "right"]].set_visible(False)
        if axes.get_legend_handles_labels()[1]:
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, frameon=False, fontsize=8)
        axes.set_title("\n".join(filter(None, [dataset.attrs.get("title", ""), title])), fontsize=10)
        plt.show()


    def draw_matrices(rows, dataset, titles):
        """Shades of a value by rows and columns, one matrix for each combination of some more: the mean of what meets there."""
        x, y, value = (dataset.attrs[name] for name in ("drawing_x", "drawing_y", "drawing_value"))
        for key, part in grouped(rows, words(dataset, "drawing_by"))[:6]:
            cells = part.pivot_table(index=y, columns=x, values=value, aggfunc="mean", sort=False)
            figure, axes = plt.subplots(figsize=(5, 3.6), dpi=80)
            image = axes.imshow(cells.to_numpy(dtype=float), cmap="viridis", aspect="auto", interpolation="nearest")
            for set_ticks, labels in ((axes.set_xticks, cells.columns), (axes.set_yticks, cells.index)):
                places = range(0, len(labels), -(-len(labels) // 12))
                set_ticks(places, [f"{labels[p]:.3g}" if isinstance(labels[p], float) else str(labels[p]) for p in places])
            axes.tick_params(axis="x", rotation=45)
            axes.set_xlabel(titles.get(x, x).capitalize())
            axes.set_ylabel(titles.get(y, y).capitalize())
            figure.colorbar(image, ax=axes, shrink=0.8, label=titles.get(value, value))
            axes.set_title("\n".join(filter(None, [dataset.attrs.get("title", ""), ", ".join(map(str, key))])), fontsize=9)
            plt.show()


    with h5py.File(summary, "r") as file:
        found = {name: item for name, item in file.get("analyses", {}).items() if isinstance(item, h5py.Dataset)}
        print(", ".join(found) or "this summary has no analyses")
        for name, dataset in found.items():
            rows, titles = frame(dataset), dict(zip(dataset.dtype.names, words(dataset, "column_titles")))
            print(f"\n{name}: {dataset.attrs.get('title', '')}. {dataset.attrs.get('description', '')}")
            display(rows.head(10))
            if not {dataset.attrs.get("drawing_x"), dataset.attrs.get("drawing_y")} <= set(rows.columns):
                continue
            if dataset.attrs.get("drawing_form") == "matrix":
                draw_matrices(rows, dataset, titles)
            elif pd.api.types.is_numeric_dtype(rows[dataset.attrs["drawing_x"]]):
                draw_analysis(rows, dataset, titles)
    """#
}
