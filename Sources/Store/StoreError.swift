import CoppiceHDF5
import CoppiceTerms
import Foundation

/// What went wrong with a file of results.
package enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file cannot be read or written, or its contents are not what they should be.
  case file(HDF5Error)
  /// The file is of a newer format than this program reads.
  case newerFormat(file: String, kind: String, found: String, supported: String)
  /// The file is of another kind; `found` is `nil` where it states none.
  case otherFormat(file: String, found: String?, expected: String)
  /// Writing would replace a summary by one with fewer finished rows.
  case fewerRows(file: String, stored: Int, offered: Int)

  package var description: String {
    switch self {
    case .file(let error): error.description
    case .newerFormat(let file, let kind, let found, let supported):
      "\(file): is in format \(kind) \(found); this program reads \(kind) up to \(supported). "
        + "Read it with a newer Coppice, or move it away and run the experiment again."
    case .otherFormat(let file, let found, let expected):
      "\(file): is \(found.map { "in format \($0)" } ?? "no file of Coppice"), not \(expected). Check the path."
    case .fewerRows(let file, let stored, let offered):
      "\(file): holds \(stored) finished rows, and the new summary would hold \(offered). "
        + "Run the missing trials, write elsewhere with --as NAME, or replace it with --force."
    }
  }

  /// An error of contents that cannot be what they say they are.
  package static func badContents(file: String, reason: String) -> StoreError {
    .file(HDF5Error(call: "read", file: file, message: "bad contents: \(reason)"))
  }

  /// The reason alone, without the file and what to do about it.
  package var reason: String { if case .file(let error) = self { error.message } else { description } }

  /// The file that does not hold what it should; `nil` where the contents are not what is wrong.
  package var damagedFile: String? {
    switch self {
    case .file(let error): error.file
    case .newerFormat(let file, _, _, _), .otherFormat(let file, _, _): file
    case .fewerRows: nil
    }
  }

  /// Whether the cause is that there is no such file.
  package var isMissingFile: Bool { if case .file(let error) = self { error.isMissingFile } else { false } }

  /// Whether the bytes of the file are not those that were written.
  package var isSealBroken: Bool { if case .file(let error) = self { error.isSealBroken } else { false } }

  /// The system's error number, where the system was the cause.
  package var systemError: Int32? { if case .file(let error) = self { error.systemError } else { nil } }
}

/// Runs work on files, whose errors become errors of the store.
func storing<Result>(_ body: () throws(HDF5Error) -> Result) throws(StoreError) -> Result {
  do { return try body() } catch { throw .file(error) }
}

extension StoreError: ReportedError {
  /// A file that is damaged or newer is bad data; otherwise the system's reason counts.
  package var exitCode: FailureCode {
    switch self {
    case .newerFormat, .otherFormat: .badData
    case .fewerRows: .usage
    case .file(let error):
      switch error.systemError {
      case nil: .badData
      case ENOENT: .inputMissing
      case EAGAIN: .tryAgain
      default: .inputOutput
      }
    }
  }
}
