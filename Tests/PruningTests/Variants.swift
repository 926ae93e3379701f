import CKernels
import Synchronization
import Testing

/// The instruction set is a global choice: whoever changes it holds this. (A test that changes nothing may run beside: all give the
/// same bits.)
private let variantChoice = Mutex(())

/// Computes on one thread and on three under every instruction set that this machine has, and tells each but the first beside the
/// first.
func onEveryKernel<Result>(
  _ compute: (_ threads: Int) throws -> Result, each: (_ way: String, Result, _ first: Result) -> Void
) throws {
  try variantChoice.withLock { _ in
    let chosen = ck_current_variant()
    defer { _ = ck_use_variant(chosen) }
    var first: Result?
    var met = 0
    for variant in [CK_PORTABLE, CK_NEON, CK_AVX2, CK_AVX512] where ck_use_variant(variant) {
      met += 1
      for threads in [1, 3] {
        let found = try compute(threads)
        if let first {
          each("\(String(cString: ck_variant_name(variant))) on \(threads)", found, first)
        } else {
          first = found
        }
      }
    }
    #expect(met >= 1)
  }
}
