import CoppiceTensors

/// A primitive that says which places of its inputs and outputs are one thing, so that channels, features and heads can be
/// removed through it.
///
/// The contract, for places that ties join and for all of them together: where every input holds zeros at the removed places, the
/// outputs at the kept places are those of the `resized` primitive on the smaller inputs. Removed places of outputs are not looked
/// at. A place that no tie names is *untied*: nothing can be removed there, nor anything that is tied to it elsewhere in a graph.
package protocol AxisTied: Primitive {
  /// What is one thing. Ties add up: what two of them share joins all their places.
  func ties(for signature: Signature) -> [AxisTie]

  /// The primitive for the kept places; `nil` where it cannot do without the others yet. What is removed is what ties allow, and some
  /// of every axis is kept.
  ///
  /// - Parameter signature: the types before anything is removed.
  func resized(keeping kept: KeptPlaces, for signature: Signature) -> Self?

  /// Whether zeros at the removed places of all inputs give zeros at the removed places of all outputs, along every axis that is tied.
  var keepsZeros: Bool { get }

  /// The axes along which kept places of outputs depend on what an input holds at removed ones, other than through a sum that a tie
  /// tells of: those that are normalised across.
  func sharedAxes(for signature: Signature) -> [PortAxis]
}

extension AxisTied {
  /// Most primitives take their extents from their inputs.
  package func resized(keeping kept: KeptPlaces, for signature: Signature) -> Self? { self }
  package var keepsZeros: Bool { false }
  package func sharedAxes(for signature: Signature) -> [PortAxis] { [] }
}

/// One axis of an input or output of a primitive.
package struct PortAxis: Hashable, Sendable {
  /// An input or an output, by number.
  package enum Port: Hashable, Sendable {
    case input(Int)
    case output(Int)
  }

  package let port: Port
  /// Counted from 0.
  package let axis: Int

  /// An axis of input `index`.
  package static func input(_ index: Int, axis: Int) -> PortAxis { PortAxis(port: .input(index), axis: axis) }
  /// An axis of output `index`.
  package static func output(_ index: Int = 0, axis: Int) -> PortAxis {
    PortAxis(port: .output(index), axis: axis)
  }
}

/// Places along two axes of a primitive that are one thing: neither can be removed without the other. A tie of an axis with itself
/// says that its places can be removed one by one.
package struct AxisTie: Hashable, Sendable {
  /// A place of the first axis and a place of the second.
  package struct Pair: Hashable, Sendable {
    package let first: Int
    package let second: Int

    package init(_ first: Int, _ second: Int) { (self.first, self.second) = (first, second) }
  }

  package let first: PortAxis
  package let second: PortAxis
  /// Which places are tied; `nil` for place i with place i, all along two axes of one extent.
  package let pairs: [Pair]?
  /// What the tied places are together: `head`.
  package let label: String?
  /// Whether the primitive sums over the places, so that one of the two must hold zeros where it is removed.
  package let isSummed: Bool

  /// Place i of one axis is place i of the other, or the pairs say which is which.
  package init(
    _ first: PortAxis, _ second: PortAxis, pairs: [Pair]? = nil, label: String? = nil, isSummed: Bool = false
  ) {
    self.first = first
    self.second = second
    self.pairs = pairs
    self.label = label
    self.isSummed = isSummed
  }

  /// Place i of the first is places i · block … (i + 1) · block − 1 of the second, for each of `count` places i.
  package static func blocks(of block: Int, count: Int, _ first: PortAxis, _ second: PortAxis) -> AxisTie {
    AxisTie(first, second, pairs: block == 1 ? nil : (0..<count * block).map { Pair($0 / block, $0) })
  }

  /// Place i of the first is place i + offset of the second, for each of `count` places i.
  package static func offset(
    by offset: Int, count: Int, _ first: PortAxis, _ second: PortAxis
  ) -> AxisTie {
    AxisTie(first, second, pairs: (0..<count).map { Pair($0, $0 + offset) })
  }

  /// The places of the axis can be removed one by one.
  package static func free(_ end: PortAxis) -> AxisTie { AxisTie(end, end) }

  /// The places of the axis are added up, so that each can be removed where it holds zeros.
  package static func summed(_ end: PortAxis) -> AxisTie { AxisTie(end, end, isSummed: true) }

  /// Some axes of an input are the same axes of an output, or `shift` axes further.
  package static func same(
    _ axes: some Sequence<Int>, input: Int = 0, output: Int = 0, shift: Int = 0
  ) -> [AxisTie] {
    axes.map { AxisTie(.input(input, axis: $0), .output(output, axis: $0 + shift)) }
  }
}

/// The places kept along each axis of a primitive's inputs and outputs.
package struct KeptPlaces: Sendable {
  fileprivate let inputs: [[[Int]]]
  fileprivate let outputs: [[[Int]]]

  /// The places of each axis of each input and output, ascending.
  package init(inputs: [[[Int]]], outputs: [[[Int]]]) {
    self.inputs = inputs
    self.outputs = outputs
  }

  /// Whether nothing is kept of some axis.
  var isEmptySomewhere: Bool { (inputs + outputs).contains { $0.contains(where: \.isEmpty) } }

  /// The places along one axis, ascending.
  package subscript(_ end: PortAxis) -> [Int] {
    switch end.port {
    case .input(let index): inputs[index][end.axis]
    case .output(let index): outputs[index][end.axis]
    }
  }
}

extension Signature {
  /// The types of what is kept.
  func keeping(_ places: KeptPlaces) -> Signature {
    func smaller(_ types: [ValueType], _ places: [[[Int]]]) -> [ValueType] {
      zip(types, places).map { ValueType(Shape($1.map(\.count)), $0.element) }
    }
    return Signature(
      inputs: smaller(inputs, places.inputs), outputs: smaller(outputs, places.outputs))
  }
}
