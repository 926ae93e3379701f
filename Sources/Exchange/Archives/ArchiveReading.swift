import CZlib
import CoppiceHDF5
import CoppiceTerms
import Foundation

extension Archive {
  /// How many bytes an archive of so many may unpack to, each member counted with the block of its head: a few bytes can stand for
  /// any number of them. Results are packed in their own files, so that nothing packs them to a hundredth.
  package static func mostUnpacked(of size: Int) -> Int { max(1 << 20, 100 * size) }

  /// Unpacks an archive into a folder of ours, which is empty. Only files are taken, each once, and none whose name leads elsewhere.
  /// What heads say of sizes is added up before anything of a member is written, and `mostUnpacked` is the limit of it.
  ///
  /// - Returns: the names, in the order of the archive.
  /// - Throws: `ExchangeError.damaged` where it is cut off or is no such archive, or unpacks to more than the limit, `.unsupported` where it holds a link or something
  ///   else that is no file, `.unwritten` where the folder cannot be written.
  package static func unpack(_ path: String, to folder: String) throws(ExchangeError) -> [String] {
    let stream = try GzipStream(path)
    let most = mostUnpacked(of: try stream.size())
    var names: [String] = []
    var total = 0
    func count(_ bytes: Int) throws(ExchangeError) {
      // No size of a head is near the largest integer: it has twelve octal digits.
      total += bytes
      guard total > most else { return }
      throw .unsupported(
        path: path, format: "tar.gz",
        reason:
          "it unpacks to more than \(most) bytes, which is more than results do; unpack it by hand if you trust it"
      )
    }
    while true {
      let header = try stream.read(block)
      try count(block)
      if header.allSatisfy({ $0 == 0 }) { break }
      let entry = try Entry(header, path)
      try count(entry.size)
      guard entry.isFile else { continue }
      names.append(entry.name)
      try write(entry, from: stream, to: "\(folder)/\(entry.name)", path)
    }
    // The end is two blocks of zeros, and what fills up to a larger record.
    while let rest = try stream.readRest() {
      try count(rest.count)
      guard rest.allSatisfy({ $0 == 0 }) else {
        throw damaged(path, "something follows the end of the archive")
      }
    }
    return names
  }

  private static func write(
    _ entry: Entry, from stream: GzipStream, to target: String, _ path: String
  ) throws(ExchangeError) {
    do throws(HDF5Error) { try AtomicFile.makeFolder((target as NSString).deletingLastPathComponent) } catch {
      throw .unwritten(error)
    }
    // Nothing is written through what is there already.
    let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      if errno == EEXIST { throw damaged(path, "it holds \(entry.name.debugDescription) twice") }
      throw .unwritten(HDF5Error(systemCall: "open", file: target, errno: errno))
    }
    defer { close(descriptor) }
    var left = entry.size
    while left > 0 {
      let piece = try stream.read(min(left, 1 << 18))
      left -= piece.count
      var done = 0
      while done < piece.count {
        let written = piece.withUnsafeBytes {
          Foundation.write(descriptor, $0.baseAddress.map { $0 + done }, piece.count - done)
        }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
          throw .unwritten(HDF5Error(systemCall: "write", file: target, errno: errno))
        }
        done += written
      }
    }
    _ = try stream.read(padding(behind: entry.size))
  }

  fileprivate static func damaged(_ path: String, _ reason: String) -> ExchangeError {
    .damaged(path: path, format: "tar.gz", reason: reason)
  }

  /// Whether a file begins as one in a gzip frame does.
  package static func isArchive(_ path: String) -> Bool {
    guard let descriptor = try? ReadableFile.open(path) else { return false }
    defer { close(descriptor) }
    return (try? ReadableFile.bytes(of: descriptor, 3, at: path)) == [0x1f, 0x8b, 8]
  }
}

/// What a header says of a member.
private struct Entry {
  let name: String
  let size: Int
  /// Whether it is a file; folders are made with what they hold.
  let isFile: Bool

