/// What masks leave of the paths from a network's input to its output.
package struct PathRecord: Hashable, Sendable {
  /// Whether there is one.
  package var isConnected: Bool
  /// Prunable weights.
  package var weights: Int
  /// Prunable weights that survive and are part of a path.
  package var effective: Int
  /// Prunable layers in which nothing survives.
  package var emptiedLayers: Int
  /// Units, rows of prunable weights, without a weight that is part of a path.
  package var deadUnits: Int
  /// Floating-point operations of one example's forward pass through a network without the units that are part of no path.
  package var flopsCompacted: Int

  /// A record of these numbers.
  package init(
    isConnected: Bool, weights: Int, effective: Int, emptiedLayers: Int, deadUnits: Int,
    flopsCompacted: Int
  ) {
    (self.isConnected, self.weights, self.effective) = (isConnected, weights, effective)
    (self.emptiedLayers, self.deadUnits, self.flopsCompacted) = (emptiedLayers, deadUnits, flopsCompacted)
  }

  /// The fraction of the prunable weights that is part of no path, 0…1; 0 where nothing is prunable.
  package var effectiveSparsity: Double {
    weights == 0 ? 0 : Double(weights - effective) / Double(weights)
  }

  /// The record as numbers of a stage.
  package var numbers: (name: String, values: [Double]) {
    (
      "paths",
      [
        isConnected ? 1 : 0, Double(weights), Double(effective), Double(emptiedLayers), Double(deadUnits),
        Double(flopsCompacted),
      ]
    )
  }

  /// The record in a stage's outputs; `nil` where they have none.
  package init?(_ stage: StageRecord) {
    let values = (stage[numbers: "paths"] ?? []).compactMap { Int(exactly: $0) }
    guard values.count == 6 else { return nil }
    self.init(
      isConnected: values[0] != 0, weights: values[1], effective: values[2], emptiedLayers: values[3],
      deadUnits: values[4], flopsCompacted: values[5])
  }
}
