import CoppiceTerms

extension Criterion {
  /// |w| · ‖X‖₂, the weight times the norm of all it is multiplied by on a batch: ‖X‖² = Σ x² over examples and positions.
  ///
  /// M. Sun, Z. Liu, A. Bair, J. Z. Kolter, "A simple and effective pruning approach for large language models" (Wanda), ICLR
  /// 2024. The paper compares weights of one output alone: that is `Allocation.rowWise`, which goes with it. It prunes linear
  /// layers one after the other, each on the inputs that come out of the pruned ones before it. Here all inputs are those of the
  /// network before the cut. For a convolution, X is what a weight meets while its window moves.
  public static let wanda = Criterion("wanda", version: 1, needs: .evidence(.inputSquares)) { context in
    try context.scoreEach(from: .inputSquares) { weight, squares in
      Float(Double(weight).magnitude * Double(squares).squareRoot())
    }
  }
}

extension Shipped<Criterion> {
  static let wanda = Shipped(.wanda, "|weight| · norm of its inputs", paper: "Sun et al. 2023")
}
