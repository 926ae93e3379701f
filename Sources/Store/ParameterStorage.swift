import CoppiceHDF5
import CoppiceTensors

extension HDF5Group {
  /// Writes a group with one dataset a parameter, in the parameters' order and shapes.
  func write(_ name: String, _ parameters: ParameterSet, compressed: Bool) throws(HDF5Error) {
    let group = try createGroup(name)
    for (name, tensor) in parameters {
      let shape = tensor.shape.axes
      let storage = compressed ? HDF5Storage.compressed(shape) : .contiguous
      try group.write(name, tensor.scalars, shape: shape, storage: storage)
    }
  }

  /// Writes a group with one dataset of bytes 0 and 1 a mask, deflated. That of a companion, which enters no count, has the
  /// attribute `counted` = 0; where it is absent, the mask counts.
  func write(_ name: String, _ masks: MaskSet) throws(HDF5Error) {
    let group = try createGroup(name)
    for (name, mask) in masks {
      let shape = mask.shape.axes
      let dataset = try group.write(name, mask.bytes, shape: shape, storage: .compressed(shape))
      if masks.isCompanion(name) { try dataset.setAttribute("counted", 0) }
    }
  }

  /// Reads what `write` wrote.
  func readParameters(_ name: String) throws(HDF5Error) -> ParameterSet {
    let group = try group(name)
    var parameters = ParameterSet()
    for name in try group.names() {
      let dataset = try group.dataset(name)
      let (scalars, shape) = (try dataset.read(Float.self), try dataset.shape)
      parameters[name] = Tensor(Shape(shape), scalars)
    }
    return parameters
  }

  /// Reads what `write` wrote.
  func readMasks(_ name: String) throws(HDF5Error) -> MaskSet {
    let group = try group(name)
    var masks = MaskSet()
    for name in try group.names() {
      let dataset = try group.dataset(name)
      let (bytes, shape) = (try dataset.read(UInt8.self), try dataset.shape)
      try Contents.require(
        bytes.allSatisfy { $0 <= 1 } ? nil : "a mask is neither 0 nor 1", in: dataset.file, at: dataset.path)
      let mask = Mask(Shape(shape), bytes)
      if try dataset.attribute("counted")?.number == 0 {
        masks.setCompanion(name, mask)
      } else {
        masks[name] = mask
      }
    }
    return masks
  }
}
