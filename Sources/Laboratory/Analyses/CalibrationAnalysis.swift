import CoppiceNetworks
import CoppiceStore
import CoppiceTerms

extension Analysis {
  /// How far the confidence of pruned networks is from their accuracy on the test set: expected and largest calibration error, Brier
  /// score and negative log-likelihood, see `CalibrationBins` and `OutputMeasures`; beside each the error of its dense network.
  ///
  /// A second table, `calibration_reliability`, has the bins of the dense networks and of each trial's last round.
  ///
  /// - Parameters:
  ///   - bins: how many bins of confidence there are.
  ///   - areAdaptive: whether bins are equally full in place of equally wide.
  public static func calibration(bins: Int = 15, areAdaptive: Bool = false) -> Analysis {
    Analysis(
      "calibration", version: 1, fields: [("bins", .integer(bins)), ("adaptive", .flag(areAdaptive))],
      measuringAll: { rounds in JudgedRounds(rounds).networks.compactMap { $0.outputs() } }
    ) { context in
      let rounds = JudgedRounds(context.rounds)
      var numbers = OutputNumbers(context) { CalibrationNumbers($0, bins: bins, areAdaptive: areAdaptive) }
      var rows: [Row] = []
      for round in rounds.dense {
        guard let found = try numbers.of(round) else { continue }
        rows.append(Row(round: round, condition: "dense", density: 1, found: found, dense: found))
      }
      for judged in rounds.judged {
        guard let found = try numbers.of(judged.round) else { continue }
        rows.append(
          Row(
            round: judged.round, condition: judged.condition, density: judged.density, found: found,
            dense: try numbers.of(judged.dense)))
      }
      return [summary(rows), reliability(rows)]
    }
  }

  private static func summary(_ rows: [Row]) -> NamedTable {
    func fraction(_ name: String, _ title: String, _ value: (CalibrationNumbers) -> Double)
      -> NamedTable.Column
    {
      .init(Quantity(name, title, unit: .fraction), numbers: rows.map { value($0.found) })
    }
    return NamedTable(
      "calibration", title: "calibration of pruned networks",
      description:
        "How far the confidence of a network is from its accuracy on the test set. The dashed line is the dense network.",
      columns: [
        .init("trial", texts: rows.map(\.round.trial)), .init("seed", integers: rows.map(\.round.seed)),
        .init("condition", texts: rows.map(\.condition)), .init("round", integers: rows.map(\.round.index)),
        .init(Quantity("density", "weights remaining", unit: .fraction), numbers: rows.map(\.density)),
        fraction("accuracy", "test accuracy", \.accuracy),
        fraction("calibration_error", "expected calibration error", \.bins.expectedError),
        fraction("largest_error", "largest calibration error", \.bins.largestError),
        .init(
          Quantity("brier_score", "Brier score", bounds: 0...2), numbers: rows.map(\.found.brierScore)),
        .init(
          Quantity("log_likelihood", "negative log-likelihood"),
          numbers: rows.map(\.found.negativeLogLikelihood)),
        .init(
          Quantity("dense_calibration_error", "dense network", unit: .fraction),
          numbers: rows.map { $0.dense?.bins.expectedError ?? .nan }),
      ],
      drawing: .init(
        "calibration_error", against: "density", by: ["condition"], reference: "dense_calibration_error"))
  }

  private static func reliability(_ rows: [Row]) -> NamedTable {
    let bins = rows.filter { $0.condition == "dense" || $0.round.row.isFinal }.flatMap { row in
      row.found.bins.bins.enumerated().filter { $0.element.count > 0 }.map { (row: row, place: $0, bin: $1) }
    }
    return NamedTable(
      "calibration_reliability", title: "accuracy by confidence",
      description:
        "The accuracy of the test examples in each bin of confidence, of dense networks and of the last round of each trial. "
        + "Where a network is calibrated, it equals the confidence.",
      columns: [
        .init("trial", texts: bins.map(\.row.round.trial)),
        .init("seed", integers: bins.map(\.row.round.seed)),
        .init("network", texts: bins.map(\.row.network)),
        .init(Quantity("density", "weights remaining", unit: .fraction), numbers: bins.map(\.row.density)),
        .init("bin", integers: bins.map(\.place)),
        .init(Quantity("low", "from confidence", unit: .fraction), numbers: bins.map(\.bin.edges.low)),
        .init(Quantity("high", "to confidence", unit: .fraction), numbers: bins.map(\.bin.edges.high)),
        .init(
          Quantity("middle", "confidence", unit: .fraction),
          numbers: bins.map { ($0.bin.edges.low + $0.bin.edges.high) / 2 }),
        .init("examples", integers: bins.map(\.bin.count)),
        .init(
          Quantity("confidence", "mean confidence", unit: .fraction), numbers: bins.map(\.bin.confidence)),
        .init(Quantity("accuracy", "accuracy", unit: .fraction), numbers: bins.map(\.bin.accuracy)),
      ], drawing: .init("accuracy", against: "middle", by: ["network"], reference: "confidence"))
  }

  /// A network with its numbers and those of its dense network.
  private struct Row {
    let round: AnalysisRound
    let condition: String
    let density: Double
    let found: CalibrationNumbers
    let dense: CalibrationNumbers?

    /// `magnitude, 10 % remaining`.
    var network: String {
      condition == "dense" ? condition : "\(condition), \((density * 1_000).rounded() / 10) % remaining"
    }
  }
}

/// What is asked of the outputs of one network.
private struct CalibrationNumbers {
  let accuracy: Double
  let brierScore: Double
  let negativeLogLikelihood: Double
  let bins: CalibrationBins

  init(_ outputs: NetworkOutputs, bins: Int, areAdaptive: Bool) {
    let measures = OutputMeasures(outputs)
    (accuracy, brierScore) = (measures.accuracy, measures.brierScore)
    negativeLogLikelihood = measures.negativeLogLikelihood
    self.bins = measures.calibration(bins: bins, areAdaptive: areAdaptive)
  }
}

extension Shipped<Analysis> {
  static let calibration = Shipped(
    .calibration(), "how far the confidence of networks is from their accuracy", paper: "Guo et al. 2017"
  ) { fields in
    .calibration(
      bins: try fields.integer("bins", in: 1...10_000, default: 15),
      areAdaptive: try fields.flag("adaptive", default: false))
  }
}
