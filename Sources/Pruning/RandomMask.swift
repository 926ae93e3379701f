import CoppiceTensors

extension Granularity {
  /// The random-mask control: masks with as many survivors in every layer as `masks`, at random places. Every unit of
  /// a layer draws a rank once from the seed, and the first in rank survive; so the masks of later rounds, which have
  /// fewer survivors, are subsets of those of earlier ones.
  ///
  /// Where units are larger than one weight, as many whole units survive as have a survivor in `masks`.
  package func randomMasks(like masks: MaskSet, seed: UInt64) throws(PruningError) -> MaskSet {
    var result = MaskSet()
    for (index, entry) in masks.enumerated() {
      let (name, mask) = entry
      let size = try elementsPerUnit(of: name, mask.shape)
      let starts = Array(stride(from: 0, to: mask.count, by: size))
      let survivors = starts.count { start in mask.bytes[start..<(start + size)].contains { $0 != 0 } }
      // Odd substreams: even ones are those of random scores.
      var random = RandomStream(
        seed: seed, stream: .mask, substream: UInt32(truncatingIfNeeded: index) << 1 | 1)
      var bytes = [UInt8](repeating: 0, count: mask.count)
      for rank in random.permutation(starts.count).prefix(survivors) {
        let start = starts[Int(rank)]
        for element in start..<(start + size) { bytes[element] = 1 }
      }
      result[name] = Mask(mask.shape, bytes)
    }
    return result
  }
}
