import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// Files inside a folder, and nothing outside.
@Suite struct InnerFileTests {
  private let folder: TemporaryFolder
  private let root: String

  init() throws {
    folder = try TemporaryFolder()
    root = folder.file("root")
    try FileManager.default.createDirectory(atPath: root + "/inner", withIntermediateDirectories: true)
    try Data("inside".utf8).write(to: URL(fileURLWithPath: root + "/inner/file.txt"))
    try Data("outside".utf8).write(to: URL(fileURLWithPath: folder.file("secret.txt")))
  }

  private func text(_ names: [String]) -> String? {
    InnerFile(names, below: root).flatMap { file in file.bytes(file.size + 10) }.map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test func aFileInsideIsRead() {
    #expect(text(["inner", "file.txt"]) == "inside")
    #expect(InnerFile.isFolder(["inner"], below: root) && InnerFile.isFolder([], below: root))
    #expect(
      !InnerFile.isFolder(["inner", "file.txt"], below: root) && !InnerFile.isFolder(["nothing"], below: root)
    )
  }

  @Test func nothingOutsideIsReached() throws {
    symlink("../secret.txt", root + "/link.txt")
    symlink("..", root + "/up")
    symlink(root + "/inner", root + "/again")
    for names in [
      ["..", "secret.txt"], ["inner", "..", "..", "secret.txt"], ["link.txt"], ["up", "secret.txt"],
      ["again", "file.txt"], ["../secret.txt"], ["inner/file.txt"], ["inner", ""], [""], ["."], [],
      ["inner"], ["inner", "file.txt\0"], [folder.file("secret.txt")], [String(repeating: "x", count: 300)],
    ] {
      #expect(text(names) == nil, "\(names)")
    }
    for names in [["up"], ["again"], [".."]] { #expect(!InnerFile.isFolder(names, below: root), "\(names)") }
  }

  /// What hides, and what would keep a reader waiting.
  @Test func onlyPlainFilesAreRead() throws {
    try Data("hidden".utf8).write(to: URL(fileURLWithPath: root + "/.hidden"))
    mkfifo(root + "/pipe", 0o600)
    #expect(text([".hidden"]) == nil && text(["pipe"]) == nil)
  }
}
