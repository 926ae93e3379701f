import Foundation

/// A folder of one command's own, among temporary files, that goes with it.
final class ScratchFolder {
  let path: String

  init(_ purpose: String) throws {
    path = NSTemporaryDirectory() + "coppice-\(purpose)-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
