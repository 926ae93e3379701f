import CKernels
import CoppiceTerms

/// The instruction set the kernels run on. Results do not depend on it; speed does.
package enum KernelVariant {
  /// The names of all variants, narrowest first.
  package static let names = variants.map(name)

  /// The names of those this build holds and this processor can run.
  package static var supported: [String] { variants.filter(ck_supports).map(name) }

  /// The one in use.
  package static var current: String { name(ck_current_variant()) }

  /// Uses the variant of that name from now on. To be called before any kernel runs.
  package static func use(_ name: String) throws(KernelVariantError) {
    guard let variant = variants.first(where: { Self.name($0) == name }) else { throw .unknown(name) }
    guard ck_use_variant(variant) else { throw .unsupported(name, supported: supported) }
  }

  private static let variants = [CK_PORTABLE, CK_NEON, CK_AVX2, CK_AVX512]

  private static func name(_ variant: ck_variant) -> String { String(cString: ck_variant_name(variant)) }
}

/// A kernel variant that cannot be used.
package enum KernelVariantError: Error, Hashable, CustomStringConvertible {
  case unknown(String)
  case unsupported(String, supported: [String])

  package var description: String {
    switch self {
    case .unknown(let name):
      "COPPICE_KERNELS is \"\(name)\", but must be one of \(KernelVariant.names.joined(separator: ", "))"
    case .unsupported(let name, let supported):
      "COPPICE_KERNELS is \(name), which this processor or build does not have; it has "
        + supported.joined(separator: ", ")
    }
  }
}

extension KernelVariantError: ReportedError {
  package var exitCode: FailureCode { .usage }
}
