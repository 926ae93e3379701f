import CoppiceAutodiff
import CoppiceTensors

/// What a network's leaf holds of a parameter.
package enum WeightForm: Hashable, Sendable {
  /// Every element.
  case all
  /// The survivors of a pruned weight, `[count]`; the rest is +0.
  case survivors(SparsePattern)

  /// The shape of the leaf of a parameter of this shape.
  func leafShape(_ shape: Shape) -> Shape {
    switch self {
    case .all: shape
    case .survivors(let pattern): [pattern.count]
    }
  }

  /// What the leaf holds of a parameter.
  package func packed(_ tensor: Tensor) -> [Float] {
    switch self {
    case .all: tensor.scalars
    case .survivors(let pattern): pattern.gathered(tensor)
    }
  }

  /// The whole parameter from what the leaf holds.
  package func unpacked(_ leaf: Tensor) -> Tensor {
    switch self {
    case .all: leaf
    case .survivors(let pattern): pattern.scattered(leaf.scalars)
    }
  }
}
