/// An error that a user reads: it says in words what went wrong, and what the program ends with because of it.
public protocol ReportedError: Error, CustomStringConvertible {
  /// What the program ends with.
  var exitCode: FailureCode { get }
}
