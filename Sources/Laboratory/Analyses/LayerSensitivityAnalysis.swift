import CoppicePruning
import CoppiceStore
import CoppiceTerms

extension Analysis {
  /// The loss against the sparsity of one layer at a time, for every dense network of a sweep: which layers bear pruning. The others
  /// stay whole. Weights go by magnitude, in the units of the trial's granularity. The loss is that on the batches of training data
  /// that evidence is measured on.
  ///
  /// What is measured is a stage of its own, which the allocation `sensitivity` shares. S. Han, J. Pool, J. Tran, W. Dally, "Learning
  /// both weights and connections for efficient neural networks", NIPS 2015, figure 6.
  public static let layerSensitivity = Analysis("layer-sensitivity", version: 1, measuring: sensitivityStage)
  {
    context in
    var rows: [(round: AnalysisRound, layer: String, sparsity: Double, loss: Double, rise: Double)] = []
    for (round, sensitivity) in try context.sensitivities() {
      for layer in sensitivity.layers {
        for (level, loss) in zip(sensitivity.levels, layer.losses) {
          rows.append((round, layer.name, level, loss, loss - (layer.losses.first ?? loss)))
        }
      }
    }
    return [
      NamedTable(
        "layer_sensitivity", title: "loss with one layer pruned",
        description:
          "The loss of a dense network of which one layer is pruned by magnitude and the others are whole, on batches of "
          + "training data.",
        columns: [
          .init("trial", texts: rows.map(\.round.trial)), .init("seed", integers: rows.map(\.round.seed)),
          .init("model", texts: rows.map { $0.round.row.model }),
          .init("granularity", texts: rows.map { $0.round.plan?.trial.granularity.name ?? "none" }),
          .init("layer", texts: rows.map(\.layer)),
          .init(
            Quantity("sparsity", "sparsity of the layer", unit: .fraction), numbers: rows.map(\.sparsity)),
          .init(Quantity("loss", "training loss"), numbers: rows.map(\.loss)),
          .init(Quantity("rise", "rise of the loss"), numbers: rows.map(\.rise)),
        ], drawing: .init("loss", against: "sparsity", by: ["layer"]))
    ]
  }
}

extension Shipped<Analysis> {
  static let layerSensitivity = Shipped(
    .layerSensitivity, "the loss against the sparsity of one layer at a time", paper: "Han et al. 2015")
}

/// The measurement of a round; `nil` where it is no dense network.
private let sensitivityStage: @Sendable (AnalysisRound) -> (any Stage)? = { round in
  guard round.masks == nil, let plan = round.plan else { return nil }
  let trial = plan.trial
  return SensitivityStage(
    plan.regimen, of: round.training, masks: nil, granularity: trial.granularity,
    structure: plan.structure, ignoring: trial.allocation.ignoring,
    scoring: ScoringData(batch: trial.scoringBatch, count: trial.scoringBatches))
}

extension AnalysisContext {
  /// The sensitivities that were measured, each once, with the first round they are of.
  fileprivate func sensitivities() throws -> [(AnalysisRound, LayerSensitivity)] {
    var met: Set<StageKey> = []
    return try rounds.compactMap { round in
      guard let stage = sensitivityStage(round), met.insert(stage.key).inserted,
        let plan = round.plan,
        let found = try record(of: stage.key).sensitivity(of: plan.regimen.model.prunable)
      else { return nil }
      return (round, found)
    }
  }
}
