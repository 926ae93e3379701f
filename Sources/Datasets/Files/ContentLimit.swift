import CoppiceTensors
import Foundation

/// How many bytes of content are read of a file, packed or not. What a file says at its beginning is believed before more than that
/// is unpacked: a packed file of some megabytes may hold a thousand times as many.
struct ContentLimit: Sendable {
  /// The most bytes it may have.
  let most: Int
  /// How its first bytes say how many there are.
  let announcement: SizeAnnouncement

  /// So much more is read, and left to the reader of the format to tell of.
  static let slack = 1 << 20

  /// So many first bytes are enough for every announcement.
  static let beginning = 1 << 12

  init(_ most: Int? = nil, _ announcement: SizeAnnouncement = .none) {
    (self.most, self.announcement) = (most ?? LoadedFile.usualLimit, announcement)
  }

  /// The most bytes of a content that begins so. One that is not of the announced format is not read on: its beginning says what
  /// is wrong with it.
  ///
  /// - Throws: `DatasetError.malformed` where more are announced than there may be.
  func bound(_ beginning: ArraySlice<UInt8>, path: String) throws(DatasetError) -> Bound {
    switch announcement.size(beginning) {
    case .untold: return Bound(size: most, isAnnounced: false)
    case .otherFormat: return Bound(size: 0, isAnnounced: true, isOtherFormat: true)
    case .bytes(let size):
      guard size <= most else {
        throw .malformed(
          path: path, place: "byte 4",
          reason:
            "its header announces \(size) bytes, and at most \(most) are read of such a file; fetch the data set again"
        )
      }
      return Bound(size: size, isAnnounced: true)
    }
  }

  /// The most bytes that one content may have.
  struct Bound {
    let size: Int
    let isAnnounced: Bool
    var isOtherFormat = false

    /// Whether a content of so many bytes is too long by far.
    func isExceeded(by count: Int) -> Bool { count > size.plus(ContentLimit.slack) }

    /// The error of a content that is too long by far.
    func error(path: String, isPacked: Bool) -> DatasetError {
      let verb = isPacked ? "expands to" : "has"
      return .malformed(
        path: path, place: "byte \(size)",
        reason: isAnnounced
          ? "it \(verb) more than the \(size) bytes that its header announces; fetch the data set again"
          : "it \(verb) more than the \(size) bytes that are read of such a file")
    }
  }
}

/// How the first bytes of a format say how many bytes there are.
enum SizeAnnouncement: Hashable, Sendable {
  /// They do not.
  case none
  /// Those of IDX, with the number of axes.
  case idx(axes: Int)

  /// What a beginning says.
  enum Answer: Equatable {
    case untold
    case bytes(Int)
    case otherFormat
  }

  func size(_ beginning: ArraySlice<UInt8>) -> Answer {
    switch self {
    case .none: .untold
    // The first part of a packed file may be shorter than a header.
    case .idx(let axes) where beginning.count < 4 + 4 * axes: .untold
    case .idx(let axes): IDX.size(announcedBy: beginning, axes: axes).map(Answer.bytes) ?? .otherFormat
    }
  }
}
