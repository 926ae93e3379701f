import CoppiceTensors
import CoppiceTerms

extension Granularity {
  /// The pattern 1×4.
  public static let oneByN = oneByN(outputs: 4)

  /// The pattern 1×N: what N consecutive outputs read of one input goes together. Of a convolution `[out, in, height, width]` these
  /// are N kernels `[height, width]` of one input channel, of a linear weight `[out, in]` N weights of one column.
  ///
  /// Where N does not divide the outputs, the last of them make smaller units. M. Lin, Y. Zhang, Y. Li, B. Chen, F. Chao, M. Wang,
  /// S. Li, Y. Tian, R. Ji, "1×N pattern for pruning convolutional neural networks", IEEE TPAMI 2022, score a unit by its L1 norm
  /// and keep the same share of every layer: that is `aggregate: .sum` under the allocation `layer-wise`. Their rearrangement of
  /// filters before the cut is left out.
  /// - Parameters:
  ///   - outputs: N.
  ///   - aggregate: how the scores of weights become that of a unit.
  ///   - normalised: whether the scores of a layer's units are divided by their L2 norm.
  public static func oneByN(
    outputs: Int, aggregate: Aggregate = .mean, normalised: Bool = false
  ) -> Granularity {
    Granularity(
      blocks: "one-by-n", version: 1, fields: [("outputs", .integer(outputs))], aggregate: aggregate,
      normalised: normalised
    ) { shape in (outputs, shape.axes.dropFirst(2).reduce(1, *)) }
  }
}

extension Shipped<Granularity> {
  static let oneByN = Shipped(
    .oneByN, "what some consecutive outputs read of one input", paper: "Lin et al. 2022"
  ) { fields in
    let outputs = try fields.count("outputs", default: 4)
    let (aggregate, normalised) = try fields.aggregation()
    return .oneByN(outputs: outputs, aggregate: aggregate, normalised: normalised)
  }
}
