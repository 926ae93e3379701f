import CoppiceReporting
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// The notebook computes its numbers anew, in Python from the file: where it runs, they must be ours.
@Suite struct NotebookTests {
  static let python = Python.interpreter(with: [
    "h5py", "ipykernel", "matplotlib", "nbclient", "nbformat", "pandas", "scipy",
  ])
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../notebooks-export").standardizedFileURL

  @Test(.enabled(if: python != nil, "Python with h5py, matplotlib, nbclient, pandas and scipy"))
  func theNotebookRunsAndAgreesWithTheTable() throws {
    let python = try #require(Self.python)
    let place = FileManager.default.temporaryDirectory
      .appendingPathComponent("coppice-notebook-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let rows = IndexRows.grid() + IndexRows.ladder(control: "random-mask", endingAt: (seed: 1, round: 2))
    let summary = place.appendingPathComponent("summary.h5").path
    try SummaryFile.write(
      Summary(
        experiment: "notebook-test", configuration: "{}",
        provenance: #"{"command": "coppice run notebook-test"}"#,
        rows: rows),
      to: summary)

    let output = place.appendingPathComponent("out.ipynb").path
    let script = Self.folder.appendingPathComponent("execute.py").path
    let outcome = try #require(Python.run(python, [script, "--summary", summary, "--output", output]))
    try #require(outcome.status == 0, "\(outcome.output)")
    let notebook = try String(contentsOfFile: output, encoding: .utf8)

    #expect(notebook.contains("command: coppice run notebook-test"))
    #expect(notebook.contains("image/png"))
    let table = try CurveSet(rows).table()
    let accuracy = try #require(table.columns.firstIndex { $0.name == "test_accuracy" })
    let difference = try #require(table.columns.firstIndex { $0.name == "test_accuracy_difference" })
    for row in table.rows.dropFirst() {
      #expect(notebook.contains(table.display(row[accuracy], table.columns[accuracy])))
      #expect(notebook.contains(table.display(row[difference], table.columns[difference])))
    }
    #expect(notebook.contains("2/3"))
  }

  static let plainPython = Python.interpreter(with: ["h5py", "matplotlib", "numpy", "pandas", "scipy"])

  /// Runs the cells without a kernel, and compares every mean and every difference with the table's.
  @Test(
    .enabled(if: plainPython != nil, "Python with h5py, matplotlib, pandas and scipy"),
    arguments: [
      CurveTableTests.fineTuned, CurveTableTests.nine,
      IndexRows.grid() + IndexRows.ladder(control: "random-mask"),
      IndexRows.ladder(endingAt: (seed: 1, round: 2)),
    ])
  func everyDifferenceIsTheTables(rows: [IndexRow]) throws {
    let python = try #require(Self.plainPython)
    let place = FileManager.default.temporaryDirectory
      .appendingPathComponent("coppice-notebook-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let summary = place.appendingPathComponent("summary.h5").path
    try SummaryFile.write(
      Summary(experiment: "notebook-test", configuration: "{}", provenance: "{}", rows: rows), to: summary)
    let notebook = Self.folder.appendingPathComponent("sparsity-accuracy.ipynb").path
    let outcome = try #require(Python.run(python, ["-c", Self.script, notebook, summary]))
    try #require(outcome.status == 0, "\(outcome.output)")
    let lines = outcome.output.split(separator: "\n").filter { $0.hasPrefix("row:") }.map { line in
      line.dropFirst(4).split(separator: "|").map(String.init)
    }

    let set = try CurveSet(rows)
    let table = try set.table()
    let columns = try ["test_accuracy", "test_accuracy_difference"].map { name in
      try #require(table.columns.firstIndex { $0.name == name })
    }
    let expected = table.rows.dropFirst(set.baselines.count).map { row in
      columns.map { table.display(row[$0], table.columns[$0]) }
    }
    #expect(lines == expected)
    #expect(expected.contains { $0[1] != "–" })
  }

  private static let script = """
    import json, sys, types
    import matplotlib
    matplotlib.use("Agg")
    try:
        import IPython.display
    except ImportError:
        shown, package = types.ModuleType("IPython.display"), types.ModuleType("IPython")
        shown.display = lambda *values: None
        package.get_ipython, package.version_info = (lambda: None), (8, 24)
        sys.modules["IPython"], sys.modules["IPython.display"] = package, shown
    cells = ["".join(c["source"]) for c in json.load(open(sys.argv[1]))["cells"] if c["cell_type"] == "code"]
    cells[0] = f"summary = {sys.argv[2]!r}\\nmetric = 'test_accuracy'"
    names = {}
    for cell in cells:
        exec(cell, names)
    for line in names["table"].itertuples(index=False):
        print("row:" + line[1] + "|" + line[2])
    """

  @Test func theNotebookIsStableJSON() throws {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent("sparsity-accuracy.ipynb"))
    let notebook = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(notebook["nbformat"] as? Int == 4)
    #expect(notebook["nbformat_minor"] as? Int == 5)
    let cells = try #require(notebook["cells"] as? [[String: Any]])
    let identifiers = cells.compactMap { $0["id"] as? String }
    #expect(
      identifiers == [
        "intro", "parameters", "load-text", "load", "curves-text", "curves", "table-text", "table",
        "figure-text",
        "figure", "early-text", "early", "again",
      ])
  }
}
