/// A figure that can be drawn with letters, as a preview in a terminal.
package protocol TextFigure: Figure {
  /// The figure in lines of at most `width` characters.
  func text(width: Int) -> String
}

extension StackedFigure: TextFigure {
  package func text(width: Int) -> String {
    panels.map { $0.text(width: width) }.joined(separator: "\n")
  }
}
