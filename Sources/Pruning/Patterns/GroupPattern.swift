import CoppiceTensors

/// N of every M: which layers it takes, how many weights it keeps of them, and which.
package struct GroupPattern: Hashable, Sendable {
  /// N.
  package let kept: Int
  /// M.
  package let size: Int
  package let uneven: Granularity.UnevenGroups
  package let isPermuted: Bool

  /// Whether the input channels of a weight divide into groups.
  package func fits(_ shape: Shape) -> Bool {
    shape.rank >= 2 && shape[1] > 0 && shape[1].isMultiple(of: size)
  }

  /// The layers it takes: those that divide.
  /// - Throws: `PruningError` where there is no such pattern, a layer does not divide though it has to, or none does.
  func layers(
    of candidates: [PrunableLayer], granularity: String
  ) throws(PruningError) -> [PrunableLayer] {
    guard kept >= 1, kept < size else { throw .noPattern(kept, of: size, granularity: granularity) }
    let uneven = candidates.filter { !fits($0.shape) }
    if self.uneven == .refused, let layer = uneven.first {
      throw .unevenGroups(size, of: layer.name, shape: layer.shape, granularity: granularity)
    }
    let taken = candidates.filter { fits($0.shape) }
    guard !taken.isEmpty else { throw .noUnits(granularity: granularity) }
    return taken
  }

  /// How many weights of a layer survive.
  func survivors(of layer: PrunableLayer) -> Int { layer.count / size * kept }

  /// How many weights of a mask survive: of a group that has fewer than N all of them.
  func survivors(in mask: Mask) -> Int {
    let (channels, area) = (mask.shape[1], mask.shape.axes.dropFirst(2).reduce(1, *))
    var survivors = 0
    for row in 0..<mask.shape[0] {
      for first in stride(from: 0, to: channels, by: size) {
        for place in 0..<area {
          let there = (first..<(first + size)).reduce(0) {
            $0 + Int(mask.bytes[(row * channels + $1) * area + place])
          }
          survivors += min(kept, there)
        }
      }
    }
    return survivors
  }

  /// The columns of a weight as a matrix `[out, in · height · width]` in an order in which each group's stand together: group after
  /// group of channels, in it place after place of the kernel.
  func columns(of shape: Shape) -> [Int] {
    let (channels, area) = (shape[1], shape.axes.dropFirst(2).reduce(1, *))
    return stride(from: 0, to: channels, by: size).flatMap { first in
      (0..<area).flatMap { place in (first..<(first + size)).map { $0 * area + place } }
    }
  }

  /// Refuses a quota that is not the pattern's. One that removes nothing is none of its business.
  func check(
    _ quota: Quota, of layers: [PrunableLayer], granularity: Granularity, allocation: Allocation
  ) throws(PruningError) {
    func refuse(_ asked: Int, _ kept: Int, of count: Int, _ layer: String?) -> PruningError {
      .patternQuota(
        asked, kept: kept, of: count, layer: layer, granularity: "\(granularity)", allocation: allocation.name
      )
    }
    let count = layers.reduce(0) { $0 + $1.count }
    let wanted = layers.map(survivors)
    guard quota.total != layers.reduce(0, { $0 + $1.survivors }) else { return }
    if allocation.isMeasured {
      throw .patternAllocation(granularity: "\(granularity)", allocation: allocation.name)
    }
    if case .flooredPool(_, let floors) = quota {
      for (layer, (floor, kept)) in zip(layers, zip(floors, wanted)) where floor > kept {
        throw refuse(floor, kept, of: layer.count, layer.name)
      }
    }
    guard let counts = quota.layers else {
      let total = wanted.reduce(0, +)
      guard quota.total == total else { throw refuse(quota.total, total, of: count, nil) }
      return
    }
    for (layer, (asked, kept)) in zip(layers, zip(counts, wanted)) where asked != kept {
      throw refuse(asked, kept, of: layer.count, layer.name)
    }
  }
}

extension GroupPattern {
  /// The mask of one layer after the cut: of every group the N highest scores survive, and of a group that has no more all of them.
  /// - Parameters:
  ///   - order: the input channels in the order in which they are grouped; `nil` for their own.
  ///   - ties: the stream that tells equal scores apart: word e belongs to element e.
  /// - Returns: how many of the removed have the score of one that stays in their group.
  func cut(
    _ mask: inout Mask, scores: [Float], order: [Int]?, ties: RandomStream
  ) -> Int {
    let (channels, area) = (mask.shape[1], mask.shape.axes.dropFirst(2).reduce(1, *))
    var (words, found) = (ties, 0)
    func word(_ element: Int) -> UInt32 {
      words.seek(to: element)
      return words.next()
    }
    var survivors: [Int] = []
    for row in 0..<mask.shape[0] {
      for first in stride(from: 0, to: channels, by: size) {
        for place in 0..<area {
          survivors.removeAll(keepingCapacity: true)
          for channel in first..<(first + size) {
            let element = (row * channels + (order?[channel] ?? channel)) * area + place
            if mask.bytes[element] != 0 { survivors.append(element) }
          }
          guard survivors.count > kept else { continue }
          survivors.sort { a, b in
            if scores[a] != scores[b] { return scores[a] < scores[b] }
            let words = (word(a), word(b))
            return words.0 == words.1 ? a < b : words.0 < words.1
          }
          let removed = survivors.prefix(survivors.count - kept)
          let least = scores[survivors[removed.count]]
          for element in removed {
            mask.bytes[element] = 0
            if scores[element] == least { found += 1 }
          }
        }
      }
    }
    return found
  }

  /// A random mask with as many survivors in every group as a given one has: the first in rank. Groups are those of the channels'
  /// own order; where it was permuted, the counts of groups are not those of the pattern, and N of every group survive.
  func randomMask(like mask: Mask, ranks: [Int32]) -> Mask {
    guard mask.keptCount < mask.count else { return mask }
    var random = Mask(keepingAll: mask.shape)
    var scores = [Float](repeating: 0, count: mask.count)
    for (rank, element) in ranks.enumerated() { scores[Int(element)] = -Float(rank) }
    _ = cut(&random, scores: scores, order: nil, ties: RandomStream(seed: 0, stream: .mask))
    return random
  }
}
