import CoppiceNetworks
import CoppicePruning

extension Network {
  /// The prunable weights as an allocation sees them, whole. They have no mask and take no memory.
  package var layers: [PrunableLayer] {
    declarations.filter(\.isPrunable).map { PrunableLayer(name: $0.name, shape: $0.shape) }
  }
}
