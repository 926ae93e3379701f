import CoppiceAutodiff
import CoppiceTensors

extension Executor {
  /// Writes parameters and buffers as a network's leaves hold them, weights that are masked as +0. A leaf that the graph does not
  /// have is passed over.
  ///
  /// - Parameter prefix: what stands before the leaves' names.
  func load(
    _ network: Network, _ parameters: ParameterSet, _ buffers: ParameterSet, masks: MaskSet? = nil,
    prefix: String = ""
  ) {
    for (name, tensor) in parameters where hasLeaf(prefix + name) {
      let form = network.form(of: name)
      write(prefix + name, form.packed(tensor))
      if form == .all, let mask = masks?[name] { clear(prefix + name, where: mask) }
    }
    for (name, tensor) in buffers where hasLeaf(prefix + name) { write(prefix + name, tensor.scalars) }
  }

  /// Sets the elements of a leaf that a mask removes to +0.
  func clear(_ name: String, where mask: Mask) {
    withFloats(name) { scalars in
      precondition(
        scalars.count == mask.count, "a mask of shape \(mask.shape) does not fit \(name)")
      mask.clear(scalars)
    }
  }
}
