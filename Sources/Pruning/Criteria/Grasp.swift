import CoppiceTerms

extension Criterion {
  /// θ · (H g): how much the flow of gradients, gᵀg, would fall to first order if the weight were set to 0, half of it. g is
  /// the gradient and H the Hessian of the loss on logits divided by a temperature. What lowers the flow least, or raises it,
  /// goes first.
  public static let grasp = grasp()

  /// `grasp` at another temperature.
  ///
  /// C. Wang, G. Zhang, R. Grosse, "Picking winning tickets before training by preserving gradient flow", ICLR 2020. The
  /// paper's score −θ · (H g) is the other way round: there the highest go, here the lowest, so the sign is turned. Magnitudes
  /// are not taken. The paper scores untrained weights, on 10 or 25 examples of each class, at temperature 200: when and on how
  /// many is for the schedule and the scoring batch to say. As in its code, g and H are those of the prunable weights alone;
  /// unlike it, normalisations have their running statistics. H g is exact, by a second gradient through the graph.
  public static func grasp(temperature: Double = 200) -> Criterion {
    let products = Evidence.hessianGradients(temperature: temperature)
    return Criterion(
      "grasp", version: 1, fields: temperature == 200 ? [] : [("temperature", .number(temperature))],
      needs: .evidence(products)
    ) { context in
      try context.scoreEach(from: products) { weight, product in Float(Double(weight) * Double(product)) }
    }
  }
}

extension Shipped<Criterion> {
  static let grasp = Shipped(
    .grasp, "weight · (Hessian · gradient): what cutting it takes from the flow of gradients",
    paper: "Wang et al. 2020"
  ) { fields in .grasp(temperature: try fields.positive("temperature", default: 200)) }
}
