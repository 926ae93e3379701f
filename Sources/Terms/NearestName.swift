extension Sequence<String> {
  /// The name most like a mistyped one, for a "did you mean": the least edit distance, letter case ignored, the
  /// first of equals; `nil` where even that is further than a third of the letters (at least one edit, or two
  /// from three letters on). Before that, what a common abbreviation means: `learning-rate` for `lr`.
  package func nearest(to name: String) -> String? {
    let meanings = name.meanings
    return meanings.first { contains($0) } ?? meanings.compactMap { closest(to: $0) }.first
      ?? closest(to: name)
  }

  private func closest(to name: String) -> String? {
    let letters = Array(name.lowercased())
    let limit = letters.count < 3 ? 1 : Swift.max(2, letters.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in self {
      let distance = editDistance(letters, Array(candidate.lowercased()))
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }
}

extension [String] {
  /// What there is in place of a name that does not exist, as the end of a sentence:
  /// `; did you mean "taylor"? There are: magnitude, taylor`.
  package func instead(of name: String) -> String {
    (nearest(to: name).map { "; did you mean \"\($0)\"?" } ?? ".") + " There are: \(joined(separator: ", "))"
  }
}

/// The fewest insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (Damerau and
/// Levenshtein's distance, in the form that edits no substring twice).
package func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for (row, letter) in a.enumerated() {
    var current = [row + 1]
    for (column, other) in b.enumerated() {
      var distance = Swift.min(
        last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, letter == b[column - 1], a[row - 1] == other {
        distance = Swift.min(distance, beforeLast[column - 1] + 1)
      }
      current.append(distance)
    }
    (beforeLast, last) = (last, current)
  }
  return last[b.count]
}
