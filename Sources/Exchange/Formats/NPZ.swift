/// Archives of NumPy (`numpy.savez`, `numpy.savez_compressed`): a zip archive of arrays, each as a file of its own.
enum NPZ {
  static let ending = ".npy"

  static func contents(of archive: ZipArchive, _ path: String) throws(ExchangeError) -> FileContents {
    var contents = FileContents()
    for member in archive.members {
      guard member.name.hasSuffix(ending) else {
        contents.ignored.append(member.name)
        continue
      }
      func damaged(_ fault: HeaderFault) -> ExchangeError {
        .damaged(path: path, format: "npz", reason: "of \(member.name) in it, \(fault.reason)")
      }
      let first = try archive.beginning(of: member, 12)
      let count: Int
      do { count = try NPY.headerCount(first) } catch { throw damaged(error) }
      let beginning = try archive.beginning(of: member, count)
      do throws(HeaderFault) {
        let header = try NPY.header(beginning)
        let name = String(member.name.dropLast(ending.count))
        contents.add(
          StoredArray(name: name, shape: header.shape, type: header.type),
          at: try NPY.place(header, in: member.block))
      } catch { throw damaged(error) }
    }
    return contents
  }
}

extension NPZ {
  /// An archive of these arrays, uncompressed.
  static func pieces(of arrays: [WeightArray]) throws(ExchangeError) -> [FilePiece] {
    var archive = ZipPieces()
    for array in arrays {
      try ZipPieces.check(array.name, "npz")
      let header = try NPY.header(of: array)
      archive.add(array.name + ending, [.bytes(header), .elements(array)])
    }
    return archive.finished()
  }
}

extension NPY {
  /// The header of an array; the elements behind it begin at a multiple of 64 bytes, as NumPy has it.
  static func header(of array: WeightArray) throws(ExchangeError) -> [UInt8] {
    guard let type = types.first(where: { $0.type == array.type })?.name else {
      throw .arrays(
        "NumPy has no \(array.type.rawValue), which \(array.name) is of; choose safetensors or torch, or float32"
      )
    }
    let axes = array.shape.axes
    let tuple = "(" + axes.map(String.init).joined(separator: ", ") + (axes.count == 1 ? ",)" : ")")
    let order = array.type.size == 1 ? "|" : "<"
    var text = Array("{'descr': '\(order)\(type)', 'fortran_order': False, 'shape': \(tuple), }".utf8)
    text += [UInt8](repeating: UInt8(ascii: " "), count: (64 - (10 + text.count + 1) % 64) % 64)
    text.append(UInt8(ascii: "\n"))
    var header = magic + [1, 0]
    header.append(text.count, width: 2)
    return header + text
  }
}
