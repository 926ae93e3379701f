import CoppiceStore

/// Whether rows may stand beside each other as one: in one cell, one curve, one comparison.
///
/// **The rule.** Two networks are compared in what their labels name. Everything else that a result depends on should be the same:
///
/// | aspect | known from |
/// |---|---|
/// | split: how the data are parted, scaled and augmented | the setting `dataset` of the trial |
/// | training budget: steps and batch | `training`, `batch-size` |
/// | retraining: how long, from where | `retraining` |
/// | learning rate: its schedule, and that of retraining | `learning-rate`, `retraining-rate` |
/// | optimizer | `optimizer` |
/// | network size | `model` |
/// | data: the variant and the SHA-256 of every file | provenance of the summary |
/// | numerics: the version of the contract | provenance of the summary |
/// | n: how many seeds a complete cell has | the rows |
///
/// What differs inside a cell is no sample of anything and is refused, but for the version of the numerics. What differs inside a
/// curve marks its label. What differs between curves, or the sides of a comparison, and is named by none of their columns is told in
/// a note. Dense networks take no part: they are chosen for a row by `DenseReferences`.
///
/// Components of one kind are compared in the fields that all of them state: a file of an earlier version has fewer, and those it
/// lacks are at their neutral values. What a summary does not say is not held against it.
package struct Comparability: Sendable {
  /// Something that a result depends on.
  package enum Aspect: String, Sendable, CaseIterable {
    case split
    case budget = "training budget"
    case retraining
    case learningRate = "learning rate"
    case optimizer
    case networkSize = "network size"
    case data = "data files"
    case numerics = "version of the numerics"
    case seeds = "number of seeds"

    /// The settings of a trial that it is made of.
    var settings: [String] {
      switch self {
      case .split: ["dataset"]
      case .budget: ["training", "batch-size"]
      case .retraining: ["retraining"]
      case .learningRate: ["learning-rate", "retraining-rate"]
      case .optimizer: ["optimizer"]
      case .networkSize: ["model"]
      case .data, .numerics, .seeds: []
      }
    }

    /// The columns of labels that name it.
    var columns: Set<String> {
      switch self {
      case .split: ["validation", "augmentation", "scaling"]
      case .budget: ["training", "batch_size", "batch-size"]
      case .retraining: ["budget", "retraining-to", "retraining_to", "to"]
      case .learningRate:
        ["learning_rate", "learning-rate", "retraining_rate", "retraining-rate", "rate"]
      case .optimizer: ["optimizer"]
      case .networkSize: ["width", "widths", "depth", "blocks"]
      case .data, .numerics, .seeds: []
      }
    }

    /// Whether only components of one name are compared, because names are what tells methods, data sets and networks apart.
    var isNamed: Bool { [.split, .networkSize, .retraining].contains(self) }
  }

  /// What a summary says of its trials and of itself.
  package struct Source: Sendable {
    /// What stands before the names of its trials; empty for none.
    let prefix: String
    let configuration: String
    let provenance: String

    /// A summary's notes, see `SummaryFile.notes`. The trials of one among several are called `name/trial`.
    package init(name: String?, configuration: String, provenance: String) {
      prefix = name.map { $0 + "/" } ?? ""
      (self.configuration, self.provenance) = (configuration, provenance)
    }
  }

  /// The value of every aspect, by trial, as a number that stands for a text.
  private let values: [Aspect: [String: Int]]
  private let texts: [Aspect: [String]]

  /// What some summaries say.
  package init(_ sources: [Source]) {
    var book = ComparabilityFacts()
    for source in sources { book.add(source) }
    (values, texts) = book.settled
  }

  /// The values of an aspect among rows, in the order in which rows have them.
  package func values(of aspect: Aspect, in rows: [IndexRow]) -> [String] {
    guard let known = values[aspect], let texts = texts[aspect], texts.count > 1 else { return [] }
    var found: [Int] = []
    var last: String?
    for row in rows where row.trial != last {
      last = row.trial
      if let value = known[row.trial], !found.contains(value) { found.append(value) }
    }
    return Self.distinct(found.map { texts[$0] }, aspect)
  }

  /// Values that count as different: of an aspect that names tell apart, those that share a name with another.
  static func distinct(_ texts: [String], _ aspect: Aspect) -> [String] {
    guard aspect.isNamed else { return texts }
    func name(_ text: String) -> Substring { text.prefix { $0 != "(" } }
    return texts.filter { text in texts.count { name($0) == name(text) } > 1 }
  }

  /// All values, those that names tell apart too.
  fileprivate func allValues(of aspect: Aspect, in rows: [IndexRow]) -> [String] {
    guard let known = values[aspect], let texts = texts[aspect], texts.count > 1 else { return [] }
    var found: [Int] = []
    for row in rows { if let value = known[row.trial], !found.contains(value) { found.append(value) } }
    return found.map { texts[$0] }
  }
}

extension Comparability {
  /// Rows that are shown as one thing under a label.
  package struct Group: Sendable {
    package let label: String
    package let rows: [IndexRow]
    package let seeds: Int

    /// A group of rows; `seeds` is how many a complete cell of it has.
    package init(_ label: String, _ rows: [IndexRow], seeds: Int) {
      (self.label, self.rows, self.seeds) = (label, rows, seeds)
    }
  }

  /// Groups that differ in an aspect which their labels do not name.
  package struct Finding: Sendable, Equatable {
    package let aspect: Aspect
    /// Each value with the labels of the groups that have it.
    package let values: [(text: String, labels: [String])]

    package static func == (one: Finding, other: Finding) -> Bool {
      one.aspect == other.aspect && one.values.map(\.text) == other.values.map(\.text)
        && one.values.map(\.labels) == other.values.map(\.labels)
    }

    /// `Not the same for all: training budget (500it: magnitude; 1000it: random).`
    package var sentence: String {
      let parts = values.map { value in
        let shown = value.labels.prefix(3).joined(separator: " | ")
        let more = value.labels.count - 3
        return "\(value.text): \(shown)\(more > 0 ? " and \(more) more" : "")"
      }
      return "Not the same for all: \(aspect.rawValue) (\(parts.joined(separator: "; ")))."
    }
  }

  /// The aspects in which a group is not one thing.
  package func mixed(_ rows: [IndexRow]) -> [Aspect] {
    Aspect.allCases.filter { values(of: $0, in: rows).count > 1 }
  }

  /// What groups that are shown together differ in and do not say.
  /// - Parameter columns: those that their labels name.
  package func findings(_ groups: [Group], toldBy columns: [String]) -> [Finding] {
    Aspect.allCases.compactMap { aspect in
      guard groups.count > 1, aspect.columns.isDisjoint(with: columns) else { return nil }
      let each = groups.map { group in
        aspect == .seeds ? ["n = \(group.seeds)"] : allValues(of: aspect, in: group.rows)
      }
      var texts: [String] = []
      for text in each.flatMap({ $0 }) where !texts.contains(text) { texts.append(text) }
      let different = Self.distinct(texts, aspect)
      guard different.count > 1 else { return nil }
      return Finding(
        aspect: aspect,
        values: different.map { text in
          (text, zip(groups, each).filter { $1.contains(text) }.map(\.0.label))
        })
    }
  }
}
