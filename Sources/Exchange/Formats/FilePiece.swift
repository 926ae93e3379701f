import CoppiceHDF5

/// Bytes that follow each other in a file that is written.
package enum FilePiece {
  case bytes([UInt8])
  case elements(WeightArray)

  package var count: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .elements(let array): array.count
    }
  }

  /// Calls `body` with the bytes.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    switch self {
    case .bytes(let bytes): bytes.withUnsafeBytes(body)
    case .elements(let array): array.withBytes(body)
    }
  }

  func write(by write: AtomicFile.Writing) throws(HDF5Error) {
    var failure: HDF5Error?
    withBytes { bytes in
      do throws(HDF5Error) { try write(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
