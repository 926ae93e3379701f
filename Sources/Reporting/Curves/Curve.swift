/// The cells of one configuration from dense to sparse: a curve when it is drawn, a block of lines in a table.
package struct Curve: Sendable, Equatable {
  /// Which rows of the index a curve is made of. The two are never mixed in one curve: the final network of a
  /// trial that was asked for 80 % and round k of a trial on its way to 98 % are different networks.
  package enum Rows: String, Sendable, CaseIterable {
    /// The final rows of trials, one trial for every sparsity asked for.
    case final
    /// All rounds of one ladder: of each seed the trial that was asked for the highest sparsity.
    case ladder
  }

  /// The values of the columns that tell the curves apart, in their order.
  package let group: [String]
  /// The name in a legend.
  package let label: String
  package let rows: Rows
  /// In ascending order of the level: from dense to sparse.
  package let cells: [Cell]
  /// The columns that `group` has the values of.
  let columns: [String]
}
