import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// |γ|, the scale that the batch normalisation behind a layer multiplies a channel by: one score a filter.
  ///
  /// Z. Liu, J. Li, Z. Shen, G. Huang, S. Yan, C. Zhang, "Learning efficient convolutional networks through network slimming",
  /// ICCV 2017. The paper trains with an L1 penalty on γ, which presses unneeded scales to 0, and cuts at one threshold for all
  /// layers: that is the training's and the allocation's (`global`) to say. Every layer that is pruned needs a batch
  /// normalisation; others are for the allocation to ignore.
  public static let networkSlimming = Criterion(
    "network-slimming", version: 1, needs: .structure, scoresUnits: true,
    requires: { setup in
      let layers = setup.layersOfRows.map(\.name)
      let bare = layers.filter { setup.structure.scales[$0] == nil }
      guard bare.count < layers.count else {
        throw setup.refuse(
          "the model has no batch normalisation behind a prunable layer, whose scales are the scores; use a model that has, such as "
            + "resnet-20, or another criterion of filters, such as magnitude or geometric-median",
          for: "network-slimming")
      }
      guard bare.isEmpty else {
        throw setup.refuse(
          "no batch normalisation stands behind \(bare.joined(separator: ", ")); let the allocation ignore what has none, as "
            + "\(setup.allocation.name)(ignoring: [\(bare.joined(separator: ", "))])", for: "network-slimming"
        )
      }
      try setup.requireRows("network-slimming")
    }
  ) { context in
    let scales = try context.structure().scales
    return try context.scoreRows { name, weight, rows in
      guard let scale = scales[name].flatMap({ context.weights[$0] }), scale.shape.count == rows.count else {
        return [Double](repeating: 0, count: rows.count)
      }
      return scale.scalars.map { Double($0).magnitude }
    }
  }
}

extension Shipped<Criterion> {
  static let networkSlimming = Shipped(
    .networkSlimming, "|scale| of the batch normalisation behind a filter", paper: "Liu et al. 2017",
    aliases: ["batch-norm-scale"])
}
