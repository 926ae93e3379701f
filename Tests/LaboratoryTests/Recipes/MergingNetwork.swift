import CoppiceAutodiff
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

/// A network with numbers in all its arrays, whose units are made alike and merged.
struct MergingNetwork {
  let network: Network
  let structure: NetworkStructure
  var parameters = ParameterSet()
  var buffers = ParameterSet()

  init(_ model: Model, _ interface: Interface) throws {
    network = try Network(model, interface)
    structure = try NetworkStructure(network)
    var random = RandomStream(seed: 16, stream: .generation)
    func tensor(_ shape: Shape, _ range: ClosedRange<Float>) -> Tensor {
      Tensor(
        shape,
        (0..<shape.count).map { _ in
          range.lowerBound + (range.upperBound - range.lowerBound) * Float(random.uniform())
        })
    }
    for declaration in network.declarations {
      let isScale = declaration.name.hasSuffix("bn.weight")
      parameters[declaration.name] = tensor(declaration.shape, isScale ? 0.5...1.5 : -0.5...0.5)
    }
    for buffer in network.buffers {
      buffers[buffer.name] = tensor(
        buffer.shape, buffer.name.hasSuffix("var") ? 0.5...2 : -0.3...0.3)
    }
  }

  /// Four convolutions and linear layers of every kind of passage: a convolution with zeros around its input behind normalisation and
  /// rectifier, one without bias whose normalisation takes constants, a maximum, a flattening.
  static let stack = Model("stack", initializer: .kaimingNormal) { input, interface, scope in
    var x = Convolution(6, kernel: 3, padding: 1)(input, scope["a"])
    x = BatchNormalization()(x, scope["a_bn"]).relu
    x = Convolution(5, kernel: 1, hasBias: false)(x, scope["b"])
    x = BatchNormalization()(x, scope["b_bn"]).relu
    x = MaxPool(2)(x, scope)
    x = Convolution(4, kernel: 3, padding: 1, rectifies: true)(x, scope["c"])
    x = Linear(6, rectifies: true)(x.flattened(from: 1), scope["d"])
    return Linear(interface.classes)(x, scope["e"])
  }

  /// Row `unit` of an array becomes a multiple of another row, or the same number everywhere.
  mutating func set(_ name: String, _ unit: Int, to scale: Float, timesRow other: Int? = nil) {
    func change(_ set: inout ParameterSet) {
      guard var tensor = set[name] else { return }
      let length = tensor.shape.count / tensor.shape[0]
      for place in 0..<length {
        let value = other.map { tensor.scalars[$0 * length + place] } ?? 1
        tensor.scalars[unit * length + place] = scale * value
      }
      set[name] = tensor
    }
    change(&parameters)
    change(&buffers)
  }

  /// The logits of a batch that is the same every time.
  func logits(
    _ parameters: ParameterSet, _ buffers: ParameterSet, isTraining: Bool = false, of inputs: Tensor? = nil
  ) throws -> [Float] {
    let batch = inputs?.shape[0] ?? 4
    let graph = try network.forward(batch: batch, isTraining: isTraining).withoutUpdates.simplified
    let executor = Executor(Plan(graph))
    for (name, tensor) in Array(parameters) + Array(buffers) where executor.hasLeaf(name) {
      executor.write(name, tensor.scalars)
    }
    var random = RandomStream(seed: 7, stream: .generation)
    let count = batch * network.interface.exampleShape.count
    if let inputs {
      executor.write("inputs", inputs.scalars)
    } else if network.interface.hasTokens {
      executor.write("inputs", integers: (0..<count).map { _ in 1 + Int32(random.integer(below: 8)) })
    } else {
      executor.write("inputs", (0..<count).map { _ in 2 * Float(random.uniform()) - 1 })
    }
    executor.run()
    return executor.output("logits").scalars
  }

  var context: ScoringContext { context(network.fullMasks) }

  func context(_ masks: MaskSet) -> ScoringContext {
    ScoringContext(
      weights: masks.applied(to: parameters), masks: masks, seed: 3, structure: structure, statistics: buffers
    )
  }

  /// The units of a group that has that row of a weight.
  private func slices(_ weight: String, _ unit: Int) -> [AxisSlice] {
    structure.groups.first { group in
      group.slices.contains { $0.parameter == weight && $0.axis == 0 && $0.indices == [unit] }
    }?.slices ?? []
  }

  /// How many prunable weights are left without so many units of some weights, whichever they are.
  func left(without counts: [String: Int]) -> Int {
    var masks = network.fullMasks
    for (weight, count) in counts {
      for unit in 0..<count {
        for slice in slices(weight, unit) {
          guard var mask = masks[slice.parameter] else { continue }
          let (extent, inner) = (
            mask.shape[slice.axis], mask.shape.axes[(slice.axis + 1)...].reduce(1, *)
          )
          for element in mask.bytes.indices where slice.indices.contains(element / inner % extent) {
            mask.bytes[element] = 0
          }
          masks[slice.parameter] = mask
        }
      }
    }
    return masks.keptCount
  }

  /// The network pruned by a criterion until so many of all its prunable weights are left.
  func pruned(
    _ criterion: Criterion, _ granularity: Granularity, to survivors: Int, from masks: MaskSet? = nil,
    scores: ParameterSet? = nil
  ) throws -> Pruning {
    let count = network.fullMasks.count
    return try Pruner(
      criterion: criterion, granularity: granularity,
      allocation: Allocation("given") { layers, _ in
        .pool(survivors - count + layers.reduce(0) { $0 + $1.count })
      }
    ).prune(context(masks ?? network.fullMasks), structure: structure, to: .sparsity(0), scores: scores)
  }

  /// The rows of a weight of which nothing is left.
  func gone(_ weight: String, _ masks: MaskSet) -> [Int] {
    guard let mask = masks[weight] else { return [] }
    let length = mask.count / mask.shape[0]
    return (0..<mask.shape[0]).filter { row in
      mask.bytes[row * length..<(row + 1) * length].allSatisfy { $0 == 0 }
    }
  }
}

/// The largest difference, in largest magnitudes of the first.
func difference(_ a: [Float], _ b: [Float]) -> Double {
  let largest = a.map { Double($0.magnitude) }.max() ?? 0
  return (zip(a, b).map { Double(($0 - $1).magnitude) }.max() ?? 0) / largest
}
