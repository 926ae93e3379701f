import CHDF5

/// A file being written. It grows in memory and appears under its name, whole, on `commit()`;
/// dropped without that, it leaves no trace. A full disk is therefore met in one place, where it can be
/// reported exactly.
package struct HDF5Draft: ~Copyable {
  /// The group that is to hold everything.
  package let root: HDF5Group
  private let handle: Handle

  /// Begins a file that is to be at `path`, where it replaces what may be there.
  package init(_ path: String) throws(HDF5Error) {
    let location = Location(file: path, object: "/")
    let access = try Handle("H5Pcreate", location, closedBy: H5Pclose) { H5Pcreate(chdf5_file_access()) }
    // Closing the file closes all objects in it, so that writing through a forgotten one fails.
    try Library.call("H5Pset_fclose_degree", location) { H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG) }
    try Library.call("H5Pset_fapl_core", location) { H5Pset_fapl_core(access.id, 1 << 18, false) }
    let creation = try Handle("H5Pcreate", location, closedBy: H5Pclose) { H5Pcreate(chdf5_file_creation()) }
    try Library.call("H5Pset_link_creation_order", location) {
      H5Pset_link_creation_order(creation.id, chdf5_tracked_and_indexed())
    }
    try Library.call("H5Pset_obj_track_times", location) { H5Pset_obj_track_times(creation.id, false) }
    // No file of this name is ever made; it keeps two drafts of one path apart inside the library.
    let name = AtomicFile.temporaryPath(for: path)
    let handle = try Handle("H5Fcreate", location, closedBy: H5Fclose) {
      H5Fcreate(name, chdf5_replace(), creation.id, access.id)
    }
    let root = try HDF5Group(rootOf: handle, at: location)
    (self.handle, self.root) = (handle, root)
  }

  /// Begins with what a file holds, which is to take its place: what is not written to keeps its bytes.
  /// - Throws: `HDF5Error` where the file cannot be read, or is not as it was written.
  package init(changing path: String) throws(HDF5Error) {
    let location = Location(file: path, object: "/")
    let image = try FileImage(path)
    try Seal.verify(image.bytes, of: path)
    let (start, count) = (image.bytes.baseAddress, image.bytes.count - Seal.size)
    // The library takes a copy of the bytes, which may grow.
    let handle = try Handle("H5Fopen", location, closedBy: H5Fclose) {
      H5LTopen_file_image(start, count, UInt32(H5LT_FILE_IMAGE_OPEN_RW))
    }
    let root = try HDF5Group(rootOf: handle, at: location)
    (self.handle, self.root) = (handle, root)
  }

  /// Puts the file in its place: written to a temporary name beside it, synced as far as asked for, renamed.
  /// - Throws: `HDF5Error` where that fails; a file that was at the path before is then untouched.
  package consuming func commit(_ durability: AtomicFile.Durability = .everything) throws(HDF5Error) {
    let (location, id) = (root.location, handle.id)
    try Library.call("H5Fflush", location) { H5Fflush(id, H5F_SCOPE_GLOBAL) }
    let count = try Library.call("H5Fget_file_image", location) { H5Fget_file_image(id, nil, 0) }
    let image = UnsafeMutableRawBufferPointer.allocate(byteCount: count + Seal.size, alignment: 16)
    defer { image.deallocate() }
    try Library.call("H5Fget_file_image", location) { H5Fget_file_image(id, image.baseAddress, count) }
    image[count...].copyBytes(from: Seal.bytes(for: UnsafeRawBufferPointer(rebasing: image[..<count])))
    try AtomicFile.replace(location.file, with: UnsafeRawBufferPointer(image), durability: durability)
  }
}
