import Foundation

/// Where data sets are looked for, in order: an explicit folder, `COPPICE_DATA`, then the user's cache.
public struct DataFolders: Hashable, Sendable {
  /// The folders, first to last.
  public let folders: [String]

  /// These folders and no others.
  public init(_ folders: [String]) { self.folders = folders }

  /// `explicit` (--data) > `$COPPICE_DATA` > `$XDG_CACHE_HOME/coppice/datasets` > `~/.cache/coppice/datasets`.
  public init(
    explicit: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    var folders: [String] = []
    if let explicit { folders.append(explicit) }
    if let data = value("COPPICE_DATA") { folders.append(data) }
    if let cache = value("XDG_CACHE_HOME") { folders.append("\(cache)/coppice/datasets") }
    if let home = value("HOME") { folders.append("\(home)/.cache/coppice/datasets") }
    var seen: Set<String> = []
    self.folders = folders.filter { seen.insert($0).inserted }
  }

  /// Where fetched data go: the first folder.
  public var destination: String { folders.first ?? "." }

  /// The folder that holds all files of a data set, each plain or compressed.
  ///
  /// - Throws: `DatasetError.missing` with every folder searched and the first file that none of them has.
  func locate(_ source: DataFiles, dataset: String) throws(DatasetError) -> String {
    var searched: [String] = []
    var absent = source.files.first.map(\.name) ?? ""
    for root in folders {
      for folder in source.folders {
        let path = root.isEmpty ? folder : "\(root)/\(folder)"
        searched.append(path)
        guard let missing = source.files.first(where: { Self.path(of: $0, in: path) == nil }) else {
          return path
        }
        if missing != source.files.first { absent = missing.name }
      }
    }
    throw .missing(
      dataset: dataset, file: absent, searched: searched.isEmpty ? ["(no folder)"] : searched,
      canFetch: !source.addresses.isEmpty)
  }

  /// The path of a file in a folder, as published or without `.gz`.
  static func path(of file: DataFiles.File, in folder: String) -> String? {
    for name in [file.name, file.plainName] {
      var isFolder: ObjCBool = false
      let path = "\(folder)/\(name)"
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
        return path
      }
    }
    return nil
  }
}
