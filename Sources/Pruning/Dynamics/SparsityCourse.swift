/// The sparsities of a gradual pruning: those of a curve at equal intervals.
struct SparsityCourse: Sendable {
  let times: MoveTimes
  let curve: SparsityCurve

  init(_ times: MoveTimes, _ curve: SparsityCurve = .cubic) { (self.times, self.curve) = (times, curve) }

  /// The sparsity after the move of a moment; `nil` where masks do not move.
  func sparsity(at moment: DynamicsMoment, ratio: Double?) throws -> Double? {
    guard let (move, last) = try times.place(of: moment) else { return nil }
    return curve.sparsity(Double(move) / Double(last), ratio: ratio ?? 0)
  }
}
