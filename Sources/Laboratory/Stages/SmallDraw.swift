import CoppiceNetworks
import CoppiceTensors

extension Regimen {
  /// Initial weights of the smaller network that masks leave where units without any survivor are cut out, in their places among whole
  /// arrays, and 0 at the others. A weight is drawn by the number of inputs that its unit has there. Where no unit is cut out, they are
  /// those of the whole network.
  ///
  /// - Parameter draw: tells draws apart, as in `initialParameters(draw:)`.
  func initialParameters(draw: Int, ofSmaller masks: MaskSet) throws -> ParameterSet {
    let compacted = try Compacted(model, masks: masks)
    let drawn = try compacted.apply(to: model).initialParameters(seed: seedBits &+ UInt64(draw) << 32)
    let zeros = ParameterSet(model.declarations.map { ($0.name, Tensor(repeating: 0, $0.shape)) })
    return compacted.expanded(drawn, into: zeros)
  }
}
