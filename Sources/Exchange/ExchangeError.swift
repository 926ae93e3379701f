import CoppiceHDF5
import CoppiceTerms

/// A file of another library that is not read or written.
package enum ExchangeError: Error, Hashable, Sendable {
  /// It cannot be opened.
  case file(FileFault)
  /// It is damaged, or says of itself what cannot be.
  case damaged(path: String, format: String, reason: String)
  /// It may be whole, but holds what is not read; the reason says the next step.
  case unsupported(path: String, format: String, reason: String)
  /// It has no array of this name; `near` are the nearest names it has.
  case missingArray(String, near: [String])
  /// Arrays that do not go together, or not into a format; the reason says the next step.
  case arrays(String)
  /// It cannot be written.
  case unwritten(HDF5Error)
  /// A library has no names for a model.
  case unknownModel(String, names: String)
  /// Its arrays are not those of a network, by the names that fit best.
  case unfit(file: String, model: String, names: String, [ArrayFault])
}

extension ExchangeError: ReportedError {
  package var description: String {
    switch self {
    case .file(let fault): fault.description
    case .damaged(let path, let format, let reason):
      "\(path) is no \(format) file that can be read: \(Self.withStep(reason))"
    case .unsupported(let path, let format, let reason):
      "\(path), a \(format) file, is not read: \(Self.withStep(reason))"
    case .missingArray(let name, let near):
      "there is no array \(name)" + (near.isEmpty ? "" : "; the nearest are \(near.joined(separator: ", "))")
    case .arrays(let reason): reason
    case .unwritten(let error): error.description
    case .unknownModel(let model, let names): "there are no names of \(names) for \(model)"
    case .unfit(let file, let model, let names, let faults):
      "\(file) does not fit \(model) by the names of \(names): "
        + faults.prefix(Self.told).map(\.description).joined(separator: "; ")
        + (faults.count > Self.told ? "; and \(faults.count - Self.told) more" : "")
    }
  }

  /// How many faults are told.
  private static let told = 12

  /// A reason with the next step behind it, where it does not say one of its own.
  private static func withStep(_ reason: String) -> String {
    reason.contains("; ") || reason.contains(": ") ? reason : reason + "; fetch or save it again"
  }

  package var exitCode: FailureCode {
    switch self {
    case .file(let fault): fault.exitCode
    case .damaged, .unsupported, .missingArray, .arrays, .unfit: .badData
    case .unwritten: .inputOutput
    case .unknownModel: .usage
    }
  }
}
