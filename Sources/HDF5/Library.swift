import CHDF5
import Foundation

/// The one door to libhdf5: all calls go through it, one at a time.
///
/// Not every build of the library may be used from several threads, and its high-level part (dimension
/// scales) never; hence one process-wide lock. It is recursive because a handle may be released, and so
/// closed, inside a call.
package enum Library {
  private static let lock = NSRecursiveLock()

  /// Links to other files lead nowhere: what they name was not tested. The class of such links is taken out of the library.
  private static let withoutExternalLinks: Void = {
    _ = H5open()
    _ = H5Lunregister(H5L_TYPE_EXTERNAL)
    forget()
  }()

  /// The version of the library in use, as "1.10.8".
  package static var version: String {
    lock.withLock {
      var (major, minor, release) = (UInt32(0), UInt32(0), UInt32(0))
      guard H5get_libversion(&major, &minor, &release) >= 0 else { return "unknown" }
      return "\(major).\(minor).\(release)"
    }
  }

  /// How texts are transferred. The library converts them through buffers of a megabyte, which it clears every time, be it for
  /// one text; a smaller buffer takes more of them to go through, and gives the same.
  static func transfer(of count: Int, at location: Location) throws(HDF5Error) -> Handle {
    let list = try Handle("H5Pcreate", location, closedBy: H5Pclose) { H5Pcreate(chdf5_dataset_transfer()) }
    let size = max(1 << 12, min(1 << 20, 32 * count))
    try call("H5Pset_buffer", location) { H5Pset_buffer(list.id, size, nil, nil) }
    return list
  }

  /// Runs many small calls without letting other threads in between: threads that take turns call by call spend more time
  /// on waking each other than on the calls.
  package static func exclusively<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body()
  }

  /// Runs one library call and turns a negative status into an error.
  /// - Throws: `HDF5Error` with the call's name, the location and the library's innermost message.
  @discardableResult
  static func call<Status: SignedInteger>(
    _ name: String, _ location: Location, _ body: () -> Status
  ) throws(HDF5Error) -> Status {
    lock.lock()
    defer { lock.unlock() }
    silence()
    let status = body()
    guard status < 0 else { return status }
    defer { forget() }
    throw HDF5Error(call: name, location, innermostMessage())
  }

  /// Runs calls whose failure has no remedy, such as closing a handle.
  static func release(_ body: () -> Void) {
    lock.lock()
    defer { lock.unlock() }
    silence()
    body()
    forget()
  }

  /// The library prints its errors unless told not to, and it has to be told once a thread. Links are seen to once a process.
  private static func silence() {
    _ = H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
    _ = withoutExternalLinks
  }

  /// Errors that a thread leaves on its stack keep the library from closing down quietly when the process
  /// ends.
  private static func forget() { _ = H5Eclear2(hid_t(H5E_DEFAULT)) }

  private static func innermostMessage() -> String {
    var bytes = [CChar](repeating: 0, count: 512)
    chdf5_innermost_message(&bytes)
    let text = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.isEmpty ? "the library gives no reason" : text
  }
}

/// An identifier of the library, closed with the last reference to it.
final class Handle: Sendable {
  let id: hid_t
  private let close: @Sendable (hid_t) -> herr_t

  /// Opens a handle by `body`, to be closed by `close`.
  init(
    _ call: String, _ location: Location, closedBy close: @escaping @Sendable (hid_t) -> herr_t,
    _ body: () -> hid_t
  ) throws(HDF5Error) {
    self.close = close
    id = try Library.call(call, location, body)
  }

  deinit {
    let (id, close) = (id, close)
    Library.release { _ = close(id) }
  }
}

/// A place for error messages: a file and a path inside it.
struct Location: Sendable {
  let file: String
  var object: String

  /// The place of a child.
  func appending(_ name: String) -> Location {
    Location(file: file, object: object == "/" ? "/" + name : object + "/" + name)
  }
}
