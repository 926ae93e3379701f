import CoppicePruning
import CoppiceTerms

extension Control {
  /// The weights are kept, the mask is replaced by a random one with as many survivors in all layers together: does it matter how
  /// much each layer gives? Whatever weights survive, a layer keeps about the same share as every other.
  ///
  /// Weights begin as those of `randomMask` do. A pattern says itself how much each layer keeps, and is refused.
  ///
  /// J. Frankle et al., "Pruning neural networks at initialization: why are we missing the mark?", ICLR 2021.
  public static let randomMaskTotal = Control("random-mask-total", version: 1) { course, ticket in
    guard course.trial.granularity.pattern == nil else {
      throw PruningError.patternTotal(granularity: "\(course.trial.granularity)")
    }
    return course.retrained(ticket, underMasks: .total)
  }
}

extension Shipped<Control> {
  static let randomMaskTotal = Shipped(
    .randomMaskTotal, "the same weights, as many survivors in all at random places of any layer",
    paper: "Frankle et al. 2021")
}
