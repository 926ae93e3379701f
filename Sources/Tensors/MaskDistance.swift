extension Mask {
  /// How many elements survive in one of two masks and not in the other.
  package func differences(from other: Mask) -> Int {
    guard shape == other.shape else {
      ShapeFaults.note("masks of shape \(shape) and \(other.shape) cannot be compared")
      return count
    }
    return bytes.withUnsafeBytes { own in
      other.bytes.withUnsafeBytes { others in
        let whole = min(own.count, others.count) & ~7
        var (count, place) = (0, 0)
        // Bytes are 0 or 1: of eight at once every bit of a difference is an element.
        while place < whole {
          let words = (
            own.loadUnaligned(fromByteOffset: place, as: UInt64.self),
            others.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          )
          count += (words.0 ^ words.1).nonzeroBitCount
          place += 8
        }
        for place in whole..<min(own.count, others.count) where own[place] != others[place] { count += 1 }
        return count
      }
    }
  }
}

extension MaskSet {
  /// The Hamming distance of two sets of masks, as a fraction of their weights, 0…1:
  ///
  ///     d(m, m') = Σ |m − m'| / n
  ///
  /// It is that of the masks that count. A weight of which the other set has no mask survives there. 0 where nothing is prunable.
  package func distance(from other: MaskSet) -> Double {
    guard count > 0 else { return 0 }
    let differences = counted.reduce(0) { sum, entry in
      sum + entry.mask.differences(from: other[entry.name] ?? Mask(keepingAll: entry.mask.shape))
    }
    return Double(differences) / Double(count)
  }
}
