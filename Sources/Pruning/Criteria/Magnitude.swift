import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// The absolute value of the weight, |w|.
  ///
  /// S. Han, J. Pool, J. Tran, W. Dally, "Learning both weights and connections for efficient neural networks",
  /// NIPS 2015.
  public static let magnitude = Criterion("magnitude", version: 1) { context in
    try context.scoreEach { _, weight in Tensor(weight.shape, weight.scalars.map { abs($0) }) }
  }
}

extension Shipped<Criterion> {
  static let magnitude = Shipped(.magnitude, "the absolute value of the weight", paper: "Han et al. 2015")
}
