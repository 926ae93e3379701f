import CoppiceStore
import CoppiceTerms

/// What the trials of a summary were made of: the settings they share, and those that the sweep varies.
struct SweepProtocol {
  /// A setting, with its values in the order in which trials have them first.
  struct Setting {
    let name: String
    let values: [String]
    /// The place of its value in each trial; −1 where a trial says nothing of it.
    let places: [Int]
    /// How many of the trials that are not dense have each value.
    let counts: [Int]

    /// Whether every trial that is not dense has one value of it.
    var isShared: Bool { counts.count { $0 > 0 } <= 1 }
    /// The values of trials that are not dense, with the number of those.
    var varied: [(text: String, count: Int)] { Array(zip(values, counts)).filter { $0.1 > 0 } }
  }

  let settings: [Setting]
  /// In rising order.
  let seeds: [Int]
  /// How many trials there are, and how many of them are dense baselines.
  let trialCount: Int
  let denseCount: Int

  /// What a configuration says of some trials; what it does not know of is left out.
  init(_ configuration: JSON?, trials: [String], rows: [IndexRow]) {
    let dense = Set(rows.filter(\.isDense).map(\.trial))
    let isCounted = trials.map { !dense.contains($0) || dense.count == trials.count }
    let members = Self.members(configuration, trials)
    var names: [String] = []
    var met: Set<String> = []
    for trial in members { for (name, _) in trial where met.insert(name).inserted { names.append(name) } }
    settings = names.map { name in
      var (known, values, places): ([String: Int], [String], [Int]) = ([:], [], [])
      for trial in members {
        guard let value = trial.first(where: { $0.name == name })?.value else {
          places.append(-1)
          continue
        }
        let text = value.specificationValue.description
        let place = known[text] ?? values.count
        if place == values.count {
          known[text] = place
          values.append(text)
        }
        places.append(place)
      }
      var counts = values.map { _ in 0 }
      for (place, isCounted) in zip(places, isCounted) where isCounted && place >= 0 { counts[place] += 1 }
      return Setting(name: name, values: values, places: places, counts: counts)
    }
    seeds = Set(rows.map(\.seed)).sorted()
    (trialCount, denseCount) = (trials.count, dense.count)
  }

  /// The members of each trial's object.
  private static func members(_ configuration: JSON?, _ trials: [String]) -> [[(name: String, value: JSON)]] {
    guard case .members(let all)? = configuration?["trials"] else { return trials.map { _ in [] } }
    let byName = Dictionary(all.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    return trials.map { trial in
      guard case .members(let members)? = byName[trial] else { return [] }
      return members
    }
  }

  /// The settings that all trials share, without those that are not there.
  var shared: [Setting] { settings.filter { $0.isShared && $0.name != "seed" && $0.text != "none" } }

  /// The settings that the sweep varies.
  var varied: [Setting] { settings.filter { !$0.isShared && $0.name != "seed" } }
}

extension SweepProtocol.Setting {
  /// The value that all trials share.
  var text: String { varied.first?.text ?? values.first ?? "none" }

  /// The values as a page's script takes them.
  var script: JSON {
    .members([
      ("n", .text(name)), ("t", .texts(values)), ("i", .list(places.map(JSON.integer))),
    ])
  }
}
