/// A target as Package.swift declares it.
struct DeclaredTarget: Equatable {
  enum Kind { case library, executable, system, test }

  var name: String
  var kind = Kind.library
  var dependencies: [String] = []
  var folder: String
}

/// What Package.swift says, as far as its targets go. Reads the package's own way of writing them: `target("Terms", […])`,
/// `tests("Terms", […])` and SwiftPM's own calls.
struct Manifest {
  let targets: [DeclaredTarget]

  init(_ text: String) {
    let text = withoutComments(text)
    var products: [String: String] = [:]
    for match in text.matches(of: /let (\w+) = Target\.Dependency\.product\(name: "(\w+)"/) {
      products[String(match.1)] = String(match.2)
    }
    guard let start = text.ranges(of: "targets: [").last else {
      targets = []
      return
    }
    let list = balanced(text[start.upperBound...])
    targets = elements(of: list).compactMap { Self.target($0, products) }
  }

  subscript(name: String) -> DeclaredTarget? { targets.first { $0.name == name } }

  /// The targets that one may import: its dependencies, and theirs.
  func reachable(from name: String) -> Set<String> {
    var reached: Set<String> = []
    var open = self[name]?.dependencies ?? []
    while let next = open.popLast() {
      if reached.insert(next).inserted { open += self[next]?.dependencies ?? [] }
    }
    return reached
  }

  private static func target(_ text: String, _ products: [String: String]) -> DeclaredTarget? {
    guard let open = text.firstIndex(of: "(") else { return nil }
    let call = String(text[..<open])
    var labelled: [String: String] = [:]
    var positional: [String] = []
    for argument in elements(of: balanced(text[text.index(after: open)...])) {
      if let match = argument.prefixMatch(of: /(\w+):\s*/) {
        labelled[String(match.1)] = String(argument[match.range.upperBound...])
      } else {
        positional.append(argument)
      }
    }
    func dependencies(_ list: String?) -> [String] {
      guard let list, list.hasPrefix("[") else { return [] }
      return elements(of: balanced(list.dropFirst())).map { element in
        if let name = literal(element) { return name }
        if let match = element.firstMatch(of: /name: "(\w+)"/) { return String(match.1) }
        return products[element] ?? element
      }
    }
    if call == "target" || call == "tests", let folder = positional.first.flatMap(literal) {
      let list = positional.count > 1 ? positional[1] : nil
      return call == "target"
        ? DeclaredTarget(
          name: "Coppice\(folder)", dependencies: dependencies(list), folder: "Sources/\(folder)")
        : DeclaredTarget(
          name: "Coppice\(folder)Tests", kind: .test, dependencies: dependencies(list),
          folder: "Tests/\(folder)Tests")
    }
    let kinds: [String: DeclaredTarget.Kind] = [
      ".target": .library, ".executableTarget": .executable, ".systemLibrary": .system, ".testTarget": .test,
    ]
    guard let kind = kinds[call], let name = labelled["name"].flatMap(literal) else { return nil }
    return DeclaredTarget(
      name: name, kind: kind, dependencies: dependencies(labelled["dependencies"]),
      folder: labelled["path"].flatMap(literal) ?? "Sources/\(name)")
  }
}

/// The text of a string literal.
private func literal(_ text: String) -> String? {
  text.wholeMatch(of: /"([^"]*)"/).map { String($0.1) }
}

private func withoutComments(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    line.firstMatch(of: /(^|\s)\/\/.*/).map { line[..<$0.range.lowerBound] } ?? line
  }.joined(separator: "\n")
}

/// What stands before the bracket that closes what has been opened.
private func balanced(_ text: Substring) -> String {
  var depth = 0
  var isQuoted = false
  for index in text.indices {
    switch text[index] {
    case "\"": isQuoted.toggle()
    case "(", "[": if !isQuoted { depth += 1 }
    case ")", "]":
      if isQuoted { continue }
      if depth == 0 { return String(text[..<index]) }
      depth -= 1
    default: break
    }
  }
  return String(text)
}

/// The elements of a list, without the spaces around them.
private func elements(of list: String) -> [String] {
  var elements = [""]
  var depth = 0
  var isQuoted = false
  for character in list {
    switch character {
    case "\"": isQuoted.toggle()
    case "(", "[": if !isQuoted { depth += 1 }
    case ")", "]": if !isQuoted { depth -= 1 }
    default: break
    }
    if character == ",", depth == 0, !isQuoted {
      elements.append("")
    } else {
      elements[elements.count - 1].append(character)
    }
  }
  return elements.map { $0.trimmed }.filter { !$0.isEmpty }
}

extension String {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
