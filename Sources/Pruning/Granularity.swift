import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// What is pruned as one: single weights, rows, heads. A mask is all that changes; shapes stay as they are.
///
/// The score of a unit is an aggregate of the scores of its surviving weights: their mean where not said, so that units of unequal
/// size can be compared. Within a layer of whole units the order is that of the sum, the L1 norm for magnitude (H. Li et al.,
/// "Pruning filters for efficient ConvNets", ICLR 2017).
public struct Granularity: Component {
  /// How the units are found.
  enum Form: Sendable {
    /// Runs of so many consecutive elements of every weight.
    case runs(@Sendable (Shape) -> Int)
    /// Blocks of so many rows and columns of every weight as a matrix, smaller ones at the right and lower edges.
    case blocks(@Sendable (Shape) -> (rows: Int, columns: Int))
    /// Single weights, so many of every group.
    case pattern(GroupPattern)
    case units(@Sendable (UnitContext) throws -> [Unit])
  }

  /// The name, the version and every field of the granularity.
  public let specification: Specification
  /// How the scores of weights become those of units.
  public let aggregate: Aggregate
  /// Whether the scores of a layer's units are divided by their L2 norm, so that layers are comparable (P. Molchanov et al.,
  /// "Pruning convolutional neural networks for resource efficient inference", ICLR 2017). Units of the same parameters are
  /// one layer.
  public let isNormalised: Bool
  /// How units that run through several layers are selected; `nil` for other units.
  public private(set) var coupling: Coupling?
  /// Whether coupled units of parameters with the same shapes are of one family, whatever the parameters are called.
  private(set) var comparesShapes = false
  let form: Form

  /// A granularity of runs of consecutive elements.
  /// - Parameters:
  ///   - name: what the granularity is called in tables, in kebab-case.
  ///   - version: raise it whenever results change; `nil` while it is being written.
  ///   - elementsPerUnit: how many consecutive elements of a weight of this shape make one unit; must divide the
  ///     number of elements.
  public init(_ name: String, version: Int? = nil, elementsPerUnit: @escaping @Sendable (Shape) -> Int) {
    self.init(
      name, version: version, fields: [], aggregate: .mean, normalised: false, form: .runs(elementsPerUnit))
  }

