import CoppiceLaboratory
import CoppiceTerms
import Testing

/// Every number of every analysis, at values that no number of its kind should have: an experiment that asks it is planned or refused.
@Suite struct AnalysisNumbersTests {
  /// Every number of what is shipped, in Swift.
  static let spellings: [(name: String, analyses: [(text: String, analysis: Analysis)])] = [
    wholes("calibration.bins") { .calibration(bins: $0) },
    wholes("linear-connectivity.points") { .linearConnectivity(points: $0) },
    wholes("linear-connectivity.batches") { .linearConnectivity(batches: $0) },
    wholes("linear-connectivity.examples") { .linearConnectivity(examples: $0) },
    wholes("robustness.severities") { .robustness(severities: [$0]) },
    wholes("robustness.seed") { .robustness(seed: UInt64(bitPattern: Int64($0))) },
    numbers("prune-potential.delta") { .prunePotential(delta: $0) },
    wholes("prune-potential.severity") { .prunePotential(severity: $0) },
    wholes("prune-potential.seed") { .prunePotential(seed: UInt64(bitPattern: Int64($0))) },
  ]

  private static func wholes(
    _ name: String, _ make: (Int) -> Analysis
  ) -> (name: String, analyses: [(text: String, analysis: Analysis)]) {
    ("analysis " + name, ExtremeNumbersTests.wholes.map { ("\($0)", make($0)) })
  }

  private static func numbers(
    _ name: String, _ make: (Double) -> Analysis
  ) -> (name: String, analyses: [(text: String, analysis: Analysis)]) {
    ("analysis " + name, ExtremeNumbersTests.numbers.map { ("\($0)", make($0)) })
  }

  private static func outcome(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }

  /// What Swift refuses text refuses too, in the same words, and the other way round.
  @Test(arguments: spellings.map(\.name)) func planOrRefuse(name: String) throws {
    for (text, analysis) in try #require(Self.spellings.first { $0.name == name }).analyses {
      let planned = Self.outcome {
        _ = try SweepPlan(
          Experiment("test", question: "?", base: .tiny, analyses: [analysis]) { Axis(\.seed, [0]) },
          library: Bench.library)
      }
      let written = Self.outcome { _ = try Analysis(parsing: analysis.description) }
      #expect(planned == written, "\(text)")
      if text == "nan" || text == "inf" { #expect(planned.contains(text)) }
    }
  }

  @Test(
    arguments: [
      "calibration(bins: 0)", "robustness(corruptions: [nonsense])", "robustness(corruptions: [none])",
      "robustness(corruptions: [shift, shift])", "robustness(severities: [6])", "robustness(severities: [])",
      "robustness(severities: [1, 1])", "prune-potential(delta: -0.1)", "prune-potential(severity: 0)",
    ]) func wrongFieldsAreRefused(text: String)
  {
    let field = text.drop { $0 != "(" }.dropFirst().prefix { $0 != ":" }
    let sentence = Self.outcome { _ = try Analysis(parsing: text) }
    #expect(sentence.contains("\(field) of \(text.prefix { $0 != "(" }) is"), "\(sentence)")
  }

  @Test func fieldsAreReadBack() throws {
    for analysis in Analysis.all { #expect(try Analysis(parsing: analysis.description) == analysis) }
    let robustness = try Analysis(
      parsing: "robustness(corruptions: [shift, contrast], severities: [2], seed: 3)")
    #expect(robustness == .robustness(corruptions: ["shift", "contrast"], severities: [2], seed: 3))
  }
}
