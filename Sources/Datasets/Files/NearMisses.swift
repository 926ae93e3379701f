import Foundation

/// What is nearly right where the files of a data set are not where they belong.
struct NearMisses {
  private let source: DataFiles
  private let folders: DataFolders

  init(_ source: DataFiles, in folders: DataFolders) { (self.source, self.folders) = (source, folders) }

  /// The one folder below the set's own that holds all files, one folder higher or deeper than they belong; `nil` where there
  /// is none, or several.
  var onlyFolder: String? { misplaced.count == 1 ? misplaced[0] : nil }

  /// `MNIST`, `MNIST/raw/x` and `MNIST/x` in place of `MNIST/raw`: the folder's name still says which set it is.
  private var misplaced: [String] {
    var found: [String] = []
    for root in folders.folders {
      for folder in source.folders {
        let parts = folder.split(separator: "/").map(String.init)
        let bearers = (1...max(1, parts.count)).reversed().map {
          DataFolders.join(root, parts.prefix($0).joined(separator: "/"))
        }
        for candidate in bearers + bearers.flatMap(Self.subfolders)
        where !found.contains(candidate) && DataFolders.isComplete(candidate, source) {
          found.append(candidate)
        }
      }
    }
    return found
  }

  /// What was found, each with what to do about it.
  var sentences: [String] {
    var sentences: [String] = []
    if misplaced.count > 1 {
      sentences.append("\(misplaced.joined(separator: " and ")) hold all its files: leave one of them")
    }
    for root in folders.folders {
      if !DataFolders.isFolder(root) {
        if folders.origin != nil { sentences.append("\(root) is not a folder: name one that is there") }
        continue
      }
      sentences += higher(root) + deeper(root) + spelled(root) + archived(root)
    }
    for root in folders.others {
      guard
        let folder = source.folders.first(where: {
          DataFolders.isComplete(DataFolders.join(root, $0), source)
        }), let origin = folders.origin
      else { continue }
      sentences.append(
        "\(root)/\(folder) holds it, and is not searched because \(origin) names another folder: leave \(origin) "
          + "out, or name \(root)")
    }
    return sentences
  }

  /// The root is the set's own folder, or holds its files itself.
  private func higher(_ root: String) -> [String] {
    let trimmed = root.hasSuffix("/") ? String(root.dropLast()) : root
    for folder in source.folders {
      for part in Self.beginnings(of: folder) where "/\(trimmed)".hasSuffix("/\(part)") {
        let above = trimmed == part ? "." : String(trimmed.dropLast(part.count + 1))
        if DataFolders.isComplete(DataFolders.join(above, folder), source) {
          return ["\(above)/\(folder) holds them: name \(above), the folder above"]
        }
      }
    }
    guard DataFolders.isComplete(root, source) else { return [] }
    return ["\(root) itself holds files of these names: move them to \(root)/\(source.folders[0])"]
  }

  /// The set's folder lies in another one.
  private func deeper(_ root: String) -> [String] {
    Self.subfolders(root).flatMap { subfolder in
      source.folders.filter { DataFolders.isComplete("\(subfolder)/\($0)", source) }.map {
        "\(subfolder)/\($0) holds them: name \(subfolder)"
      }
    }
  }

  /// A folder or a file is spelled a little differently: in other letters, or with another ending.
  private func spelled(_ root: String) -> [String] {
    var sentences: [String] = []
    for folder in source.folders {
      let path = DataFolders.join(root, folder)
      if DataFolders.isFolder(path) {
        for file in source.files where DataFolders.path(of: file, in: path) == nil {
          guard let other = Self.names(in: path).first(where: { Self.resembles($0, file) }) else { continue }
          sentences.append("\(path) has \(other), not \(file.name): it is read under that name alone")
        }
      } else if let top = folder.split(separator: "/").first.map(String.init),
        let other = Self.names(in: root).first(where: { name in
          name.lowercased() == top.lowercased() && !source.folders.contains { "\($0)/".hasPrefix("\(name)/") }
        })
      {
        sentences.append("\(root) has \(other), not \(top): rename it")
      }
    }
    return sentences
  }

  /// The archive is there and was not unpacked.
  private func archived(_ root: String) -> [String] {
    guard let archive = source.archive, DataFolders.isFile("\(root)/\(archive.name)") else { return [] }
    return ["\(root)/\(archive.name) is not unpacked: tar -xzf \(root)/\(archive.name) -C \(root)"]
  }

  /// `MNIST/raw` and `MNIST`, the longest first.
  private static func beginnings(of folder: String) -> [String] {
    let parts = folder.split(separator: "/")
    return (0..<parts.count).reversed().map { parts[...$0].joined(separator: "/") }
  }

  /// Whether a name is that of a file but for its ending, or for the letters' case and what stands between them.
  private static func resembles(_ name: String, _ file: DataFiles.File) -> Bool {
    func stem(_ name: String) -> Substring { name.prefix { $0 != "." } }
    func letters(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
    return file.names.contains { stem($0) == stem(name) || letters($0) == letters(name) }
  }

  private static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []).sorted()
  }

  private static func subfolders(_ folder: String) -> [String] {
    names(in: folder).filter { !$0.hasPrefix(".") }.map { DataFolders.join(folder, $0) }.filter(
      DataFolders.isFolder)
  }
}
