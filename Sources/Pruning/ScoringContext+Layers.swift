import CoppiceTensors

extension ScoringContext {
  /// One score for each prunable weight, made of the weight and of what it was before any training. Needs `.initialWeights`.
  public func scoreEachFromInitial(
    _ score: (_ weight: Float, _ initial: Float) -> Float
  ) throws -> ParameterSet {
    let initial = try initialWeights()
    return try scoreEach { name, weight in
      guard let before = initial[name] else {
        throw PruningError.missingParameter(name, in: "initial weights")
      }
      guard before.shape == weight.shape else {
        throw PruningError.evidenceShape(
          before.shape, of: name, shape: weight.shape, evidence: "initial weights")
      }
      return Tensor(weight.shape, zip(weight.scalars, before.scalars).map(score))
    }
  }

  /// One score for each prunable weight, made of two ranks among the survivors of its layer: that of |w₀| and that of |w|. A
  /// rank is the share of survivors that are smaller, 0 up to 1. Needs `.initialWeights`.
  func scoreEachByRanks(_ score: (_ initial: Float, _ final: Float) -> Float) throws -> ParameterSet {
    let initial = try scoreEachFromInitial { _, initial in initial.magnitude }
    return try scoreEach { name, weight in
      let mask = masks[name] ?? Mask(keepingAll: weight.shape)
      let before = (initial[name]?.scalars ?? []).ranks(among: mask)
      let after = weight.scalars.map(\.magnitude).ranks(among: mask)
      return Tensor(weight.shape, zip(before, after).map(score))
    }
  }

  /// The score of each row of a prunable weight as an evidence has it, `[out]`. Needs `.evidence(…)`.
  func scoreRows(from evidence: Evidence) throws -> ParameterSet {
    try scoreRows { name, _, rows in
      let values = try self.evidence(evidence, for: name)
      guard values.shape == [rows.count] else {
        throw PruningError.evidenceShape(
          values.shape, of: name, shape: [rows.count], evidence: evidence.name)
      }
      return values.scalars.map { Double($0) }
    }
  }

  /// One score for each row of a prunable weight, a slice along its first axis, given to every element of the row.
  /// - Parameter score: one score a row, from the name, the weight, pruned elements +0, and the elements of each row.
  public func scoreRows(
    _ score: (_ name: String, _ weight: Tensor, _ rows: [Range<Int>]) throws -> [Double]
  ) throws -> ParameterSet {
    try scoreEach { name, weight in
      let count = weight.shape.axes.first ?? 1
      let length = count == 0 ? 0 : weight.shape.count / count
      let rows = (0..<count).map { ($0 * length)..<(($0 + 1) * length) }
      let masked = masks[name].map { $0.applied(to: weight) } ?? weight
      let scores = try score(name, masked, rows)
      return Tensor(weight.shape, scores.flatMap { [Float](repeating: Float($0), count: length) })
    }
  }
}

extension [Float] {
  /// For each element, the share of those that survive that are smaller; 0 for those that do not.
  fileprivate func ranks(among mask: Mask) -> [Float] {
    let order = indices.filter { mask.bytes[$0] != 0 }.sorted {
      self[$0] == self[$1] ? $0 < $1 : self[$0] < self[$1]
    }
    var ranks = [Float](repeating: 0, count: count)
    var smaller = 0
    for (place, index) in order.enumerated() {
      if place > 0, self[order[place - 1]] < self[index] { smaller = place }
      ranks[index] = Float(Double(smaller) / Double(order.count))
    }
    return ranks
  }
}
