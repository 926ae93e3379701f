import CoppiceAutodiff
import CoppiceTensors

/// A training step compiled for the masks of its parameters, and the memory it runs in.
struct CompiledTraining {
  /// What a training keeps throughout, whatever its masks.
  struct Settings {
    let execution: SparseExecution
    let optimizer: Optimizer
    let loss: Loss
    let teacher: Trainer.Teacher?
    let batch: Int
    let clipping: Double?
    let threads: Int
  }

  /// The network in the form that the masks call for.
  private(set) var network: Network
  let executor: Executor
  private let moments: [(leaf: String, parameter: String)]
  private var masks: TrainingMasks

  /// The form that a network takes under masks. A parameter with two masks is never sparse, and none is where a loss compares what
  /// single layers give.
  static func form(
    of network: Network, _ masks: TrainingMasks, _ settings: Settings
  ) throws -> Network {
    try SparseForm(masks.one, settings.loss.matched == nil ? settings.execution : .never).apply(to: network)
  }

  /// A step of a network that has the form of its masks.
  init(_ network: Network, _ masks: TrainingMasks, _ settings: Settings) throws {
    self.network = network
    self.masks = masks
    let graph = try network.trainingGraph(
      batch: settings.batch, optimizer: settings.optimizer, masked: masks.one.names,
      apart: masks.active.names, loss: settings.loss, teacher: settings.teacher?.network,
      clipping: settings.clipping)
    executor = Executor(Plan(graph), threads: settings.threads)
    moments = TrainingOptimizers(settings.optimizer, network.declarations).moments(of: network.declarations)
    if let teacher = settings.teacher {
      executor.load(teacher.network, teacher.parameters, teacher.buffers, prefix: "teacher/")
    }
  }

  /// Takes over parameters, buffers and moments. What a parameter's only mask removes becomes 0.
  func write(_ state: TrainingState) {
    for (name, tensor) in state.parameters { write(tensor, of: name, to: name) }
    for (name, tensor) in state.buffers { executor.write(name, tensor.scalars) }
    for (name, tensor) in state.moments {
      let parameter = name.split(separator: ":", maxSplits: 1).last.map(String.init) ?? name
      write(tensor, of: parameter, to: name)
    }
    writeMasks()
  }

  private func write(_ tensor: Tensor, of parameter: String, to leaf: String) {
    executor.write(leaf, network.form(of: parameter).packed(tensor))
    clear(leaf, of: parameter)
  }

  /// Sets to 0 what a parameter's only mask removes from a leaf; a sparse one does not hold it at all.
  private func clear(_ leaf: String, of parameter: String) {
    guard network.form(of: parameter) == .all, let mask = masks.one[parameter] else { return }
    executor.clear(leaf, where: mask)
  }

  private func writeMasks() {
    let leaves =
      masks.one.map { ("mask/\($0)", $1) } + masks.active.map { ("mask/\($0)", $1) }
      + masks.trained.map { ("trained/\($0)", $1) }
    for (leaf, mask) in leaves where executor.hasLeaf(leaf) { executor.write(leaf, bytes: mask.bytes) }
  }

  /// Whether it can go on with these masks, under which the network would have that form: the same parameters have masks, and as many
  /// survivors of the same weights run sparse.
  func fits(_ masks: TrainingMasks, _ network: Network) -> Bool {
    masks.one.names == self.masks.one.names && masks.active.names == self.masks.active.names
      && network.forms.count == self.network.forms.count
      && network.forms.allSatisfy { name, form in
        if case .survivors(let new) = form, case .survivors(let old) = self.network.form(of: name) {
          return new.count == old.count
        }
        return form == self.network.form(of: name)
      }
  }

  /// Goes on with masks that fit.
  mutating func take(_ masks: TrainingMasks, _ network: Network) {
    exchangePatterns(network)
    self.network = network
    self.masks = masks
    for name in masks.one.names { clear(name, of: name) }
    for moment in moments { clear(moment.leaf, of: moment.parameter) }
    writeMasks()
  }

  /// Puts the patterns of a network's form in the place of those that are compiled. Survivors that stay take their values and moments
  /// along.
  private func exchangePatterns(_ network: Network) {
    var patterns: [String: SparsePattern] = [:]
    for (name, form) in network.forms {
      guard case .survivors(let new) = form, case .survivors(let old) = self.network.form(of: name),
        new != old
      else { continue }
      patterns[name] = new
      for leaf in [name] + moments.filter({ $0.parameter == name }).map(\.leaf) {
        executor.write(leaf, old.carried(executor.withFloats(leaf) { Array($0) }, to: new))
      }
    }
    if !patterns.isEmpty { executor.exchange(patterns) }
  }

  /// A whole parameter as the forward pass reads it: one with two masks times the active one, as the graph's memory has both.
  func forwardTensor(of parameter: String) -> Tensor {
    let whole = tensor(parameter, of: parameter)
    guard masks.active[parameter] != nil, executor.hasLeaf("mask/\(parameter)") else { return whole }
    return Mask(whole.shape, executor.leafBytes("mask/\(parameter)")).applied(to: whole)
  }

  /// A whole parameter or moment from its leaf.
  func tensor(_ leaf: String, of parameter: String) -> Tensor {
    network.form(of: parameter).unpacked(executor.leafTensor(leaf))
  }
}
