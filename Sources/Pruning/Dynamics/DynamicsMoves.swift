/// The moments of a training at which masks move, where they follow each other at one interval: `first`, `first + interval`, …,
/// `count` of them. Whoever looks for the last one need not ask every step.
public struct DynamicsMoves: Hashable, Sendable {
  /// The step before which masks move first.
  public let first: Int
  /// Steps from a move to the next, one at least.
  public let interval: Int
  /// How many moves there are.
  public let count: Int

  /// Moves at these moments.
  public init(first: Int, every interval: Int, count: Int) {
    (self.first, self.interval, self.count) = (first, max(1, interval), max(0, count))
  }

  /// The place of the move before a step, counted from 0; `nil` where masks do not move.
  public func place(of step: Int) -> Int? {
    let passed = step - first
    guard passed >= 0, passed % interval == 0, passed / interval < count else { return nil }
    return passed / interval
  }

  /// The step of the last move that is not beyond a training of `total` steps; `nil` where there is none.
  func last(upTo total: Int) -> Int? {
    guard count > 0, total >= first else { return nil }
    return first + min(count - 1, (total - first) / interval) * interval
  }
}
