extension FigureLayout {
  /// The ticks along x, with labels as far as they have room.
  static func ticks(_ axis: Axis, _ scale: AxisScale, data: [Double]) -> [Tick] {
    var values: [Double]
    switch axis.ticks {
    case .round: values = scale.roundTicks(count: 8)
    case .data: values = data
    }
    values = values.filter { scale.limits.contains($0) }.sorted()
    if axis.isReversed { values.reverse() }
    // Values that agree to a thousandth of the axis are one tick.
    var placed: [(value: Double, position: Double)] = []
    for value in values {
      guard let position = scale.position(value) else { continue }
      if let last = placed.last, abs(position - last.position) < 0.4 { continue }
      placed.append((value, position))
    }
    let labels = axis.labels(placed.map(\.value))
    let shown = labelled(placed.map(\.position), widths: labels.map { TextWidth.of($0, size: tickSize) })
    return placed.indices.map {
      Tick(position: placed[$0].position, label: shown.contains($0) ? labels[$0] : nil)
    }
  }

  /// Which of the labels, from left to right, can stand without touching: every s-th where that fills the axis
  /// evenly, else as many as fit, the first and the last always among them.
  private static func labelled(_ positions: [Double], widths: [Double]) -> Set<Int> {
    func fits(_ a: Int, _ b: Int) -> Bool {
      abs(positions[b] - positions[a]) >= (widths[a] + widths[b]) / 2 + 9
    }
    guard positions.count > 1 else { return Set(positions.indices) }
    let gaps = zip(positions.dropFirst(), positions).map { abs($0 - $1) }
    if let narrow = gaps.min(), let wide = gaps.max(), wide <= 1.25 * narrow {
      let fitting = (1...positions.count).filter { step in
        let chosen = Array(stride(from: 0, to: positions.count, by: step))
        return zip(chosen, chosen.dropFirst()).allSatisfy { fits($0, $1) }
      }
      if let narrowest = fitting.first {
        // A somewhat wider step that also labels the last value is worth its price.
        let step = fitting.first { (positions.count - 1) % $0 == 0 && $0 <= 2 * narrowest } ?? narrowest
        return Set(stride(from: 0, to: positions.count, by: step))
      }
    }
    var chosen = [0]
    for index in positions.indices.dropFirst() {
      if let last = chosen.last, fits(last, index) { chosen.append(index) }
    }
    let final = positions.count - 1
    if chosen.last != final {
      while let last = chosen.last, last != 0, !fits(last, final) { chosen.removeLast() }
      if fits(0, final) { chosen.append(final) }
    }
    return Set(chosen)
  }
}
