import CoppiceTensors
import CoppiceTerms

/// An opened file of weights: named arrays, each read when it is asked for.
///
/// The format is told by the first bytes and never by the name. Opening reads what the file says of itself and none of its elements.
package struct WeightFile: ArraySource, Sendable {
  /// The path it was opened by.
  package let path: String
  /// What format it has.
  package let format: FileFormat
  /// What there is, in the order of the file.
  package let arrays: [StoredArray]
  /// Texts by name that the file carries beside its arrays, sorted by name.
  package let metadata: [(name: String, text: String)]
  /// What the file holds beside arrays, by name: it is not read.
  package let ignored: [String]

  private let file: FileBytes
  private let places: [ArrayPlace]
  private let indices: [String: Int]

  /// Opens a file.
  /// - Parameter limit: the most bytes that all arrays may take together, read one by one. By default that is what a file may hold
  ///   honestly: twice its size where it is not packed, and what its headers declare where it is.
  /// - Throws: `ExchangeError` where there is none, it is of no format that is known, it is damaged, or it holds more.
  package init(_ path: String, limit: Int? = nil) throws(ExchangeError) {
    let file = try FileBytes(path)
    let (format, contents) = try FileContents.read(file)
    (self.path, self.format, self.file) = (path, format, file)
    (arrays, places) = (contents.arrays, contents.places)
    metadata = contents.metadata.sorted { $0.name < $1.name }
    ignored = contents.ignored
    var indices: [String: Int] = [:]
    indices.reserveCapacity(arrays.count)
    var total = 0
    for (index, array) in arrays.enumerated() {
      guard indices.updateValue(index, forKey: array.name) == nil else {
        throw .damaged(
          path: path, format: format.title, reason: "it has two arrays of the name \(array.name)")
      }
      total = total.plus(max(places[index].bytes(of: array), array.shape.count.times(array.type.size)))
    }
    self.indices = indices
    let isPacked = places.contains { $0.block.unpacked != nil }
    let most = limit ?? (isPacked ? Int.max : file.count.times(2))
    guard total <= most else {
      throw .unsupported(
        path: path, format: format.title,
        reason: "its arrays take \(total) bytes, and at most \(most) are read of it; "
          + "save it without arrays that share their elements, or name a higher limit")
    }
  }

  /// The array of this name; `nil` where there is none.
  package func array(_ name: String) -> StoredArray? { indices[name].map { arrays[$0] } }

  package func tensor(_ name: String) throws(ExchangeError) -> Tensor {
    let reader = try reader(of: name)
    return Tensor(reader.array.shape, try reader.scalars())
  }

  /// The elements as they are stored, in row-major order, the lowest byte of each first.
  /// - Throws: `ExchangeError` where there is no such array, or its bytes cannot be read.
  package func bytes(_ name: String) throws(ExchangeError) -> [UInt8] { try reader(of: name).bytes() }

  /// SHA-256 of the bytes of the file, in lower-case hexadecimal.
  package func contentDigest() throws(ExchangeError) -> String { try file.digest() }

  private func reader(of name: String) throws(ExchangeError) -> ElementReader {
    guard let index = indices[name] else {
      throw .missingArray(name, near: arrays.map(\.name).nearest(to: name).map { [$0] } ?? [])
    }
    return ElementReader(file: file, format: format.title, array: arrays[index], place: places[index])
  }
}
