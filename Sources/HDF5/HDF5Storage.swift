import CHDF5

/// How the elements of a dataset lie in the file.
package struct HDF5Storage: Hashable, Sendable {
  /// Extents of one chunk, or `nil` for one contiguous block.
  package var chunk: [Int]?
  /// Deflate level 1…9, or 0 for none. Byte shuffling goes before it, which suits numbers of several bytes.
  package var deflate = 0
  /// Whether every chunk carries a Fletcher-32 checksum, tested on reading.
  package var checksum = false

  /// A layout of these parts.
  package init(chunk: [Int]?, deflate: Int = 0, checksum: Bool = false) {
    (self.chunk, self.deflate, self.checksum) = (chunk, deflate, checksum)
  }

  /// One block, uncompressed: the fastest to write and read.
  package static let contiguous = HDF5Storage(chunk: nil)

  /// Chunks of at most a quarter of a million elements, deflated and checksummed.
  package static func compressed(_ shape: [Int], level: Int = 1) -> HDF5Storage {
    HDF5Storage(chunk: chunk(for: shape), deflate: level, checksum: true)
  }

  /// Whole rows while they fit; the leading axes are cut evenly, so that the last chunk is not mostly
  /// padding.
  private static func chunk(for shape: [Int], limit: Int = 1 << 18) -> [Int] {
    var chunk = shape
    for axis in chunk.indices {
      guard let count = chunk.elementCount, count > limit else { break }
      let rest = max(1, count / max(1, chunk[axis]))
      let pieces = (chunk[axis] * rest + limit - 1) / limit
      chunk[axis] = max(1, (chunk[axis] + pieces - 1) / pieces)
    }
    return chunk
  }

  /// The library's creation properties. Empty and scalar datasets are never chunked: the library refuses
  /// that.
  func properties(
    shape: [Int], size: Int, growing: Bool = false, at location: Location
  ) throws(HDF5Error) -> Handle {
    let list = try Handle("H5Pcreate", location, closedBy: H5Pclose) { H5Pcreate(chdf5_dataset_creation()) }
    // Times of day would make equal contents differ in bytes.
    try Library.call("H5Pset_obj_track_times", location) { H5Pset_obj_track_times(list.id, false) }
    guard let chunk, !shape.isEmpty, growing || !shape.contains(0) else { return list }
    let extents = chunk.map { hsize_t(max($0, 1)) }
    try Library.call("H5Pset_chunk", location) { H5Pset_chunk(list.id, Int32(extents.count), extents) }
    if deflate > 0 {
      if size > 1 { try Library.call("H5Pset_shuffle", location) { H5Pset_shuffle(list.id) } }
      try Library.call("H5Pset_deflate", location) { H5Pset_deflate(list.id, UInt32(deflate)) }
    }
    if checksum { try Library.call("H5Pset_fletcher32", location) { H5Pset_fletcher32(list.id) } }
    return list
  }
}
