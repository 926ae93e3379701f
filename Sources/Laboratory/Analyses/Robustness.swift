import CoppiceDatasets
import CoppiceStore
import CoppiceTerms

extension Analysis {
  /// The accuracy of networks on corrupted test images, see `Corruption`, and their corruption errors relative to the dense network:
  ///
  ///     CE_c = Σ_s E_{s,c} / Σ_s D_{s,c},   mCE = mean of CE_c over the corruptions
  ///
  /// E is the error of a network at severity s, D that of its dense network. The relative corruption error is the same with the error
  /// on clean images taken off on both sides.
  /// D. Hendrycks, T. Dietterich, "Benchmarking neural network robustness to common corruptions and perturbations", ICLR 2019, where
  /// the reference is AlexNet.
  ///
  /// `robustness_corruptions` has the mean accuracy under each corruption, `robustness_severities` every single one.
  ///
  /// - Parameters:
  ///   - corruptions: names of corruptions.
  ///   - severities: of 1…5.
  ///   - seed: the seed of what corruptions draw.
  public static func robustness(
    corruptions: [String] = usualCorruptions, severities: [Int] = [1, 2, 3, 4, 5], seed: UInt64 = 0
  ) -> Analysis {
    let all = Corruption.all(corruptions, severities, seed: seed)
    return Analysis(
      "robustness", version: 2,
      fields: [
        ("corruptions", .list(corruptions.map { .text($0) })),
        ("severities", .list(severities.map { .integer($0) })),
        ("seed", .integer(Int(bitPattern: UInt(seed)))),
      ],
      measuringAll: { rounds in
        let networks = JudgedRounds(rounds).networks
        // Corrupted images are made once for all networks.
        return ([Corruption.none] + all).flatMap { corruption in
          networks.compactMap { $0.outputs(corruption) }
        }
      }
    ) { context in
      let rounds = JudgedRounds(context.rounds)
      var numbers = OutputNumbers(context) { OutputMeasures($0).accuracy }
      func errors(_ round: AnalysisRound?) throws -> CorruptedErrors? {
        guard let clean = try numbers.of(round) else { return nil }
        let found = try all.map { try numbers.of(round, $0) ?? .nan }
        return CorruptedErrors(accuracy: clean, accuracies: found, severities: severities.count)
      }
      var rows: [RobustRow] = []
      for round in rounds.dense {
        guard let found = try errors(round) else { continue }
        rows.append(RobustRow(round: round, condition: "dense", density: 1, errors: found, dense: found))
      }
      for judged in rounds.judged {
        guard let found = try errors(judged.round) else { continue }
        rows.append(
          RobustRow(
            round: judged.round, condition: judged.condition, density: judged.density, errors: found,
            dense: try errors(judged.dense)))
      }
      // Names that there is nothing of are left out.
      let names = severities.isEmpty ? [] : all.enumerated().filter { $0.offset % severities.count == 0 }
      return [
        summary(rows), byCorruption(rows, names.map(\.element.name)), bySeverity(rows, all),
      ]
    }
  }

  /// The corruptions that are asked for where nothing else is said.
  public static let usualCorruptions = Corruption.catalogue.shipped.map(\.name).filter { $0 != "none" }

  private static func columns(_ rows: [RobustRow]) -> [NamedTable.Column] {
    [
      .init("trial", texts: rows.map(\.round.trial)), .init("seed", integers: rows.map(\.round.seed)),
      .init("condition", texts: rows.map(\.condition)), .init("round", integers: rows.map(\.round.index)),
      .init(Quantity("density", "weights remaining", unit: .fraction), numbers: rows.map(\.density)),
    ]
  }

  private static func summary(_ rows: [RobustRow]) -> NamedTable {
    NamedTable(
      "robustness", title: "error on corrupted images",
      description:
        "The mean corruption error: the error under each corruption in errors of the dense network of the same seed, the mean over "
        + "the corruptions.",
      columns: columns(rows) + [
        .init(
          Quantity("accuracy", "test accuracy", unit: .fraction), numbers: rows.map(\.errors.accuracy)),
        .init(
          Quantity("corrupted_accuracy", "accuracy on corrupted images", unit: .fraction),
          numbers: rows.map(\.errors.accuracies.mean)),
        .init(
          Quantity("corruption_error", "mean corruption error", bounds: 0...(.infinity)),
          numbers: rows.map { $0.errors.relative(to: $0.dense).mean }),
        .init(
          Quantity("relative_corruption_error", "relative mean corruption error"),
          numbers: rows.map { $0.errors.relative(to: $0.dense, lessClean: true).mean }),
      ], drawing: .init("corruption_error", against: "density", by: ["condition"]))
  }

