import CoppiceStore

/// A cost by which networks are chosen, read from a row of an index as it was measured or counted.
package struct AdviceCost: Sendable {
  /// `bytes`.
  package let name: String
  /// `bytes of weights`.
  package let title: String
  /// How it is printed, with its unit.
  package let format: Table.Format
  package let unit: String
  /// Whether it is a figure of one machine.
  package let isTimed: Bool
  /// The cost of the form of a row that has the least of it.
  let read: @Sendable (IndexRow) -> (value: Double, form: String)?

  /// Whether a row has it.
  func isKnown(in row: IndexRow) -> Bool { read(row) != nil }

  /// The least of some forms of a row that are known.
  private static func least(
    _ forms: @escaping @Sendable (IndexRow) -> [(form: String, value: Double)]
  ) -> @Sendable (IndexRow) -> (value: Double, form: String)? {
    { row in
      forms(row).filter { $0.value.isFinite && $0.value >= 0 }.min { $0.value < $1.value }
        .map { ($0.value, $0.form) }
    }
  }

  /// What counts for a bottleneck: what says the most first, and what is counted in its place where that was not measured.
  package static func all(for question: AdviceQuestion) -> [AdviceCost] {
    switch question.bottleneck {
    case .size: [bytes, parameters]
    case .memory: [memory]
    case .speed: [question.batch == 1 ? latency : latency64]
    case .energy: [energy]
    }
  }

  private static let bytes = AdviceCost(
    name: "bytes", title: "bytes of weights, in the smallest form", format: .integer, unit: "bytes",
    isTimed: false,
    read: least { row in
      [
        ("dense", row[metric: .bytes]), ("sparse", row[metric: .bytesSparse]),
        ("compacted", row[metric: .bytesCompacted]), ("quantised", row[metric: .bytesQuantised]),
        ("quantised and sparse", row[metric: .bytesQuantisedSparse]),
      ]
    })

  private static let parameters = AdviceCost(
    name: "parameters_nonzero", title: "parameters that are not 0", format: .integer, unit: "parameters",
    isTimed: false, read: least { [("counted", $0[metric: .parametersNonzero])] })

  /// Zeros are held unless their units are cut out.
  private static let memory = AdviceCost(
    name: "memory", title: "bytes of weights and intermediate values of one example", format: .integer,
    unit: "bytes", isTimed: false,
    read: least { row in
      [
        ("dense", row[metric: .bytes] + row[metric: .activationBytes]),
        ("compacted", row[metric: .bytesCompacted] + row[metric: .activationBytesCompacted]),
      ]
    })

  private static let latency = AdviceCost(
    name: "latency", title: "time of one example, in the fastest form", format: .decimal(4), unit: "ms",
    isTimed: true,
    read: least { row in
      [
        ("dense", row[metric: .latencyDense]), ("sparse", row[metric: .latencySparse]),
        ("compacted", row[metric: .latencyCompacted]), ("quantised", row[metric: .latencyQuantised]),
      ]
    })

  private static let latency64 = AdviceCost(
    name: "latency_64", title: "time of 64 examples at once, in the fastest form", format: .decimal(4),
    unit: "ms", isTimed: true,
    read: least { row in
      [
        ("dense", row[metric: .latency64Dense]), ("sparse", row[metric: .latency64Sparse]),
        ("compacted", row[metric: .latency64Compacted]), ("quantised", row[metric: .latency64Quantised]),
      ]
    })

  private static let energy = AdviceCost(
    name: "energy", title: "energy of one example of 64, in the thriftiest form", format: .decimal(6),
    unit: "J", isTimed: true,
    read: least { row in
      [
        ("dense", row[metric: .energyDense]), ("sparse", row[metric: .energySparse]),
        ("compacted", row[metric: .energyCompacted]), ("quantised", row[metric: .energyQuantised]),
      ]
    })
}
