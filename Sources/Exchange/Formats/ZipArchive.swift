import CoppiceTensors

/// A zip archive (PKWARE's APPNOTE 6.3): its members as its central directory names them, each held against its own header.
///
/// Members are stored or deflated. Those of more than 4 GB are read (zip64); encryption, several disks and other packings are not.
struct ZipArchive {
  /// A file in it.
  struct Member {
    let name: String
    let block: ByteBlock
  }

  /// The files in it, in the order of the directory. Folders are left out.
  private(set) var members: [Member] = []
  private let file: FileBytes
  private let format: String

  /// Deflate makes at most so many bytes of one.
  private static let mostUnpacked = 1032
  /// The longest note that may stand behind a member: its checksum and sizes once more.
  private static let longestNote = 24

  /// Reads what an archive says of itself.
  /// - Throws: `ExchangeError` where it is damaged or of a kind that is not read.
  init(_ file: FileBytes, format: String) throws(ExchangeError) {
    (self.file, self.format) = (file, format)
    let end = try directoryEnd()
    let directory = ByteFields(try file.bytes(end.place))
    var headers: [(name: String, range: Range<Int>)] = []
    var names: Set<String> = []
    var place = 0
    for _ in 0..<end.entries {
      let entry = try Entry(directory, &place, self)
      let range = try dataRange(of: entry, before: end.place.lowerBound)
      headers.append((entry.name, entry.header..<range.upperBound))
      guard names.insert(entry.name).inserted else { throw damaged("it holds \(entry.name) twice") }
      if entry.name.hasSuffix("/"), range.isEmpty { continue }
      members.append(
        Member(
          name: entry.name,
          block: ByteBlock(range, unpacked: entry.isPacked ? entry.size : nil, checksum: entry.checksum)))
    }
    guard place == directory.count else {
      throw damaged("its directory has \(directory.count) bytes, and its entries take \(place)")
    }
    try checkPlaces(headers, before: end.place.lowerBound)
  }

  /// The member of that name; `nil` where there is none.
  func member(_ name: String) -> Member? { members.first { $0.name == name } }

  /// All bytes of a member.
  /// - Parameter most: more bytes are not read.
  func bytes(of member: Member, atMost most: Int) throws(ExchangeError) -> [UInt8] {
    guard member.block.size <= most else {
      throw damaged("\(member.name) in it has \(member.block.size) bytes, and at most \(most) are read of it")
    }
    return try beginning(of: member, member.block.size)
  }

  /// The first bytes of a member, fewer where it has fewer.
  func beginning(of member: Member, _ count: Int) throws(ExchangeError) -> [UInt8] {
    let reader = try BlockReader(member.block, of: file, format: format)
    var bytes = [UInt8](repeating: 0, count: min(count, member.block.size))
    var failure: ExchangeError?
    bytes.withUnsafeMutableBytes { bytes in
      do throws(ExchangeError) { try reader.read(into: bytes) } catch { failure = error }
    }
    if let failure { throw failure }
    try reader.finish()
    return bytes
  }

  fileprivate func damaged(_ reason: String) -> ExchangeError {
    .damaged(path: file.path, format: format, reason: reason + "; fetch or save it again")
  }

  fileprivate func unsupported(_ reason: String) -> ExchangeError {
    .unsupported(path: file.path, format: format, reason: reason)
  }

  /// Where the directory lies and how many entries it has, from the record at the end of the file.
  private func directoryEnd() throws(ExchangeError) -> (place: Range<Int>, entries: Int) {
    let start = max(0, file.count - 22 - 0xffff)
    let tail = ByteFields(try file.bytes(start..<file.count))
    var record = tail.count - 22
    while record >= 0 {
      if tail.has([0x50, 0x4b, 5, 6], at: record),
        tail.integer(2, at: record + 20) == tail.count - record - 22
      {
        break
      }
      record -= 1
    }
    guard record >= 0 else { throw damaged("it has no directory at its end: it is cut off") }
    guard tail.integer(2, at: record + 4) == 0, tail.integer(2, at: record + 6) == 0 else {
      throw unsupported("it is one of several disks; save it as one file")
    }
    var entries = tail.integer(2, at: record + 10) ?? 0
    var size = tail.integer(4, at: record + 12) ?? 0
    var place = tail.integer(4, at: record + 16) ?? 0
    var end = start + record
    if entries == 0xffff || size == 0xffff_ffff || place == 0xffff_ffff {
      guard end >= 20 else { throw damaged("it is too short for its size") }
      let locator = ByteFields(try file.bytes((end - 20)..<end))
      guard locator.has([0x50, 0x4b, 6, 7], at: 0), let far = locator.integer(8, at: 8), far <= end - 20 - 56
      else { throw damaged("the place of its directory is missing") }
      let large = ByteFields(try file.bytes(far..<(far + 56)))
      guard large.has([0x50, 0x4b, 6, 6], at: 0), let longEntries = large.integer(8, at: 32),
        let longSize = large.integer(8, at: 40), let longPlace = large.integer(8, at: 48)
      else { throw damaged("the place of its directory is damaged") }
      (entries, size, place, end) = (longEntries, longSize, longPlace, far)
    }
    guard place.plus(size) == end, entries.times(46) <= size else {
      throw damaged("its directory of \(entries) entries and \(size) bytes does not lie before its end")
    }
    return (place..<end, entries)
  }

