"""Prints the README's table of the lottery ticket: mean ± half the 95 % confidence interval (Student t) over seeds of the
test accuracy and the step at the lowest validation loss, by weights remaining.

usage: lottery_table.py [SUMMARY.h5]     (needs h5py, pandas, scipy)
"""

import pathlib
import sys

import h5py
import pandas as pd
from scipy import stats

default = pathlib.Path(__file__).resolve().parents[1] / "Results/lottery-lenet-mnist/summary.h5"
with h5py.File(sys.argv[1] if len(sys.argv) > 1 else default) as file:
    rows = pd.DataFrame(file["index"][:])
rows["schedule"] = rows.schedule.str.decode("utf-8")
rows["control"] = rows.control.str.decode("utf-8")
rows["percent"] = (rows.density * 100).round(1)

ladder = rows.schedule.str.startswith("lottery-ticket")
one_shot = (rows.schedule == "one-shot") & (rows.density < 1)
columns = {
    "ticket": rows[ladder & (rows.control == "none")],
    "one-shot": rows[one_shot],
    "random reinit": rows[ladder & (rows.control == "random-reinit")],
    "random mask": rows[ladder & (rows.control == "random-mask")],
}


def cell(values, factor, digits):
    if values.empty:
        return "–"
    half = stats.t.ppf(0.975, len(values) - 1) * values.sem() if len(values) > 1 else float("nan")
    return f"{factor * values.mean():.{digits}f} ± {factor * half:.{digits}f}"


print("| weights remaining, % | " + " | ".join(columns) + " | " + " | ".join(f"{name}: step" for name in columns) + " |")
print("|---" * (1 + 2 * len(columns)) + "|")
for percent in sorted(columns["ticket"].percent.unique(), reverse=True):
    chosen = [part[part.percent == percent] for part in columns.values()]
    accuracies = [cell(part.early_stop_test_accuracy, 100, 2) for part in chosen]
    steps = [cell(part.early_stop_step, 1, 0) for part in chosen]
    print(f"| {percent} | " + " | ".join(accuracies + steps) + " |")
