import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors

extension Probe {
  /// What one probe finds.
  static func run(
    _ network: Network, loss: Loss = .crossEntropy, _ parameters: ParameterSet, _ buffers: ParameterSet,
    masks: MaskSet? = nil, batch: Int, count: Int = 1, given: [String: ParameterSet] = [:], threads: Int = 1,
    trace: (LossTrace) throws -> [(name: String, value: Value)],
    fill: (_ index: Int, BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>) throws -> Void,
    each: (_ index: Int, ParameterSet) throws -> Void
  ) throws {
    try Probe(network, loss: loss, batch: batch, given: given, threads: threads, trace: trace)
      .run(parameters, buffers, masks: masks, count: count, given: given, fill: fill, each: each)
  }

  /// The gradient of the mean loss of one batch with respect to every trained parameter, by name.
  static func gradients(
    _ network: Network, loss: Loss = .crossEntropy, _ parameters: ParameterSet, _ buffers: ParameterSet,
    masks: MaskSet? = nil, batch: Int, threads: Int = 1, fill: BatchFill
  ) throws -> ParameterSet {
    var gradients = ParameterSet()
    try run(
      network, loss: loss, parameters, buffers, masks: masks, batch: batch, threads: threads,
      trace: { $0.weightGradients }, fill: { try fill($1, $2) }, each: { gradients = $1 })
    return gradients
  }
}