  /// Where the bytes of a member lie: behind a header of its own, which must name it too.
  private func dataRange(of entry: Entry, before end: Int) throws(ExchangeError) -> Range<Int> {
    guard entry.header <= end - 30 else { throw damaged("\(entry.name) lies behind the end of its members") }
    let header = ByteFields(try file.bytes(entry.header..<(entry.header + 30)))
    guard header.has([0x50, 0x4b, 3, 4], at: 0), let length = header.integer(2, at: 26),
      let extra = header.integer(2, at: 28)
    else { throw damaged("there is no member where \(entry.name) should be") }
    let start = entry.header + 30 + length + extra
    guard start.plus(entry.packedSize) <= end else {
      throw damaged("\(entry.name) has more bytes than the file")
    }
    guard try file.bytes((entry.header + 30)..<(entry.header + 30 + length)) == Array(entry.name.utf8) else {
      throw damaged("\(entry.name) has another name before its bytes")
    }
    return start..<(start + entry.packedSize)
  }

  /// Members lie one behind the other.
  private func checkPlaces(_ headers: [(name: String, range: Range<Int>)], before end: Int)
    throws(ExchangeError)
  {
    var last = 0
    for (name, range) in headers.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      guard range.lowerBound >= last else { throw damaged("\(name) overlaps the member before it") }
      guard range.lowerBound - last <= (last == 0 ? 0 : Self.longestNote) else {
        throw damaged("\(range.lowerBound - last) bytes before \(name) are nobody's")
      }
      last = range.upperBound
    }
    guard end - last <= (last == 0 ? 0 : Self.longestNote) else {
      throw damaged("\(end - last) bytes behind its members are nobody's")
    }
  }

  /// What the directory says of a member.
  private struct Entry {
    let name: String
    let isPacked: Bool
    let checksum: UInt32
    let packedSize: Int
    let size: Int
    /// Where its own header lies.
    let header: Int

    init(_ directory: ByteFields, _ place: inout Int, _ archive: ZipArchive) throws(ExchangeError) {
      func field(_ width: Int, _ offset: Int) throws(ExchangeError) -> Int {
        guard let value = directory.integer(width, at: place + offset) else {
          throw archive.damaged("its directory is cut off")
        }
        return value
      }
      guard directory.has([0x50, 0x4b, 1, 2], at: place) else {
        throw archive.damaged("byte \(place) of its directory begins no entry")
      }
      let (length, extraLength, noteLength) = (try field(2, 28), try field(2, 30), try field(2, 32))
      guard let text = directory.slice(length, at: place + 46),
        let name = String(validating: text, as: UTF8.self), !name.utf8.contains(0)
      else { throw archive.damaged("the name at byte \(place) of its directory is no text in UTF-8") }
      guard let extra = directory.slice(extraLength, at: place + 46 + length),
        directory.slice(noteLength, at: place + 46 + length + extraLength) != nil
      else { throw archive.damaged("its directory is cut off") }
      guard try field(2, 8) & 1 == 0 else {
        throw archive.unsupported("\(name) in it is encrypted; save it without a password")
      }
      let method = try field(2, 10)
      guard method == 0 || method == 8 else {
        throw archive.unsupported(
          "\(name) in it is packed by method \(method), and only deflate is known; save it without compression"
        )
      }
      var long = LongFields(ByteFields(Array(extra)))
      let size = long.value(try field(4, 24))
      let packedSize = long.value(try field(4, 20))
      let header = long.value(try field(4, 42))
      guard let size, let packedSize, let header else {
        throw archive.damaged("\(name) has sizes that cannot be")
      }
      guard method == 8 ? size / ZipArchive.mostUnpacked <= packedSize : size == packedSize else {
        throw archive.damaged("\(name) cannot have \(size) bytes in \(packedSize)")
      }
      (self.name, isPacked, self.size, self.packedSize, self.header) =
        (name, method == 8, size, packedSize, header)
      checksum = UInt32(truncatingIfNeeded: try field(4, 16))
      place += 46 + length + extraLength + noteLength
    }
  }

  /// The numbers of eight bytes that stand in an extra field for those of four that are too small for them.
  private struct LongFields {
    private let extra: ByteFields
    private var place: Int?

    init(_ extra: ByteFields) {
      self.extra = extra
      var at = 0
      while let kind = extra.integer(2, at: at), let length = extra.integer(2, at: at + 2) {
        if kind == 1 {
          place = at + 4
          return
        }
        at += 4 + length
      }
    }

    /// The number itself, or the next of eight bytes where it says that there is one.
    mutating func value(_ short: Int) -> Int? {
      guard short == 0xffff_ffff else { return short }
      guard let place, let value = extra.integer(8, at: place) else { return nil }
      self.place = place + 8
      return value
    }
  }
}
