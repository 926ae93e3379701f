import CoppiceTensors

/// What one element of an array is.
package enum ElementType: String, Hashable, Sendable {
  case float32, int32, byte

  /// Bytes an element takes.
  package var size: Int { self == .byte ? 1 : 4 }
}

/// What is known of an array before it is computed: its shape and what its elements are.
package struct ValueType: Hashable, Sendable, CustomStringConvertible {
  package let shape: Shape
  package let element: ElementType

  package init(_ shape: Shape, _ element: ElementType = .float32) {
    self.shape = shape
    self.element = element
  }

  /// Bytes the array takes.
  package var size: Int { shape.count.times(element.size) }

  package var description: String { element == .float32 ? "\(shape)" : "\(element)\(shape)" }
}

/// Names one output of one node of a graph.
package struct ValueID: Hashable, Sendable {
  package let node: Int
  package let output: Int

  package init(node: Int, output: Int = 0) {
    self.node = node
    self.output = output
  }
}

/// An array that a trace has yet to compute. Operators on values add nodes to the graph being built; they never trap and
/// never throw: the builder keeps the first failure and `Graph.trace` throws it once.
public struct Value {
  package let builder: GraphBuilder
  package let id: ValueID
  package let type: ValueType

  /// Its shape.
  public var shape: Shape { type.shape }
}
