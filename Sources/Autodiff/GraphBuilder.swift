import CoppiceTensors

/// Collects the nodes of a graph while a model traces. Not Sendable: one trace, one thread.
package final class GraphBuilder {
  package private(set) var graph = Graph()
  /// The first failure; every later operation is skipped.
  package private(set) var failure: TraceError?
  private var path = ""
  /// The leaves there are. A value holds its builder, so the builder holds none: neither would ever go.
  private var leaves: [Graph.Leaf: ValueID] = [:]
  /// What layers asked of shapes that have it not.
  private let faults = ShapeFaults()
  /// The part of a network that is being traced, where it is no layer.
  private var part = "shape"

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
    if let known = leaves[leaf].map({ self.value($0) }) {
      if known.type != type {
        fail(leaf.name ?? "constant", "declared as \(known.type) and again as \(type)")
      }
      return known
    }
    let value = append(.leaf(leaf), [], [type])[0]
    leaves[leaf] = value.id
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
      tellFaults()
      if failure != nil { return poison }
      guard inputs.allSatisfy({ $0.builder === self }) else {
        throw ShapeError("takes a value of another trace: a layer keeps none, it traces anew each time")
      }
      let outputs = try primitive.outputs(for: inputs.map(\.type))
      if let large = outputs.first(where: { $0.shape.count > Self.mostElements }) {
        throw ShapeError("gives \(large), more elements than fit in memory")
      }
      return append(.primitive(primitive), inputs.map(\.id), outputs)
    } catch {
      fail(primitive.name, error.description)
      return poison
    }
  }

  /// More elements than this no array has: 64 GB of numbers.
  package static let mostElements = 1 << 34

  /// What failed operations give back, never run: enough outputs for any primitive, of enough axes for any model. A model may
  /// read an extent of it, divide by one, or cut some off, and goes on; what it makes then is dropped.
  package var poison: [Value] {
    let type = ValueType(Shape([Int](repeating: Shape.unknownExtent, count: 16)))
    return [Value](repeating: Value(builder: self, id: ValueID(node: -1), type: type), count: 8)
  }

  /// Notes a failure in the current scope; only the first one counts.
  package func fail(_ primitive: String, _ problem: String) {
    tellFaults()
    if failure == nil { failure = TraceError(scope: path, primitive: primitive, problem: problem) }
  }

  /// Runs `body` with nodes attributed to `path`.
  package func within<Result>(_ path: String, _ body: () throws -> Result) rethrows -> Result {
    let outer = self.path
    self.path = path
    defer {
      tellFaults()
      self.path = outer
    }
    return try body()
  }

  /// Runs what a part of a network traces that is no layer: a loss, an optimizer. Errors name it.
  package func naming<Result>(_ part: String, _ body: () throws -> Result) rethrows -> Result {
    let outer = self.part
    self.part = part
    defer {
      tellFaults()
      self.part = outer
    }
    return try body()
  }

  /// Runs a whole trace: what its layers ask of shapes that have it not becomes a failure.
  func tracing(_ body: (GraphBuilder) throws -> Void) rethrows {
    defer { tellFaults() }
    try faults.noting { try body(self) }
  }

  /// Makes a fault that was noted since the last time the failure, in the current scope.
  private func tellFaults() {
    guard failure == nil, let fault = faults.first else { return }
    failure = TraceError(
      scope: path, primitive: part, problem: fault + ": the data have another rank than is taken here")
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
