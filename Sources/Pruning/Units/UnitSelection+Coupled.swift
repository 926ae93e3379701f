extension UnitSelection {
  /// Removes whole units as their coupling says, lowest first, until removing one more would bring the number of weights removed no
  /// nearer to `count`. A unit whose family, or one of whose layers, would fall below its floor stays, and the next one goes. Where
  /// families are rounded to multiples, units come back or go that the number alone would not have moved.
  ///
  /// - Parameters:
  ///   - isRanked: whether units are compared by their ranks in their families.
  ///   - floors: how many weights of every layer survive at least; `nil` for none.
  /// - Returns: how many of these weights are ties, and the layers in which a unit stayed.
  mutating func removeLowest(
    _ count: Int, by coupling: Coupling, isRanked: Bool, floors: [Int]? = nil
  ) -> (ties: Int, held: [Int]) {
    guard count > 0 else { return (0, []) }
    let whole = masks
    let alive = (0..<table.count).filter { survivors(of: $0) > 0 }
    let keys = isRanked ? ranks(alive) : scores
    let order = alive.sorted { a, b in
      if keys[a] != keys[b] { return keys[a] < keys[b] }
      return words[a] == words[b] ? a < b : words[a] < words[b]
    }
    var left = [Int](repeating: 0, count: table.familyCount)
    for unit in alive { left[table.families[unit]] += 1 }
    let before = left
    var room = floors.map { floors in
      floors.indices.map { layer in masks[layer].reduce(0) { $0 + Int($1) } - floors[layer] }
    }
    var (isRemoved, held) = ([Bool](repeating: false, count: table.count), Set<Int>())
    var (removed, key, equal, ties) = (0, -Double.infinity, 0, 0)
    for unit in order {
      let survivors = survivors(of: unit)
      if keys[unit] != key { (key, equal) = (keys[unit], 0) }
      let isHeld =
        passesHeld
        && (left[table.families[unit]] <= coupling.least(of: before[table.families[unit]])
          || survivorsByLayer(of: unit).contains { (room?[$0.layer] ?? .max) < $0.count })
      guard isHeld || removed + survivors - count <= count - removed else {
        ties = equal
        break
      }
      let (family, taken) = (table.families[unit], survivorsByLayer(of: unit))
      guard left[family] > coupling.least(of: before[family]) else { continue }
      if let open = room {
        let low = taken.filter { open[$0.layer] < $0.count }.map(\.layer)
        held.formUnion(low)
        guard low.isEmpty else { continue }
        for (layer, count) in taken { room?[layer] -= count }
      }
      remove(unit)
      isRemoved[unit] = true
      left[family] -= 1
      removed += survivors
      equal += survivors
    }
    guard coupling.multiple > 1 else { return (ties, held.sorted()) }
    round(&isRemoved, order, left, of: before, by: coupling)
    masks = whole
    for unit in order where isRemoved[unit] { remove(unit) }
    return (ties, held.sorted())
  }

  /// Brings what stays of each family to a multiple: those removed last come back, or the next ones go.
  private func round(
    _ isRemoved: inout [Bool], _ order: [Int], _ left: [Int], of before: [Int], by coupling: Coupling
  ) {
    for family in before.indices {
      let wanted = coupling.rounded(left[family], of: before[family])
      let members = order.filter { table.families[$0] == family }
      var missing = wanted - left[family]
      for unit in members.reversed() where isRemoved[unit] && missing > 0 {
        isRemoved[unit] = false
        missing -= 1
      }
      for unit in members where !isRemoved[unit] && missing < 0 {
        isRemoved[unit] = true
        missing += 1
      }
    }
  }

  /// Where each unit stands in its whole family, 0…1: units that are gone count as lower than all others.
  private func ranks(_ alive: [Int]) -> [Double] {
    var sizes = [Int](repeating: 0, count: table.familyCount)
    for family in table.families { sizes[family] += 1 }
    var ranks = [Double](repeating: 0, count: table.count)
    var next = sizes
    for unit in alive { next[table.families[unit]] -= 1 }
    let order = alive.sorted { a, b in
      if scores[a] != scores[b] { return scores[a] < scores[b] }
      return words[a] == words[b] ? a < b : words[a] < words[b]
    }
    for unit in order {
      let family = table.families[unit]
      ranks[unit] = (Double(next[family]) + 0.5) / Double(sizes[family])
      next[family] += 1
    }
    return ranks
  }
}
