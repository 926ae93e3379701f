extension Metric {
  /// FLOPs of one example's forward pass, dense: products at two a multiply-add (a bias or rectifier fused with one counts nothing),
  /// normalisations, activations, poolings and sums at one or several an element, and the loss.
  package static let flops = Metric(
    Quantity("flops", "FLOPs", unit: .flops), isLowerBetter: true,
    .round { $0.flops.map(Double.init) ?? .nan })
}
