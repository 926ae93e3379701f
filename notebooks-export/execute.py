"""Runs notebooks and stores them with their outputs, so that they can be read without being run.

usage: python execute.py NOTEBOOK.ipynb ...                       (on the summaries they name, stored in place)
       python execute.py NOTEBOOK.ipynb --summary SUMMARY.h5 --output RESULT.ipynb     (on another summary)

Cells keep their identifiers, and nothing that changes from run to run is stored: differences show changed results only."""

import argparse
import pathlib

import nbformat
from nbclient import NotebookClient

arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument("notebooks", type=pathlib.Path, nargs="+", help="the notebooks to run")
arguments.add_argument("--summary", type=pathlib.Path, help="the summary file to read in place of the one it names")
arguments.add_argument("--output", type=pathlib.Path, help="where to store the result")
options = arguments.parse_args()
if (options.summary is None) != (options.output is None):
    arguments.error("--summary and --output go together: the notebook itself shows the summary it names")
if options.output and len(options.notebooks) > 1:
    arguments.error("--output takes one notebook")

for source in options.notebooks:
    notebook = nbformat.read(source, as_version=4)
    if options.summary:
        cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
        chosen = {"summary": str(options.summary.resolve()), "trial": "", "by": None}
        names = [line.partition(" = ")[0] for line in cell.source.splitlines()]
        lines = zip(names, cell.source.splitlines())
        cell.source = "\n".join(f"{name} = {chosen[name]!r}" if name in chosen else line for name, line in lines)

    place = {"metadata": {"path": str(source.resolve().parent)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False, resources=place).execute()

    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.validate(notebook)
    nbformat.write(notebook, options.output or source)
