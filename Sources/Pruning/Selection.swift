import CoppiceTensors

/// The weights of a layer with their scores. Of its survivors those with the lowest scores go.
struct Candidate {
  let name: String
  let scores: [Float]
  private(set) var mask: Mask

  init(name: String, scores: [Float], mask: Mask) {
    self.name = name
    self.scores = scores
    self.mask = mask
  }

  /// The lowest `count` survivors go.
  mutating func removeLowest(_ count: Int) {
    var layer = [self]
    Selection.removeLowest(count, from: &layer)
    self = layer[0]
  }

  /// `count` of all weights survive, the same number in every row; where that does not divide, the first rows have one more. Only
  /// weights of one row, a slice along the first axis, compete. A row that has fewer keeps them all.
  mutating func keepInRows(_ count: Int) {
    let rows = mask.shape.rank == 0 ? 1 : mask.shape[0]
    guard rows > 0 else { return }
    let length = mask.count / rows
    for row in 0..<rows {
      let elements = (row * length)..<((row + 1) * length)
      var candidate = Candidate(
        name: name, scores: Array(scores[elements]), mask: Mask([length], Array(mask.bytes[elements])))
      candidate.removeLowest(candidate.mask.keptCount - (count + rows - 1 - row) / rows)
      mask.bytes.replaceSubrange(elements, with: candidate.mask.bytes)
    }
  }
}

/// Selection over one pool of candidates. Scores are compared as numbers (−0 equals +0); of equal scores the one that
/// comes first, by layer and then by index, goes first.
enum Selection {
  /// Removes the `count` lowest surviving weights of all candidates together.
  ///
  /// Two counting passes over half a key each find the count-th lowest key; a third masks in index order. Linear, and
  /// no slower where all scores are equal.
  static func removeLowest(_ count: Int, from candidates: inout [Candidate]) {
    guard count > 0 else { return }
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

  /// The order of floats as the order of unsigned integers.
  @inline(__always)
  private static func key(_ score: Float) -> UInt32 {
    let bits = (score == 0 ? 0 : score).bitPattern
    return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
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
}
