import CoppiceAutodiff
import CoppiceTensors

extension UnitPassage.Reader {
  /// The elements of the reader's weight that read a unit: of every row as many, row after row.
  func elements(of unit: Int, in shape: Shape) -> [[Range<Int>]] {
    let inner = shape.axes.dropFirst(2).product
    return (0..<shape[0]).map { row in
      places[unit].map { place in
        let first = (row * shape[1] + place) * inner
        return first..<first + inner
      }
    }
  }
}

/// The weights, biases and running means that are moved while units are folded into others.
struct MovedArrays {
  /// All weights, units that are gone among them.
  private(set) var weights: ParameterSet
  private(set) var statistics: ParameterSet
  private(set) var names: Set<String> = []

  init(_ context: ScoringContext) { (weights, statistics) = (context.weights, context.statistics) }

  /// Lets every reader of a unit do without it.
  mutating func fold(_ unit: Int, _ stand: Stand, _ passage: UnitPassage) throws(PruningError) {
    for reader in passage.readers {
      guard var weight = weights[reader.parameter] else {
        throw .missingParameter(reader.parameter, in: "weights")
      }
      let gone = reader.elements(of: unit, in: weight.shape)
      switch stand {
      case .unit(let other, let scale):
        for (from, to) in zip(gone, reader.elements(of: other, in: weight.shape)) {
          for (from, to) in zip(from.joined(), to.joined()) {
            let sum = Double(weight.scalars[to]).addingProduct(scale, Double(weight.scalars[from]))
            weight.scalars[to] = Float(sum)
          }
        }
      case .constant(let shift):
        let number = reader.constant(shift) ?? 0
        let sums = gone.map { row in
          row.joined().reduce(0.0) { $0.addingProduct(number, Double(weight.scalars[$1])) }
        }
        if number != 0 { try add(sums, to: reader) }
      case .nothing: break
      }
      for element in gone.joined().joined() { weight.scalars[element] = 0 }
      weights[reader.parameter] = weight
      names.insert(reader.parameter)
    }
  }

  /// Adds numbers to what a reader makes: to its bias, or else they are taken away from the running mean behind it.
  private mutating func add(_ sums: [Double], to reader: UnitPassage.Reader) throws(PruningError) {
    if let name = reader.bias {
      guard let bias = weights[name] else { throw .missingParameter(name, in: "weights") }
      weights[name] = Tensor(bias.shape, zip(bias.scalars, sums).map { Float(Double($0) + $1) })
      names.insert(name)
    } else if let name = reader.mean {
      guard let mean = statistics[name] else { throw .missingParameter(name, in: "running statistics") }
      statistics[name] = Tensor(mean.shape, zip(mean.scalars, sums).map { Float(Double($0) - $1) })
      names.insert(name)
    }
  }

  /// What was moved, under masks.
  func moved(under masks: MaskSet) -> ParameterSet {
    var moved = ParameterSet()
    let masked = masks.applied(to: weights)
    for (name, tensor) in Array(masked) + Array(statistics) where names.contains(name) {
      moved[name] = tensor
    }
    return moved
  }
}
