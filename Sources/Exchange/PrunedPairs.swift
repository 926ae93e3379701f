import CoppiceTensors

/// Weights and masks as `torch.nn.utils.prune` keeps them: for a pruned `fc.weight` a parameter `fc.weight_orig`, the weight as it is
/// without the mask, and a buffer `fc.weight_mask` of ones and zeros. The weight itself is their product and is not stored.
package struct PrunedPairs: Sendable {
  /// All arrays by the names they have unpruned. A pruned one is as it is without its mask.
  package let originals: ParameterSet
  /// The masks by the names of what they prune. All of them count: whether one is a companion's, the network knows.
  package let masks: MaskSet

  private static let (original, mask) = ("_orig", "_mask")

  /// Weights and masks to be written as pairs.
  /// - Throws: `ExchangeError.arrays` where a mask has no weight, or another shape.
  package init(originals: ParameterSet, masks: MaskSet) throws(ExchangeError) {
    for (name, mask) in masks {
      guard let weight = originals[name] else {
        throw .arrays("there is a mask of \(name), and no array of that name; leave the mask out")
      }
      try Self.check(name, weight.shape, mask.shape)
    }
    (self.originals, self.masks) = (originals, masks)
  }

  /// Takes pairs apart. An array whose other half is not there is no half of a pair, and keeps its name.
  /// - Throws: `ExchangeError` where an array cannot be read, the halves differ in shape, a mask holds another number than 0 and 1, or
  ///   the pruned weight is there as well.
  package init(_ source: some ArraySource) throws(ExchangeError) {
    let names = Set(source.arrays.map(\.name))
    var (originals, masks) = (ParameterSet(), MaskSet())
    for array in source.arrays {
      if let name = Self.base(array.name, Self.original), names.contains(name + Self.mask) {
        guard !names.contains(name) else {
          throw .arrays("there is \(name) beside \(array.name), of which it is made; leave one of them out")
        }
        let weight = try source.tensor(array.name)
        let mask = try source.tensor(name + Self.mask)
        try Self.check(name, weight.shape, mask.shape)
        guard let wrong = mask.scalars.first(where: { $0 != 0 && $0 != 1 }) else {
          originals[name] = weight
          masks[name] = Mask(mask.shape, mask.scalars.map { $0 == 0 ? 0 : 1 })
          continue
        }
        throw .arrays("\(name + Self.mask) holds \(wrong), and masks hold 0 and 1 alone; make it one")
      } else if let name = Self.base(array.name, Self.mask), names.contains(name + Self.original) {
        continue
      } else {
        originals[array.name] = try source.tensor(array.name)
      }
    }
    (self.originals, self.masks) = (originals, masks)
  }

  /// All arrays with their masks applied: what the network computes with.
  package var weights: ParameterSet { masks.applied(to: originals) }

  /// The arrays by the names that PyTorch loads into a pruned module, each mask behind its weight.
  package var arrays: [WeightArray] {
    originals.flatMap { name, tensor in
      guard let mask = masks[name] else { return [WeightArray(name, tensor)] }
      return [
        WeightArray(name + Self.original, tensor),
        WeightArray(name + Self.mask, Tensor(mask.shape, mask.bytes.map { Float($0) })),
      ]
    }
  }

  private static func base(_ name: String, _ ending: String) -> String? {
    name.hasSuffix(ending) && name.utf8.count > ending.utf8.count
      ? String(name.dropLast(ending.count)) : nil
  }

  private static func check(_ name: String, _ weight: Shape, _ mask: Shape) throws(ExchangeError) {
    guard weight == mask else {
      throw .arrays("the mask of \(name) has the shape \(mask), and the weight \(weight); make them one")
    }
  }
}
