import CoppiceTerms

/// How bytes 0…255 become inputs: (x / 255 − mean) / standard deviation, in `Double`, rounded once to `Float`.
public enum InputScaling: Hashable, Sendable {
  /// x / 255, in 0…1.
  case unit
  /// (x / 255 − mean) / standard deviation, one of each a channel.
  case standardised(mean: [Double], standardDeviation: [Double])

  /// As a value in a specification.
  package var value: Specification.Value {
    switch self {
    case .unit: .text("unit")
    case .standardised(let mean, let deviation):
      .component(
        Specification(
          "standardised", version: 1,
          [
            (name: "mean", value: .list(mean.map { .number($0) })),
            (name: "standard-deviation", value: .list(deviation.map { .number($0) })),
          ]))
    }
  }

  /// What is wrong with it for images of this many channels, if anything.
  package func fault(channels: Int) -> String? {
    guard case .standardised(let mean, let deviation) = self else { return nil }
    if mean.count != channels || deviation.count != channels {
      return "the scaling has \(mean.count) means and \(deviation.count) deviations for \(channels) channels"
    }
    if !(mean + deviation).allSatisfy(\.isFinite) || deviation.contains(where: { $0 <= 0 }) {
      return "the scaling's means must be finite and its standard deviations positive"
    }
    return nil
  }

  /// The input for every channel and byte, `[channels, 256]`.
  package func table(channels: Int) -> [Float] {
    (0..<channels).flatMap { channel in
      (0..<256).map { byte in
        let unit = Double(byte) / 255
        switch self {
        case .unit: return Float(unit)
        case .standardised(let mean, let deviation): return Float((unit - mean[channel]) / deviation[channel])
        }
      }
    }
  }
}

extension InputScaling {
  /// The scaling in a field of a data set, `scaling: standardised(mean: [0.5], standard-deviation: [0.5])`; x / 255 where there
  /// is none.
  static func read(_ fields: inout SpecificationReader) throws -> InputScaling {
    guard let specification = try fields.component("scaling") else { return .unit }
    return try SpecificationReader.reading(specification) { name, fields in
      switch name {
      case "unit": .unit
      case "standardised":
        .standardised(
          mean: try fields.numberList("mean"),
          standardDeviation: try fields.numberList("standard-deviation", .positive))
      default: throw ComponentError.unknown("scaling", name, known: ["unit", "standardised"])
      }
    }
  }
}
