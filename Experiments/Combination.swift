import Coppice

/// Pruning, quantisation and distillation, alone, in pairs and all together, in more than one order: what the combination experiments have
/// in common.
///
/// It is said that pruning makes a network 3 to 10 times smaller, quantisation 4 times, distillation 5 to 10 times, and all together 20 to 50
/// times, at 5 to 15 times the speed. Sizes are bytes of the form that each is made for.
struct Combination {
  /// The network that is to become smaller.
  let model: Model
  /// The condition that tells its rows from those of the student.
  let isModel: String
  /// A smaller one, which is trained by it.
  let student: Model
  /// The sparsity of the prunings.
  let sparsity: Double
  /// What is trained behind each.
  let retraining: Retraining
  /// Bytes of the dense network: four a parameter and running statistic.
  let bytes: Int

  /// The lists of steps by what they do.
  var recipes: [(name: String, model: Model, steps: [RecipeStep])] {
    let prune = RecipeStep.prune(sparsity: sparsity)
    return [
      ("prune", model, [.train(), prune, .retrain()]),
      ("quantise", model, [.train(), .quantise()]),
      ("distil", student, [.distil(from: .trained(model: model))]),
      ("prune, quantise", model, [.train(), prune, .retrain(), .quantise()]),
      ("prune, quantise while training", model, [.train(), prune, .quantise(aware: 0.5), .retrain()]),
      ("quantise, prune", model, [.train(), .quantise(), prune, .retrain()]),
      ("prune, distil", model, [.train(), prune, .distil()]),
      ("prune, distil, quantise", model, [.train(), prune, .distil(), .quantise()]),
      (
        "distil, prune, quantise", student,
        [.distil(from: .trained(model: model)), prune, .retrain(), .quantise()]
      ),
    ]
  }

  /// The condition of the rows that these steps have led to.
  private func rows(_ name: String) -> [String] {
    recipes.filter { $0.name == name }.map { "steps=\(text($0.steps))" }
  }

  private func text(_ steps: [RecipeStep]) -> String {
    Recipe(steps).specification.fields.map(\.value.description).joined()
  }

  /// What is said of each, and of all together.
  var claims: [Claim] {
    let dense = ["recipe=none", isModel]
    func size(_ name: String, _ metric: String, _ published: String, _ least: Double) -> Claim {
      Claim(
        "\(name): \(published) smaller", paper: "common claim", published: published, metric: metric,
        of: rows(name),
        expected: .below(Double(bytes) / least))
    }
    func loss(_ name: String) -> Claim {
      Claim(
        "\(name): within a point of the dense network", paper: "common claim",
        published: "no noticeable loss",
        of: rows(name), against: dense, expected: .above(-0.01))
    }
    func speed(_ name: String, _ times: Double) -> Claim {
      Claim(
        "\(name): one example is \(Int(times)) times as fast", paper: "common claim",
        published: "\(Int(times)) times and more", metric: "latency_share", of: rows(name),
        expected: .below(1 / times))
    }
    return [
      size("prune", "bytes_sparse", "3 to 10 times", 3), loss("prune"),
      size("quantise", "bytes_quantised", "4 times", 3.9), loss("quantise"),
      size("distil", "bytes", "5 to 10 times", 5), loss("distil"),
      size("prune, quantise", "bytes_quantised_sparse", "12 times and more", 12), loss("prune, quantise"),
      loss("quantise, prune"),
      size("distil, prune, quantise", "bytes_quantised_sparse", "20 to 50 times", 20),
      loss("distil, prune, quantise"), loss("prune, distil, quantise"),
      speed("prune, distil, quantise", 5),
    ]
  }

  /// Every list of steps, with three seeds.
  @SweepBuilder var sweep: SweepStep {
    for (_, model, steps) in recipes {
      Fix(\.model, model)
      Fix(\.recipe, Recipe(steps))
    }
    Fix(\.retraining, retraining)
    Axis(\.seed, 0..<3)
  }
}
