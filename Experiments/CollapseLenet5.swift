import Coppice

extension Experiment {
  /// H. Tanaka et al., "Pruning neural networks without any data by iteratively conserving synaptic flow", NeurIPS 2020: LeNet-5 pruned
  /// at initialisation until some layer loses its last weight. SynFlow takes its 100 rounds, the others score once.
  public static let collapseLenet5 = Experiment(
    "collapse-lenet-5", question: "How far can a network be pruned before training, until a layer is empty?",
    base: Trial(
      model: .lenet5, dataset: .mnist, training: .iterations(1_000), evaluation: .share(1),
      schedule: .atInitialisation()),
    claims: [
      Claim(
        "SynFlow empties no layer where one weight in 3,000 is left", paper: "Tanaka et al. 2020",
        published: "no collapse below the greatest possible compression", metric: "emptied_layers",
        of: ["criterion=synflow", "target_sparsity=0.9997"], expected: .within(0...0)),
      Claim(
        "magnitude empties a layer where one weight in 3,000 is left", paper: "Tanaka et al. 2020",
        published: "collapses before the greatest possible compression", metric: "emptied_layers",
        of: ["criterion=magnitude", "target_sparsity=0.9997"], expected: .within(1...4)),
      Claim(
        "SynFlow trains to more than SNIP where one weight in 1,000 is left",
        paper: "Tanaka et al. 2020, Fig. 6",
        published: "ahead from 10² times on", of: ["criterion=synflow", "target_sparsity=0.999"],
        against: ["criterion=snip", "target_sparsity=0.999"], expected: .above(0)),
    ]
  ) {
    Axis(\.criterion, [.random, .magnitude, .snip, .grasp, .synflow(rounds: 100)])
    Axis(\.sparsity, [0.9, 0.99, 0.997, 0.999, 0.9997])
    Axis(\.seed, 0..<6)
  }
}
