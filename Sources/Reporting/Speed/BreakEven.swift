import CoppiceStore

/// From which pruning ratio on a form of the networks of one curve is faster than the dense form.
package struct BreakEven: Sendable, Equatable {
  /// The curve that it is told of.
  package let label: String
  package let form: LatencyRecord.Form
  /// Examples at once.
  package let batch: Int
  /// The smallest sparsity that was measured from which on all are faster; `nil` where the sparsest is not.
  package let sparsity: Double?
  /// How many times faster the form is at that sparsity.
  package let speedUp: Double?
  /// The largest of all mean speed-ups, and its sparsity.
  package let largest: Double
  package let sparsityOfLargest: Double

  /// What some curves say, of every form and batch that was measured.
  ///
  /// A cell is faster where the interval of its mean speed-up over seeds lies above 1; with one seed, where the speed-up does.
  package static func all(of curves: CurveSet) -> [BreakEven] {
    curves.curves.flatMap { curve in
      TimedForm.all.filter { $0.form != .dense }.compactMap { BreakEven(curve, $0) }
    }
  }

  private init?(_ curve: Curve, _ timed: TimedForm) {
    let rows = curve.cells.flatMap(\.rows)
    // A form that none of the networks has.
    guard rows.contains(where: { timed.latency($0) != nil }) else { return nil }
    let cells = curve.cells.compactMap { cell -> (sparsity: Double, speedUp: Double, isFaster: Bool)? in
      let sample = SampleStatistics(cell.rows.map(timed.speedUp))
      guard let mean = sample.mean else { return nil }
      return (1 - cell.density, mean, mean - (sample.confidenceHalfWidth ?? 0) > 1)
    }.sorted { $0.sparsity < $1.sparsity }
    guard let largest = cells.max(by: { $0.speedUp < $1.speedUp }) else { return nil }
    let first = (cells.lastIndex { !$0.isFaster } ?? -1) + 1
    let even = first < cells.count ? cells[first] : nil
    (label, form, batch) = (curve.label, timed.form, timed.batch)
    (sparsity, speedUp) = (even?.sparsity, even?.speedUp)
    (self.largest, sparsityOfLargest) = (largest.speedUp, largest.sparsity)
  }

  /// As a table, one line each.
  package static func table(_ all: [BreakEven]) -> Table {
    Table(
      columns: [
        .init(name: "curve", isName: true), .init(name: "form", isName: true),
        .init(name: "batch", format: .integer),
        .init(name: "break_even_sparsity", heading: "faster from sparsity (%)", format: .percent(2)),
        .init(name: "speed_up", heading: "speed-up there", format: .decimal(2)),
        .init(name: "largest_speed_up", heading: "largest speed-up", format: .decimal(2)),
        .init(name: "largest_at_sparsity", heading: "at sparsity (%)", format: .percent(2)),
      ],
      rows: all.map { one in
        [
          .text(one.label), .text(one.form.rawValue), .number(Double(one.batch)),
          one.sparsity.map(Table.Cell.number) ?? .missing, one.speedUp.map(Table.Cell.number) ?? .missing,
          .number(one.largest), .number(one.sparsityOfLargest),
        ]
      })
  }
}
