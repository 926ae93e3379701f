import CoppiceTensors

/// Which form the products with pruned weights take: masked-dense, in which zeros are multiplied like other numbers, or sparse,
/// in which only survivors are stored, multiplied and updated. Both compute the same network. Their bits differ, because gradients of
/// weights are summed in another order, and because some dense convolutions go by Winograd's transforms. So the choice is part of
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
    let window = shape.axes.dropFirst(2).product
    switch (shape.rank, window) {
    case (2, _): return 5 * survivors <= 2 * shape.count
    case (_, 1): return false
    default: return 4 * survivors <= shape.count
    }
  }

  /// The same for inference of which nothing but the time is asked: latencies and benchmarks. A forward pass by survivors pays from a
  /// higher density on than the whole training step that the contract's table was measured by.
  package static func isSparseInInference(shape: Shape, survivors: Int) -> Bool {
    let isConvolution = shape.rank == 4 && shape.axes.dropFirst(2).product > 1 && shape.count >= 256
    return isSparse(shape: shape, survivors: survivors)
      || (isConvolution && 20 * survivors <= 7 * shape.count)
  }

  /// The weights of a network that run sparse under these masks.
  ///
  /// - Parameters:
  ///   - trained: which weights a training moves where these are not the active ones: such a parameter is not sparse.
  ///   - isTimed: whether the time of inference is all that is asked.
  package func sparseNames(
    _ network: Network, _ masks: MaskSet?, trained: MaskSet? = nil, isTimed: Bool = false
  ) -> Set<String> {
    let pruned = TrainingMasks(network, active: masks, trained: trained).one.filter {
      network.sparsifiable.contains($0.name)
    }
    return Set(pruned.filter { isSparse($0.mask, isTimed) }.map(\.name))
  }

  private func isSparse(_ mask: Mask, _ isTimed: Bool) -> Bool {
    switch self {
    case .automatic where isTimed: Self.isSparseInInference(shape: mask.shape, survivors: mask.keptCount)
    case .automatic: Self.isSparse(shape: mask.shape, survivors: mask.keptCount)
    case .always: true
    case .never: false
    }
  }
}
