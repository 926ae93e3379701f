import CoppiceNetworks
import CoppiceStore
import CoppiceTerms

extension Analysis {
  /// On how many test examples a pruned network predicts what its dense network of the same seed does, how many of the dense network's
  /// right ones go wrong, and how many of its wrong ones become right. The dashed line is how well two dense networks of different
  /// seeds agree, which no pruning is to blame for.
  ///
  /// Where a cell has three seeds or more, `dense_agreement_exemplars` counts the compression-identified exemplars: the examples whose
  /// most frequent prediction over pruned networks is another than over dense ones, `mode{f_pruned(x)} ≠ mode{f_dense(x)}`; of equally
  /// frequent classes the first. `dense_agreement_examples` names them. S. Hooker, A. Courville, G. Clark, Y. Dauphin, A. Frome, "What do
  /// compressed deep neural networks forget?", 2019.
  public static let denseAgreement = Analysis(
    "dense-agreement", version: 1,
    measuringAll: { rounds in JudgedRounds(rounds).networks.compactMap { $0.outputs() } }
  ) { context in
    let rounds = JudgedRounds(context.rounds)
    var numbers = OutputNumbers(context) { Predictions(of: $0.predictions, labels: $0.labels) }
    var rows: [Row] = []
    var dense: [StageKey: Double] = [:]
    for judged in rounds.judged {
      guard let one = try numbers.of(judged.round), let other = try numbers.of(judged.dense),
        let reference = judged.dense, one.labels == other.labels
      else { continue }
      if dense[reference.training] == nil {
        // The others of the same model and data.
        var shares: [Double] = []
        for another in rounds.dense
        where another.row.model == reference.row.model && another.row.dataset == reference.row.dataset
          && another.seed != reference.seed
        {
          if let third = try numbers.of(another), third.labels == other.labels {
            shares.append(third.agreement(with: other))
          }
        }
        dense[reference.training] = shares.finiteMean
      }
      rows.append(
        Row(judged: judged, found: one, dense: other, betweenSeeds: dense[reference.training] ?? .nan))
    }
    let exemplars = try Exemplars.all(rounds) { try numbers.of($0) }
    return [summary(rows), counts(exemplars), examples(exemplars)]
  }

  private static func summary(_ rows: [Row]) -> NamedTable {
    func fraction(_ name: String, _ title: String, _ value: (Row) -> Double) -> NamedTable.Column {
      .init(Quantity(name, title, unit: .fraction), numbers: rows.map(value))
    }
    return NamedTable(
      "dense_agreement", title: "agreement with the dense network",
      description:
        "The share of test examples on which a pruned network predicts what its dense network of the same seed does. The dashed "
        + "line is the agreement of dense networks of different seeds.",
      columns: [
        .init("trial", texts: rows.map(\.judged.round.trial)),
        .init("dense_trial", "dense trial", texts: rows.map { $0.judged.dense?.trial ?? "none" }),
        .init("seed", integers: rows.map(\.judged.round.seed)),
        .init("condition", texts: rows.map(\.judged.condition)),
        .init("round", integers: rows.map(\.judged.round.index)),
        fraction("density", "weights remaining", \.judged.density),
        fraction("agreement", "agreement with the dense network") { $0.found.agreement(with: $0.dense) },
        fraction("lost", "right ones of the dense network that go wrong") { $0.lost },
        fraction("gained", "wrong ones of the dense network that become right") { $0.gained },
        fraction("accuracy", "test accuracy", \.found.accuracy),
        fraction("dense_accuracy", "test accuracy of the dense network", \.dense.accuracy),
        fraction("between_seeds", "two dense networks", \.betweenSeeds),
      ],
      drawing: .init("agreement", against: "density", by: ["condition"], reference: "between_seeds"))
  }

  private static func counts(_ cells: [Exemplars]) -> NamedTable {
    func fraction(_ name: String, _ title: String, _ value: (Exemplars) -> Double) -> NamedTable.Column {
      .init(Quantity(name, title, unit: .fraction), numbers: cells.map(value))
    }
    return NamedTable(
      "dense_agreement_exemplars", title: "compression-identified exemplars",
      description:
        "Test examples whose most frequent prediction over pruned networks is another than over dense ones, where there are three "
        + "seeds of each or more.",
      columns: [
        .init("condition", texts: cells.map(\.condition)),
        fraction("density", "weights remaining", \.density),
        .init("pruned_networks", "pruned networks", integers: cells.map(\.pruned)),
        .init("dense_networks", "dense networks", integers: cells.map(\.dense)),
        .init("exemplars", integers: cells.map(\.places.count)),
        fraction("share", "share of the test examples") {
          $0.labels.isEmpty ? .nan : Double($0.places.count) / Double($0.labels.count)
        },
        fraction("dense_accuracy_on_them", "accuracy of dense networks on them", \.denseAccuracy),
        fraction("accuracy_on_them", "accuracy of pruned networks on them", \.prunedAccuracy),
      ], drawing: .init("share", against: "density", by: ["condition"]))
  }

