import Coppice

extension Experiment {
  /// Which filters of a small network go, by magnitude (H. Li et al., ICLR 2017), by the geometric median (Y. He et al., CVPR 2019), by the
  /// scales of batch normalisation after a training that presses them down (Z. Liu et al., ICCV 2017), by Taylor's expansion (P. Molchanov
  /// et al., CVPR 2019), by relevance (S.-K. Yeom et al., Pattern Recognition 2021), by chance; and whether merging a filter with the one
  /// most like it (S. Srinivas, R. V. Babu, BMVC 2015; W. Kim et al., NeurIPS 2020) loses less than deleting it.
  ///
  /// Protocol: three convolutions of 16, 32 and 64 filters with batch normalisation on CIFAR-10's images, trained for three passes; one
  /// cut, which takes half or three quarters of the floating-point operations by every criterion, channels ranked within their layer;
  /// no training afterwards, or a tenth of it; three seeds. Merging by magnitude has the masks of magnitude, so
  /// that the two differ by the merge alone.
  ///
  /// Expected: without training, merging by magnitude is above magnitude, and Taylor and relevance above magnitude and chance; with it,
  /// all but chance are within two points of magnitude. Falsified where merging is not above deletion with the same masks, or where a
  /// criterion is more than two points from magnitude after training on.
  public static let filtersCIFAR10 = Experiment(
    "filters-cifar-10",
    question: "At equal operations, which filters of a small network can go, and is it better to merge them?",
    base: Trial(
      model: .vgg16(width: 16, blocks: [1, 1, 1]), dataset: .cifar10(validation: 500),
      optimizer: .sgd(momentum: 0.9, weightDecay: 1e-4), learningRate: .steps(0.05, at: [0.6, 0.85]),
      batchSize: 128, training: .epochs(3), evaluation: .share(1),
      granularity: .channel(coupling: Coupling(ranked: true)), scoringBatch: 128, scoringBatches: 2,
      target: .flops),
    claims: [
      Claim(
        "merging loses less than deleting the same filters where nothing is trained",
        paper: "Kim et al. 2020, Tables 1–3", published: "above deletion for every model and ranking",
        of: ["criterion=merge", "ranking=magnitude", "retraining=none"],
        against: ["criterion=magnitude", "retraining=none"], expected: .above(0)),
      Claim(
        "filters ranked by what their merge loses lose less than those ranked by magnitude, merged as well",
        paper: "Srinivas and Babu 2015", published: "below naive removal at every size",
        of: ["criterion=merge", "ranking=similarity", "retraining=none"],
        against: ["criterion=merge", "ranking=magnitude", "retraining=none"], expected: .above(0)),
    ]
      + [
        ["criterion=geometric-median"], ["criterion=network-slimming"], ["criterion=taylor-gate"],
        ["criterion=relevance"], ["criterion=merge", "ranking=similarity"],
      ].map { rows in
        Claim(
          "after training on, \(rows[0]) makes no difference to magnitude of more than two points",
          paper: "Liu et al. 2019", published: "criteria differ little after fine-tuning",
          of: rows + ["retraining=fine-tune"],
          against: ["criterion=magnitude", "retraining=fine-tune"], expected: .within(-0.02...0.02))
      }
  ) {
    for (mask, criteria) in families {
      Fix(\.learnedMask, mask)
      Axis(\.criterion, criteria)
    }
    Axis(\.sparsity, [0.5, 0.75])
    Axis(\.retraining, [.none, .fineTune(.share(0.1))])
    Axis(\.seed, 0..<3)
  }

  /// Slimming's scales come from a training of its own, with its penalty.
  private static let families: [(LearnedMask, [Criterion])] = [
    (
      .none,
      [
        .magnitude, .geometricMedian, .taylorGate, .relevance(), .random, .merge(ranking: .magnitude),
        .merge(),
      ]
    ),
    (.slimming(), [.networkSlimming]),
  ]
}
