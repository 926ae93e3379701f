import CoppiceHDF5
import CoppiceTensors

/// The formats that weights are written in.
package enum WeightFormat: String, CaseIterable, Sendable {
  case safetensors

  /// The usual ending of a file's name, with its dot.
  package var ending: String {
    switch self {
    case .safetensors: ".safetensors"
    }
  }

  /// Writes arrays to a file, which is there whole or not at all. Equal arrays in equal order make equal bytes.
  ///
  /// - Parameter metadata: texts by name. Only safetensors has a place for them.
  /// - Throws: `ExchangeError.arrays` where the format cannot hold them, `.unwritten` where the file cannot be written.
  package func write(
    _ arrays: [WeightArray], metadata: [(name: String, text: String)] = [], to path: String
  ) throws(ExchangeError) {
    try check(arrays)
    let pieces: [FilePiece]
    switch self {
    case .safetensors: pieces = try Safetensors.pieces(of: arrays, metadata)
    }
    do {
      try AtomicFile.replace(path) { (write: AtomicFile.Writing) throws(HDF5Error) in
        for piece in pieces { try piece.write(by: write) }
      }
    } catch { throw .unwritten(error) }
  }

  private func check(_ arrays: [WeightArray]) throws(ExchangeError) {
    var names: Set<String> = []
    for array in arrays {
      guard names.insert(array.name).inserted else {
        throw .arrays(
          "two arrays of the name \(array.name) do not go into one file; name one of them otherwise")
      }
      guard array.shape.axes.allSatisfy({ $0 >= 0 }),
        array.shape.count.times(array.type.size) == array.count
      else {
        throw .arrays(
          "the array \(array.name) has \(array.count) bytes, which do not fill the shape \(array.shape)")
      }
    }
  }
}

/// Bytes that follow each other in a file.
enum FilePiece {
  case bytes([UInt8])
  case elements(WeightArray)

  var count: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .elements(let array): array.count
    }
  }

  func write(by write: AtomicFile.Writing) throws(HDF5Error) {
    var failure: HDF5Error?
    func append(_ bytes: UnsafeRawBufferPointer) {
      do throws(HDF5Error) { try write(bytes) } catch { failure = error }
    }
    switch self {
    case .bytes(let bytes): bytes.withUnsafeBytes { append($0) }
    case .elements(let array): array.withBytes { append($0) }
    }
    if let failure { throw failure }
  }
}
