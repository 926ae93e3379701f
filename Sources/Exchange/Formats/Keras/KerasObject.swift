/// What the header of a group or an array in an HDF5 file says: messages, some of which are looked at here.
struct KerasObject {
  /// The table of a group: its tree and its names.
  private(set) var table: (tree: Int, heap: Int)?
  /// The extents of an array.
  private(set) var axes: [Int]?
  /// What its elements are; `nil` where they are no numbers.
  private(set) var type: (type: ArrayType, isBigEndian: Bool)?
  /// Where they lie.
  private(set) var place: (start: Int, size: Int)?

  /// A header has seldom more than ten messages.
  private static let mostMessages = 1 << 12

  /// Reads a header, which may go on at other places.
  init(
    at place: Int, bytes: (_ count: Int, _ place: Int) throws(HeaderFault) -> ByteFields
  ) throws(HeaderFault) {
    let head = try bytes(16, place)
    guard head.integer(1, at: 0) == 1, let size = head.integer(4, at: 8) else {
      throw HeaderFault("byte \(place) begins no group and no array that Keras writes")
    }
    var blocks = [(place: place + 16, size: size)]
    var count = 0
    while let block = blocks.popLast() {
      let fields = try bytes(block.size, block.place)
      var at = 0
      while at + 8 <= fields.count {
        guard let kind = fields.integer(2, at: at), let length = fields.integer(2, at: at + 2),
          let flags = fields.integer(1, at: at + 4), let message = fields.slice(length, at: at + 8)
        else { throw HeaderFault("a message of the header at byte \(place) is cut off") }
        count += 1
        guard count <= Self.mostMessages else { throw HeaderFault("the header at byte \(place) has no end") }
        if kind == 0x10 {
          let next = ByteFields(Array(message))
          guard let address = next.integer(8, at: 0), let length = next.integer(8, at: 8) else {
            throw HeaderFault("a message of the header at byte \(place) is cut off")
          }
          blocks.append((address, length))
        } else {
          // Bit 1: the message stands elsewhere.
          try read(kind, ByteFields(Array(message)), isElsewhere: flags & 2 != 0, start: block.place + at + 8)
        }
        at += 8 + length
      }
    }
  }

  private mutating func read(
    _ kind: Int, _ message: ByteFields, isElsewhere: Bool, start: Int
  ) throws(HeaderFault) {
    switch kind {
    case 0x01: axes = try Self.axes(message)
    case 0x03: type = isElsewhere ? nil : Self.type(message)
    case 0x08: place = try Self.place(message, start)
    case 0x07:
      throw HeaderFault("the elements of an array lie in another file; save it by model.save_weights")
    case 0x02, 0x06:
      throw HeaderFault("its groups are of a newer kind than Keras writes; save it by model.save_weights")
    case 0x11:
      guard let tree = message.integer(8, at: 0), let heap = message.integer(8, at: 8) else {
        throw HeaderFault("the place of a table is cut off")
      }
      table = (tree, heap)
    default: break
    }
  }

  /// The extents. Those of a scalar are none.
  private static func axes(_ message: ByteFields) throws(HeaderFault) -> [Int] {
    guard let version = message.integer(1, at: 0), let rank = message.integer(1, at: 1),
      (1...2).contains(version), rank <= 32
    else { throw HeaderFault("the shape of an array is damaged") }
    // Of version 2, type 2 is of no elements at all.
    if version == 2, message.integer(1, at: 3) == 2 { return [0] }
    var axes: [Int] = []
    for axis in 0..<rank {
      guard let extent = message.integer(8, at: (version == 1 ? 8 : 4) + 8 * axis) else {
        throw HeaderFault("the shape of an array is damaged")
      }
      axes.append(extent)
    }
    return axes
  }

  /// Numbers as IEEE and processors have them; truth values are an enumeration of one byte.
  private static func type(_ message: ByteFields) -> (type: ArrayType, isBigEndian: Bool)? {
    guard let kind = message.integer(1, at: 0), let bits = message.integer(1, at: 1),
      let size = message.integer(4, at: 4)
    else { return nil }
    let isBigEndian = bits & 1 == 1
    let isWhole = message.integer(2, at: 8) == 0 && message.integer(2, at: 10) == size.times(8)
    switch (kind & 15, size) {
    case (0, 1) where isWhole: return (bits & 8 == 0 ? .uint8 : .int8, false)
    case (0, 2) where isWhole: return (bits & 8 == 0 ? .uint16 : .int16, isBigEndian)
    case (0, 4) where isWhole: return (bits & 8 == 0 ? .uint32 : .int32, isBigEndian)
    case (0, 8) where isWhole: return (bits & 8 == 0 ? .uint64 : .int64, isBigEndian)
    case (1, 2) where isWhole && bits & 0x40 == 0:
      // Where the exponent lies tells a half from a bfloat16.
      switch (message.integer(1, at: 12), message.integer(1, at: 13)) {
      case (10, 5): return (.float16, isBigEndian)
      case (7, 8): return (.bfloat16, isBigEndian)
      default: return nil
      }
    case (1, 4) where isWhole && bits & 0x40 == 0 && message.integer(1, at: 13) == 8:
      return (.float32, isBigEndian)
    case (1, 8) where isWhole && bits & 0x40 == 0 && message.integer(1, at: 13) == 11:
      return (.float64, isBigEndian)
    case (8, 1): return (.bool, false)
    default: return nil
    }
  }

  /// Where elements lie in one piece: in the header itself, or at an address.
  private static func place(_ message: ByteFields, _ start: Int) throws(HeaderFault) -> (
    start: Int, size: Int
  ) {
    guard let version = message.integer(1, at: 0), let kind = message.integer(1, at: 1),
      (3...4).contains(version), kind < 2
    else {
      throw HeaderFault(
        "an array lies in chunks, and Keras writes it in one piece; save it by model.save_weights")
    }
    if kind == 0 {
      guard let size = message.integer(2, at: 2) else {
        throw HeaderFault("the place of an array is cut off")
      }
      return (start + 4, size)
    }
    guard let size = message.integer(8, at: 10) else { throw HeaderFault("the place of an array is cut off") }
    return (message.integer(8, at: 2) ?? KerasFile.nowhere, size)
  }
}
