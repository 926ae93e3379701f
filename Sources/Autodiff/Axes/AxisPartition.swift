import CoppiceTensors

/// The places along all axes of some arrays, parted into components: what ties join, directly or over others. Components are numbered
/// in the order of their first places: by array, then axis, then place.
package struct AxisPartition: Sendable {
  /// Components, among them those of a single place.
  package let count: Int
  /// Whether a component has a place that cannot be removed.
  package let isFixed: [Bool]
  /// What ties call a component.
  package let labels: [Set<String>]
  private let layout: AxisLayout
  private let components: [Int32]

  fileprivate init(_ union: consuming AxisUnion) {
    layout = union.layout
    var numbers = [Int32](repeating: -1, count: layout.count)
    var (components, isFixed) = ([Int32](repeating: 0, count: layout.count), [Bool]())
    for place in 0..<layout.count {
      let root = union.root(of: place)
      if numbers[root] < 0 {
        numbers[root] = Int32(isFixed.count)
        isFixed.append(false)
      }
      components[place] = numbers[root]
      if union.isFixed[place] { isFixed[Int(numbers[root])] = true }
    }
    var labels = [Set<String>](repeating: [], count: isFixed.count)
    for (place, label) in union.labels { labels[Int(components[place])].insert(label) }
    (count, self.components, self.isFixed, self.labels) = (isFixed.count, components, isFixed, labels)
  }

  /// The parts of one primitive by itself. Arrays: its inputs, then its outputs.
  package init(_ primitive: any AxisTied, _ signature: Signature) {
    let shapes = (signature.inputs + signature.outputs).map(\.shape)
    var union = AxisUnion(shapes)
    union.tie(
      primitive.ties(for: signature), inputs: Array(signature.inputs.indices),
      outputs: Array(signature.inputs.count..<shapes.count), holdsZeros: shapes.map { _ in true })
    self.init(union)
  }

  /// The parts of a graph. Arrays: its values, by node and then output. Fixed is what reaches an input or an output of the graph, or
  /// an untied place of a primitive; a primitive that is not `AxisTied` has no other.
  package init(_ graph: Graph) {
    var firsts: [Int] = []
    var shapes: [Shape] = []
    for node in graph.nodes {
      firsts.append(shapes.count)
      shapes += node.outputs.map(\.shape)
    }
    func array(_ value: ValueID) -> Int { firsts[value.node] + value.output }
    var union = AxisUnion(shapes)
    // Inputs count as zeros where something is removed from them, since nothing is.
    var holdsZeros = [Bool](repeating: false, count: shapes.count)
    for (index, node) in graph.nodes.enumerated() {
      let outputs = Array(firsts[index]..<firsts[index] + node.outputs.count)
      switch node.operation {
      case .leaf(.input):
        union.fix(outputs[0])
        holdsZeros[outputs[0]] = true
      case .leaf(.parameter): holdsZeros[outputs[0]] = true
      case .leaf(.constant(let number)): holdsZeros[outputs[0]] = number == 0
      case .leaf(.state): break
      case .primitive(let primitive):
        let inputs = node.inputs.map(array)
        if let tied = primitive as? any AxisTied {
          union.tie(
            tied.ties(for: graph.signature(of: index)), inputs: inputs, outputs: outputs,
            holdsZeros: holdsZeros)
          let isZero = tied.keepsZeros && inputs.allSatisfy { holdsZeros[$0] }
          for output in outputs { holdsZeros[output] = isZero }
        } else {
          for each in inputs + outputs { union.fix(each) }
        }
      }
    }
    for output in graph.outputs { union.fix(array(output.value)) }
    for update in graph.updates { union.join(array(update.leaf), array(update.value)) }
    self.init(union)
  }

  /// The component of a place.
  package func component(_ array: Int, axis: Int, _ index: Int) -> Int {
    Int(components[layout.start(array, axis) + index])
  }

  /// The components along one axis, place by place.
  package func components(_ array: Int, axis: Int) -> [Int] {
    components[layout.places(array, axis)].map(Int.init)
  }
}

