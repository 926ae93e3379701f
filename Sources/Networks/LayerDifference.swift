import CoppiceAutodiff
import CoppiceTensors

/// How a layer's output in front of its rectifier differs between a network and another one of its kind, on some batches of training
/// data. With rows x that the layer's filters are multiplied by, and r what comes out in the other one less what comes out in this one.
/// Sums are taken in single precision within a batch and in double precision over batches.
package struct LayerDifference {
  /// How many rows x of one group are summed over.
  package private(set) var rows = 0
  /// The layer's bias; `nil` where it has none.
  package private(set) var bias: String?
  private var sums: [(name: String, values: [Double])] = []

  /// Σ r, `[out]`; empty where the layer has no bias.
  package var difference: [Double] { self["difference"] }
  /// Σ x in every row, shaped like the weight; empty where the layer has no bias.
  package var inputs: [Double] { self["inputs"] }
  /// Σ r xᵀ, shaped like the weight.
  package var cross: [Double] { self["cross"] }
  /// Σ x xᵀ, `[groups, in, in]`.
  package var products: [Double] { self["products"] }

  private subscript(name: String) -> [Double] { sums.first { $0.name == name }?.values ?? [] }

  /// Measures it.
  ///
  /// - Parameters:
  ///   - layer: the name of the layer's weight.
  ///   - network: what both networks are; `parameters` and `buffers` those of this one, `reference` those of the other.
  ///   - masks: which weights survive in this one; the others count as 0.
  ///   - withRows: whether all sums are taken, and not that of r alone.
  ///   - batch: examples at once.
  ///   - count: how many batches.
  ///   - threads: how many threads share each kernel. The results do not depend on it.
  ///   - fill: writes the inputs and labels of batch number `index`.
  package init(
    of layer: String, in network: Network, _ parameters: ParameterSet, _ buffers: ParameterSet,
    masks: MaskSet? = nil, reference: (parameters: ParameterSet, buffers: ParameterSet), withRows: Bool,
    batch: Int, count: Int, threads: Int = 1,
    fill: (_ index: Int, BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>) throws -> Void
  ) throws {
    let traced = try network.differenceGraph(of: layer, batch: batch, rows: withRows)
    let executor = Executor(Plan(traced.graph), threads: threads)
    executor.load(network, parameters, buffers, masks: masks)
    executor.load(network, reference.parameters, reference.buffers, prefix: "reference/")
    (rows, bias) = (traced.rows * count, traced.bias)
    for index in 0..<count {
      try executor.fillBatch(hasTokens: network.interface.hasTokens) { try fill(index, $0, $1) }
      executor.run()
      for (place, output) in traced.graph.outputs.enumerated() {
        let found = executor.output(output.name).scalars
        if index == 0 {
          sums.append((output.name, found.map(Double.init)))
        } else {
          for element in found.indices { sums[place].values[element] += Double(found[element]) }
        }
      }
    }
  }
}
