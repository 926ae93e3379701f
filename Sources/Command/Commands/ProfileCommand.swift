import ArgumentParser
import Coppice
import CoppiceBenchmarks
import CoppiceExchange
import CoppiceReporting
import CoppiceStore
import Foundation

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Where the time and memory of a network go, by layer and kernel, before and after compression.",
    discussion: """
      Every step of the plan is timed by the executor that runs it, on one thread, beside whole calls. The network runs in each of its \
      forms: dense with pruned weights at 0, sparse where the table of density and shape says so, and compacted where whole units are \
      gone. Of every layer and primitive: time, FLOPs by definition, bytes that are read and written once each, and the share of what the \
      processor could attain (the roofline of Williams et al. 2009), which is measured first: multiply-adds out of registers, and \
      bandwidth for working sets of three sizes. 3 × 3 convolutions that go by Winograd's form may attain more than all. Nothing else \
      should run meanwhile.

      A network whose weights are codes of eight bits has a form of integers too, and with --quantise any has. Its products are held \
      against the limit of floats, of which they may attain more than all. Scales are those of the weights, and inputs have one range, \
      on which no time depends.

      A model that is named has its initial weights, of which --sparsity removes some by magnitude.

      \(examples(
        "profile lenet-300-100 --sparsity 0.9 --batch 64", "profile \(anExperiment)/dense-seed0 --training -o roofline.svg",
        "profile resnet-20 --sparsity 0.5 --granularity channel --json",
        "profile weights.safetensors --model resnet-20"))
      """)

  @Argument(
    help: """
      A trial's file, the file of a compacted network, EXPERIMENT/TRIAL, the beginning or end of a trial's name, a model, or with \
      --model a file of weights.
      """, completion: Completions.trials)
  var subject: String

  @Option(
    help: "The model whose weights a .safetensors, .npz or .pt file holds.", completion: Completions.models)
  var model: String?

  @Option(help: "The round of a trial whose network it is; the last one where not said.")
  var round: Int?

  @Option(help: "Examples at once; 1 where not said, and in training the trial's own number.")
  var batch: Int?

  @Flag(help: "Profile a training step in place of inference.")
  var training = false

  @Flag(help: "Profile a form of integers too, of a network that has none of its own.")
  var quantise = false

  @Option(help: "The fraction of the prunable weights of a model to remove, 0…1.")
  var sparsity: Double?

  @Option(help: "What is removed of a model as one; see `\(ProgramName.current) list granularities`.")
  var granularity = "weight"

  @Option(help: "How much each layer of a model gives; see `\(ProgramName.current) list allocations`.")
  var allocation = "layer-wise"

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change a setting of a model, such as dataset: what it is traced for.", valueName: "name=value"),
    completion: Completions.settings)
  var overrides: [String] = []

  @Option(help: "Seconds that each form is run for, and five runs at least.")
  var seconds = 1.0

  @Option(help: ArgumentHelp("Print so many lines of each form; the rest is summed up.", valueName: "lines"))
  var top = 12

  @Option(
    name: .shortAndLong, help: "Draw the roofline to this file, .svg, .png or .pdf.",
    completion: .file(extensions: ["svg", "png", "pdf"]))
  var output: String?

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var foreign: ForeignOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard (1...65_536).contains(batch ?? 1) else {
      throw ValidationError("--batch takes 1 to 65536, not \(batch ?? 0)")
    }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds takes more than 0, at most 3600, not \(seconds)")
    }
    guard (1...10_000).contains(top) else { throw ValidationError("--top takes 1 to 10000, not \(top)") }
    if let sparsity, !(sparsity > 0 && sparsity < 1) {
      throw ValidationError("--sparsity takes a fraction between 0 and 1, as 0.9, not \(sparsity)")
    }
    if quantise, training {
      throw ValidationError("--quantise is of inference: a training computes with floats")
    }
    guard round ?? 0 >= 0 else { throw ValidationError("--round takes the number of a round, from 0 on") }
  }

  func run() throws { try foreign.contain(within: nil) { try profile() } }

  private func profile() throws {
    let file = try output.map { try FigureFile($0) }
    let found = try network()
    let profile =
      try training
      ? NetworkProfile(
        trainingOf: found.forms, batch: batch ?? found.trial.batchSize, optimizer: found.trial.optimizer,
        loss: found.trial.loss.needsTeacher ? .crossEntropy : found.trial.loss, seconds: seconds)
      : NetworkProfile(inferenceOf: found.forms, batch: batch ?? 1, seconds: seconds)
    let report = NetworkProfileReport(profile, of: found.title)
    try Terminal.data(format.json ? report.json : report.text(top: top, width: Terminal.tableWidth))
    guard let file else { return }
    try file.write(report.figure(command: command, generator: "coppice \(Provenance.toolVersion)"))
    Terminal.log("wrote \(file.path)")
  }

  /// What is named, a file before a model before a trial.
  private func network() throws -> ProfiledNetwork {
    if FileKind(at: subject) == .file {
      if let model { return try named(model, weights: subject) }
      do { return try ofFile(subject) } catch {
        guard (try? WeightFile(subject)) != nil else { throw error }
        throw CommandFailure("\(subject) is a file of weights: say by --model which model's", .usage)
      }
    }
    if let model {
      throw CommandFailure(
        "--model \(model) is for a file of weights, and there is no file \(subject)", .usage)
    }
    if Model.catalogue.names.contains(String(subject.prefix { $0 != "(" })) {
      return try named(subject)
    }
    do { return try ofFile(StoredResults(folder: results.folder).trial(subject)) } catch {
      guard !subject.contains("/"), let nearest = Model.catalogue.names.nearest(to: subject),
        let failure = CommandFailure(error)
      else { throw error }
      throw CommandFailure(
        "\(subject) is no model; did you mean \"\(nearest)\"? Nor is it a trial: \(failure.message)",
        failure.exitCode)
    }
  }

  private func named(_ model: String, weights path: String? = nil) throws -> ProfiledNetwork {
    if round != nil { throw CommandFailure("--round is of a trial, and \(subject) is none", .usage) }
    let cut = try sparsity.map {
      ProfiledNetwork.Cut(
        sparsity: $0, granularity: try Granularity(parsing: granularity),
        allocation: try Allocation(parsing: allocation))
    }
    return try ProfiledNetwork(
      model: model, weights: path, overrides, cut, isQuantised: quantise, data)
  }

  private func ofFile(_ path: String) throws -> ProfiledNetwork {
    if sparsity != nil || !overrides.isEmpty {
      throw CommandFailure(
        "--sparsity and --set are of a model that is named, and \(path) is a file with masks and settings of its own",
        .usage)
    }
    return try ProfiledNetwork(
      file: path, round: round, isQuantised: quantise, isForeign: foreign.isForeign, DataLibrary(data.folders)
    )
  }

  /// What draws the figure again.
  private var command: String {
    var words = [ProgramName.current, "profile", subject] + (model.map { ["--model", $0] } ?? [])
    if let round { words += ["--round", "\(round)"] }
    if let batch { words += ["--batch", "\(batch)"] }
    if training { words.append("--training") }
    if quantise { words.append("--quantise") }
    if let sparsity {
      words += ["--sparsity", "\(sparsity)", "--granularity", granularity, "--allocation", allocation]
    }
    words += overrides.flatMap { ["--set", $0] }
    if let output { words += ["-o", output] }
    return ShellWord.line(words)
  }
}
