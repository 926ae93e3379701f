import CoppiceTerms
import Foundation

/// What times are times of: a processor, the variant of its kernels and the threads that share them.
package struct Machine: Hashable, Sendable {
  package let processor: String
  package let kernels: String
  package let threads: Int

  package init(processor: String, kernels: String, threads: Int) {
    (self.processor, self.kernels, self.threads) = (processor, kernels, threads)
  }

  /// The machine at hand.
  /// - Parameter threads: `nil` for as many as it has cores.
  package static func current(threads: Int?) -> Machine {
    Machine(
      processor: known, kernels: KernelVariant.current,
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
  }

  /// Read once: plans of a thousand trials ask for it.
  private static let known = Provenance.processor

  /// The machine in a key.
  var value: Specification.Value {
    .list([.text(processor), .text(kernels), .integer(threads)])
  }
}
