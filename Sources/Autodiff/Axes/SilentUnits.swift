import CoppiceTensors

/// The units of a forward graph that make no difference under masks: channels, features, heads and residual branches that can be cut out
/// of it, and nothing that comes out changes. Compiled once, asked for any masks.
///
/// A unit is a component of `AxisPartition`. It says nothing where everything that it owns of parameters is masked, or only multiplies
/// what is always 0. What another silent unit owns as well is not looked at: it goes with that one. Nor does a unit make a difference
/// that is read by weights alone of which none is left (`UnitReaders`). A residual branch says nothing where it is always 0.
package struct SilentUnits: Sendable {
  private let axes: GraphAxes
  private let unread: UnitReaders
  private let branches: [GraphCut]
  private let plan: Plan
  /// Where a parameter's places along an axis multiply places of a value, and are summed over.
  private let readers: [Reader]
  /// The number of each branch among the values that aliveness is told of.
  private let terms: [Int]

  /// Values that places along an axis of a parameter multiply: all of them, so that a place whose values are 0 is of no account.
  private struct Reader: Sendable {
    let name: String
    let axis: Int
    let extent: Int
    /// The number among the values that aliveness is told of, and the axis of it.
    let values: [(index: Int, axis: Int)]
  }

  /// What is removed: residual branches, and of what is left the places of leaves.
  package struct Removal: Hashable, Sendable {
    package let parts: [GraphPart]
    package let kept: KeptAxes
  }

  /// The units of a forward graph.
  package init(_ forward: Graph) throws {
    axes = GraphAxes(forward)
    unread = UnitReaders(axes)
    branches = GraphParts(forward).branches
    var (readers, values) = ([Reader](), [ValueID]())
    func number(_ value: ValueID) -> Int {
      if let index = values.firstIndex(of: value) { return index }
      values.append(value)
      return values.count - 1
    }
    for (leaf, node) in forward.nodes.enumerated() {
      guard case .parameter(let name)? = node.leaf, node.outputs[0].shape.rank > 1 else { continue }
      for axis in node.outputs[0].shape.axes.indices {
        guard let found = forward.multiplied(by: leaf, axis: axis) else { continue }
        readers.append(
          Reader(
            name: name, axis: axis, extent: node.outputs[0].shape[axis],
            values: found.map { (number($0), $1) }))
      }
    }
    terms = branches.map { branch in
      number(forward.nodes[branch.value.node].inputs.first { $0 != branch.replacement } ?? branch.value)
    }
    self.readers = readers
    plan = Plan(try forward.aliveness(of: values))
  }

  /// What is kept of parameters and states where everything goes that makes no difference. Of an axis of which nothing would be left
  /// one place stays.
  ///
  /// - Parameter masks: which elements survive, companions included; a parameter without a mask is there as a whole.
  package func removal(under masks: MaskSet) -> Removal {
    guard masks.contains(where: { $0.mask.keptCount < $0.mask.count }) else {
      return Removal(parts: [], kept: KeptAxes([]))
    }
    let executor = Executor(plan)
    for (name, shape) in plan.graph.parameters {
      let floats = masks[name].map { $0.bytes.map(Float.init) }
      executor.write(name, floats ?? [Float](repeating: 1, count: shape.count))
    }
    executor.run()
    let silent = zip(branches, terms).filter { _, term in
      executor.output("alive/\(term)").scalars.allSatisfy { $0 <= 0.5 }
    }.map(\.0)
    guard !silent.isEmpty else {
      return Removal(parts: [], kept: keptAxes(axes, unread, masks, executor))
    }
    let left = GraphAxes(axes.graph.cutting(silent))
    return Removal(
      parts: silent.map(\.part), kept: keptAxes(left, UnitReaders(left), masks, executor))
  }

  private func keptAxes(
    _ axes: GraphAxes, _ unread: UnitReaders, _ masks: MaskSet, _ executor: Executor
  ) -> KeptAxes {
    var owned = OwnedElements(axes, masks)
    let nodes = Dictionary(axes.leaves.map { ($0.name, $0.node) }, uniquingKeysWith: { first, _ in first })
    for reader in readers {
      guard let node = nodes[reader.name] else { continue }
      let isZero = zeros(reader, executor)
      owned.drop(isZero.indices.filter { isZero[$0] }, of: node, axis: reader.axis)
    }
    var isRemoved = [Bool](repeating: false, count: axes.partition.count)
    while true {
      let idle = owned.idle(unread).filter { !isRemoved[$0] && !axes.partition.isFixed[$0] }
      if idle.isEmpty { break }
      for component in idle { isRemoved[component] = true }
      owned.drop(isRemoved)
    }
    axes.keepSome(&isRemoved)
    return axes.keptAxes(isRemoved)
  }

  /// At which places all that a reader multiplies is always 0.
  private func zeros(_ reader: Reader, _ executor: Executor) -> [Bool] {
    var isZero = [Bool](repeating: true, count: reader.extent)
    for (index, axis) in reader.values {
      let alive = executor.output("alive/\(index)")
      let inner = alive.shape.axes[(axis + 1)...].product
      for (element, scalar) in alive.scalars.enumerated() where scalar > 0.5 {
        isZero[element / inner % reader.extent] = false
      }
    }
    return isZero
  }
}

