import Coppice
import CoppiceExchange
import CoppiceStore
import Foundation

/// What an archive of results holds, unpacked and held against its manifest.
struct PackedResults {
  /// The name of the list of digests of all other members, in the form of `sha256sum -c`.
  static let manifest = "MANIFEST.sha256"

  /// The path of the summary.
  let summary: String
  /// The folder of tables of costs.
  let costs: String
  /// How many files the manifest names.
  let count: Int

  /// Unpacks an archive.
  ///
  /// - Throws: `ExchangeError` where it is damaged or holds what is refused; a failure where a member is not as the manifest says.
  init(unpacking path: String, to folder: String) throws {
    let names = try Archive.unpack(path, to: folder)
    func refuse(_ reason: String) -> CommandFailure {
      CommandFailure(
        "\(path) is no archive that pack wrote, or was changed: \(reason)", CommandFailure.badData)
    }
    guard let root = names.first?.split(separator: "/").first.map(String.init),
      names.allSatisfy({ $0.hasPrefix(root + "/") })
    else { throw refuse("its members do not lie in one folder") }
    let manifest = "\(root)/\(Self.manifest)"
    guard names.contains(manifest) else { throw refuse("there is no \(manifest)") }
    var listed: [String: String] = [:]
    let text = try KnownTrials.text(of: "\(folder)/\(manifest)")
    for line in text.split(separator: "\n") {
      guard let match = line.wholeMatch(of: #/([0-9a-f]{64})  (.+)/#) else {
        throw refuse("a line of \(manifest) is none")
      }
      listed["\(root)/\(match.2)"] = String(match.1)
    }
    for name in names where name != manifest {
      guard let digest = listed.removeValue(forKey: name) else {
        throw refuse("\(name) is not in the manifest")
      }
      guard try ResultDigest.text(ofFile: "\(folder)/\(name)") == digest else {
        throw refuse("\(name) does not have the digest that the manifest says")
      }
    }
    if let missing = listed.keys.sorted().first {
      throw refuse("\(missing) is in the manifest and not there")
    }
    summary = "\(folder)/\(root)/summary.h5"
    costs = "\(folder)/\(root)/costs"
    count = names.count - 1
    guard names.contains("\(root)/summary.h5") else { throw refuse("there is no summary.h5") }
  }
}
