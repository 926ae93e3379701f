import CoppiceTensors

/// State dictionaries as `torch.save` writes them: a zip archive of a pickle, which names tensors, and a member a storage; or, before
/// PyTorch 1.6, pickles one behind the other, and the storages behind them. The pickles are read and never executed.
enum TorchFile {
  /// The end of the name of the pickle in an archive; what stands before it is the archive's own name.
  static let pickleName = "/data.pkl"
  /// A longer pickle is of no state dictionary.
  static let longestPickle = 1 << 26

  /// The tensors of an archive.
  static func contents(of archive: ZipArchive, pickle: ZipArchive.Member, _ path: String)
    throws(ExchangeError)
    -> FileContents
  {
    let prefix = String(pickle.name.dropLast(pickleName.count))
    guard archive.member(prefix + "/constants.pkl") == nil else {
      throw .unsupported(
        path: path, format: "torch",
        reason: "it holds a program (TorchScript), which is not executed; "
          + "save its weights: torch.save(torch.jit.load(path).state_dict(), other)")
    }
    var machine = PickleMachine(try archive.bytes(of: pickle, atMost: longestPickle))
    var isBigEndian = false
    if let order = archive.member(prefix + "/byteorder") {
      isBigEndian = try archive.bytes(of: order, atMost: 16) == Array("big".utf8)
    }
    do throws(HeaderFault) {
      let value = try machine.read()
      let state = try StateDictionary(of: value, in: machine)
      var blocks: [String: ByteBlock] = [:]
      for member in archive.members { blocks[member.name] = member.block }
      return try contents(state, isBigEndian: isBigEndian) { blocks[prefix + "/data/" + $0] }
    } catch { throw .unsupported(path: path, format: "torch", reason: error.reason) }
  }

  /// The tensors of a state dictionary whose storages lie in blocks by their keys.
  private static func contents(
    _ state: StateDictionary, isBigEndian: Bool, _ block: (String) -> ByteBlock?
  ) throws(HeaderFault) -> FileContents {
    var contents = FileContents()
    contents.ignored = state.ignored
    for (name, tensor) in state.tensors {
      guard let shape = Shape(stored: tensor.axes) else {
        throw HeaderFault("\(name) has more elements than can be counted")
      }
      let storage = tensor.storage
      guard let block = block(storage.key) else { throw HeaderFault("the elements of \(name) are missing") }
      guard storage.count.times(storage.type?.size ?? 1) == block.size else {
        throw HeaderFault(
          "\(name) is said to lie among \(storage.count) elements, and these are \(block.size) bytes")
      }
      let array = StoredArray(name: name, shape: shape, type: tensor.type)
      let place = ArrayPlace(
        block, start: tensor.offset.times(tensor.type.size), shape: shape, strides: tensor.strides,
        isBigEndian: isBigEndian)
      let extent = place.extent(of: array)
      guard shape.count == 0 || tensor.offset.plus(extent).times(tensor.type.size) <= block.size else {
        throw HeaderFault("\(name) of shape \(shape) reaches beyond the elements it lies among")
      }
      guard shape.count <= extent else {
        throw HeaderFault("\(name) of shape \(shape) repeats elements; save it as tensor.contiguous()")
      }
      contents.add(array, at: shape.count == 0 ? ArrayPlace(ByteBlock(0..<0)) : place)
    }
    return contents
  }
}

/// The form before PyTorch 1.6.
extension TorchFile {
  /// The first pickle of such a file: a number.
  static let formerMagic: [UInt8] = [
    0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
  ]

  /// The tensors of a file of that form.
  static func formerContents(of file: FileBytes) throws(ExchangeError) -> FileContents {
    // The pickles stand before the elements, and are seldom longer than this.
    for window in [1 << 20, longestPickle] {
      let bytes = try file.beginning(window)
      do throws(HeaderFault) { return try formerContents(bytes, size: file.count) } catch {
        let isShort = error.reason == PickleMachine.isCutOff && bytes.count < file.count
        guard isShort, window < longestPickle else {
          throw .unsupported(path: file.path, format: "torch", reason: error.reason)
        }
      }
    }
    return FileContents()
  }

  private static func formerContents(_ bytes: [UInt8], size: Int) throws(HeaderFault) -> FileContents {
    var machine = PickleMachine(bytes, at: formerMagic.count)
    guard try machine.read() == .integer(1001) else {
      throw HeaderFault("it is of another version than 1001; save it again with a PyTorch of today")
    }
    guard case .dictionary(let system) = try machine.read() else {
      throw HeaderFault("it does not say of what system it is; save it again with a PyTorch of today")
    }
    let isBigEndian = machine.dictionaries[system].contains {
      $0.key.text == "little_endian" && $0.value == .flag(false)
    }
    let value = try machine.read()
    let state = try StateDictionary(of: value, in: machine)
    guard case .list(let keys) = try machine.read() else {
      throw HeaderFault("it does not list its storages; save it again with a PyTorch of today")
    }
    // Each storage: its count of elements in eight bytes, and the elements.
    var storages: [String: TorchStorage] = [:]
    for storage in machine.storages {
      guard storages.updateValue(storage, forKey: storage.key).map({ $0 == storage }) ?? true else {
        throw HeaderFault("it says two things of the storage \(storage.key)")
      }
    }
    var blocks: [String: ByteBlock] = [:]
    var place = machine.place
    for value in machine.lists[keys] {
      guard let key = value.text, let storage = storages[key], blocks[key] == nil else {
        throw HeaderFault("it lists a storage that no tensor is of, or one twice")
      }
      let end = place.plus(8).plus(storage.count.times(storage.type?.size ?? 1))
      guard end <= size else { throw HeaderFault("its elements are cut off; fetch or save it again") }
      blocks[key] = ByteBlock((place + 8)..<end)
      place = end
    }
    guard place == size else { throw HeaderFault("\(size - place) bytes at its end are nobody's") }
    return try contents(state, isBigEndian: isBigEndian) { blocks[$0] }
  }
}
