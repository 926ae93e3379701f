import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// Pruned weights in their sparse form. The leaf of such a weight holds its survivors alone, and products and gradients are those of
/// the survivors.
package struct SparseForm: NetworkRewrite {
  private let masks: MaskSet
  private let execution: SparseExecution
  /// Whether it serves to evaluate one example at a time.
  private let isForOne: Bool
  /// Whether the time of inference is all that is asked.
  private let isTimed: Bool

  /// The form of networks with these masks.
  package init(
    _ masks: MaskSet?, _ execution: SparseExecution, isForOne: Bool = false, isTimed: Bool = false
  ) {
    self.masks = masks ?? MaskSet()
    self.execution = execution
    self.isForOne = isForOne
    self.isTimed = isTimed
  }

  package var specification: Specification {
    Specification(
      "sparse", version: 1,
      [
        ("execution", .text(execution.rawValue)), ("one-by-one", .flag(isForOne)),
        (
          "masks",
          .list(
            masks.map { name, mask in
              .list([.text(name), .integer(mask.keptCount), .text(String(mask.digest, radix: 16))])
            })
        ),
      ] + (isTimed ? [("timed", .flag(true))] : []))
  }

  package func apply(to network: Network) throws -> Network {
    let names = execution.sparseNames(network, masks, isTimed: isTimed)
    guard !names.isEmpty else { return network }
    var patterns: [String: SparsePattern] = [:]
    for (name, mask) in masks where names.contains(name) {
      let pattern = SparsePattern(mask, of: name)
      patterns[name] = isForOne && pattern.shape.rank == 2 ? pattern.interleaved : pattern
    }
    let known = patterns
    return Network(
      model: network.model, interface: network.interface, initializer: network.initializer,
      rewrites: network.rewrites + [self], declarations: network.declarations, buffers: network.buffers,
      forms: network.forms.merging(known.mapValues(WeightForm.survivors)) { $1 },
      sparsifiable: network.sparsifiable.subtracting(names)
    ) { batch, isTraining in
      let dense = try network.forward(batch: batch, isTraining: isTraining)
      return try Graph.trace { builder in
        for (name, value) in builder.replay(dense, sparse: known).outputs { builder.output(name, value) }
      }
    }
  }
}

extension Mask {
  /// FNV-1a over its bytes: its name in a specification.
  fileprivate var digest: UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
