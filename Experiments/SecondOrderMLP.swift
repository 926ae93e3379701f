import Coppice

extension Experiment {
  /// R. Benbaki et al., "Fast as CHITA: neural network pruning with combinatorial optimization", ICML 2023, asked of a network of the size of
  /// their MLPNet on MNIST: sparse regression on gradients of examples against WoodFisher's blocks, the diagonal of the Hessian and magnitude,
  /// cut once within layers, and nothing trained afterwards. The paper lets all layers share one ratio; here each has it.
  ///
  /// Protocol: 784-40-20-10, 3,000 steps; 1,000 examples are scored; 50 to 95 % of the weights go; six seeds, paired.
  ///
  /// Expected: CHITA is above magnitude and above WoodFisher at 90 %. Falsified where it is not.
  public static let secondOrderMLP = Experiment(
    "second-order-mlp",
    question: "What do second-order criteria save where nothing is trained after the cut?",
    base: Trial(
      model: .mlp([40, 20]), dataset: .mnist, training: .iterations(3_000), evaluation: .share(1),
      allocation: .layerWise, retraining: .none, scoringBatch: 100, scoringBatches: 10),
    claims: [("magnitude", "far ahead"), ("wood-fisher", "ahead from 80 % on")].map { other, published in
      Claim(
        "CHITA loses less than \(other) where 90 % of the weights go", paper: "Benbaki et al. 2023, Table 1",
        published: published, of: ["criterion=chita", "target_sparsity=0.9"],
        against: ["criterion=\(other)", "target_sparsity=0.9"], expected: .above(0))
    }
  ) {
    Axis(\.criterion, [.chita(), .woodFisher(), .optimalBrainDamage, .magnitude])
    Axis(\.sparsity, [0.5, 0.7, 0.8, 0.9, 0.95])
    Axis(\.seed, 0..<6)
  }
}
