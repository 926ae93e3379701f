import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTerms

extension TrainingStage {
  /// A loss that compares with a teacher, and the teacher: a network that another stage has left.
  package struct Guide: Sendable {
    package let loss: Loss
    /// The stage with the teacher's parameters.
    package let teacher: StageKey
    /// The teacher's network.
    let network: Network
    /// Floating-point operations of the teacher on one example.
    let flops: Int

    /// A guide by the network that a stage leaves.
    init(_ loss: Loss, _ teacher: StageKey, _ network: Network) throws {
      (self.loss, self.teacher, self.network) = (loss, teacher, network)
      flops = try network.forward(batch: 1, isTraining: false).flops
    }

    /// What results depend on.
    var value: Specification.Value { .list([.component(loss.specification), teacher.value]) }

    /// The teacher as it stands: a network in evaluation, which sees the batches of the training and nothing else.
    func teacher(_ context: StageContext) throws -> Trainer.Teacher {
      let record = try context.outputs(of: teacher)
      guard let parameters = record[parameters: "parameters"] else {
        throw StageError.missingOutput("parameters", stage: teacher.short)
      }
      return (network, parameters, record[parameters: "buffers"] ?? network.initialBuffers)
    }
  }

  /// Low-rank adapters that are trained in place of the weights.
  package struct Adapters: Hashable, Sendable {
    /// The rank of each.
    package let rank: Int

    /// The rewrite of a network under masks.
    func rewrite(_ network: Network, under masks: Set<String>) -> Adapted {
      let weights = network.prunable
      return Adapted(rank: rank, of: weights, masked: weights.filter(masks.contains))
    }
  }

  /// What a training does besides: part of its key where it is anything.
  package struct Way: Sendable {
    /// What it compares with; `nil` for the labels alone.
    package var guide: Guide?
    /// What is trained in place of the weights; `nil` for the weights.
    package var adapters: Adapters?
    /// Which of several copies it is, that differ in the order of their examples and in dropout. Copy 0 is the training itself.
    package var copy = 0
    /// In which order it sees its data: 0 for that of the seed, see `DataOrder`.
    package var order = 0

    /// What tells results apart.
    var identity: Specification.Value {
      .list([
        guide?.value ?? .none, adapters.map { .integer($0.rank) } ?? .none, .integer(copy), .integer(order),
      ])
    }
  }

  /// What the teacher costs in each step.
  var guideFlops: Double { Double((way.guide?.flops ?? 0).times(regimen.batchSize)) }

  /// The seed of its data's order, of augmentation and of dropout: s + c · 2³² + o · 2⁴⁰ for copy c in order o. There are fewer than 2⁸
  /// copies.
  var orderSeed: UInt64 { regimen.seedBits &+ UInt64(way.copy) << 32 &+ UInt64(way.order) << 40 }
}
