import Synchronization

/// What was asked of shapes and arrays that they do not have, while code of others runs: an axis beyond the last, an array of too
/// few numbers. Whoever runs such code binds faults around it and tells the first one as an error. Where none are bound, the fault
/// is one of our own, and traps.
package final class ShapeFaults: Sendable {
  @TaskLocal private static var bound: ShapeFaults?
  private let problem = Mutex<String?>(nil)

  /// No faults yet.
  package init() {}

  /// The first fault; `nil` while there is none.
  package var first: String? { problem.withLock { $0 } }

  /// Runs `body` with its faults noted here.
  package func noting<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.$bound.withValue(self, operation: body)
  }

  /// Runs code of others.
  ///
  /// - Throws: the first fault, made an error by `error`; and whatever `body` throws.
  package static func throwing<Result>(
    as error: (String) -> any Error, _ body: () throws -> Result
  ) throws -> Result {
    let faults = ShapeFaults()
    let result: Result
    do { result = try faults.noting(body) } catch let thrown {
      // What the body threw may come from going on after a fault.
      throw faults.first.map(error) ?? thrown
    }
    if let first = faults.first { throw error(first) }
    return result
  }

  /// Notes a fault where faults are bound; traps where none are.
  static func note(_ problem: String) {
    guard let bound else { preconditionFailure(problem) }
    bound.problem.withLock { $0 = $0 ?? problem }
  }
}
