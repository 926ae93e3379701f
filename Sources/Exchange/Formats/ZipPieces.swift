import CZlib

/// The pieces of a zip archive of stored members. Its times are fixed, so that equal members make equal bytes.
struct ZipPieces {
  private var pieces: [FilePiece] = []
  private var directory: [UInt8] = []
  private var count = 0
  private var end = 0
  /// Sizes and places from this one on are written in eight bytes.
  private let long: Int

  /// An empty archive.
  init(long: Int = 0xffff_ffff) { self.long = long }

  /// Adds a member.
  /// - Parameter alignment: its bytes begin at a multiple of it.
  mutating func add(_ name: String, _ contents: [FilePiece], alignment: Int = 1) {
    let size = contents.reduce(0) { $0 + $1.count }
    var checksum = crc32(0, nil, 0)
    for piece in contents { piece.withBytes { checksum = BlockReader.checksum(of: $0, after: checksum) } }
    var extra: [UInt8] = []
    if size >= long {
      extra.append(1, width: 2)
      extra.append(16, width: 2)
      for _ in 0..<2 { extra.append(size, width: 8) }
    }
    // What fills up to the alignment is an extra field too, of a kind that PyTorch uses.
    let room = (alignment - (end + 30 + name.utf8.count + extra.count + 4) % alignment) % alignment
    if alignment > 1 {
      extra += Array("FB".utf8)
      extra.append(room, width: 2)
      extra += [UInt8](repeating: UInt8(ascii: "Z"), count: room)
    }
    var header: [UInt8] = [0x50, 0x4b, 3, 4]
    header += common(name, size, checksum)
    header.append(extra.count, width: 2)
    addEntry(name, size, checksum)
    pieces += [.bytes(header + Array(name.utf8) + extra)] + contents
    end += header.count + name.utf8.count + extra.count + size
  }

  /// All pieces, the directory behind the members.
  func finished() -> [FilePiece] {
    var tail = directory
    let isLong = count >= 0xffff || end >= long || directory.count >= long
    if isLong {
      tail += [0x50, 0x4b, 6, 6]
      tail.append(44, width: 8)
      for _ in 0..<2 { tail.append(45, width: 2) }
      for _ in 0..<2 { tail.append(0, width: 4) }
      for value in [count, count, directory.count, end] { tail.append(value, width: 8) }
      tail += [0x50, 0x4b, 6, 7]
      tail.append(0, width: 4)
      tail.append(end + directory.count, width: 8)
      tail.append(1, width: 4)
    }
    tail += [0x50, 0x4b, 5, 6]
    for value in [0, 0, isLong ? 0xffff : count, isLong ? 0xffff : count] { tail.append(value, width: 2) }
    for value in [directory.count, end] { tail.append(isLong ? 0xffff_ffff : value, width: 4) }
    tail.append(0, width: 2)
    return pieces + [.bytes(tail)]
  }

  /// What a member's header and its entry have in common.
  private func common(_ name: String, _ size: Int, _ checksum: UInt) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(size >= long ? 45 : 20, width: 2)
    // Bit 11: the name is UTF-8.
    bytes.append(name.utf8.allSatisfy { $0 < 0x80 } ? 0 : 1 << 11, width: 2)
    // Stored, at midnight of the first of January 1980.
    for value in [0, 0, 0x21] { bytes.append(value, width: 2) }
    bytes.append(Int(checksum), width: 4)
    for _ in 0..<2 { bytes.append(size >= long ? 0xffff_ffff : size, width: 4) }
    bytes.append(name.utf8.count, width: 2)
    return bytes
  }

  private mutating func addEntry(_ name: String, _ size: Int, _ checksum: UInt) {
    var extra: [UInt8] = []
    if size >= long { for _ in 0..<2 { extra.append(size, width: 8) } }
    if end >= long { extra.append(end, width: 8) }
    if !extra.isEmpty {
      var head: [UInt8] = []
      head.append(1, width: 2)
      head.append(extra.count, width: 2)
      extra = head + extra
    }
    directory += [0x50, 0x4b, 1, 2]
    directory.append(20, width: 2)
    directory += common(name, size, checksum)
    directory.append(extra.count, width: 2)
    for _ in 0..<3 { directory.append(0, width: 2) }
    directory.append(0, width: 4)
    directory.append(end >= long ? 0xffff_ffff : end, width: 4)
    directory += Array(name.utf8) + extra
    count += 1
  }
}

extension ZipPieces {
  /// - Throws: `ExchangeError.arrays` where a name cannot be that of a member.
  static func check(_ name: String, _ format: String) throws(ExchangeError) {
    guard name.utf8.count < 1 << 15, !name.utf8.contains(0) else {
      throw .arrays("\(name.debugDescription) cannot be the name of an array in \(format); name it otherwise")
    }
  }
}
