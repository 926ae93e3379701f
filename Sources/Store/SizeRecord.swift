/// What a network takes in bytes after a round, whole and under its masks.
package struct SizeRecord: Hashable, Sendable {
  /// Parameters and running statistics, four bytes a number.
  package var bytes: Int
  /// The same with every parameter in the smallest of three forms, see `Metric.bytesSparse`.
  package var bytesSparse: Int
  /// The intermediate values of one example's forward pass, as far as they are alive at once.
  package var activationBytes: Int
  /// The same in the network that is left where units without any survivor are cut out.
  package var activationBytesCompacted: Int

  /// A record of these numbers.
  package init(bytes: Int, bytesSparse: Int, activationBytes: Int, activationBytesCompacted: Int) {
    (self.bytes, self.bytesSparse) = (bytes, bytesSparse)
    (self.activationBytes, self.activationBytesCompacted) = (activationBytes, activationBytesCompacted)
  }

  /// Bytes of an array of which some numbers survive: as it is, as a bit for each place and the survivors, or as survivors with a place
  /// of four bytes each, whichever is least.
  package static func sparseBytes(count: Int, survivors: Int) -> Int {
    min(4 * count, (count + 7) / 8 + 4 * survivors, 8 * survivors)
  }
}
