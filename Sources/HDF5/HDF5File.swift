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
    root = try HDF5Group(rootOf: handle, at: location)
  }

  /// The path it was opened by.
  package var path: String { root.file }
}
