import CoppiceTerms

extension SweepPlan {
  /// The stages that some words mean: keys, or their beginnings where only one stage has it.
  /// - Throws: `StageSelectionError`.
  package func stages(named words: [String]) throws(StageSelectionError) -> Set<StageKey> {
    // Sorted, so that keys of one beginning stand together.
    let keys = stages.map(\.key.hexadecimal).sorted()
    let known = Dictionary(stages.map { ($0.key.hexadecimal, $0.key) }) { first, _ in first }
    var found: Set<StageKey> = []
    var unknown: [String] = []
    for word in words {
      let place = keys.partitionPoint { $0 < word }
      guard place < keys.count, keys[place].hasPrefix(word), !word.isEmpty, let key = known[keys[place]]
      else {
        unknown.append(word)
        continue
      }
      guard place + 1 == keys.count || keys[place] == word || !keys[place + 1].hasPrefix(word) else {
        throw .ambiguous(word)
      }
      found.insert(key)
    }
    if let word = unknown.first {
      throw .unknown(
        word, more: unknown.count - 1, experiment: name,
        unversioned: unversioned.map { "\($0.setting) \($0.component)" })
    }
    return found
  }
}

extension Array {
  /// The first place of which something holds no more, in an array in which it holds of a beginning.
  fileprivate func partitionPoint(_ holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Words that mean no stage of a plan.
package enum StageSelectionError: ReportedError, Hashable {
  case unknown(String, more: Int, experiment: String, unversioned: [String])
  case ambiguous(String)

  package var description: String {
    switch self {
    case .unknown(let word, let more, let experiment, let unversioned):
      "no stage \(word)\(more == 0 ? "" : " (nor \(more) more that were asked for)") is in \(experiment) as this program plans it: "
        + "another sweep, other --set or --seeds, data that differ, or another version of the program"
        + (unversioned.isEmpty
          ? ""
          : "; keys of \(unversioned.joined(separator: ", ")) hold for one executable only, since that has no version")
        + ". Launch it again with this program"
    case .ambiguous(let word):
      "more than one stage begins with \(word.isEmpty ? "\"\"" : word): give more digits of its key"
    }
  }

  package var exitCode: FailureCode { .badData }
}
