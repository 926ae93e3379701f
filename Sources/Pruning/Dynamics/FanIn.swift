import CoppiceTensors

/// How many weights each row of a layer has, a row being the weights into one neuron or filter: as many in every row that takes part,
/// one more in the first of them where that does not divide.
struct FanIn {
  /// One number a row; 0 for those that take no part.
  let counts: [Int]

  /// - Parameters:
  ///   - total: the weights of all rows together.
  ///   - isOut: which rows take no part.
  init(_ total: Int, isOut: [Bool]) {
    let rows = isOut.count { !$0 }
    var place = 0
    counts = isOut.map { isOut in
      if isOut { return 0 }
      defer { place += 1 }
      return total / rows + (place < total % rows ? 1 : 0)
    }
  }

  /// Every row takes part.
  init(_ total: Int, of mask: Mask) {
    self.init(total, isOut: mask.rows.map { _ in false })
  }
}

extension Mask {
  /// The elements of each row, a slice along the first axis.
  var rows: [Range<Int>] {
    guard let count = shape.axes.first, count > 0 else { return [bytes.indices] }
    let length = bytes.count / count
    return (0..<count).map { $0 * length..<($0 + 1) * length }
  }
}

extension DynamicsContext {
  /// A mask that has so many weights in each row: rows with too many lose their smallest ones, and others draw what they lack.
  func evened(_ mask: Mask, to fanIn: FanIn, of parameter: String) throws -> Mask {
    guard let weight = weights[parameter] else {
      throw PruningError.missingParameter(parameter, in: "weights")
    }
    var random = try random(for: parameter)
    var evened = mask
    for (row, count) in zip(mask.rows, fanIn.counts) {
      let kept = row.filter { mask.bytes[$0] != 0 }
      for place in ordered(kept, of: parameter, by: { weight.scalars[$0].magnitude }).dropFirst(count) {
        evened.bytes[place] = 0
      }
      var free = row.filter { mask.bytes[$0] == 0 }
      for index in 0..<min(max(0, count - kept.count), free.count) {
        free.swapAt(index, index + Int(random.integer(below: UInt32(free.count - index))))
        evened.bytes[free[index]] = 1
      }
    }
    return evened
  }

  /// A mask that has so many weights in each row, more than were kept: those of the greatest scores besides. A row that takes no part
  /// loses what was kept.
  func filled(_ kept: Mask, to fanIn: FanIn, of parameter: String, by scores: [Float]) -> Mask {
    var filled = kept
    for (row, count) in zip(kept.rows, fanIn.counts) {
      let lacking = count - row.count { kept.bytes[$0] != 0 }
      if count == 0 {
        for place in row { filled.bytes[place] = 0 }
      } else if lacking > 0 {
        let free = row.filter { kept.bytes[$0] == 0 }
        for place in ordered(free, of: parameter, by: { scores[$0] }).prefix(lacking) {
          filled.bytes[place] = 1
        }
      }
    }
    return filled
  }

  /// Places with the greatest scores first; of equal scores the one with the greater word comes first.
  private func ordered(
    _ places: [Int], of parameter: String, by score: (Int) -> Float
  ) -> [Int] {
    var ties = ties(for: parameter)
    let keys = places.map { place in
      ties.seek(to: place)
      return (score: score(place), word: ties.next(), place: place)
    }
    return keys.sorted { ($0.score, $0.word, $1.place) > ($1.score, $1.word, $0.place) }.map(\.place)
  }
}
