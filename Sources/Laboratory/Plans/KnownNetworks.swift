import CoppiceAutodiff
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors
import CoppiceTerms
import Synchronization

/// The networks of a plan, each traced once, however many trials train it, and what trials share of how they are trained.
final class KnownNetworks: Sendable {
  private let regimens = Mutex<[Regimen.Identity: Regimen]>([:])
  private let traced = Mutex<[Specification: Network]>([:])
  private let structures = Mutex<[Specification: NetworkStructure]>([:])
  private let probed = Mutex<Set<Specification>>([])
  private let memories = Mutex<[Specification: Int]>([:])
  private let compacted = Mutex<[Specification: CompactedCosts]>([:])
  private let costs = Mutex<[Specification: CostModel]>([:])
  private let starts = Mutex<[Specification: StartWeights]>([:])
  /// The digests of the files that trials begin with.
  let digests = StartDigests()
  private let values = Mutex<[Int: Set<Specification.Value>]>([:])

  /// Refuses a trial with a number that cannot be, before anything is read or made by it.
  func checkNumbers(_ trial: Trial, _ settings: [Setting]) throws {
    try values.withLock { known throws in try trial.checkNumbers(settings, &known) }
  }

  /// The regimen itself, or an equal one of a trial before: those that differ in their pruning alone share one.
  func shared(_ regimen: Regimen) -> Regimen {
    regimens.withLock { known in
      if let known = known[regimen.identity] { return known }
      known[regimen.identity] = regimen
      return regimen
    }
  }

  /// The file that a network begins with, looked at once; `nil` where weights are drawn.
  ///
  /// - Throws: as `StartWeights.init`.
  func start(_ start: Start, _ network: Network) throws -> StartWeights? {
    guard start != .fresh else { return nil }
    let key = Specification(
      "start", version: 1,
      [("start", .component(start.specification)), ("network", .component(network.origin))])
    if let known = starts.withLock({ $0[key] }) { return known }
    let new = try StartWeights(start, network, digests)
    starts.withLock { $0[key] = new }
    return new
  }

  /// The network of a trial, traced for its task, and what its granularity makes units from.
  ///
  /// - Throws: `TraceError` where the shapes of the model and the task do not go together.
  func network(_ trial: Trial, _ interface: Interface) throws -> (Network, NetworkStructure) {
    let key = Specification(
      "traced", version: 1,
      [
        ("model", .component(trial.model.specification)), ("interface", .component(interface.specification)),
        ("initializer", trial.initializer.map { .component($0.specification) } ?? .none),
      ])
    let network: Network
    if let known = traced.withLock({ $0[key] }) {
      network = known
    } else {
      network = try Network(trial.model, interface, initializer: trial.initializer)
      traced.withLock { $0[key] = network }
    }
    // Single weights need none, and most trials prune those.
    guard trial.granularity != .weight || trial.criterion.needs.structure else { return (network, .none) }
    if let known = structures.withLock({ $0[key] }) { return (network, known) }
    let structure = try NetworkStructure(network)
    structures.withLock { $0[key] = structure }
    return (network, structure)
  }

  /// What the network of a trial costs in what its target counts; `nil` where that is its weights.
  ///
  /// - Throws: `PlanError`, `LatencyTableError`, and what units throw that do not fit.
  func costs(
    _ trial: Trial, _ network: Network, _ pruner: Pruner, _ structure: NetworkStructure,
    _ tables: LatencyTables
  ) throws -> CostForecast? {
    guard trial.target != .weights else { return nil }
    let traced = Specification(
      "traced", version: 1,
      [
        ("model", .component(network.model.specification)),
        ("interface", .component(network.interface.specification)),
      ])
    let key = Specification(
      "costs", version: 1,
      [
        ("network", .component(traced)), ("target", .component(trial.target.specification)),
        ("granularity", .component(pruner.granularity.specification)),
        ("ignoring", .list(pruner.allocation.ignoring.map(Specification.Value.text))),
      ])
    if let known = costs.withLock({ $0[key] }) { return CostForecast(trial.target, known) }
    let new = try CostModel(
      trial.target, network, pruner, structure,
      compacted: {
        if let known = compacted.withLock({ $0[traced] }) { return known }
        let new = try CompactedCosts(network)
        compacted.withLock { $0[traced] = new }
        return new
      }, tables: tables)
    costs.withLock { $0[key] = new }
    return CostForecast(trial.target, new)
  }

