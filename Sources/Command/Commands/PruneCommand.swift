import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct PruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Prune one network step by step, and say what was lost and gained.",
    discussion: """
      Trains the dense network, scores what matters, removes the rest, tests, trains on for a share of the training, tests again, and \
      writes what is left. It ends with a table of before and after and a checklist. What is known to go wrong is refused, unless \
      --anyway is given: no dense network to compare with, no training after the pruning, too much at once (more than 90 % of the \
      weights that are left, or half of them as whole units), and zeros where the target gains nothing by them.

      It is an experiment of one trial beside its dense networks, with results in a folder of its own: table, plot, show and profile take \
      its name, Ctrl-C ends it after a checkpoint, and the same command goes on.

      \(examples(
        "prune lenet-300-100 --dataset mnist --data DIR --sparsity 0.9 -o small.safetensors",
        "prune lenet-5 --dataset glyphs --sparsity 0.75 --structured --steps 2 --quantise -o small.onnx",
        "prune weights.pt --model resnet-20 --dataset cifar-10 --sparsity 0.4 --structured --fine-tune 2ep -o small.pt"))
      """)

  @Argument(
    help: """
      The model, see `\(ProgramName.current) list models`; or a file of trained weights (safetensors, npz, torch, Keras), with --model.
      """, completion: Completions.models)
  var subject: String

  @Option(help: "The model whose weights a file has.", completion: Completions.models)
  var model: String?

  @Option(help: "What it is trained on; see `\(ProgramName.current) list datasets`.")
  var dataset: String

  @Option(help: "The fraction of the prunable weights to remove, 0…1.")
  var sparsity: Double

  @Option(help: "What says which weights go first; see `\(ProgramName.current) list criteria`.")
  var criterion = "magnitude"

  @Flag(
    help: "Remove whole units (channels, hidden units, heads, features), so that the network gets smaller.")
  var structured = false

  @Option(help: "Rounds of removal, each followed by training.")
  var steps = 1

  @Flag(help: "Make codes of 8 bits of weights and inputs at the end, with ranges found on training data.")
  var quantise = false

  @Option(
    help:
      "The length of the dense training, as 5000it or 10ep; else 2000it, and 0it for the weights of a file.")
  var training: String?

  @Option(
    name: .customLong("fine-tune"),
    help: "How long is trained on after each removal, as 0.25 of the training, 500it or 1ep.")
  var fineTune = "0.25"

  @Option(
    help: "What it is to run on: \(AdviceQuestion.Target.allCases.map(\.rawValue).joined(separator: ", ")).")
  var target = AdviceQuestion.Target.cpu

  @Option(
    help: "What is scarce: \(AdviceQuestion.Bottleneck.allCases.map(\.rawValue).joined(separator: ", ")).")
  var bottleneck = AdviceQuestion.Bottleneck.speed

  @Option(help: "The seed of every random stream.")
  var seed = 0

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change any other setting; see `\(ProgramName.current) list settings`.", valueName: "name=value"),
    completion: Completions.settings)
  var overrides: [String] = []

  @Flag(help: "Go on where something is known to go wrong.")
  var anyway = false

  @Option(name: .customLong("as"), help: "A name for the results folder.")
  var name: String?

  @Option(
    name: .shortAndLong,
    help: "Write the network that is left to this file, .safetensors, .npz, .pt, .onnx or .h5.",
    completion: .file(extensions: ["safetensors", "npz", "pt", "onnx", "h5"]))
  var output: String?

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: SweepDataOptions
  @OptionGroup var cores: CoreOptions
  @OptionGroup var format: FormatOptions

  @Flag(help: "No progress, only errors and the report.")
  var quiet = false

  func validate() throws {
    guard sparsity > 0, sparsity < 1 else {
      throw ValidationError("--sparsity takes a fraction between 0 and 1, as 0.9, not \(sparsity)")
    }
    guard (1...100).contains(steps) else { throw ValidationError("--steps takes 1 to 100, not \(steps)") }
  }

  func run() throws {
    let export = try output.map { try NetworkExport($0) }
    let workflow = PruneWorkflow(
      trial: try trial(), sparsity: sparsity, rounds: steps, target: target, bottleneck: bottleneck)
    let library = data.library(results.folder)
    if let name, ExperimentCatalogue.experiments.contains(where: { $0.name == name }) {
      throw CommandFailure(
        "--as takes a name of your own, and \(name) is an experiment's: its results would pass for that one's",
        .usage)
    }
    let plan = try SweepPlan(workflow.experiment, name: name ?? workflow.name, library: library)
    try data.report(library)
    guard let network = plan.trials.last else { throw ExperimentError.noCells(plan.name) }
    let mistakes = workflow.mistakes(network)
    guard mistakes.isEmpty || anyway else {
      throw CommandFailure(
        mistakes.map(\.sentence).joined(separator: "\n") + "\nor go on with --anyway", .usage)
    }
    for mistake in mistakes { Terminal.log("warning: \(mistake.sentence)") }
    let report = try run(plan, library)
    let place = plan.trials.count - 1
    guard report.trials.indices.contains(place) else { throw ExperimentError.noCells(plan.name) }
    let path = results.folder.trial(report.trials[place].name, of: plan.name)
    let record = try TrialFile(path).record()
    let exported = try export?.write(record, library)
    let outcome = PruneReport(
      record, path: path, workflow, mistakes: mistakes, folder: plan.name, summary: report.summary,
      exported: exported)
    try Terminal.report(format.json ? outcome.json : outcome.text(width: Terminal.tableWidth))
    if record.status != .completed { throw CommandFailure.someTrialsFailed }
  }

  /// What is asked for as one trial.
  private func trial() throws -> Trial {
    let isFile = FileKind(at: subject) == .file
    if isFile, model == nil {
      throw CommandFailure("\(subject) is a file of weights: say by --model which model's", .usage)
    }
    if !isFile, let model {
      throw CommandFailure(
        "--model \(model) is for a file of weights, and there is no file \(subject)", .usage)
    }
    let retraining = Retraining.fineTune(try Budget(parsing: fineTune))
    var trial = Trial(
      model: try Model(parsing: model ?? subject), dataset: try DatasetSource(parsing: dataset),
      training: try Budget(parsing: training ?? (isFile ? "0it" : "2000it")), evaluation: .share(0.05),
      criterion: try Criterion(parsing: criterion),
      granularity: structured ? .coupledUnit : .weight,
      schedule: steps == 1 ? .oneShot : .iterative(rounds: steps), sparsity: sparsity,
      retraining: Float(fineTune) == 0 ? .none : retraining, seed: seed,
      compaction: structured ? .afterPruning : .none, measurement: .latency(threads: 1))
    if isFile { trial.start = .file(subject) }
    if quantise {
      var recipe: [RecipeStep] = [.train()]
      for round in 1...steps {
        guard case .sparsity(let share) = try trial.schedule.target(ofRound: round, ratio: sparsity) else {
          continue
        }
        recipe += [.prune(sparsity: share), .retrain()]
      }
      trial.recipe = Recipe(recipe + [.quantise()])
    }
    for override in overrides {
      let (name, text) = try SweepOptions.override(override)
      try Settings.named(name).set(&trial, text)
    }
    return trial
  }

  /// Runs what is missing, and ends where it was interrupted or failed.
  private func run(_ plan: SweepPlan, _ library: DataLibrary) throws -> RunReport {
    StandardStreams.outliveReaders()
    var options = try cores.runnerOptions(plan)
    // Whoever asks for one network again wants it tried again.
    options.retriesFailed = true
    let interruption = Interruption()
    interruption.observeSignals()
    let progress = RunProgress(isQuiet: quiet)
    let runner = try Runner(
      plan, results: results.folder, library: library,
      provenance: Provenance(arguments: CommandLine.arguments, jobs: options.jobs, threads: options.threads),
      interruption: interruption, options: options,
      curves: { rows in try? CurveSet(rows).summaryCurves() }, observe: { progress.observe($0) })
    let report = runner.run()
    progress.end()
    for note in report.notes { Terminal.log("note: \(note)") }
    if report.isInterrupted {
      if let error = report.checkpointError { throw error }
      Terminal.log("interrupted after a checkpoint; the same command goes on from there")
      throw CommandFailure.interrupted
    }
    if let error = report.fileError ?? report.summaryError { throw error }
    if !report.failures.isEmpty { throw CommandFailure.someTrialsFailed }
    return report
  }
}
