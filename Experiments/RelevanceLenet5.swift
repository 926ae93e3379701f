import Coppice

extension Experiment {
  /// S.-K. Yeom et al., "Pruning by explaining", Pattern Recognition 2021, asked of LeNet-5: which filters and neurons go, by relevance,
  /// magnitude, gradients or chance, as it is and after some training more. Every layer gives the same share.
  public static let relevanceLenet5 = Experiment(
    "relevance-lenet-5", question: "Does relevance know better than magnitude which filters a network needs?",
    base: Trial(
      model: .lenet5, dataset: .mnist, training: .iterations(2_000), evaluation: .share(1),
      granularity: .filter, allocation: .layerWise(ignoring: ["fc2"]), scoringBatch: 100),
    claims: [
      Claim(
        "relevance loses less than magnitude without training", paper: "Yeom et al. 2021, Fig. 5",
        published: "above magnitude at every ratio", of: ["criterion=relevance", "retraining=none"],
        against: ["criterion=magnitude", "retraining=none"], expected: .above(0)),
      Claim(
        "relevance loses less than Taylor without training", paper: "Yeom et al. 2021, Fig. 5",
        published: "above Taylor at every ratio, with few examples most",
        of: ["criterion=relevance", "retraining=none"],
        against: ["criterion=taylor-activation", "retraining=none"], expected: .above(0)),
      Claim(
        "after training on, it makes no difference to magnitude of more than half a point",
        paper: "Yeom et al. 2021, Table 2", published: "both recover",
        of: ["criterion=relevance", "retraining=fine-tune"],
        against: ["criterion=magnitude", "retraining=fine-tune"], expected: .within(-0.005...0.005)),
    ]
  ) {
    Axis(\.criterion, [.relevance(alpha: 1), .magnitude, .taylorActivation, .random])
    Axis(\.sparsity, [0.5, 0.7, 0.8, 0.9])
    Axis(\.retraining, [.none, .fineTune(.share(0.1))])
    Axis(\.seed, 0..<6)
  }
}
