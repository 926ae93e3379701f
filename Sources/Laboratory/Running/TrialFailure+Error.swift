import CoppiceDatasets
import CoppiceExchange
import CoppiceHDF5
import CoppiceStore
import CoppiceTerms
import Foundation

extension TrialFailure {
  /// The failure of a trial by an error.
  package init(_ error: any Error) { self.init("\(error)", isLasting: Self.lasts(error)) }

  /// Whether an error comes of the trial itself and would come again. Stages are deterministic: so does every error that neither
  /// files, nor the system, nor memory has a part in.
  private static func lasts(_ error: any Error) -> Bool {
    switch error {
    case is StoreError, is HDF5Error, is FileFault, is ExchangeError, is CocoaError, is POSIXError: false
    // What these read lies in files: the outputs of other stages, weights to begin with, teachers, tables of costs.
    case is StageError, is StartError, is TeacherError, is LatencyTableError: false
    case is MemoryShortage, DatasetError.memory: false
    case let error as any ReportedError: [.someTrialsFailed, .usage, .badData].contains(error.exitCode)
    default: true
    }
  }
}
