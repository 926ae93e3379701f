import CoppiceAutodiff

/// What a layer does to each element behind it.
public enum Activation: Hashable, Sendable {
  /// Nothing.
  case identity
  /// `max(x, 0)`.
  case relu
  /// `min(max(x, 0), 6)`.
  case relu6
  /// `x / (1 + e⁻ˣ)`.
  case silu

  /// The activation of each element.
  public func callAsFunction(_ x: Value) -> Value {
    switch self {
    case .identity: x
    case .relu: x.relu
    case .relu6: x.relu6
    case .silu: x.silu
    }
  }
}
