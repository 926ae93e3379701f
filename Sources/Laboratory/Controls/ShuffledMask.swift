import CoppiceTerms

extension Control {
  /// The weights are kept, the elements of each layer's mask change places: does more matter than how much each layer gives? The
  /// order of a layer is one for all rounds, so that masks nest as those of the ticket do.
  ///
  /// Weights begin as those of `randomMask` do. Of single weights both controls draw from the same masks, in different streams. Of
  /// units this one keeps the number in every layer and of every size; `randomMask` keeps that of layers that are coupled.
  ///
  /// J. Su et al., "Sanity-checking pruning methods: random tickets can win the jackpot", NeurIPS 2020; J. Frankle et al.,
  /// "Pruning neural networks at initialization: why are we missing the mark?", ICLR 2021.
  public static let shuffledMask = Control("shuffled-mask", version: 1) { course, ticket in
    course.retrained(ticket, underMasks: .elements)
  }
}

extension Shipped<Control> {
  static let shuffledMask = Shipped(
    .shuffledMask, "the same weights, the elements of each layer's mask in another order",
    paper: "Su et al. 2020, Frankle et al. 2021")
}
