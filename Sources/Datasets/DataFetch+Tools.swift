import Foundation

/// The programs that fetching goes through, and what it does with files.
extension DataFetch {
  /// Bytes a second that are next to nothing.
  private static let leastSpeed = 100

  /// Downloads a file. What curl receives comes through a pipe and is counted, since a server need not say how much it will send.
  ///
  /// - Parameter most: the bytes after which a download is given up.
  func curl(_ url: String, to path: String, atMost most: Int) throws(DatasetError) {
    let arguments = [
      "--fail", "--location", "--max-redirs", "10", "--show-error", "--connect-timeout", "\(patience)",
      "--speed-time", "\(patience)", "--speed-limit", "\(Self.leastSpeed)",
      showsProgress ? "--progress-bar" : "--silent", "--", url,
    ]
    var count = 0
    let result = try Self.run(
      "curl", arguments, purpose: "download data sets", showsOutput: showsProgress, to: path
    ) { piece in
      count += piece
      return count <= most
    }
    if count > most {
      remove(path)
      throw .download(url: url, reason: "the answer goes on beyond the \(most) bytes of the file")
    }
    guard result.status == 0 else {
      let message = result.message.isEmpty ? "curl ended with \(result.status)" : result.message
      throw .download(url: url, reason: message)
    }
    if count == 0 { throw .download(url: url, reason: "the answer was empty") }
  }

  /// Runs a program found on the path and waits; its standard error is the message.
  ///
  /// - Parameters:
  ///   - path: the file that its standard output goes to; without one it goes nowhere.
  ///   - goesOn: told of the size of each piece before it is written; the program is stopped where it says no.
  static func run(
    _ tool: String, _ arguments: [String], purpose: String, showsOutput: Bool = false, to path: String? = nil,
    while goesOn: (_ piece: Int) -> Bool = { _ in true }
  ) throws(DatasetError) -> (status: Int32, message: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (Pipe(), Pipe())
    if !showsOutput { process.standardError = errors }
    process.standardOutput = path == nil ? FileHandle.nullDevice : output
    do { try process.run() } catch { throw .toolMissing(tool: tool, purpose: purpose) }
    var failure: DatasetError?
    if let path {
      var goesToItsEnd = false
      do throws(DatasetError) {
        goesToItsEnd = try copy(output.fileHandleForReading, to: path, while: goesOn)
      } catch { failure = error }
      // Other signals may be blocked in it, as they are in the threads that it comes from.
      if !goesToItsEnd { kill(process.processIdentifier, SIGKILL) }
    }
    // Its errors are a few lines, which the pipe holds while nobody reads them.
    var message = Data()
    if !showsOutput, let lines = try? errors.fileHandleForReading.readToEnd() { message = lines }
    process.waitUntilExit()
    if let failure { throw failure }
    if process.terminationStatus == 127 { throw .toolMissing(tool: tool, purpose: purpose) }
    let text = String(decoding: message, as: UTF8.self)
    return (process.terminationStatus, text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// Writes what comes to a new file, as long as `goesOn` says so; `false` where it did not until the end.
  private static func copy(
    _ source: FileHandle, to path: String, while goesOn: (_ piece: Int) -> Bool
  ) throws(DatasetError) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    while true {
      let piece = source.availableData
      if piece.isEmpty { return true }
      guard goesOn(piece.count) else { return false }
      var rest = piece[...]
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        rest = rest.dropFirst(written)
      }
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
    LoadedFile.isWebPage(try LoadedFile.beginning(ofFile: path, 256)[...])
  }

  func size(_ file: DataFiles.File) -> String {
    guard let bytes = file.bytes else { return "size unknown" }
    return bytes < 1_000_000 ? "\((bytes + 999) / 1_000) kB" : "\((bytes + 999_999) / 1_000_000) MB"
  }
}