  /// A granularity of units.
  ///
  /// Only weights in units are prunable: a weight of which no unit has a slice keeps all its elements and counts in no sparsity.
  /// A unit that would reach into a layer the allocation ignores is left out.
  /// - Parameters:
  ///   - name: what the granularity is called in tables, in kebab-case.
  ///   - version: raise it whenever results change; `nil` while it is being written.
  ///   - fields: the values the units depend on; aggregate and normalisation stand among them where they are not neutral.
  ///   - aggregate: how the scores of weights become those of units.
  ///   - normalised: whether the scores of a layer's units are divided by their L2 norm.
  ///   - units: the units, in the same order in every round: by their places the seed tells units of equal scores apart.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    aggregate: Aggregate = .mean, normalised: Bool = false,
    units: @escaping @Sendable (UnitContext) throws -> [Unit]
  ) {
    self.init(
      name, version: version, fields: fields, aggregate: aggregate, normalised: normalised,
      form: .units { context in try PruningError.noting("granularity \(name)") { try units(context) } })
  }

  /// A granularity of units that the graph ties together, each with everything it owns in any parameter.
  ///
  /// A group without a weight in a layer that may be pruned is no unit, and one that reaches into a layer the allocation ignores is
  /// left out.
  /// - Parameters:
  ///   - name: what the granularity is called in tables, in kebab-case.
  ///   - version: raise it whenever results change; `nil` while it is being written.
  ///   - aggregate: how the scores of weights become those of units.
  ///   - normalised: whether the scores of units in the same layers are divided by their L2 norm.
  ///   - coupling: how units are selected; what is not neutral stands among the fields.
  ///   - groups: the groups that are units, in the same order in every round.
  public init(
    coupled name: String, version: Int? = nil, aggregate: Aggregate = .mean, normalised: Bool = false,
    coupling: Coupling = Coupling(), groups: @escaping @Sendable (UnitContext) throws -> [AxisGroup]
  ) {
    self.init(
      name, version: version, fields: coupling.fields, aggregate: aggregate, normalised: normalised
    ) { context in
      let layers = Set(context.layers.map(\.name))
      let groups = try groups(context)
      if let fixed = groups.first(where: \.isFixed)?.slices.first {
        throw PruningError.fixedUnit(fixed, granularity: name)
      }
      return groups.map { Unit($0.slices) }.filter { unit in
        unit.slices.contains { layers.contains($0.parameter) }
      }
    }
    self.coupling = coupling
  }

  /// A granularity of parts of the network, each with all of every parameter in it. Parts of parameters with the same shapes are of one
  /// family.
  init(
    parts name: String, version: Int?, aggregate: Aggregate, normalised: Bool, coupling: Coupling,
    groups: @escaping @Sendable (UnitContext) throws -> [AxisGroup]
  ) {
    self.init(
      coupled: name, version: version, aggregate: aggregate, normalised: normalised, coupling: coupling,
      groups: groups)
    comparesShapes = true
  }

  /// The same granularity, whose units are selected as a coupling says, every field of it being told.
  func coupled(_ coupling: Coupling) -> Granularity {
    var fields = specification.fields
    fields.insert(contentsOf: coupling.allFields, at: 0)
    var result = Granularity(
      name, version: specification.version, fields: fields, aggregate: aggregate, normalised: isNormalised,
      form: form, isComplete: true)
    result.coupling = coupling
    return result
  }

  /// A granularity of blocks of every weight as a matrix: a weight `[out, in, …]` is one of `out` rows, and a vector is one row.
  /// Blocks at the right and lower edges are smaller where a length does not divide.
  /// - Parameters:
  ///   - name: what the granularity is called in tables, in kebab-case.
  ///   - version: raise it whenever results change; `nil` while it is being written.
  ///   - fields: the values the blocks depend on; aggregate and normalisation stand among them where they are not neutral.
  ///   - aggregate: how the scores of weights become those of blocks.
  ///   - normalised: whether the scores of a layer's blocks are divided by their L2 norm.
  ///   - extents: the rows and columns of a block in a weight of this shape, 1 or more.
  public init(
    blocks name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    aggregate: Aggregate = .mean, normalised: Bool = false,
    extents: @escaping @Sendable (Shape) -> (rows: Int, columns: Int)
  ) {
    self.init(
      name, version: version, fields: fields, aggregate: aggregate, normalised: normalised,
      form: .blocks(extents))
  }

  /// A granularity of single weights of which so many of every group survive.
  package init(
    _ name: String, version: Int?, fields: [(name: String, value: Specification.Value)], pattern: GroupPattern
  ) {
    self.init(
      name, version: version, fields: fields, aggregate: .mean, normalised: false, form: .pattern(pattern))
  }

  /// Whether it makes units of slices of parameters: rows, heads, channels.
  package var isOfUnits: Bool { if case .units = form { true } else { false } }

  /// The pattern that fixes how many of every group survive; `nil` for most.
  package var pattern: GroupPattern? { if case .pattern(let pattern) = form { pattern } else { nil } }

  private init(
    _ name: String, version: Int?, fields: [(name: String, value: Specification.Value)], aggregate: Aggregate,
    normalised: Bool, form: Form, isComplete: Bool = false
  ) {
    var fields = fields
    if aggregate != .mean, !isComplete { fields.append(("aggregate", .text(aggregate.rawValue))) }
    if normalised, !isComplete { fields.append(("normalised", .flag(true))) }
    specification = Specification(name, version: version, fields)
    self.aggregate = aggregate
    isNormalised = normalised
    self.form = form
  }

  /// Whether every unit in these layers is a single weight, so that no table of units is needed.
  func prunesSingleWeights(of layers: [PrunableLayer]) throws(PruningError) -> Bool {
    guard case .runs(let size) = form else { return false }
    for layer in layers where try runLength(size, in: layer) != 1 { return false }
    return true
  }

  /// How many rows and columns of a layer as a matrix make one block.
  func blockExtents(
    _ extents: (Shape) -> (rows: Int, columns: Int), in layer: PrunableLayer
  ) throws(PruningError) -> (rows: Int, columns: Int) {
    let faults = ShapeFaults()
    let (rows, columns) = faults.noting { extents(layer.shape) }
    if let fault = faults.first { throw .shapeFault(fault, of: "granularity \(name) in \(layer.name)") }
    guard rows > 0, columns > 0 else { throw .emptyBlocks(rows, columns, of: layer.name, granularity: name) }
    return (rows, columns)
  }

  /// How many consecutive elements of a layer make one unit.
  func runLength(_ size: (Shape) -> Int, in layer: PrunableLayer) throws(PruningError) -> Int {
    let faults = ShapeFaults()
    let length = faults.noting { size(layer.shape) }
    if let fault = faults.first { throw .shapeFault(fault, of: "granularity \(name) in \(layer.name)") }
    guard layer.count == 0 || (length > 0 && layer.count % length == 0) else {
      throw .unevenUnits(length, of: layer.name, shape: layer.shape, granularity: name)
    }
    return Swift.max(length, 1)
  }
}
