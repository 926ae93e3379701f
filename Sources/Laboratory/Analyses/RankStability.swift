import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension Analysis {
  /// Whether the order of methods before retraining is the order after it, see `KendallTau`: whether a proxy that trains nothing may
  /// choose between methods. Where a sweep has retraining `none` and another, methods of one seed and one ratio are ordered by both. A
  /// network that was only repaired, as by recalibration, is one before retraining too, and is told apart.
  ///
  /// For comparison, how well two seeds agree on the order at one ratio, and one seed at two neighbouring ratios. It asks for the rows
  /// of the index alone. Two methods agree or do not: τ then is 1 or −1, and says little.
  ///
  /// - Parameter metric: the column of the index that methods are ordered by.
  public static func rankStability(metric: String = "test_accuracy") -> Analysis {
    Analysis("rank-stability", version: 1, fields: [("metric", .text(metric))]) { context in
      let orders = MethodOrders(context.rounds.map(\.row), metric: metric)
      return [table(orders.comparisons, metric)]
    }
  }

  private static func table(_ rows: [MethodOrders.Comparison], _ metric: String) -> NamedTable {
    NamedTable(
      "rank_stability", title: "stability of the order of methods",
      description:
        "Kendall's rank correlation of the orders of methods by \(metric.replacing("_", with: " ")): 1 where both orders are the "
        + "same, 0 where they have nothing to do with each other.",
      columns: [
        .init("compared", texts: rows.map(\.compared)), .init("model", texts: rows.map(\.model)),
        .init("dataset", texts: rows.map(\.dataset)), .init("seeds", texts: rows.map(\.seeds)),
        .init(Quantity("density", "weights remaining", unit: .fraction), numbers: rows.map(\.density)),
        .init("methods", integers: rows.map(\.tau.count)),
        .init(
          Quantity("tau", "rank correlation (Kendall's tau)", bounds: -1...1),
          numbers: rows.map { $0.tau.coefficient ?? .nan }),
        .init("same_best", "same best method", texts: rows.map { $0.isBestSame ? "yes" : "no" }),
        .init(Quantity("chance", "nothing in common"), numbers: rows.map { _ in 0 }),
      ], drawing: .init("tau", against: "density", by: ["compared"], reference: "chance"))
  }
}

/// The methods of a sweep in order, by what was done before and after.
private struct MethodOrders {
  /// Two orders.
  struct Comparison {
    let compared: String
    let model: String
    let dataset: String
    let seeds: String
    let density: Double
    let tau: KendallTau
    /// Whether the largest of the one is the largest of the other; of equal ones the first.
    let isBestSame: Bool
  }

  /// What one order is of.
  private struct Place: Hashable {
    let model: String
    let dataset: String
    let retraining: String
    let repair: String
    let seed: Int
    let density: Double

    /// What was done after pruning.
    var treatment: String { [retraining, repair].filter { $0 != "none" }.joined(separator: " and ") }
    var isBefore: Bool { retraining == "none" }

    /// Whether another is of the same model, data and ratio.
    func isLike(_ other: Place) -> Bool {
      model == other.model && dataset == other.dataset && density == other.density
    }

    /// Whether the same was done after pruning.
    func isTreatedLike(_ other: Place) -> Bool { retraining == other.retraining && repair == other.repair }
  }

  /// The places in order, and the value of each method there.
  private var places: [Place] = []
  private var values: [Place: [String: Double]] = [:]
  private var methods: [String] = []

  init(_ rows: [IndexRow], metric: String) {
    let rows = rows.filter { ($0.isFinal || $0.isLadder) && !$0.isDense && $0.control == "none" }
    let conditions = RoundConditions(
      rows,
      leavingOut: ["retraining", "retraining-rate", "rewind_step", "repair", "model", "dataset", "control"])
    for row in rows {
      guard let value = row[column: metric]?.number, value.isFinite else { continue }
      let place = Place(
        model: row.model, dataset: row.dataset, retraining: row.retraining.isEmpty ? "none" : row.retraining,
        repair: row[column: "repair"]?.description ?? "none", seed: row.seed, density: row.askedDensity)
      let method = conditions.label(of: row)
      if values[place] == nil { places.append(place) }
      if !methods.contains(method) { methods.append(method) }
      // A method that stands there twice is told once.
      if values[place]?[method] == nil { values[place, default: [:]][method] = value }
    }
  }

  var comparisons: [Comparison] {
    var found: [Comparison] = []
    for one in places where one.isBefore {
      for other in places where !other.isBefore && one.isLike(other) && one.seed == other.seed {
        let before = one.treatment.isEmpty ? "before" : "after \(one.treatment)"
        found += compare(one, other, "\(before) and after \(other.treatment)", seeds: "\(one.seed)")
      }
    }
    for (index, one) in places.enumerated() {
      let treatment = one.treatment.isEmpty ? "no retraining" : one.treatment
      for other in places[(index + 1)...]
      where one.isLike(other) && one.isTreatedLike(other) && one.seed != other.seed {
        found += compare(
          one, other, "two seeds, \(treatment)",
          seeds: "\(min(one.seed, other.seed)) and \(max(one.seed, other.seed))")
      }
      // The next ratio that was tried.
      let sparser = places.filter {
        $0.model == one.model && $0.dataset == one.dataset && one.isTreatedLike($0) && $0.seed == one.seed
          && $0.density < one.density
      }.max { $0.density < $1.density }
      if let sparser {
        found += compare(
          one, sparser, "two ratios, \(treatment)", seeds: "\(one.seed)", density: sparser.density)
      }
    }
    return found
  }

  /// The comparison of two orders; none where fewer than two methods stand in both.
  private func compare(
    _ one: Place, _ other: Place, _ compared: String, seeds: String, density: Double? = nil
  ) -> [Comparison] {
    let pairs = methods.compactMap { method -> (Double, Double)? in
      guard let first = values[one]?[method], let second = values[other]?[method] else { return nil }
      return (first, second)
    }
    guard pairs.count >= 2 else { return [] }
    func best(_ values: [Double]) -> Int? { values.firstIndex(of: values.max() ?? .nan) }
    return [
      Comparison(
        compared: compared, model: one.model, dataset: one.dataset, seeds: seeds,
        density: density ?? one.density, tau: KendallTau(pairs),
        isBestSame: best(pairs.map(\.0)) == best(pairs.map(\.1)))
    ]
  }
}

extension Shipped<Analysis> {
  static let rankStability = Shipped(
    .rankStability(), "whether methods stand in one order before and after retraining"
  ) { fields in .rankStability(metric: try fields.text("metric", default: "test_accuracy")) }
}
