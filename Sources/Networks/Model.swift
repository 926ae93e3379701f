import CoppiceAutodiff
import CoppiceTerms

/// A network architecture. Each shipped one stands in Models/.
public struct Model: Component {
  /// Its name, version and hyper-parameters.
  public let specification: Specification
  /// How weights are drawn unless a trial says otherwise.
  public let initializer: Initializer
  let logits: @Sendable (Value, Interface, Scope) -> Value

  /// A model of one's own.
  ///
  /// - Parameters:
  ///   - initializer: how weights are drawn unless a trial says otherwise.
  ///   - logits: traces the network: from a batch `[batch] + exampleShape` (tokens are Int32) to one row of logits a label,
  ///     `[batch · labelsPerExample, classes]`.
  public init(
    _ name: String, version: Int? = nil, _ fields: [(name: String, value: Specification.Value)] = [],
    initializer: Initializer, logits: @escaping @Sendable (Value, Interface, Scope) -> Value
  ) {
    specification = Specification(
      name, version: version, fields + [("initializer", .component(initializer.specification))])
    self.initializer = initializer
    self.logits = logits
  }

  /// The same network, drawn in another way.
  public func initialized(by initializer: Initializer) -> Model {
    Model(
      name, version: specification.version, specification.fields.filter { $0.name != "initializer" },
      initializer: initializer, logits: logits)
  }
}
