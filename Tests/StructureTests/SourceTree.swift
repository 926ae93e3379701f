import Foundation

/// The files of this package, read where this file stands.
enum SourceTree {
  /// The folder that holds Package.swift.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
  }

  /// The folders in a folder, by name.
  static func folders(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(path).path)
      .filter { name in
        var isFolder: ObjCBool = false
        let place = root.appendingPathComponent("\(path)/\(name)").path
        return FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) && isFolder.boolValue
      }
      .filter { !$0.hasPrefix(".") }.sorted()
  }

  /// The folders in a folder and in these, by their paths in it, but for Fixtures and what is in it.
  static func foldersBelow(_ path: String) throws -> [String] {
    try folders(in: path).filter { $0 != "Fixtures" }.flatMap { folder in
      [folder] + (try foldersBelow("\(path)/\(folder)")).map { "\(folder)/\($0)" }
    }
  }

  /// The Swift files of a folder and its folders, but for those in Fixtures.
  static func swiftFiles(in path: String) throws -> [String] {
    let folder = root.appendingPathComponent(path)
    guard let names = FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] else {
      return []
    }
    return names.filter { $0.hasSuffix(".swift") && !$0.split(separator: "/").contains("Fixtures") }
      .map { "\(path)/\($0)" }.sorted()
  }

  /// The modules that the files of a folder import.
  static func imports(in path: String) throws -> Set<String> {
    try swiftFiles(in: path).reduce(into: []) { $0.formUnion(modules(importedBy: try text($1))) }
  }
}

/// The modules that a Swift text imports, re-exported ones included. Texts in quotes import nothing.
func modules(importedBy text: String) -> Set<String> {
  var modules: Set<String> = []
  var isQuoted = false
  for line in text.split(separator: "\n") {
    let isInside = isQuoted
    if line.contains("\"\"\""), line.matches(of: /"""/).count % 2 == 1 { isQuoted.toggle() }
    guard !isInside, line.contains("import ") else { continue }
    let pattern =
      /\s*(?:@\w+\s+|(?:public|package|internal|fileprivate|private)\s+)*import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+).*/
    if let match = line.wholeMatch(of: pattern) { modules.insert(String(match.1)) }
  }
  return modules
}

/// The error types that a Swift text declares.
func errors(declaredBy text: String) -> [String] {
  heads(of: text).compactMap { head in
    guard let match = head.wholeMatch(of: /.*\b(?:enum|struct|class|actor) (\w+)\s*:(.*)/) else { return nil }
    let conformances = match.2.split { !$0.isLetter && !$0.isNumber }
    return conformances.contains("Error") || conformances.contains("ReportedError") ? String(match.1) : nil
  }
}

/// Whether a Swift text says what an error type makes the program end with.
func reports(_ error: String, _ text: String) -> Bool {
  heads(of: text).contains { head in
    guard head.contains("ReportedError"), let colon = head.firstIndex(of: ":") else { return false }
    return head[..<colon].split(separator: " ").last.map(String.init) == error
  }
}

/// What stands before the brace of every declaration that has to do with errors.
private func heads(of text: String) -> [String] {
  let lines = text.split(separator: "\n")
  return lines.indices.compactMap { index in
    guard !lines[index].contains("//"),
      ["enum ", "struct ", "class ", "actor ", "extension "].contains(where: lines[index].contains)
    else { return nil }
    let head = lines[index..<min(index + 3, lines.count)].joined(separator: " ").prefix { $0 != "{" }
    return head.contains("Error") ? String(head) : nil
  }
}
