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
  private let read = Mutex<ImportedWeights?>(nil)
  /// Bytes of weights that stay in memory between stages, at most.
  private static let capacity = 256 << 20

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
    if file.head == .kept, let known = read.withLock({ $0 }) { return known }
    let source = try WeightFile(file.path)
    let now = try source.contentDigest()
    guard now == digest else { throw StartError.changed(file.path, digest, now) }
    let fit = try NameFit(network, source, names: names, head: file.head)
    try fit.check(network, file: file.path)
    let weights = try fit.weights(network, from: source, fresh: fresh())
    let bytes = 4 * (weights.parameters.reduce(0) { $0 + $1.tensor.scalars.count })
    if file.head == .kept, bytes <= Self.capacity { read.withLock { $0 = weights } }
    return weights
  }
}

/// The digests of the files that trials begin with, each file read once for a plan.
package final class StartDigests: Sendable {
  private let known = Mutex<[String: String]>([:])

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
