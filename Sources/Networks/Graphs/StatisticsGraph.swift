import CoppiceAutodiff

extension Network {
  /// Mean and unbiased variance of a batch in front of every batch normalisation, in training mode. Leaves: `inputs`, `labels`,
  /// parameters, buffers and, where the network drops, `dropout_key`. Outputs, under the names of the running statistics they would
  /// move: `layer1.0.bn1.running_mean`, `[channels]`. Nothing is updated.
  package func statisticsGraph(batch: Int) throws -> Graph {
    let forward = try forward(batch: batch, isTraining: true).withoutUpdates
    return try Graph.trace { builder in
      _ = builder.labels(interface, batch: batch)
      let replay = builder.replay(forward)
      for node in forward.nodes {
        guard let running = node.primitive as? CoppiceAutodiff.BatchNormalization.RunningStatistics,
          let mean = replay[node.inputs[0]], let variance = replay[node.inputs[1]],
          let meanName = forward.nodes[node.inputs[2].node].leaf?.name,
          let varianceName = forward.nodes[node.inputs[3].node].leaf?.name
        else { continue }
        builder.output(meanName, mean)
        let correction = running.count > 1 ? Float(running.count) / Float(running.count - 1) : 1
        builder.output(varianceName, variance.scaled(by: correction))
      }
    }.simplified
  }

  /// The running statistics that batch normalisations keep: those buffers that training data alone can make anew.
  package func runningStatistics() throws -> [String] {
    try statisticsGraph(batch: 1).outputs.map(\.name)
  }
}
