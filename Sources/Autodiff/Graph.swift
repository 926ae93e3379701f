import CoppiceTensors

/// A computation as an immutable value: nodes in an order in which they can run, what comes out, what is updated.
/// Gradients, cost, memory and sparsity are questions asked of it.
package struct Graph: Sendable {
  /// Where an array comes from when no primitive makes it.
  package enum Leaf: Hashable, Sendable {
    /// Written before a run: a batch, a learning rate.
    case input(String)
    /// Kept from run to run and trained.
    case parameter(String)
    /// Kept from run to run, not trained: running statistics, optimizer moments.
    case state(String, initial: Float)
    /// The same number everywhere, always.
    case constant(Float)

    /// The name under which an executor reads and writes it; constants have none.
    package var name: String? {
      switch self {
      case .input(let name), .parameter(let name), .state(let name, _): name
      case .constant: nil
      }
    }
  }

  package enum Operation: Sendable {
    case leaf(Leaf)
    case primitive(any Primitive)
  }

  package struct Node: Sendable {
    package var operation: Operation
    package var inputs: [ValueID]
    package var outputs: [ValueType]
    /// The part of the model that made it: `encoder.2.attention`.
    package var scope: String

    package var primitive: (any Primitive)? {
      if case .primitive(let primitive) = operation { primitive } else { nil }
    }
    package var leaf: Leaf? {
      if case .leaf(let leaf) = operation { leaf } else { nil }
    }
  }

  /// In an order in which they can run: inputs of a node come before it.
  package internal(set) var nodes: [Node] = []
  /// What a run leaves behind to be read, by name.
  package internal(set) var outputs: [(name: String, value: ValueID)] = []
  /// Parameters and states that take a new value at the end of a run.
  package internal(set) var updates: [(leaf: ValueID, value: ValueID)] = []

  /// Traces a graph and verifies it. The body marks outputs and updates on the builder; shape errors are kept and thrown
  /// here once.
  package static func trace(_ body: (GraphBuilder) throws -> Void) throws -> Graph {
    let builder = GraphBuilder()
    do { try builder.tracing(body) } catch {
      // What the body threw may come from going on after a failure.
      throw builder.failure ?? error
    }
    if let failure = builder.failure { throw failure }
    try builder.graph.verify()
    return builder.graph
  }

  /// The same graph, which leaves parameters and states as they are.
  package var withoutUpdates: Graph {
    var graph = self
    graph.updates = []
    return graph
  }

  package func type(of value: ValueID) -> ValueType { nodes[value.node].outputs[value.output] }

  package func signature(of node: Int) -> Signature {
    Signature(inputs: nodes[node].inputs.map(type(of:)), outputs: nodes[node].outputs)
  }

  /// The trained parameters in the order they were declared.
  package var parameters: [(name: String, shape: Shape)] {
    nodes.compactMap { node in
      if case .leaf(.parameter(let name)) = node.operation { (name, node.outputs[0].shape) } else { nil }
    }
  }
}
