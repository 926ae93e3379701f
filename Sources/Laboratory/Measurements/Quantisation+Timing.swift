import CoppiceNetworks
import CoppiceTensors

extension Quantisation {
  /// Codes of eight bits for every prunable weight as it stands, and inputs of one range: enough where time is all that is asked, for
  /// it does not depend on ranges.
  package init(timing network: Network, _ parameters: ParameterSet) {
    self.init(
      network.prunable.compactMap { name in
        parameters[name].map { (name, .init(of: $0, input: AffineCode(below: 4, above: 4))) }
      })
  }
}