  private static func examples(_ cells: [Exemplars]) -> NamedTable {
    let rows = cells.flatMap { cell in cell.places.map { (cell: cell, place: $0) } }
    return NamedTable(
      "dense_agreement_examples", title: "the compression-identified exemplars themselves",
      description: "Each by its place among the test examples, counted from 0.",
      columns: [
        .init("condition", texts: rows.map(\.cell.condition)),
        .init(Quantity("density", "weights remaining", unit: .fraction), numbers: rows.map(\.cell.density)),
        .init("example", integers: rows.map(\.place)),
        .init("label", integers: rows.map { Int($0.cell.labels[$0.place]) }),
        .init(
          "dense_class", "class by dense networks", integers: rows.map { Int($0.cell.denseModes[$0.place]) }),
        .init("class", "class by pruned networks", integers: rows.map { Int($0.cell.modes[$0.place]) }),
      ])
  }

  /// A pruned network beside its dense one.
  private struct Row {
    let judged: JudgedRounds.Judged
    let found: Predictions
    let dense: Predictions
    let betweenSeeds: Double

    /// The share of the dense network's right ones that are wrong; NaN where it has none.
    var lost: Double { share(ofThose: true) { !$0 } }
    /// The share of the dense network's wrong ones that are right; NaN where it has none.
    var gained: Double { share(ofThose: false) { $0 } }

    private func share(ofThose wasRight: Bool, _ counts: (Bool) -> Bool) -> Double {
      let those = zip(dense.areRight, found.areRight).filter { $0.0 == wasRight }
      return those.isEmpty ? .nan : Double(those.count { counts($0.1) }) / Double(those.count)
    }
  }
}

/// What one network predicts.
private struct Predictions {
  let classes: [Int32]
  let labels: [Int32]
  let areRight: [Bool]

  init(of classes: [Int32], labels: [Int32]) {
    (self.classes, self.labels) = (classes, labels)
    areRight = zip(classes, labels).map { $0 == $1 }
  }

  /// The fraction predicted right, 0…1; NaN without labels.
  var accuracy: Double { classes.isEmpty ? .nan : Double(areRight.count { $0 }) / Double(classes.count) }

  /// The fraction predicted alike, 0…1; NaN without labels.
  func agreement(with other: Predictions) -> Double {
    classes.isEmpty
      ? .nan : Double(zip(classes, other.classes).count { $0.0 == $0.1 }) / Double(classes.count)
  }
}

/// The compression-identified exemplars of one cell.
private struct Exemplars {
  let condition: String
  let density: Double
  /// How many networks are looked at.
  let pruned: Int
  let dense: Int
  let labels: [Int32]
  /// The most frequent prediction of each example.
  let modes: [Int32]
  let denseModes: [Int32]
  /// The fraction that the networks predict right of the exemplars, on average; NaN where there are none.
  let prunedAccuracy: Double
  let denseAccuracy: Double

  /// The exemplars.
  let places: [Int]

  /// Those of all cells with three seeds or more.
  static func all(
    _ rounds: JudgedRounds, _ predictions: (AnalysisRound?) throws -> Predictions?
  ) throws -> [Exemplars] {
    try rounds.cells.compactMap { cell in
      let (pruned, dense) = (distinct(cell.judged.map(\.round)), distinct(cell.judged.compactMap(\.dense)))
      guard pruned.count >= 3, dense.count >= 3 else { return nil }
      let found = try (pruned.compactMap(predictions), dense.compactMap(predictions))
      guard found.0.count >= 3, found.1.count >= 3, let labels = found.0.first?.labels,
        (found.0 + found.1).allSatisfy({ $0.labels == labels })
      else { return nil }
      return Exemplars(cell.condition, cell.density, labels, found.0, found.1)
    }
  }

  private init(
    _ condition: String, _ density: Double, _ labels: [Int32], _ pruned: [Predictions], _ dense: [Predictions]
  ) {
    (self.condition, self.density, self.labels) = (condition, density, labels)
    (self.pruned, self.dense) = (pruned.count, dense.count)
    let (modes, denseModes) = (Self.modes(pruned), Self.modes(dense))
    let places = labels.indices.filter { modes[$0] != denseModes[$0] }
    (self.modes, self.denseModes, self.places) = (modes, denseModes, places)
    func accuracy(_ networks: [Predictions]) -> Double {
      networks.map { network in
        places.isEmpty ? .nan : Double(places.count { network.areRight[$0] }) / Double(places.count)
      }.finiteMean
    }
    (prunedAccuracy, denseAccuracy) = (accuracy(pruned), accuracy(dense))
  }

  /// The most frequent class of each example; of equally frequent ones the first.
  private static func modes(_ networks: [Predictions]) -> [Int32] {
    (networks.first?.classes ?? []).indices.map { place in
      let votes = networks.map { $0.classes[place] }.sorted()
      var (best, most) = (votes[0], 0)
      var first = 0
      for (index, vote) in votes.enumerated() {
        if vote != votes[first] { first = index }
        if index - first + 1 > most { (best, most) = (vote, index - first + 1) }
      }
      return best
    }
  }

  /// Each network once.
  private static func distinct(_ rounds: [AnalysisRound]) -> [AnalysisRound] {
    var met: Set<[StageKey]> = []
    return rounds.filter { met.insert($0.stages).inserted }
  }
}

extension Shipped<Analysis> {
  static let denseAgreement = Shipped(
    .denseAgreement, "on how many examples a pruned network agrees with its dense one, and which it forgets",
    paper: "Hooker et al. 2019")
}
