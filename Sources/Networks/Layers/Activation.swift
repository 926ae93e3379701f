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
  /// `x · Φ(x)` with the Gaussian's distribution function Φ (Hendrycks and Gimpel 2016).
  case gelu
  /// `x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))`, which GPT-2 has in place of `gelu`.
  case geluTanh

  /// The activation of each element.
  public func callAsFunction(_ x: Value) -> Value {
    switch self {
    case .identity: x
    case .relu: x.relu
    case .relu6: x.relu6
    case .silu: x.silu
    case .gelu: x.gelu
    case .geluTanh:
      (x * (x + (x * x * x).scaled(by: 0.044715)).scaled(by: 0.797_884_6).tanh.offset(by: 1)).scaled(by: 0.5)
    }
  }
}
