import CoppicePruning
import CoppiceTensors
import CoppiceTerms

/// How the range is found in which the inputs of a layer are quantised, from what they are on some batches of training data. Inputs
/// beyond the range are held at its ends. Each shipped one stands in Recipes/Calibrations/.
///
/// ```swift
/// extension Calibration {
///   /// Half of what inputs reach.
///   static let half = Calibration("half", version: 1, batches: 10) { ($0.below / 2, $0.above / 2) }
/// }
/// ```
public struct Calibration: Component {
  /// The name, the version and every field of the calibration.
  public let specification: Specification
  /// How many batches of `scoring-batch` examples it looks at.
  let batches: Int
  /// Whether it asks how inputs are spread over their range.
  let takesHistogram: Bool
  private let find: @Sendable (InputSpread) -> (below: Float, above: Float)

  /// A calibration.
  /// - Parameters:
  ///   - name: what it is called in tables, in kebab-case.
  ///   - version: raise it whenever ranges change; `nil` while it is being written.
  ///   - fields: the values it depends on besides the number of batches.
  ///   - batches: how many batches it looks at.
  ///   - takesHistogram: whether it asks for `InputSpread.counts`.
  ///   - range: how far the range reaches below and above 0.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    batches: Int, takesHistogram: Bool = false,
    range: @escaping @Sendable (InputSpread) -> (below: Float, above: Float)
  ) {
    specification = Specification(name, version: version, [("batches", .integer(batches))] + fields)
    (self.batches, self.takesHistogram, find) = (batches, takesHistogram, range)
  }

  /// How far the range reaches below and above 0.
  package func range(of spread: InputSpread) -> (below: Float, above: Float) { find(spread) }
}

/// How the inputs of a layer are spread.
public struct InputSpread: Sendable {
  /// How far they reach below 0; 0 or more.
  public let below: Float
  /// How far they reach above 0; 0 or more.
  public let above: Float
  /// How many lie in each of equal bins of the range −below … above; empty where nobody asked.
  public let counts: [Float]

  /// A spread.
  public init(below: Float, above: Float, counts: [Float] = []) {
    (self.below, self.above, self.counts) = (below, above, counts)
  }

  /// The width of a bin.
  var step: Double { (Double(below) + Double(above)) / Double(max(1, counts.count)) }

  /// The number in the middle of a bin.
  func middle(of bin: Int) -> Double { (Double(bin) + 0.5) * step - Double(below) }
}
