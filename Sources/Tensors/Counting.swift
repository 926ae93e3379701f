// Counts of elements, bytes and operations are products of numbers that users write. They stop at `Int.max`, which is more than any
// machine has, so that whoever compares one with a limit refuses it, and nobody traps on the way.

extension Int {
  /// This number times another; `Int.max`, or `Int.min` below 0, where that is too large to count.
  package func times(_ other: Int) -> Int {
    let (product, isOverflow) = multipliedReportingOverflow(by: other)
    return isOverflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }

  /// This number and another together; `Int.max`, or `Int.min` below 0, where that is too large to count.
  package func plus(_ other: Int) -> Int {
    let (sum, isOverflow) = addingReportingOverflow(other)
    return isOverflow ? (self < 0 ? .min : .max) : sum
  }
}

extension Sequence where Element == Int {
  /// The product of all; 1 for none. It stops at `Int.max`.
  package var product: Int { reduce(1) { $0.times($1) } }

  /// The sum of all. It stops at `Int.max`.
  package var total: Int { reduce(0) { $0.plus($1) } }
}
