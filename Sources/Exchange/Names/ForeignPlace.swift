/// Where an array of ours is in the files of another library.
package struct ForeignPlace: Hashable, Sendable {
  /// Its names there: the first is written, and any of them read.
  package var names: [String]
  /// How it lies there.
  package var layout: ArrayLayout
  /// Which of so many equal parts along the first axis it is of what is there; `nil` for all of it.
  package var part: Part?
  /// Arrays that hold it together, joined along the first axis, where there is none by its names.
  package var pieces: [String]
  /// What it holds where a file has none of these.
  package var absent: Float?
  /// Whether it may have more rows there, of which the first are taken: tables of positions.
  package var mayBeLonger: Bool

  /// One of several equal parts along the first axis.
  package struct Part: Hashable, Sendable {
    /// Which one, from 0.
    package var index: Int
    /// How many there are.
    package var count: Int

    package init(_ index: Int, of count: Int) { (self.index, self.count) = (index, count) }
  }

  package init(
    _ names: String..., layout: ArrayLayout = .same, part: Part? = nil, pieces: [String] = [],
    absent: Float? = nil, mayBeLonger: Bool = false
  ) {
    self.init(
      names: names, layout: layout, part: part, pieces: pieces, absent: absent, mayBeLonger: mayBeLonger)
  }

  package init(
    names: [String], layout: ArrayLayout = .same, part: Part? = nil, pieces: [String] = [],
    absent: Float? = nil, mayBeLonger: Bool = false
  ) {
    (self.names, self.layout, self.part, self.pieces) = (names, layout, part, pieces)
    (self.absent, self.mayBeLonger) = (absent, mayBeLonger)
  }
}
