/// The losses of a stage over its steps, as few points as a figure needs: where there are too many, every other one goes, and from then
/// on only every second is taken in, and so on.
package struct LossSeries: Hashable, Sendable {
  /// The most points that are kept.
  package static let limit = 240

  package private(set) var steps: [Double] = []
  package private(set) var losses: [Double] = []
  private var stride = 1
  private var skipped = 0

  /// A series without points.
  package init() {}

  /// Takes in the loss at a step. One that is not behind the last is told again, after a restart say, and what stands from there on goes.
  package mutating func add(step: Double, loss: Double) {
    guard step.isFinite, loss.isFinite else { return }
    while let last = steps.last, last >= step {
      steps.removeLast()
      losses.removeLast()
    }
    skipped += 1
    guard skipped >= stride else { return }
    skipped = 0
    steps.append(step)
    losses.append(loss)
    guard steps.count > Self.limit else { return }
    steps = steps.everyOther
    losses = losses.everyOther
    stride = min(stride * 2, 1 << 30)
  }
}

extension [Double] {
  /// The first, the third, and so on.
  fileprivate var everyOther: [Double] { Swift.stride(from: 0, to: count, by: 2).map { self[$0] } }
}
