import CoppiceAutodiff
import CoppiceTensors

extension Model {
  /// The model's forward graph for a task, with the output `logits`, and what its trace has collected.
  ///
  /// - Throws: `TraceError` where the shapes of the model and the task do not go together.
  func forward(
    _ interface: Interface, _ initializer: Initializer, batch: Int, isTraining: Bool
  ) throws -> (graph: Graph, declarations: [ParameterDeclaration], buffers: [Network.Buffer]) {
    var declarations: [ParameterDeclaration] = []
    var buffers: [Network.Buffer] = []
    let graph = try Graph.trace { builder in
      let trace = ModelTrace(builder, isTraining: isTraining, weightInitializer: initializer)
      builder.output("logits", logits(interface, trace, batch: batch))
      (declarations, buffers) = (trace.declarations, trace.states)
    }
    return (graph, declarations, buffers)
  }

  private func logits(_ interface: Interface, _ trace: ModelTrace, batch: Int) -> Value {
    if batch < 1 { trace.builder.fail(name, "needs at least one example a batch, not \(batch)") }
    let shape = Shape([max(1, batch)] + interface.exampleShape.axes)
    let input = trace.builder.input("inputs", shape, interface.hasTokens ? .int32 : .float32)
    let logits = logits(input, interface, Scope(trace: trace, path: ""))
    let wanted = interface.logitsShape(batch: batch)
    if logits.shape != wanted {
      trace.builder.fail(name, "gives logits of shape \(logits.shape) where the task needs \(wanted)")
    }
    return logits
  }
}

extension Interface {
  /// One row a label: `[batch · labelsPerExample, classes]`.
  func logitsShape(batch: Int) -> Shape { [batch.times(labelsPerExample), classes] }
}
