import CHDF5

/// An array in a file.
package final class HDF5Dataset: HandledObject {
  let handle: Handle
  let location: Location

  init(handle: Handle, location: Location) {
    self.handle = handle
    self.location = location
  }

  /// The extents; `[]` for one value.
  package var shape: [Int] { get throws(HDF5Error) { try space.shape(at: location) } }

  /// Bytes that its elements take in the file, compressed as they are. Chunks that were never written take none.
  package var storedBytes: Int { Int(H5Dget_storage_size(handle.id)) }

  /// What the elements are.
  package var content: HDF5Content {
    get throws(HDF5Error) { try Datatype.content(of: try type, at: location) }
  }

  /// All elements in row-major order.
  /// - Throws: `HDF5Error` where they are not of this very type: reading never converts, so bits are kept.
  package func read<Element: HDF5Element>(_: Element.Type = Element.self) throws(HDF5Error) -> [Element] {
    let (content, shape) = (try content, try shape)
    guard content == .number(Element.number) else {
      throw HDF5Error(
        call: "H5Dread", location, "holds \(content) of shape \(shape), not \(Element.number.rawValue)")
    }
    var values = [Element](repeating: 0, count: try plausibleCount(of: shape, size: Element.number.size))
    if values.isEmpty { return [] }
    try requireOwnElements()
    try Library.call("H5Dread", location) {
      H5Dread(
        handle.id, Element.number.memoryType, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), &values)
    }
    return values
  }

  /// All strings in row-major order.
  package func readTexts() throws(HDF5Error) -> [String] {
    let (type, space) = (try type, try space)
    guard try Datatype.content(of: type, at: location) == .text else {
      throw HDF5Error(call: "H5Dread", location, "holds \(try content), not text")
    }
    let shape = try space.shape(at: location)
    let count = try plausibleCount(of: shape, size: try Datatype.size(of: type, at: location))
    if count > 0 { try requireOwnElements() }
    let transfer = try Library.transfer(of: count, at: location)
    return try StringBuffer.read(count, type: type, space: space.handle, at: location) { type, buffer in
      ("H5Dread", H5Dread(handle.id, type, hid_t(H5S_ALL), hid_t(H5S_ALL), transfer.id, buffer))
    }
  }

  /// Makes this dataset the dimension scale `name`: the coordinates along an axis of other datasets.
  package func makeScale(_ name: String) throws(HDF5Error) {
    try Library.call("H5DSset_scale", location) { H5DSset_scale(handle.id, name) }
  }

  /// Attaches one scale an axis, outermost first.
  package func attachScales(_ scales: [HDF5Dataset]) throws(HDF5Error) {
    for (axis, scale) in scales.enumerated() {
      try Library.call("H5DSattach_scale", location) {
        H5DSattach_scale(handle.id, scale.handle.id, UInt32(axis))
      }
    }
  }

  /// The elements of this shape, where the file is large enough to hold them. A damaged file may claim any
  /// shape, and memory for it must not be asked for; deflate makes at most 1032 bytes of one.
  func plausibleCount(of shape: [Int], size: Int) throws(HDF5Error) -> Int {
    let file = try Handle("H5Iget_file_id", location, closedBy: H5Fclose) { H5Iget_file_id(handle.id) }
    var fileSize: hsize_t = 0
    try Library.call("H5Fget_filesize", location) { H5Fget_filesize(file.id, &fileSize) }
    guard let count = shape.elementCount, let bytes = [count, size].elementCount,
      bytes / 1032 <= Int(clamping: fileSize)
    else { throw HDF5Error(call: "H5Dread", location, "bad shape \(shape): more than the file can hold") }
    return count
  }

  /// - Throws: `HDF5Error` where elements lie in other files, whatever these are: what is read there was not tested.
  func requireOwnElements() throws(HDF5Error) {
    // One block inside the file has a place there.
    if try Library.call("H5Dget_offset", location, { H5Dget_offset(handle.id) == haddr_t.max ? 0 : 1 }) == 1 {
      return
    }
    let list = try Handle("H5Dget_create_plist", location, closedBy: H5Pclose) {
      H5Dget_create_plist(handle.id)
    }
    let layout = try Library.call("H5Pget_layout", location) { H5Pget_layout(list.id).rawValue }
    var isElsewhere = layout == H5D_VIRTUAL.rawValue
    if layout == H5D_CONTIGUOUS.rawValue {
      isElsewhere =
        try Library.call("H5Pget_external_count", location) { H5Pget_external_count(list.id) } > 0
    }
    if isElsewhere { throw HDF5Error(call: "H5Dread", location, "bad layout: elements lie in other files") }
  }

  var type: Handle {
    get throws(HDF5Error) {
      try Handle("H5Dget_type", location, closedBy: H5Tclose) { H5Dget_type(handle.id) }
    }
  }

  var space: Dataspace {
    get throws(HDF5Error) { try Dataspace("H5Dget_space", location) { H5Dget_space(handle.id) } }
  }
}
