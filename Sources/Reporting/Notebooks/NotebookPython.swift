/// The Python of a notebook's cells. Each cell uses what those before it define; the first sets `summary`, `trial`, `metric`, `by`
/// and `band`.
enum NotebookPython {
  /// Reads `/index`, and says where it is from.
  static let rows = #"""
    import json
    import pathlib

    import h5py
    import matplotlib.pyplot as plt
    import numpy as np
    import pandas as pd
    from scipy import stats

    try:
        from IPython.display import display
    except ImportError:  # run as a plain script
        display = print
    pd.set_option("display.width", 160, "display.max_columns", 20)


    def frame(dataset):
        """A compound table of a file, its texts as text: h5py gives them as bytes."""
        rows = pd.DataFrame(dataset[()])
        for column in rows:
            if len(rows) and isinstance(rows[column].iloc[0], bytes):
                rows[column] = rows[column].str.decode("utf-8")
        return rows


    with h5py.File(summary, "r") as file:
        index = frame(file["index"])
        settings = [name for name in file["index"].attrs.get("setting_columns", []) if name in index]
        units = dict(zip(index.columns, file["index"].attrs.get("units", [])))
        provenance = json.loads(file["provenance/data"].asstr()[()])
        experiment = file.attrs.get("experiment", "")
    for column in ("early_stop_step", "rewind_step"):
        if column in index:
            index[column] = index[column].where(index[column] >= 0)

    print(f"{experiment or summary}: {index['trial'].nunique()} trials, {len(index)} rows")
    for key in ("command", "started", "tool", "git_commit", "git_dirty", "swift", "processor", "kernels", "numerics"):
        if key in provenance:
            program, space, rest = str(provenance[key]).partition(" ")
            print(f"  {key}: {pathlib.PurePath(program).name + space + rest if key == 'command' else provenance[key]}")
    index["status"].value_counts().rename("rows").to_frame()
    """#

  /// The same as labelled arrays, where xarray is there.
  static let cube = #"""
    try:
        import xarray

        with xarray.open_dataset(summary, group="cube", engine="h5netcdf", phony_dims="sort") as cube:
            print(dict(cube.sizes))
            if metric in cube:
                means = cube[metric].mean("seed").round(4)
                print(means.isel({axis: slice(0, 3) for axis in means.dims}))
    except ImportError:
        print("for labelled arrays: pip install xarray h5netcdf")
    except OSError:
        print("no trial of this summary was asked for a sparsity")
    """#
}
