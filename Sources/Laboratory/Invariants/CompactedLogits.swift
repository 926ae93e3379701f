import CoppiceNetworks

extension Invariant {
  /// Tested before the first step of a compacted training, with the statistics of evaluation and with those of the batch.
  package static let compactedLogits = Invariant(
    "compacted-logits",
    "The logits of a compacted network are those of the masked one to within 1e-4 of the largest.",
    training: { sight in
      guard let agreement = sight.agreement else { return nil }
      return agreement.isHeld
        ? .held
        : .broken(
          "logits differ by up to \(agreement.difference), and the largest of the masked network is \(agreement.largest)"
        )
    })
}
