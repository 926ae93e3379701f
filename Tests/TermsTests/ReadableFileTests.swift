import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Testing

/// None of these may wait for ever: the test would not end.
@Suite struct ReadableFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func aFileIsRead() throws {
    let path = folder.file("a")
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
    #expect(symlink(path, folder.file("link")) == 0)
    #expect(try ReadableFile.bytes(path) == [1, 2, 3])
    #expect(try ReadableFile.bytes(folder.file("link"), atMost: 3) == [1, 2, 3])
    #expect(FileKind(at: path) == .file && FileKind(at: folder.path) == .folder)
    let error = #expect(throws: FileFault.self) { _ = try ReadableFile.bytes(path, atMost: 2) }
    #expect(error?.description == "\(path) cannot be read: it has 3 bytes, and such a file at most 2")
  }

  @Test func nothingButFilesIsOpened() throws {
    let (pipe, socket) = (folder.file("pipe"), folder.file("s"))
    #expect(mkfifo(pipe, 0o600) == 0)
    let listener = try Self.listen(at: socket)
    defer { close(listener) }
    #expect(symlink(pipe, folder.file("link")) == 0)
    let others: [(String, FileKind)] = [
      (pipe, .pipe), (folder.file("link"), .pipe), (folder.path, .folder), ("/dev/zero", .device),
      (socket, .socket),
    ]
    for (path, kind) in others {
      let error = #expect(throws: FileFault.self) { _ = try ReadableFile.bytes(path) }
      #expect(error?.cause == .kind(kind) && error?.exitCode == .badData)
      #expect(
        error?.description == "\(path) cannot be read: it is \(kind.rawValue), and nothing but files is read")
    }
  }

  @Test func whatTheSystemSaysIsSaid() {
    let absent = #expect(throws: FileFault.self) { _ = try ReadableFile.bytes(folder.file("nowhere")) }
    #expect(absent?.systemError == ENOENT && absent?.exitCode == .inputMissing)
    #expect(absent?.reason == "No such file or directory")
    #expect(FileKind(at: folder.file("nowhere")) == nil)
    // A file whose size is not told is neither empty nor of another kind: nobody may take it for damaged.
    let unknown = #expect(throws: FileFault.self) { _ = try ReadableFile.size(of: -1, at: "a") }
    #expect(unknown?.systemError == EBADF && unknown?.exitCode == .inputOutput)
  }

  /// A socket that stands at a path.
  private static func listen(at path: String) throws -> Int32 {
    #if canImport(Glibc)
      let socket = Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let socket = Foundation.socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8.prefix(100))
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
    let isBound = withUnsafePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    try #require(isBound, "\(String(cString: strerror(errno)))")
    return socket
  }
}
