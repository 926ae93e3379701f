import Coppice

extension Experiment {
  /// H. You et al., "Drawing early-bird tickets: towards more efficient training of deep networks", ICLR 2020, asked of LeNet-300-100 on
  /// MNIST: a training that ends where the mask of its largest weights has come to rest, a cut there, and the rest of the steps for what is
  /// left, beside a cut after the whole training, one after a fixed tenth of it, and one of a network that was never trained.
  ///
  /// Protocol: 5,000 steps; a mask is drawn every 100 of them and compared with the five before it; 70 or 90 % of the weights go at one
  /// stroke; all cells but the cut after the whole training make 5,000 steps in all, and that one makes them twice; six seeds, paired.
  ///
  /// Expected: the early-bird ticket is within 0.5 points of the dense network and of the cut after the whole training at 70 %, and above
  /// the cut of an untrained network. Falsified where it is lower than the first two by more, or not above the last.
  public static let earlyBirdMNIST = Experiment(
    "early-bird-mnist", question: "How early in a training can the mask of its ticket be drawn?",
    base: Trial(
      dataset: .mnist, training: .iterations(5_000), evaluation: .share(0.1), schedule: .oneShot),
    claims: [
      Claim(
        "an early-bird ticket of 30 % of the weights is as accurate as the dense network",
        paper: "You et al. 2020", published: "as accurate or better on VGG-16 and PreResNet-101",
        of: ["stop=early-bird", "target_sparsity=0.7"], against: ["target_sparsity=0", "retraining=none"],
        expected: .above(-0.005)),
      Claim(
        "an early-bird ticket of 30 % is as accurate as a cut after the whole training",
        paper: "You et al. 2020", published: "as accurate or better",
        of: ["stop=early-bird", "target_sparsity=0.7"],
        against: ["retraining=fine-tune", "target_sparsity=0.7"], expected: .above(-0.005)),
      Claim(
        "an early-bird ticket of 10 % beats a cut of the untrained network", paper: "You et al. 2020",
        published: "tickets drawn before the mask rests are worse",
        of: ["stop=early-bird", "target_sparsity=0.9"],
        against: ["schedule=at-initialisation", "target_sparsity=0.9"], expected: .above(0)),
    ]
  ) {
    for way in ["early-bird", "whole", "untrained"] {
      Fix(\.stop, way == "early-bird" ? .earlyBird(every: .iterations(100)) : .never)
      Fix(\.schedule, way == "untrained" ? .atInitialisation() : .oneShot)
      Fix(\.retraining, way == "early-bird" ? .complete() : way == "whole" ? .fineTune(.share(1)) : .rewind())
    }
    Axis(\.sparsity, [0.7, 0.9])
    Axis(\.seed, 0..<6)
  }
}
