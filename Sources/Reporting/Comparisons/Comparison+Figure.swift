extension Comparison {
  /// All sides against all as a figure, with the p that Holm's correction gives; `nil` where sides meet at several places, as
  /// sparsities, of which a figure shows one.
  package func figure(title: String? = nil, command: String? = nil, generator: String? = nil)
    -> SignificanceFigure?
  {
    guard let first = lines.first, lines.allSatisfy({ $0.place == first.place }) else { return nil }
    return SignificanceFigure(
      title: title ?? "\(metric.quantity.label): differences, row less column", labels: sides.map(\.label),
      comparisons: lines.map { line in
        SignificanceFigure.Comparison(
          sides[line.treatment].label, sides[line.reference].label,
          difference: line.difference.sample.mean ?? .nan, p: line.correctedP, n: line.difference.sample.count
        )
      },
      format: metric.quantity.tableFormat,
      caption: "Paired by seed; p of the paired t test with Holm's correction over all pairs.",
      command: command, generator: generator)
  }
}
