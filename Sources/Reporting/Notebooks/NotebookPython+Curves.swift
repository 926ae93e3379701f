/// The rule of `CurveSet` and `Grouping`: which rows are a curve, and which a dense network.
extension NotebookPython {
  /// The curves, and the dense networks.
  static let curves = #"""
    IDENTITY = ["criterion", "schedule", "dynamics", "control", "retraining", "allocation", "granularity"]
    IDENTITY = [column for column in IDENTITY + ["model", "dataset"] if column in index]  # older files have no dynamics
    SETTINGS = [c for c in dict.fromkeys(["rewind_step", *settings]) if c not in IDENTITY and c not in ("seed", "sparsity")]

    target = index["target_sparsity"]
    is_dense = (index["control"] == "none") & (index["schedule"] != "recipe") & (
        (target <= 0) | target.isna() & (index["final"] == 1) & (index["density"] == 1) & (index["schedule"] != "none")
    )
    dense, pruned = index[is_dense], index[~is_dense]


    def is_missing(value):
        return value in ("", "none") or (isinstance(value, float) and not np.isfinite(value))


    def last_rows(rows):
        """The row each trial ends with."""
        rank = rows["final"].astype(int) * 1_000_000 + rows["round"]
        return rows.loc[rank.groupby(rows["trial"], sort=False).idxmax()]


    def points(rows):
        """The rows of a curve: `level` orders them, `counted` says which have a value there, `ended` where a trial ends."""
        last = last_rows(rows)
        targets = rows["target_sparsity"]
        is_ladder = rows["ladder"].all() if "ladder" in rows else rows["schedule"].eq("lottery-ticket").all()
        if is_ladder and targets.notna().all() and targets.nunique() == 1:
            return rows.assign(level=rows["round"], counted=True, ended=rows.index.isin(last.index))
        whole = (last["final"] == 1) & (last["status"] == "completed")
        if "stopped_by" in last:
            whole &= last["stopped_by"] == ""
        reached = whole | ((last["requested_sparsity"] - last["target_sparsity"]).abs() < 1e-9)
        return last.assign(level=last["target_sparsity"].fillna(-1), counted=reached, ended=True)


    def label(values, columns):
        """What tells a curve apart, in words: `name = value` for settings, nothing for `none`."""
        named = [(c.removeprefix("setting_"), v) for c, v in zip(columns, values) if not is_missing(v)]
        return ", ".join(str(v) if c in IDENTITY else f"{c} = {f'{v:g}' if isinstance(v, float) else v}" for c, v in named)


    def telling(rows):
        """The columns that vary, without those that the others determine."""
        def count(columns):
            return len(rows[columns].drop_duplicates()) if columns else 1

        columns = [c for c in IDENTITY if rows[c].nunique(dropna=False) > 1]
        for extra in SETTINGS:
            is_open = rows.duplicated(columns + ["target_sparsity", "round", "seed"]).any()
            if is_open and rows[extra].nunique(dropna=False) > 1:
                columns.append(extra)
        for column in reversed(list(columns)):
            fewer = [c for c in columns if c != column]
            if count(fewer) == count(columns):
                columns = fewer
        return columns


    def baseline_rows():
        """The dense networks, one row each, and the columns they differ in."""
        rows = last_rows(dense) if len(dense) else pruned[
            (pruned["round"] == 0) & (pruned["density"] == 1) & (pruned["control"] == "none")
        ]
        rows = rows.drop_duplicates(["model", "dataset", "seed", "validation_loss", "test_loss", "test_accuracy"])
        columns = [c for c in ("model", "dataset") if rows[c].nunique() > 1]
        for column in dict.fromkeys(["retraining", "schedule", *IDENTITY, *SETTINGS]):
            twice = rows[rows.duplicated(columns + ["seed"], keep=False)]
            if len(twice) and column not in columns and twice[column].nunique(dropna=False) > 1:
                columns.append(column)
        return rows, columns


    def grouped(rows, columns):
        if not columns:
            return [((), rows)] if len(rows) else []
        return [(key, part) for key, part in rows.groupby(columns, sort=False, dropna=False)]


    columns = telling(pruned) if by is None else list(by)
    curves = []
    for key, rows in grouped(pruned, columns):
        plain = [c for c in ("criterion", "schedule", "dynamics") if c in IDENTITY]
        name = label(key, columns) or label([rows[c].iloc[0] for c in plain], plain) or "all trials"
        curves.append({"name": name, "key": dict(zip(columns, key)), "rows": points(rows)})
    flat, baseline_columns = baseline_rows()
    baselines = []
    for key, rows in grouped(flat, baseline_columns):
        shown = [c for c in baseline_columns if c != "schedule" or not rows["retraining"].eq("none").all()]
        name = label([rows[c].iloc[0] for c in shown], shown)
        baselines.append({"name": "dense" + (", " + name if name else ""), "rows": rows})
    seeds = index["seed"].nunique()
    print(f"{len(curves)} curves, told apart by {', '.join(columns) or 'nothing'}; {len(baselines)} dense; {seeds} seeds")
    """#
}
