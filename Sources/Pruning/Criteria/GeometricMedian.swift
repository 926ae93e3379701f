import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// Σⱼ ‖Fᵢ − Fⱼ‖₂, how far filter i is from all others of its layer: one score a filter. What is near the geometric median of
  /// the layer is the easiest to replace by the others, and goes first, however large it is.
  ///
  /// Y. He, P. Liu, Z. Wang, Z. Hu, Y. Yang, "Filter pruning via geometric median for deep convolutional neural networks
  /// acceleration" (FPGM), CVPR 2019. The paper gives every layer one rate, and goes on training pruned filters, which may come
  /// back. Here they stay pruned, and filters without survivors are no neighbours. Distances grow with the size of a filter, so
  /// the allocation that goes with it is `layerWise`.
  public static let geometricMedian = Criterion(
    "geometric-median", version: 1, scoresUnits: true, requires: { try $0.requireRows("geometric-median") }
  ) { context in
    try context.scoreRows { name, weight, rows in
      let mask = context.masks[name]
      let survivors = rows.indices.filter { row in mask?.bytes[rows[row]].contains { $0 != 0 } ?? true }
      var scores = [Double](repeating: 0, count: rows.count)
      weight.scalars.withUnsafeBufferPointer { scalars in
        for (place, row) in survivors.enumerated() {
          for other in survivors[..<place] {
            var squares = 0.0
            for (a, b) in zip(rows[row], rows[other]) {
              let difference = Double(scalars[a]) - Double(scalars[b])
              squares += difference * difference
            }
            let distance = squares.squareRoot()
            scores[row] += distance
            scores[other] += distance
          }
        }
      }
      return scores
    }
  }
}

extension Shipped<Criterion> {
  static let geometricMedian = Shipped(
    .geometricMedian, "the sum of a filter's distances to the others of its layer", paper: "He et al. 2019",
    aliases: ["fpgm"])
}
