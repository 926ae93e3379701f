/// The size of the smaller network that is left where units without any survivor are cut out.
package struct CompactionRecord: Hashable, Sendable {
  /// Parameters of the smaller network.
  package var parameters: Int
  /// Bytes of its parameters and running statistics, four a number.
  package var bytes: Int
  /// The largest difference of its logits from those of the masked network, in largest logits; `nil` where it was not made.
  package var difference: Double?

  /// A record of these numbers.
  package init(parameters: Int, bytes: Int, difference: Double? = nil) {
    (self.parameters, self.bytes, self.difference) = (parameters, bytes, difference)
  }

  /// The record as numbers of a stage.
  package var numbers: (name: String, values: [Double]) {
    ("compaction", [Double(parameters), Double(bytes)] + (difference.map { [$0] } ?? []))
  }

  /// The record in a stage's outputs; `nil` where they have none.
  package init?(_ stage: StageRecord) {
    guard let values = stage[numbers: "compaction"], (2...3).contains(values.count),
      let parameters = Int(exactly: values[0]), let bytes = Int(exactly: values[1])
    else { return nil }
    self.init(
      parameters: parameters, bytes: bytes, difference: values.count == 3 ? values[2] : nil)
  }
}
