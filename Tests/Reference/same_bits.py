"""Whether two builds of coppice give the same weights, masks and figures, bit for bit.

    python Tests/Reference/same_bits.py OLD NEW [--data DIR]

Both run the quickstart and a short lottery ticket in folders of their own. Trials are paired by their settings, not by their
names, which end in a key. Needs h5py and numpy. Exit code 1 where a bit differs or a trial has no partner.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

RUNS = [
    ["quickstart"],
    ["lottery-lenet-mnist", "--seeds", "1", "--set", "training=300it"],
]

def run(binary, arguments, folder, data):
    command = [binary, "run", *arguments, "--results", str(folder), "--as", "run", "--quiet"]
    subprocess.run(command + (["--data", data] if data else []), check=True, stdout=subprocess.DEVNULL)
    return sorted((folder / "run" / "trials").glob("*.h5"))


def spelled(text):
    """`generator-seed` for `generatorSeed`."""
    return "".join("-" + letter.lower() if letter.isupper() else letter for letter in text)


def name(value):
    """A component by its name and fields, without versions."""
    if isinstance(value, dict):
        fields = {spelled(key): name(entry) for key, entry in value.items() if key != "version"}
        return fields if len(fields) > 1 else fields["name"]
    return [name(entry) for entry in value] if isinstance(value, list) else value


def settings(path):
    with h5py.File(path) as file:
        return {key: name(value) for key, value in json.loads(file["config/data"][()]).items()}


def identity(path, known):
    """The settings that both builds have."""
    return json.dumps({key: value for key, value in settings(path).items() if key in known}, sort_keys=True)


def arrays(path):
    found = {}

    def visit(where, entry):
        if isinstance(entry, h5py.Dataset) and entry.dtype.kind in "fiu":
            if where.startswith(("initial/", "rounds/")):
                found[where] = entry[()]

    with h5py.File(path) as file:
        file.visititems(visit)
        for index in file["rounds"]:
            attributes = file[f"rounds/{index}"].attrs
            for column in ("test_accuracy", "test_loss", "validation_loss", "sparsity", "requested_sparsity"):
                found[f"rounds/{index}@{column}"] = np.float64(attributes[column])
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--data")
    options = parser.parse_args()
    differing = compared = 0
    for arguments in RUNS:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            old = run(options.old, arguments, root / "old", options.data)
            made = run(options.new, arguments, root / "new", options.data)
            known = settings(old[0]).keys() & settings(made[0]).keys()
            new = {identity(path, known): path for path in made}
            for path in old:
                partner = new.pop(identity(path, known), None)
                if partner is None:
                    print(f"{path.name}: no such trial in the new build")
                    differing += 1
                    continue
                before, after = arrays(path), arrays(partner)
                for where, values in before.items():
                    if where not in after or values.tobytes() != after[where].tobytes():
                        print(f"{path.name}: {where} differs")
                        differing += 1
                compared += len(before)
            for path in new.values():
                print(f"{path.name}: no such trial in the old build")
                differing += 1
    print(f"{compared} arrays and figures compared, {differing} differ")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
