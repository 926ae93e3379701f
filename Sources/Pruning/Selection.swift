import CoppiceTensors

/// A layer from whose survivors the lowest scores are taken.
struct Candidate {
  let name: String
  let scores: [Float]
  let elementsPerUnit: Int
  private(set) var mask: Mask

  init(name: String, scores: [Float], mask: Mask, elementsPerUnit: Int) {
    self.name = name
    self.scores = scores
    self.mask = mask
    self.elementsPerUnit = elementsPerUnit
  }
}

/// Selection over one pool of candidates. Scores are compared as numbers (−0 equals +0); of equal scores the one that
/// comes first, by layer and then by index, goes first.
enum Selection {
  /// Removes the `count` lowest surviving weights of all candidates together. Where units are larger than one weight,
  /// whole units go, lowest first, until removing one more would bring the number of weights removed no nearer to
  /// `count`.
  static func removeLowest(_ count: Int, from candidates: inout [Candidate]) {
    guard count > 0 else { return }
    if candidates.allSatisfy({ $0.elementsPerUnit == 1 }) {
      removeLowestWeights(count, from: &candidates)
    } else {
      removeLowestUnits(count, from: &candidates)
    }
  }

  /// The order of floats as the order of unsigned integers.
  @inline(__always)
  private static func key(_ score: Float) -> UInt32 {
    let bits = (score == 0 ? 0 : score).bitPattern
    return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
  }

  /// Two counting passes over half a key each find the count-th lowest key; a third masks in index order. Linear, and
  /// no slower where all scores are equal.
  private static func removeLowestWeights(_ count: Int, from candidates: inout [Candidate]) {
    var high = [Int](repeating: 0, count: 1 << 16)
    for candidate in candidates { candidate.forEachSurvivor { high[Int(key($0) >> 16)] += 1 } }
    let (top, below) = bucket(of: count, in: high)

    var low = [Int](repeating: 0, count: 1 << 16)
    for candidate in candidates {
      candidate.forEachSurvivor {
        let key = key($0)
        if key >> 16 == UInt32(top) { low[Int(key & 0xFFFF)] += 1 }
      }
    }
    let (bottom, belowInBucket) = bucket(of: count - below, in: low)

    let threshold = UInt32(top) << 16 | UInt32(bottom)
    var ties = count - below - belowInBucket
    for index in candidates.indices {
      candidates[index].removeSurvivors { score in
        let key = key(score)
        guard key == threshold, ties > 0 else { return key < threshold }
        ties -= 1
        return true
      }
    }
  }

  /// The bucket that holds the `rank`-th lowest, counted from 1, and how many lie in the buckets below; the last bucket
  /// where there are fewer.
  private static func bucket(of rank: Int, in counts: [Int]) -> (index: Int, below: Int) {
    var below = 0
    for (index, count) in counts.enumerated() {
      if below + count >= rank { return (index, below) }
      below += count
    }
    return (counts.count - 1, below - (counts.last ?? 0))
  }

  private struct Unit {
    let score: Double
    let candidate: Int
    let start: Int
    let survivors: Int
  }

  private static func removeLowestUnits(_ count: Int, from candidates: inout [Candidate]) {
    var units: [Unit] = []
    for (index, candidate) in candidates.enumerated() {
      let size = candidate.elementsPerUnit
      for start in stride(from: 0, to: candidate.mask.count, by: size) {
        var (score, survivors) = (0.0, 0)
        for element in start..<(start + size) where candidate.mask.bytes[element] != 0 {
          score += Double(candidate.scores[element])
          survivors += 1
        }
        if survivors > 0 {
          units.append(Unit(score: score, candidate: index, start: start, survivors: survivors))
        }
      }
    }
    let order = units.indices.sorted { a, b in
      units[a].score == units[b].score ? a < b : units[a].score < units[b].score
    }
    var removed = 0
    for index in order {
      let unit = units[index]
      guard removed + unit.survivors - count <= count - removed else { return }
      candidates[unit.candidate].removeUnit(at: unit.start)
      removed += unit.survivors
    }
  }
}

extension Candidate {
  @inline(__always)
  fileprivate func forEachSurvivor(_ body: (Float) -> Void) {
    for index in scores.indices where mask.bytes[index] != 0 { body(scores[index]) }
  }

  @inline(__always)
  fileprivate mutating func removeSurvivors(where isRemoved: (Float) -> Bool) {
    for index in scores.indices where mask.bytes[index] != 0 {
      if isRemoved(scores[index]) { mask.bytes[index] = 0 }
    }
  }

  fileprivate mutating func removeUnit(at start: Int) {
    for element in start..<(start + elementsPerUnit) { mask.bytes[element] = 0 }
  }
}
