import CoppiceAutodiff
import CoppiceTensors

/// How fast this processor multiplies matrices, measured now: what the time of a step is estimated by where the step itself is too
/// large to be tried.
enum OperationSpeed {
  /// Floating-point operations a second.
  static func measured(threads: Int, seconds: Double) throws -> Double {
    let graph = try Graph.trace { builder in
      let (a, b) = (builder.input("a", [128, 256]), builder.input("b", [256, 256]))
      builder.output("product", a.product(b))
    }
    let executor = Executor(Plan(graph), threads: threads)
    return Double(graph.flops) / StageRates.secondsPerCall(within: seconds) { executor.run() }
  }
}
