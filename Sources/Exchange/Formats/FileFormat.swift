import CoppiceTensors

/// The formats of weight files that are read, told by their first bytes.
package enum FileFormat: String, CaseIterable, Sendable {
  case safetensors

  /// What a sentence calls it.
  package var title: String { rawValue }

  /// The format of a file.
  /// - Throws: `ExchangeError.damaged` where it is none that is known.
  init(of file: FileBytes) throws(ExchangeError) {
    let beginning = try file.beginning(64)
    if Safetensors.isRecognised(beginning, size: file.count) {
      self = .safetensors
    } else {
      throw .damaged(path: file.path, format: "weight", reason: Self.reason(beginning))
    }
  }

  /// What the file says that it holds.
  func contents(of file: FileBytes) throws(ExchangeError) -> FileContents {
    switch self {
    case .safetensors: try Safetensors.contents(of: file)
    }
  }

  /// Why a file is of no format.
  private static func reason(_ beginning: [UInt8]) -> String {
    if beginning.isEmpty { return "it is empty; fetch or save it again" }
    if beginning.starts(with: "version https://git-lfs".utf8) {
      return "it is a pointer of Git LFS and not the file itself; fetch it with git lfs pull"
    }
    return "it begins as none of \(allCases.map(\.title).joined(separator: ", ")); "
      + "save the weights in one of these formats"
  }
}

/// What a file says that it holds.
struct FileContents: Sendable {
  var arrays: [StoredArray] = []
  /// One an array.
  var places: [ArrayPlace] = []
  var metadata: [(name: String, text: String)] = []
  /// What is not read, by name.
  var ignored: [String] = []

  /// Adds an array.
  mutating func add(_ array: StoredArray, at place: ArrayPlace) {
    arrays.append(array)
    places.append(place)
  }
}

extension Shape {
  /// A shape with extents of a file.
  ///
  /// - Returns: `nil` where an extent is negative, there are more than 64 axes, or more elements than can be counted.
  init?(stored axes: [Int]) {
    guard axes.count <= 64, axes.allSatisfy({ $0 >= 0 }) else { return nil }
    self.init(axes)
    // Eight bytes an element at the most.
    guard axes.contains(0) || axes.product.times(8) < Int.max else { return nil }
  }
}
