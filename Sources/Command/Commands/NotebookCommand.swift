import ArgumentParser
import Coppice
import CoppiceHDF5
import CoppiceReporting
import CoppiceStore
import Foundation

struct NotebookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notebook",
    abstract: "Write a notebook that tabulates and draws the results of a summary in Python.",
    discussion: """
      It reads the summary with h5py and computes everything anew, by the rules of table and plot: nothing of this program is needed to run \
      it. Its paths are relative to its own folder. With --script: the same as a Python script in the percent format.

      \(examples("notebook \(anExperiment)", "notebook \(anExperiment) --script -o curves.py"))
      """)

  @Argument(
    help: ArgumentHelp("A summary file, or the experiment it belongs to.", valueName: "summary"),
    completion: Completions.results)
  var summary: String

  @Option(
    name: .shortAndLong,
    help: "The file; - for standard output; else notebooks-export/<experiment>.ipynb, or .py with --script.",
    completion: .file(extensions: ["ipynb", "py"]))
  var output: String?

  @Flag(help: "Write a Python script with # %% cells in place of a notebook.")
  var script = false

  @Option(
    name: .customLong("y"), help: "The measure, a numeric column of the index.",
    completion: Completions.columns)
  var y = "test_accuracy"

  @Option(
    help: "The columns that tell curves apart, as criterion,schedule; else those that vary.",
    completion: Completions.columns)
  var by: String?

  @Option(
    help: "What stands around a mean: ci95, std, minmax.", completion: .list(["ci95", "std", "minmax"]))
  var band = Band.ci95

  @Option(
    help: "The trial file whose masks and weights are drawn; else the sparsest of the first seed.",
    completion: .file(extensions: ["h5"]))
  var trial: String?

  @Flag(help: "Write over a file that is there.")
  var force = false

  @OptionGroup var results: ResultsOptions
  @OptionGroup var foreign: ForeignOptions

  func validate() throws {
    if band == .none { throw ValidationError("--band takes ci95, std or minmax here") }
  }

  func run() throws { try foreign.contain { try write() } }

  private func write() throws {
    let path = try StoredResults(folder: results.folder).summary(summary)
    let stored = try SummaryFile.read(path, isForeign: foreign.isForeign)
    let known = IndexRow.columnNames
    guard known.contains(y) else {
      throw ReportingError.unknownColumn(y, known: known)
    }
    var question = ""
    if case .text(let text)? = JSON.member("question", of: stored.configuration) { question = text }
    let ending = script ? "py" : "ipynb"
    let file = output ?? "notebooks-export/\(stored.experiment).\(ending)"
    let notebook = try SummaryNotebook(
      experiment: stored.experiment, question: question, rows: stored.rows,
      by: by.map { $0.split(separator: ",").map(String.init) }
    ).notebook(
      summary: RelativePath.from(folderOf: file, to: path),
      trials: RelativePath.from(folderOf: file, to: (path as NSString).deletingLastPathComponent + "/trials"),
      trial: trial.map { RelativePath.from(folderOf: file, to: $0) }, metric: y, band: band,
      command: command)
    let text = script ? notebook.script : notebook.json
    if file == "-" { return try Terminal.data(String(text.dropLast())) }
    try put(text, into: file)
    Terminal.log("wrote \(file)")
  }

  /// Writes the file, which appears whole or not at all.
  private func put(_ text: String, into file: String) throws {
    let folder = (file as NSString).deletingLastPathComponent
    if output == nil {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    guard folder.isEmpty || FileManager.default.fileExists(atPath: folder) else {
      throw CommandFailure(
        "the notebook cannot be written to \(file): there is no folder \(folder)", CommandFailure.inputOutput)
    }
    if let kind = FileKind(at: file), kind != .file {
      throw CommandFailure(
        "the notebook cannot be written to \(file): it is \(kind.rawValue)", CommandFailure.inputOutput)
    }
    if FileManager.default.fileExists(atPath: file), !force {
      throw CommandFailure(
        "\(file) is there, perhaps with changes of your own; --force writes over it, -o gives another name",
        CommandFailure.usage)
    }
    do {
      try Data(text.utf8).withUnsafeBytes { try AtomicFile.replace(file, with: $0) }
    } catch {
      let reason = (error as? HDF5Error)?.message ?? "\(error)"
      throw CommandFailure(
        "the notebook cannot be written to \(file): \(reason). May its folder be written to?",
        CommandFailure.inputOutput)
    }
  }

  /// What writes the notebook again.
  private var command: String {
    var words = [ProgramName.current, "notebook", summary]
    if y != "test_accuracy" { words += ["--y", y] }
    if let by { words += ["--by", by] }
    if band != .ci95 { words += ["--band", band.rawValue] }
    if let trial { words += ["--trial", trial] }
    if script { words.append("--script") }
    return ShellWord.line(words)
  }
}
