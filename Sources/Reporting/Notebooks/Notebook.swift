/// A notebook for Jupyter: cells of words and of Python, in order.
package struct Notebook: Hashable, Sendable {
  /// One cell.
  package struct Cell: Hashable, Sendable {
    /// What a cell is.
    package enum Kind: String, Hashable, Sendable { case markdown, code }

    package let kind: Kind
    /// Its name in the file, which stays the same whatever it says: differences of two versions show what has changed.
    package let id: String
    package let source: String
    /// Whether it holds the parameters that a program such as papermill may set.
    package let isParameters: Bool

    /// A cell of words.
    static func words(_ id: String, _ source: String) -> Cell {
      Cell(kind: .markdown, id: id, source: source, isParameters: false)
    }

    /// A cell of Python.
    static func python(_ id: String, _ source: String, isParameters: Bool = false) -> Cell {
      Cell(kind: .code, id: id, source: source, isParameters: isParameters)
    }
  }

  /// The cells in order.
  package let cells: [Cell]
}
