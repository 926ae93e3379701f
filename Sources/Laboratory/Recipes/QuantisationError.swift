import CoppiceTerms

/// A network that is not to be quantised so.
package enum QuantisationError: Error, Hashable, CustomStringConvertible {
  case bits(Int)
  case twice
  case control(Control)
  case compaction
  case noLayers(String)
  case rangeNotFinite(String)
  case badRange(String, Calibration, below: Float, above: Float)

  package var description: String {
    switch self {
    case .bits(let bits):
      "quantise has codes of 8 bits or of 4, and \(bits) are asked for: set bits: 8 or bits: 4"
    case .twice:
      "two quantise steps stand in the recipe, and what is trained behind the first is quantised as it says: leave one out"
    case .control(let control):
      "control \(control.name) stands for a pruned network, and this recipe quantises it: set control=none"
    case .compaction:
      "a training with quantised weights runs on the whole network, and this one is to run on the smaller one: leave out aware, or "
        + "set compaction=none and leave out compact"
    case .noLayers(let model): "\(model) has no linear layer and no convolution that could be quantised"
    case .rangeNotFinite(let layer):
      "the inputs of \(layer) are not finite, so that they have no codes: the network has diverged"
    case .badRange(let layer, let calibration, let below, let above):
      "calibration \(calibration.name) gives the inputs of \(layer) a range that reaches \(below) below 0 and \(above) above: both "
        + "are finite and 0 or more"
    }
  }
}

extension QuantisationError: ReportedError {
  /// Settings that do not go together.
  package var exitCode: FailureCode { .usage }
}
