import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension Analysis {
  /// What pruning does to each class: the change of its test accuracy, and of its accuracy less that of all examples, by which classes
  /// that lose more than others are told. Welch's t compares the latter over seeds of pruned and of dense networks; p is given as it is
  /// and with Holm's correction for the classes of a cell. With few seeds hardly any class can be told from chance.
  ///
  /// S. Hooker, N. Moorosi, G. Clark, S. Bengio, E. Denton, "Characterising bias in compressed models", 2020.
  ///
  /// `class_damage_inequality` has for each network how unequal its classes are: Gini's coefficient of their accuracies,
  ///
  ///     G = Σ_i Σ_j |a_i − a_j| / (2 n² ā)
  ///
  /// the standard deviation of their changes, and the class that lost most.
  public static let classDamage = Analysis(
    "class-damage", version: 1,
    measuringAll: { rounds in JudgedRounds(rounds).networks.compactMap { $0.outputs() } }
  ) { context in
    let rounds = JudgedRounds(context.rounds)
    var numbers = OutputNumbers(context) { ClassNumbers($0) }
    var inequality: [Inequality] = []
    var classes: [ClassRow] = []
    for cell in rounds.cells {
      var (pruned, dense) = ([ClassNumbers](), [ClassNumbers]())
      var (metPruned, metDense): (Set<[StageKey]>, Set<StageKey>) = ([], [])
      for judged in cell.judged {
        guard let found = try numbers.of(judged.round), let reference = try numbers.of(judged.dense),
          let denseRound = judged.dense, found.accuracies.count == reference.accuracies.count
        else { continue }
        inequality.append(Inequality(judged: judged, found: found, dense: reference))
        if metPruned.insert(judged.round.stages).inserted { pruned.append(found) }
        if metDense.insert(denseRound.training).inserted { dense.append(reference) }
      }
      let names = cell.judged.first?.round.plan?.regimen.data.dataset.classNames ?? []
      classes += ClassRow.all(cell.condition, cell.density, names, pruned, dense)
    }
    return [table(classes), table(inequality)]
  }

  private static func table(_ rows: [ClassRow]) -> NamedTable {
    func fraction(_ name: String, _ title: String, _ value: (ClassRow) -> Double) -> NamedTable.Column {
      .init(Quantity(name, title, unit: .fraction), numbers: rows.map(value))
    }
    func change(_ name: String, _ title: String, _ value: (ClassRow) -> Double) -> NamedTable.Column {
      .init(Quantity(name, title, unit: .fraction, bounds: -1...1), numbers: rows.map(value))
    }
    return NamedTable(
      "class_damage", title: "change of accuracy by class",
      description:
        "The test accuracy of each class less that of the dense networks, the mean over seeds. The shift is that of the class less "
        + "that of all examples; p is that of Welch's test of the shift over seeds.",
      columns: [
        .init("condition", texts: rows.map(\.condition)),
        fraction("density", "weights remaining", \.density),
        .init("class", integers: rows.map(\.place)),
        .init("class_name", "class name", texts: rows.map(\.name)),
        .init("networks", "pruned networks", integers: rows.map(\.pruned)),
        .init("dense_networks", "dense networks", integers: rows.map(\.dense)),
        fraction("dense_accuracy", "accuracy of dense networks", \.denseAccuracy),
        fraction("accuracy", "accuracy", \.accuracy),
        change("change", "change of accuracy") { $0.accuracy - $0.denseAccuracy },
        change("shift", "change less that of all examples", \.shift),
        .init(Quantity("welch_t", "t"), numbers: rows.map(\.test.statistic)),
        .init(
          Quantity("degrees_of_freedom", format: .decimal(1)), numbers: rows.map(\.test.degreesOfFreedom)),
        .init(Quantity("p", "p", bounds: 0...1), numbers: rows.map(\.test.probability)),
        .init(Quantity("p_holm", "p with Holm's correction", bounds: 0...1), numbers: rows.map(\.corrected)),
        .init(
          "differs", "differs beyond chance at 5 %",
          texts: rows.map { $0.corrected.isNaN ? "not known" : $0.corrected < 0.05 ? "yes" : "no" }),
      ],
      drawing: .init("change", against: "density", by: ["condition", "class_name"]))
  }

  private static func table(_ rows: [Inequality]) -> NamedTable {
    func fraction(_ name: String, _ title: String, _ value: (Inequality) -> Double) -> NamedTable.Column {
      .init(Quantity(name, title, unit: .fraction), numbers: rows.map(value))
    }
    return NamedTable(
      "class_damage_inequality", title: "inequality of the classes",
      description:
        "Gini's coefficient of the test accuracies of the classes: 0 where all are equal. The dashed line is the dense network.",
      columns: [
        .init("trial", texts: rows.map(\.judged.round.trial)),
        .init("seed", integers: rows.map(\.judged.round.seed)),
        .init("condition", texts: rows.map(\.judged.condition)),
        .init("round", integers: rows.map(\.judged.round.index)),
        fraction("density", "weights remaining", \.judged.density),
        fraction("accuracy", "test accuracy", \.found.accuracy),
        .init(
          Quantity("gini", "Gini's coefficient of class accuracies", bounds: 0...1),
          numbers: rows.map(\.found.gini)),
        .init(
          Quantity("dense_gini", "dense network", bounds: 0...1), numbers: rows.map(\.dense.gini)),
        fraction("spread", "standard deviation of the changes", \.spread),
        .init(
          Quantity("worst_change", "change of the class that lost most", unit: .fraction, bounds: -1...1),
          numbers: rows.map { $0.worst.change }),
        .init("worst_class", "the class that lost most", integers: rows.map { $0.worst.place }),
      ], drawing: .init("gini", against: "density", by: ["condition"], reference: "dense_gini"))
  }

  /// How unequal one network is.
  private struct Inequality {
    let judged: JudgedRounds.Judged
    let found: ClassNumbers
    let dense: ClassNumbers

    private var changes: [Double] { zip(found.accuracies, dense.accuracies).map { $0 - $1 } }

    /// The standard deviation over all classes there are, √(Σ(x − mean)² / n).
    var spread: Double {
      let changes = changes.filter { !$0.isNaN }
      let mean = changes.finiteMean
      return (changes.map { ($0 - mean) * ($0 - mean) }.finiteMean).squareRoot()
    }

    /// The class that lost most, the first of equals; −1 without any.
    var worst: (place: Int, change: Double) {
      changes.enumerated().filter { !$0.element.isNaN }.min { $0.element < $1.element }
        .map { ($0.offset, $0.element) } ?? (-1, .nan)
    }
  }
}

