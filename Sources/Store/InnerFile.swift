import CoppiceTerms
import Foundation

/// A file inside a folder, found from folder to folder and through no link, so that nothing outside is ever reached, whatever a name says
/// and whatever takes the place of a folder meanwhile.
package final class InnerFile: Sendable {
  /// The open file, closed when this goes.
  package let descriptor: Int32
  /// Its size in bytes when it was opened.
  package let size: Int

  /// Opens a file to be read.
  ///
  /// - Parameters:
  ///   - names: the names of the folders on the way, and of the file.
  ///   - root: the folder it must be in, which may itself be behind links.
  /// - Returns: `nil` where there is no such file, and for anything that is no file.
  package init?(_ names: [String], below root: String) {
    guard let (folder, name) = Self.folder(of: names, below: root) else { return nil }
    defer { close(folder) }
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    let descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      return nil
    }
    (self.descriptor, size) = (descriptor, Int(status.st_size))
  }

  deinit { close(descriptor) }

  /// Whether a folder is inside another, through no link.
  package static func isFolder(_ names: [String], below root: String) -> Bool {
    guard let (folder, _) = folder(of: names + ["-"], below: root) else { return false }
    close(folder)
    return true
  }

  /// The next bytes, fewer at the end; `nil` where they cannot be read.
  package func bytes(_ count: Int) -> [UInt8]? {
    try? ReadableFile.bytes(of: descriptor, count, at: "")
  }

  /// The folder that the last of some names is in, open, and that name.
  private static func folder(of names: [String], below root: String) -> (descriptor: Int32, name: String)? {
    guard names.allSatisfy(isName), let name = names.last else { return nil }
    var folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    for part in names.dropLast() where folder >= 0 {
      let inner = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      close(folder)
      folder = inner
    }
    return folder >= 0 ? (folder, name) : nil
  }

  /// Whether a text can be the name of something in a folder, and does not hide.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix(".") && text.utf8.count <= 255
      && text.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 != 0 }
  }
}
