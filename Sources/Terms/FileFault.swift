import Foundation

/// Why a file is not read.
package struct FileFault: Error, Hashable, Sendable {
  /// What hinders it.
  package enum Cause: Hashable, Sendable {
    /// The system, which gave this error number.
    case system(Int32)
    /// Something else stands in its place.
    case kind(FileKind)
    /// It has more bytes than such a file may have.
    case size(Int, most: Int)
  }

  /// The path that was asked for.
  package let path: String
  /// What hinders it.
  package let cause: Cause

  package init(_ path: String, _ cause: Cause) { (self.path, self.cause) = (path, cause) }

  /// The reason alone, in a few words.
  package var reason: String {
    switch cause {
    case .system(let code): String(cString: strerror(code))
    case .kind(let kind): "it is \(kind.rawValue), and nothing but files is read"
    case .size(let size, let most): "it has \(size) bytes, and such a file at most \(most)"
    }
  }

  /// The system's error number, where the system was the cause.
  package var systemError: Int32? { if case .system(let code) = cause { code } else { nil } }
}

extension FileFault: ReportedError {
  package var description: String { "\(path) cannot be read: \(reason)" }

  /// What is no file, or too large, is bad data.
  package var exitCode: FailureCode {
    switch systemError {
    case nil: .badData
    case ENOENT: .inputMissing
    default: .inputOutput
    }
  }
}
