import CoppiceHDF5
import CoppiceTensors

/// The formats that weights are written in.
package enum WeightFormat: String, CaseIterable, Sendable {
  case safetensors, npz, torch

  /// The usual ending of a file's name, with its dot.
  package var ending: String {
    switch self {
    case .safetensors: ".safetensors"
    case .npz: ".npz"
    case .torch: ".pt"
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
    case .npz: pieces = try NPZ.pieces(of: arrays)
    case .torch: pieces = try TorchFile.pieces(of: arrays)
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
