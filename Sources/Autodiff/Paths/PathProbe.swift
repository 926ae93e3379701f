import CoppiceTensors

/// What is left of the paths of a network under masks, asked of its forward graph. Compiled once, asked for any masks.
package struct PathProbe: Sendable {
  private let plan: Plan
  private let weights: [(name: String, shape: Shape)]

  /// A probe of the paths to an output.
  ///
  /// - Parameter weights: the parameters whose elements are to be told of; `nil` for all of more than one axis.
  /// - Throws: `TraceError` where there is no such output.
  package init(_ forward: Graph, to output: String = "logits", through weights: [String]? = nil) throws {
    let names = weights ?? forward.parameters.filter { $0.shape.rank > 1 }.map(\.name)
    plan = Plan(try forward.paths(to: output, through: names))
    self.weights = forward.parameters.filter { names.contains($0.name) }
  }

  /// The paths that masks leave. What has no mask is there as a whole.
  package func paths(under masks: MaskSet?) -> Paths {
    let executor = Executor(plan)
    for (name, shape) in plan.graph.parameters {
      let floats = masks?[name].map { $0.bytes.map(Float.init) }
      executor.write(name, floats ?? [Float](repeating: 1, count: shape.count))
    }
    executor.run()
    return Paths(
      isConnected: executor.scalarOutput("paths") > 0.5,
      weights: MaskSet(
        weights.map { name, shape in
          (name, Mask(shape, executor.output("path/\(name)").scalars.map { $0 > 0.5 ? 1 : 0 }))
        }))
  }
}

/// The paths from the inputs of a network to its output.
package struct Paths: Hashable, Sendable {
  /// Whether there is one.
  package let isConnected: Bool
  /// Of each weight, which elements are part of one.
  package let weights: MaskSet
}
