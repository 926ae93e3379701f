/// What is known of a network whose weights are codes of few bits.
package struct QuantisationRecord: Hashable, Sendable {
  /// The bits of a weight's code.
  package var bits: Int
  /// How many weights that survive have the code 0.
  package var zeroedSurvivors: Int
  /// Bytes of codes, scales and all other parameters and running statistics, see `Metric.bytesQuantised`.
  package var bytes: Int
  /// The same with every array in the smallest of three forms, see `Metric.bytesQuantisedSparse`.
  package var bytesSparse: Int

  /// A record of these numbers.
  package init(bits: Int, zeroedSurvivors: Int, bytes: Int = 0, bytesSparse: Int = 0) {
    (self.bits, self.zeroedSurvivors) = (bits, zeroedSurvivors)
    (self.bytes, self.bytesSparse) = (bytes, bytesSparse)
  }

  /// The record in a stage's outputs, without bytes; `nil` where its network is not quantised.
  package init?(_ stage: StageRecord) {
    guard let values = stage[numbers: "quantisation"], values.count == 2, let bits = Int(exactly: values[0]),
      let zeroed = Int(exactly: values[1])
    else { return nil }
    self.init(bits: bits, zeroedSurvivors: zeroed)
  }

  /// Adds a weight `[out, …]` that is codes: with each row's scale and, of 8 bits, the scale and zero point of its input.
  package mutating func add(weightOf count: Int, survivors: Int, rows: Int) {
    let scales = 4 * rows + (bits == 8 ? 5 : 0)
    let all = Self.codeBytes(count, bits)
    let kept = Self.codeBytes(survivors, bits)
    bytes += all + scales
    bytesSparse += min(all, (count + 7) / 8 + kept, 4 * survivors + kept) + scales
  }

  /// Adds an array of numbers of four bytes.
  package mutating func add(arrayOf count: Int, survivors: Int) {
    bytes += 4 * count
    bytesSparse += SizeRecord.sparseBytes(count: count, survivors: survivors)
  }

  /// The bytes of so many codes.
  private static func codeBytes(_ count: Int, _ bits: Int) -> Int { (count * bits + 7) / 8 }
}
