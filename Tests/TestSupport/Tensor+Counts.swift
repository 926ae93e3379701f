import CoppiceTensors

extension Tensor {
  /// The number of elements that are not zero.
  package var nonzeroCount: Int { scalars.count { $0 != 0 } }
}
