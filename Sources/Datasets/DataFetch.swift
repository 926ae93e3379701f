import Foundation

/// Downloads the files of a data set, checks them, and only then puts them in place.
///
/// Downloads go through `curl`, archives through `tar`, both as processes. Every file is written to a temporary name
/// beside its own, compared with its published SHA-256, and renamed. `COPPICE_MIRROR` (or `mirror`) names a server
/// with the same files at the same relative paths, asked instead of the published addresses.
package struct DataFetch: Sendable {
  /// What became of one file.
  package struct Outcome: Hashable, Sendable {
    /// Where it lies now.
    package let path: String
    /// SHA-256 of the file.
    package let sha256: String
    /// Whether it was there already.
    package let wasPresent: Bool
    /// Whether it was compared with a published checksum.
    package let isVerified: Bool
  }

  private let destination: String
  private let mirror: String?
  private let showsProgress: Bool

  /// Fetches into a data folder; `showsProgress` lets curl draw its bar on standard error.
  package init(
    into destination: String, mirror: String? = ProcessInfo.processInfo.environment["COPPICE_MIRROR"],
    showsProgress: Bool = false
  ) {
    self.destination = destination
    self.mirror = mirror.flatMap { $0.isEmpty ? nil : $0 }
    self.showsProgress = showsProgress
  }

  /// Fetches what is not there yet. `report` is told of every file before it is fetched.
  ///
  /// - Throws: `DatasetError.notFetchable`, `.download`, `.checksum`, `.unwritable` or `.toolMissing`. Nothing that was
  ///   in place is touched, and nothing unchecked is left behind.
  package func fetch(
    _ source: DatasetSource, report: (_ message: String) -> Void = { _ in }
  ) throws(DatasetError) -> [Outcome] {
    let files = source.files
    guard let folder = files.folders.first, !files.files.isEmpty, !files.addresses.isEmpty || mirror != nil
    else {
      throw .notFetchable(dataset: source.name)
    }
    let target = "\(destination)/\(folder)"
    var outcomes: [Outcome] = []
    if let archive = files.archive {
      if let present = try present(files.files, in: target) { return present }
      try makeFolder(target)
      let packed = temporaryPath("\(destination)/\(archive.name)")
      defer { remove(packed) }
      report("\(archive.name) (\(size(archive)))")
      _ = try download(archive, folder: nil, addresses: files.addresses, to: packed)
      return try unpack(packed, files, to: target)
    }
    try makeFolder(target)
    for file in files.files {
      let path = "\(target)/\(file.name)"
      if let present = try present([file], in: target) {
        outcomes += present
        continue
      }
      report("\(folder)/\(file.name) (\(size(file)))")
      let part = temporaryPath(path)
      defer { remove(part) }
      let sha256 = try download(file, folder: folder, addresses: files.addresses, to: part)
      try move(part, to: path)
      outcomes.append(Outcome(path: path, sha256: sha256, wasPresent: false, isVerified: file.sha256 != nil))
    }
    return outcomes
  }

  /// The outcomes of files that are all in place as published; `nil` where one is not.
  private func present(_ files: [DataFiles.File], in folder: String) throws(DatasetError) -> [Outcome]? {
    var outcomes: [Outcome] = []
    for file in files {
      let path = "\(folder)/\(file.name)"
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      let sha256 = try LoadedFile.sha256(ofFile: path)
      if let expected = file.sha256, expected != sha256 { return nil }
      outcomes.append(Outcome(path: path, sha256: sha256, wasPresent: true, isVerified: file.sha256 != nil))
    }
    return outcomes
  }

  /// Downloads to `part` from the first address that works, and checks it.
  private func download(
    _ file: DataFiles.File, folder: String?, addresses: [String], to part: String
  ) throws(DatasetError) -> String {
    let urls =
      mirror.map { mirror in ["\(mirror)/\(folder.map { $0 + "/" } ?? "")\(file.name)"] }
      ?? addresses.map { "\($0)/\(file.name)" }
    var failure = DatasetError.download(url: file.name, reason: "no address is known")
    for url in urls {
      do throws(DatasetError) {
        try curl(url, to: part)
        let sha256 = try LoadedFile.sha256(ofFile: part)
        if let expected = file.sha256, expected != sha256 {
          throw .checksum(path: url, expected: expected, found: sha256)
        }
        return sha256
      } catch {
        remove(part)
        if case .toolMissing = error { throw error }
        failure = error
      }
    }
    throw failure
  }

  /// Unpacks an archive beside the target, checks every file, and moves them into place.
  private func unpack(
    _ archive: String, _ files: DataFiles, to target: String
  ) throws(DatasetError) -> [Outcome] {
    let folder = temporaryPath(target)
    defer { remove(folder) }
    try makeFolder(folder)
    let result = try Self.run("tar", ["-xzf", archive, "-C", folder], purpose: "unpack \(archive)")
    guard result.status == 0 else {
      throw .corrupt(path: archive, offset: 0, reason: "tar failed: \(result.message)")
    }
    var outcomes: [Outcome] = []
    for file in files.files {
      let unpacked = "\(folder)/\(files.folders[0])/\(file.name)"
      let sha256 = try LoadedFile.sha256(ofFile: unpacked)
      if let expected = file.sha256, expected != sha256 {
        throw .checksum(path: unpacked, expected: expected, found: sha256)
      }
      let path = "\(target)/\(file.name)"
      try move(unpacked, to: path)
      outcomes.append(Outcome(path: path, sha256: sha256, wasPresent: false, isVerified: file.sha256 != nil))
    }
    return outcomes
  }

  private func curl(_ url: String, to path: String) throws(DatasetError) {
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
  private static func run(
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

  private func temporaryPath(_ path: String) -> String {
    "\(path).part-\(ProcessInfo.processInfo.processIdentifier)"
  }

  private func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  private func makeFolder(_ path: String) throws(DatasetError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(path: path, reason: LoadedFile.reason(error))
    }
  }

  private func move(_ source: String, to target: String) throws(DatasetError) {
    guard rename(source, target) == 0 else {
      throw .unwritable(path: target, reason: String(cString: strerror(errno)))
    }
  }

  private func size(_ file: DataFiles.File) -> String {
    guard let bytes = file.bytes else { return "size unknown" }
    return bytes < 1_000_000 ? "\((bytes + 999) / 1_000) kB" : "\((bytes + 999_999) / 1_000_000) MB"
  }
}
