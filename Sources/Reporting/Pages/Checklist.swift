import CoppiceStore
import CoppiceTerms

/// What a reader of a pruning paper looks for, ticked or not by what a summary holds, each with the reason.
///
/// After the checklist in the appendix of D. Blalock et al., "What is the state of neural network pruning?", MLSys 2020, with what
/// later papers ask for: the same starting network, selection on data held out, sparsity asked for beside sparsity achieved.
package struct Checklist: Sendable, Equatable {
  /// One thing looked for.
  package struct Item: Sendable, Equatable {
    /// What should be there.
    package let name: String
    package let isMet: Bool
    /// What the file says of it.
    package let reason: String
  }

  package let items: [Item]

  /// How many of them are there.
  package var metCount: Int { items.count(where: \.isMet) }

  /// The checklist of a summary.
  /// - Parameters:
  ///   - rows: its index.
  ///   - curves: the curves of those rows.
  ///   - configuration: the settings of its trials.
  ///   - provenance: where and with what it was computed.
  package init(rows: [IndexRow], curves: CurveSet, configuration: JSON?, provenance: JSON?) {
    let sight = ChecklistSight(
      rows: rows, curves: curves, configuration: configuration, provenance: provenance)
    items = Self.questions.map { name, ask in
      let (isMet, reason) = ask(sight)
      return Item(name: name, isMet: isMet, reason: reason)
    }
  }

  private typealias Question = (name: String, ask: @Sendable (ChecklistSight) -> (Bool, String))

  /// To add one: a line here, and its answer in `ChecklistSight`.
  private static let questions: [Question] = [
    ("Several operating points", { $0.operatingPoints }),
    ("Up to a sparsity that hurts", { $0.extremes }),
    ("The raw accuracy of every point", { $0.rawAccuracy }),
    ("Compression and theoretical speed-up both", { $0.theoreticalSpeed }),
    ("Measured speed", { $0.measuredSpeed }),
    ("A dense baseline of every seed", { $0.denseBaseline }),
    ("A random pruning baseline", { $0.randomBaseline }),
    ("A magnitude pruning baseline", { $0.magnitudeBaseline }),
    ("Other methods of the field", { $0.otherMethods }),
    ("At least three seeds a point", { $0.seeds }),
    ("Error bars that are defined", { $0.errorBars }),
    ("The same starting network", { $0.sameStart }),
    ("Selection on data that are held out", { $0.heldOut }),
    ("Sparsity asked for beside sparsity achieved", { $0.askedAndAchieved }),
    ("Every trial accounted for", { $0.accounted }),
    ("Several architectures and data sets", { $0.subjects }),
    ("All hyper-parameters", { $0.hyperparameters }),
    ("Data sets with their checksums", { $0.data }),
    ("Code, library and hardware", { $0.origin }),
  ]
}