  private static func byCorruption(_ rows: [RobustRow], _ corruptions: [String]) -> NamedTable {
    let cells = rows.flatMap { row in corruptions.indices.map { (row: row, place: $0) } }
    func errors(_ value: ((row: RobustRow, place: Int)) -> Double) -> [Double] { cells.map(value) }
    return NamedTable(
      "robustness_corruptions", title: "accuracy under each corruption",
      description: "The accuracy on corrupted test images, the mean over the severities.",
      columns: columns(cells.map(\.row)) + [
        .init("corruption", texts: cells.map { corruptions[$0.place] }),
        .init(
          Quantity("accuracy", "accuracy on corrupted images", unit: .fraction),
          numbers: errors { $0.row.errors.of($0.place).mean }),
        .init(
          Quantity("dense_accuracy", "that of the dense network", unit: .fraction),
          numbers: errors { $0.row.dense?.of($0.place).mean ?? .nan }),
        .init(
          Quantity("corruption_error", bounds: 0...(.infinity)),
          numbers: errors { $0.row.errors.relative(to: $0.row.dense)[$0.place] }),
      ], drawing: .init("accuracy", against: "density", inPanelsOf: "corruption", by: ["condition"]))
  }

  private static func bySeverity(_ rows: [RobustRow], _ all: [Corruption]) -> NamedTable {
    let cells = rows.flatMap { row in all.indices.map { (row: row, place: $0) } }
    return NamedTable(
      "robustness_severities", title: "accuracy under each corruption at each severity",
      description: "The accuracy on corrupted test images; in the figure over all corruptions.",
      columns: columns(cells.map(\.row)) + [
        .init("corruption", texts: cells.map { all[$0.place].name }),
        .init("severity", integers: cells.map { all[$0.place].severity }),
        .init(
          Quantity("accuracy", "accuracy on corrupted images", unit: .fraction),
          numbers: cells.map { $0.row.errors.accuracies[$0.place] }),
      ], drawing: .init("accuracy", against: "severity", inPanelsOf: "condition", by: ["density"]))
  }
}

/// A network with its errors and those of its dense network.
private struct RobustRow {
  let round: AnalysisRound
  let condition: String
  let density: Double
  let errors: CorruptedErrors
  let dense: CorruptedErrors?
}

/// The accuracies of one network, and its errors.
private struct CorruptedErrors {
  let accuracy: Double
  /// By corruption and, in each, by severity.
  let accuracies: [Double]
  let severities: Int

  /// The accuracies under one corruption.
  func of(_ corruption: Int) -> ArraySlice<Double> {
    accuracies[corruption * severities..<(corruption + 1) * severities]
  }

  /// CE of each corruption; NaN where the dense network has no error.
  func relative(to dense: CorruptedErrors?, lessClean: Bool = false) -> [Double] {
    (0..<accuracies.count / max(1, severities)).map { corruption in
      guard let dense else { return .nan }
      func sum(_ errors: CorruptedErrors) -> Double {
        errors.of(corruption).reduce(0) { $0 + (lessClean ? errors.accuracy : 1) - $1 }
      }
      let reference = sum(dense)
      return reference > 0 ? sum(self) / reference : .nan
    }
  }
}

extension Sequence where Element == Double {
  /// The mean; NaN where one is none, or there are none.
  fileprivate var mean: Double {
    let (sum, count) = reduce((0.0, 0)) { ($0.0 + $1, $0.1 + 1) }
    return count == 0 ? .nan : sum / Double(count)
  }
}

extension Corruption {
  /// Every corruption of these names at each of these severities, by name first. A name that there is none of is left out.
  static func all(_ names: [String], _ severities: [Int], seed: UInt64) -> [Corruption] {
    names.flatMap { name in
      (try? Corruption.named(name)).map { kind in severities.map { kind.with(severity: $0, seed: seed) } }
        ?? []
    }
  }

  /// The names of corruptions in a field: each must be of one, and none twice.
  static func names(
    in fields: inout SpecificationReader, default names: [String]
  ) throws(SpecificationError) -> [String] {
    try fields.take(
      "corruptions",
      "a list of different corruptions of \(Analysis.usualCorruptions.joined(separator: ", "))",
      default: names
    ) { value in
      guard case .list(let values) = value else { return nil }
      let found = values.map(\.description)
      let isKnown = found.allSatisfy { name in (try? Corruption.named(name)).map { $0 != .none } ?? false }
      return isKnown && Set(found).count == found.count ? found : nil
    }
  }

  /// The severities in a field: each of 1…5, and none twice.
  static func severities(in fields: inout SpecificationReader) throws(SpecificationError) -> [Int] {
    try fields.take("severities", "a list of different severities in 1…5", default: Array(severities)) {
      value in
      guard case .list(let values) = value else { return nil }
      let found = values.compactMap { value -> Int? in
        if case .integer(let severity) = value, severities.contains(severity) { severity } else { nil }
      }
      return found.count == values.count && !found.isEmpty && Set(found).count == found.count ? found : nil
    }
  }
}

extension Shipped<Analysis> {
  static let robustness = Shipped(
    .robustness(), "accuracy on corrupted images", paper: "Hendrycks and Dietterich 2019"
  ) { fields in
    .robustness(
      corruptions: try Corruption.names(in: &fields, default: Analysis.usualCorruptions),
      severities: try Corruption.severities(in: &fields), seed: try fields.seed("seed", default: 0))
  }
}
