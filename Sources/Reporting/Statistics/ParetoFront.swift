/// The points that no other point beats: none is at least as good in both quantities and better in one. V. Pareto 1906.
package enum ParetoFront {
  /// The places of the points on the front, in their order. Equal points are on it together; a point with a value that is not finite is
  /// not.
  ///
  /// - Parameters:
  ///   - points: two quantities each.
  ///   - lower: whether less of each is better.
  package static func places(
    _ points: [(Double, Double)], lowerIsBetter lower: (Bool, Bool)
  ) -> [Int] {
    let costs = points.map { (lower.0 ? $0.0 : -$0.0, lower.1 ? $0.1 : -$0.1) }
    // From the cheapest on, each of the front is better in the second quantity than all before it.
    let order = costs.indices.filter { costs[$0].0.isFinite && costs[$0].1.isFinite }
      .sorted { costs[$0] < costs[$1] }
    var best: (Double, Double)?
    var found: [Int] = []
    for place in order {
      let cost = costs[place]
      if let known = best, cost != known, cost.1 >= known.1 { continue }
      best = cost
      found.append(place)
    }
    return found.sorted()
  }
}
