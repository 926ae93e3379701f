import CoppiceTerms

extension Control {
  /// The weights are kept, the mask is replaced by a random one with as many survivors in every layer: does it matter which
  /// weights survive? J. Frankle, M. Carbin, "The lottery ticket hypothesis", ICLR 2019, appendix E.
  ///
  /// Where weights are not rewound, the control goes on from its own last round. All weights that survive in this round survived in
  /// that one; in the ticket's network some of them are pruned already.
  public static let randomMask = Control("random-mask", version: 1) { course, ticket in
    course.retrained(ticket, underMasks: .layerCounts)
  }
}

extension Shipped<Control> {
  static let randomMask = Shipped(
    .randomMask, "the same weights, as many survivors in every layer at random places",
    paper: "Frankle and Carbin 2019")
}
