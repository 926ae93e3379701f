import Foundation

/// The programs that fetching goes through, and what it does with files.
extension DataFetch {
  func curl(_ url: String, to path: String) throws(DatasetError) {
    let result = try Self.run(
      "curl",
      ["--fail", "--location", "--show-error", "--connect-timeout", "30", "--output", path]
        + [showsProgress ? "--progress-bar" : "--silent", url],
      purpose: "download data sets", showsOutput: showsProgress)
    guard result.status == 0 else {
      let message = result.message.isEmpty ? "curl ended with \(result.status)" : result.message
      throw .download(url: url, reason: message)
    }
    // curl makes no file for an empty answer.
    if !FileManager.default.fileExists(atPath: path) {
      throw .download(url: url, reason: "the answer was empty")
    }
  }

  /// Runs a program found on the path and waits; its standard error is the message.
  static func run(
    _ tool: String, _ arguments: [String], purpose: String, showsOutput: Bool = false
  ) throws(DatasetError) -> (status: Int32, message: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    let pipe = Pipe()
    if !showsOutput { process.standardError = pipe }
    process.standardOutput = FileHandle.nullDevice
    do {
      try process.run()
      let output = showsOutput ? Data() : try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      let text = String(decoding: output, as: UTF8.self)
      if process.terminationStatus == 127 { throw DatasetError.toolMissing(tool: tool, purpose: purpose) }
      return (process.terminationStatus, text.trimmingCharacters(in: .whitespacesAndNewlines))
    } catch {
      throw .toolMissing(tool: tool, purpose: purpose)
    }
  }

  func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  func makeFolder(_ path: String) throws(DatasetError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(path: path, reason: LoadedFile.reason(error))
    }
  }

  func move(_ source: String, to target: String) throws(DatasetError) {
    guard rename(source, target) == 0 else {
      throw .unwritable(path: target, reason: String(cString: strerror(errno)))
    }
  }

  /// A link to a file that is in place.
  func link(_ path: String, at link: String) throws(DatasetError) {
    guard symlink(URL(fileURLWithPath: path).path, link) == 0 else {
      throw .unwritable(path: link, reason: String(cString: strerror(errno)))
    }
  }

  /// Whether a file begins as a web page does.
  func isWebPage(_ path: String) throws(DatasetError) -> Bool {
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      return LoadedFile.isWebPage([UInt8](try file.read(upToCount: 256) ?? Data())[...])
    } catch {
      throw .unreadable(path: path, reason: LoadedFile.reason(error))
    }
  }

  func size(_ file: DataFiles.File) -> String {
    guard let bytes = file.bytes else { return "size unknown" }
    return bytes < 1_000_000 ? "\((bytes + 999) / 1_000) kB" : "\((bytes + 999_999) / 1_000_000) MB"
  }
}
