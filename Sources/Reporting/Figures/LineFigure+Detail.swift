extension LineFigure {
  /// The figure, with a second plot below it of the range in which several curves lie too close to be told apart; alone where
  /// there is no such range.
  package var withDetail: any Figure {
    guard let range = crowdedRange else { return self }
    var (whole, detail) = (self, self)
    (whole.hasLegend, whole.caption, whole.x.label) = (false, "", "")
    (detail.title, detail.isDetail, detail.y.limits) = ("", true, range)
    whole.plotHeight *= 0.75
    detail.plotHeight *= 0.75
    detail.caption += " Below: a part of the range above."
    return StackedFigure([whole, detail])
  }

  /// The share of the whole range below which curves are too close.
  private static let crowdedShare = 0.15

  /// A range at the upper end that holds at least two whole curves and not all, and is a small part of what all take.
  private var crowdedRange: ClosedRange<Double>? {
    guard y.limits == nil, y.scale == .linear else { return nil }
    let curves = lines.map { $0.points.compactMap(\.y).filter(\.isFinite) }.filter { !$0.isEmpty }
    guard curves.count > 2, let high = curves.joined().max(), let low = curves.joined().min(), high > low
    else { return nil }
    let least = high - Self.crowdedShare * (high - low)
    let crowded = curves.filter { ($0.min() ?? low) >= least }
    guard crowded.count > 1, crowded.count < curves.count, let bottom = crowded.joined().min() else {
      return nil
    }
    let tops = baselines.map(\.y).filter { $0 >= bottom } + [high]
    let room = 0.3 * ((tops.max() ?? high) - bottom)
    let top = (tops.max() ?? high) + room
    let end = y.bounds.map { min($0.upperBound, top) } ?? top
    // Values may lie beyond their bounds, or so far apart that the room between them is no number.
    return bottom - room < end ? (bottom - room)...end : nil
  }
}
