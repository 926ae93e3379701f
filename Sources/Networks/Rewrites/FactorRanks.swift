import CoppiceAutodiff
import CoppiceTensors

/// The ranks at which a network is factorised. They depend on shapes alone, so that a plan knows them.
package enum FactorRanks {
  /// In how many parts the share of a weight's full rank is told.
  private static let parts = 4096

  /// One rank for every weight that takes less as a product of that rank; none where no weight does.
  package static func ranks(of network: Network, rank: Int) throws -> [(weight: String, rank: Int)] {
    try network.factorisable().filter { $0.isSmaller(at: rank) }.map { ($0.name, rank) }
  }

  /// Ranks at which the network takes at most a share of its floating-point operations, as near to it as whole ranks come. Every weight
  /// `[out, in]` has the same share of out · in / (out + in), the rank at which a product takes as much as the weight. One for which
  /// that saves nothing stays whole.
  ///
  /// - Returns: the ranks, and the share that they come to; the smallest share there is where none is small enough.
  package static func ranks(
    of network: Network, flops share: Double
  ) throws -> (ranks: [(weight: String, rank: Int)], share: Double) {
    let graph = try network.evaluationGraph(batch: 1)
    let (total, single) = (Double(graph.flops), graph.flopsByParameter)
    let weights = try network.factorisable()
    func ranks(_ part: Int) -> [(weight: String, rank: Int)] {
      weights.compactMap { weight in
        let rank = max(1, weight.outputs * weight.inputs * part / ((weight.outputs + weight.inputs) * parts))
        return weight.isSmaller(at: rank) ? (weight.name, rank) : nil
      }
    }
    func left(_ part: Int) -> Double {
      let ranks = ranks(part)
      let saved = weights.reduce(0.0) { sum, weight in
        guard let rank = ranks.first(where: { $0.weight == weight.name })?.rank else { return sum }
        let whole = weight.outputs * weight.inputs
        return sum + Double(single[weight.name] ?? 0)
          * (1 - Double(rank * (weight.outputs + weight.inputs)) / Double(whole))
      }
      return (total - saved) / max(1, total)
    }
    var (low, high) = (0, parts)
    while high - low > 1 {
      let middle = (low + high) / 2
      if left(middle) <= share { low = middle } else { high = middle }
    }
    return (ranks(low), left(low))
  }
}

/// A weight that can be a product of two: that of a linear layer, or of a convolution of one group.
package struct FactorisableWeight: Hashable, Sendable {
  package let name: String
  /// Rows.
  package let outputs: Int
  /// The elements of a row.
  package let inputs: Int

  /// Whether a product of that rank has fewer elements.
  func isSmaller(at rank: Int) -> Bool {
    let (product, isOver) = rank.multipliedReportingOverflow(by: outputs + inputs)
    return rank > 0 && !isOver && product < outputs * inputs
  }
}

extension Network {
  /// The prunable weights that nothing reads but linear layers and convolutions of one group.
  package func factorisable() throws -> [FactorisableWeight] {
    let graph = try forward(batch: 1, isTraining: false)
    var others: Set<String> = []
    var read: Set<String> = []
    for node in graph.nodes {
      for (place, input) in node.inputs.enumerated() {
        guard case .parameter(let name)? = graph.nodes[input.node].leaf else { continue }
        let product = node.primitive as? any WeightProduct
        if place == 1, product?.isWhole == true { read.insert(name) } else { others.insert(name) }
      }
    }
    return declarations.filter { $0.isPrunable && read.contains($0.name) && !others.contains($0.name) }.map {
      FactorisableWeight(name: $0.name, outputs: $0.shape[0], inputs: $0.shape.rowLength)
    }
  }
}
