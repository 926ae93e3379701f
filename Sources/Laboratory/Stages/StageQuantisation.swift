import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// How a training makes its network one of codes. One of some steps computes with rounded weights and inputs in each; one of no steps
/// only converts what it is given.
package struct StageQuantisation: Hashable, Sendable {
  /// The bits of a weight's code.
  package let bits: Int
  /// The stage with the ranges of inputs at its beginning; `nil` where inputs are not quantised.
  package let ranges: StageKey?
  /// The stage whose network was quantised, where its scales hold here too; `nil` to find them in the weights.
  package let scales: StageKey?
  /// The first steps, in which ranges follow what comes.
  package let observedSteps: Int

  package init(bits: Int, ranges: StageKey?, scales: StageKey?, observedSteps: Int) {
    (self.bits, self.ranges, self.scales) = (bits, ranges, scales)
    self.observedSteps = observedSteps
  }

  /// What its outputs depend on.
  var value: Specification.Value {
    .component(
      Specification(
        "quantisation", version: 1,
        [
          ("bits", .integer(bits)), ("ranges", ranges?.value ?? .none),
          ("observed-steps", .integer(observedSteps)),
        ]
      ).adding([("scales", scales?.value ?? .none, neutral: .none)]))
  }

  /// The stages it reads.
  var parents: [StageKey] { [ranges, scales].compactMap(\.self) }

  /// What is trained: the network with weights and inputs as codes have them.
  func trained(_ network: Network) throws -> Network {
    try FakeQuantised(bits: bits, roundsWeights: true, observes: true).apply(to: network)
  }
}

/// A network on its way to codes: the layers that have some, and what is known of their ranges and scales from the beginning.
struct QuantisedRun {
  let quantisation: StageQuantisation
  /// The weights that have codes, in the order of the network.
  let layers: [String]
  /// The ranges of inputs at the beginning.
  let ranges: ParameterSet
  /// Scales that hold whatever the weights are; `nil` to find them in the weights.
  private let scales: ParameterSet?

  init(_ quantisation: StageQuantisation, _ network: Network, _ context: StageContext) throws {
    self.quantisation = quantisation
    layers = try network.multipliedLayers().map(\.weight)
    func read(_ name: String, _ key: StageKey?) throws -> ParameterSet? {
      guard let key else { return nil }
      guard let found = try context.outputs(of: key)[parameters: name] else {
        throw StageError.missingOutput(name, stage: key.short)
      }
      return found
    }
    ranges = try read("ranges", quantisation.ranges) ?? ParameterSet()
    scales = try read("scales", quantisation.scales)
  }

  /// The scales of weights, each `[out]`.
  func scales(of parameters: ParameterSet) -> ParameterSet {
    scales ?? Quantisation.scales(of: layers, in: parameters, bits: quantisation.bits)
  }

  /// What stands for weights when they are codes; all else as it is.
  func converted(_ parameters: ParameterSet) -> ParameterSet {
    Quantisation(bits: quantisation.bits, scales: scales(of: parameters), ranges: ParameterSet())
      .applied(to: parameters)
  }

  /// The ranges among the buffers of a network, or those of the beginning where it has none.
  func ranges(in buffers: ParameterSet) -> ParameterSet {
    let found = FakeQuantised.ranges(of: layers, in: buffers)
    return found.count == 0 ? ranges : found
  }

  /// What a record has beside the network: scales, ranges, the bits of a code and how many survivors have the code 0.
  func add(to record: inout StageRecord, _ parameters: ParameterSet, ranges: ParameterSet, masks: MaskSet?) {
    let scales = scales(of: parameters)
    record.parameters.append(("scales", scales))
    if quantisation.ranges != nil { record.parameters.append(("ranges", ranges)) }
    let zeroed = Quantisation(bits: quantisation.bits, scales: scales, ranges: ranges)
      .zeroedSurvivors(in: parameters, masks: masks)
    record.numbers.append(("quantisation", [Double(quantisation.bits), Double(zeroed)]))
  }
}
