import CoppiceTerms

/// The digests of trials as a text that is published: a line a trial, its SHA-256 and its name, behind the version of the numerics
/// they hold for.
package struct DigestList: Sendable {
  /// The name of such a file beside a summary.
  package static let fileName = "digests.txt"

  /// The version of the numerics contract.
  package var numerics: Int
  /// The trials in order.
  package var trials: [(name: String, digest: String)]

  package init(numerics: Int = StageKey.numericsVersion, _ trials: [(name: String, digest: String)]) {
    (self.numerics, self.trials) = (numerics, trials)
  }

  /// The text of the file.
  package var text: String {
    "\(Self.heading)\(numerics)\n" + trials.map { "\($0.digest)  \($0.name)\n" }.joined()
  }

  private static let heading = "# SHA-256 of the results of each trial, numerics "

  /// Reads such a text.
  ///
  /// - Throws: `DigestListError` naming the file, where it is none.
  package init(parsing text: String, of path: String) throws(DigestListError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    guard let first = lines.first, first.hasPrefix(Self.heading),
      let version = Int(first.dropFirst(Self.heading.count))
    else { throw DigestListError(path: path, line: 1) }
    numerics = version
    trials = []
    for (place, line) in lines.enumerated().dropFirst() {
      guard let match = line.wholeMatch(of: #/([0-9a-f]{64})  ([^\/]+)/#) else {
        throw DigestListError(path: path, line: place + 1)
      }
      trials.append((String(match.2), String(match.1)))
    }
  }

  /// The digest of a trial.
  package subscript(trial: String) -> String? { trials.first { $0.name == trial }?.digest }
}

/// A file that should be a list of digests and is none.
package struct DigestListError: Error, Hashable, CustomStringConvertible {
  let path: String
  let line: Int

  package var description: String {
    "\(path) is no list of digests: line \(line) is none of its lines; fetch or make it again"
  }
}

extension DigestListError: ReportedError {
  package var exitCode: FailureCode { .badData }
}
