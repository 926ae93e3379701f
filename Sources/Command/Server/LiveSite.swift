import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation
import Synchronization

/// What is served: a page of runs at work, what it asks for, and files of the results folder. All of it lies behind a token, and nothing
/// else is there.
final class LiveSite: Sendable {
  /// What stands in every address: whoever does not know it is told nothing.
  let token: String
  private let results: ResultsFolder
  private let page: String
  private let pagePolicy: String
  private let runs = Mutex<[(name: String, run: LiveRun)]>([])

  /// How many experiments are kept in memory.
  private static let mostRuns = 16
  /// The most bytes of a journal that are read for one request.
  private static let portion = 4 << 20

  init(_ results: ResultsFolder) {
    (self.results, token) = (results, Self.random())
    let nonce = Self.random()
    page = LivePage.html(folder: results.path, nonce: nonce, generator: "coppice \(Provenance.toolVersion)")
    pagePolicy =
      "default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'; img-src data:; connect-src 'self'; "
      + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  }

  /// 128 random bits, hexadecimal.
  private static func random() -> String {
    (0..<4).map { _ in
      let digits = String(UInt32.random(in: .min ... .max), radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// The answer to a request.
  func answer(_ head: RequestHead) -> Answer {
    guard let names = head.names, let first = names.first, isToken(first) else {
      return Answer(status: .notFound)
    }
    guard ["GET", "HEAD"].contains(head.method) else {
      return Answer(status: .notAllowed, [("Allow", "GET, HEAD")])
    }
    switch names.dropFirst().first {
    case nil where head.isFolder: return Answer(page, type: "text/html; charset=utf-8", policy: pagePolicy)
    case nil: return Answer(status: .moved, [("Location", "/\(token)/")])
    case "experiments.json" where names.count == 2 && !head.isFolder: return Self.json(experiments)
    case "run" where names.count == 3 && !head.isFolder:
      return run(names[2]).map(Self.json) ?? Answer(status: .notFound)
    case "files" where names.count > 3 && !head.isFolder:
      return SiteFile(Array(names.dropFirst(2)), in: results)?.answer ?? Answer(status: .notFound)
    default: return Answer(status: .notFound)
    }
  }

  /// Takes as long for every text of that length, whatever it begins with.
  private func isToken(_ text: String) -> Bool {
    let (given, own) = (Array(text.utf8), Array(token.utf8))
    return given.count == own.count && zip(given, own).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func json(_ value: JSON) -> Answer {
    Answer(value.scriptText, type: "application/json; charset=utf-8")
  }

  /// Whether there are results of that name, in the folder itself and behind no link.
  private func isThere(_ name: String) -> Bool {
    InnerFile.isFolder([FileName.shortened(name)], below: results.path)
  }

  /// What there is.
  private var experiments: JSON {
    let names = StoredResults(folder: results).names.filter(isThere)
    return .members([
      ("schema_version", .integer(1)),
      (
        "experiments",
        .list(
          names.map { name in
            .members([
              ("name", .text(name)), ("is_at_work", .flag(!results.runs(of: name).isEmpty)),
              ("heard", Self.changed(results.journal(of: name)).map(JSON.number) ?? .null),
            ])
          })
      ),
    ])
  }

  /// How an experiment stands; `nil` where there is none.
  private func run(_ name: String) -> JSON? {
    guard isThere(name), StoredResults(folder: results).names.contains(name) else { return nil }
    // A journal behind a link is not inside the folder.
    let journal = (results.journal(of: name) as NSString).lastPathComponent
    let hasJournal = InnerFile([FileName.shortened(name), journal], below: results.path) != nil
    let members = runs.withLock { runs -> [(name: String, value: JSON)] in
      var run = runs.first { $0.name == name }?.run ?? LiveRun(name, in: results)
      runs.removeAll { $0.name == name }
      let isComplete = hasJournal ? (try? run.update(atMost: Self.portion)) ?? true : true
      runs.append((name, run))
      if runs.count > Self.mostRuns { runs.removeFirst() }
      return run.members() + [("is_complete", .flag(isComplete))]
    }
    return .members(
      members + [
        ("folder", .text(FileName.shortened(name))),
        ("files", .list(SiteFile.names(of: name, in: results).map(JSON.text))),
      ])
  }

  private static func changed(_ path: String) -> Double? {
    ((try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date)?
      .timeIntervalSince1970
  }
}
