import Foundation

/// Downloads the files of a data set, checks them, and only then puts them in place.
///
/// Downloads go through `curl`, archives through `tar`, both as processes. Every file is written to a folder beside the sets,
/// compared with its published SHA-256, and renamed. Where none is published, the files are first read as the data set they
/// should be, and their digests are written down beside them in `SHA256SUMS`. A server that stalls is given up after a while, and
/// of no file more is stored than it may have. `COPPICE_MIRROR` (or `mirror`) names a server with
/// the same files at the same relative paths, asked instead of the published addresses.
package struct DataFetch: Sendable {
  /// What became of one file.
  package struct Outcome: Hashable, Sendable {
    /// Where it lies now.
    package let path: String
    /// SHA-256 of the file.
    package let sha256: String
    /// Whether it was there already.
    package let wasPresent: Bool
    /// Whether it was compared with a published checksum, or holds the content that is known to be the published one.
    package let isVerified: Bool
    /// The file that its digest was written down in, where no checksum is published.
    package let recordedIn: String?
  }

  let destination: String
  let mirror: String?
  let showsProgress: Bool
  let patience: Int

  /// Fetches into a data folder.
  ///
  /// - Parameters:
  ///   - showsProgress: lets curl draw its bar on standard error.
  ///   - patience: seconds after which a server that is not reached, or sends next to nothing, is given up.
  package init(
    into destination: String, mirror: String? = ProcessInfo.processInfo.environment["COPPICE_MIRROR"],
    showsProgress: Bool = false, patience: Int = 30
  ) {
    self.destination = destination
    self.mirror = mirror.flatMap { $0.isEmpty ? nil : $0 }
    self.showsProgress = showsProgress
    self.patience = patience
  }

  /// Fetches what is not there yet. `report` is told of every file before it is fetched.
  ///
  /// - Throws: `DatasetError.notFetchable`, `.download`, `.checksum`, `.refused`, `.unwritable` or `.toolMissing`. Nothing that
  ///   was in place is touched, and nothing unchecked is left behind.
  package func fetch(
    _ source: DatasetSource, report: (_ message: String) -> Void = { _ in }
  ) throws(DatasetError) -> [Outcome] {
    let files = source.files
    guard let folder = files.folders.first, !files.files.isEmpty, !files.addresses.isEmpty || mirror != nil
    else {
      throw .notFetchable(dataset: source.name)
    }
    let target = "\(destination)/\(folder)"
    var isPresent: [Bool] = []
    for file in files.files { isPresent.append(try isInPlace(file, in: target)) }
    // Without checksums only the set as a whole can be told from something else.
    if files.files.contains(where: { $0.sha256 == nil }),
      isPresent.contains(false) || (try? source.load(from: DataFolders([destination]))) == nil
    {
      for (index, file) in files.files.enumerated() where file.sha256 == nil { isPresent[index] = false }
    }
    try makeFolder(target)
    // A folder that nothing came into does not stay; this leaves one that holds anything.
    defer { rmdir(target) }
    if isPresent.contains(false) {
      let staging = "\(destination)/.fetch-\(ProcessInfo.processInfo.processIdentifier)"
      defer { remove(staging) }
      try makeFolder("\(staging)/\(folder)")
      let fetched: [DataFiles.File]
      if let archive = files.archive {
        isPresent = isPresent.map { _ in false }
        fetched = try unpack(archive, files, in: staging, report)
      } else {
        fetched = try download(files, isPresent, in: staging, target, report)
      }
      try check(source, fetched, in: staging, target)
      for file in fetched { try move("\(staging)/\(folder)/\(file.name)", to: "\(target)/\(file.name)") }
    }
    return try outcomes(files.files, wasPresent: isPresent, in: target)
  }

  /// Whether a file is there: as published, or as it was fetched where nothing is published.
  private func isInPlace(_ file: DataFiles.File, in folder: String) throws(DatasetError) -> Bool {
    let path = "\(folder)/\(file.name)"
    guard FileManager.default.fileExists(atPath: path) else { return false }
    let sha256 = try LoadedFile.sha256(ofFile: path)
    if let published = file.sha256 { return sha256 == published }
    return sha256 == (try FetchedFiles(folder))[file.name] ?? sha256
  }

  /// Downloads the files that are not there. Those with a published checksum are put in place at once; the others are returned.
  private func download(
    _ files: DataFiles, _ isPresent: [Bool], in staging: String, _ target: String,
    _ report: (_ message: String) -> Void
  ) throws(DatasetError) -> [DataFiles.File] {
    var unproven: [DataFiles.File] = []
    for (file, isPresent) in zip(files.files, isPresent) where !isPresent {
      report("\(files.folders[0])/\(file.name) (\(size(file)))")
      let part = "\(staging)/\(files.folders[0])/\(file.name)"
      try download(file, folder: files.folders[0], addresses: files.addresses, to: part)
      if file.sha256 == nil { unproven.append(file) } else { try move(part, to: "\(target)/\(file.name)") }
    }
    return unproven
  }

  /// Downloads an archive, unpacks it, and compares every file with its published checksum.
  private func unpack(
    _ archive: DataFiles.File, _ files: DataFiles, in staging: String, _ report: (_ message: String) -> Void
  ) throws(DatasetError) -> [DataFiles.File] {
    report("\(archive.name) (\(size(archive)))")
    let packed = "\(staging)/\(archive.name)"
    try download(archive, folder: nil, addresses: files.addresses, to: packed)
    let result = try Self.run("tar", ["-xzf", packed, "-C", staging], purpose: "unpack \(packed)")
    guard result.status == 0 else {
      let end = result.message.isEmpty ? "it was ended" : result.message
      throw .corrupt(path: packed, offset: 0, reason: "tar failed: \(end)")
    }
    for file in files.files {
      let unpacked = "\(staging)/\(files.folders[0])/\(file.name)"
      let sha256 = try LoadedFile.sha256(ofFile: unpacked)
      if let expected = file.sha256, expected != sha256 {
        throw .checksum(path: unpacked, expected: expected, found: sha256)
      }
    }
    return files.files
  }

  /// Reads what was fetched as the data set, beside those of its files that are in place, unless checksums say all.
  private func check(
    _ source: DatasetSource, _ fetched: [DataFiles.File], in staging: String, _ target: String
  ) throws(DatasetError) {
    guard fetched.contains(where: { $0.sha256 == nil }) else { return }
    let folder = "\(staging)/\(source.files.folders[0])"
    for file in source.files.files where !fetched.contains(file) {
      try link("\(target)/\(file.name)", at: "\(folder)/\(file.name)")
    }
    do throws(DatasetError) {
      _ = try source.load(from: DataFolders([staging]))
    } catch {
      throw .refused(
        dataset: source.name, address: mirror ?? source.files.addresses.first ?? "",
        reason: "\(error)".replacing("\(staging)/", with: ""))
    }
  }

  /// What became of files that are all in place. Digests that are nowhere published are written down.
  private func outcomes(
    _ files: [DataFiles.File], wasPresent: [Bool], in folder: String
  ) throws(DatasetError) -> [Outcome] {
    var fetched = try FetchedFiles(folder)
    let before = fetched
    var outcomes: [Outcome] = []
    for (file, wasPresent) in zip(files, wasPresent) {
      let path = "\(folder)/\(file.name)"
      let sha256 = try LoadedFile.sha256(ofFile: path)
      if file.sha256 == nil { fetched[file.name] = sha256 }
      outcomes.append(
        Outcome(
          path: path, sha256: sha256, wasPresent: wasPresent,
          isVerified: file.sha256 != nil || file.contentSHA256 == sha256,
          recordedIn: file.sha256 == nil ? fetched.path : nil))
    }
    if outcomes.contains(where: { $0.recordedIn != nil }), fetched != before {
      try fetched.write()
    }
    return outcomes
  }

  /// Downloads to `part` from the first address that works, and checks it.
  private func download(
    _ file: DataFiles.File, folder: String?, addresses: [String], to part: String
  ) throws(DatasetError) {
    let urls =
      mirror.map { mirror in ["\(mirror)/\(folder.map { $0 + "/" } ?? "")\(file.name)"] }
      ?? addresses.map { "\($0)/\(file.name)" }
    var failure = DatasetError.download(url: file.name, reason: "no address is known")
    for url in urls {
      do throws(DatasetError) {
        try curl(url, to: part, atMost: file.downloadLimit)
        let sha256 = try LoadedFile.sha256(ofFile: part)
        if sha256 == file.sha256 { return }
        if try isWebPage(part) {
          throw .download(url: url, reason: "the answer is a web page, not the file")
        }
        if let expected = file.sha256 { throw .checksum(path: url, expected: expected, found: sha256) }
        return
      } catch {
        remove(part)
        if case .toolMissing = error { throw error }
        failure = error
      }
    }
    throw failure
  }
}
