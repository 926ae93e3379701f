import CoppiceTensors

extension TorchFile {
  /// The name of an archive that is written: it does not depend on the name of the file.
  private static let name = "archive"

  /// A state dictionary of these arrays, as `torch.save` of PyTorch 2 writes it, each with a storage of its own.
  static func pieces(of arrays: [WeightArray]) throws(ExchangeError) -> [FilePiece] {
    var archive = ZipPieces()
    archive.add(name + pickleName, [.bytes(pickle(of: arrays))], alignment: 64)
    archive.add(name + "/byteorder", [.bytes(Array("little".utf8))], alignment: 64)
    for (index, array) in arrays.enumerated() {
      archive.add("\(name)/data/\(index)", [.elements(array)], alignment: 64)
    }
    archive.add(name + "/version", [.bytes(Array("3\n".utf8))], alignment: 64)
    return archive.finished()
  }

  /// The pickle: an ordered dictionary of tensors by name, in protocol 2.
  package static func pickle(of arrays: [WeightArray]) -> [UInt8] {
    var writer = PickleWriter()
    writer.call(TorchNames.orderedDictionary)
    writer.code("(")
    for (index, array) in arrays.enumerated() {
      writer.text(array.name)
      writer.tensor(array, key: "\(index)")
    }
    writer.code("u")
    writer.code(".")
    return writer.bytes
  }
}

/// Writes the operations that a state dictionary needs.
private struct PickleWriter {
  private(set) var bytes: [UInt8] = [0x80, 2]

  mutating func code(_ code: Unicode.Scalar) { bytes.append(UInt8(ascii: code)) }

  mutating func text(_ text: String) {
    code("X")
    bytes.append(text.utf8.count, width: 4)
    bytes += Array(text.utf8)
  }

  mutating func integer(_ value: Int) {
    switch value {
    case 0..<0x100:
      code("K")
      bytes.append(value, width: 1)
    case 0..<0x1_0000:
      code("M")
      bytes.append(value, width: 2)
    case 0..<0x8000_0000:
      code("J")
      bytes.append(value, width: 4)
    default:
      bytes += [0x8a, 8]
      bytes.append(value, width: 8)
    }
  }

  mutating func tuple(_ values: [Int]) {
    code("(")
    for value in values { integer(value) }
    code("t")
  }

  /// A name of Python: all before its last dot is the module.
  mutating func global(_ name: String) {
    let dot = name.lastIndex(of: ".") ?? name.startIndex
    code("c")
    bytes += Array("\(name[..<dot])\n\(name[dot...].dropFirst())\n".utf8)
  }

  /// A call without arguments.
  mutating func call(_ name: String) {
    global(name)
    code(")")
    code("R")
  }

  mutating func tensor(_ array: WeightArray, key: String) {
    // Types without a class of storages are made of bytes.
    let kind = TorchNames.storages.first { $0.type == array.type }?.name
    global(kind == nil ? TorchNames.tensor3 : TorchNames.tensor2)
    code("(")
    code("(")
    text("storage")
    global(kind ?? TorchNames.untyped)
    text(key)
    text("cpu")
    integer(kind == nil ? array.count : array.shape.count)
    code("t")
    code("Q")
    integer(0)
    tuple(array.shape.axes)
    tuple(array.shape.strides)
    bytes.append(0x89)
    call(TorchNames.orderedDictionary)
    if kind == nil { global("torch." + array.type.rawValue) }
    code("t")
    code("R")
  }
}
