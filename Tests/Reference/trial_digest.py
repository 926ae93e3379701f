"""The SHA-256 of the results in trial files, by h5py and hashlib alone.

    python trial_digest.py TRIAL.h5 ...            one line a file: digest, two spaces, name
    python trial_digest.py --list TRIAL.h5 ...     the same as a digests.txt

The canonical form is that of Sources/Store/TrialDigest.swift, written anew from its description: labels with their
numbers, then bytes, all little-endian; every NaN is one. Results/quickstart/digests.txt was made by it.
"""

import hashlib
import json
import struct
import sys

import h5py
import numpy as np

DIGESTED = ["train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "test_loss", "test_accuracy"]


def digest(path):
    hash = hashlib.sha256()

    def add(label, integers=()):
        data = label.encode()
        hash.update(struct.pack(f"<{2 + len(integers)}q", len(data), len(integers), *integers))
        hash.update(data)

    def array(name, values):
        values = np.asarray(values)
        add(name, values.shape)
        if values.dtype.kind == "f":
            values = values.copy()
            values[np.isnan(values)] = np.nan
        hash.update(values.astype(values.dtype.newbyteorder("<")).tobytes())

    def arrays(label, group):
        add(label)
        for name in group:
            array(name, group[name][()])

    with h5py.File(path, "r") as file:
        if "initial/weights" in file:
            arrays("initial", file["initial/weights"])
        for index in sorted(map(int, file["rounds"])):
            round = file[f"rounds/{index}"]
            add("round", [index])
            for part in ["weights", "masks", "trained_masks", "channel_orders", "weight_scales", "input_ranges"]:
                if part in round:
                    arrays(part, round[part])
            series = round["series"]
            add("series", [int(step) for step in series["step"][()]])
            for name in series:
                if name != "step":
                    array(name, series[name][()].astype(np.float32))
            evaluations = round["evaluations"]
            steps = [int(step) for step in evaluations["step"][()]]
            add("evaluations", steps)
            columns = [
                evaluations[name][()] if name in evaluations else np.full(len(steps), np.nan) for name in DIGESTED
            ]
            classes = {}
            if "test_class_accuracy" in evaluations:
                classes = dict(zip(map(int, evaluations["class_step"][()]), evaluations["test_class_accuracy"][()]))
            for place, step in enumerate(steps):
                values = [column[place] for column in columns] + list(classes.get(step, []))
                array("evaluation", np.array(values, dtype=np.float64))
    return hash.hexdigest()


def main(arguments):
    files = [argument for argument in arguments if argument != "--list"]
    if "--list" in arguments:
        with h5py.File(files[0], "r") as file:
            numerics = json.loads(file["provenance/data"].asstr()[()])["numerics"]
        print(f"# SHA-256 of the results of each trial, numerics {numerics}")
    for path in files:
        with h5py.File(path, "r") as file:
            name = file.attrs["trial"]
        print(f"{digest(path)}  {name if isinstance(name, str) else name.decode()}")


main(sys.argv[1:])
