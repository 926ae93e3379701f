import CoppiceTensors

/// The IDX format of MNIST: a magic word, big-endian extents, then bytes. (Y. LeCun, C. Cortes, C. Burges.)
enum IDX {
  /// Images `[count, 1, height, width]`.
  static func images(_ file: LoadedFile, height: Int, width: Int) throws(DatasetError) -> [UInt8] {
    let extents = try header(file, magic: 0x0000_0803, axes: 3)
    guard extents[1] == height, extents[2] == width else {
      throw .malformed(
        path: file.path, place: "byte 8",
        reason:
          "its images are \(extents[1])×\(extents[2]), not \(height)×\(width); they are of another data set")
    }
    return Array(file.bytes.dropFirst(16))
  }

  /// Labels `[count]`, each below `classes`.
  static func labels(_ file: LoadedFile, classes: Int) throws(DatasetError) -> [Int32] {
    _ = try header(file, magic: 0x0000_0801, axes: 1)
    let labels = file.bytes.dropFirst(8).map { Int32($0) }
    if let index = labels.firstIndex(where: { $0 >= classes }) {
      throw .labelOutOfRange(path: file.path, index: index, label: Int(labels[index]), classes: classes)
    }
    return labels
  }

  /// Images and labels that belong together.
  static func examples(
    images: LoadedFile, labels: LoadedFile, height: Int, width: Int, classes: Int
  ) throws(DatasetError) -> Examples {
    let pixels = try self.images(images, height: height, width: width)
    let values = try self.labels(labels, classes: classes)
    guard pixels.count == values.count * height * width else {
      throw .countsDisagree(
        path: images.path, count: pixels.count / (height * width), other: labels.path,
        otherCount: values.count)
    }
    return Examples(pixels: pixels, labels: values)
  }

  /// The bytes of a file that begins so, header and all; `nil` where it is no IDX file of bytes with so many axes, or of no possible size.
  static func size(announcedBy beginning: ArraySlice<UInt8>, axes: Int) -> Int? {
    let length = 4 + 4 * axes
    guard beginning.count >= length, beginning.starts(with: [0, 0, 8, UInt8(axes)]) else { return nil }
    var size = 1
    for axis in 1...axes {
      let place = beginning.startIndex + 4 * axis
      let extent = beginning[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      let (product, isTooLarge) = size.multipliedReportingOverflow(by: extent)
      if isTooLarge { return nil }
      size = product
    }
    return size.plus(length)
  }

  private static func header(_ file: LoadedFile, magic: UInt32, axes: Int) throws(DatasetError) -> [Int] {
    func word(_ i: Int) -> UInt32 { file.bytes[4 * i..<4 * i + 4].reduce(0) { $0 << 8 | UInt32($1) } }
    let length = 4 + 4 * axes
    guard file.bytes.count >= 4 else {
      throw .truncated(path: file.path, reason: "it has \(file.bytes.count) bytes, its header \(length)")
    }
    if file.isWebPage { throw .webPage(path: file.path) }
    guard word(0) == magic else { throw .wrongMagic(path: file.path, found: word(0), expected: magic) }
    guard file.bytes.count >= length else {
      throw .truncated(path: file.path, reason: "it has \(file.bytes.count) bytes, its header \(length)")
    }
    let extents = (1...axes).map { Int(word($0)) }
    var size = 1
    for extent in extents {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else {
        throw .malformed(
          path: file.path, place: "byte 4",
          reason: "its extents \(extents) are impossible; fetch the data set again")
      }
      size = product
    }
    let found = file.bytes.count - length
    guard found >= size else {
      throw .truncated(path: file.path, reason: "it announces \(size) bytes of data and holds \(found)")
    }
    guard found == size else {
      throw .malformed(
        path: file.path, place: "byte \(length + size)",
        reason:
          "\(found - size) bytes follow the \(size) bytes of data it announces; fetch the data set again")
    }
    return extents
  }
}