/// Where the places of each axis of some arrays lie in one long row.
struct AxisLayout: Sendable {
  private let shapes: [Shape]
  private let firstAxes: [Int]
  private let starts: [Int]
  /// Places of all axes together.
  let count: Int

  init(_ shapes: [Shape]) {
    var (firstAxes, starts, count) = ([Int](), [Int](), 0)
    for shape in shapes {
      firstAxes.append(starts.count)
      for extent in shape.axes {
        starts.append(count)
        count += extent
      }
    }
    (self.shapes, self.firstAxes, self.starts, self.count) = (shapes, firstAxes, starts, count)
  }

  func shape(_ array: Int) -> Shape { shapes[array] }
  func rank(_ array: Int) -> Int { shapes[array].rank }
  func start(_ array: Int, _ axis: Int) -> Int { starts[firstAxes[array] + axis] }
  func places(_ array: Int, _ axis: Int) -> Range<Int> {
    let start = start(array, axis)
    return start..<start + shapes[array].axes[axis]
  }
}

/// Union-find over such places; the root of a component is its first place.
private struct AxisUnion {
  let layout: AxisLayout
  private var parents: [Int32]
  private(set) var isFixed: [Bool]
  private(set) var labels: [(place: Int, label: String)] = []

  init(_ shapes: [Shape]) {
    layout = AxisLayout(shapes)
    parents = (0..<Int32(layout.count)).map(\.self)
    isFixed = [Bool](repeating: false, count: layout.count)
  }

  mutating func root(of place: Int) -> Int {
    var place = Int32(place)
    while parents[Int(place)] != place {
      let parent = parents[Int(place)]
      parents[Int(place)] = parents[Int(parent)]
      place = parent
    }
    return Int(place)
  }

  private mutating func join(places a: Int, _ b: Int) {
    let (a, b) = (root(of: a), root(of: b))
    if a != b { parents[max(a, b)] = Int32(min(a, b)) }
  }

  /// Makes two arrays of one shape the same thing.
  mutating func join(_ a: Int, _ b: Int) {
    for axis in 0..<layout.rank(a) {
      for (a, b) in zip(layout.places(a, axis), layout.places(b, axis)) { join(places: a, b) }
    }
  }

  /// Lets nothing be removed from an array.
  mutating func fix(_ array: Int) {
    for axis in 0..<layout.rank(array) {
      for place in layout.places(array, axis) { isFixed[place] = true }
    }
  }

  /// Joins what the ties of one primitive join, and fixes what none of them names.
  mutating func tie(_ ties: [AxisTie], inputs: [Int], outputs: [Int], holdsZeros: [Bool]) {
    let ports = inputs + outputs
    let local = AxisLayout(ports.map { layout.shape($0) })
    var isTied = [Bool](repeating: false, count: local.count)
    func port(_ end: PortAxis) -> Int {
      switch end.port {
      case .input(let index): index
      case .output(let index): inputs.count + index
      }
    }
    for tie in ties {
      let (first, second) = (port(tie.first), port(tie.second))
      let (a, b) = (
        layout.places(ports[first], tie.first.axis), layout.places(ports[second], tie.second.axis)
      )
      let shift = (
        local.start(first, tie.first.axis) - a.lowerBound, local.start(second, tie.second.axis) - b.lowerBound
      )
      let isLost = tie.isSummed && !holdsZeros[ports[first]] && !holdsZeros[ports[second]]
      precondition(tie.pairs != nil || a.count == b.count, "\(tie) ties axes of \(a.count) and \(b.count)")
      for index in 0..<(tie.pairs?.count ?? a.count) {
        let pair = tie.pairs?[index] ?? AxisTie.Pair(index, index)
        let (a, b) = (a.lowerBound + pair.first, b.lowerBound + pair.second)
        join(places: a, b)
        isTied[a + shift.0] = true
        isTied[b + shift.1] = true
        if isLost { isFixed[a] = true }
        if let label = tie.label { labels.append((a, label)) }
      }
    }
    for (place, array) in ports.enumerated() {
      for axis in 0..<layout.rank(array) {
        for (global, local) in zip(layout.places(array, axis), local.places(place, axis))
        where !isTied[local] {
          isFixed[global] = true
        }
      }
    }
  }
}
