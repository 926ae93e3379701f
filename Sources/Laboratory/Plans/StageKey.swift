import CoppiceTerms
import Crypto

/// The identity of a stage's result: SHA-256 over the canonical bytes of everything it depends on, its parents' keys among
/// them. Equal keys, equal bits.
package struct StageKey: Hashable, Sendable, CustomStringConvertible {
  /// 64 hexadecimal digits.
  package let hexadecimal: String

  /// The version of the numerics contract: raised by any change that alters bits.
  package static let numericsVersion = 5

  /// The key of a stage.
  ///
  /// - Parameter specification: every setting and parent the result depends on. Where a component in it has no version, the
  ///   digest of the running executable takes part, so that an edited component never meets its old results.
  package init(_ specification: Specification) {
    var hash = SHA256()
    hash.update(data: specification.canonicalBytes)
    hash.update(data: [UInt8(Self.numericsVersion)])
    if !specification.isVersioned { hash.update(data: Array(Executable.digest.utf8)) }
    hexadecimal = Self.hexadecimal(hash.finalize())
  }

  /// A digest in hexadecimal digits.
  static func hexadecimal(_ digest: SHA256Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  package var description: String { hexadecimal }

  /// Enough digits for a person.
  package var short: String { String(hexadecimal.prefix(8)) }

  /// The key as a field of a later stage.
  var value: Specification.Value { .text(hexadecimal) }
}