/// The elements of parameters that count, and which components own them.
private struct OwnedElements {
  private let axes: GraphAxes
  private var elements: [(node: Int, shape: Shape, bytes: [UInt8])]

  init(_ axes: GraphAxes, _ masks: MaskSet) {
    self.axes = axes
    elements = axes.leaves.compactMap { node, name in
      guard case .parameter? = axes.graph.nodes[node].leaf else { return nil }
      let shape = axes.graph.nodes[node].outputs[0].shape
      return (node, shape, masks[name]?.bytes ?? [UInt8](repeating: 1, count: shape.count))
    }
  }

  /// The components that own places of parameters and no element that counts, and those that only weights read of which no element
  /// counts.
  func idle(_ readers: UnitReaders) -> [Int] {
    let none = [Bool](repeating: false, count: axes.partition.count)
    var (owns, counts, isMultiplied, isRead) = (none, none, none, readers.isReadOtherwise)
    for (node, shape, bytes) in elements {
      var inner = shape.count
      for axis in shape.axes.indices {
        let extent = shape[axis]
        inner /= max(1, extent)
        var isAlive = [Bool](repeating: false, count: extent)
        for (element, byte) in bytes.enumerated() where byte != 0 { isAlive[element / inner % extent] = true }
        let reads = readers.weights.contains { $0.node == node && $0.axis == axis }
        for (place, component) in axes.components(ValueID(node: node), axis: axis).enumerated() {
          owns[component] = true
          if isAlive[place] { counts[component] = true }
          guard reads else { continue }
          isMultiplied[component] = true
          if isAlive[place] { isRead[component] = true }
        }
      }
    }
    return owns.indices.filter { owns[$0] && (!counts[$0] || (isMultiplied[$0] && !isRead[$0])) }
  }

  /// Lets the elements at some places of a parameter's axis count no more.
  mutating func drop(_ places: [Int], of node: Int, axis: Int) {
    guard !places.isEmpty, let index = elements.firstIndex(where: { $0.node == node }) else { return }
    let (shape, dropped) = (elements[index].shape, Set(places))
    let inner = shape.axes[(axis + 1)...].product
    for element in elements[index].bytes.indices where dropped.contains(element / inner % shape[axis]) {
      elements[index].bytes[element] = 0
    }
  }

  /// Lets what removed components own count no more.
  mutating func drop(_ isRemoved: [Bool]) {
    for (node, shape) in elements.map({ ($0.node, $0.shape) }) {
      for axis in shape.axes.indices {
        let components = axes.components(ValueID(node: node), axis: axis)
        drop(components.indices.filter { isRemoved[components[$0]] }, of: node, axis: axis)
      }
    }
  }
}

extension Graph {
  /// The values whose places the places along a leaf's axis multiply and are summed over, wherever the leaf is read; `nil` where it is
  /// read in another way too.
  fileprivate func multiplied(by leaf: Int, axis: Int) -> [(value: ValueID, axis: Int)]? {
    var found: [(value: ValueID, axis: Int)] = []
    for (index, node) in nodes.enumerated() {
      for (port, input) in node.inputs.enumerated() where input.node == leaf {
        guard let primitive = node.primitive as? any AxisTied else { return nil }
        let end = PortAxis.input(port, axis: axis)
        let ties = primitive.ties(for: signature(of: index)).filter { $0.first == end || $0.second == end }
        guard let tie = ties.first, ties.count == 1, tie.isSummed, tie.pairs == nil else { return nil }
        let other = tie.first == end ? tie.second : tie.first
        guard case .input(let source) = other.port, source != port else { return nil }
        found.append((node.inputs[source], other.axis))
      }
    }
    return found.isEmpty ? nil : found
  }
}
