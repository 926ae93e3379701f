import CoppiceAutodiff
import CoppiceTensors

/// The units of a granularity as runs of elements, without an object for each.
struct UnitTable {
  /// Consecutive elements of one parameter.
  struct Span {
    let parameter: Int
    let elements: Range<Int>
  }

  /// The parameters in which units have slices: the layers in order, then the companions.
  private(set) var parameters: [(name: String, shape: Shape)] = []
  /// How many of the parameters are layers: they count.
  private(set) var layerCount = 0
  /// The elements of all units, one unit after the other.
  private var spans: [Span] = []
  /// Where in `spans` each unit begins, and where the last one ends.
  private var starts = [0]
  /// In which combination of layers each unit has elements.
  private(set) var layerSets: [Int] = []
  /// The combinations of layers, each ascending.
  private(set) var combinations: [[Int]] = []
  private let flops: [String: Int]
  /// Of coupled units, the family of each; empty for others.
  private(set) var families: [Int] = []
  /// The number of families.
  private(set) var familyCount = 0
  /// Of coupled units, how many each family has.
  var familySizes: [Int] {
    var sizes = [Int](repeating: 0, count: familyCount)
    for family in families { sizes[family] += 1 }
    return sizes
  }
  /// Of coupled units, the rows of layers in each: slices along the first axis.
  private var unitRows: [[Span]] = []

  /// The rows of layers that a coupled unit has, in order; none of others.
  func rows(of unit: Int) -> [Span] { unitRows.isEmpty ? [] : unitRows[unit] }

  /// The number of units.
  var count: Int { starts.count - 1 }

  /// The spans of a unit: ascending in each parameter, parameters in order, each element once.
  func spans(of unit: Int) -> ArraySlice<Span> { spans[starts[unit]..<starts[unit + 1]] }

  /// What a unit costs, whether its elements survive or not.
  func cost(of unit: Int) -> UnitCost {
    var (weights, flops) = (0, 0)
    for span in spans(of: unit) where span.parameter < layerCount {
      let (name, shape) = parameters[span.parameter]
      weights += span.elements.count
      flops += (self.flops[name] ?? 0) * span.elements.count / shape.count
    }
    return UnitCost(weights: weights, flops: flops)
  }

  /// The units of a granularity.
  /// - Parameters:
  ///   - context: the layers that are pruned, and the structure of the network.
  ///   - isIgnored: whether a parameter is left alone: units that reach into it are left out.
  ///   - shape: the shape of a parameter that is no layer.
  /// - Throws: `PruningError` where a slice fits no parameter or a unit has no weight, and whatever a user's units throw.
  init(
    _ granularity: Granularity, _ context: UnitContext, ignoring isIgnored: (String) -> Bool,
    shape: (String) -> Shape?
  ) throws {
    flops = context.structure.flops
    switch granularity.form {
    case .runs(let size):
      parameters = context.layers.map { ($0.name, $0.shape) }
      layerCount = parameters.count
      combinations = parameters.indices.map { [$0] }
      for (index, layer) in context.layers.enumerated() {
        let length = try granularity.runLength(size, in: layer)
        for start in stride(from: 0, to: layer.count, by: length) {
          append([Span(parameter: index, elements: start..<(start + length))], layerSet: index)
        }
      }
    case .pattern:
      parameters = context.layers.map { ($0.name, $0.shape) }
      layerCount = parameters.count
      combinations = parameters.indices.map { [$0] }
      for (index, layer) in context.layers.enumerated() {
        for element in 0..<layer.count {
          append([Span(parameter: index, elements: element..<(element + 1))], layerSet: index)
        }
      }
    case .blocks(let extents):
      parameters = context.layers.map { ($0.name, $0.shape) }
      layerCount = parameters.count
      combinations = parameters.indices.map { [$0] }
      for (index, layer) in context.layers.enumerated() {
        appendBlocks(try granularity.blockExtents(extents, in: layer), of: layer, index)
      }
    case .units(let make):
      let units = try make(context).filter { unit in !unit.slices.contains { isIgnored($0.parameter) } }
      try append(units, context, granularity, shape)
      if granularity.coupling != nil { addFamilies(units, byShape: granularity.comparesShapes) }
    }
  }

