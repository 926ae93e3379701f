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
    precondition(scores.count == mask.count, "\(name) has a score for each weight")
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
  /// The count-th lowest of their keys is found, and all up to it are masked. Words are drawn only for weights of that key, and only
  /// where some of them stay. Linear.
  /// - Returns: how many of the removed are ties: of a score that weights have that stay.
  static func removeLowest(_ count: Int, from candidates: inout [Candidate]) -> Int {
    guard count > 0 else { return 0 }
    let (threshold, below, equal) = keys(of: candidates).lowest(count)
    let ties = count - below
    guard ties < equal else {
      for index in candidates.indices { candidates[index].removeSurvivors(upTo: threshold) }
      return 0
    }
    var words: [UInt32] = []
    words.reserveCapacity(equal)
    for candidate in candidates { candidate.appendWords(to: &words, ofKey: threshold) }
    let (last, lower, _) = words.lowest(ties)
    var (place, open) = (0, ties - lower)
    for index in candidates.indices {
      candidates[index].removeSurvivors { key in
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

  /// The keys of all survivors.
  private static func keys(of candidates: [Candidate]) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: candidates.reduce(0) { $0 + $1.mask.count }) { keys, count in
      for candidate in candidates {
        candidate.scores.withUnsafeBufferPointer { scores in
          candidate.mask.forEachSurvivor { place in
            keys.initializeElement(at: count, to: key(scores[place]))
            count += 1
          }
        }
      }
    }
  }

  /// The order of floats as the order of unsigned integers. A sum with +0 is never −0.
  @inline(__always)
  fileprivate static func key(_ score: Float) -> UInt32 {
    let bits = (score + 0).bitPattern
    return bits ^ (UInt32(bitPattern: Int32(bitPattern: bits) >> 31) | 0x8000_0000)
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
  /// Appends the word of every survivor of such a key, in order.
  fileprivate func appendWords(to words: inout [UInt32], ofKey key: UInt32) {
    var ties = ties
    mask.forEachSurvivor { place in
      guard Selection.key(scores[place]) == key else { return }
      ties.seek(to: firstWord + place)
      words.append(ties.next())
    }
  }

  /// Removes all survivors up to a key.
  fileprivate mutating func removeSurvivors(upTo threshold: UInt32) {
    mask.bytes.withUnsafeMutableBufferPointer { bytes in
      scores.withUnsafeBufferPointer { scores in
        for index in bytes.indices { bytes[index] &= Selection.key(scores[index]) > threshold ? 1 : 0 }
      }
    }
  }

  /// Asks of every survivor, in order.
  fileprivate mutating func removeSurvivors(where isRemoved: (_ key: UInt32) -> Bool) {
    for index in scores.indices where mask.bytes[index] != 0 {
      if isRemoved(Selection.key(scores[index])) { mask.bytes[index] = 0 }
    }
  }
}

extension [UInt32] {
  /// The `rank`-th lowest, counted from 1, how many lower ones there are, and how many equal ones. Eleven bits at a time, from the
  /// highest down, it is counted how many have which, and only those go on that have the same as the one that is looked for. So many
  /// counts stay in the cache nearest to the processor.
  fileprivate func lowest(_ rank: Int) -> (value: UInt32, below: Int, equal: Int) {
    var (value, below, open) = (UInt32(0), 0, self)
    for shift: UInt32 in [21, 10, 0] {
      var counts = [Int](repeating: 0, count: 1 << 11)
      for other in open { counts[Int(other >> shift & 0x7FF)] += 1 }
      let (bits, lower) = Selection.bucket(of: rank - below, in: counts)
      value |= UInt32(bits) << shift
      below += lower
      open = open.filter { Int($0 >> shift & 0x7FF) == bits }
    }
    return (value, below, open.count)
  }
}
