import Coppice

extension Experiment {
  /// What guides to pruning advise of whole filters and hidden units, asked of LeNet-5: that 30 to 50 % of the parameters go without a
  /// loss, that the smaller network is often the better one, that one stroke of a half is too much where tenths are not, and that a
  /// fine-tuning of 10 to 30 % of the training is enough. H. Li et al., "Pruning filters for efficient ConvNets", ICLR 2017, is where most
  /// of it comes from.
  ///
  /// Protocol: LeNet-5 trained for 2,000 steps of 60 digits; channels and hidden units go by mean magnitude, as many of every layer, at one
  /// stroke or in five; training goes on at the small size, at the last rate, for 10, 30 or 100 % of the training in all; six seeds. The
  /// dense network is trained on for as long.
  ///
  /// Expected: what the guides say, each with the tolerance of its claim.
  public static let practiceLenet5 = Experiment(
    "practice-lenet-5", question: "What of the common advice on filter pruning holds for LeNet-5?",
    base: Trial(
      model: .lenet5, dataset: .mnist, training: .iterations(2_000), evaluation: .share(1),
      granularity: .coupledUnit(coupling: Coupling(ranked: true)), compaction: .afterPruning),
    claims: [0.3, 0.5].map { ratio in
      Claim(
        "\(Int(ratio * 100)) % of the weights go at a loss of less than 0.2 points", paper: "common advice",
        published: "30 to 50 % go without significant loss", measure: .change,
        of: ["target_sparsity=\(ratio)", "schedule=one-shot", "retraining=fine-tune", "budget=0.3"],
        expected: .above(-0.002))
    } + [
      Claim(
        "the network without 30 % of its weights is better than the dense one, trained on as long",
        paper: "common advice", published: "the pruned model often performs better", measure: .change,
        of: ["target_sparsity=0.3", "schedule=one-shot", "retraining=fine-tune", "budget=0.3"],
        expected: .above(0)),
      Claim(
        "half of the weights at one stroke cost more than 30 points before training goes on",
        paper: "common advice", published: "the model collapses", measure: .change,
        of: ["target_sparsity=0.5", "retraining=none"], expected: .below(-0.3)),
      Claim(
        "half of the weights in five rounds cost less than 0.2 points", paper: "common advice",
        published: "10 % an iteration does not collapse", measure: .change,
        of: ["target_sparsity=0.5", "schedule=iterative", "budget=0.02"], expected: .above(-0.002)),
      Claim(
        "five rounds beat one stroke with as many steps where 90 % go", paper: "Han et al. 2015",
        published: "iterative pruning reaches 9x where one stroke reaches 5x",
        of: ["target_sparsity=0.9", "schedule=iterative", "budget=0.06"],
        against: ["target_sparsity=0.9", "schedule=one-shot", "budget=0.3"], expected: .above(0)),
    ]
      + [0.1, 0.3].map { budget in
        Claim(
          "fine-tuning for \(Int(budget * 100)) % of the training comes within 0.2 points of 100 %, at 70 %",
          paper: "common advice", published: "fine-tuning costs 10 to 30 % of the training",
          of: ["target_sparsity=0.7", "schedule=one-shot", "retraining=fine-tune", "budget=\(budget)"],
          against: ["target_sparsity=0.7", "schedule=one-shot", "retraining=fine-tune", "budget=1.0"],
          expected: .above(-0.002))
      }
  ) {
    let courses: [(schedule: Schedule, retrainings: [Retraining])] = [
      (.oneShot, [.none, .fineTune(.share(0.1)), .fineTune(.share(0.3)), .fineTune(.share(1))]),
      (.iterative(rounds: 5), [.fineTune(.share(0.02)), .fineTune(.share(0.06))]),
    ]
    for (schedule, retrainings) in courses {
      Fix(\.schedule, schedule)
      Axis(\.retraining, retrainings)
    }
    Axis(\.sparsity, [0.3, 0.5, 0.7, 0.9])
    Axis(\.seed, 0..<6)
  }
}
