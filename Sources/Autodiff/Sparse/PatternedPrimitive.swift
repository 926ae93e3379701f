/// A primitive that has the pattern of a pruned weight in it. Where as many weights survive elsewhere, all its shapes stay.
package protocol PatternedPrimitive: Primitive {
  /// Which elements of the weight survive.
  var pattern: SparsePattern { get }

  /// The same with another pattern.
  func with(_ pattern: SparsePattern) -> Self
}

extension Plan {
  /// The same plan with other survivors of some weights, as many of each as before: the memory stays laid out as it is, and only the
  /// kernels that walk over these survivors are made anew. It is the plan that the graph with those patterns has.
  package func exchanging(_ patterns: [String: SparsePattern]) -> Plan {
    var graph = graph
    var steps = steps
    for (index, step) in steps.enumerated() {
      guard let primitive = graph.nodes[step.node].primitive as? any PatternedPrimitive,
        let pattern = primitive.pattern.weight.flatMap({ patterns[$0] })
      else { continue }
      precondition(
        pattern.shape == primitive.pattern.shape && pattern.count == primitive.pattern.count,
        "\(pattern) cannot take the place of \(primitive.pattern)")
      let new: any Primitive = primitive.with(pattern)
      graph.nodes[step.node].operation = .primitive(new)
      steps[index] = Step(
        node: step.node, kernel: new.kernel(for: graph.signature(of: step.node)), operands: step.operands,
        inputCount: step.inputCount, work: step.work)
    }
    return Plan(self, graph, steps)
  }
}
