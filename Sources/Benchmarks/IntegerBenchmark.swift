import CoppiceAutodiff
import CoppiceLaboratory
import CoppiceNetworks
import CoppiceTensors

/// Measures how many times as fast a network is whose products are those of integers: beside the same network in floats, and with
/// nine tenths of its weights gone beside the same integers with all of them. Both run in turn.
package struct IntegerBenchmark {
  let subject: BenchmarkModel
  let threads: Int
  /// Seconds of each of the runs of a figure.
  let seconds: Double
  private let network: Network
  private let state: TrainingState

  /// The density of the sparse figures.
  static let density = 0.1
  /// Neighbours along the input that are pruned together in the figures of blocks.
  static let block = 4
  static let batch = 64

  package init(_ subject: BenchmarkModel, threads: Int, seconds: Double) throws {
    (self.subject, self.threads, self.seconds) = (subject, threads, seconds)
    network = try Network(subject.model, subject.interface)
    state = TrainingState(parameters: network.initialParameters(seed: 0), buffers: network.initialBuffers)
  }

  /// `integer-inference`, beside floats; `integer-sparse` and, with blocks of 1 × 4, `integer-blocks`, beside dense integers.
  func rows() throws -> [BenchmarkRow] {
    let dense = try integers(nil)
    return try [
      row("integer-inference", nil, RatesInTurn(seconds).rates(of: dense, beside: floats())),
      row("integer-sparse", Self.density, RatesInTurn(seconds).rates(of: integers(1), beside: dense)),
      row(
        "integer-blocks", Self.density, RatesInTurn(seconds).rates(of: integers(Self.block), beside: dense)),
    ]
  }

  private func row(_ name: String, _ density: Double?, _ rates: Rates) -> BenchmarkRow {
    BenchmarkRow(
      key: .init(
        benchmark: name, model: subject.name, batch: Self.batch, threads: threads, density: density),
      rates: rates, unit: "×")
  }

  private func floats() throws -> () -> Void {
    try running(network, state.parameters)
  }

  /// The network in integers; with a length, one of ten runs of so many neighbours survives in each weight.
  private func integers(_ length: Int?) throws -> () -> Void {
    var parameters = state.parameters
    if let length {
      for name in network.prunable {
        guard let weight = parameters[name] else { continue }
        parameters[name] = weight.keepingRuns(of: length, density: Self.density)
      }
    }
    let quantised = try QuantisedForm(
      Quantisation(timing: network, parameters), parameters, state.buffers
    ).apply(to: network)
    return try running(quantised, parameters)
  }

  private func running(_ network: Network, _ parameters: ParameterSet) throws -> () -> Void {
    let evaluator = try Evaluator(network, batch: Self.batch, threads: threads)
    evaluator.load(parameters, state.buffers)
    try evaluator.fillBatch(subject.fill)
    return { evaluator.run() }
  }
}

extension Tensor {
  /// Zeros but for a share of the runs of so many neighbours along the input of a filter: along its channels, where it has windows.
  fileprivate func keepingRuns(of length: Int, density: Double) -> Tensor {
    var result = self
    var random = RandomStream(seed: 1, stream: .mask, substream: UInt32(length))
    let places = shape.axes.dropFirst(2).product, inputs = shape.rank > 1 ? shape[1] : 1
    for row in 0..<(shape.axes.first ?? 0) {
      for place in 0..<places {
        for first in stride(from: 0, to: inputs, by: length) where Double(random.uniform()) >= density {
          for input in first..<min(first + length, inputs) {
            result.scalars[(row * inputs + input) * places + place] = 0
          }
        }
      }
    }
    return result
  }
}
