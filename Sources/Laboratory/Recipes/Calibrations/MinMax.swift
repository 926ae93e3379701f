import CoppiceTerms

extension Calibration {
  /// The range of all inputs that were seen.
  public static func minMax(batches: Int = 10) -> Calibration {
    Calibration("min-max", version: 1, batches: batches) { ($0.below, $0.above) }
  }
}

extension Shipped<Calibration> {
  static let minMax = Shipped(.minMax(), "the range of all inputs that were seen") { fields in
    .minMax(batches: try fields.integer("batches", in: Repair.possibleBatches, default: 10))
  }
}
