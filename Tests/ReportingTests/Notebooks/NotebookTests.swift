import CoppiceReporting
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// A notebook computes its numbers anew, in Python from the file: where it runs, they must be ours.
@Suite struct NotebookTests {
  static let python = Python.interpreter(with: [
    "h5py", "ipykernel", "matplotlib", "nbclient", "nbformat", "pandas", "scipy",
  ])
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../..").standardizedFileURL
  static let folder = root.appendingPathComponent("notebooks-export")

  private static func notebook(
    _ rows: [IndexRow], of experiment: String = "notebook-test", summary: String, trials: String = "trials",
    metric: String = "test_accuracy"
  ) throws -> Notebook {
    try SummaryNotebook(experiment: experiment, question: "Is it so?", rows: rows).notebook(
      summary: summary, trials: trials, metric: metric, command: "coppice notebook \(experiment)")
  }

  /// Two analyses, one that is drawn and one that is not.
  private static let analyses = [
    NamedTable(
      "drawn_one", title: "something over sparsity", description: "Made up.",
      columns: [
        .init("method", texts: ["a", "a", "b", "b"]),
        .init(Quantity("density", unit: .fraction), numbers: [0.5, 0.25, 0.5, 0.25]),
        .init(Quantity("overlap", unit: .fraction), numbers: [0.9, 0.8, 0.7, .nan]),
        .init(Quantity("chance", unit: .fraction), numbers: [0.5, 0.25, 0.5, 0.25]),
      ], drawing: .init("overlap", against: "density", by: ["method"], reference: "chance")),
    NamedTable("words_alone", title: "words", columns: [.init("word", texts: ["one"])]),
  ]

  @Test(.enabled(if: python != nil, "Python with h5py, matplotlib, nbclient, pandas and scipy"))
  func theNotebookRunsAndAgreesWithTheTable() throws {
    let python = try #require(Self.python)
    let place = try TemporaryFolder()
    let rows = IndexRows.grid() + IndexRows.ladder(control: "random-mask", endingAt: (seed: 1, round: 2))
    try SummaryFile.write(
      Summary(
        experiment: "notebook-test", configuration: "{}",
        provenance: #"{"command": "/somewhere/coppice run notebook-test"}"#, rows: rows,
        analyses: Self.analyses), to: place.file("summary.h5"))
    try Self.notebook(rows, summary: "summary.h5").json.write(
      toFile: place.file("in.ipynb"), atomically: true, encoding: .utf8)

    let script = Self.folder.appendingPathComponent("execute.py").path
    let other = place.file("out.ipynb")
    let outcome = try #require(Python.run(python, [script, place.file("in.ipynb")]))
    try #require(outcome.status == 0, "\(outcome.output)")
    let again = try #require(
      Python.run(
        python,
        [script, place.file("in.ipynb"), "--summary", place.file("summary.h5"), "--output", other]))
    try #require(again.status == 0, "\(again.output)")

