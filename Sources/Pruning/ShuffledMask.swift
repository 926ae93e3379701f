import CoppiceTensors

extension Granularity {
  /// The shuffled-mask control: every mask with its elements in another order. A layer's order is drawn once from the seed, and so
  /// the masks of later rounds are subsets of those of earlier ones where they were before.
  ///
  /// Where units are larger than one weight, whole units change places: those that lie in the same layers and have the same size.
  /// Companions go with their units. Of a pattern the elements of every group change places, in the network's own order.
  ///
  /// J. Su et al., "Sanity-checking pruning methods: random tickets can win the jackpot", NeurIPS 2020; J. Frankle et al.,
  /// "Pruning neural networks at initialization: why are we missing the mark?", ICLR 2021.
  /// - Parameter structure: what the units were made from when `masks` were.
  package func shuffledMasks(
    of masks: MaskSet, structure: NetworkStructure = .none, seed: UInt64
  ) throws -> MaskSet {
    let layers = masks.layers
    func permutation(of count: Int, at place: Int) -> [Int32] {
      // The upper half of the odd substreams: the lower one has those of random masks.
      var random = RandomStream(
        seed: seed, stream: .mask, substream: UInt32(truncatingIfNeeded: place) << 1 | 0x8000_0001)
      return random.permutation(count)
    }
    var result = masks
    if try prunesSingleWeights(of: layers) {
      for (index, (name, mask)) in masks.counted.enumerated() {
        var bytes = mask.bytes
        for (from, to) in permutation(of: mask.count, at: index).enumerated() {
          bytes[Int(to)] = mask.bytes[from]
        }
        result[name] = Mask(mask.shape, bytes)
      }
      return result
    }
    if let pattern {
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
    var shuffled = UnitSelection(
      table, masks: table.parameters.map { [UInt8](repeating: 1, count: $0.shape.count) })
    for (place, units) in table.likes.enumerated() {
      for (from, to) in permutation(of: units.count, at: place).enumerated()
      where found.survivors(of: units[from]) == 0 {
        shuffled.remove(units[Int(to)])
      }
    }
    shuffled.removeCompanions()
    return masks.replacing(table, with: shuffled.masks)
  }
}

extension UnitTable {
  /// The units that can change places: those of the same layers and the same size, in order.
  fileprivate var likes: [[Int]] {
    struct Kind: Hashable {
      let layerSet: Int
      let weights: Int
    }
    var (places, units): ([Kind: Int], [[Int]]) = ([:], [])
    for unit in 0..<count {
      let kind = Kind(layerSet: layerSets[unit], weights: cost(of: unit).weights)
      if let place = places[kind] {
        units[place].append(unit)
      } else {
        places[kind] = units.count
        units.append([unit])
      }
    }
    return units
  }
}
