import CoppiceTensors
import CoppiceTerms

extension Dynamics {
  /// RigL with a constant fan-in: as many weights into every neuron or filter of a layer, one more into the first ones where that does not
  /// divide. An update drops the smallest weights of the layer and grows in every row as many as it lacks, at the largest |∂L/∂w|.
  ///
  /// A neuron with few salient weights may be ablated: its weights go to the other neurons of the layer, and it does not come back.
  /// Salient are the survivors that the update would keep, and as many others of the largest |∂L/∂w| as it grows.
  ///
  /// The first masks have the count that the trial's criterion and allocation leave in each layer, `random` and `erdos-renyi-kernel` in the
  /// paper. Rows with too many lose their smallest weights, and others draw what they lack.
  ///
  /// M. Lasby et al., "Dynamic sparse training with structured sparsity", 2023.
  ///
  /// - Parameters:
  ///   - drop: the fraction of a layer's survivors that an update replaces.
  ///   - interval: ΔT, steps between updates.
  ///   - end: there is no update at this step or later.
  ///   - ablation: γ: a neuron goes that has fewer salient weights than γ times the fan-in; 0 keeps all.
  public static func srigl(
    drop: DropFraction = .cosine(0.3), every interval: Budget = .iterations(100),
    to end: Budget = .share(0.75),
    ablation: Double = 0
  ) -> Dynamics {
    .rewiring(
      "srigl", version: 1, drop: drop, every: interval, to: end, fields: [("ablation", .number(ablation))],
      requires: { try $0.requireSingleWeights(for: "srigl", byRow: true) },
      first: { context in
        var masks = try context.prune(to: .sparsity(context.ratio ?? 0))
        for (name, mask) in masks.counted {
          masks[name] = try context.evened(mask, to: FanIn(mask.keptCount, of: mask), of: name)
        }
        return masks
      }
    ) { context, fraction in
      let gradients = try context.gradientMagnitudes(for: "srigl")
      var masks = context.masks.active
      for (name, mask) in masks.counted {
        let (total, count) = (mask.keptCount, Int(fraction * Double(mask.keptCount)))
        guard count > 0 else { continue }
        let kept = try context.dropping(count, from: mask, of: name, for: "srigl")
        let scores = gradients[name] ?? []
        let salient = context.growing(count, to: kept, of: name, by: scores)
        let isOut = mask.ablated(ablation, salient: salient)
        masks[name] = context.filled(kept, to: FanIn(total, isOut: isOut), of: name, by: scores)
      }
      return masks
    }
  }
}

extension Mask {
  /// Which rows are out: those without weights, and those with fewer salient weights than a fraction of the mean fan-in of the others,
  /// unless the rest has no room for all weights.
  fileprivate func ablated(_ fraction: Double, salient: Mask) -> [Bool] {
    let (total, rows) = (keptCount, rows)
    let isEmpty = rows.map { !bytes[$0].contains(1) }
    let least = fraction * Double(total) / Double(max(1, isEmpty.count { !$0 }))
    let isOut = zip(rows, isEmpty).map { row, isEmpty in
      isEmpty || Double(salient.bytes[row].count { $0 != 0 }) < least
    }
    let room = zip(rows, isOut).reduce(0) { $1.1 ? $0 : $0 + $1.0.count }
    return room < total || room == 0 ? isEmpty : isOut
  }
}

extension Shipped<Dynamics> {
  static let srigl = Shipped(
    .srigl(), "rigl with as many weights into every neuron, and neurons that may be ablated",
    paper: "Lasby et al. 2023"
  ) { fields in
    .srigl(
      drop: try fields.drop(default: .cosine(0.3)),
      every: try fields.budget("every", default: .iterations(100)),
      to: try fields.budget("to", default: .share(0.75)), ablation: try fields.share("ablation", default: 0))
  }
}
