import CoppiceTensors

/// Selection of whole units by the aggregate of their scores. Of equal scores the unit with the lower word in the stream of ties goes
/// first, and of equal words the one that comes first. A unit has the same word in every round.
struct UnitSelection {
  let table: UnitTable
  /// One mask's bytes a parameter of the table.
  var masks: [[UInt8]]
  /// The score of every unit; what it says of units without survivors is not read.
  let scores: [Double]
  /// What tells units of equal scores apart.
  let words: [UInt32]
  /// Whether a unit that a floor holds is passed over whatever it would take. Otherwise one that would bring the number of weights
  /// removed too far ends the selection even where a floor holds it.
  var passesHeld = false

  /// A selection among the survivors in `masks`, in which nothing is compared.
  init(_ table: UnitTable, masks: [[UInt8]]) {
    (self.table, self.masks, scores, words) = (table, masks, [], [])
  }

  /// A selection among the survivors in `masks`.
  /// - Parameters:
  ///   - scores: one array a layer of the table.
  ///   - criterion: whose scores they are; it may say by itself how those of weights become that of a unit.
  ///   - ties: the stream that tells equal scores apart.
  init(
    _ table: UnitTable, _ granularity: Granularity, masks: [[UInt8]], scores: [[Float]],
    criterion: Criterion, ties: RandomStream
  ) {
    self.table = table
    self.masks = masks
    self.scores =
      criterion.scoresUnits
      ? Self.firstScores(
        table, scores, granularity.aggregate, isDrawn: criterion.needs.randomness,
        normalises: granularity.isNormalised && !criterion.needs.randomness)
      : Self.scores(table, granularity, masks: masks, scores: scores, squaresSums: criterion.squaresSums)
    var ties = ties
    words = (0..<table.count).map { _ in ties.next() }
  }

  /// How many prunable weights of a unit survive.
  func survivors(of unit: Int) -> Int {
    table.spans(of: unit).reduce(0) { count, span in
      span.parameter >= table.layerCount
        ? count : masks[span.parameter][span.elements].reduce(count) { $0 + Int($1) }
    }
  }

  /// Removes whole units, lowest first, until removing one more would bring the number of weights removed no nearer to `count`.
  /// - Returns: how many of these weights are ties: in units of a score that units have that stay.
  mutating func removeLowest(_ count: Int, among units: [Int]) -> Int {
    removeLowest(count, among: units, floors: nil).ties
  }

  /// The same where no layer falls below its floor: a unit that would bring one there stays, and the next one goes.
  /// - Parameter floors: how many weights of every layer survive at least; `nil` for none.
  /// - Returns: how many of these weights are ties, and the layers in which a unit stayed.
  mutating func removeLowest(
    _ count: Int, among units: [Int], floors: [Int]?
  ) -> (ties: Int, held: [Int]) {
    guard count > 0 else { return (0, []) }
    var left = floors.map { floors in
      floors.indices.map { layer in masks[layer].reduce(0) { $0 + Int($1) } - floors[layer] }
    }
    var held: Set<Int> = []
    let order = units.filter { survivors(of: $0) > 0 }.sorted { a, b in
      if scores[a] != scores[b] { return scores[a] < scores[b] }
      return words[a] == words[b] ? a < b : words[a] < words[b]
    }
    var (removed, score, equal) = (0, -Double.infinity, 0)
    for unit in order {
      // Units may overlap: what another one took with it is no more to remove.
      let survivors = survivors(of: unit)
      if scores[unit] != score { (score, equal) = (scores[unit], 0) }
      let isHeld = passesHeld && survivorsByLayer(of: unit).contains { (left?[$0.layer] ?? .max) < $0.count }
      guard isHeld || removed + survivors - count <= count - removed else { return (equal, held.sorted()) }
      if let room = left {
        let taken = survivorsByLayer(of: unit)
        let low = taken.filter { room[$0.layer] < $0.count }.map(\.layer)
        held.formUnion(low)
        guard low.isEmpty else { continue }
        for (layer, count) in taken { left?[layer] -= count }
      }
      remove(unit)
      removed += survivors
      equal += survivors
    }
    return (0, held.sorted())
  }

  /// How many prunable weights of a unit survive in each of its layers.
  func survivorsByLayer(of unit: Int) -> [(layer: Int, count: Int)] {
    var counts: [(layer: Int, count: Int)] = []
    for span in table.spans(of: unit) where span.parameter < table.layerCount {
      let count = masks[span.parameter][span.elements].reduce(0) { $0 + Int($1) }
      if counts.last?.layer == span.parameter {
        counts[counts.count - 1].count += count
      } else {
        counts.append((span.parameter, count))
      }
    }
    return counts
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

  /// The scores of the first weights, of a coupled unit the aggregate of those of its rows. Numbers that are drawn are taken as they are.
  private static func firstScores(
    _ table: UnitTable, _ scores: [[Float]], _ aggregate: Granularity.Aggregate, isDrawn: Bool,
    normalises: Bool
  ) -> [Double] {
    let values = (0..<table.count).map { unit in
      let rows = isDrawn ? [] : table.rows(of: unit)
      if !rows.isEmpty {
        return aggregate.value(rows.map { Double(scores[$0.parameter][$0.elements.lowerBound]) })
      }
      return table.spans(of: unit).first.map { Double(scores[$0.parameter][$0.elements.lowerBound]) } ?? 0
    }
    return normalises ? normalised(values, table) : values
  }

  /// The aggregates of the surviving weights' scores, in Double precision in the order of the elements.
  private static func scores(
    _ table: UnitTable, _ granularity: Granularity, masks: [[UInt8]], scores: [[Float]], squaresSums: Bool
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
      guard !squaresSums else {
        values[unit] = sum * sum
        continue
      }
      values[unit] = granularity.aggregate.value(sum, squares, largest, count)
    }
    return granularity.isNormalised ? normalised(values, table) : values
  }

  /// Scores divided by the L2 norm of those of units in the same layers.
  private static func normalised(_ values: [Double], _ table: UnitTable) -> [Double] {
    var squares = [Double](repeating: 0, count: table.combinations.count)
    for unit in 0..<table.count { squares[table.layerSets[unit]] += values[unit] * values[unit] }
    return values.enumerated().map { unit, value in
      let norm = squares[table.layerSets[unit]].squareRoot()
      return norm > 0 ? value / norm : value
    }
  }
}

extension Granularity.Aggregate {
  /// From the sum of some scores, that of their squares, the largest and the number of them.
  fileprivate func value(_ sum: Double, _ squares: Double, _ largest: Double, _ count: Double) -> Double {
    switch self {
    case .sum: sum
    case .mean: sum / count
    case .maximum: largest
    case .l2: squares.squareRoot()
    }
  }

  /// Of at least one score.
  fileprivate func value(_ scores: [Double]) -> Double {
    value(
      scores.reduce(0, +), scores.reduce(0) { $0 + $1 * $1 }, scores.max() ?? 0, Double(scores.count))
  }
}
