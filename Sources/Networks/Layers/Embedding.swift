import CoppiceAutodiff
import CoppiceTensors

/// A row of a table for each token: Int32 `[…]` below `vocabulary` to `[…, width]`. A token outside gives a row of zeros.
/// Parameter: `weight` `[vocabulary, width]`, not prunable.
public struct Embedding: Layer {
  /// Rows of the table.
  public var vocabulary: Int
  /// Features of a row.
  public var width: Int
  /// How the table is drawn.
  public var initializer: Initializer

  /// A table of `vocabulary` rows, drawn from a truncated normal distribution of deviation 0.02 unless told otherwise.
  public init(_ vocabulary: Int, width: Int, initializer: Initializer = .truncatedNormal()) {
    self.vocabulary = vocabulary
    self.width = width
    self.initializer = initializer
  }

  /// Adds the look-up to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    scope.parameter("weight", [vocabulary, width], initializer).rows(at: x)
  }
}
