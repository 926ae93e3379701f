import CoppiceTerms

/// What a claim about a pruned network is compared with. A control never gets fewer steps than what it controls.
public enum Control: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// No control: the pruned network itself.
  case none
  /// The mask is kept, the weights are drawn afresh: do the initial weights matter?
  case randomReinitialisation = "random-reinit"
  /// The weights are kept, the mask is replaced by a random one with as many survivors in every layer: does it matter
  /// which weights survive?
  case randomMask = "random-mask"

  /// The name users write.
  public var description: String { rawValue }

  /// The one of that name.
  /// - Throws: `PruningError.unknownComponent`, with the nearest name.
  public static func named(_ name: String) throws(PruningError) -> Control {
    guard let control = Control(rawValue: name) else {
      let names = allCases.map(\.rawValue)
      throw .unknownComponent(name, kind: "control", nearest: names.nearest(to: name), known: names)
    }
    return control
  }
}
