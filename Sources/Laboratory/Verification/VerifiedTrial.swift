import CoppiceStore

/// What is known of a trial's results, against which it is run again.
package struct KnownTrial: Sendable {
  /// In what form its results are known.
  package enum Results: Sendable {
    /// A file with everything.
    case file(String)
    /// Its lines in the index of a summary.
    case rows([IndexRow])
    /// The SHA-256 of its results, and where that stands.
    case digest(String, in: String)
  }

  /// The name it has there.
  package var name: String
  /// What was run; `nil` where that is read from the configuration.
  package var trial: Trial?
  /// Its specification, as JSON.
  package var configuration: String
  /// Where, when and with what it was computed, as JSON; empty where that is not known.
  package var provenance: String
  /// The hash of everything it depends on; `nil` where that is not known.
  package var key: String?
  package var results: Results
  /// A SHA-256 of the results that is published besides; `nil` for none.
  package var published: String?

  package init(
    name: String, trial: Trial? = nil, configuration: String = "", provenance: String = "",
    key: String? = nil, results: Results
  ) {
    (self.name, self.trial, self.configuration) = (name, trial, configuration)
    (self.provenance, self.key, self.results) = (provenance, key, results)
  }

  /// The trial in a file, whose results are read when they are compared.
  package init(file path: String) throws(StoreError) {
    let file = try TrialFile(path)
    self.init(
      name: try file.trial, configuration: try file.configuration, provenance: try file.provenance,
      key: try file.key, results: .file(path))
  }
}

/// What came of running a trial again.
package struct VerifiedTrial: Sendable {
  /// How the results compare.
  package enum Verdict: Hashable, Sendable {
    /// They are the same to the bit.
    case identical
    /// They are not; where they first part, in a sentence.
    case differs(String)
    /// They cannot be compared; why, in a sentence.
    case unverifiable(String)

    /// The word for it.
    package var word: String {
      switch self {
      case .identical: "identical"
      case .differs: "differs"
      case .unverifiable: "cannot be verified"
      }
    }

    /// The sentence; `nil` where nothing is to be said.
    package var reason: String? {
      switch self {
      case .identical: nil
      case .differs(let reason), .unverifiable(let reason): reason
      }
    }
  }

  package let name: String
  package let verdict: Verdict
  /// The SHA-256 of what came out now; `nil` where nothing did.
  package let digest: String?
}
