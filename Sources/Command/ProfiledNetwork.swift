import Coppice
import CoppiceBenchmarks
import CoppiceReporting
import CoppiceStore

/// A network whose forms are profiled, and the settings it is trained with.
struct ProfiledNetwork {
  /// How a model that is named is pruned.
  struct Cut {
    let sparsity: Double
    let granularity: Granularity
    let allocation: Allocation
  }

  /// What it is, in words.
  let title: String
  let trial: Trial
  let forms: MeasuredForms

  /// The network of a round of a trial, or one that was compacted, from its file.
  /// - Parameter isQuantised: whether there is to be a form of integers where the network has none of its own.
  init(
    file path: String, round: Int?, isQuantised: Bool, isForeign: Bool, _ library: DataLibrary
  ) throws {
    if let file = try? CompactedFile(path, isForeign: isForeign) {
      if round != nil {
        throw CommandFailure("--round is of a trial, and \(path) holds one network", .usage)
      }
      let trial = try Trial(configuration: file.configuration)
      let regimen = try Regimen(evaluating: trial, library)
      let network = try CompactedNetwork(file, regimen.model)
      let data = regimen.data
      self.trial = trial
      title = "\(trial.model.name), compacted, of trial \(file.trial), round \(file.round)"
      forms = try MeasuredForms(
        network.network, network.parameters, network.buffers, masks: network.masks,
        quantisation: isQuantised ? Quantisation(timing: network.network, network.parameters) : nil,
        execution: trial.execution == .never ? .automatic : trial.execution
      ) { batch in
        let test = try EvaluationBatches(data.split.test, of: data.dataset, batchSize: batch)
        return { test.fill(0, $0, $1) }
      }
      return
    }
    let record = try TrialFile(path, isForeign: isForeign).record()
    let stored = try StoredNetwork(record, library: library)
    let index = round ?? record.rounds.last?.index ?? 0
    guard let found = record.rounds.first(where: { $0.index == index }), let weights = found.weights else {
      let kept = record.rounds.filter { $0.weights != nil }.map { "\($0.index)" }
      throw CommandFailure(
        "trial \(record.trial) has no weights of round \(index); "
          + (kept.isEmpty
            ? "none are kept in the file" : "there are those of \(kept.joined(separator: ", "))"),
        .usage)
    }
    let (parameters, buffers) = try stored.split(weights, of: index)
    trial = stored.trial
    let sparsity = NumberText.trimmed((found.masks?.sparsity ?? 0) * 100, decimals: 2)
    title = "\(trial.model.name) of trial \(record.trial), round \(index), sparsity \(sparsity) %"
    let regimen = try stored.regimen.fitting(weights)
    forms = try MeasuredForms(
      regimen, parameters, buffers, masks: found.masks,
      quantisation: Quantisation(found)
        ?? (isQuantised ? Quantisation(timing: regimen.model, parameters) : nil))
  }

  /// A model with its initial weights or those of a file, on made-up examples.
  init(
    model: String, weights path: String?, _ overrides: [String], _ cut: Cut?, isQuantised: Bool,
    _ data: DataOptions
  ) throws {
    let network = try TracedModel.network(model, overrides, data)
    var trial = Trial(model: network.model)
    for override in overrides {
      let (name, text) = try SweepOptions.override(override)
      try Settings.named(name).set(&trial, text)
    }
    self.trial = trial
    var (parameters, buffers) = (network.initialParameters(seed: 0), network.initialBuffers)
    var masks: MaskSet?
    if let path, let found = try StartWeights(.file(path), network)?.weights(network, fresh: parameters) {
      (parameters, buffers) = (found.parameters, found.buffers)
      // A file may tell of what is pruned by zeros alone.
      var left = MaskSet(
        network.prunable.compactMap { name in
          parameters[name].map { (name, Mask($0.shape, $0.scalars.map { $0 == 0 ? 0 : 1 })) }
        })
      left.merge(found.masks)
      masks = left.sparsity > 0 ? left : nil
    }
    if let cut {
      let structure = try NetworkStructure(network)
      let pruner = Pruner(
        criterion: .magnitude, granularity: cut.granularity, allocation: cut.allocation)
      try pruner.checkCompatibility(with: network.layers, structure: structure)
      let pruning = try pruner.prune(
        ScoringContext(
          weights: parameters, masks: masks ?? network.fullMasks, seed: 0, structure: structure,
          statistics: buffers),
        structure: structure, to: .sparsity(cut.sparsity))
      masks = pruning.masks
      parameters = pruning.masks.applied(to: parameters)
      buffers = pruning.statistics ?? buffers
    }
    let weights = path.map { "weights of \($0)" } ?? "initial weights"
    let removed = NumberText.trimmed((masks?.sparsity ?? 0) * 100, decimals: 2)
    title = "\(network.model.specification.name) on \(network.interface), \(weights), sparsity \(removed) %"
    let subject = BenchmarkModel(
      model: network.model, interface: network.interface, batch: 1, optimizer: trial.optimizer)
    forms = try MeasuredForms(
      network, parameters, buffers, masks: masks,
      quantisation: isQuantised ? Quantisation(timing: network, parameters) : nil,
      execution: trial.execution == .never ? .automatic : trial.execution
    ) { _ in { subject.fill($0, $1) } }
  }
}
