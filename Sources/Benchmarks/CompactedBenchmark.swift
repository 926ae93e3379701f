import CoppiceAutodiff
import CoppiceLaboratory
import CoppiceNetworks

/// Measures how many times as fast a network is that was compacted to half of its work: of every block half of the inner channels,
/// or half of the heads and of the hidden features. Whole and compacted network run in turn.
package struct CompactedBenchmark {
  let subject: BenchmarkModel
  let threads: Int
  /// Seconds of each of the runs of a figure.
  let seconds: Double
  package let whole: Network
  package let compacted: Network

  /// - Returns: `nil` for a model whose halves are not known here.
  package init?(_ subject: BenchmarkModel, threads: Int, seconds: Double) throws {
    (self.subject, self.threads, self.seconds) = (subject, threads, seconds)
    whole = try Network(subject.model, subject.interface)
    let halves = Self.halves(of: whole)
    guard !halves.isEmpty else { return nil }
    compacted = try Compacted(whole, without: halves).apply(to: whole)
  }

  /// What goes: the second half of the rows of each block's inner weights; of a packed projection, that of each third.
  static func halves(of network: Network) -> [AxisSlice] {
    network.declarations.compactMap { declaration in
      let rows = declaration.shape.axes.first ?? 0
      if declaration.name.hasSuffix(".c_attn.weight") {
        return AxisSlice(declaration.name, axis: 0, Array(rows / 6..<rows / 3))
      }
      guard
        ["blocks", "mlp.c_fc"].contains(where: { declaration.name.contains($0) }),
        [".conv1.weight", ".c_fc.weight"].contains(where: { declaration.name.hasSuffix($0) })
      else { return nil }
      return AxisSlice(declaration.name, axis: 0, Array(rows / 2..<rows))
    }
  }

  /// `compacted-work`, the share of the floating-point operations of inference that is left; and how many times as fast the compacted
  /// network is in `compacted-training`, and in `compacted-inference` of 64 examples and of one.
  func rows() throws -> [BenchmarkRow] {
    func work(_ network: Network) throws -> Double { Double(try network.evaluationGraph(batch: 1).flops) }
    var rows = [row("compacted-work", nil, Rates([try work(compacted) / work(whole)]))]
    rows.append(
      row("compacted-training", subject.batch, try speedUp { try training($0) }))
    for batch in Benchmark.inferenceBatches.reversed() {
      rows.append(row("compacted-inference", batch, try speedUp { try inference($0, batch: batch) }))
    }
    return rows
  }

  private func speedUp(_ call: (Network) throws -> () -> Void) rethrows -> Rates {
    let (slow, fast) = (try call(whole), try call(compacted))
    return RatesInTurn(seconds).rates(of: fast, beside: slow)
  }

  private func training(_ network: Network) throws -> () -> Void {
    let state = TrainingState(
      parameters: network.initialParameters(seed: 0), buffers: network.initialBuffers)
    let trainer = try Trainer(
      network, state, masks: nil, optimizer: subject.optimizer, batch: subject.batch, seed: 0,
      threads: threads)
    try trainer.fillBatch(subject.fill)
    return { _ = trainer.run(learningRate: 1e-3) }
  }

  private func inference(_ network: Network, batch: Int) throws -> () -> Void {
    let evaluator = try Evaluator(network, batch: batch, threads: threads)
    evaluator.load(network.initialParameters(seed: 0), network.initialBuffers)
    try evaluator.fillBatch(subject.fill)
    return { evaluator.run() }
  }

  private func row(_ name: String, _ batch: Int?, _ rates: Rates) -> BenchmarkRow {
    BenchmarkRow(
      key: .init(benchmark: name, model: subject.name, batch: batch, threads: threads, density: nil),
      rates: rates, unit: "×")
  }
}
