import Coppice

extension Experiment {
  /// R. Benbaki et al., "Fast as CHITA: neural network pruning with combinatorial optimization", ICML 2023, asked of a network of the size of
  /// their MLPNet on MNIST: sparse regression on gradients of examples against WoodFisher's blocks, the diagonal of the Hessian and magnitude,
  /// cut once, and nothing trained afterwards. In the paper all layers are one problem of regression; here each layer is one by itself.
  ///
  /// Protocol: 784-40-20-10, 3,000 steps; 1,000 examples are scored; 50 to 95 % of the weights go; six seeds, paired. Layers give equal
  /// shares, or those of LAMP.
  ///
  /// Expected: CHITA is above magnitude and above WoodFisher at 90 %. Falsified where it is not.
  ///
  /// The first run had equal shares alone and told no criterion from another: of the output layer 20 weights of 200 were left, and no
  /// network was right on more than a quarter of the digits. Hence the second allocation, with WoodFisher against magnitude as the check
  /// that it can tell criteria apart.
  public static let secondOrderMLP = Experiment(
    "second-order-mlp",
    question: "What do second-order criteria save where nothing is trained after the cut?",
    base: Trial(
      model: .mlp([40, 20]), dataset: .mnist, training: .iterations(3_000), evaluation: .share(1),
      retraining: .none, scoringBatch: 100, scoringBatches: 10),
    claims: ["layer-wise", "lamp"].flatMap { allocation in
      [
        ("chita", "magnitude", "far ahead"), ("chita", "wood-fisher", "ahead from 80 % on"),
        ("wood-fisher", "magnitude", "far ahead"),
      ].map { one, other, published in
        let cells = ["allocation=\(allocation)", "target_sparsity=0.9"]
        return Claim(
          "\(one) loses less than \(other) where 90 % of the weights go, \(allocation)",
          paper: "Benbaki et al. 2023, Table 1", published: published, of: ["criterion=\(one)"] + cells,
          against: ["criterion=\(other)"] + cells, expected: .above(0))
      }
    }
  ) {
    Axis(\.criterion, [.chita(), .woodFisher(), .optimalBrainDamage, .magnitude])
    Axis(\.allocation, [.layerWise, .lamp])
    Axis(\.sparsity, [0.5, 0.7, 0.8, 0.9, 0.95])
    Axis(\.seed, 0..<6)
  }
}
