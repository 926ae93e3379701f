import CoppiceTensors

extension Invariant {
  /// The sparsity is counted once more, from the weights as they are stored: a weight is pruned where it is 0 and its mask is 0.
  static let countedSparsity = Invariant(
    "counted-sparsity",
    "The sparsity counted from the stored weights is that of the masks, and the one that is told.",
    round: { sight in
      guard let masks = sight.masks, let weights = sight.record.weights, !sight.freezesPruned else {
        return nil
      }
      var (count, pruned) = (0, 0)
      for (name, mask) in masks {
        guard let weight = weights[name] else { return .broken("there is no \(name)") }
        let wrong = Differences(weight, where: mask, is: 0) { $1 != 0 }
        guard wrong.count == 0 else { return .broken("\(wrong.text(of: name)) are pruned and not 0") }
        guard !masks.isCompanion(name) else { continue }
        count += weight.scalars.count
        pruned += Differences(weight, where: mask, is: 0) { $1 == 0 }.count
      }
      let (counted, told) = (count == 0 ? 0 : Double(pruned) / Double(count), sight.record.row.sparsity)
      return counted == told
        ? .held
        : .broken("\(pruned) of \(count) weights are pruned, a sparsity of \(counted), and \(told) is told")
    })
}
