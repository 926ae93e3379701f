import Foundation

/// A small file system in memory, where the tests may mount one.
final class SmallDisk {
  /// Where it is mounted.
  let path: String

  /// Whether this process may mount: what tests that need a disk ask before they begin.
  static let isThere = SmallDisk(kilobytes: 64) != nil

  init?(kilobytes: Int) {
    path = NSTemporaryDirectory() + "coppice-disk-\(UUID().uuidString)"
    guard getuid() == 0,
      (try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true))
        != nil
    else { return nil }
    if !Self.run("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path]) {
      rmdir(path)
      return nil
    }
  }

  deinit {
    _ = Self.run("umount", [path])
    rmdir(path)
  }

  /// Changes how it is mounted: `ro`, `rw`, `size=20m`.
  func remount(_ options: String) -> Bool { Self.run("mount", ["-o", "remount,\(options)", path]) }

  private static func run(_ program: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
