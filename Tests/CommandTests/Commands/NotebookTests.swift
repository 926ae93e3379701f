import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct NotebookTests {
  private func run(_ arguments: [String]) throws -> Program.Outcome {
    try Sweeps.finished.get().run(arguments)
  }

  /// The lines of the cell of parameters.
  private func parameters(_ script: String) throws -> [String: String] {
    let cell = try #require(script.components(separatedBy: "# %% tags=[\"parameters\"]\n").last)
    let lines = cell.components(separatedBy: "\n\n")[0].split(separator: "\n")
    return Dictionary(
      uniqueKeysWithValues: lines.map { line in
        let parts = line.components(separatedBy: " = ")
        return (parts[0], parts[1].components(separatedBy: "  #")[0])
      })
  }

  /// Paths lead from the notebook's own folder to the summary and to a trial that is there.
  @Test func pathsAreRelativeToTheNotebook() throws {
    let folder = try TemporaryFolder()
    let program = try Program(copying: Sweeps.finished.get())
    let file = program.folder.file("results/tiny/made.py")
    let outcome = try program.run(["notebook", "tiny", "--script", "-o", file])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let own = try parameters(try String(contentsOfFile: file, encoding: .utf8))
    #expect(own["summary"] == "\"summary.h5\"")
    let trial = try #require(own["trial"]?.trimmingCharacters(in: ["\""]))
    #expect(trial.hasPrefix("trials/"))
    #expect(FileManager.default.fileExists(atPath: program.folder.file("results/tiny/" + trial)))

    let other = folder.file("x.py")
    try #require(try program.run(["notebook", "tiny", "--script", "-o", other]).status == 0)
    let summary = try #require(
      try parameters(try String(contentsOfFile: other, encoding: .utf8))["summary"]?
        .trimmingCharacters(in: ["\""]))
    #expect(summary.hasPrefix("../") && summary.hasSuffix("/results/tiny/summary.h5"))
    #expect(FileManager.default.fileExists(atPath: folder.file(summary)))
  }

  @Test func itsOwnPlaceIsNotebooksExport() throws {
    let program = try Program(copying: Sweeps.finished.get())
    #expect(try program.run(["notebook", "tiny"]).status == 0)
    let file = program.folder.file("notebooks-export/tiny.ipynb")
    let notebook = try object(try String(contentsOfFile: file, encoding: .utf8))
    #expect(notebook["nbformat"] as? Int == 4)

    // What may have been changed is not written over.
    let again = try program.run(["notebook", "tiny"])
    #expect(again.status == 64)
    #expect(again.errors.contains("notebooks-export/tiny.ipynb is there"), "\(again.errors)")
    #expect(try program.run(["notebook", "tiny", "--force"]).status == 0)
    #expect(
      try program.run(["notebook", "tiny", "-o", "nowhere/x.ipynb"]).status == 74)
  }

  @Test func optionsStandInTheParameters() throws {
    let script = try run([
      "notebook", "tiny", "--script", "-o", "-", "--y", "test_loss", "--by", "criterion,schedule", "--band",
      "std",
    ])
    #expect(script.status == 0, "\(script.errors)")
    let parameters = try parameters(script.output)
    #expect(parameters["metric"] == "\"test_loss\"" && parameters["band"] == "\"std\"")
    #expect(parameters["by"] == "[\"criterion\", \"schedule\"]")
    #expect(
      script.output.contains(
        "`coppice notebook tiny --y test_loss --by criterion,schedule --band std --script`"))
    #expect(try run(["notebook", "tiny", "-o", "-", "--y", "test_los"]).status == 64)
    #expect(try run(["notebook", "tiny", "-o", "-", "--by", "criterio"]).status == 64)
    #expect(try run(["notebook", "tiny", "-o", "-", "--band", "none"]).status == 64)
    #expect(try run(["notebook", "nothing", "-o", "-"]).status == 64)
  }

  private static let python = Python.interpreter(with: ["h5py", "matplotlib", "numpy", "pandas", "scipy"])

  /// The script of a real run draws curves, the analysis, the masks and the classes.
  @Test(.enabled(if: python != nil, "Python with h5py, matplotlib, pandas and scipy"))
  func theScriptOfARunRuns() throws {
    let python = try #require(Self.python)
    let program = try Program(copying: Sweeps.finished.get())
    let file = program.folder.file("made.py")
    try #require(try program.run(["notebook", "tiny", "--script", "-o", file]).status == 0)
    let head = """
      import matplotlib
      matplotlib.use("Agg")
      import matplotlib.pyplot as plt
      plt.show = lambda: (print("drawn:", plt.gcf().axes[0].get_title().replace(chr(10), " ")), plt.close("all"))
      import os
      os.chdir(os.path.dirname(os.path.abspath(__file__)))

      """
    try (head + (try String(contentsOfFile: file, encoding: .utf8)))
      .write(toFile: file, atomically: true, encoding: .utf8)
    let outcome = try #require(Python.run(python, [file]))
    try #require(outcome.status == 0, "\(outcome.output)")
    let drawn = outcome.output.split(separator: "\n").filter { $0.hasPrefix("drawn:") }
    #expect(drawn.count >= 6, "\(outcome.output)")
    #expect(drawn.contains { $0.contains("overlap of the masks") }, "\(drawn)")
    #expect(drawn.contains { $0.contains("Accuracy of each class") }, "\(drawn)")
    #expect(drawn.contains { $0.contains("fc1.weight") }, "\(drawn)")
  }
}
