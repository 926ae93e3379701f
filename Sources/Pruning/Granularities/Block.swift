import CoppiceTensors
import CoppiceTerms

extension Granularity {
  /// Blocks of 4 × 4 weights.
  public static let block = block(rows: 4, columns: 4)

  /// Blocks of `rows` × `columns` weights of a weight as a matrix: a linear weight `[out, in]` as it is, a convolution
  /// `[out, in, height, width]` as `[out, in · height · width]`, a vector as one row.
  ///
  /// Where a length does not divide, the blocks at the right and lower edges are smaller and hold what is left. Every weight is in
  /// one block. S. Narang, E. Undersander, G. Diamos, "Block-sparse recurrent neural networks", 2017, score a block by its
  /// largest weight: that is `aggregate: .maximum`. Here it is the mean where not said, so that smaller blocks compare with whole ones.
  /// - Parameters:
  ///   - rows: how many outputs a block takes in.
  ///   - columns: how many of their weights, one beside the other.
  ///   - aggregate: how the scores of weights become that of a block.
  ///   - normalised: whether the scores of a layer's blocks are divided by their L2 norm.
  public static func block(
    rows: Int, columns: Int, aggregate: Aggregate = .mean, normalised: Bool = false
  ) -> Granularity {
    Granularity(
      blocks: "block", version: 1, fields: [("rows", .integer(rows)), ("columns", .integer(columns))],
      aggregate: aggregate, normalised: normalised
    ) { _ in (rows, columns) }
  }
}

extension Shipped<Granularity> {
  static let block = Shipped(
    .block, "blocks of the weight as a matrix, smaller ones at the edges", paper: "Narang et al. 2017"
  ) { fields in
    let (rows, columns) = (try fields.count("rows", default: 4), try fields.count("columns", default: 4))
    let (aggregate, normalised) = try fields.aggregation()
    return .block(rows: rows, columns: columns, aggregate: aggregate, normalised: normalised)
  }
}
