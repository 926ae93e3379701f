import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

/// What went wrong, in words, with the exit code that the documentation gives it.
struct CommandFailure: Error {
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
    case let failure as CommandFailure: self = failure
    case let error as DatasetError: self.init("\(error)", Self.code(of: error))
    case let error as StoreError: self.init("\(error)", Self.code(of: error))
    case let error as ReportingError: self.init("\(error)", Self.code(of: error))
    case is ExperimentError, is SettingError, is ComponentError, is PruningError, is BudgetError,
      is SpecificationError, is KernelVariantError:
      self.init("\(error)", Self.usage)
    case let error as CocoaError:
      let path =
        error.userInfo[NSFilePathErrorKey] as? String ?? (error.userInfo[NSURLErrorKey] as? URL)?.path
      self.init((path.map { "\($0): " } ?? "") + error.localizedDescription, Self.inputOutput)
    default: return nil
    }
  }

  private static func code(of error: DatasetError) -> ExitCode {
    switch error {
    case .missing: inputMissing
    case .toolMissing: toolMissing
    case .unreadable, .unwritable: inputOutput
    case .download: tryAgain
    case .notFetchable, .batchSize: usage
    default: badData
    }
  }

  private static func code(of error: StoreError) -> ExitCode {
    switch error {
    case .newerFormat, .otherFormat: badData
    case .fewerRows: usage
    case .file:
      switch error.systemError {
      case nil: badData
      case ENOENT: inputMissing
      case EAGAIN: tryAgain
      default: inputOutput
      }
    }
  }

  private static func code(of error: ReportingError) -> ExitCode {
    switch error {
    case .noRows, .noValues, .twiceTheSameTrial: badData
    case .unknownColumn, .notNumeric, .severalTrialsInOnePoint: usage
    }
  }
}
