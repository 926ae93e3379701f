/// Philox4x32-10, a counter-based generator: four words that depend on a counter and a key alone.
///
/// J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
package enum Philox {
  /// The block of four words at `counter` under `key`, after ten rounds.
  @inline(__always)
  package static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let a = UInt64(c.x) * 0xD251_1F53
      let b = UInt64(c.z) * 0xCD9E_8D57
      c = SIMD4(
        UInt32(truncatingIfNeeded: b >> 32) ^ c.y ^ k.x, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ c.w ^ k.y, UInt32(truncatingIfNeeded: a))
      k.x &+= 0x9E37_79B9
      k.y &+= 0xBB67_AE85
    }
    return c
  }
}

/// What a random stream is for. Streams never overlap: the kind is a word of the counter.
///
/// The raw values are part of the numerics contract: changing one changes every result that used it.
public enum RandomStreamKind: UInt32, Sendable, Hashable, CaseIterable {
  /// Initial weights.
  case initialisation = 1
  /// The order of training examples; the substream is the epoch.
  case dataOrder = 2
  /// Flips and crops; the substream is the epoch, the block the example.
  case augmentation = 3
  /// Dropout.
  case dropout = 4
  /// Random masks and random scores.
  case mask = 5
  /// The train/validation split.
  case split = 6
  /// Embedded data sets.
  case generation = 7
  /// The batches a criterion is computed on.
  case score = 8
  /// What dynamics draw while masks move.
  case dynamics = 9
  /// What tells equal scores apart; word e of an even substream belongs to element e of a parameter, of substream 1 to unit e.
  case ties = 10
  /// Gates of learned masks while they are trained; the substream is the weight's.
  case gates = 11
  /// Corruptions of images; the substream is that of the kind, block 2²⁴·i belongs to example i.
  case corruption = 12
}

/// A sequence of random words, and the numbers drawn from them.
///
/// The key is (seed low, seed high), the counter (block low, block high, stream, substream); word i of the sequence
/// is word i mod 4 of block i / 4. A stream is a value: a copy continues on its own. It is deliberately not a
/// `RandomNumberGenerator`: how the standard library shuffles and draws may change between its versions.
public struct RandomStream: Sendable {
  private let key: SIMD2<UInt32>
  private let stream: UInt32
  private let substream: UInt32
  private var block: UInt64
  private var words = SIMD4<UInt32>()
  private var used = 4

  /// The stream of `seed` for one purpose, starting at `block` (four words each).
  public init(seed: UInt64, stream: RandomStreamKind, substream: UInt32 = 0, block: UInt64 = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.stream = stream.rawValue
    self.substream = substream
    self.block = block
  }

  /// The next word, uniform over all 2³² values.
  @inline(__always)
  public mutating func next() -> UInt32 {
    if used == 4 {
      let counter = SIMD4(
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), stream, substream)
      words = Philox.block(counter: counter, key: key)
      block &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// Goes to word `index` of the sequence, which `next` gives then. Costs nothing within the block of the word before.
  @inline(__always)
  package mutating func seek(to index: Int) {
    let wanted = UInt64(index) / 4
    if used == 4 || block != wanted &+ 1 {
      (block, used) = (wanted, 4)
      _ = next()
    }
    used = index % 4
  }

  /// A multiple of 2⁻²⁴, uniform in [0, 1): (word >> 8) · 2⁻²⁴.
  public mutating func uniform() -> Float { Float(next() >> 8) * 0x1p-24 }

  /// Uniform in [low, high): low + (high − low) · u, two roundings. (Rounding may give `high` itself.)
  public mutating func uniform(from low: Float, to high: Float) -> Float {
    low + (high - low) * uniform()
  }

  /// True with the given probability: `uniform() < probability`.
  public mutating func bernoulli(_ probability: Float) -> Bool { uniform() < probability }

  /// An integer uniform in 0..<bound, without bias; 0 where bound is 0 or 1 (no word is consumed then).
  ///
  /// D. Lemire, "Fast random integer generation in an interval", 2019: the high word of word × bound, drawn again
  /// while the low word is below 2³² mod bound.
  public mutating func integer(below bound: UInt32) -> UInt32 {
    guard bound > 1 else { return 0 }
    var product = UInt64(next()) * UInt64(bound)
    if UInt32(truncatingIfNeeded: product) < bound {
      let threshold = (0 &- bound) % bound
      while UInt32(truncatingIfNeeded: product) < threshold {
        product = UInt64(next()) * UInt64(bound)
      }
    }
    return UInt32(truncatingIfNeeded: product >> 32)
  }

  /// Shuffles in place (Fisher–Yates, from the last position down: i = n−1 … 1 is swapped with one of 0…i).
  ///
  /// Inlinable, so that callers get it made for their elements: without that an epoch's order takes five times as long.
  @inlinable public mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for i in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(i, Int(integer(below: UInt32(i + 1))))
    }
  }

  /// A random order of 0..<count.
  public mutating func permutation(_ count: Int) -> [Int32] {
    var order = (0..<Int32(count)).map { $0 }
    shuffle(&order)
    return order
  }
}
