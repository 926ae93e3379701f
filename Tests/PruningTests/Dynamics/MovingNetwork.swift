import CoppicePruning
import CoppiceTensors
import Testing

/// Weights under moving masks, without a training: what dynamics are tested on.
struct MovingNetwork {
  var weights: ParameterSet
  var gradients: ParameterSet
  var masks: DynamicMasks
  var allocation = Allocation.layerWise
  var granularity = Granularity.weight
  var ratio = 0.5

  /// Parameters of these shapes, with values and gradients that have no order in common.
  init(_ shapes: [(name: String, shape: Shape)], seed: UInt64 = 7) {
    func drawn(_ substream: UInt32) -> ParameterSet {
      var random = RandomStream(seed: seed, stream: .generation, substream: substream)
      return ParameterSet(
        shapes.map { name, shape in
          (name, Tensor(shape, (0..<shape.count).map { _ in random.uniform(from: -1, to: 1) }))
        })
    }
    (weights, gradients) = (drawn(0), drawn(1))
    masks = DynamicMasks(active: MaskSet(shapes.map { ($0.name, Mask(keepingAll: $0.shape)) }))
  }

  func context(_ step: Int, total: Int = 100, criterion: Criterion = .magnitude) -> DynamicsContext {
    let (weights, gradients) = (weights, gradients)
    let pruner = Pruner(criterion: criterion, granularity: granularity, allocation: allocation)
    return DynamicsContext(
      moment: DynamicsMoment(step: step, total: total, perEpoch: 10), ratio: ratio, weights: weights,
      masks: masks, seed: 3,
      prune: { masks, target in
        try pruner.prune(
          ScoringContext(weights: masks.applied(to: weights), masks: masks, seed: 3), to: target
        ).masks
      }, evidence: { _ in gradients })
  }

  /// Lets a dynamics move, and checks what it promises.
  mutating func move(
    _ dynamics: Dynamics, at step: Int, total: Int = 100, criterion: Criterion = .magnitude
  ) throws {
    let context = context(step, total: total, criterion: criterion)
    guard try dynamics.isDue(context.moment) else { return }
    masks = try dynamics.masks(in: context, by: allocation)
  }

  /// The places of the survivors of a parameter.
  func places(_ name: String, of masks: MaskSet? = nil) -> Set<Int> {
    let bytes = (masks ?? self.masks.active)[name]?.bytes ?? []
    return Set(bytes.indices.filter { bytes[$0] != 0 })
  }

  /// The places with the greatest magnitudes of a parameter, among some.
  func largest(_ count: Int, of name: String, in values: ParameterSet, among places: some Sequence<Int>)
    -> Set<Int>
  {
    let scalars = values[name]?.scalars ?? []
    return Set(places.sorted { abs(scalars[$0]) > abs(scalars[$1]) }.prefix(count))
  }
}
