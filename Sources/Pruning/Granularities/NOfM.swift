import CoppiceTensors
import CoppiceTerms

extension Granularity {
  /// What becomes of a layer whose inputs do not divide into groups.
  public enum UnevenGroups: String, Hashable, Sendable, CaseIterable {
    /// The pruning is refused before anything is trained.
    case refused
    /// The layer stays dense. It is named before the run and counts in no sparsity.
    case dense
  }

  /// The pattern 2:4.
  public static let nOfM = nOfM(keep: 2, of: 4)

  /// The pattern N:M: exactly N of every M consecutive input channels survive, for every output and every place of a kernel. A
  /// convolution `[out, in, height, width]` is grouped along axis 1 like a linear weight `[out, in]`; one with groups along the
  /// channels of one group.
  ///
  /// The pattern fixes the sparsity of every layer, 1 − N/M. Another one is refused before anything is trained. A layer whose input
  /// channels M does not divide, such as a first convolution with one channel, is refused or left dense.
  /// A. Mishra et al., "Accelerating sparse deep neural networks", 2021, keep the 2 largest of 4.
  ///
  /// Permuted, the input channels of each layer are first brought into an order in which the groups keep more: pairs of channels are
  /// swapped between groups as long as the kept score rises, for magnitude the kept magnitude. J. Pool, C. Yu, "Channel permutations
  /// for N:M sparsity", NeurIPS 2021, permute the network itself, so that layers that share channels share the order. Here each layer
  /// has an order of its own. The order is recorded, and weights and masks stay in the network's.
  /// - Parameters:
  ///   - keep: N, at least 1.
  ///   - group: M, above N.
  ///   - uneven: what becomes of layers that do not divide.
  ///   - permuted: whether channels are permuted before.
  public static func nOfM(
    keep: Int, of group: Int, uneven: UnevenGroups = .refused, permuted: Bool = false
  ) -> Granularity {
    var fields: [(name: String, value: Specification.Value)] = [
      ("keep", .integer(keep)), ("of", .integer(group)),
    ]
    if uneven != .refused { fields.append(("uneven", .text(uneven.rawValue))) }
    if permuted { fields.append(("permuted", .flag(true))) }
    return Granularity(
      "n-of-m", version: 1, fields: fields,
      pattern: GroupPattern(kept: keep, size: group, uneven: uneven, isPermuted: permuted))
  }
}

extension Shipped<Granularity> {
  static let nOfM = Shipped(
    .nOfM, "exactly n of every m input channels survive", paper: "Mishra et al. 2021"
  ) { fields in
    let (keep, group) = (try fields.count("keep", default: 2), try fields.count("of", default: 4))
    let names = Granularity.UnevenGroups.allCases.map(\.rawValue).joined(separator: " or ")
    let uneven = try fields.take("uneven", names, default: Granularity.UnevenGroups.refused) {
      Granularity.UnevenGroups(rawValue: $0.description)
    }
    return .nOfM(keep: keep, of: group, uneven: uneven, permuted: try fields.flag("permuted", default: false))
  }
}
