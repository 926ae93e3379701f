import CoppiceDatasets
import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import Foundation
import Testing

/// What Tests/Reference/outputs.py wrote: logits of seven networks for some examples, and what NumPy and SciPy make of them.
struct OutputsFixture: Decodable {
  struct Network: Decodable {
    let logits: [Float]
    let accuracy: Double
    let likelihood: Double
    let brier: Double
    /// Expected and largest calibration error.
    let equalWidth: [Double]
    let equalMass: [Double]
    /// The accuracies of the classes.
    let classes: [Double]
    let gini: Double
  }

  let classes: Int
  let labels: [Int32]
  let networks: [Network]
  let agreement: [[Double]]
  /// Examples that networks 0…2 and 3…5 predict differently by majority.
  let exemplars: [Int]
  /// t, degrees of freedom and p of each class, networks 3…5 against 0…2.
  let welch: [[Double]]
  let holm: [Double]

  static let shared: Result<OutputsFixture, any Error> = Result {
    guard
      let url = Bundle.module.url(forResource: "outputs", withExtension: "json", subdirectory: "Fixtures")
    else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(OutputsFixture.self, from: Data(contentsOf: url))
  }

  /// One round of a sweep, whose network is one of the fixture's, or another under each corruption.
  struct Entry {
    var seed: Int
    var sparsity: Double
    var network: Int
    var criterion = "magnitude"
    var trial: String?
    /// The network under a corruption of a kind and severity.
    var corrupted: (Corruption) -> Int = { _ in 0 }
  }

  /// What an analysis gives for some rounds; one of sparsity 0 is a dense network.
  func tables(_ analysis: Analysis, _ entries: [Entry]) throws -> [NamedTable] {
    let plan = try TrialPlan(
      Trial.tiny.with {
        var teacher = Teacher()
        (teacher.features, teacher.hidden, teacher.classes) = (16, 8, classes)
        (teacher.training, teacher.validation, teacher.test) = (200, 40, 60)
        $0.dataset = .teacher(teacher)
      }, Bench.library)
    var rounds: [AnalysisRound] = []
    var records: [StageKey: StageRecord] = [:]
    func record(_ stage: any Stage, _ network: Int) {
      records[stage.key] = StageRecord(
        key: stage.key.hexadecimal,
        parameters: [
          (
            "outputs",
            ParameterSet([
              ("logits", Tensor([labels.count, classes], networks[network].logits)),
              ("labels", Tensor([labels.count], labels.map { Float($0) })),
            ])
          )
        ])
    }
    for (index, entry) in entries.enumerated() {
      let isDense = entry.sparsity == 0
      var row = IndexRow(
        trial: entry.trial ?? "\(isDense ? "dense" : entry.criterion)-\(entry.sparsity)-\(entry.seed)",
        seed: entry.seed, round: isDense ? 0 : 1)
      (row.isFinal, row.control, row.retraining, row.model, row.dataset) = (true, "none", "none", "m", "d")
      (row.criterion, row.schedule) = (isDense ? "none" : entry.criterion, isDense ? "none" : "one-shot")
      (row.targetSparsity, row.requestedSparsity) = (entry.sparsity, entry.sparsity)
      (row.sparsity, row.density) = (entry.sparsity, 1 - entry.sparsity)
      func key(_ kind: String) -> StageKey {
        StageKey(Specification(kind, version: 1, [("index", .integer(index))]))
      }
      let round = AnalysisRound(
        row: row, masks: isDense ? nil : key("masks"), training: key("training"), plan: plan)
      rounds.append(round)
      for stage in analysis.measure([round]) {
        let corruption = (stage as? OutputsStage)?.corruption ?? .none
        record(stage, corruption == .none ? entry.network : entry.corrupted(corruption))
      }
    }
    // What is measured of all together is what is measured of each.
    let measured = analysis.measure(rounds).map(\.key)
    #expect(Set(measured) == Set(records.keys))
    let context = AnalysisContext(rounds: rounds) { [records] in try #require(records[$0]) }
    return try analysis.tables(context)
  }

  /// Three dense networks and, at one sparsity, three pruned ones.
  static var pairs: [Entry] {
    let dense = (0..<3).map { Entry(seed: $0, sparsity: 0, network: $0) }
    return dense + (0..<3).map { Entry(seed: $0, sparsity: 0.9, network: 3 + $0) }
  }
}

extension NamedTable {
  /// A column of numbers, whole or not.
  func values(_ name: String) -> [Double] {
    switch self[name]?.values {
    case .numbers(let values): values
    case .integers(let values): values.map(Double.init)
    default: []
    }
  }
}

/// Whether numbers are as near as rounding leaves them; NaN is near NaN.
func areNear(_ found: [Double], _ right: [Double], within tolerance: Double = 1e-6) -> Bool {
  found.count == right.count
    && zip(found, right).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) || ($0.isNaN && $1.isNaN) }
}