  /// Units whose slices are as long, along the same axes of the same parameters, are of one family; where asked for, of parameters with
  /// the same shapes.
  private mutating func addFamilies(_ units: [Granularity.Unit], byShape: Bool) {
    struct Part: Hashable {
      let parameter: String
      let shape: Shape?
      let axis: Int
      let count: Int
    }
    let shapes = Dictionary(
      parameters.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    var known: [[Part]: Int] = [:]
    for unit in units {
      let parts = unit.slices.map { slice in
        Part(
          parameter: byShape ? "" : slice.parameter, shape: byShape ? shapes[slice.parameter] : nil,
          axis: slice.axis, count: slice.indices.count)
      }
      let family = known[parts] ?? known.count
      known[parts] = family
      families.append(family)
      unitRows.append(
        unit.slices.filter { $0.axis == 0 }.flatMap { slice -> [Span] in
          guard let index = parameters[..<layerCount].firstIndex(where: { $0.name == slice.parameter }),
            let length = parameters[index].shape.axes.first.map({ parameters[index].shape.count / max(1, $0) }
            )
          else { return [] }
          return slice.indices.map { Span(parameter: index, elements: $0 * length..<($0 + 1) * length) }
        })
    }
    familyCount = known.count
  }

  private mutating func append(
    _ units: [Granularity.Unit], _ context: UnitContext, _ granularity: Granularity,
    _ shape: (String) -> Shape?
  ) throws(PruningError) {
    let named = Set(units.flatMap { $0.slices.map(\.parameter) })
    parameters = context.layers.filter { named.contains($0.name) }.map { ($0.name, $0.shape) }
    layerCount = parameters.count
    var indices = Dictionary(
      parameters.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    for name in units.flatMap({ $0.slices.map(\.parameter) }) where indices[name] == nil {
      guard let shape = shape(name) else {
        throw .missingParameter(name, in: "parameters that units of \(granularity.name) have slices of")
      }
      indices[name] = parameters.count
      parameters.append((name, shape))
    }
    var known: [[Int]: Int] = [:]
    for unit in units {
      var slices: [(parameter: Int, elements: [Range<Int>])] = []
      for slice in unit.slices {
        guard let index = indices[slice.parameter] else { continue }
        guard let elements = slice.elements(in: parameters[index].shape) else {
          throw .unitSlice(slice, shape: parameters[index].shape, granularity: granularity.name)
        }
        slices.append((index, elements))
      }
      let touched = Set(slices.map(\.parameter)).sorted()
      let layers = touched.filter { $0 < layerCount }
      guard !layers.isEmpty else { throw .unitWithoutWeights(unit.slices, granularity: granularity.name) }
      let layerSet = known[layers] ?? combinations.count
      if layerSet == combinations.count {
        known[layers] = layerSet
        combinations.append(layers)
      }
      let spans = touched.flatMap { parameter in
        slices.filter { $0.parameter == parameter }.flatMap(\.elements).united
          .map { Span(parameter: parameter, elements: $0) }
      }
      append(spans, layerSet: layerSet)
    }
  }

  /// Row after row of blocks, those of a row from left to right.
  private mutating func appendBlocks(
    _ extents: (rows: Int, columns: Int), of layer: PrunableLayer, _ index: Int
  ) {
    let rows = layer.shape.rank < 2 ? 1 : layer.shape[0]
    guard rows > 0, layer.count > 0 else { return }
    let width = layer.count / rows
    for top in stride(from: 0, to: rows, by: extents.rows) {
      for left in stride(from: 0, to: width, by: extents.columns) {
        let right = Swift.min(width, left + extents.columns)
        append(
          (top..<Swift.min(rows, top + extents.rows)).map { row in
            Span(parameter: index, elements: (row * width + left)..<(row * width + right))
          }, layerSet: index)
      }
    }
  }

  private mutating func append(_ spans: [Span], layerSet: Int) {
    self.spans += spans
    starts.append(self.spans.count)
    layerSets.append(layerSet)
  }
}

extension UnitTable {
  /// The pools: two layers in which one unit has elements are in one pool. Each has its layers, ascending, and its units, in order.
  /// Pools come in the order of their first layers.
  var pools: [(layers: [Int], units: [Int])] {
    var first = Array(0..<layerCount)
    for layers in combinations {
      let joined = Set(layers.map { first[$0] })
      guard let least = joined.min() else { continue }
      for layer in first.indices where joined.contains(first[layer]) { first[layer] = least }
    }
    var units = [[Int]](repeating: [], count: layerCount)
    for unit in 0..<count { units[first[combinations[layerSets[unit]][0]]].append(unit) }
    return first.indices.filter { first[$0] == $0 }.map { pool in
      (first.indices.filter { first[$0] == pool }, units[pool])
    }
  }
}

extension MaskSet {
  /// The masks of a table's parameters replaced by others; those that are no layers are companions.
  func replacing(_ table: UnitTable, with bytes: [[UInt8]]) -> MaskSet {
    var masks = self
    for (index, (name, shape)) in table.parameters.enumerated() {
      let mask = Mask(shape, bytes[index])
      if index < table.layerCount { masks[name] = mask } else { masks.setCompanion(name, mask) }
    }
    return masks
  }
}

extension AxisSlice {
  /// The elements of the slice in a parameter of that shape, row-major, ascending; `nil` where it does not fit.
  func elements(in shape: Shape) -> [Range<Int>]? {
    guard (0..<shape.rank).contains(axis), !indices.isEmpty,
      indices.allSatisfy((0..<shape[axis]).contains),
      zip(indices, indices.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    let inner = shape.axes[(axis + 1)...].product
    let outer = shape.axes[..<axis].product
    let places = indices.map { ($0 * inner)..<(($0 + 1) * inner) }.united
    return (0..<outer).flatMap { row in
      places.map { ($0.lowerBound + row * shape[axis] * inner)..<($0.upperBound + row * shape[axis] * inner) }
    }
  }
}

extension [Range<Int>] {
  /// The same elements, ascending, each once, in as few ranges as there can be.
  fileprivate var united: [Range<Int>] {
    var result: [Range<Int>] = []
    for range in sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = result.last, range.lowerBound <= last.upperBound {
        result[result.count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }
}
