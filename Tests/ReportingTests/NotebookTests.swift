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
