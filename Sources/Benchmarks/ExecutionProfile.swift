import CoppiceAutodiff
import CoppiceLaboratory

/// Where the time and the memory of one run of a plan go. Every step is timed by the executor that runs it, on one thread, and so
/// are whole runs.
package struct ExecutionProfile: Sendable {
  /// One step of the plan.
  package struct Call: Hashable, Sendable {
    /// `matrix-product`; of operations that are done on a few examples at a time all of them, `micro-batches: convolution, relu`.
    package let primitive: String
    /// The part of the model that it is in: `blocks.0.conv1`; empty for what is in none, as the loss.
    package let scope: String
    /// The median over the profiled runs.
    package let seconds: Double
    /// Floating-point operations, by the operation's definition; 0 for what only moves numbers.
    package let flops: Int
    /// Bytes that it reads and writes, each once, and four for the place of every survivor of a sparse weight.
    package let bytes: Int

    package init(primitive: String, scope: String, seconds: Double, flops: Int, bytes: Int) {
      (self.primitive, self.scope, self.seconds) = (primitive, scope, seconds)
      (self.flops, self.bytes) = (flops, bytes)
    }
  }

  /// Bytes that the plan holds.
  package struct Memory: Hashable, Sendable {
    /// Parameters, inputs and what is kept from run to run.
    package let leaves: Int
    /// Everything in between, as far as it is alive at once.
    package let arena: Int
    /// What kernels of one thread put aside.
    package let scratch: Int

    package init(leaves: Int, arena: Int, scratch: Int) {
      (self.leaves, self.arena, self.scratch) = (leaves, arena, scratch)
    }
  }

  /// In the order in which they run.
  package let calls: [Call]
  /// Seconds of a run in which no step is timed: the median.
  package let whole: Double
  /// How many runs of either kind there were.
  package let runs: Int
  package let memory: Memory

  /// Seconds of all steps together.
  package var seconds: Double { calls.reduce(0) { $0 + $1.seconds } }
  /// Floating-point operations of all steps together.
  package var flops: Int { calls.reduce(0) { $0 + $1.flops } }
  /// Bytes that all steps together read and write.
  package var bytes: Int { calls.reduce(0) { $0 + $1.bytes } }

  package init(calls: [Call], whole: Double, runs: Int, memory: Memory) {
    (self.calls, self.whole, self.runs, self.memory) = (calls, whole, runs, memory)
  }

  /// Profiles runs for so many seconds, and five at least, in turn with runs that are timed as a whole. A first run warms caches.
  init(seconds: Double, profile: () -> (plan: Plan, seconds: [Double]), run: () -> Void) {
    run()
    let watch = Stopwatch()
    let (plan, first) = profile()
    var times = [first]
    var wholes: [Double] = []
    while wholes.count < Rates.runs || watch.elapsed < seconds {
      let once = Stopwatch()
      run()
      wholes.append(once.elapsed)
      if times.count < wholes.count { times.append(profile().seconds) }
    }
    self.init(
      calls: plan.steps.indices.compactMap { step in
        plan.call(step, seconds: Rates(times.map { $0[step] }).median)
      }, whole: Rates(wholes).median, runs: times.count,
      memory: Memory(
        leaves: plan.leafSize, arena: plan.arenaSize, scratch: plan.scratch * MemoryLayout<Float>.size))
  }
}

extension Plan {
  /// A step with what it takes.
  fileprivate func call(_ step: Int, seconds: Double) -> ExecutionProfile.Call? {
    let index = steps[step].node
    let node = graph.nodes[index]
    guard let primitive = node.primitive else { return nil }
    let signature = graph.signature(of: index)
    let survivors = (primitive as? any PatternedPrimitive)?.pattern.count ?? 0
    let bytes = (signature.inputs + signature.outputs).reduce(4 * survivors) { $0 + $1.size }
    var (name, scope) = (primitive.name, node.scope)
    if let together = primitive as? MicroBatches {
      name += ": " + together.operations.map(\.primitive).joined(separator: ", ")
      var scopes: [String] = []
      for operation in together.operations where !scopes.contains(operation.scope) {
        scopes.append(operation.scope)
      }
      scope = scopes.filter { !$0.isEmpty }.joined(separator: " + ")
    }
    return ExecutionProfile.Call(
      primitive: name, scope: scope, seconds: seconds, flops: primitive.flops(for: signature), bytes: bytes)
  }
}
