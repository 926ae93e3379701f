import CoppiceExchange
import CoppiceTerms

/// What the weights of a trial begin as: drawn afresh, or those of a file.
///
/// Everything that a trial takes from its own initial weights begins there: its dense training, a rewind to step 0, a pruning at
/// initialisation. A control that draws weights of its own still does. What a result depends on is what the file holds, by its SHA-256,
/// and not where it lies.
public struct Start: Component {
  /// A file of weights.
  package struct File: Hashable, Sendable {
    /// Where it lies.
    package var path: String
    /// Whose names it has; `nil` for those that fit.
    package var names: String?
    /// Whether the last layer is drawn afresh.
    package var head: NetworkHead
    /// The SHA-256 of what it holds; `nil` before it was looked at.
    package var digest: String?
  }

  /// The file; `nil` where weights are drawn.
  package let file: File?

  /// Weights are drawn from the trial's seed.
  public static let fresh = Start(nil)

  /// The weights of a file: safetensors, NumPy's, PyTorch's or Keras'.
  ///
  /// - Parameters:
  ///   - path: where it lies.
  ///   - names: whose names it has, as `huggingface`; `nil` for those that fit.
  ///   - drawsHead: whether the last layer is drawn afresh, so that its classes may be others than the file's.
  public static func file(_ path: String, names: String? = nil, drawsHead: Bool = false) -> Start {
    Start(File(path: path, names: names, head: drawsHead ? .fresh : .kept))
  }

  package init(_ file: File?) { self.file = file }

  /// What stands in files of results: the path, and the digest where it is known.
  public var specification: Specification {
    guard let file else { return Specification("fresh", version: 1) }
    return Specification("file", version: 1, [("path", .text(Self.escaped(file.path)))] + file.fields)
  }

  /// What a result depends on: the path plays no part once the digest is known.
  var identity: Specification {
    guard let file, file.digest != nil else { return specification }
    return Specification("file", version: 1, file.fields)
  }

  /// As it is read: `file("weights.safetensors", names: timm)`.
  public var description: String {
    guard let file else { return "fresh" }
    let fields = file.fields.map { ", \($0.name): \($0.value)" }.joined()
    return file.path.contains("\"") ? specification.description : "file(\"\(file.path)\"\(fields))"
  }
}

extension Start.File {
  fileprivate var fields: [(name: String, value: Specification.Value)] {
    (names.map { [("names", .text($0))] } ?? []) + (head == .kept ? [] : [("head", .text(head.rawValue))])
      + (digest.map { [("digest", .text($0))] } ?? [])
  }
}

extension Start {
  /// Reads `fresh`, `file("weights.safetensors", names: timm, head: fresh)` or the form that files of results have,
  /// `file(path: weights.safetensors)`.
  ///
  /// - Throws: `ComponentError`.
  public init(parsing text: String) throws(ComponentError) {
    self = try SpecificationReader.reading(Self.unquoted(text)) { name, fields in
      switch name {
      case "fresh": return .fresh
      case "file":
        let path = try fields.take("path", "the path of a file", default: nil) { $0.description }
        let names = try fields.take("names", "names of a library, as timm", default: .some(nil)) {
          .some($0.description)
        }
        let head = try fields.take("head", "kept or fresh", default: .kept) {
          NetworkHead(rawValue: $0.description)
        }
        let digest = try fields.take("digest", "64 hexadecimal digits", default: .some(nil)) {
          .some($0.description)
        }
        return Start(File(path: Self.plain(path), names: names, head: head, digest: digest))
      default: throw ComponentError.unknown("start", name, known: ["fresh", "file"])
      }
    }
  }

  /// Refuses names that no library has.
  func check() throws(ComponentError) {
    if let names = file?.names { _ = try NameMap.named(names) }
  }

  /// A path in quotation marks as the field that it is.
  private static func unquoted(_ text: String) -> String {
    guard let match = text.wholeMatch(of: #/\s*([a-z-]+)\(\s*(?:path:\s*)?"([^"]*)"(.*)/#) else {
      return text
    }
    return "\(match.1)(path: \(escaped(String(match.2)))\(match.3)"
  }

  /// What a word of a specification cannot have is written as in an address: `%20` for a space.
  private static func escaped(_ path: String) -> String {
    var text = ""
    for byte in path.utf8 {
      let isPlain = byte > 32 && byte < 127 && !" ,:()[]\"%".utf8.contains(byte)
      text += isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return text
  }

  private static func plain(_ text: String) -> String {
    var (bytes, rest): ([UInt8], Substring.UTF8View) = ([], text[...].utf8)
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2, let code = UInt8(String(digits) ?? "", radix: 16) {
        bytes.append(code)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
