import CoppiceHDF5
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct AtomicFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func write(_ path: String, _ text: String = "x") throws {
    try Data(text.utf8).withUnsafeBytes { try AtomicFile.replace(path, with: $0) }
  }

  /// What is written piece by piece is there whole, or what was there before.
  @Test func piecesAreOneFileOrNone() throws {
    let path = folder.file("a")
    func replace(failing isFailing: Bool) throws {
      try AtomicFile.replace(path) { (write: AtomicFile.Writing) throws(HDF5Error) in
        for piece in [[UInt8](repeating: 1, count: 3), [], [2]] {
          var failure: HDF5Error?
          piece.withUnsafeBytes { bytes in
            do throws(HDF5Error) { try write(bytes) } catch { failure = error }
          }
          if let failure { throw failure }
        }
        if isFailing { throw HDF5Error(call: "write", file: path, message: "no more") }
      }
    }
    try write(path, "old")
    #expect(throws: HDF5Error.self) { try replace(failing: true) }
    #expect(try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8) == "old")
    try replace(failing: false)
    #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == [1, 1, 1, 2])
    #expect(folder.names == ["a"])
  }

  /// In a container the same process number comes again, and with it the same count.
  @Test func temporaryNamesDoNotComeAgain() {
    let names = (0..<1000).map { _ in AtomicFile.temporaryPath(for: "a.h5") }
    #expect(Set(names).count == 1000)
    #expect(
      names.allSatisfy { $0.wholeMatch(of: #/a\.h5\.tmp-\d+-[0-9a-f]{16}/#) != nil }, "\(names[0])")
  }

  @Test func whatTheDeadLeftGoesAndNothingElse() throws {
    let (dead, alive) = (AtomicFile.temporaryPath(for: "a.h5"), AtomicFile.temporaryPath(for: "b.h5"))
    let own = ["a.h5", "notes.tmp-1", "x.tmp-1-abc", "y.tmp--1", "z.tmp-1-1"]
    let former = "z.h5.tmp-1-1"
    for name in [dead, alive, former] + own { try Data().write(to: URL(fileURLWithPath: folder.file(name))) }
    let writer = open(folder.file(alive), O_RDWR)
    #expect(flock(writer, LOCK_EX | LOCK_NB) == 0)
    #expect(AtomicFile.removeLeftovers(in: folder.path) == [folder.file(dead)])
    #expect(folder.names == (own + [alive, former]).sorted())
    close(writer)
    // What earlier versions wrote was not locked: age decides. Nor was the mark theirs alone, so the ending must be.
    #expect(AtomicFile.removeLeftovers(in: folder.path) == [folder.file(alive)])
    #expect(AtomicFile.removeLeftovers(in: folder.path, olderThan: -1) == [folder.file(former)])
    #expect(folder.names == own)
    #expect(AtomicFile.target(ofTemporary: dead) == "a.h5")
    #expect(AtomicFile.target(ofTemporary: former) == "z.h5")
    #expect(AtomicFile.target(ofTemporary: "z.tmp-1-1") == nil)
    #expect(AtomicFile.leftovers(in: folder.file("nowhere")).isEmpty)
  }

  /// A pipe in the place of a folder would wait for a writer.
  @Test func whatStandsInThePlaceOfAFolderIsNamed() throws {
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    AtomicFile.syncFolder(pipe)
    for path in [pipe, pipe + "/below"] {
      let error = #expect(throws: HDF5Error.self) { try AtomicFile.makeFolder(path) }
      #expect(
        error?.description
          == "\(path): Not a directory (mkdir). A folder is needed there: move what is there away, or name another."
      )
    }
  }

  @Test func aFolderRemovedMeanwhileIsMadeAgain() throws {
    let path = folder.file("deep/er/a")
    let isOver = Flag()
    let remover = Thread { [folder] in
      while !isOver.isSet { try? FileManager.default.removeItem(atPath: folder.file("deep")) }
    }
    remover.start()
    defer { isOver.set() }
    for _ in 0..<200 {
      do { try write(path) } catch let error as HDF5Error {
        // Removed five times while one file was written: the error says which file or folder, and why.
        #expect(error.systemError == ENOENT && path.hasPrefix(error.file))
      }
    }
    isOver.set()
    try FileManager.default.createDirectory(atPath: folder.file("deep"), withIntermediateDirectories: true)
  }

  /// Between the system's word that something stands there and the look at what it is, the folder may go.
  @Test func aFolderRemovedInTheMomentOfALookIsNoFile() throws {
    let path = folder.file("deep")
    let isOver = Flag()
    let remover = Thread {
      while !isOver.isSet {
        mkdir(path, 0o700)
        rmdir(path)
      }
    }
    remover.start()
    defer { isOver.set() }
    for _ in 0..<20_000 {
      do { try AtomicFile.makeFolder(path) } catch { #expect(error.systemError == ENOENT, "\(error)") }
    }
  }

  /// A link that leads nowhere stands in the place of a folder.
  @Test func aLinkThatLeadsNowhereIsNamed() throws {
    let path = folder.file("link")
    #expect(symlink(folder.file("nowhere"), path) == 0)
    let error = #expect(throws: HDF5Error.self) { try AtomicFile.makeFolder(path) }
    #expect(error?.systemError == ENOTDIR)
  }

  @Test func aFileIsKeptOnceUnderTheFirstFreeName() throws {
    let (path, kept) = (folder.file("a.h5"), folder.file("kept"))
    try write(path, "1")
    #expect(try AtomicFile.keep(path, in: kept, moved: false) == kept + "/a-1.h5")
    #expect(try AtomicFile.keep(path, in: kept, moved: false) == kept + "/a-1.h5")
    try write(path, "2")
    #expect(try AtomicFile.keep(path, in: kept, moved: true) == kept + "/a-2.h5")
    #expect(folder.names == ["kept"])
    #expect(try String(contentsOfFile: kept + "/a-1.h5", encoding: .utf8) == "1")
    #expect(try String(contentsOfFile: kept + "/a-2.h5", encoding: .utf8) == "2")
    let error = #expect(throws: HDF5Error.self) { _ = try AtomicFile.keep(path, in: kept, moved: true) }
    #expect(error?.isMissingFile == true)
  }

  @Test func aHolderIsKnownByItsLock() throws {
    let path = folder.file("a.h5")
    #expect(!AtomicFile.isHeldForWriting(path))
    try write(path)
    #expect(!AtomicFile.isHeldForWriting(path))
    let descriptor = open(path, O_RDWR)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    #expect(AtomicFile.isHeldForWriting(path))
    close(descriptor)
    #expect(!AtomicFile.isHeldForWriting(path))
  }
}

private final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false
  var isSet: Bool { lock.withLock { value } }
  func set() { lock.withLock { value = true } }
}
