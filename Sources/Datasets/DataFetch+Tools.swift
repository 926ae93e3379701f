import CoppiceTerms
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
      "curl", arguments, purpose: "download data sets", errors: showsProgress ? .shown : .kept, to: path
    ) { piece in
      count += piece
      return count <= most
    }
    if count > most {
      remove(path)
      throw .download(url: url, reason: "the answer goes on beyond the \(most) bytes of the file")
    }
    guard result.status == 0 else {
      let end = result.status.map { "curl ended with \($0)" } ?? "curl was killed"
      throw .download(url: url, reason: result.message.isEmpty ? end : result.message)
    }
    if count == 0 { throw .download(url: url, reason: "the answer was empty") }
  }

  /// Runs a program found on the path to its end; its standard error is the message, where it is kept.
  ///
  /// - Parameters:
  ///   - path: the file that its standard output goes to; without one it goes nowhere.
  ///   - goesOn: told of the size of each piece before it is written; the program is stopped where it says no.
  static func run(
    _ tool: String, _ arguments: [String], purpose: String, errors: ToolRun.Errors = .kept,
    to path: String? = nil, while goesOn: (_ piece: Int) -> Bool = { _ in true }
  ) throws(DatasetError) -> (status: Int32?, message: String) {
    guard let program = Tool(tool).path else { throw .toolMissing(tool: tool, purpose: purpose) }
    var target: Int32?
    if let path {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else {
        throw .unwritable(path: path, reason: String(cString: strerror(errno)))
      }
      target = descriptor
    }
    defer { if let target { close(target) } }
    var failure: Int32?
    let run = ToolRun([program] + arguments, errors: errors) { piece in
      guard goesOn(piece.count) else { return false }
      failure = target.flatMap { write(piece, to: $0) }
      return failure == nil
    }
    guard let run else { throw .toolMissing(tool: tool, purpose: purpose) }
    if let path, let failure { throw .unwritable(path: path, reason: String(cString: strerror(failure))) }
    let message = String(decoding: run.errors, as: UTF8.self)
    return (run.status, message.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// Writes all of a piece; gives the error of the system that hinders it.
  private static func write(_ piece: ArraySlice<UInt8>, to descriptor: Int32) -> Int32? {
    var rest = piece
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return written < 0 ? errno : EIO }
      rest = rest.dropFirst(written)
    }
    return nil
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
