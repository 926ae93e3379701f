import CoppiceExchange
import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms
import Synchronization

/// The weights of a file that a trial begins with, looked at when it is planned and read when a stage asks for them.
package final class StartWeights: Sendable {
  /// The start with the digest of what the file holds.
  package let start: Start
  /// Whose names the file has.
  package let names: NameMap
  private let file: Start.File
  private let digest: String
  private let network: Specification
  private let recent: RecentWeights

  /// Looks at a file: its digest, and whether it fits.
  ///
  /// - Returns: `nil` where weights are drawn.
  /// - Throws: `ExchangeError`, `StartError` where it holds something else than when the trial was stored.
  package init?(_ start: Start, _ network: Network, _ digests: StartDigests = StartDigests()) throws {
    guard var file = start.file else { return nil }
    let digest = try digests.digest(of: file.path)
    if let known = file.digest, known != digest { throw StartError.changed(file.path, known, digest) }
    file.digest = digest
    let source = try WeightFile(file.path)
    let fit = try NameFit(
      network, source, names: file.names.map { try NameMap.named($0) }, head: file.head)
    try fit.check(network, file: file.path)
    (self.start, self.file, self.digest, names) = (Start(file), file, digest, fit.names)
    (self.network, recent) = (network.origin, digests.recent)
  }

  /// What results depend on.
  var specification: Specification {
    Specification(
      "start", version: 1,
      [
        ("digest", .text(digest)), ("names", .component(names.specification)),
        ("head", .text(file.head.rawValue)),
      ])
  }

  /// The weights in a network.
  ///
  /// - Parameter fresh: freshly drawn weights, for a head that is.
  /// - Throws: `ExchangeError`, `StartError` where the file was changed since it was looked at.
  package func weights(_ network: Network, fresh: @autoclosure () -> ParameterSet) throws -> ImportedWeights {
    // What is drawn differs from seed to seed.
    guard file.head == .kept else { return try weights(network, fresh()) }
    let key = Specification(
      "start-weights", version: 1,
      [("start", .component(specification)), ("network", .component(self.network))])
    return try recent.weights(key) { try weights(network, fresh()) }
  }

  private func weights(_ network: Network, _ fresh: @autoclosure () -> ParameterSet) throws -> ImportedWeights
  {
    let source = try WeightFile(file.path)
    let now = try source.contentDigest()
    guard now == digest else { throw StartError.changed(file.path, digest, now) }
    let fit = try NameFit(network, source, names: names, head: file.head)
    try fit.check(network, file: file.path)
    return try fit.weights(network, from: source, fresh: fresh())
  }
}

/// The digests of the files that trials begin with, each file read once for a plan.
package final class StartDigests: Sendable {
  private let known = Mutex<[String: String]>([:])
  /// What of these files stays in memory.
  let recent = RecentWeights()

  package init() {}

  /// The SHA-256 of what a file holds, in hexadecimal digits.
  ///
  /// - Throws: `ExchangeError` where there is none, or it is none of weights.
  package func digest(of path: String) throws(ExchangeError) -> String {
    if let digest = known.withLock({ $0[path] }) { return digest }
    let digest = try WeightFile(path).contentDigest()
    known.withLock { $0[path] = digest }
    return digest
  }
}

extension Trial {
  /// The trial with the digest of the file that it begins with, where it begins with one.
  ///
  /// - Throws: as `StartDigests.digest`, and `StartError` where the file is another than the stored one.
  func started(by digests: StartDigests) throws -> Trial {
    guard var file = start.file else { return self }
    try SettingError.naming("start") { try start.check() }
    let digest = try digests.digest(of: file.path)
    if let known = file.digest, known != digest { throw StartError.changed(file.path, known, digest) }
    file.digest = digest
    var trial = self
    trial.start = Start(file)
    return trial
  }
}

/// A file of weights that is not what a trial begins with.
package enum StartError: Error, Hashable, ReportedError {
  /// It holds something else than it did.
  case changed(String, String, String)

  package var description: String {
    switch self {
    case .changed(let path, let before, let now):
      "\(path) holds other weights than the trial begins with: its SHA-256 is \(now.prefix(16))…, and was \(before.prefix(16))…"
    }
  }

  package var exitCode: FailureCode { .badData }
}
