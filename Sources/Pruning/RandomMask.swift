import CoppiceTensors

extension Granularity {
  /// The random-mask control: masks with as many survivors in every layer as `masks`, at random places. Every unit of
  /// a layer draws a rank once from the seed, and the first in rank survive; so the masks of later rounds, which have
  /// fewer survivors, are subsets of those of earlier ones.
  ///
  /// Where units are larger than one weight, as many whole units of each pool of layers survive as have a survivor in `masks`,
  /// and companions go with their units; of blocks as many of each size, of coupled units as many of each family. Of a pattern as many weights of every group survive, in the network's own order.
  /// - Parameter structure: what the units were made from when `masks` were.
  package func randomMasks(
    like masks: MaskSet, structure: NetworkStructure = .none, seed: UInt64
  ) throws -> MaskSet {
    let layers = masks.layers
    let order = Dictionary(layers.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    func permutation(of count: Int, at layer: Int) -> [Int32] {
      // Odd substreams: even ones are those of random scores.
      var random = RandomStream(
        seed: seed, stream: .mask, substream: UInt32(truncatingIfNeeded: layer) << 1 | 1)
      return random.permutation(count)
    }
    if try prunesSingleWeights(of: layers) {
      var result = masks
      for (index, layer) in layers.enumerated() {
        var bytes = [UInt8](repeating: 0, count: layer.count)
        for place in permutation(of: layer.count, at: index).prefix(layer.survivors) { bytes[Int(place)] = 1 }
        result[layer.name] = Mask(layer.shape, bytes)
      }
      return result
    }
    if let pattern {
      var result = masks
      for (index, (name, mask)) in masks.counted.enumerated() where pattern.fits(mask.shape) {
        result[name] = pattern.randomMask(like: mask, ranks: permutation(of: mask.count, at: index))
      }
      return result
    }
    let table = try UnitTable(
      self, UnitContext(layers: layers, structure: structure), ignoring: { masks[$0] == nil }
    ) { masks[$0]?.shape }
    guard table.layerCount == layers.count else { throw PruningError.noUnits(granularity: name) }
    let found = UnitSelection(table, masks: table.parameters.map { masks[$0.name]?.bytes ?? [] })
    var random = UnitSelection(
      table, masks: table.parameters.map { [UInt8](repeating: 1, count: $0.shape.count) })
    if coupling != nil {
      // Units run through many layers: as many of each family survive.
      for family in 0..<table.familyCount {
        let units = (0..<table.count).filter { table.families[$0] == family }
        let survivors = units.count { found.survivors(of: $0) > 0 }
        for rank in permutation(of: units.count, at: family).dropFirst(survivors) {
          random.remove(units[Int(rank)])
        }
      }
      random.removeCompanions()
      return masks.replacing(table, with: random.masks)
    }
    for (layers, units) in table.pools {
      let survivors = units.count { found.survivors(of: $0) > 0 }
      if case .blocks = form {
        // Blocks at the edges are smaller: of each size as many survive.
        var left: [Int: Int] = [:]
        for unit in units where found.survivors(of: unit) > 0 {
          left[table.cost(of: unit).weights, default: 0] += 1
        }
        for rank in permutation(of: units.count, at: order[table.parameters[layers[0]].name] ?? 0) {
          let unit = units[Int(rank)]
          let size = table.cost(of: unit).weights
          if let open = left[size], open > 0 { left[size] = open - 1 } else { random.remove(unit) }
        }
        continue
      }
      let first = order[table.parameters[layers[0]].name] ?? 0
      for rank in permutation(of: units.count, at: first).dropFirst(survivors) {
        random.remove(units[Int(rank)])
      }
    }
    random.removeCompanions()
    return masks.replacing(table, with: random.masks)
  }
}
