/// How wide text is in a figure, without a font engine.
///
/// The table holds the advance widths of DejaVu Sans in thousandths of the font size. It is wider than
/// Helvetica, Arial and Liberation Sans in nearly every character, so what is laid out with it has room in all
/// of them.
package enum TextWidth {
  /// The width of `text` at `size`, in the unit of `size`.
  package static func of(_ text: String, size: Double, bold: Bool = false) -> Double {
    var thousandths = 0
    for scalar in text.unicodeScalars {
      let code = Int(scalar.value)
      if code >= 32, code < 32 + advances.count {
        thousandths += advances[code - 32]
      } else {
        thousandths += others[scalar] ?? 700
      }
    }
    return Double(thousandths) / 1000 * size * (bold ? 1.12 : 1)
  }

  /// `text` broken at spaces into lines no wider than `width`; a single word that is wider stays whole.
  package static func wrap(_ text: String, size: Double, width: Double, bold: Bool = false) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if !line.isEmpty, of(longer, size: size, bold: bold) > width {
        lines.append(line)
        line = String(word)
      } else {
        line = longer
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }

  private static let advances: [Int] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,  // space to /
    636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,  // 0 to ?
    1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,  // @ to O
    603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,  // P to _
    500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,  // ` to o
    635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,  // p to ~
  ]

  private static let others: [Unicode.Scalar: Int] = [
    "±": 838, "×": 838, "·": 318, "–": 500, "—": 1000, "…": 1000, "−": 838, "Δ": 684, "\u{2009}": 200,
  ]
}
