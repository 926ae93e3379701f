import CoppiceTensors

/// The formats of weight files that are read, told by their first bytes.
package enum FileFormat: String, CaseIterable, Sendable {
  case safetensors, npy, npz, torch, keras

  /// What a sentence calls it.
  package var title: String { self == .keras ? "Keras" : rawValue }
}

/// What a file says that it holds.
struct FileContents: Sendable {
  var arrays: [StoredArray] = []
  /// One an array.
  var places: [ArrayPlace] = []
  var metadata: [(name: String, text: String)] = []
  /// What is not read, by name.
  var ignored: [String] = []

  /// Adds an array.
  mutating func add(_ array: StoredArray, at place: ArrayPlace) {
    arrays.append(array)
    places.append(place)
  }
}

extension FileContents {
  /// What a file says, and the format that it says it in.
  /// - Throws: `ExchangeError` where it is of no format that is known, or damaged.
  static func read(_ file: FileBytes) throws(ExchangeError) -> (format: FileFormat, contents: FileContents) {
    let beginning = try file.beginning(64)
    if beginning.starts(with: [0x50, 0x4b, 3, 4]) || beginning.starts(with: [0x50, 0x4b, 5, 6]) {
      return try readArchive(file)
    }
    if beginning.starts(with: NPY.magic) { return (.npy, try NPY.contents(of: file)) }
    if beginning.starts(with: TorchFile.formerMagic) {
      return (.torch, try TorchFile.formerContents(of: file))
    }
    if beginning.starts(with: KerasFile.signature) { return (.keras, try KerasFile.contents(of: file)) }
    if Safetensors.isRecognised(beginning) { return (.safetensors, try Safetensors.contents(of: file)) }
    throw .damaged(path: file.path, format: "weight", reason: unknown(beginning))
  }

  /// A zip archive is of torch where it holds a pickle, else of NumPy.
  private static func readArchive(
    _ file: FileBytes
  ) throws(ExchangeError) -> (format: FileFormat, contents: FileContents) {
    let archive = try ZipArchive(file, format: "zip")
    if let pickle = archive.members.first(where: { $0.name.hasSuffix(TorchFile.pickleName) }) {
      return (.torch, try TorchFile.contents(of: archive, pickle: pickle, file.path))
    }
    guard archive.members.isEmpty || archive.members.contains(where: { $0.name.hasSuffix(NPZ.ending) }) else {
      let names = archive.members.prefix(4).map(\.name).joined(separator: ", ")
      throw .unsupported(
        path: file.path, format: "zip",
        reason: "it holds \(names), and neither arrays of NumPy nor a state dictionary of torch; "
          + (archive.member("model.weights.h5") == nil
            ? "save the weights as safetensors"
            : "save its weights alone: model.save_weights(\"x.weights.h5\")"))
    }
    return (.npz, try NPZ.contents(of: archive, file.path))
  }

  /// Why a file is of no format.
  private static func unknown(_ beginning: [UInt8]) -> String {
    if beginning.isEmpty { return "it is empty; fetch or save it again" }
    if beginning.starts(with: "version https://git-lfs".utf8) {
      return "it is a pointer of Git LFS and not the file itself; fetch it with git lfs pull"
    }
    if beginning[0] == 0x80, beginning.count > 1, (2...5).contains(beginning[1]) {
      return "it is a pickle of Python, which would have to be executed; "
        + "save the weights: torch.save(model.state_dict(), path)"
    }
    return "it begins as none of \(FileFormat.allCases.map(\.title).joined(separator: ", ")); "
      + "save the weights in one of these formats"
  }
}
