import Coppice
import CoppiceStore

/// Evaluates the stored weights of a trial again and compares what comes out with what is stored: bit for bit, or up to rounding
/// where the file was written under another version of the numerics contract.
struct TrialEvaluation {
  /// One round: every measure that is stored, as it is stored and as it comes out now.
  struct Round {
    let index: Int
    let measures: [(name: String, stored: Double, found: Double)]

    /// Whether all are as near as another order of rounding leaves them, to 1 part in 10,000 or 1 example in 1,000.
    var isClose: Bool {
      measures.allSatisfy { name, stored, found in
        let allowance = name.contains("accuracy") ? 1e-3 : 1e-4 * max(1, abs(stored))
        return abs(stored - found) <= allowance || (stored.isNaN && found.isNaN)
      }
    }

    /// Whether all are equal to the bit; not-a-number equals itself.
    var isEqual: Bool {
      measures.allSatisfy {
        $0.stored.bitPattern == $0.found.bitPattern || ($0.stored.isNaN && $0.found.isNaN)
      }
    }
  }

  /// The rounds that have weights.
  let rounds: [Round]

  /// The version of the numerics contract that the file was written under, where it is not this program's.
  let otherNumerics: Int?

  /// Whether every round came out as it is stored.
  var isEqual: Bool { rounds.allSatisfy(\.isEqual) }

  /// Whether the weights give what is stored, as far as the file's version of the numerics lets one ask.
  var isConfirmed: Bool { isEqual || (otherNumerics != nil && rounds.allSatisfy(\.isClose)) }

  /// Evaluates all rounds that have weights, under the masks they were trained under: which products run sparse follows from
  /// those, and so do the bits.
  /// - Throws: a failure where the trial's configuration leads to no network, or the weights do not fit it; `DatasetError`.
  init(_ record: TrialRecord, library: DataLibrary) throws {
    let network = try StoredNetwork(record, library: library)
    let written = JSON(parsing: record.provenance)?["numerics"]
    otherNumerics =
      if case .integer(let version)? = written, version != StageKey.numericsVersion { version } else { nil }
    rounds = try record.rounds.compactMap { round in
      guard let weights = round.weights, let stored = round.evaluations.last else { return nil }
      let (parameters, buffers) = try network.split(weights, of: round.index)
      let masks = (round.masks?.names.isEmpty ?? true) ? nil : round.masks
      // What was trained as a smaller network was measured as one.
      let isCompacted = round.invariants.contains { $0.name == Invariant.compactedLogits.name }
      let compacted = try isCompacted ? masks.map { try Compacted(network.regimen.model, masks: $0) } : nil
      let bits = round.weightScales == nil ? nil : Int(exactly: round.row[metric: .bits])
      let found = try Meter(network.regimen, masks: masks, compacted: compacted, bits: bits).evaluation(
        parameters, buffers, ranges: round.inputRanges ?? ParameterSet(), step: stored.step,
        isLast: !stored.testClassAccuracy.isEmpty)
      return Round(index: round.index, measures: Self.measures(stored, found))
    }
  }

  /// What is stored, beside what comes out; metrics that were not taken then are not compared.
  private static func measures(
    _ stored: Evaluation, _ found: Evaluation
  ) -> [(name: String, stored: Double, found: Double)] {
    let classes = zip(stored.testClassAccuracy, found.testClassAccuracy).enumerated().map {
      ("test_accuracy_of_class_\($0)", $1.0, $1.1)
    }
    return Evaluation.metrics.filter { !stored[$0].isNaN }.map { ($0.name, stored[$0], found[$0]) } + classes
  }
}
