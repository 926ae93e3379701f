/// The script of a page, plain ECMAScript of 2023 without a library. It draws what the page holds as JSON, and nothing else: texts
/// become text nodes, so that none is read as markup.
///
/// What is computed stays in Swift: means, bands, differences and verdicts come as numbers. The script places them.
enum PageScript {
  /// The parts in the order in which they need each other.
  static let text =
    "\n"
    + [elements, axes, styles, drawing, reading, legend, explorer, tables, trials].joined(separator: "\n")
    + "\n"
}
