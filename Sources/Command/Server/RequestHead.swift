import Coppice

/// What a request asks for: its first line and the few headers that matter here.
struct RequestHead: Equatable {
  /// Why bytes are no request that is answered.
  enum Fault: ReportedError, Equatable {
    /// They are not as HTTP/1 writes a request.
    case malformed
    /// They are more than a request needs.
    case tooLong
    /// Something is sent along, which no request here needs.
    case hasBody

    /// Whoever asked is told by the answer's status; the server goes on.
    var description: String { "no request that is answered: \(Answer(self).status)" }
    var exitCode: FailureCode { .badData }
  }

  /// The most bytes of a request, headers included.
  static let limit = 16 << 10

  var method: String
  /// The names on the way, decoded; empty for the root. `nil` where the way leads nowhere, as one with `..` in it.
  var names: [String]?
  /// Whether the way ends in a slash, as that of a folder does.
  var isFolder = false
  /// Whether the connection is used again.
  var staysOpen: Bool

  /// The size of the first request among some bytes, the empty line at its end included; `nil` before that has come.
  ///
  /// - Throws: `.tooLong` where it cannot come any more.
  static func size(in bytes: [UInt8], from start: Int = 0) throws(Fault) -> Int? {
    let newline = UInt8(ascii: "\n")
    var index = start
    while let end = bytes[index...].firstIndex(of: newline) {
      if end >= limit { throw .tooLong }
      let next = end + 1
      if next < bytes.count, bytes[next] == newline { return next + 1 }
      if next + 1 < bytes.count, bytes[next] == UInt8(ascii: "\r"), bytes[next + 1] == newline {
        return next + 2
      }
      index = next
    }
    if bytes.count >= limit { throw .tooLong }
    return nil
  }

  /// Reads a request.
  init(_ bytes: some Collection<UInt8>) throws(Fault) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
    let words = lines.first?.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) ?? []
    guard words.count == 3, let method = String(validating: words[0], as: UTF8.self),
      !method.isEmpty, method.utf8.count <= 20, method.utf8.allSatisfy({ (65...90).contains($0) }),
      let version = String(validating: words[2], as: UTF8.self), ["HTTP/1.1", "HTTP/1.0"].contains(version),
      words[1].first == UInt8(ascii: "/")
    else { throw .malformed }
    self.method = method
    staysOpen = version == "HTTP/1.1"
    let way = words[1].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    isFolder = way.last == UInt8(ascii: "/")
    names = Self.names(on: way)
    for line in lines.dropFirst() where !line.isEmpty { try take(header: line) }
  }

  private mutating func take(header line: some Collection<UInt8>) throws(Fault) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .malformed }
    let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
    let value = String(decoding: line[line.index(after: colon)...], as: UTF8.self).lowercased()
    let words = value.split { " \t,".contains($0) }
    switch name {
    case "connection":
      if words.contains("close") { staysOpen = false }
      if words.contains("keep-alive") { staysOpen = true }
    case "content-length": if words != ["0"] { throw .hasBody }
    case "transfer-encoding": throw .hasBody
    default: break
    }
  }

  /// The names on a way, each decoded by itself, so that no `%2f` parts one and no `%2e%2e` leads out.
  private static func names(on way: some Collection<UInt8>) -> [String]? {
    var names: [String] = []
    let parts = way.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for (place, part) in parts.enumerated() {
      // A slash at the end.
      if part.isEmpty, place == parts.count - 1 { break }
      guard let name = decoded(part), !["", ".", ".."].contains(name),
        !name.unicodeScalars.contains(where: {
          $0 == "/" || $0 == "\\" || $0.properties.generalCategory == .control
        })
      else { return nil }
      names.append(name)
    }
    return names
  }

  private static func decoded(_ part: some Collection<UInt8>) -> String? {
    var bytes: [UInt8] = []
    var rest = part[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
