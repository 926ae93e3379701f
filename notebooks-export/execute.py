"""Runs sparsity-accuracy.ipynb and stores it with its outputs, so that it can be read without being run.

usage: python execute.py                                            (on the summary it names, stored in place)
       python execute.py --summary SUMMARY.h5 --output NOTEBOOK.ipynb   (on another one)

Cells keep their identifiers, and nothing that changes from run to run is stored: differences show changed results only."""

import argparse
import pathlib

import nbformat
from nbclient import NotebookClient

here = pathlib.Path(__file__).resolve().parent
arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument("--summary", type=pathlib.Path, help="the summary file to read in place of the one it names")
arguments.add_argument("--output", type=pathlib.Path, help="where to store the result")
options = arguments.parse_args()
if (options.summary is None) != (options.output is None):
    arguments.error("--summary and --output go together: the notebook itself shows the summary it names")

source = here / "sparsity-accuracy.ipynb"
notebook = nbformat.read(source, as_version=4)
if options.summary:
    parameters = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    lines = parameters.source.splitlines()
    chosen = f"summary = {str(options.summary.resolve())!r}"
    parameters.source = "\n".join(chosen if line.startswith("summary =") else line for line in lines)

place = {"metadata": {"path": str(here)}}
NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False, resources=place).execute()

notebook.metadata = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
nbformat.validate(notebook)
nbformat.write(notebook, options.output or source)
