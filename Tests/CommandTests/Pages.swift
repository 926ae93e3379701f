import Foundation
import Testing

/// The README and the articles of the documentation.
enum Pages {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardizedFileURL
  static let catalogue = root.appendingPathComponent("Sources/Coppice/Coppice.docc")

  /// The names of the articles, without the landing page.
  static var articles: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: catalogue.path)) ?? []
    return names.filter { $0.hasSuffix(".md") && $0 != "Coppice.md" }.map { String($0.dropLast(3)) }.sorted()
  }

  /// The text of an article, or of the README.
  static func text(_ name: String) throws -> String {
    let file =
      name == "README"
      ? root.appendingPathComponent("README.md") : catalogue.appendingPathComponent("\(name).md")
    return try String(contentsOf: file, encoding: .utf8)
  }

  /// The fenced blocks of a language, in order.
  static func blocks(_ language: String, of text: String) -> [String] {
    text.matches(of: #/(?m)^```([a-z]*)\n((?s:.*?))^```$/#).filter { $0.1 == language }.map { String($0.2) }
  }
}
