import CoppiceTensors
import CoppiceTerms

/// What is pruned as one: a run of consecutive elements of a weight, all kept or all masked. A mask is all that
/// changes; shapes stay as they are.
///
/// The score of a unit is the sum of the scores of its surviving weights, so the L1 norm for magnitude
/// (H. Li et al., "Pruning filters for efficient ConvNets", ICLR 2017). Sums of unequal numbers of weights are not
/// comparable: under a global allocation small units go first.
public struct Granularity: Component {
  /// The name, the version and every field.
  public let specification: Specification

  private let unitCount: @Sendable (Shape) -> Int

  /// A granularity.
  /// - Parameters:
  ///   - name: in kebab-case, as it appears in tables.
  ///   - version: raise it whenever results change; `nil` while it is being written.
  ///   - elementsPerUnit: how many consecutive elements of a weight of this shape make one unit; must divide the
  ///     number of elements.
  public init(_ name: String, version: Int? = nil, elementsPerUnit: @escaping @Sendable (Shape) -> Int) {
    specification = Specification(name, version: version)
    unitCount = elementsPerUnit
  }

  /// How many consecutive elements of a weight of this shape make one unit.
  func elementsPerUnit(of parameter: String, _ shape: Shape) throws(PruningError) -> Int {
    let size = unitCount(shape)
    guard shape.count == 0 || (size > 0 && shape.count % size == 0) else {
      throw .unevenUnits(size, of: parameter, shape: shape, granularity: name)
    }
    return Swift.max(size, 1)
  }
}
