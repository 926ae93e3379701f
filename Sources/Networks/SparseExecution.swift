import CoppiceAutodiff
import CoppiceTensors

/// Which form the products with pruned weights take: masked-dense, in which zeros are multiplied like other numbers, or sparse,
/// in which only survivors are stored, multiplied and updated. Both compute the same network; their bits differ in the order in
/// which gradients of weights are summed, and where the dense convolution goes by Winograd's transforms, so the choice is part of
/// what a result depends on.
public enum SparseExecution: String, Sendable, CaseIterable {
  /// By `isSparse(shape:survivors:)`, for each weight.
  case automatic
  /// Sparse for every weight that has a mask and a sparse form.
  case always
  /// Masked-dense throughout.
  case never

  /// The numerics contract's table: whether a weight `[out, in]` or `[out, in, height, width]` with so many survivors runs sparse
  /// in automatic execution. Measured where a whole training step breaks even on AVX-512; the same everywhere, so that results
  /// do not depend on the processor.
  package static func isSparse(shape: Shape, survivors: Int) -> Bool {
    guard shape.count >= 256 else { return false }
    let window = shape.axes.dropFirst(2).reduce(1, *)
    switch (shape.rank, window) {
    case (2, _): return 5 * survivors <= 2 * shape.count
    case (_, 1): return false
    default: return 4 * survivors <= shape.count
    }
  }

  /// The weights of a model that run sparse under these masks.
  package func sparseNames(_ model: Network, _ masks: MaskSet?) -> Set<String> {
    let pruned = (masks ?? MaskSet()).filter { model.sparsifiable.contains($0.name) }
    return Set(pruned.filter { isSparse($0.mask) }.map(\.name))
  }

  private func isSparse(_ mask: Mask) -> Bool {
    switch self {
    case .automatic: Self.isSparse(shape: mask.shape, survivors: mask.keptCount)
    case .always: true
    case .never: false
    }
  }
}

/// The survivors of a network's pruned weights: those that run sparse, by name.
package struct SparseWeights: Sendable {
  let patterns: [String: SparsePattern]

  /// The weights of a model that run sparse under these masks.
  ///
  /// - Parameter isForOne: whether they serve to evaluate one example at a time.
  package init(
    _ model: Network, _ masks: MaskSet?, _ execution: SparseExecution, isForOne: Bool = false
  ) {
    var patterns: [String: SparsePattern] = [:]
    for name in execution.sparseNames(model, masks) {
      guard let pattern = masks?[name].map(SparsePattern.init) else { continue }
      patterns[name] = isForOne && pattern.shape.rank == 2 ? pattern.interleaved : pattern
    }
    self.patterns = patterns
  }

  /// No weight runs sparse.
  package init() { patterns = [:] }

  /// What an executor's leaf of that parameter holds: the survivors of a weight that runs sparse, all of any other.
  func packed(_ name: String, _ tensor: Tensor) -> [Float] {
    patterns[name]?.gathered(tensor) ?? tensor.scalars
  }

  /// The whole parameter from what the leaf holds.
  func unpacked(_ name: String, _ leaf: Tensor) -> Tensor {
    patterns[name]?.scattered(leaf.scalars) ?? leaf
  }
}
