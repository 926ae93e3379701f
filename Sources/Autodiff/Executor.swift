import CoppiceTensors
import Synchronization

/// Runs a plan. Owns the memory of its leaves, its arena and the scratch of its threads; belongs to one thread.
package final class Executor {
  package private(set) var plan: Plan
  private let memory: PlanMemory
  private let threads: ThreadPlan
  private let patience: Int
  private var program: Program
  private var team: Team?
  private let leaves: [String: (offset: Int, type: ValueType)]
  private let results: [String: (location: Plan.Location, type: ValueType)]

  /// Memory for a plan, with parameters at 0 and states at their initial values.
  ///
  /// - Parameters:
  ///   - threads: how many threads share the work, as far as it is worth them. The results do not depend on it.
  ///   - handover: what handing work over to another thread costs, in floating-point operations; at 0 all threads share all they can.
  ///   - patience: how many nanoseconds a thread that waits for another stays awake.
  package init(_ plan: Plan, threads: Int = 1, handover: Int? = nil, patience: Int? = nil) {
    self.plan = plan
    self.threads = ThreadPlan(plan, threads: threads, handover: handover ?? ThreadPlan.handover)
    self.patience = patience ?? Team.patience
    memory = PlanMemory(plan, threads: self.threads.threads)
    program = Program(plan, memory, self.threads)
    team = self.threads.threads > 1 ? Team(program, patience: self.patience) : nil
    var leaves: [String: (offset: Int, type: ValueType)] = [:]
    for (index, node) in plan.graph.nodes.enumerated() {
      guard let leaf = node.leaf, case .leaf(let offset)? = plan.locations[ValueID(node: index)] else {
        continue
      }
      let type = node.outputs[0]
      if let name = leaf.name { leaves[name] = (offset, type) }
      switch leaf {
      case .constant(let value), .state(_, let value):
        memory.fill(.leaf(offset), count: type.shape.count, value)
      default: break
      }
    }
    self.leaves = leaves
    var results: [String: (location: Plan.Location, type: ValueType)] = [:]
    for output in plan.graph.outputs {
      guard let location = plan.locations[output.value] else { continue }
      results[output.name] = (location, plan.graph.type(of: output.value))
    }
    self.results = results
  }

  /// Goes on with other survivors of some weights, as many of each as before, by name. Who runs which step stays, and so does all
  /// memory: the leaves of these weights are to be written.
  package func exchange(_ patterns: [String: SparsePattern]) {
    plan = plan.exchanging(patterns)
    // Nobody runs the old program any more.
    team = nil
    memory.reserveScratch(plan.scratch, threads: threads.threads)
    program = Program(plan, memory, threads)
    if threads.threads > 1 { team = Team(program, patience: patience) }
  }

  /// Whether the graph has a leaf of that name.
  package func hasLeaf(_ name: String) -> Bool { leaves[name] != nil }

  /// Gives `body` the memory of a Float32 leaf, to be read or filled in place.
  package func withFloats<Result, Failure: Error>(
    _ name: String, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (base, type) = leaf(name, .float32)
    return try body(
      UnsafeMutableBufferPointer(start: base.assumingMemoryBound(to: Float.self), count: type.shape.count))
  }

  /// Gives `body` the memory of an Int32 leaf.
  package func withIntegers<Result, Failure: Error>(
    _ name: String, _ body: (UnsafeMutableBufferPointer<Int32>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (base, type) = leaf(name, .int32)
    return try body(
      UnsafeMutableBufferPointer(start: base.assumingMemoryBound(to: Int32.self), count: type.shape.count))
  }

  /// Writes a Float32 leaf.
  package func write(_ name: String, _ scalars: [Float]) {
    withFloats(name) { buffer in
      precondition(
        buffer.count == scalars.count, "\(name) takes \(buffer.count) numbers, not \(scalars.count)")
      _ = buffer.update(fromContentsOf: scalars)
    }
  }

  /// Writes an Int32 leaf.
  package func write(_ name: String, integers: [Int32]) {
    withIntegers(name) { buffer in
      precondition(
        buffer.count == integers.count, "\(name) takes \(buffer.count) numbers, not \(integers.count)")
      _ = buffer.update(fromContentsOf: integers)
    }
  }

  /// Writes a byte leaf (a mask).
  package func write(_ name: String, bytes: [UInt8]) {
    let (base, type) = leaf(name, .byte)
    precondition(bytes.count == type.size, "\(name) takes \(type.size) bytes, not \(bytes.count)")
    bytes.withUnsafeBytes {
      base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: $0.count)
    }
  }

  /// The bytes of a byte leaf (a mask).
  package func leafBytes(_ name: String) -> [UInt8] {
    let (base, type) = leaf(name, .byte)
    return [UInt8](UnsafeRawBufferPointer(start: base, count: type.size))
  }

  /// A Float32 leaf as a tensor.
  package func leafTensor(_ name: String) -> Tensor {
    let shape = leaf(name, .float32).type.shape
    return withFloats(name) { Tensor(shape, Array($0)) }
  }

  /// A Float32 output of the last run.
  package func output(_ name: String) -> Tensor {
    let (base, type) = result(name, .float32)
    let floats = UnsafeBufferPointer(start: base.assumingMemoryBound(to: Float.self), count: type.shape.count)
    return Tensor(type.shape, Array(floats))
  }

  /// The first element of a Float32 output of the last run.
  package func scalarOutput(_ name: String) -> Float {
    result(name, .float32).base.load(as: Float.self)
  }

  /// An Int32 output of the last run.
  package func integerOutput(_ name: String) -> [Int32] {
    let (base, type) = result(name, .int32)
    return Array(
      UnsafeBufferPointer(start: base.assumingMemoryBound(to: Int32.self), count: type.shape.count))
  }

  /// A byte output of the last run.
  package func byteOutput(_ name: String) -> [UInt8] {
    let (base, type) = result(name, .byte)
    return [UInt8](UnsafeRawBufferPointer(start: base, count: type.size))
  }

  /// Computes every node once, in order.
  package func run() {
    if let team { team.run() } else { program.run() }
    finishRun()
  }

  /// Computes every node once and gives the seconds each took, in the order of the plan's steps. On one thread.
  package func profile() -> [Double] {
    let clock = ContinuousClock()
    let times = plan.steps.indices.map { step in
      let elapsed = clock.measure { program.run(step: step) }
      return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    }
    finishRun()
    return times
  }

  /// Computes the nodes in order up to the first one whose result is not finite, and names that one and its scope. `nil` where
  /// all are finite: then this was a run like any other.
  package func runFindingNonFinite() -> String? {
    for (index, step) in plan.steps.enumerated() {
      program.run(step: index)
      let node = plan.graph.nodes[step.node]
      for (output, type) in node.outputs.enumerated() where type.element == .float32 {
        let base = memory.address(step.operands[step.inputCount + output]).assumingMemoryBound(to: Float.self)
        if !UnsafeBufferPointer(start: base, count: type.shape.count).allSatisfy(\.isFinite) {
          return "\(node.primitive.map { $0.name } ?? "leaf")"
            + (node.scope.isEmpty ? "" : " in \(node.scope)")
        }
      }
    }
    finishRun()
    return nil
  }

  /// Gives leaves their new values that could not be made in place.
  private func finishRun() {
    for copy in plan.copies {
      memory.address(copy.to).copyMemory(from: memory.address(copy.from), byteCount: copy.size)
    }
  }

  private func leaf(_ name: String, _ element: ElementType) -> (
    base: UnsafeMutableRawPointer, type: ValueType
  ) {
    guard let leaf = leaves[name], leaf.type.element == element else {
      preconditionFailure("the graph has no \(element) leaf named \(name)")
    }
    return (memory.address(.leaf(leaf.offset)), leaf.type)
  }

  private func result(_ name: String, _ element: ElementType) -> (
    base: UnsafeMutableRawPointer, type: ValueType
  ) {
    guard let result = results[name], result.type.element == element else {
      preconditionFailure("the graph has no \(element) output named \(name)")
    }
    return (memory.address(result.location), result.type)
  }
}
