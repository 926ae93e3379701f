import CoppiceTensors

/// Whether arrays that were stored are those of a network: everything that computes with them rests on their names and shapes.
extension Network {
  /// Why these are not the network's parameters, all of them in their order; `nil` where they are.
  package func fault(inParameters parameters: ParameterSet) -> String? {
    Self.fault("parameters", parameters, declarations.map { ($0.name, $0.shape) })
  }

  /// Why these are not its buffers.
  package func fault(inBuffers buffers: ParameterSet) -> String? {
    Self.fault("buffers", buffers, self.buffers.map { ($0.name, $0.shape) })
  }

  /// Why these are not the moments of an optimizer that has trained it.
  package func fault(inMoments moments: ParameterSet, of optimizer: Optimizer) -> String? {
    let shapes = Dictionary(declarations.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    return Self.fault(
      "moments", moments,
      TrainingOptimizers(optimizer, declarations).moments(of: declarations).map {
        ($0.leaf, shapes[$0.parameter] ?? .scalar)
      })
  }

  /// Why these are no masks of its parameters. Those of prunable ones count, those of others are companions.
  package func fault(inMasks masks: MaskSet) -> String? {
    for (name, mask) in masks {
      guard let declaration = declarations.first(where: { $0.name == name }) else {
        return "\(model.name) has no \(name) that a mask could be of"
      }
      guard declaration.shape == mask.shape else {
        return "the mask of \(name) is shaped \(mask.shape), not \(declaration.shape)"
      }
      guard declaration.isPrunable != masks.isCompanion(name) else {
        return declaration.isPrunable
          ? "the mask of \(name) does not count" : "\(name) is not pruned by itself"
      }
    }
    return nil
  }

  private static func fault(
    _ kind: String, _ found: ParameterSet, _ wanted: [(name: String, shape: Shape)]
  ) -> String? {
    for (name, shape) in wanted where found[name]?.shape != shape {
      return "\(name) of the \(kind) "
        + (found[name].map { "is shaped \($0.shape), not \(shape)" } ?? "is not there")
    }
    return found.names == wanted.map(\.name)
      ? nil : "the \(kind) are \(found.names.prefix(8).joined(separator: ", "))"
  }
}
