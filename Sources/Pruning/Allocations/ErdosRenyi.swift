import CoppiceTensors
import CoppiceTerms

extension Allocation {
  /// Erdős–Rényi: layer l has density ε · (in + out) / (in · out), the same whatever the size of a kernel, so that
  /// every neuron keeps about as many connections in a wide layer as in a narrow one.
  ///
  /// ε is set so that the whole has the sparsity asked for. A layer whose density would exceed 1 is kept whole and ε is
  /// solved for again among the others. Each layer is rounded by itself, half away from zero, so the whole is off by
  /// less than half a weight a layer. Where a floor holds a layer, ε is solved for again among the others, and the whole is what it is
  /// without a floor. D. Mocanu et al., "Scalable training of artificial neural networks with adaptive
  /// sparse connectivity", Nature Communications 2018; the solution for ε is that of U. Evci et al., "Rigging the lottery",
  /// ICML 2020.
  public static let erdosRenyi = erdosRenyi(ignoring: [])

  /// Erdős–Rényi over all layers but these, named by parameter (`fc3.weight`) or scope (`fc3`).
  /// - Parameter floor: what every layer keeps at least.
  public static func erdosRenyi(ignoring: [String], floor: Floor = .none) -> Allocation {
    erdosRenyi("erdos-renyi", ignoring, floor) { axes in Array(axes.prefix(2)) }
  }

  /// Erdős–Rényi-kernel: as `erdosRenyi`, with the kernel in the formula: layer l of shape [d₁, d₂, …] has density
  /// ε · Σ dᵢ / Π dᵢ. U. Evci et al., "Rigging the lottery", ICML 2020.
  public static let erdosRenyiKernel = erdosRenyiKernel(ignoring: [])

  /// Erdős–Rényi-kernel over all layers but these, named by parameter (`fc3.weight`) or scope (`fc3`).
  /// - Parameter floor: what every layer keeps at least.
  public static func erdosRenyiKernel(ignoring: [String], floor: Floor = .none) -> Allocation {
    erdosRenyi("erdos-renyi-kernel", ignoring, floor) { axes in axes }
  }

  private static func erdosRenyi(
    _ name: String, _ ignoring: [String], _ floor: Floor, extents: @escaping @Sendable ([Int]) -> [Int]
  ) -> Allocation {
    Allocation(holding: name, version: 1, fields: floor.fields, ignoring: ignoring) { layers, target in
      let total = layers.reduce(0) { $0 + $1.count }
      let kept = target.survivors(of: layers.reduce(0) { $0 + $1.survivors }, count: total)
      let relative = layers.map { layer in
        let extents = extents(layer.shape.rank == 0 ? [1] : layer.shape.axes)
        return extents.reduce(0) { $0 + Double($1) } / extents.reduce(1) { $0 * Double($1) }
      }
      let free = densities(of: layers.map(\.count), relative: relative, kept: kept)
      let counts = zip(layers, free).map { layer, density in
        PruningTarget.sparsity(1 - density).survivors(of: layer.survivors, count: layer.count)
      }
      let raised = try floor.raising(counts, of: layers, allocation: name) { open, total in
        let counts = open.map { layers[$0].count }
        let solved = densities(of: counts, relative: open.map { relative[$0] }, kept: total)
        let kept = zip(open, solved).map { min(Double(layers[$0].survivors), $1 * Double(layers[$0].count)) }
        return Shares.rounded(kept, total: total, limits: open.map { layers[$0].survivors })
      }
      return (.layers(raised.counts), raised.held)
    }
  }
}

extension Shipped<Allocation> {
  static let erdosRenyi = Shipped(
    .erdosRenyi, "density by (in + out) / (in · out)", paper: "Mocanu et al. 2018"
  ) { fields in
    .erdosRenyi(ignoring: try fields.texts("ignoring", default: []), floor: try fields.floor())
  }

  static let erdosRenyiKernel = Shipped(
    .erdosRenyiKernel, "density by the sum over the product of all extents", paper: "Evci et al. 2020"
  ) { fields in
    .erdosRenyiKernel(ignoring: try fields.texts("ignoring", default: []), floor: try fields.floor())
  }
}

/// Densities min(1, ε · relative) that keep `kept` weights of all: while a layer would exceed 1, the densest one is kept
/// whole and ε is solved for again.
private func densities(of counts: [Int], relative: [Double], kept: Int) -> [Double] {
  var open = Array(counts.indices).filter { counts[$0] > 0 }
  var left = kept
  while let densest = open.max(by: { relative[$0] < relative[$1] }) {
    let epsilon = Double(left) / open.reduce(0) { $0 + relative[$1] * Double(counts[$1]) }
    guard epsilon * relative[densest] > 1 else {
      return counts.indices.map { open.contains($0) ? epsilon * relative[$0] : 1 }
    }
    open.removeAll { $0 == densest }
    left -= counts[densest]
  }
  return counts.map { _ in 1 }
}
