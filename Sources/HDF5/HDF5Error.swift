import CoppiceTerms
import Foundation

/// What went wrong with a file: which call, on which file and object, for what reason, and what to do about
/// it.
package struct HDF5Error: Error, Hashable, Sendable, CustomStringConvertible {
  /// The call that failed: of libhdf5 ("H5Dread") or of the system ("rename"), or what of our own was being
  /// done.
  package let call: String
  /// The path of the file.
  package let file: String
  /// The path inside the file; "/" is the file itself.
  package let object: String
  /// The reason: the library's innermost message, the system's, or our own.
  package let message: String
  /// The system's error number, where the system was the cause.
  package let systemError: Int32?

  /// An error of this call at this place.
  package init(call: String, file: String, object: String = "/", message: String, systemError: Int32? = nil) {
    self.call = call
    self.file = file
    self.object = object
    self.message = message
    self.systemError = systemError ?? Self.systemError(in: message)
  }

  init(call: String, _ location: Location, _ message: String) {
    self.init(call: call, file: location.file, object: location.object, message: message)
  }

  /// The error of a system call, from the error number it left.
  package init(systemCall: String, file: String, errno code: Int32) {
    self.init(call: systemCall, file: file, message: String(cString: strerror(code)), systemError: code)
  }

  /// The error of a file that was not opened.
  package init(_ fault: FileFault) {
    let message =
      if case .kind = fault.cause { "wrong kind of file: " + fault.reason } else { fault.reason }
    self.init(call: "open", file: fault.path, message: message, systemError: fault.systemError)
  }

  package var description: String {
    let place = object == "/" ? file : "\(file), object \(object)"
    return "\(place): \(message) (\(call))." + (advice.map { " " + $0 } ?? "")
  }

  /// The reason where a file has no seal and its end is where the file says: another program has written to it.
  static let foreignMessage = "no checksum: another program has written to the file"

  /// The reason where a file has no valid seal because a program is at work on it.
  static let heldMessage = "no checksum: another program has the file open for writing"

  /// Whether the bytes of the file are not those that were written: it is damaged, or another program has written to it.
  package var isSealBroken: Bool { call == Seal.call }

  /// Whether the cause is that there is no such file.
  package var isMissingFile: Bool { systemError == ENOENT && object == "/" }

  /// The next step, where one is known.
  package var advice: String? {
    switch systemError {
    case ENOENT: return "Check the path."
    case EACCES, EPERM, EROFS: return "Choose a folder that can be written, or change its permissions."
    case ENOSPC, EDQUOT: return "Make room and run again; nothing already stored is lost."
    case ENOTDIR: return "A folder is needed there: move what is there away, or name another."
    case EFBIG: return "Raise the limit on the size of files (ulimit -f) and run again."
    case EAGAIN: return "Another program has the file open for writing; close it and try again."
    case nil: break
    default: return nil
    }
    let damage = [
      "file signature not found", "truncated file", "bad ", "wrong ", "incorrect ", "inflate", "checksum",
      "overflow",
    ]
    if message == Self.foreignMessage || message == Self.heldMessage {
      return "Read it with --foreign, or run again: the file is kept under another name and written anew."
    }
    guard damage.contains(where: message.contains) else { return nil }
    return "The file is damaged, cut off or not HDF5; move it away and make it again."
  }

  /// The library reports system errors inside its messages as "errno = 28".
  private static func systemError(in message: String) -> Int32? {
    guard let mark = message.range(of: "errno = ") else { return nil }
    return Int32(message[mark.upperBound...].prefix { $0.isNumber })
  }
}
