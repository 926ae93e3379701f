import CoppiceTensors

/// A primitive of one array that does the same to every unit of it, and to each by itself: an activation, a pooling, a flattening. By
/// this two units that are alike in front of it are alike behind it.
package protocol UnitwisePrimitive: AxisTied {
  /// Whether f(s · x) = s · f(x) for every s > 0.
  var isPositivelyHomogeneous: Bool { get }

  /// What it makes of a unit that is one number everywhere; `nil` where that is not one number everywhere, or is not computed here.
  /// What is computed may end in a weight, so that none of it comes from a library of mathematics.
  func constant(_ number: Double, for signature: Signature) -> Double?
}

extension UnitwisePrimitive {
  package var isPositivelyHomogeneous: Bool { true }
  package func constant(_ number: Double, for signature: Signature) -> Double? { number }
}