/// The accuracies of one network.
private struct ClassNumbers {
  let accuracy: Double
  /// Of each class; NaN for one without labels.
  let accuracies: [Double]

  init(_ outputs: NetworkOutputs) {
    let measures = OutputMeasures(outputs)
    (accuracy, accuracies) = (measures.accuracy, measures.classAccuracies)
  }

  /// Gini's coefficient; NaN where no class is ever right.
  var gini: Double {
    let values = accuracies.filter { !$0.isNaN }
    let differences = values.reduce(0) { sum, one in values.reduce(sum) { $0 + (one - $1).magnitude } }
    let sum = values.reduce(0, +)
    return sum > 0 ? differences / (2 * Double(values.count) * sum) : .nan
  }
}

/// One class of one cell.
private struct ClassRow {
  let condition: String
  let density: Double
  let place: Int
  let name: String
  /// How many networks are looked at.
  let pruned: Int
  let dense: Int
  let accuracy: Double
  let denseAccuracy: Double
  /// How much more the class changes than all examples do.
  let shift: Double
  let test: WelchTest
  var corrected = Double.nan

  static func all(
    _ condition: String, _ density: Double, _ names: [String], _ pruned: [ClassNumbers],
    _ dense: [ClassNumbers]
  ) -> [ClassRow] {
    guard let first = pruned.first else { return [] }
    var rows = first.accuracies.indices.filter { !first.accuracies[$0].isNaN }.map { place in
      func relative(_ networks: [ClassNumbers]) -> [Double] {
        networks.map { $0.accuracies[place] - $0.accuracy }
      }
      let (found, reference) = (relative(pruned), relative(dense))
      return ClassRow(
        condition: condition, density: density, place: place,
        name: names.indices.contains(place) ? names[place] : "\(place)", pruned: pruned.count,
        dense: dense.count, accuracy: pruned.map { $0.accuracies[place] }.finiteMean,
        denseAccuracy: dense.map { $0.accuracies[place] }.finiteMean,
        shift: found.finiteMean - reference.finiteMean, test: WelchTest(found, reference))
    }
    for (index, corrected) in HolmCorrection.corrected(rows.map(\.test.probability)).enumerated() {
      rows[index].corrected = corrected ?? .nan
    }
    return rows
  }
}

extension Shipped<Analysis> {
  static let classDamage = Shipped(
    .classDamage, "what pruning does to each class, and how unequally", paper: "Hooker et al. 2020")
}
