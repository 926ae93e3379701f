/// Inputs and labels of one part of a data set, held compactly; scaling happens when a batch is filled.
public struct Examples: Sendable {
  package enum Inputs: Sendable {
    /// Bytes, scaled by `InputScaling` on the way into a batch.
    case pixels([UInt8])
    /// Numbers, taken as they are.
    case values([Float])
    /// Token sequences, one after the other.
    case tokens([Int32])
    /// One running text; example i is the window that starts at i × length, its labels the window one further.
    case text([Int32])
  }

  /// The label of a position that counts neither for loss nor for accuracy.
  public static let ignoredLabel: Int32 = -1

  package let inputs: Inputs
  /// `count × labelSize` labels; empty for running text.
  package let labels: [Int32]
  /// The number of examples.
  public let count: Int

  /// Images as bytes, `[count, channels, height, width]`, one label each.
  public init(pixels: [UInt8], labels: [Int32]) {
    (inputs, self.labels, count) = (.pixels(pixels), labels, labels.count)
  }

  /// Numbers, `[count, …input shape]`, one label each.
  public init(values: [Float], labels: [Int32]) {
    (inputs, self.labels, count) = (.values(values), labels, labels.count)
  }

  /// Token sequences of equal length, `[count, length]`, with one label a sequence.
  public init(tokens: [Int32], labels: [Int32]) {
    (inputs, self.labels, count) = (.tokens(tokens), labels, labels.count)
  }

  /// Token sequences with one label a position, both `[count, length]`; label −1 is ignored.
  public init(tokens: [Int32], labelsPerPosition labels: [Int32], length: Int) {
    (inputs, self.labels, count) = (.tokens(tokens), labels, length > 0 ? tokens.count / length : 0)
  }

  /// A running text, cut into ⌊(n − 1) / length⌋ windows, each predicting the token after every one of its own.
  public init(text: [Int32], length: Int) {
    (inputs, labels, count) = (.text(text), [], length > 0 ? max(0, (text.count - 1) / length) : 0)
  }

  /// No examples.
  public static let empty = Examples(values: [], labels: [])
}
