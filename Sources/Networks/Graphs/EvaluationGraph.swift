import CoppiceAutodiff

extension Network {
  /// Loss and prediction of every label of a batch. Leaves: `inputs`, `labels`, parameters and buffers. Outputs: `loss` and, Int32,
  /// `prediction`, one a label; a label of −1 gives the loss 0. A loss that needs a teacher is replaced by the cross-entropy.
  ///
  /// - Parameter givesLogits: whether there is an output `logits` too, a row for each label.
  package func evaluationGraph(
    batch: Int, loss: Loss = .crossEntropy, givesLogits: Bool = false
  ) throws -> Graph {
    let forward = try forward(batch: batch, isTraining: false)
    return try Graph.trace { builder in
      let logits = builder.replay(forward).logits(builder)
      builder.output("loss", loss.evaluated(logits, builder.labels(interface, batch: batch)))
      builder.output("prediction", builder.apply(ArgMax(), logits))
      if givesLogits { builder.output("logits", logits) }
    }.simplified
  }
}
