import CoppiceAutodiff
import CoppiceTensors

extension Evidence {
  /// How far the inputs of each layer reach below and above 0, `[2]`, by the weight that multiplies them: over all examples and
  /// positions, and over every place where the weight is read. NaN where one is not finite.
  public static let inputRanges = Evidence("input-ranges", version: 1, combine: .maximum) { trace in
    trace.perProduct {
      $0.input.range
    } combine: {
      $0.maximum($1)
    }
  }

  /// How many bins `inputHistograms` have.
  public static let histogramBins = 2048

  /// How many of the inputs of each layer lie in each of equal bins of their range, `[2048]`, by the weight that multiplies them.
  public static let inputHistograms = Evidence(
    "input-histograms", version: 1, given: [.inputRanges]
  ) { trace in
    trace.perProduct { site in
      let range = trace.given(.inputRanges, for: site.parameter, [2])
      return trace.builder.apply(Histogram(bins: histogramBins), site.input, range)
    } combine: {
      $0 + $1
    }
  }
}

extension LossTrace {
  /// What is made of each place where rows are multiplied by a weight, combined over the places of one weight.
  fileprivate func perProduct(
    _ make: (Site) -> Value, combine: (Value, Value) -> Value
  ) -> [(name: String, value: Value)] {
    var found: [(name: String, value: Value)] = []
    for site in sites where site.primitive is any WeightProduct {
      let value = make(site)
      if let known = found.firstIndex(where: { $0.name == site.parameter }) {
        found[known].value = combine(found[known].value, value)
      } else {
        found.append((site.parameter, value))
      }
    }
    return found
  }
}