  /// Traces a training step and an evaluation at their own batches, so that a layer, a loss or an optimizer that cannot be is refused
  /// before anything is trained.
  ///
  /// - Returns: bytes that a stage of it takes at least, the data set apart.
  /// - Throws: `TraceError`.
  func check(_ regimen: Regimen, _ trial: Trial) throws -> Int {
    // A network that is only measured needs no room for a step on a whole batch.
    let batch = try trial.isTrained(regimen) ? regimen.batchSize : 1
    let size = Specification(
      "training", version: 1, [("regimen", .component(regimen.timing)), ("batch", .integer(batch))])
    let training = try memory(size) {
      let step = try regimen.model.trainingGraph(
        batch: batch, optimizer: regimen.optimizer, masked: [], loss: regimen.loss,
        clipping: regimen.clipping)
      let evaluation = try regimen.model.evaluationGraph(
        batch: regimen.data.interface.evaluationBatch, loss: regimen.loss)
      return regimen.memory(of: step, evaluation: evaluation)
    }
    guard let batch = trial.evidenceBatch(of: regimen.data.stepsPerEpoch(batchSize: 1)) else {
      return training
    }
    let key = Specification(
      "evidence", version: 1, [("regimen", .component(regimen.timing)), ("batch", .integer(batch))])
    return max(training, try memory(key) { try regimen.memoryOfEvidence(batch: batch) })
  }

  /// Traces a training step of a network whose masks are learned, so that a model without what the mask needs is refused before
  /// anything is trained.
  ///
  /// - Returns: bytes that such a training takes at least, the data set apart.
  /// - Throws: `TraceError`, and whatever a schedule of the mask throws.
  func check(_ learning: MaskLearning, _ regimen: Regimen) throws -> Int {
    _ = try learning.inputs(0, regimen.total, regimen)
    let key = Specification(
      "learning", version: 1,
      [("timing", .component(regimen.timing)), ("learning", .component(learning.specification))])
    return try memory(key) {
      let network = try learning.network(regimen)
      let step = try network.trainingGraph(
        batch: regimen.batchSize, optimizer: regimen.optimizer, masked: [], loss: regimen.loss,
        clipping: regimen.clipping)
      let evaluation = try regimen.model.evaluationGraph(
        batch: regimen.data.interface.evaluationBatch, loss: regimen.loss)
      return regimen.memory(of: step, evaluation: evaluation)
    }
  }

  /// Bytes that a measurement of latencies takes at least, the data set apart.
  func memoryOfLatency(_ regimen: Regimen) throws -> Int {
    let key = Specification("latency", version: 1, [("timing", .component(regimen.timing))])
    return try memory(key) { try regimen.memoryOfLatency() }
  }

  private func memory(_ key: Specification, _ make: () throws -> Int) throws -> Int {
    if let known = memories.withLock({ $0[key] }) { return known }
    let new = try make()
    memories.withLock { $0[key] = new }
    return new
  }

  /// Traces the evidence that a pruning asks for, and what it is given, so that a network that cannot give it is refused before
  /// anything is trained.
  ///
  /// - Throws: `TraceError`, and whatever an evidence throws.
  func check(_ evidence: [Evidence], _ regimen: Regimen) throws {
    for evidence in evidence {
      let key = Specification(
        "evidence", version: 1,
        [
          ("evidence", .component(evidence.specification)), ("training", .component(regimen.timing)),
          ("initializer", .component(regimen.model.initializer.specification)),
        ])
      guard probed.withLock({ !$0.contains(key) }) else { continue }
      _ = try graph(of: evidence, regimen)
      probed.withLock { _ = $0.insert(key) }
    }
  }

  /// What an evidence computes of one example.
  private func graph(of evidence: Evidence, _ regimen: Regimen) throws -> Graph {
    var given: [String: ParameterSet] = [:]
    for other in evidence.given {
      let graph = try graph(of: other, regimen)
      given[other.description] = ParameterSet(
        graph.outputs.map { ($0.name, Tensor(repeating: 0, graph.type(of: $0.value).shape)) })
    }
    return try regimen.model.probeGraph(batch: 1, loss: regimen.loss, given: given) {
      try evidence.values(of: $0)
    }
  }
}

extension AxisGroup {
  /// All of some parameters, as far as they have an axis.
  fileprivate init(whole parameters: [String], _ shapes: [String: Shape], label: String) {
    self.init(
      parameters.compactMap { name in
        guard let count = shapes[name]?.axes.first else { return nil }
        return AxisSlice(name, axis: 0, Array(0..<count))
      }, labels: [label])
  }
}

extension NetworkStructure {
  /// The structure of a network, asked of its forward graph.
  package init(_ network: Network) throws {
    let graph = try network.forward(batch: 1, isTraining: false)
    var (companions, scales): ([String: [String]], [String: String]) = ([:], [:])
    for name in network.prunable {
      companions[name] = graph.companions(of: name)
      scales[name] = graph.scale(behind: name)
    }
    let parts = GraphParts(graph)
    let shapes = Dictionary(
      graph.parameters.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    let branches = parts.branches.map { AxisGroup(whole: $0.part.parameters, shapes, label: "branch") }
    self.init(
      companions: companions, scales: scales, groups: graph.axisGroups(), branches: branches,
      blocks: parts.blocks.filter { $0.cut != nil && !$0.branches.isEmpty }.map { block in
        let own = block.branches.flatMap { parts.branches[$0].part.parameters }
        return AxisGroup(whole: own, shapes, label: "block")
      }, flops: graph.flopsByParameter)
    passages = graph.passages(of: network.prunable)
  }
}
