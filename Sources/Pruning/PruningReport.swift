import CoppiceTensors

/// An account of one round: what was asked for, what was achieved, layer by layer.
package struct PruningReport: Hashable, Sendable {
  /// One layer's part.
  package struct Layer: Hashable, Sendable {
    /// The name of the parameter.
    package let name: String
    /// How many weights it has.
    package let count: Int
    /// How many survived before the round.
    package let before: Int
    /// How many were to survive; `nil` where all layers shared one pool.
    package let requested: Int?
    /// How many survive.
    package let kept: Int

    /// The fraction removed, 0…1.
    package var sparsity: Double { count == 0 ? 0 : Double(count - kept) / Double(count) }
  }

  /// What the schedule asked for.
  package let target: PruningTarget
  /// The layers that were pruned, in order.
  package let layers: [Layer]
  /// How many weights were to survive, by the allocation.
  package let requestedCount: Int
  /// How many of the removed weights are ties: weights in the same comparison have the same score and stay, so that the seed decided
  /// which go. Of whole units their weights count. `nil` where a solver chose by itself.
  package let ties: Int?
  /// The layers that keep more than they would without the allocation's floor, in order.
  package let held: [String]
  /// The orders of input channels in which layers were grouped, where a pattern permutes them.
  package let orders: [ChannelOrder]

  init(
    target: PruningTarget, quota: Quota, before: MaskSet, after: MaskSet, ties: Int?,
    held: [String] = [], orders: [ChannelOrder] = []
  ) {
    self.target = target
    self.ties = ties
    self.held = held
    self.orders = orders
    requestedCount = quota.total
    layers = before.enumerated().map { index, entry in
      Layer(
        name: entry.name, count: entry.mask.count, before: entry.mask.keptCount,
        requested: quota.layers?[index],
        kept: after[entry.name]?.keptCount ?? 0)
    }
  }

  /// How many prunable weights there are.
  package var count: Int { layers.reduce(0) { $0 + $1.count } }

  /// How many survive.
  package var keptCount: Int { layers.reduce(0) { $0 + $1.kept } }

  /// The sparsity asked for, as the allocation's whole numbers make it, 0…1.
  package var requestedSparsity: Double { count == 0 ? 0 : Double(count - requestedCount) / Double(count) }

  /// The sparsity achieved, 0…1: the same where units are single weights, else as near as whole units come.
  package var sparsity: Double { count == 0 ? 0 : Double(count - keptCount) / Double(count) }

  /// The layers in which nothing survives. Whether a path leads past them, the graph knows.
  package var emptiedLayers: [String] { layers.filter { $0.kept == 0 && $0.count > 0 }.map(\.name) }
}
