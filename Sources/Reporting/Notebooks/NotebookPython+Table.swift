/// The rule of `SampleStatistics`, `Cell` and `DenseReferences`: means, intervals, and differences paired by seed.
extension NotebookPython {
  /// The table of the curves.
  static let table = #"""
    def half_width(values):
        """Half of the 95 % confidence interval of the mean, t(0.975, n - 1) s / sqrt(n)."""
        values = values.dropna()
        n = len(values)
        return stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan


    def values_of(rows, column):
        """The values; none of a training that diverged, whatever was measured before it ended."""
        return rows[column].where(rows["counted"] & (rows["status"] != "diverged"))


    def measure(rows, column):
        """One line a level: density, mean, the ends of the band, n."""
        values = values_of(rows, column).groupby(rows["level"])
        mean = values.mean()
        half = values.apply(half_width) if band == "ci95" else values.std(ddof=1)
        low, high = (values.min(), values.max()) if band == "minmax" else (mean - half, mean + half)
        density = rows["density"].where(rows["counted"]).groupby(rows["level"]).mean()
        wanted = rows["target_sparsity"].groupby(rows["level"]).mean()
        trouble = rows["ended"] & rows["status"].isin(["collapsed", "diverged", "failed"])
        return pd.DataFrame({
            "density": density.fillna(1 - wanted), "mean": mean, "low": low, "high": high,
            "half": values.apply(half_width), "n": values.count(), "ended": trouble.groupby(rows["level"]).sum(),
        })


    def compared():
        """The dense rows by model, data set and seed, each with all that a row is compared by."""
        rows = dense if len(dense) else pruned[
            (pruned["round"] == 0) & (pruned["density"] == 1) & (pruned["control"] == "none")
        ]
        found = {}
        for row in rows.to_dict("records"):
            found.setdefault((row["model"], row["dataset"], row["seed"]), []).append(row)
        return found


    COMPARED = list(dict.fromkeys(IDENTITY + SETTINGS))
    references = compared()


    def reference(row):
        """The dense network of a row's model, dataset and seed: of several, in this order of weight, the one with the
        same retraining, else the one without any; the one that agrees in most settings; the one of the same round, trained
        for as many steps; the last round. Of equals the first. `coppice table` has the same rule."""
        def rank(other):
            retraining = 2 if other["retraining"] == row["retraining"] else 1 if other["retraining"] == "none" else 0
            agreeing = sum(other[c] == row[c] or (is_missing(other[c]) and is_missing(row[c])) for c in COMPARED)
            return retraining, agreeing, other["round"] == row["round"], other["final"] == 1

        return max(references.get((row["model"], row["dataset"], row["seed"]), []), key=rank, default=None)


    def difference(rows, column):
        """Mean and half-width of the difference to the dense network of the same seed."""
        values = values_of(rows, column)
        others = [reference(row) for row in rows.to_dict("records")]
        paired = values - [np.nan if other is None else other[column] for other in others]
        levels = paired.groupby(rows["level"])
        return pd.DataFrame({"difference": levels.mean(), "difference half": levels.apply(half_width)})


    def estimate(mean, half, column, sign=""):
        if np.isnan(mean):
            return "–"
        factor, digits = {"fraction": (100, 2), "count": (1, 0), "FLOPs": (1, 0), "s": (1, 1)}.get(units.get(column), (1, 4))
        rounded = round(factor * mean, digits) + 0.0  # no zero is negative
        return f"{rounded:{sign}.{digits}f}" + ("" if np.isnan(half) else f" ± {factor * half:.{digits}f}")


    unit = " (%)" if units.get(metric) == "fraction" else ""
    heading, against = metric.replace("_", " ") + unit, "Δ dense" + unit.replace("%", "pp")
    for baseline in baselines:
        values = baseline["rows"][metric]
        print(f"{baseline['name']}: {estimate(values.mean(), half_width(values), metric)}{unit[2:3] and ' %'}, n = {values.count()}")
    lines = []
    for curve in curves:
        rows = curve["rows"]
        for _, line in measure(rows, metric).join(difference(rows, metric)).iterrows():
            lines.append({
                "configuration": curve["name"], "remaining (%)": round(100 * line["density"], 2),
                "n": f"{line['n']:.0f}" if line["n"] == seeds else f"{line['n']:.0f}/{seeds}",
                heading: estimate(line["mean"], line["half"], metric),
                against: estimate(line["difference"], line["difference half"], metric, "+"), "ended": int(line["ended"]),
            })
    table = pd.DataFrame(lines).set_index(["configuration", "remaining (%)"]) if lines else pd.DataFrame()
    with pd.option_context("display.max_rows", 60):
        display(table)
    """#
}
