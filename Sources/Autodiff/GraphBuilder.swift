import CoppiceTensors

/// Collects the nodes of a graph while a model traces. Not Sendable: one trace, one thread.
package final class GraphBuilder {
  package private(set) var graph = Graph()
  /// The first failure; every later operation is skipped.
  package private(set) var failure: TraceError?
  private var path = ""
  private var leaves: [Graph.Leaf: Value] = [:]

  package init() {}

  // MARK: Leaves

  /// An array written before each run.
  package func input(_ name: String, _ shape: Shape, _ element: ElementType = .float32) -> Value {
    leaf(.input(name), ValueType(shape, element))
  }

  /// A trained array.
  package func parameter(_ name: String, _ shape: Shape) -> Value {
    leaf(.parameter(name), ValueType(shape))
  }

  /// An array kept from run to run that is not trained.
  package func state(_ name: String, _ shape: Shape, initial: Float = 0) -> Value {
    leaf(.state(name, initial: initial), ValueType(shape))
  }

  /// The number `value` in every element of `shape`.
  package func constant(_ value: Float, _ shape: Shape = .scalar) -> Value {
    append(.leaf(.constant(value)), [], [ValueType(shape)])[0]
  }

  private func leaf(_ leaf: Graph.Leaf, _ type: ValueType) -> Value {
    if let known = leaves[leaf] {
      if known.type != type {
        fail(leaf.name ?? "constant", "declared as \(known.type) and again as \(type)")
      }
      return known
    }
    let value = append(.leaf(leaf), [], [type])[0]
    leaves[leaf] = value
    return value
  }

  // MARK: Results

  /// Marks a value to be read after a run.
  package func output(_ name: String, _ value: Value) {
    graph.outputs.append((name, value.id))
  }

  /// Lets a parameter or state take a new value at the end of a run.
  package func update(_ leaf: Value, with value: Value) {
    if leaf.type != value.type {
      fail("update", "a value of \(value.type) cannot replace one of \(leaf.type)")
    }
    graph.updates.append((leaf.id, value.id))
  }

  // MARK: Operations

  /// Applies a primitive with one output.
  package func apply(_ primitive: some Primitive, _ inputs: Value...) -> Value {
    applyAll(primitive, inputs)[0]
  }

  /// Applies a primitive and gives all its outputs.
  package func applyAll(_ primitive: some Primitive, _ inputs: [Value]) -> [Value] {
    do throws(ShapeError) {
      if failure != nil { return poison }
      return append(.primitive(primitive), inputs.map(\.id), try primitive.outputs(for: inputs.map(\.type)))
    } catch {
      fail(primitive.name, error.description)
      return poison
    }
  }

  /// What failed operations give back, never run: enough outputs for any primitive, of enough axes for any model. A model may
  /// read an extent of it, or divide by one, and goes on; what it makes then is dropped.
  private var poison: [Value] {
    let type = ValueType(Shape([Int](repeating: 1, count: 16)))
    return [Value](repeating: Value(builder: self, id: ValueID(node: -1), type: type), count: 8)
  }

  /// Notes a failure in the current scope; only the first one counts.
  package func fail(_ primitive: String, _ problem: String) {
    if failure == nil { failure = TraceError(scope: path, primitive: primitive, problem: problem) }
  }

  /// Runs `body` with nodes attributed to `path`.
  package func within<Result>(_ path: String, _ body: () throws -> Result) rethrows -> Result {
    let outer = self.path
    self.path = path
    defer { self.path = outer }
    return try body()
  }

  private func append(
    _ operation: Graph.Operation, _ inputs: [ValueID], _ outputs: [ValueType]
  ) -> [Value] {
    graph.nodes.append(Graph.Node(operation: operation, inputs: inputs, outputs: outputs, scope: path))
    let node = graph.nodes.count - 1
    return outputs.enumerated().map { output, type in
      Value(builder: self, id: ValueID(node: node, output: output), type: type)
    }
  }

  /// The value an identifier names.
  func value(_ id: ValueID) -> Value { Value(builder: self, id: id, type: graph.type(of: id)) }
}
