import ArgumentParser
import Coppice
import CoppiceBenchmarks
import CoppiceReporting
import Foundation

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure kernels, training, inference, sparse networks, criteria and sweeps on this machine.",
    discussion: """
      Prints the median and the range of five runs, and the share of what the processor can multiply and add at most, \
      measured right before and behind. Nothing else should run meanwhile. All of it takes about five minutes, most of them for the \
      curves over density; one model's training and inference, some seconds.

      Parts: kernels (the costliest of each model's step), training (dense steps, and a network late in its training beside \
      a fresh one), inference (at the batch of evaluations, 1 and 64), sparse (training and inference over the density of \
      the weights), compacted (a network without half of each block's inner channels, or of its heads and hidden features, beside \
      the whole one), planning (tracing, planning and finding what goes together), criteria (prunings by criteria that ask for much, each with its limit, and scoring on one thread and on \
      two), dynamics (trainings whose masks move to a sparsity of 0.95, and what a move costs), sweep (what a trial costs \
      beside its training).

      Models of published size (mobilenet-v2, resnet-50, vit, distilbert, bert) are measured where they are named: inference at 1 \
      and 8 on random weights, the memory it takes, and planning; a profile of one is that of its inference.

      Tests/Reference/speed.py and published_speed.py measure PyTorch in turn with it.

      \(examples("bench lenet-300-100 --only training", "bench --profile lenet-5"))
      """)

  @Argument(
    help: "Models, as `\(ProgramName.current) list models` names them; one of each family if none is named.",
    completion: Completions.models)
  var models: [String] = []

  @Option(help: ArgumentHelp("Measure only this part; may be given more than once.", valueName: "part"))
  var only: [Benchmark.Part] = []

  @Option(help: "Threads that share each kernel; without it as many as there are cores, and 1 for a profile.")
  var threads: Int?

  @Option(help: "The fraction of prunable weights that survive in training, inference and the profile.")
  var density = 1.0

  @Option(help: "Seconds of each of the five runs of a figure.")
  var seconds = 0.1

  @Option(
    help: ArgumentHelp(
      "Print ratios to the rows of an earlier run with --json, now over then; of s, s/trial and GB, less is better.",
      valueName: "file"))
  var against: String?

  @Option(
    help: ArgumentHelp("Print where the time of one model's training step goes.", valueName: "model"),
    completion: Completions.models)
  var profile: String?

  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard (1...1024).contains(threads ?? 1) else {
      throw ValidationError("--threads takes a number from 1 to 1024")
    }
    guard density > 0, density <= 1 else {
      throw ValidationError("--density takes a fraction above 0, at most 1")
    }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds takes more than 0, at most 3600")
    }
    guard profile == nil || (models.isEmpty && only.isEmpty && against == nil && (threads ?? 1) == 1) else {
      throw ValidationError(
        "--profile MODEL takes one model, on one thread: --density, --seconds and --json go with it")
    }
  }

  func run() throws {
    if let profile {
      let found = try StepProfile(BenchmarkModel.named(profile), density: density, seconds: seconds)
      return try Terminal.data(
        format.json ? found.json : found.heading + "\n\n" + found.table.text(width: Terminal.tableWidth))
    }
    let comparison = try against.map(Self.comparison)
    let subjects = try models.isEmpty ? BenchmarkModel.all : models.map(BenchmarkModel.named)
    let all = Benchmark.Part.allCases.filter { models.isEmpty || $0 != .sweep }
    let parts = only.isEmpty ? all : only
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    let rows = try Benchmark(threads: threads, density: density, seconds: seconds).run(parts, subjects) {
      if Terminal.isLive { Terminal.redraw($0) }
    }
    if Terminal.isLive { Terminal.redraw("") }
    guard !rows.isEmpty else {
      let names = models.joined(separator: ", ")
      throw CommandFailure(
        parts.contains(.sparse)
          ? "there is no curve over density of \(names); there are those of "
            + Benchmark.sparseModels.joined(separator: ", ")
          : "no criterion is measured on \(names); there are rows of "
            + CriteriaBenchmark.models.joined(separator: ", "), CommandFailure.usage)
    }
    if let against, let comparison, rows.allSatisfy({ comparison.ratio($0) == nil }) {
      Terminal.log(
        "warning: \(against) has none of these rows; models, --threads and --density must be the same")
    }
    let report = BenchReport(rows: rows, comparison: comparison)
    try Terminal.data(format.json ? report.json : report.table.text(width: Terminal.tableWidth))
  }

  private static func comparison(_ path: String) throws -> BenchmarkComparison {
    let next = "write one with `\(ProgramName.current) bench --json > FILE`"
    let bytes: [UInt8]
    do { bytes = try ReadableFile.bytes(path, atMost: 1 << 26) } catch {
      let what =
        error.systemError == ENOENT
        ? "there is no file \(path) for --against to read" : "\(error.description) for --against"
      throw CommandFailure("\(what); \(next)", error.exitCode)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(BenchmarkFileError) {
      return try BenchmarkComparison(parsing: text)
    } catch {
      throw CommandFailure(
        "\(path) does not hold rows of a benchmark: \(error); \(next)", CommandFailure.badData)
    }
  }
}

extension Benchmark.Part: ExpressibleByArgument {}
