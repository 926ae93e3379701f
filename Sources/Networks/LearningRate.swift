import CoppiceTerms

/// The learning rate as a function of the step. Each shipped one stands in LearningRates/.
public struct LearningRate: Component {
  /// The name, the version and every field of the learning rate.
  public let specification: Specification
  private let value: @Sendable (_ step: Int, _ total: Int) -> Double

  /// A schedule of one's own: the rate of step `step`, counted from 0, of a training of `total` steps.
  public init(
    _ name: String, version: Int? = nil, _ fields: [(name: String, value: Specification.Value)] = [],
    value: @escaping @Sendable (_ step: Int, _ total: Int) -> Double
  ) {
    specification = Specification(name, version: version, fields)
    self.value = value
  }

  /// The rate used in step `step` (from 0) of `total`.
  public func callAsFunction(step: Int, total: Int) -> Double { value(step, total) }
}

/// A number is the same rate throughout: `learningRate: 0.1`.
extension LearningRate: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The constant rate of a number with a point.
  public init(floatLiteral rate: Double) { self = .constant(rate) }

  /// The constant rate of a whole number.
  public init(integerLiteral rate: Int) { self = .constant(Double(rate)) }
}
