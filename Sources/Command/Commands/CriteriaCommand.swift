import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct CriteriaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "criteria",
    abstract: "Compare what all criteria would remove from one trained network, and what that costs.",
    discussion: """
      Every criterion prunes the trained network once, to the same sparsity, and nothing is trained afterwards: what the loss \
      rises by, how long scoring takes, and how many survivors each two criteria share (Jaccard's index). The loss is that of \
      the validation data, or of the test data where there are none.

      \(examples("criteria dense-seed0 --sparsity 0.9", "criteria \(anExperiment)/dense-seed0 -o criteria.svg"))
      """)

  @Argument(
    help: "A trial file, EXPERIMENT/TRIAL, or the beginning or end of a trial's name.",
    completion: Completions.trials)
  var trial: String

  @Option(help: "The fraction of the prunable weights to remove, 0…1.")
  var sparsity = 0.9

  @Option(help: "The round whose network is pruned; 0 is the dense network.")
  var round = 0

  @Option(help: "What is removed as one; see `\(ProgramName.current) list granularities`.")
  var granularity = "weight"

  @Option(help: "How much each layer gives; see `\(ProgramName.current) list allocations`.")
  var allocation = "global"

  @Option(
    parsing: .upToNextOption,
    help: "Compare these criteria; all that are listed where none is named.")
  var only: [String] = []

  @Option(
    help: "Threads that share the work (or COPPICE_THREADS; else one a core). Results do not depend on it.")
  var threads: Int?

  @Option(
    name: .shortAndLong, help: "Draw a figure to this file, .svg, .png or .pdf.",
    completion: .file(extensions: ["svg", "png", "pdf"]))
  var output: String?

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var foreign: ForeignOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard sparsity > 0, sparsity < 1 else {
      throw ValidationError("--sparsity takes a fraction between 0 and 1, as 0.9, not \(sparsity)")
    }
    guard round >= 0 else { throw ValidationError("--round takes the number of a round, from 0 on") }
  }

  func run() throws { try foreign.contain(within: nil) { try compare() } }

  private func compare() throws {
    let file = try output.map { try FigureFile($0) }
    let criteria =
      try only.isEmpty ? Criterion.catalogue.all : only.map { try Criterion(parsing: $0) }
    let path = try StoredResults(folder: results.folder).trial(trial)
    let record = try TrialFile(path, isForeign: foreign.isForeign).record()
    let network = try StoredNetwork(record, library: DataLibrary(data.folders))
    guard let stored = record.rounds.first(where: { $0.index == round }), let weights = stored.weights else {
      let rounds = record.rounds.filter { $0.weights != nil }.map { "\($0.index)" }
      throw CommandFailure(
        "trial \(record.trial) has no weights of round \(round); "
          + (rounds.isEmpty
            ? "none are kept in the file" : "there are those of \(rounds.joined(separator: ", "))"),
        CommandFailure.usage)
    }
    guard (stored.masks?.sparsity ?? 0) == 0 else {
      throw CommandFailure(
        "round \(round) of \(record.trial) is pruned already; a dense round can be compared, as --round 0 mostly is",
        CommandFailure.usage)
    }
    let (parameters, buffers) = try network.split(weights, of: round)
    var subject = CriteriaComparison.Subject(
      network.regimen, parameters: parameters, buffers: buffers,
      scoring: ScoringData(batch: network.trial.scoringBatch, count: network.trial.scoringBatches),
      sparsity: sparsity)
    subject.granularity = try Granularity(parsing: granularity)
    subject.allocation = try Allocation(parsing: allocation)
    let count = try Environment.count(threads, "--threads", or: "COPPICE_THREADS")
    let comparison = try CriteriaComparison(
      subject, by: criteria, threads: count ?? ProcessInfo.processInfo.activeProcessorCount)
    guard !comparison.cuts.isEmpty else {
      let reasons = comparison.refused.map { "\($0.criterion): \($0.reason)" }
      throw CommandFailure(
        "none of the criteria applies: " + reasons.joined(separator: "; "), CommandFailure.usage)
    }
    let report = CriteriaReport(comparison, trial: record.trial, sparsity: sparsity)
    try Terminal.data(format.json ? report.json : report.text(width: Terminal.tableWidth))
    guard let file else { return }
    try file.write(report.figure(command: command(path), generator: "coppice \(Provenance.toolVersion)"))
    Terminal.log("wrote \(file.path)")
  }

  /// What draws the figure of a trial's file again.
  private func command(_ path: String) -> String {
    var words = [ProgramName.current, "criteria", path, "--sparsity", "\(sparsity)"]
    if round != 0 { words += ["--round", "\(round)"] }
    if granularity != "weight" { words += ["--granularity", granularity] }
    if allocation != "global" { words += ["--allocation", allocation] }
    if !only.isEmpty { words += ["--only"] + only }
    if let data = data.data { words += ["--data", data] }
    if foreign.isForeign { words.append("--foreign") }
    if let output { words += ["-o", output] }
    return ShellWord.line(words)
  }
}
