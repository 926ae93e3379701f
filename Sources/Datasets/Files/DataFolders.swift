import Foundation

/// Where data sets are looked for: in a folder that is named (`--data`, or else `COPPICE_DATA`) and nowhere else; in the
/// user's cache where none is named.
public struct DataFolders: Hashable, Sendable {
  /// The folders, first to last.
  public let folders: [String]
  /// What named the folder: `--data` or `COPPICE_DATA`; `nil` for the cache.
  let origin: String?
  /// The folders that would be searched if `origin` had not named another. Errors alone look there.
  let others: [String]

  /// These folders and no others.
  public init(_ folders: [String]) { (self.folders, origin, others) = (folders, nil, []) }

  /// `explicit` (--data) alone, else `$COPPICE_DATA` alone, else `$XDG_CACHE_HOME/coppice/datasets` and
  /// `~/.cache/coppice/datasets`.
  public init(
    explicit: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let variable = value("COPPICE_DATA")
    let cache = [
      value("XDG_CACHE_HOME").map { "\($0)/coppice/datasets" },
      value("HOME").map { "\($0)/.cache/coppice/datasets" },
    ].compactMap { $0 }
    let named = explicit ?? variable
    origin = explicit != nil ? "--data" : variable != nil ? "COPPICE_DATA" : nil
    var seen = Set(named.map { [$0] } ?? [])
    let rest = ((explicit == nil ? [] : [variable].compactMap { $0 }) + cache).filter {
      seen.insert($0).inserted
    }
    (folders, others) = named.map { ([$0], rest) } ?? (rest, [])
  }

  /// Where fetched data go: the first folder.
  public var destination: String { folders.first ?? "." }

  /// Finds and reads the files of a data set, in their order: what a set of one's own calls to load.
  ///
  /// Every file may be plain or compressed (gzip), and all may lie one folder higher or deeper than they are said to.
  ///
  /// - Throws: `DatasetError.missing` with every folder searched and what is nearly right; errors of reading.
  public func load(_ files: DataFiles, dataset: String) throws(DatasetError) -> [LoadedFile] {
    let folder = try locate(files, dataset: dataset)
    var loaded: [LoadedFile] = []
    for file in files.files {
      loaded.append(try LoadedFile(Self.path(of: file, in: folder) ?? "\(folder)/\(file.name)", as: file))
    }
    return loaded
  }

  /// The folder that holds all files of a data set, each plain or compressed.
  ///
  /// - Throws: `DatasetError.missing` with every folder searched, the first file that none of them has, and what is nearly right.
  func locate(_ source: DataFiles, dataset: String) throws(DatasetError) -> String {
    var searched: [String] = []
    var absent = source.files.first.map(\.name) ?? ""
    for root in folders {
      for folder in source.folders {
        let path = Self.join(root, folder)
        searched.append(path)
        guard let missing = source.files.first(where: { Self.path(of: $0, in: path) == nil }) else {
          return path
        }
        if missing != source.files.first { absent = missing.name }
      }
    }
    let near = NearMisses(source, in: self)
    if let folder = near.onlyFolder { return folder }
    throw .missing(
      dataset: dataset, file: absent, searched: searched.isEmpty ? ["(no folder)"] : searched,
      canFetch: !source.addresses.isEmpty, nearMisses: near.sentences)
  }

  /// The path of a file in a folder under any of its names. An archive manager may have put it into a folder of its own name.
  static func path(of file: DataFiles.File, in folder: String) -> String? {
    for name in file.names {
      for path in ["\(folder)/\(name)", "\(folder)/\(name)/\(name)"] where isFile(path) { return path }
    }
    return nil
  }

  /// Whether a folder holds all files of a data set.
  static func isComplete(_ folder: String, _ source: DataFiles) -> Bool {
    !source.files.isEmpty && source.files.allSatisfy { path(of: $0, in: folder) != nil }
  }

  static func join(_ root: String, _ folder: String) -> String { root.isEmpty ? folder : "\(root)/\(folder)" }

  static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }

  /// Whether there is a folder at a path.
  package static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
