import CoppiceTensors

extension Graph {
  /// What goes together in a forward graph: every component of the places along all axes that owns some of a parameter, with the
  /// slices it owns. Groups come in the order of their first slice.
  ///
  /// A group is fixed where it reaches an input or an output of the graph, or an axis along which a primitive that reads it cannot lose
  /// anything (`AxisTied`). Gradients and optimizers are no such primitives: ask a forward graph.
  ///
  /// - Parameter withStates: whether slices of states follow those of parameters: running statistics, which shrink with their
  ///   channels but are no weights. A component of states alone is no group.
  package func axisGroups(withStates: Bool = false) -> [AxisGroup] {
    let partition = AxisPartition(self)
    var numbers = [Int](repeating: -1, count: partition.count)
    var found: [(component: Int, slices: [(leaf: Int, axis: Int, indices: [Int])])] = []
    for isState in withStates ? [false, true] : [false] {
      var array = 0
      for (leaf, node) in nodes.enumerated() {
        defer { array += node.outputs.count }
        switch node.leaf {
        case .parameter where !isState: break
        case .state where isState: break
        default: continue
        }
        for axis in node.outputs[0].shape.axes.indices {
          for (index, component) in partition.components(array, axis: axis).enumerated() {
            if numbers[component] < 0 {
              if isState { continue }
              numbers[component] = found.count
              found.append((component, []))
            }
            let group = numbers[component]
            let last = found[group].slices.count - 1
            if last >= 0, found[group].slices[last].leaf == leaf, found[group].slices[last].axis == axis {
              found[group].slices[last].indices.append(index)
            } else {
              found[group].slices.append((leaf, axis, [index]))
            }
          }
        }
      }
    }
    return found.map { group in
      AxisGroup(
        group.slices.map { AxisSlice(nodes[$0.leaf].leaf?.name ?? "", axis: $0.axis, $0.indices) },
        labels: partition.labels[group.component], isFixed: partition.isFixed[group.component])
    }
  }
}
