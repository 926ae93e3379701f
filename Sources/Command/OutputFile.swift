import Coppice
import CoppiceHDF5
import Foundation

/// A file that a command writes where it was told to.
enum OutputFile {
  /// Writes a file; it appears whole or not at all.
  ///
  /// - Parameter noun: what it is, as a message says it: `figure`.
  /// - Throws: a failure where it cannot be written.
  static func write(_ contents: Data, to path: String, as noun: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    guard folder.isEmpty || FileManager.default.fileExists(atPath: folder) else {
      throw CommandFailure(
        "the \(noun) cannot be written to \(path): there is no folder \(folder)", CommandFailure.inputOutput)
    }
    // The file would take its place.
    if let kind = FileKind(at: path), kind != .file {
      throw CommandFailure(
        "the \(noun) cannot be written to \(path): it is \(kind.rawValue)", CommandFailure.inputOutput)
    }
    do {
      try contents.withUnsafeBytes { try AtomicFile.replace(path, with: $0) }
    } catch let error as HDF5Error {
      throw CommandFailure(
        "the \(noun) cannot be written to \(path): \(error.message). May its folder be written to?",
        CommandFailure.inputOutput)
    }
  }
}
