import CHDF5
import Foundation

/// A file open for reading, for as long as it or a group or dataset of it is referred to.
package final class HDF5File: Sendable {
  /// The group that holds everything.
  package let root: HDF5Group
  private let handle: Handle

  /// Opens an existing file.
  /// - Parameter isSealed: whether a file without a seal is refused: of a file that was not synced, a power cut may have
  ///   left anything, its end missing.
  /// - Throws: `HDF5Error` where there is none, it cannot be read, it is not HDF5, it is cut off, or its
  ///   bytes have changed.
  package init(_ path: String, isSealed: Bool = false) throws(HDF5Error) {
    // The system's own reason is clearer than the library's.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HDF5Error(systemCall: "open", file: path, errno: errno) }
    defer { close(descriptor) }
    try Seal.verify(descriptor, of: path, isRequired: isSealed)
    let location = Location(file: path, object: "/")
    let handle = try Handle("H5Fopen", location, closedBy: H5Fclose) {
      H5Fopen(path, chdf5_read_only(), hid_t(H5P_DEFAULT))
    }
    self.handle = handle
    root = try FileAccess.root(of: handle, at: location)
  }

  /// The path it was opened by.
  package var path: String { root.file }
}

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
    let root = try FileAccess.root(of: handle, at: location)
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

private enum FileAccess {
  static func root(of file: Handle, at location: Location) throws(HDF5Error) -> HDF5Group {
    let handle = try Handle("H5Gopen2", location, closedBy: H5Gclose) {
      H5Gopen2(file.id, "/", hid_t(H5P_DEFAULT))
    }
    return HDF5Group(handle: handle, location: location)
  }
}
