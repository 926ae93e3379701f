import CoppiceTensors

/// The units of a forward graph that say nothing under masks: channels, features and heads that can be cut out of it, and nothing that
/// comes out changes. Compiled once, asked for any masks.
///
/// A unit is a component of `AxisPartition`. It says nothing where everything that it owns of parameters is masked, or only multiplies
/// what is always 0. What another silent unit owns as well is not looked at: it goes with that one.
package struct SilentUnits: Sendable {
  private let axes: GraphAxes
  private let plan: Plan
  /// Where a parameter's places along an axis multiply places of a value, and are summed over.
  private let readers: [Reader]

  /// Values that places along an axis of a parameter multiply: all of them, so that a place whose values are 0 is of no account.
  private struct Reader: Sendable {
    let node: Int
    let axis: Int
    /// The number among the values that aliveness is told of, and the axis of it.
    let values: [(index: Int, axis: Int)]
  }

  /// The units of a forward graph.
  package init(_ forward: Graph) throws {
    axes = GraphAxes(forward)
    var (readers, values) = ([Reader](), [ValueID]())
    for (leaf, node) in forward.nodes.enumerated() {
      guard case .parameter? = node.leaf, node.outputs[0].shape.rank > 1 else { continue }
      for axis in node.outputs[0].shape.axes.indices {
        guard let found = forward.multiplied(by: leaf, axis: axis) else { continue }
        readers.append(
          Reader(
            node: leaf, axis: axis,
            values: found.map { value, axis in
              let index = values.firstIndex(of: value) ?? values.count
              if index == values.count { values.append(value) }
              return (index, axis)
            }))
      }
    }
    self.readers = readers
    plan = Plan(try forward.aliveness(of: values))
  }

  /// What is kept of parameters and states where every silent unit goes. Of an axis of which nothing would be left one place stays.
  ///
  /// - Parameter masks: which elements survive, companions included; a parameter without a mask is there as a whole.
  package func keptAxes(under masks: MaskSet) -> KeptAxes {
    guard masks.contains(where: { $0.mask.keptCount < $0.mask.count }) else { return KeptAxes([]) }
    var owned = OwnedElements(axes, masks)
    for (reader, isZero) in zip(readers, zeros(masks)) {
      owned.drop(isZero.indices.filter { isZero[$0] }, of: reader.node, axis: reader.axis)
    }
    var isRemoved = [Bool](repeating: false, count: axes.partition.count)
    while true {
      let silent = owned.silent.filter { !isRemoved[$0] && !axes.partition.isFixed[$0] }
      if silent.isEmpty { break }
      for component in silent { isRemoved[component] = true }
      owned.drop(isRemoved)
    }
    axes.keepSome(&isRemoved)
    return axes.keptAxes(isRemoved)
  }

  /// For each reader, at which places all it multiplies is always 0.
  private func zeros(_ masks: MaskSet) -> [[Bool]] {
    let executor = Executor(plan)
    for (name, shape) in plan.graph.parameters {
      let floats = masks[name].map { $0.bytes.map(Float.init) }
      executor.write(name, floats ?? [Float](repeating: 1, count: shape.count))
    }
    executor.run()
    return readers.map { reader in
      let extent = axes.graph.nodes[reader.node].outputs[0].shape[reader.axis]
      var isZero = [Bool](repeating: true, count: extent)
      for (index, axis) in reader.values {
        let alive = executor.output("alive/\(index)")
        let inner = alive.shape.axes[(axis + 1)...].product
        for (element, scalar) in alive.scalars.enumerated() where scalar > 0.5 {
          isZero[element / inner % extent] = false
        }
      }
      return isZero
    }
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

  /// The components that own places of parameters, and no element that counts.
  var silent: [Int] {
    var (owns, counts) = (
      [Bool](repeating: false, count: axes.partition.count),
      [Bool](repeating: false, count: axes.partition.count)
    )
    for (node, shape, bytes) in elements {
      var inner = shape.count
      for axis in shape.axes.indices {
        let extent = shape[axis]
        inner /= max(1, extent)
        var isAlive = [Bool](repeating: false, count: extent)
        for (element, byte) in bytes.enumerated() where byte != 0 { isAlive[element / inner % extent] = true }
        for (place, component) in axes.components(ValueID(node: node), axis: axis).enumerated() {
          owns[component] = true
          if isAlive[place] { counts[component] = true }
        }
      }
    }
    return owns.indices.filter { owns[$0] && !counts[$0] }
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
