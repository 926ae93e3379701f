import Crypto
import Foundation

/// The running program.
package enum Executable {
  /// SHA-256 of the executable file, hexadecimal; read once.
  package static let digest: String = {
    let path = ProcessInfo.processInfo.arguments.first.flatMap { Bundle.main.executablePath ?? $0 } ?? ""
    guard let data = FileManager.default.contents(atPath: path) else { return "unknown executable" }
    return StageKey.hexadecimal(SHA256.hash(data: data))
  }()
}
