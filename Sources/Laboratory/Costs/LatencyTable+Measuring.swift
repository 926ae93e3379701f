import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors

extension LatencyTable {
  /// The shares of every family that are measured.
  static let shares = [1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125]

  /// Measures a network now, operation by operation and as a whole. Nothing else should run meanwhile.
  /// - Parameters:
  ///   - batch: examples of a pass.
  ///   - seconds: about how long each measurement takes.
  package init(
    measuring network: Network, batch: Int, threads: Int, seconds: Double,
    progress: (String) -> Void = { _ in }
  ) throws {
    let forward = try network.forward(batch: batch, isTraining: false)
    let work = CompactedWork(forward)
    let operations = work.operations
    var known: [String: Double] = [:]
    var rows = operations.map { _ in (work: [Int](), seconds: [Double]()) }
    var whole: [(work: [Int], seconds: Double)] = []
    for share in Self.shares {
      progress("\(network.model.name) with \(share) of its units")
      let kept = try forward.keptAxes(without: Self.removed(forward, share))
      let amounts = try work.work(keeping: kept)
      for (index, operation) in operations.enumerated() {
        let graph = try work.graph(of: operation, keeping: kept)
        // Equal operations take equally long.
        let name = graph.description
        let time = try known[name] ?? Self.seconds(graph, threads, seconds)
        known[name] = time
        rows[index].work.append(amounts[index])
        rows[index].seconds.append(time)
      }
      let smaller = try forward.compacted(keeping: kept).simplified
      whole.append((amounts, try Self.seconds(smaller, threads, 5 * seconds)))
    }
    self = LatencyTable(
      model: network.model.specification.description,
      interface: network.interface.specification.description, batch: batch, threads: threads,
      processor: Provenance.processor, kernels: KernelVariant.current,
      rows: zip(operations, rows).map {
        Row(scope: $0.scope, primitive: $0.primitive, work: $1.work, seconds: $1.seconds)
      }, sums: [], network: []
    ).calibrated(whole)
  }

  /// The least time of a run.
  private static func seconds(_ graph: Graph, _ threads: Int, _ seconds: Double) throws -> Double {
    let executor = Executor(Plan(graph), threads: threads)
    return StageRates.secondsPerCall(within: seconds) { executor.run() }
  }

  /// What goes where an equal share of every family stays, at least one unit of each.
  private static func removed(_ forward: Graph, _ share: Double) -> [AxisSlice] {
    var (counts, left): ([[AxisSlice]: Int], [[AxisSlice]: Int]) = ([:], [:])
    let groups = forward.axisGroups().filter { !$0.isFixed }
    /// Units of one family own as many places of the same axes.
    func family(_ group: AxisGroup) -> [AxisSlice] {
      group.slices.map { AxisSlice($0.parameter, axis: $0.axis, [$0.indices.count]) }
    }
    for group in groups { counts[family(group), default: 0] += 1 }
    return groups.flatMap { group -> [AxisSlice] in
      let own = family(group)
      let stays = max(1, Int((share * Double(counts[own] ?? 1)).rounded(.up)))
      left[own, default: 0] += 1
      return left[own, default: 0] > stays ? group.slices : []
    }
  }
}
