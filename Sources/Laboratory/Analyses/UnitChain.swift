import CoppiceAutodiff
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors

/// The layers of a perceptron or a plain convolutional network, each of which reads the units of the one before and nothing else. Its
/// hidden units can be put in another order without changing what the network computes: rows of one weight, and the columns of the next
/// that read them.
package struct UnitChain: Sendable {
  /// A weight of the chain.
  package struct Layer: Hashable, Sendable {
    package let name: String
    package let shape: Shape
    /// The places along the second axis that read each unit of the layer before; empty for the first layer.
    package let inputs: [[Int]]

    /// How many units it makes.
    package var units: Int { shape[0] }
  }

  /// From the input to the output.
  package let layers: [Layer]

  /// Why a network is no chain.
  package struct Obstacle: Error, Hashable, Sendable {
    package let reason: String
  }

  /// The chain of a network.
  ///
  /// - Parameter structure: what is tied together in it.
  /// - Throws: `Obstacle` where its layers do not follow each other so.
  package init(_ network: Network, _ structure: NetworkStructure) throws {
    let shapes = Dictionary(
      network.declarations.filter { $0.shape.rank > 1 }.map { ($0.name, $0.shape) }
    ) { first, _ in first }
    // Which weight reads the units of a weight, and where it reads each.
    var readers: [String: (name: String, inputs: [[Int]?])] = [:]
    for group in structure.removable {
      let weights = group.slices.filter { shapes[$0.parameter] != nil }
      let (made, read) = (weights.filter { $0.axis == 0 }, weights.filter { $0.axis == 1 })
      guard made.count == 1, read.count == 1, weights.count == 2, made[0].indices.count == 1,
        let rows = shapes[made[0].parameter]?[0]
      else {
        let names = weights.map(\.parameter)
        throw Obstacle(
          reason:
            "units of \(names.first ?? "a layer") run through \(Set(names).count) weights, so that its layers are no chain"
        )
      }
      let (name, reader) = (made[0].parameter, read[0].parameter)
      var known = readers[name] ?? (reader, [[Int]?](repeating: nil, count: rows))
      guard known.name == reader else {
        throw Obstacle(reason: "\(name) is read by \(known.name) and by \(reader)")
      }
      known.inputs[made[0].indices[0]] = read[0].indices
      readers[name] = known
    }
    let read = Set(readers.values.map(\.name))
    let order = network.declarations.map(\.name).filter { shapes[$0] != nil }
    guard let first = order.first(where: { !read.contains($0) && (readers[$0] != nil || order.count == 1) })
    else {
      throw Obstacle(reason: "no layer of \(network.model.name) reads the input and is read by another")
    }
    var layers: [Layer] = []
    var (name, inputs) = (first, [[Int]]())
    while let shape = shapes[name] {
      layers.append(Layer(name: name, shape: shape, inputs: inputs))
      guard let reader = readers[name] else { break }
      inputs = reader.inputs.compactMap { $0 }
      guard inputs.count == reader.inputs.count, !layers.contains(where: { $0.name == reader.name }) else {
        throw Obstacle(reason: "some units of \(name) cannot be moved")
      }
      name = reader.name
    }
    guard layers.count == order.count else {
      let missing = order.first { name in !layers.contains { $0.name == name } }
      throw Obstacle(
        reason: "\(missing ?? "a layer") stands beside the chain of \(network.model.name)'s layers")
    }
    self.layers = layers
  }

  /// Elements of a layer in another order: row r is `rows[r]`, and what reads unit u of the layer before is what read `units[u]`.
  package static func reordered<Element>(
    _ elements: [Element], _ layer: Layer, rows: [Int], units: [Int]?
  ) -> [Element] {
    let row = elements.count / max(1, layer.units)
    let places = layer.shape[1]
    let inner = row / max(1, places)
    var columns = Array(0..<places)
    if let units {
      for (unit, other) in units.enumerated() {
        for (to, from) in zip(layer.inputs[unit], layer.inputs[other]) { columns[to] = from }
      }
    }
    var result: [Element] = []
    result.reserveCapacity(elements.count)
    for from in rows {
      for column in columns {
        let start = from * row + column * inner
        result += elements[start..<start + inner]
      }
    }
    return result
  }
}
