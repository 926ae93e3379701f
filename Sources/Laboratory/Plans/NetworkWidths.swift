import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors

/// A network at other widths: of every family of its units, those that own equal numbers of places of the same axes, the first ones
/// stay, in each the same share.
struct NetworkWidths {
  /// One parameter at some width.
  typealias Left = (name: String, kept: Int, count: Int)

  /// In how many parts a width is told.
  static let parts = 4096

  private let network: Network
  private let families: [[AxisGroup]]

  init(_ network: Network, _ units: [AxisGroup]) {
    struct Part: Hashable {
      let parameter: String
      let axis: Int
      let count: Int
    }
    self.network = network
    var (known, families) = ([[Part]: Int](), [[AxisGroup]]())
    for unit in units {
      let parts = unit.slices.map { Part(parameter: $0.parameter, axis: $0.axis, count: $0.indices.count) }
      let family = known[parts] ?? families.count
      if family == families.count {
        known[parts] = family
        families.append([])
      }
      families[family].append(unit)
    }
    self.families = families
  }

  /// The units that go at a width, in parts: of a family of n all but ⌊n · width + ½⌋, and but for one at least.
  private func gone(at width: Int) -> [AxisGroup] {
    families.flatMap { family in
      family.dropFirst(max(1, (2 * family.count * width + Self.parts) / (2 * Self.parts)))
    }
  }

  /// The places along each axis of each parameter that go at a width.
  private func places(at width: Int) -> [String: [Int: Set<Int>]] {
    var places: [String: [Int: Set<Int>]] = [:]
    for slice in gone(at: width).flatMap(\.slices) {
      places[slice.parameter, default: [:]][slice.axis, default: []].formUnion(slice.indices)
    }
    return places
  }

  /// What is left of every parameter at a width.
  private func left(at width: Int) -> [Left] {
    let places = places(at: width)
    return network.declarations.map { declaration in
      let kept = declaration.shape.axes.enumerated().map { axis, extent in
        extent - (places[declaration.name]?[axis]?.count ?? 0)
      }
      return (declaration.name, kept.reduce(1, *), declaration.shape.count)
    }
  }

  /// The width, in parts, at which the cost comes nearest to what is wanted; the lower one of two.
  /// - Parameter cost: what costs no less the more is left.
  func width(nearest wanted: Double, _ cost: ([Left]) -> Double) -> Int {
    var (low, high) = (0, Self.parts)
    while high - low > 1 {
      let middle = (low + high) / 2
      if cost(left(at: middle)) <= wanted { low = middle } else { high = middle }
    }
    return cost(left(at: high)) - wanted < wanted - cost(left(at: low)) ? high : low
  }

  /// The masks of a width. Those of prunable weights count, and all others are companions.
  func masks(keeping width: Int) -> MaskSet {
    let places = places(at: width)
    var masks = MaskSet()
    for declaration in network.declarations {
      let gone = places[declaration.name]
      guard declaration.isPrunable || gone != nil else { continue }
      var mask = Mask(keepingAll: declaration.shape)
      for (axis, places) in gone ?? [:] {
        let (extent, inner) = (declaration.shape[axis], declaration.shape.axes[(axis + 1)...].product)
        let isGone = (0..<extent).map(places.contains)
        for element in mask.bytes.indices where isGone[element / inner % extent] { mask.bytes[element] = 0 }
      }
      if declaration.isPrunable {
        masks[declaration.name] = mask
      } else {
        masks.setCompanion(declaration.name, mask)
      }
    }
    return masks
  }
}
