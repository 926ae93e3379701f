import CoppiceExchange
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct ArchiveTests {
  private let folder: TemporaryFolder
  private let long = String(repeating: "deep/", count: 25) + String(repeating: "n", count: 90) + ".h5"
  init() throws { folder = try TemporaryFolder() }

  private func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
  }

  private func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name)))
  }

  private func pack() throws -> String {
    try write("source", [UInt8](repeating: 7, count: 200_000))
    let path = folder.file("a.tar.gz")
    try Archive.write(
      [
        ArchiveMember("e/z.txt", text: "last"), ArchiveMember("e/empty", text: ""),
        ArchiveMember("e/block", .bytes([UInt8](repeating: 1, count: 512))),
        ArchiveMember(long, text: "long"), ArchiveMember("e/big", .file(folder.file("source"))),
      ], to: path)
    return path
  }

  @Test func whatIsPackedComesBack() throws {
    let path = try pack()
    #expect(Archive.isArchive(path) && !Archive.isArchive(folder.file("source")))
    let names = try Archive.unpack(path, to: folder.file("out"))
    #expect(names == [long, "e/big", "e/block", "e/empty", "e/z.txt"])
    #expect(try bytes("out/e/big") == [UInt8](repeating: 7, count: 200_000))
    #expect(try bytes("out/e/empty").isEmpty)
    #expect(try bytes("out/\(long)") == Array("long".utf8))
  }

  @Test func equalMembersGiveEqualBytes() throws {
    let first = try Data(contentsOf: URL(fileURLWithPath: try pack()))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: folder.file("source"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: try pack())) == first)
  }

  /// The `tar` of the system reads what we write, and we what it writes.
  @Test func theSystemsToolsAgree() throws {
    let path = try pack()
    let listed = try #require(Python.run("tar", ["-tzf", path]))
    #expect(listed.status == 0, "\(listed.output)")
    #expect(
      listed.output.split(separator: "\n").map(String.init) == [
        long, "e/big", "e/block", "e/empty", "e/z.txt",
      ])
    let theirs = folder.file("theirs.tar.gz")
    _ = try Archive.unpack(path, to: folder.file("out"))
    let made = try #require(
      Python.run("tar", ["--format=ustar", "-czf", theirs, "-C", folder.file("out"), "."]))
    try #require(made.status == 0, "\(made.output)")
    let names = try Archive.unpack(theirs, to: folder.file("again"))
    #expect(Set(names) == [long, "e/big", "e/block", "e/empty", "e/z.txt"])
    #expect(try bytes("again/e/big").count == 200_000)
  }

  @Test func whatIsCutOffOrChangedIsRefused() throws {
    let whole = try bytes((try pack() as NSString).lastPathComponent)
    for (place, count) in [0, 5, 300, 70_000, whole.count - 9, whole.count - 1].enumerated() {
      try write("cut.tar.gz", Array(whole.prefix(count)))
      let error = #expect(throws: ExchangeError.self) {
        _ = try Archive.unpack(folder.file("cut.tar.gz"), to: folder.file("cut\(place)"))
      }
      #expect(error?.exitCode == .badData, "\(count)")
    }
    // The checksum of the frame tells of a bit that was turned, and that of a head.
    for (place, position) in [120, 100_000, 148 + 15].enumerated() {
      var turned = whole
      turned[position] ^= 1
      try write("turned.tar.gz", turned)
      #expect(throws: ExchangeError.self) {
        _ = try Archive.unpack(folder.file("turned.tar.gz"), to: folder.file("turned\(place)"))
      }
    }
  }

  /// Archives that another program wrote to harm.
  @Test(
    arguments: [
      ("path('../out')", "lead elsewhere"), ("path('/tmp/x')", "begin inside"),
      ("path('e/../../x')", "lead elsewhere"),
      ("path('e//x')", "lead elsewhere"), ("path('e/a\\nb')", "control characters"),
      ("link(tarfile.SYMTYPE)", "is a link"), ("link(tarfile.LNKTYPE)", "is a link"),
      ("link(tarfile.FIFOTYPE)", "is a link"), ("twice()", "twice"),
    ])
  func whatLeadsElsewhereIsRefused(make: String, words: String) throws {
    guard let python = Python.interpreter(with: ["tarfile"]) else { return }
    let script = """
      import tarfile, io, sys
      out = tarfile.open(sys.argv[1], 'w:gz', format=tarfile.USTAR_FORMAT)
      def path(name):
          info = tarfile.TarInfo(name); info.size = 1; out.addfile(info, io.BytesIO(b'x'))
      def link(kind):
          info = tarfile.TarInfo('e/l'); info.type = kind; info.linkname = '/etc'; out.addfile(info)
      def twice():
          path('e/a'); path('e/a')
      \(make)
      out.close()
      """
    let archive = folder.file("bad.tar.gz")
    let made = try #require(Python.run(python, ["-c", script, archive]))
    try #require(made.status == 0, "\(made.output)")
    let error = #expect(throws: ExchangeError.self) {
      _ = try Archive.unpack(archive, to: folder.file("out/in"))
    }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    #expect(error?.exitCode == .badData)
    #expect(!FileManager.default.fileExists(atPath: folder.file("out/out")))
  }

  /// A few bytes that stand for many: a member whose head says what it is, and zeros behind the end.
  @Test(arguments: ["large()", "rest()"])
  func whatUnpacksToFarMoreThanItIsIsRefused(make: String) throws {
    guard let python = Python.interpreter(with: ["tarfile"]) else { return }
    let script = """
      import gzip, io, sys, tarfile
      raw = io.BytesIO()
      out = tarfile.open(fileobj=raw, mode='w', format=tarfile.USTAR_FORMAT)
      def large():
          info = tarfile.TarInfo('e/a'); info.size = 1 << 24; out.addfile(info, io.BytesIO(bytes(1 << 24)))
      def rest(): pass
      \(make)
      out.close()
      tail = bytes(1 << 24) if '\(make)' == 'rest()' else b''
      gzip.open(sys.argv[1], 'wb').write(raw.getvalue() + tail)
      """
    let archive = folder.file("bomb.tar.gz")
    let made = try #require(Python.run(python, ["-c", script, archive]))
    try #require(made.status == 0, "\(made.output)")
    let size = try bytes("bomb.tar.gz").count
    let error = #expect(throws: ExchangeError.self) {
      _ = try Archive.unpack(archive, to: folder.file("out"))
    }
    #expect(
      error?.description.contains("it unpacks to more than \(max(1 << 20, 100 * size)) bytes") == true,
      "\(String(describing: error))")
    #expect(error?.exitCode == .badData)
    // Nothing of a member is written whose head says too much.
    #expect(!FileManager.default.fileExists(atPath: folder.file("out/e/a")))
  }

  @Test func namesThatDoNotFitAreRefusedWhenWriting() {
    for name in ["", "/a", "../a", "a/./b", String(repeating: "n", count: 101)] {
      #expect(throws: ExchangeError.self) {
        try Archive.write([ArchiveMember(name, text: "")], to: folder.file("b.tar.gz"))
      }
    }
    #expect(throws: ExchangeError.self) {
      try Archive.write(
        [ArchiveMember("a", text: ""), ArchiveMember("a", text: "")], to: folder.file("b.tar.gz"))
    }
    #expect(throws: ExchangeError.self) {
      try Archive.write([ArchiveMember("a", .file(folder.file("nowhere")))], to: folder.file("b.tar.gz"))
    }
    #expect(!folder.names.contains { $0.hasPrefix("b.tar.gz") })
  }
}