    for path in [place.file("in.ipynb"), other] {
      let notebook = try String(contentsOfFile: path, encoding: .utf8)
      #expect(notebook.contains("command: coppice run notebook-test"))
      #expect(notebook.contains("image/png"))
      #expect(notebook.contains("drawn_one: something over sparsity"))
      #expect(notebook.contains("words_alone"))
      let table = try CurveSet(rows).table()
      let accuracy = try #require(table.columns.firstIndex { $0.name == "test_accuracy" })
      let difference = try #require(table.columns.firstIndex { $0.name == "test_accuracy_difference" })
      for row in table.rows.dropFirst() {
        #expect(notebook.contains(table.display(row[accuracy], table.columns[accuracy])))
        #expect(notebook.contains(table.display(row[difference], table.columns[difference])))
      }
      #expect(notebook.contains("2/3"))
    }
  }

  static let plainPython = Python.interpreter(with: ["h5py", "matplotlib", "numpy", "pandas", "scipy"])

  /// Runs the script without a kernel, and compares every mean and every difference with the table's.
  @Test(
    .enabled(if: plainPython != nil, "Python with h5py, matplotlib, pandas and scipy"),
    arguments: [
      CurveTableTests.fineTuned, CurveTableTests.nine,
      IndexRows.grid() + IndexRows.ladder(control: "random-mask"),
      IndexRows.ladder(endingAt: (seed: 1, round: 2)),
    ])
  func everyDifferenceIsTheTables(rows: [IndexRow]) throws {
    let python = try #require(Self.plainPython)
    let place = try TemporaryFolder()
    try SummaryFile.write(
      Summary(experiment: "notebook-test", configuration: "{}", provenance: "{}", rows: rows),
      to: place.file("summary.h5"))
    let measures = ["test_accuracy", "test_loss"]
    for measure in measures {
      let lines = try Self.lines(
        of: Self.notebook(rows, summary: place.file("summary.h5"), metric: measure), python, place)
      let set = try CurveSet(rows)
      let table = try set.table(of: [measure])
      let columns = try [measure, measure + "_difference"].map { name in
        try #require(table.columns.firstIndex { $0.name == name })
      }
      let expected = table.rows.dropFirst(set.baselines.count).map { row in
        columns.map { table.display(row[$0], table.columns[$0]) }
      }
      #expect(lines == expected)
      #expect(expected.contains { $0[1] != "–" })
    }
  }

  /// Every shipped result that is committed gives the notebook's table and ours the same means and differences.
  @Test(
    .enabled(if: plainPython != nil, "Python with h5py, matplotlib, pandas and scipy"),
    arguments: ["lottery-lenet-mnist", "criteria-lenet-5", "rewinding-lenet-mnist", "movement-sst-2"])
  func shippedResultsGiveTheTablesNumbers(experiment: String) throws {
    let python = try #require(Self.plainPython)
    let place = try TemporaryFolder()
    let summary = Self.root.appendingPathComponent("Results/\(experiment)/summary.h5").path
    let rows = try SummaryFile.rows(summary)
    let lines = try Self.lines(of: Self.notebook(rows, summary: summary), python, place)
    let set = try CurveSet(rows)
    let table = try set.table()
    let columns = try ["test_accuracy", "test_accuracy_difference"].map { name in
      try #require(table.columns.firstIndex { $0.name == name })
    }
    let expected = table.rows.dropFirst(set.baselines.count).map { row in
      columns.map { table.display(row[$0], table.columns[$0]) }
    }
    #expect(lines == expected)
  }

  /// The means and differences of a notebook's table, as its script finds them.
  private static func lines(
    of notebook: Notebook, _ python: String, _ place: TemporaryFolder
  ) throws -> [[String]] {
    let tail = """

      for line in table.itertuples(index=False):
          print("row:" + line[1] + "|" + line[2])
      """
    let script = place.file("notebook.py")
    try ("import matplotlib\nmatplotlib.use('Agg')\n" + notebook.script + tail + "\n")
      .write(toFile: script, atomically: true, encoding: .utf8)
    let outcome = try #require(Python.run(python, [script]))
    try #require(outcome.status == 0, "\(outcome.output)")
    return outcome.output.split(separator: "\n").filter { $0.hasPrefix("row:") }.map { line in
      line.dropFirst(4).split(separator: "|").map(String.init)
    }
  }

  /// The notebooks that are committed are those that the program writes today, with outputs.
  @Test(arguments: ["lottery-lenet-mnist", "criteria-lenet-5", "masks-mnist"])
  func committedNotebooksAreThoseTheProgramWrites(experiment: String) throws {
    let file = Self.folder.appendingPathComponent("\(experiment).ipynb")
    let summary = "../Results/\(experiment)/summary.h5"
    let stored = try SummaryFile.read(
      Self.root.appendingPathComponent("Results/\(experiment)/summary.h5").path)
    let question = try #require(try Self.object(Data(stored.configuration.utf8))["question"] as? String)
    let written = try SummaryNotebook(experiment: experiment, question: question, rows: stored.rows).notebook(
      summary: summary, trials: "../Results/\(experiment)/trials", command: "coppice notebook \(experiment)")
    let data = try Data(contentsOf: file)
    #expect(data.count < 1_000_000)
    let cells = try #require(try Self.object(data)["cells"] as? [[String: Any]])
    #expect(cells.map { $0["id"] as? String } == written.cells.map(\.id))
    #expect(cells.map { ($0["source"] as? [String])?.joined() } == written.cells.map(\.source))
    let pictures = cells.flatMap { $0["outputs"] as? [[String: Any]] ?? [] }
      .compactMap { ($0["data"] as? [String: Any])?["image/png"] }
    #expect(pictures.count >= 4)
    let text = String(decoding: data, as: UTF8.self)
    #expect(!text.contains("\"output_type\": \"error\""))
    #expect(!text.contains("/tmp/") && !text.contains("/root/") && !text.contains("/home/"))
  }

  @Test func theNotebookIsStableJSON() throws {
    let rows = IndexRows.grid()
    let json = try Self.notebook(rows, summary: "../a \"b\"/summary.h5").json
    #expect(try Self.notebook(rows, summary: "../a \"b\"/summary.h5").json == json)
    let notebook = try Self.object(Data(json.utf8))
    #expect(notebook["nbformat"] as? Int == 4)
    #expect(notebook["nbformat_minor"] as? Int == 5)
    let cells = try #require(notebook["cells"] as? [[String: Any]])
    let identifiers = cells.compactMap { $0["id"] as? String }
    #expect(identifiers.count == cells.count && Set(identifiers).count == cells.count)
    for id in identifiers { #expect(id.wholeMatch(of: #/[a-z-]{1,64}/#) != nil) }
    let parameters = try #require(cells.first { $0["id"] as? String == "parameters" })
    #expect((parameters["metadata"] as? [String: [String]])?["tags"] == ["parameters"])
    #expect((parameters["source"] as? [String])?.first == "summary = \"../a \\\"b\\\"/summary.h5\"\n")
    #expect(cells.allSatisfy { $0["cell_type"] as? String == "markdown" || $0["outputs"] is [Any] })
  }

  @Test func theScriptHasTheSameCells() throws {
    let notebook = try Self.notebook(IndexRows.grid(), summary: "summary.h5")
    let script = notebook.script
    #expect(script.hasPrefix("# %% [markdown]\n# # notebook-test\n#\n# Is it so?\n"))
    #expect(script.contains("\n\n# %% tags=[\"parameters\"]\nsummary = \"summary.h5\"\n"))
    #expect(script.components(separatedBy: "# %%").count - 1 == notebook.cells.count)
  }

  /// Of those that ended well, and are no controls, the one in which least is left; of the first seed.
  @Test func theSparsestTrialOfTheFirstSeedIsShown() throws {
    var rows = IndexRows.ladder() + IndexRows.ladder(control: "random-mask")
    let expected = try #require(rows.first { $0.isFinal && $0.control == "none" && $0.seed == 0 })
    #expect(SummaryNotebook.trial(of: rows) == expected.trial)
    for place in rows.indices where rows[place].seed == 0 { rows[place].status = .diverged }
    let next = try #require(rows.first { $0.isFinal && $0.control == "none" && $0.seed == 1 })
    #expect(SummaryNotebook.trial(of: rows) == next.trial)
    #expect(SummaryNotebook.trial(of: rows.filter { $0.round == 0 && !$0.isFinal }) == nil)
  }

  private static func object(_ data: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }
}