  init(_ header: [UInt8], _ path: String) throws(ExchangeError) {
    guard Self.number(header[148..<156]) == Self.sum(header) else {
      throw Archive.damaged(path, "the head of a member does not have its checksum")
    }
    guard header[257..<262].elementsEqual("ustar".utf8) else {
      throw ExchangeError.unsupported(
        path: path, format: "tar.gz", reason: "its members are not of the form ustar")
    }
    guard let size = Self.number(header[124..<136]) else {
      throw Archive.damaged(path, "the size of a member is no number")
    }
    // GNU's form has other things in the place of the prefix.
    let prefix = header[262] == 0 ? Self.text(header[345..<500]) : ""
    guard let prefix, let last = Self.text(header[0..<100]) else {
      throw Archive.damaged(path, "the name of a member is no text")
    }
    var name = prefix.isEmpty ? last : "\(prefix)/\(last)"
    if name.hasPrefix("./") { name.removeFirst(2) }
    switch header[156] {
    case 0, UInt8(ascii: "0"): isFile = true
    case UInt8(ascii: "5"):
      isFile = false
      if name.hasSuffix("/") { name.removeLast() }
    default:
      throw ExchangeError.unsupported(
        path: path, format: "tar.gz",
        reason:
          "\(name.debugDescription) is a link or another thing that is no file, and such are not unpacked")
    }
    if isFile || !name.isEmpty, let fault = Archive.fault(ofName: name) {
      throw Archive.damaged(path, "\(name.debugDescription) is refused: \(fault)")
    }
    guard isFile || size == 0 else { throw Archive.damaged(path, "a folder has a size") }
    (self.name, self.size) = (name, size)
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
    String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Octal digits, ended by a space or a zero.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    Int(String(decoding: bytes.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }, as: UTF8.self), radix: 8)
      .flatMap { $0 >= 0 ? $0 : nil }
  }

  private static func sum(_ header: [UInt8]) -> Int {
    header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
  }
}

/// The contents of a gzip file of one or more parts, unpacked as they are read.
private final class GzipStream {
  private let path: String
  private let descriptor: Int32
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8] = []
  private var taken = 0
  private var isAtEnd = false
  private var isBetween = false

  init(_ path: String) throws(ExchangeError) {
    self.path = path
    do throws(FileFault) { descriptor = try ReadableFile.open(path) } catch { throw .file(error) }
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, +16: gzip framing. (The macro inflateInit2 does not reach Swift.)
    if inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) != Z_OK {
      isAtEnd = true
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    close(descriptor)
  }

  /// The bytes of the file, packed as they are.
  func size() throws(ExchangeError) -> Int {
    do throws(FileFault) { return try ReadableFile.size(of: descriptor, at: path) } catch {
      throw .file(error)
    }
  }

  /// So many bytes.
  /// - Throws: `ExchangeError.damaged` where there are fewer.
  func read(_ count: Int) throws(ExchangeError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      guard let more = try step(count - bytes.count) else { throw Archive.damaged(path, "it is cut off") }
      bytes += more
    }
    return bytes
  }

  /// Some of what is left; `nil` at the end.
  func readRest() throws(ExchangeError) -> [UInt8]? { try step(1 << 16) }

  private func step(_ room: Int) throws(ExchangeError) -> [UInt8]? {
    guard !isAtEnd else { return nil }
    if taken == input.count {
      do throws(FileFault) { input = try ReadableFile.bytes(of: descriptor, 1 << 18, at: path) } catch {
        throw .file(error)
      }
      taken = 0
      if input.isEmpty {
        guard isBetween else { throw Archive.damaged(path, "it is cut off") }
        isAtEnd = true
        return nil
      }
    }
    isBetween = false
    var status = Z_OK
    let output = [UInt8](unsafeUninitializedCapacity: room) { output, count in
      input.withUnsafeMutableBufferPointer { input in
        stream.pointee.next_in = input.baseAddress.map { $0 + taken }
        stream.pointee.avail_in = uInt(input.count - taken)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = uInt(room)
        status = inflate(stream, Z_NO_FLUSH)
        taken = input.count - Int(stream.pointee.avail_in)
      }
      count = room - Int(stream.pointee.avail_out)
    }
    switch status {
    case Z_STREAM_END:
      isBetween = true
      inflateReset(stream)
    case Z_OK, Z_BUF_ERROR: break
    default:
      throw Archive.damaged(path, stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)")
    }
    return output
  }
}
