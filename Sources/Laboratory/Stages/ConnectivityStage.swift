import CoppiceDatasets
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Measures the networks on the straight line between two trained ones: (1 − α) · W + α · W' at points α that lie evenly from 0 to 1,
/// both ends among them.
///
/// Where networks are pruned, a weight on the line is 0 where it is 0 at both ends: masks that are equal hold, and of others what
/// survives in either.
package struct ConnectivityStage: Stage {
  package let regimen: Regimen
  /// The stages with the networks at the ends.
  package let ends: [StageKey]
  /// The stages with their masks; `nil` for a dense one.
  package let masks: [StageKey?]
  /// How the line is measured.
  package let walk: ConnectivityWalk
  package let key: StageKey

  package init(_ regimen: Regimen, between ends: [StageKey], masks: [StageKey?], _ walk: ConnectivityWalk) {
    (self.regimen, self.ends, self.masks, self.walk) = (regimen, ends, masks, walk)
    key = StageKey(
      Specification(
        "connectivity", version: 1,
        [
          ("ends", .list(ends.map(\.value))), ("masks", .list(masks.map { $0?.value ?? .none })),
          ("walk", .list(walk.fields.map(\.value))), ("seed", .integer(regimen.seed)),
        ]))
  }

  package var parents: [StageKey] { ends + masks.compactMap { $0 } }

  package func run(_ context: StageContext) throws -> StageRecord {
    let networks = try ends.map { key -> (parameters: ParameterSet, buffers: ParameterSet) in
      let record = try context.outputs(of: key)
      guard let parameters = record[parameters: "parameters"] else {
        throw StageError.missingOutput("parameters", stage: key.short)
      }
      return (parameters, record[parameters: "buffers"] ?? regimen.model.initialBuffers)
    }
    let surviving = try union(context)
    let sight = try PathSight(regimen, masks: surviving, walk, threads: context.threads)
    var path = ConnectivityPath()
    for point in 0..<walk.points {
      try context.interruption.check()
      let position = Double(point) / Double(max(1, walk.points - 1))
      let parameters = Self.line(networks[0].parameters, networks[1].parameters, at: position)
      let buffers = Self.line(networks[0].buffers, networks[1].buffers, at: position)
      path.positions.append(position)
      try sight.measure(parameters, buffers, into: &path) { try context.interruption.check() }
    }
    return StageRecord(key: key.hexadecimal, numbers: path.numbers)
  }

  /// What survives in either network; `nil` where one is dense.
  private func union(_ context: StageContext) throws -> MaskSet? {
    guard let one = masks[0], let other = masks[1] else { return nil }
    return try context.masks(of: one).union(context.masks(of: other))
  }

  /// The point of a line between two sets of arrays, computed in Double precision: the ends are those sets to the bit.
  static func line(_ one: ParameterSet, _ other: ParameterSet, at position: Double) -> ParameterSet {
    ParameterSet(
      one.map { name, tensor in
        guard let end = other[name]?.scalars else { return (name, tensor) }
        let scalars = tensor.scalars.indices.map { place in
          Float((1 - position) * Double(tensor.scalars[place]) + position * Double(end[place]))
        }
        return (name, Tensor(tensor.shape, scalars))
      })
  }
}

/// What networks on a line are measured with.
private struct PathSight {
  private let regimen: Regimen
  private let masks: MaskSet?
  private let walk: ConnectivityWalk
  private let threads: Int
  private let evaluator: Evaluator
  private let test: EvaluationBatches
  private let training: Batches
  /// How many batches of training data are looked at.
  private let count: Int
  private let hasStatistics: Bool

  init(_ regimen: Regimen, masks: MaskSet?, _ walk: ConnectivityWalk, threads: Int) throws {
    (self.regimen, self.masks, self.walk, self.threads) = (regimen, masks, walk, threads)
    let data = regimen.data
    let available = data.stepsPerEpoch(batchSize: 1)
    let batch = min(data.interface.evaluationBatch, available)
    evaluator = try Evaluator(
      regimen.model, loss: regimen.loss, batch: batch, masks: masks, execution: regimen.execution,
      threads: threads)
    test = try EvaluationBatches(data.split.test, of: data.dataset, batchSize: batch)
    // A random part of the training data, without augmentation, the same at every point.
    training = try Batches(
      data.split.training, of: data.dataset, batchSize: batch, seed: regimen.seedBits, stream: .score)
    count = max(1, min(walk.examples, available) / batch)
    hasStatistics = try !regimen.model.runningStatistics().isEmpty
  }

  /// Measures a network and adds what came of it.
  func measure(
    _ parameters: ParameterSet, _ interpolated: ParameterSet, into path: inout ConnectivityPath,
    check: () throws -> Void
  ) throws {
    var buffers = interpolated
    if hasStatistics, walk.statistics == .remade {
      let (size, source) = try ScoringData(batch: walk.batch, count: walk.batches).batches(of: regimen)
      var batches = source
      buffers = try Recalibration.buffers(
        of: regimen.model, parameters, interpolated, masks: masks, batch: size, count: walk.batches,
        seed: regimen.seedBits, threads: threads
      ) { index, inputs, labels in
        try check()
        batches.fill(index, inputs, labels)
      }
    }
    evaluator.load(parameters, buffers)
    path.add(try evaluator.evaluate(batches: test.count) { test.fill($0, $1, $2) }, .test)
    var batches = training
    path.add(try evaluator.evaluate(batches: count) { batches.fill($0, $1, $2) }, .train)
  }
}
