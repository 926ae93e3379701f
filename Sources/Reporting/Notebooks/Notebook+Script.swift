extension Notebook {
  /// The notebook as a Python script in the percent format: `# %%` begins a cell, and editors run it as one. It runs without Jupyter.
  package var script: String {
    cells.map { cell in
      switch cell.kind {
      case .markdown:
        let lines = cell.source.split(separator: "\n", omittingEmptySubsequences: false)
        return "# %% [markdown]\n" + lines.map { $0.isEmpty ? "#" : "# \($0)" }.joined(separator: "\n")
      case .code: return "# %%\(cell.isParameters ? " tags=[\"parameters\"]" : "")\n" + cell.source
      }
    }.joined(separator: "\n\n") + "\n"
  }
}
