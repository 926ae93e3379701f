import CoppiceTerms

/// Why what a file says of itself is refused: what and where, without the file, which whoever opened it names.
package struct HeaderFault: Error {
  /// The reason, as the end of a sentence.
  package let reason: String

  init(_ reason: String) { self.reason = reason }
}

extension HeaderFault: ReportedError {
  package var description: String { reason }
  package var exitCode: FailureCode { .badData }
}
