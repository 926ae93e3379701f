import CoppiceHDF5
import CoppiceStore
import CoppiceTensors

/// Rows, trials and summaries for the tests of this target.
enum Samples {
  /// A row with every column set.
  static func row(
    criterion: String = "magnitude", schedule: String = "one-shot", target: Double = 0.5,
    requested: Double? = nil,
    seed: Int = 1, round: Int = 1, isFinal: Bool = true
  ) -> IndexRow {
    var row = IndexRow(trial: "\(criterion)-\(schedule)-\(target)-s\(seed)", seed: seed, round: round)
    row.isFinal = isFinal
    (row.model, row.dataset, row.criterion, row.granularity) = (
      "lenet-300-100", "glyphs", criterion, "weight"
    )
    (row.allocation, row.schedule, row.retraining, row.control) = ("global", schedule, "rewind", "none")
    row.isLadder = schedule == "lottery-ticket"
    row.rewindStep = schedule == "one-shot" ? nil : 500
    row.targetSparsity = target
    row.requestedSparsity = requested ?? target
    row.sparsity = row.requestedSparsity
    row.density = 1 - row.sparsity
    let nonzero = 1000 - Int(1000 * row.sparsity)
    let results: [(Metric, Double)] = [
      (.parameters, 1000), (.parametersNonzero, Double(nonzero)), (.flops, 2000),
      (.flopsNonzero, Double(2 * nonzero)),
      (.trainingFlops, 7e12), (.trainLoss, 0.1), (.trainAccuracy, 0.99), (.validationLoss, 0.2),
      (.validationAccuracy, 0.9), (.testLoss, 0.3),
      (.testAccuracy, 0.9 - 0.1 * row.sparsity + 0.001 * Double(seed)), (.earlyStopStep, 300),
      (.earlyStopTestAccuracy, 0.91), (.wallTime, 1.5),
    ]
    for (metric, value) in results { row[metric: metric] = value }
    row.settings = [
      .init("criterion", .text(criterion)), .init("sparsity", .number(target)), .init("seed", .integer(seed)),
      .init("schedule", .text("\(schedule)(rounds: 3)")), .init("learning-rate", .number(0.1)),
    ]
    return row
  }

  /// Two criteria, a one-shot condition over three targets and a ladder of three rounds, three seeds.
  static var rows: [IndexRow] {
    var rows: [IndexRow] = []
    for criterion in ["magnitude", "random"] {
      for seed in 1...3 {
        for target in [0.5, 0.8, 0.9] { rows.append(row(criterion: criterion, target: target, seed: seed)) }
        for (round, sparsity) in [0, 0.2, 0.36].enumerated() {
          rows.append(
            row(
              criterion: criterion, schedule: "lottery-ticket", target: 0.36, requested: sparsity, seed: seed,
              round: round, isFinal: round == 2))
        }
      }
    }
    return rows
  }

  static var summary: Summary {
    Summary(
      experiment: "sample", configuration: #"{"command": "coppice run sample"}"#,
      provenance: #"{"commit": "abc"}"#,
      rows: rows,
      curves: SummaryCurves(
        title: "Test accuracy against remaining weights", density: [1, 0.5, 0.2],
        curves: [
          .init(
            label: "magnitude, one-shot", mean: [0.9, 0.8, 0.7], halfWidth: [0.01, 0.02, 0.03],
            band: "t, n = 3"),
          .init(
            label: "random, one-shot", mean: [0.9, 0.7, .infinity], halfWidth: [0.01, 0, 1], band: "t, n = 3"),
        ]), analyses: [overlap])
  }

  /// What an analysis of pairs may give.
  static var overlap: NamedTable {
    NamedTable(
      "mask_overlap", title: "mask overlap of pairs of seeds", description: "Jaccard index of survivors.",
      columns: [
        .init("trial_a", texts: ["s1", "s1", "s2"]),
        .init("trial_b", "other trial", texts: ["s2", "s3", "s3"]),
        .init("round", integers: [1, 1, 1]),
        .init(Quantity("density", unit: .fraction), numbers: [0.5, 0.5, 0.5]),
        .init(Quantity("jaccard", "overlap", unit: .fraction), numbers: [0.4, .infinity, 0.42]),
        .init(Quantity("distance", unit: .other("MB")), numbers: [1, 2, 3]),
      ],
      drawing: .init("jaccard", against: "density", by: ["round"], reference: "distance"))
  }

  static var weights: ParameterSet {
    ParameterSet([
      ("fc2.weight", Tensor([2, 3], [1, -0.0, 0, .infinity, Float(bitPattern: 1), -5])),
      ("fc1.weight", Tensor([3, 1], [0.1, 0.2, 0.3])), ("fc1.bias", Tensor([3], [0, 0, 0])),
      ("scale", Tensor(.scalar, [7])),
    ])
  }

  static var masks: MaskSet {
    MaskSet([("fc2.weight", Mask([2, 3], [1, 0, 0, 1, 1, 1])), ("fc1.weight", Mask([3, 1], [1, 1, 0]))])
  }

  static var series: Series {
    var series = Series(steps: [1, 2, 4])
    series["loss"] = [2.3, 1.5, 0.7]
    series["learning_rate"] = [0.1, 0.1, 0.01]
    return series
  }

  static var evaluations: [Evaluation] {
    [
      Evaluation(step: 0, [(.validationLoss, 2.3), (.validationAccuracy, 0.1)]),
      Evaluation(
        step: 4,
        [(.validationLoss, 0.5), (.validationAccuracy, 0.9), (.testLoss, 0.6), (.testAccuracy, 0.88)],
        testClassAccuracy: [0.8, 0.9, 1]),
    ]
  }

  static var trial: TrialRecord {
    let rounds = (0..<11).map { round in
      RoundRecord(
        row: row(schedule: "lottery-ticket", round: round, isFinal: round == 10), weights: weights,
        masks: round == 0 ? nil : masks, series: series, evaluations: evaluations,
        layers: [
          LayerRecord(
            name: "fc2.weight", parameters: 6, nonzero: 4, isPrunable: true, flops: 12, flopsNonzero: 8),
          LayerRecord(name: "fc1.bias", parameters: 3, nonzero: 3, isPrunable: false),
        ])
    }
    return TrialRecord(
      trial: "t", status: .completed, configuration: #"{"a": 1}"#, provenance: #"{"b": 2}"#,
      initialWeights: weights,
      rounds: rounds)
  }
}

extension HDF5Object {
  /// Adds several attributes.
  func attach(_ attributes: KeyValuePairs<String, HDF5Attribute>) throws(HDF5Error) {
    for (name, value) in attributes { try setAttribute(name, value) }
  }
}
