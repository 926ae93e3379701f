import CoppiceTensors

extension Granularity {
  /// The control with the same total: masks with as many survivors in all layers together as `masks`, at random places of any
  /// layer. All weights draw a rank once from the seed, and the first in rank survive; so the masks of later rounds are subsets of
  /// those of earlier ones.
  ///
  /// Where units are larger than one weight, the last units in rank go until removing one more would bring the number of
  /// weights no nearer. Companions go with their units.
  /// - Parameter structure: what the units were made from when `masks` were.
  /// - Throws: `PruningError` where a pattern says how many weights each layer keeps.
  package func randomMasks(
    withTotalOf masks: MaskSet, structure: NetworkStructure = .none, seed: UInt64
  ) throws -> MaskSet {
    let layers = masks.layers
    // The last of the odd substreams: the others have a layer each.
    var random = RandomStream(seed: seed, stream: .mask, substream: .max)
    if try prunesSingleWeights(of: layers) {
      let counts = layers.map(\.count)
      var bytes = [UInt8](repeating: 0, count: counts.reduce(0, +))
      for place in random.permutation(bytes.count).prefix(masks.keptCount) { bytes[Int(place)] = 1 }
      var (result, start) = (masks, 0)
      for layer in layers {
        result[layer.name] = Mask(layer.shape, Array(bytes[start..<(start + layer.count)]))
        start += layer.count
      }
      return result
    }
    guard pattern == nil else { throw PruningError.patternTotal(granularity: "\(self)") }
    let table = try UnitTable(
      self, UnitContext(layers: layers, structure: structure), ignoring: { masks[$0] == nil }
    ) { masks[$0]?.shape }
    guard table.layerCount == layers.count else { throw PruningError.noUnits(granularity: name) }
    var drawn = UnitSelection(
      table, masks: table.parameters.map { [UInt8](repeating: 1, count: $0.shape.count) })
    let goal = masks.count - masks.keptCount
    var removed = 0
    for unit in random.permutation(table.count).reversed() {
      // Units may overlap: what another one took with it is no more to remove.
      let survivors = drawn.survivors(of: Int(unit))
      guard removed + survivors - goal <= goal - removed else { break }
      drawn.remove(Int(unit))
      removed += survivors
    }
    drawn.removeCompanions()
    return masks.replacing(table, with: drawn.masks)
  }
}
