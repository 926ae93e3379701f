import CoppiceStore

/// In what two stored trials differ.
package struct TrialDifference: Sendable {
  /// One metric after one round.
  package struct Value: Hashable, Sendable {
    package let round: Int
    package let metric: String
    /// NaN where it was not measured.
    package let one: Double
    package let other: Double

    /// Whether both are equal to the bit, or not measured.
    package var isEqual: Bool { one.bitPattern == other.bitPattern || (one.isNaN && other.isNaN) }
  }

  /// The SHA-256 of the results of each.
  package let digests: (one: String, other: String)
  /// The settings that differ.
  package let settings: [NamedDifference]
  /// What differs of build, machine and data.
  package let provenance: [NamedDifference]
  /// Where the results first part; `nil` where they are one to the bit.
  package let parting: Parting?
  /// The metrics of rounds that either has, but for those that tell of the machine.
  package let values: [Value]
  /// Weights and masks, by round and parameter.
  package let layers: [LayerDistance]

  /// Whether weights, masks, series and evaluations are the same to the bit. Settings may differ all the same.
  package var isIdentical: Bool { digests.one == digests.other }

  /// Compares what is stored.
  package init(_ one: TrialRecord, _ other: TrialRecord) {
    digests = (one.sha256, other.sha256)
    settings = NamedDifference.settings(one.configuration, other.configuration)
    provenance = NamedDifference.provenance(one.provenance, other.provenance)
    parting = digests.one == digests.other ? nil : Parting(one, other)
    let rounds = Set((one.rounds + other.rounds).map(\.index)).sorted()
    values = rounds.flatMap { index -> [Value] in
      let rows = [one, other].map { record in record.rounds.first { $0.index == index }?.row }
      return Metrics.all.filter { !IndexRow.isOfMachine($0.name) }.compactMap { metric in
        let values = rows.map { $0?[metric: metric] ?? .nan }
        guard values.contains(where: { !$0.isNaN }) else { return nil }
        return Value(round: index, metric: metric.name, one: values[0], other: values[1])
      }
    }
    layers = LayerDistance.all(one, other)
  }
}
