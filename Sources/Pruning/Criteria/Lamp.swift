import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// w² / Σ v², the sum being over the survivors v of the layer with |v| ≥ |w|: layer-adaptive magnitude. In one pool of all
  /// layers each layer gets a sparsity of its own. The largest weight of every layer has the score 1, so that no layer is
  /// emptied while another has a weight to give.
  ///
  /// J. Lee, S. Park, S. Mo, S. Ahn, J. Shin, "Layer-adaptive sparsity for the magnitude-based pruning", ICLR 2021. The paper
  /// puts equal weights in some order and leaves those before out of the sum. Here equal weights have equal scores, and several
  /// that are the largest of a layer share the 1. Within a layer the order is that of `magnitude`; the allocation that goes
  /// with it is
  /// `global`.
  public static let lamp = Criterion("lamp", version: 1) { context in
    try context.scoreEach { name, weight in
      let mask = context.masks[name]
      let magnitudes = weight.scalars.map { $0.magnitude }
      let order = magnitudes.indices.filter { mask?.bytes[$0] != 0 }.sorted {
        magnitudes[$0] == magnitudes[$1] ? $0 < $1 : magnitudes[$0] > magnitudes[$1]
      }
      var scores = [Float](repeating: 0, count: magnitudes.count)
      var (sum, first) = (0.0, 0)
      while first < order.count {
        let square = Double(magnitudes[order[first]]) * Double(magnitudes[order[first]])
        var last = first
        while last < order.count, magnitudes[order[last]] == magnitudes[order[first]] {
          sum += square
          last += 1
        }
        for place in first..<last { scores[order[place]] = sum > 0 ? Float(square / sum) : 0 }
        first = last
      }
      return Tensor(weight.shape, scores)
    }
  }
}

extension Shipped<Criterion> {
  static let lamp = Shipped(
    .lamp, "weight² as a share of the layer's weights that are no smaller", paper: "Lee et al. 2021")
}
