import CoppiceTensors

/// The names of the arrays of a file, with what is around networks taken off: `module.`, `model.`, `_orig_mod.`, `bert.` and the like.
struct SourceNames {
  /// An array with the mask that lies beside it.
  struct Found: Hashable {
    let array: StoredArray
    let mask: StoredArray?
  }

  private let exact: [String: StoredArray]
  /// Without prefixes; `nil` for a name that several arrays would have.
  private let bare: [String: StoredArray?]

  /// What may stand before names.
  private static let prefixes = [
    "module.", "_orig_mod.", "model.", "bert.", "distilbert.", "vit.", "transformer.", "backbone.",
  ]

  init(_ arrays: [StoredArray]) {
    exact = Dictionary(arrays.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var bare: [String: StoredArray?] = [:]
    for array in arrays {
      let name = Self.bare(array.name)
      bare[name] = .some(bare[name] == nil ? array : nil)
    }
    self.bare = bare
  }

  /// An array by its name, or as the weight of a pair of `torch.nn.utils.prune`, `…_orig` and `…_mask`.
  func find(_ name: String) -> Found? {
    guard let array = array(name) ?? array(name + "_orig") else { return nil }
    return Found(array: array, mask: self.array(name + "_mask"))
  }

  private func array(_ name: String) -> StoredArray? { exact[name] ?? bare[Self.bare(name)] ?? nil }

  /// The names most like one, by what is left of them without prefixes.
  static func nearest(to name: String, among names: [String]) -> [String] {
    let found = names.map(bare).nearest(to: bare(name))
    return names.filter { bare($0) == found }
  }

  /// A name without what stands before it.
  static func bare(_ name: String) -> String {
    var rest = name[...]
    while let prefix = prefixes.first(where: { rest.hasPrefix($0) && rest.count > $0.count }) {
      rest = rest.dropFirst(prefix.count)
    }
    return String(rest)
  }
}
