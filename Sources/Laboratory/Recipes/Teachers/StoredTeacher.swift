import CoppiceDatasets
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import Crypto

/// A network that a trial has left in a file: the last round that has weights, under its masks.
struct StoredTeacher: Sendable {
  let path: String
  let network: Network
  /// SHA-256 of the network and its weights, in hexadecimal digits.
  let digest: String

  /// The network of a trial's file, for the task of another trial.
  ///
  /// - Throws: `TeacherError` where the file has no network for the task, or one that was trained on what the other trial selects or
  ///   reports on; `StoreError`, `ConfigurationError`.
  init(_ path: String, for trial: Trial, _ data: TaskData) throws {
    let record = try TrialFile(path).record()
    let stored = try Trial(configuration: record.configuration)
    guard stored.dataset == trial.dataset else {
      throw TeacherError.otherTask(path, "\(stored.dataset)", wanted: "\(trial.dataset)")
    }
    let seeds = [stored.seed, trial.seed].map { UInt64(bitPattern: Int64($0)) }
    guard seeds[0] == seeds[1] || Self.isSplitAlike(data.dataset, seeds[0], seeds[1]) else {
      throw TeacherError.otherSplit(path, stored.seed, wanted: trial.seed)
    }
    let whole = try Network(stored.model, data.interface, initializer: stored.initializer)
    let weights = try Self.weights(of: record, path)
    network = try Factorised(of: whole, with: weights)?.apply(to: whole) ?? whole
    let (parameters, buffers) = Self.split(weights, network)
    if let fault = network.fault(inParameters: parameters) ?? network.fault(inBuffers: buffers) {
      throw TeacherError.otherNetwork(path, fault)
    }
    self.path = path
    digest = Self.digest(network, parameters, buffers)
  }

  /// Parameters and buffers.
  ///
  /// - Throws: `TeacherError.changed` where the file no longer holds what it was planned with.
  func read() throws -> (parameters: ParameterSet, buffers: ParameterSet) {
    let (parameters, buffers) = Self.split(try Self.weights(of: TrialFile(path).record(), path), network)
    guard Self.digest(network, parameters, buffers) == digest else { throw TeacherError.changed(path) }
    return (parameters, buffers)
  }

  private static func weights(of record: TrialRecord, _ path: String) throws -> ParameterSet {
    guard record.status == .completed, let round = record.rounds.last(where: { $0.weights != nil }),
      let weights = round.weights
    else { throw TeacherError.noNetwork(path) }
    return round.masks?.applied(to: weights) ?? weights
  }

  private static func split(
    _ weights: ParameterSet, _ network: Network
  ) -> (parameters: ParameterSet, buffers: ParameterSet) {
    func part(_ names: [String]) -> ParameterSet {
      ParameterSet(names.compactMap { name in weights[name].map { (name, $0) } })
    }
    return (part(network.declarations.map(\.name)), part(network.buffers.map(\.name)))
  }

  /// Whether two seeds leave the same examples for training.
  private static func isSplitAlike(_ dataset: Dataset, _ a: UInt64, _ b: UInt64) -> Bool {
    Split(dataset, seed: a).training.indices == Split(dataset, seed: b).training.indices
  }

  private static func digest(
    _ network: Network, _ parameters: ParameterSet, _ buffers: ParameterSet
  ) -> String {
    var hash = SHA256()
    hash.update(data: network.origin.canonicalBytes)
    for set in [parameters, buffers] {
      for (name, tensor) in set {
        hash.update(data: Array("\(name) \(tensor.shape)\n".utf8))
        tensor.scalars.withUnsafeBytes { hash.update(bufferPointer: $0) }
      }
    }
    return StageKey.hexadecimal(hash.finalize())
  }
}

/// A file that cannot be a trial's teacher.
package enum TeacherError: Error, Hashable, CustomStringConvertible {
  case otherTask(String, String, wanted: String)
  case otherSplit(String, Int, wanted: Int)
  case otherNetwork(String, String)
  case noNetwork(String)
  case changed(String)

  package var description: String {
    switch self {
    case .otherTask(let path, let found, let wanted):
      "the teacher in \(path) was trained on \(found), and this trial is of \(wanted): take a teacher of the same task"
    case .otherSplit(let path, let found, let wanted):
      "the teacher in \(path) has seed \(found), so that it was trained on validation examples of seed \(wanted): take one of seed "
        + "\(wanted), or trained(model: …), which is trained with the trial's own split"
    case .otherNetwork(let path, let fault): "the teacher in \(path) cannot be built again: \(fault)"
    case .noNetwork(let path):
      "\(path) has no finished network to be a teacher: take the file of a trial that was completed"
    case .changed(let path):
      "the teacher in \(path) is no longer the one that this run was planned with: run the command again"
    }
  }
}

extension TeacherError: ReportedError {
  /// Settings that do not go together, or a file that is not what it should be.
  package var exitCode: FailureCode {
    switch self {
    case .otherTask, .otherSplit: .usage
    case .otherNetwork, .noNetwork: .badData
    case .changed: .tryAgain
    }
  }
}
