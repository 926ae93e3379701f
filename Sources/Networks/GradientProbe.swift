import CoppiceAutodiff
import CoppiceTensors

/// The gradient of the mean loss of one batch: what criteria such as |w · g| score weights by.
package enum GradientProbe {
  /// The gradient with respect to every parameter, by name.
  package static func gradients(
    _ model: Network, _ parameters: ParameterSet, _ buffers: ParameterSet, batch: Int,
    fill: BatchFill
  ) throws -> ParameterSet {
    let executor = Executor(Plan(try model.gradientGraph(batch: batch)))
    for (name, tensor) in parameters { executor.write(name, tensor.scalars) }
    for (name, tensor) in buffers where executor.hasLeaf(name) { executor.write(name, tensor.scalars) }
    try executor.fillBatch(hasTokens: model.interface.hasTokens, fill)
    executor.run()
    return ParameterSet(model.declarations.map { ($0.name, executor.output("gradient/\($0.name)")) })
  }
}
