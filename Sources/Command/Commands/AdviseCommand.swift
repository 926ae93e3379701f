import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct AdviseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advise",
    abstract: "How to make a model smaller or faster, from measured summaries alone.",
    discussion: """
      Answers four questions: what is scarce, how much accuracy may go, what the target gains from, and what may be trained. It looks into \
      all summaries of the results folder, and of Results where that is another, shows the Pareto front of accuracy and cost, and \
      recommends the cheapest network within the tolerance, with the command that makes it. Networks are compared with the dense network \
      of the same seed, and chosen by the accuracy of the validation data where there are any. What was not measured is said, and no \
      number stands in its place: times and energies are of the processors they were measured on (--set measure=latency).

      \(examples(
        "advise lenet-300-100 --bottleneck size --tolerance 0.005", "advise resnet-20 --bottleneck speed --results mine --json"))
      """)

  @Argument(help: "The model, by its name alone.", completion: Completions.models)
  var model: String

  @Option(
    help: "What is scarce: \(AdviceQuestion.Bottleneck.allCases.map(\.rawValue).joined(separator: ", ")).")
  var bottleneck: AdviceQuestion.Bottleneck

  @Option(help: "How much accuracy may go, as a fraction: 0.01 is one point.")
  var tolerance = 0.01

  @Option(
    help: "What it is to run on: \(AdviceQuestion.Target.allCases.map(\.rawValue).joined(separator: ", ")).")
  var target = AdviceQuestion.Target.cpu

  @Option(
    help: """
      How much may be trained beyond the dense network, as a share of its training: 0 for nothing; without it as much as it takes.
      """)
  var budget: Double?

  @Option(help: "Examples at once, where time is scarce: 1 or 64.")
  var batch = 1

  @OptionGroup var results: ResultsOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard tolerance >= 0, tolerance < 1 else {
      throw ValidationError("--tolerance takes a fraction from 0 on and below 1, as 0.01, not \(tolerance)")
    }
    if let budget, !(budget >= 0 && budget.isFinite) {
      throw ValidationError("--budget takes a share of the dense training from 0 on, as 0.5, not \(budget)")
    }
    guard LatencyRecord.batches.contains(batch) else {
      throw ValidationError("--batch takes 1 or 64, at which latencies are measured, not \(batch)")
    }
  }

  func run() throws {
    let name = String(model.prefix { $0 != "(" })
    guard Model.catalogue.names.contains(name) else { _ = try Model(parsing: model); return }
    let summaries = StoredSummaries(results.folder)
    let advice = Advice(
      AdviceQuestion(
        model: name, bottleneck: bottleneck, target: target, tolerance: tolerance, budget: budget,
        batch: batch), summaries.sources)
    for fault in summaries.faults { Terminal.log("warning: \(fault)") }
    let report = AdviceReport(advice, summaries)
    try Terminal.data(format.json ? report.json : report.text(width: Terminal.tableWidth))
  }
}

extension AdviceQuestion.Bottleneck: ExpressibleByArgument {}
extension AdviceQuestion.Target: ExpressibleByArgument {}
