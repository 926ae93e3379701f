import CoppiceTensors
import CoppiceTerms

extension Allocation {
  /// Every layer is pruned until, alone, it would raise the loss as much as any other.
  public static let sensitivity = sensitivity()

  /// Measured sensitivity: every layer is pruned to the sparsity at which the network reaches one and the same loss when that layer
  /// alone is pruned so far. The loss is the one that gives the whole its sparsity.
  ///
  /// The loss is measured at `LayerSensitivity.levels` with weights that go by magnitude, on the batches evidence is measured on.
  /// Between two levels it is taken as a straight line, and where it falls, as the highest so far. Numbers are rounded so that the
  /// whole is exact. S. Han, J. Pool, J. Tran, W. Dally, "Learning both weights and connections for efficient neural networks",
  /// NIPS 2015, choose the threshold of every layer by hand from the same curves.
  /// - Parameters:
  ///   - ignoring: layers that are left alone, by parameter or scope.
  ///   - floor: what every layer keeps at least.
  public static func sensitivity(ignoring: [String] = [], floor: Floor = .none) -> Allocation {
    Allocation(
      holding: "sensitivity", version: 1, fields: floor.fields, ignoring: ignoring, needs: [.sensitivity],
      plan: { layers, total in try floor.pool(total, of: layers, allocation: "sensitivity") }
    ) { layers, survivors, context in
      let sensitivity = try context.sensitivity()
      let curves = try layers.map { layer in
        guard let losses = sensitivity.losses(of: layer.name) else {
          throw PruningError.missingParameter(layer.name, in: "layers whose sensitivity was measured")
        }
        return LossCurve(levels: sensitivity.levels, losses: losses)
      }
      let floors = try floor.floors(of: layers, allocation: "sensitivity")
      try Floor.check(floors, total: survivors, layers: layers, allocation: "sensitivity")
      return Floor.holding(floors, total: survivors) { open, total in
        equalLoss(open.map { layers[$0] }, open.map { curves[$0] }, total)
      }
    }
  }
}

extension Shipped<Allocation> {
  static let sensitivity = Shipped(
    .sensitivity, "layers are pruned until each alone costs the same loss", paper: "Han et al. 2015"
  ) { fields in
    let floor = try fields.floor()
    return .sensitivity(ignoring: try fields.texts("ignoring", default: []), floor: floor)
  }
}

/// The loss against the sparsity of one layer, made to rise.
package struct LossCurve {
  let levels: [Double]
  let losses: [Double]

  package init(levels: [Double], losses: [Double]) {
    self.levels = levels
    var highest = -Double.infinity
    // A network that diverges where a layer is cut costs more than any that does not.
    self.losses = losses.map { loss in
      highest = max(highest, loss.isNaN ? .greatestFiniteMagnitude : min(loss, .greatestFiniteMagnitude))
      return highest
    }
  }

  /// The loss at a sparsity, on straight lines between the levels.
  package func loss(at sparsity: Double) -> Double {
    guard let next = levels.firstIndex(where: { $0 >= sparsity }) else { return losses.last ?? 0 }
    guard next > 0, levels[next] > levels[next - 1] else { return losses[next] }
    let share = (sparsity - levels[next - 1]) / (levels[next] - levels[next - 1])
    return losses[next - 1] * (1 - share) + losses[next] * share
  }

  /// The highest sparsity at which the loss is no more than this, and the one up to which it is less: not the same where the curve is
  /// flat.
  func sparsity(_ loss: Double, isBelow: Bool) -> Double {
    func isPassed(_ value: Double) -> Bool { isBelow ? value >= loss : value > loss }
    guard let next = losses.firstIndex(where: isPassed) else { return levels.last ?? 0 }
    guard next > 0 else { return levels[0] }
    let (low, high) = (losses[next - 1], losses[next])
    let share = high > low ? min(1, max(0, (loss - low) / (high - low))) : 0
    return levels[next - 1] + share * (levels[next] - levels[next - 1])
  }
}

/// How many weights of each layer survive at the one loss that leaves `total`.
private func equalLoss(_ layers: [PrunableLayer], _ curves: [LossCurve], _ total: Int) -> [Int] {
  func kept(_ loss: Double, isBelow: Bool) -> [Double] {
    zip(layers, curves).map { layer, curve in
      min(Double(layer.survivors), (1 - curve.sparsity(loss, isBelow: isBelow)) * Double(layer.count))
    }
  }
  let losses = curves.flatMap(\.losses)
  guard let least = losses.min(), let highest = losses.max() else { return [] }
  // At the highest loss everything may go, at one below the lowest nothing.
  let loss = Shares.solve(-Double(total), from: least - (1 + least.magnitude), to: highest) {
    -kept($0, isBelow: false).reduce(0, +)
  }
  // Where curves are flat at that loss, layers stop between the two ends of it.
  let (more, fewer) = (kept(loss, isBelow: true), kept(loss, isBelow: false))
  let (most, fewest) = (more.reduce(0, +), fewer.reduce(0, +))
  let share = most > fewest ? min(1, max(0, (Double(total) - fewest) / (most - fewest))) : 0
  let counts = zip(more, fewer).map { $1 + share * ($0 - $1) }
  return Shares.rounded(counts, total: total, limits: layers.map(\.survivors))
}
