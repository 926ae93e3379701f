import CoppiceTensors

/// The weights of a layer with their scores. Of its survivors those with the lowest scores go.
struct Candidate {
  let name: String
  let scores: [Float]
  private(set) var mask: Mask
  /// The stream that tells equal scores apart.
  private let ties: RandomStream
  /// The word of the stream that belongs to the first weight.
  private let firstWord: Int

  init(name: String, scores: [Float], mask: Mask, ties: RandomStream, firstWord: Int = 0) {
    self.name = name
    self.scores = scores
    self.mask = mask
    self.ties = ties
    self.firstWord = firstWord
  }

  /// The lowest `count` survivors go.
  /// - Returns: how many of these are ties.
  mutating func removeLowest(_ count: Int) -> Int {
    var layer = [self]
    let ties = Selection.removeLowest(count, from: &layer)
    self = layer[0]
    return ties
  }

  /// `count` of all weights survive, the same number in every row; where that does not divide, the first rows have one more. Only
  /// weights of one row, a slice along the first axis, compete. A row that has fewer keeps them all.
  /// - Returns: how many of the removed are ties.
  mutating func keepInRows(_ count: Int) -> Int {
    let rows = mask.shape.rank == 0 ? 1 : mask.shape[0]
    guard rows > 0 else { return 0 }
    let length = mask.count / rows
    var found = 0
    for row in 0..<rows {
      let elements = (row * length)..<((row + 1) * length)
      var candidate = Candidate(
        name: name, scores: Array(scores[elements]), mask: Mask([length], Array(mask.bytes[elements])),
        ties: ties, firstWord: firstWord + elements.lowerBound)
      found += candidate.removeLowest(candidate.mask.keptCount - (count + rows - 1 - row) / rows)
      mask.bytes.replaceSubrange(elements, with: candidate.mask.bytes)
    }
    return found
  }
}

/// Selection over one pool of candidates. Scores are compared as numbers (−0 equals +0). Of equal scores the weight with the lower
/// word in the stream of ties goes first, and of equal words the one that comes first. A weight has the same word in every round.
enum Selection {
  /// Removes the `count` lowest surviving weights of all candidates together.
  ///
  /// Two counting passes over half a key each find the count-th lowest key; a third masks in index order. Words are drawn only for
  /// weights of that key, and only where some of them stay. Linear.
  /// - Returns: how many of the removed are ties: of a score that weights have that stay.
  static func removeLowest(_ count: Int, from candidates: inout [Candidate]) -> Int {
    guard count > 0 else { return 0 }
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
    let (equal, ties) = (low[bottom], count - below - belowInBucket)
    guard ties < equal else {
      for index in candidates.indices { candidates[index].removeSurvivors { key($0) <= threshold } }
      return 0
    }
    var words: [UInt32] = []
    words.reserveCapacity(equal)
    for candidate in candidates { candidate.appendWords(to: &words) { key($0) == threshold } }
    let (last, lower) = words.lowest(ties)
    var (place, open) = (0, ties - lower)
    for index in candidates.indices {
      candidates[index].removeSurvivors { score in
        let key = key(score)
        guard key == threshold else { return key < threshold }
        let word = words[place]
        place += 1
        guard word == last, open > 0 else { return word < last }
        open -= 1
        return true
      }
    }
    return ties
  }

  /// The order of floats as the order of unsigned integers.
  @inline(__always)
  private static func key(_ score: Float) -> UInt32 {
    let bits = (score == 0 ? 0 : score).bitPattern
    return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
  }

  /// The bucket that holds the `rank`-th lowest, counted from 1, and how many lie in the buckets below; the last bucket
  /// where there are fewer.
  fileprivate static func bucket(of rank: Int, in counts: [Int]) -> (index: Int, below: Int) {
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

  /// Appends the word of every survivor of such a score, in order.
  @inline(__always)
  fileprivate func appendWords(to words: inout [UInt32], where isMeant: (Float) -> Bool) {
    var ties = ties
    for index in scores.indices where mask.bytes[index] != 0 && isMeant(scores[index]) {
      ties.seek(to: firstWord + index)
      words.append(ties.next())
    }
  }

  @inline(__always)
  fileprivate mutating func removeSurvivors(where isRemoved: (Float) -> Bool) {
    for index in scores.indices where mask.bytes[index] != 0 {
      if isRemoved(scores[index]) { mask.bytes[index] = 0 }
    }
  }
}

extension [UInt32] {
  /// The `rank`-th lowest, counted from 1, and how many lower ones there are: a counting pass for each byte.
  fileprivate func lowest(_ rank: Int) -> (word: UInt32, below: Int) {
    var (word, below) = (UInt32(0), 0)
    for shift in stride(from: 24, through: 0, by: -8) {
      let known = UInt32.max << UInt32(shift + 8)
      var counts = [Int](repeating: 0, count: 256)
      for other in self where other & known == word { counts[Int(other >> UInt32(shift) & 0xFF)] += 1 }
      let (digit, lower) = Selection.bucket(of: rank - below, in: counts)
      word |= UInt32(digit) << UInt32(shift)
      below += lower
    }
    return (word, below)
  }
}
