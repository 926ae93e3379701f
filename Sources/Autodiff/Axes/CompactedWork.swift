import CoppiceTensors

/// The operations of a forward graph and what is left of each where units are cut out (`Graph.compacted`), without making the smaller
/// graph. Asked for any places.
package struct CompactedWork: Sendable {
  private let axes: GraphAxes

  /// The operations of a forward graph.
  package init(_ forward: Graph) { axes = GraphAxes(forward) }

  /// One operation, by its node.
  package struct Operation: Hashable, Sendable {
    package let node: Int
    /// What it is: `convolution`.
    package let primitive: String
    /// The part of the model that it is in; empty at the top.
    package let scope: String
  }

  /// The operations that compute something, in order.
  package var operations: [Operation] {
    axes.graph.nodes.enumerated().compactMap { index, node in
      guard let primitive = node.primitive, !primitive.isView else { return nil }
      return Operation(node: index, primitive: primitive.name, scope: node.scope)
    }
  }

  /// Floating-point operations of one run where these places are kept.
  /// - Throws: `TraceError` where something cannot be removed.
  package func flops(keeping kept: KeptAxes) throws -> Int {
    let isRemoved = try axes.removed(kept)
    return axes.graph.nodes.indices.reduce(0) { total, index in
      guard let (primitive, signature) = resized(index, isRemoved) else { return total }
      return total.plus(primitive.flops(for: signature))
    }
  }

  /// What is left of each operation, in the order of `operations`: its floating-point operations, or the elements that it writes where
  /// those are more.
  /// - Throws: `TraceError` where something cannot be removed.
  package func work(keeping kept: KeptAxes) throws -> [Int] {
    let isRemoved = try axes.removed(kept)
    return operations.map { operation in
      guard let (primitive, signature) = resized(operation.node, isRemoved) else { return 0 }
      return max(primitive.flops(for: signature), signature.outputs.reduce(0) { $0 + $1.shape.count })
    }
  }

  /// One operation as a graph of its own, whose inputs are those of the operation: what its time is measured by.
  /// - Throws: `TraceError` where something cannot be removed.
  package func graph(of operation: Operation, keeping kept: KeptAxes) throws -> Graph {
    guard let (primitive, signature) = resized(operation.node, try axes.removed(kept)) else {
      throw TraceError(primitive: operation.primitive, problem: "nothing is left of it")
    }
    return try Graph.trace { builder in
      let inputs = signature.inputs.enumerated().map { index, type in
        builder.input("input/\(index)", type.shape, type.element)
      }
      for (index, value) in Self.outputs(of: primitive, builder, inputs).prefix(signature.outputs.count)
        .enumerated()
      {
        builder.output("output/\(index)", value)
      }
    }
  }

  private static func outputs(
    of primitive: some Primitive, _ builder: GraphBuilder, _ inputs: [Value]
  ) -> [Value] { builder.applyAll(primitive, inputs) }

  /// A primitive for the places that are kept, and the types it is given and gives; `nil` for a leaf.
  private func resized(_ index: Int, _ isRemoved: [Bool]) -> (any Primitive, Signature)? {
    guard let primitive = axes.graph.nodes[index].primitive else { return nil }
    let signature = axes.graph.signature(of: index)
    guard let tied = primitive as? any AxisTied, let places = axes.places(of: index, isRemoved),
      let resized = axes.resized(tied, keeping: places, index)
    else { return (primitive, signature) }
    return (resized, signature.keeping(places))
  }
}
