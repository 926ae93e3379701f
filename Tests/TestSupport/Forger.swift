import CHDF5
import CoppiceHDF5
import CoppiceTensors
import Foundation

/// Changes one thing in a good file of ours and seals it again: what somebody can make who knows how files are sealed.
///
/// It speaks to libhdf5 itself, and makes the seal by its own arithmetic, as another program would.
package struct Forger: Sendable {
  /// A change, with what it is called in messages.
  package struct Change: Sendable, CustomStringConvertible {
    package let description: String
    let make: @Sendable (hid_t) -> Void
  }

  /// The bytes of the good file, without its seal.
  private let image: [UInt8]
  /// Everything that one change can be.
  package let changes: [Change]

  /// A forger of a file.
  package init(_ path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let image = Array(bytes.dropLast(32))
    self.image = image
    var changes: [Change] = []
    _ = Self.edited(image) { file in
      for place in Place.all(in: file) {
        changes += place.changes
      }
    }
    self.changes = changes
  }

  /// The file with a change, sealed.
  package func forged(by change: Change) -> [UInt8] { forged(by: [change]) }

  /// The file with some changes, sealed. Those that the ones before have made impossible change nothing.
  package func forged(by changes: [Change]) -> [UInt8] {
    Self.sealed(Self.edited(image) { file in for change in changes { change.make(file) } })
  }

  /// A file with one to three changes, from a number alone.
  package func input(_ number: Int) -> [UInt8] {
    if number < changes.count { return forged(by: changes[number]) }
    var random = RandomStream(seed: UInt64(number), stream: .generation)
    return forged(
      by: (0...random.integer(below: 3)).map { _ in changes[Int(random.integer(below: UInt32(changes.count)))]
      })
  }

  /// The file with bytes changed behind its seal, which must then refuse it.
  package func broken(_ number: Int) -> [UInt8] {
    var random = RandomStream(seed: UInt64(number), stream: .mask)
    var bytes = Self.sealed(image)
    let (place, bit) = (Int(random.integer(below: UInt32(image.count))), UInt8(random.integer(below: 8)))
    // The consistency flags are what other programs leave when they have written nothing.
    bytes[(20..<24).contains(place) ? 24 : place] ^= 1 << bit
    return bytes
  }

  /// Bytes with the seal behind them: "coppice checksum", their number, and a checksum of their words.
  package static func sealed(_ image: [UInt8]) -> [UInt8] {
    var value: UInt64 = 0x9e37_79b9_7f4a_7c15
    for start in stride(from: 0, to: image.count, by: 8) {
      var word: UInt64 = 0
      for place in (start..<min(start + 8, image.count)).reversed() {
        word = word << 8 | UInt64(image[place])
      }
      value ^= word
      value = (value << 29 | value >> 35) &* 0xd6e8_feb8_6659_fd93
    }
    let words = [UInt64(image.count), value].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    return image + Array("coppice checksum".utf8) + words
  }

  /// What a file has become after some work on it in memory.
  private static func edited(_ image: [UInt8], _ work: (hid_t) -> Void) -> [UInt8] {
    Library.exclusively { () -> [UInt8] in
      _ = H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
      var copy = image
      let file = H5LTopen_file_image(&copy, copy.count, UInt32(H5LT_FILE_IMAGE_OPEN_RW))
      precondition(file >= 0, "a good file is not read")
      work(file)
      H5Fflush(file, H5F_SCOPE_GLOBAL)
      var result = [UInt8](repeating: 0, count: max(0, H5Fget_file_image(file, nil, 0)))
      H5Fget_file_image(file, &result, result.count)
      H5Fclose(file)
      H5Eclear2(hid_t(H5E_DEFAULT))
      return result
    }
  }
}
