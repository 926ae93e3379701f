import CoppiceAutodiff
import CoppiceTensors

/// What the gates of a learned mask are made from, while a forward pass is traced.
public struct MaskTrace {
  let builder: GraphBuilder
  /// The prunable weights, in the order of the network.
  public let weights: [Weight]
  /// Whether the trace is of a training step, in which gates may be random. An evaluation is that of the network as it counts.
  public let isTraining: Bool
  /// The scales of the network's batch normalisations, `[channels]` each.
  public let scales: [Value]
  /// The weights, by place, that compete for one number of survivors, where the count is kept.
  let pools: [[Int]]

  /// A prunable weight and what is trained beside it.
  public struct Weight {
    /// Its name: `fc1.weight`.
    public let name: String
    /// The weight itself.
    public let value: Value
    let place: Int
    /// The attention heads it belongs to; `nil` for none.
    let heads: HeadPlaces.Place?
    let leaves: [String: (extent: MaskLeaf.Extent, value: Value)]

    /// Its shape.
    public var shape: Shape { value.shape }

    /// The array of that name in the weight's shape: what belongs to an output, an input or the layer is repeated.
    public subscript(leaf: String) -> Value {
      guard let (extent, leaf) = leaves[leaf] else { return refused(leaf) }
      return spread(leaf, extent)
    }

    /// The array of that name as it is trained: `[out]` where each output has one.
    public func whole(_ leaf: String) -> Value { leaves[leaf]?.value ?? refused(leaf) }

    /// An array of the extent of a leaf, repeated to the weight's shape.
    public func spread(_ array: Value, _ extent: MaskLeaf.Extent) -> Value {
      let axes = shape.axes
      func repeated(_ array: Value, from axis: Int) -> Value {
        (axis..<axes.count).reduce(array) { $0.expanded(at: $1, count: axes[$1]) }
      }
      switch extent {
      case .weight: return array
      case .output: return repeated(array, from: 1)
      case .input: return repeated(array.expanded(at: 0, count: axes.first ?? 1), from: 2)
      case .layer: return repeated(array.sum, from: 0)
      case .head:
        guard let heads else {
          value.builder.fail("learned-mask", "asks for the heads of \(name), which belongs to none")
          return value
        }
        return heads.spread(array, to: axes)
      }
    }

    private func refused(_ leaf: String) -> Value {
      value.builder.fail("learned-mask", "asks for \(leaf), which is none of its arrays")
      return value
    }
  }

  /// The number of that name at this step, a scalar.
  public func schedule(_ name: String) -> Value { builder.input(Self.leaf(name), .scalar) }

  /// Random numbers of a weight, uniform in (0, 1) without its ends and drawn anew in every step. Of an array that several weights
  /// share they are those of the first.
  public func uniform(_ shape: Shape, for weight: Weight, _ extent: MaskLeaf.Extent = .weight) -> Value {
    let key = builder.input("dropout_key", [4], .int32)
    let place = (extent == .head ? weight.heads?.owner : nil) ?? weight.place
    return builder.apply(UniformNoise(shape, ordinal: UInt32(place)), key)
  }

  /// Gates, 1 at the largest scores and else 0, as many as the trial's pruning ratio leaves at this step; gradients pass as if they
  /// were the scores. Which weights compete, the trial's allocation says.
  public func largest(_ scores: [Value]) -> [Value] {
    guard scores.count == weights.count, Set(pools.joined()).count == scores.count else {
      builder.fail(
        "learned-mask", "has \(scores.count) scores for \(weights.count) weights that keep a count")
      return scores
    }
    var gates = scores
    for (pool, places) in pools.enumerated() {
      let kept = builder.input(Self.keptLeaf(pool), [1], .int32)
      let found = builder.applyAll(KeepLargest(), places.map { scores[$0] } + [kept])
      for (place, gate) in zip(places, found) { gates[place] = gate }
    }
    return gates
  }

  /// The number `value` in every element of `shape`.
  public func constant(_ value: Float, _ shape: Shape = .scalar) -> Value { builder.constant(value, shape) }

  /// The mean of some arrays over all their elements, each counted as often as `weights` says, a scalar: what penalties are made of.
  public func mean(_ arrays: [Value], counting elements: [Int]? = nil) -> Value {
    let sizes = elements ?? arrays.map(\.shape.count)
    let total = Float(max(1, sizes.reduce(0, +)))
    return zip(arrays, sizes).map { array, size in array.mean.scaled(by: Float(size) / total) }
      .reduce(constant(0), +)
  }

  static func leaf(_ schedule: String) -> String { "learned-mask/\(schedule)" }
  static func keptLeaf(_ pool: Int) -> String { "learned-mask/kept/\(pool)" }
}

/// What a learned mask makes of one weight. All arrays have the weight's shape.
public struct MaskGate {
  /// What the forward pass of a training step reads.
  public var read: Value
  /// Above 0 where the weight survives.
  public var keep: Value
  /// What the weight is worth in the network that is left, where it survives.
  public var value: Value
  /// What a cut to a ratio goes by: low scores go first.
  public var score: Value
  /// Whether survivors are multiplied by the number of weights over the number of survivors.
  public var isRescaled: Bool

  /// What is made of one weight.
  public init(read: Value, keep: Value, value: Value, score: Value, isRescaled: Bool = false) {
    (self.read, self.keep, self.value, self.score) = (read, keep, value, score)
    self.isRescaled = isRescaled
  }

  /// The weight of the network that is left.
  var left: Value {
    let survivors = keep.step
    let left = value * survivors
    guard isRescaled else { return left }
    let count = survivors.sum.maximum(survivors.builder.constant(1))
    return left * (left.builder.constant(Float(left.shape.count)) / count)
  }
}

/// What a learned mask makes of all weights, in their order.
public struct MaskGates {
  /// One for each weight.
  public var gates: [MaskGate]
  /// A scalar that the training adds to the loss.
  public var penalty: Value?

  /// These gates.
  public init(_ gates: [MaskGate], penalty: Value? = nil) { (self.gates, self.penalty) = (gates, penalty) }
}
