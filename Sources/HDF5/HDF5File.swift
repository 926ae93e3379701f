import CHDF5

/// A file open for reading, for as long as it or a group or dataset of it is referred to.
package final class HDF5File: Sendable {
  /// The group that holds everything.
  package let root: HDF5Group
  private let handle: Handle

  /// Opens an existing file. It is read into memory as it is now; what is written to it later is not seen.
  /// - Parameter isForeign: whether a file is read that has not the seal of those written by us. The library may crash or hang
  ///   on what is in such a file: read it in a process that may.
  /// - Throws: `HDF5Error` where there is none, it cannot be read, it is not HDF5, it is cut off, its bytes have changed, or
  ///   another program has written to it.
  package init(_ path: String, isForeign: Bool = false) throws(HDF5Error) {
    var image = try FileImage(path)
    if !isForeign {
      do { try Seal.verify(image.bytes, of: path) } catch {
        guard AtomicFile.isHeldForWriting(path) else { throw error }
        throw HDF5Error(call: Seal.call, file: path, message: HDF5Error.heldMessage)
      }
    }
    let location = Location(file: path, object: "/")
    let bytes = image.bytes
    guard !bytes.isEmpty else { throw HDF5Error(call: "H5Fopen", location, "file signature not found") }
    // The library frees the bytes with the last handle of the file, or when it refuses them.
    image.release()
    let handle = try Handle("H5Fopen", location, closedBy: H5Fclose) {
      H5LTopen_file_image(bytes.baseAddress, bytes.count, UInt32(H5LT_FILE_IMAGE_DONT_COPY))
    }
    self.handle = handle
    root = try HDF5Group(rootOf: handle, at: location)
  }

  /// The path it was opened by.
  package var path: String { root.file }
}
