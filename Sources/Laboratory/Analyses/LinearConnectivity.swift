import CoppiceStore
import CoppiceTerms

extension Analysis {
  /// Loss and error on the straight line between two networks, for every pair of a kind: whether training has led both to one region, or
  /// to two with a barrier between them.
  ///
  /// The barrier of a measure is its highest value on the line less the mean of the two ends. That of the test error, between copies of one
  /// network in two data orders, is the paper's instability. Below 2 points the network is called stable to the noise of its training.
  /// J. Frankle, G. K. Dziugaite, D. M. Roy, M. Carbin, "Linear mode connectivity and the lottery ticket hypothesis", ICML 2020.
  ///
  /// - Parameters:
  ///   - pairs: which networks belong together. The copies of a ticket have one mask. Of two other networks what survives in either counts.
  ///   - points: how many networks are measured on a line, both ends among them: 2 or more.
  ///   - remakesStatistics: whether the running statistics of batch normalisations are made anew at every point, ends among them, on
  ///     batches of training data. Otherwise those of the ends are interpolated as weights are, and a barrier may be theirs.
  ///   - batches: how many batches of 256 examples statistics are made on.
  ///   - examples: how many training examples are looked at; the test set is taken whole.
  public static func linearConnectivity(
    between pairs: NetworkPairs = .orders, points: Int = 30, remakesStatistics: Bool = true,
    batches: Int = 10,
    examples: Int = 5_000
  ) -> Analysis {
    var walk = ConnectivityWalk()
    (walk.points, walk.batches, walk.examples) = (points, batches, examples)
    walk.statistics = remakesStatistics ? .remade : .interpolated
    return linearConnectivity(between: pairs, walk)
  }

  fileprivate static func linearConnectivity(
    between pairs: NetworkPairs, _ walk: ConnectivityWalk
  ) -> Analysis {
    Analysis(
      "linear-connectivity", version: 1, fields: [("between", .text(pairs.rawValue))] + walk.fields,
      measuringAll: { rounds in NetworkPair.all(rounds, pairs).map { $0.stage(walk) } },
      tables: { context in
        let found = try NetworkPair.all(context.rounds, pairs).compactMap { pair in
          try ConnectivityPath(context.record(of: pair.stage(walk).key)).map { (pair: pair, path: $0) }
        }
        let name = "linear_connectivity" + (pairs == .orders ? "" : "_" + pairs.rawValue)
        return [try barriers(found, name, context), paths(found, name + "_paths")]
      })
  }

  /// Below which barrier of the test error a network is stable.
  static let stableBarrier = 0.02

  private static func barriers(
    _ found: [(pair: NetworkPair, path: ConnectivityPath)], _ name: String, _ context: AnalysisContext
  ) throws -> NamedTable {
    NamedTable(
      name, title: "error barrier between two networks",
      description:
        "The highest error on the straight line between two networks less the mean error of the two; below 2 points they are called "
        + "stable.",
      columns: sides(found.map(\.pair)) + [
        .init("seed", integers: found.map(\.pair.one.seed)),
        .init("round", integers: found.map(\.pair.one.index)),
        .init(
          "masks",
          texts: try found.map { pair, _ in
            guard let one = pair.one.masks, let other = pair.other.masks else { return "none" }
            return try one == other || context.masks(of: pair.one) == context.masks(of: pair.other)
              ? "one" : "two"
          }),
      ]
        + ConnectivityPath.Measure.all.map { measure in
          .init(
            measure.quantity(measure.name + "_barrier", measure.title + " barrier"),
            numbers: found.map { $0.path.barrier(measure) })
        }
        + ConnectivityPath.Measure.all.map { measure in
          .init(
            measure.quantity(measure.name, measure.title + " of the ends"),
            numbers: found.map { $0.path.ends(measure) })
        } + [
          .init("stable", texts: found.map { $0.path.barrier(.testError) < stableBarrier ? "yes" : "no" })
        ], drawing: .init("test_error_barrier", against: "density", by: ["compared", "shared_steps"]))
  }

  private static func paths(
    _ found: [(pair: NetworkPair, path: ConnectivityPath)], _ name: String
  ) -> NamedTable {
    let points = found.flatMap { pair, path in path.positions.indices.map { (pair, path, $0) } }
    return NamedTable(
      name, title: "error on the line between two networks",
      description: "Networks (1 − α) · W + α · W' on the straight line between two trained ones.",
      columns: sides(points.map(\.0)) + [
        .init(
          Quantity("position", "position α on the line", bounds: 0...1),
          numbers: points.map { $1.positions[$2] })
      ]
        + ConnectivityPath.Measure.all.map { measure in
          .init(
            measure.quantity(measure.name, measure.title), numbers: points.map { $1[measure][$2] })
        },
      drawing: .init("test_error", against: "position", by: ["compared", "shared_steps", "density"]))
  }

  /// What tells pairs apart.
  private static func sides(_ pairs: [NetworkPair]) -> [NamedTable.Column] {
    [
      .init("trial_a", "trial", texts: pairs.map(\.one.trial)),
      .init("trial_b", "other trial", texts: pairs.map(\.other.trial)),
      .init("compared", texts: pairs.map(\.compared)),
      .init(
        "control",
        texts: pairs.map { $0.one.row.control == $0.other.row.control ? $0.one.row.control : "two" }),
      .init("shared_steps", integers: pairs.map(\.sharedSteps)),
      .init(Quantity("density", "weights remaining", unit: .fraction), numbers: pairs.map(\.density)),
    ]
  }
}

extension Shipped<Analysis> {
  static let linearConnectivity = Shipped(
    .linearConnectivity(),
    "error on the line between copies in two data orders, or between methods or seeds",
    paper: "Frankle et al. 2020"
  ) { fields in
    let pairs = try fields.take(
      "between", NetworkPairs.allCases.map(\.rawValue).joined(separator: ", "), default: .orders
    ) { NetworkPairs(rawValue: $0.description) }
    var walk = ConnectivityWalk()
    walk.points = try fields.integer("points", in: ConnectivityWalk.possiblePoints, default: walk.points)
    walk.statistics = try fields.take(
      "statistics", ConnectivityWalk.Statistics.allCases.map(\.rawValue).joined(separator: " or "),
      default: walk.statistics
    ) { ConnectivityWalk.Statistics(rawValue: $0.description) }
    walk.batches = try fields.integer("batches", in: Repair.possibleBatches, default: walk.batches)
    walk.examples = try fields.integer(
      "examples", in: ConnectivityWalk.possibleExamples, default: walk.examples)
    return .linearConnectivity(between: pairs, walk)
  }
}
