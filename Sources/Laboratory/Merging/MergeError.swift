import CoppiceTerms

/// Why results cannot be joined.
package enum MergeError: Error, Hashable, CustomStringConvertible {
  /// There is nothing in a folder.
  case nothing(String)
  /// What conflicts, a sentence each.
  case conflicts([String], canPrefer: Bool)
  /// The folder that is written to is one of those that are read.
  case onto(String)
  /// The preferred part is none of those given.
  case notAPart(String)

  package var description: String {
    switch self {
    case .nothing(let folder): "there are no results in \(folder): neither summary.h5 nor trials/*.h5"
    case .conflicts(let sentences, let canPrefer):
      "the results do not go together:\n"
        + sentences.prefix(Self.told).map { "  \($0)" }.joined(separator: "\n")
        + (sentences.count > Self.told ? "\n  and \(sentences.count - Self.told) more" : "")
        + (canPrefer
          ? "\n  nothing was written; `--prefer FOLDER` says which of them counts"
          : "\n  nothing was written")
    case .onto(let folder): "\(folder) is read and cannot be written to: name another folder first"
    case .notAPart(let folder): "--prefer \(folder): it is none of the folders that are joined"
    }
  }

  /// How many conflicts are told.
  private static let told = 20
}

extension MergeError: ReportedError {
  package var exitCode: FailureCode {
    switch self {
    case .nothing: .inputMissing
    case .conflicts: .badData
    case .onto, .notAPart: .usage
    }
  }
}
