import ArgumentParser
import Coppice
import CoppiceStore
import Foundation

/// An error with the exit code that the documentation gives it.
struct CommandFailure {
  let message: String
  let code: ExitCode

  static let someTrialsFailed = ExitCode(1)
  static let usage = ExitCode(64)
  static let badData = ExitCode(65)
  static let inputMissing = ExitCode(66)
  static let toolMissing = ExitCode(69)
  static let inputOutput = ExitCode(74)
  static let tryAgain = ExitCode(75)
  static let interrupted = ExitCode(130)

  init(_ message: String, _ code: ExitCode) {
    self.message = message
    self.code = code
  }

  /// The failure an error stands for; `nil` for errors of the parser, which speaks for itself.
  init?(_ error: any Error) {
    switch error {
    case let error as CommandError: self = error.failure
    case let error as DatasetError:
      self.init("\(error)", error.isMissing ? Self.inputMissing : Self.badData)
    case let error as ExperimentError: self.init("\(error)", Self.usage)
    case let error as SettingError: self.init("\(error)", Self.usage)
    case let error as PruningError: self.init("\(error)", Self.usage)
    case let error as BudgetError: self.init("\(error)", Self.usage)
    case let error as StoreError: self.init("\(error)", Self.code(of: error))
    case let error as CocoaError: self.init(error.localizedDescription, Self.inputOutput)
    default: return nil
    }
  }

  private static func code(of error: StoreError) -> ExitCode {
    switch error {
    case .newerFormat, .otherFormat: badData
    case .fewerRows: usage
    case .file: error.systemError == ENOENT ? inputMissing : error.systemError == EAGAIN ? tryAgain : inputOutput
    }
  }
}

/// Something a command itself objects to.
struct CommandError: Error {
  let failure: CommandFailure

  init(_ message: String, _ code: ExitCode) { failure = CommandFailure(message, code) }
}
