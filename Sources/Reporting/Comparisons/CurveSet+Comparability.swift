import CoppiceStore

extension CurveSet {
  /// What is to be said of the curves beside their labels, see `Comparability`.
  package struct Remarks: Sendable, Equatable {
    /// Sentences for a caption or a note.
    package let sentences: [String]
    /// What stands behind the label of a curve that is not one thing, by its place.
    package let marks: [Int: String]
  }

  /// Looks at the curves by the rule of `Comparability`.
  /// - Throws: `ReportingError.mixedCell` where one point would be made of trials that are no sample of one thing.
  package func remarks(_ comparability: Comparability) throws(ReportingError) -> Remarks {
    var (sentences, marks): ([String], [Int: String]) = ([], [:])
    for (place, curve) in curves.enumerated() {
      let mixed = comparability.mixed(curve.cells.flatMap(\.rows))
      guard !mixed.isEmpty else { continue }
      for cell in curve.cells {
        for aspect in mixed where aspect != .numerics {
          let values = comparability.values(of: aspect, in: cell.rows)
          if values.count > 1 { throw .mixedCell(curve.label, aspect.rawValue, values) }
        }
      }
      let words = mixed.map(\.rawValue).joined(separator: ", ")
      marks[place] = " (mixed: \(words))"
      for aspect in mixed {
        let values = comparability.values(of: aspect, in: curve.cells.flatMap(\.rows))
        sentences.append(
          "\(curve.label) is not one thing: \(aspect.rawValue) (\(values.joined(separator: "; "))).")
      }
    }
    let groups = curves.map { curve in
      Comparability.Group(
        curve.label, curve.cells.flatMap(\.rows), seeds: curve.cells.map(\.expectedSeeds).max() ?? 0)
    }
    sentences += comparability.findings(groups, toldBy: columns).map(\.sentence)
    return Remarks(sentences: sentences, marks: marks)
  }
}

extension LineFigure {
  /// Says in labels and caption what is to be said of its curves.
  package mutating func add(_ remarks: CurveSet.Remarks) {
    for (place, mark) in remarks.marks where lines.indices.contains(place) { lines[place].label += mark }
    caption = ([caption] + remarks.sentences).filter { !$0.isEmpty }.joined(separator: " ")
  }
}
