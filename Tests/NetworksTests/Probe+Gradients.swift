import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors

extension Probe {
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
