import CoppiceTensors

/// Selection of whole units by the aggregate of their scores. Of equal scores the unit that comes first goes first.
struct UnitSelection {
  private let table: UnitTable
  /// One mask's bytes a parameter of the table.
  private(set) var masks: [[UInt8]]
  /// The score of every unit; what it says of units without survivors is not read.
  private let scores: [Double]

  /// A selection among the survivors in `masks`.
  /// - Parameter scores: one array a layer of the table; none where nothing is compared.
  init(_ table: UnitTable, _ granularity: Granularity, masks: [[UInt8]], scores: [[Float]]?) {
    self.table = table
    self.masks = masks
    self.scores = scores.map { Self.scores(table, granularity, masks: masks, scores: $0) } ?? []
  }

  /// How many prunable weights of a unit survive.
  func survivors(of unit: Int) -> Int {
    table.spans(of: unit).reduce(0) { count, span in
      span.parameter >= table.layerCount
        ? count : masks[span.parameter][span.elements].reduce(count) { $0 + Int($1) }
    }
  }

  /// Removes whole units, lowest first, until removing one more would bring the number of weights removed no nearer to `count`.
  mutating func removeLowest(_ count: Int, among units: [Int]) {
    guard count > 0 else { return }
    let order = units.filter { survivors(of: $0) > 0 }.sorted { a, b in
      scores[a] == scores[b] ? a < b : scores[a] < scores[b]
    }
    var removed = 0
    for unit in order {
      // Units may overlap: what another one took with it is no more to remove.
      let survivors = survivors(of: unit)
      guard removed + survivors - count <= count - removed else { return }
      remove(unit)
      removed += survivors
    }
  }

  /// Masks the weights of a unit.
  mutating func remove(_ unit: Int) {
    for span in table.spans(of: unit) where span.parameter < table.layerCount {
      for element in span.elements { masks[span.parameter][element] = 0 }
    }
  }

  /// Masks the companions of every unit of which no weight survives.
  mutating func removeCompanions() {
    for unit in 0..<table.count where survivors(of: unit) == 0 {
      for span in table.spans(of: unit) where span.parameter >= table.layerCount {
        for element in span.elements { masks[span.parameter][element] = 0 }
      }
    }
  }

  /// The aggregates of the surviving weights' scores, in Double precision in the order of the elements.
  private static func scores(
    _ table: UnitTable, _ granularity: Granularity, masks: [[UInt8]], scores: [[Float]]
  ) -> [Double] {
    var values = [Double](repeating: 0, count: table.count)
    for unit in 0..<table.count {
      var (sum, squares, largest, count) = (0.0, 0.0, -Double.infinity, 0.0)
      for span in table.spans(of: unit) where span.parameter < table.layerCount {
        for element in span.elements where masks[span.parameter][element] != 0 {
          let score = Double(scores[span.parameter][element])
          sum += score
          squares += score * score
          largest = Swift.max(largest, score)
          count += 1
        }
      }
      guard count > 0 else { continue }
      values[unit] =
        switch granularity.aggregate {
        case .sum: sum
        case .mean: sum / count
        case .maximum: largest
        case .l2: squares.squareRoot()
        }
    }
    guard granularity.isNormalised else { return values }
    var squares = [Double](repeating: 0, count: table.combinations.count)
    for unit in 0..<table.count { squares[table.layerSets[unit]] += values[unit] * values[unit] }
    return values.enumerated().map { unit, value in
      let norm = squares[table.layerSets[unit]].squareRoot()
      return norm > 0 ? value / norm : value
    }
  }
}
