import ArgumentParser
import Coppice
import Foundation

/// What went wrong, in words, with the exit code that the documentation gives it.
struct CommandFailure: ReportedError {
  let message: String
  let exitCode: FailureCode

  init(_ message: String, _ code: FailureCode) {
    self.message = message
    exitCode = code
  }

  /// The failure an error stands for; `nil` for errors of the parser, which speaks for itself. Errors of Coppice know their code.
  init?(_ error: any Error) {
    switch error {
    case let error as any ReportedError: self.init(error.description, error.exitCode)
    // A network that cannot be, as it is asked for.
    case let error as TraceError: self.init(error.description, .usage)
    case let error as CocoaError:
      let path =
        error.userInfo[NSFilePathErrorKey] as? String ?? (error.userInfo[NSURLErrorKey] as? URL)?.path
      self.init((path.map { "\($0): " } ?? "") + error.localizedDescription, .inputOutput)
    default: return nil
    }
  }

  var description: String { message }

  /// What the process ends with.
  var code: ExitCode { ExitCode(exitCode.rawValue) }
}

extension CommandFailure {
  static let usage = FailureCode.usage
  static let badData = FailureCode.badData
  static let inputMissing = FailureCode.inputMissing
  static let toolMissing = FailureCode.toolMissing
  static let inputOutput = FailureCode.inputOutput
  static let tryAgain = FailureCode.tryAgain

  /// Thrown where all has been said.
  static let someTrialsFailed = ExitCode(FailureCode.someTrialsFailed.rawValue)
  static let interrupted = ExitCode(FailureCode.interrupted.rawValue)
}
