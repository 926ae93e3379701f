import CoppiceTensors

/// Where in a file the elements of an array lie.
struct ArrayPlace: Hashable, Sendable {
  /// The bytes that hold them, perhaps with others before and behind.
  let block: ByteBlock
  /// Bytes of the block before the first element.
  let start: Int
  /// Elements between neighbours along each axis; `nil` where they lie row-major without gaps.
  let strides: [Int]?
  /// Whether the first byte of an element is its highest.
  let isBigEndian: Bool

  init(_ block: ByteBlock, start: Int = 0, strides: [Int]? = nil, isBigEndian: Bool = false) {
    (self.block, self.start, self.strides, self.isBigEndian) = (block, start, strides, isBigEndian)
  }

  /// The place of an array whose strides may say what `nil` says.
  init(_ block: ByteBlock, start: Int, shape: Shape, strides: [Int], isBigEndian: Bool = false) {
    let isPlain =
      shape.count == 0
      || zip(shape.axes, zip(strides, shape.strides)).allSatisfy { $0 == 1 || $1.0 == $1.1 }
    self.init(block, start: start, strides: isPlain ? nil : strides, isBigEndian: isBigEndian)
  }

  /// The elements from the first to the last, those between them that are not of the array included.
  func extent(of array: StoredArray) -> Int {
    guard let strides, array.shape.count > 0 else { return array.shape.count }
    return zip(array.shape.axes, strides).reduce(1) { $0.plus(($1.0 - 1).times($1.1)) }
  }

  /// The bytes that are read for the array.
  func bytes(of array: StoredArray) -> Int { extent(of: array).times(array.type.size) }
}

/// Elements read from their place, in row-major order with the lowest byte first.
struct ElementReader {
  let file: FileBytes
  let format: String
  let array: StoredArray
  let place: ArrayPlace

  /// So many elements are taken from the file and turned into numbers at once.
  private static let piece = 1 << 16

  /// The elements as bytes.
  func bytes() throws(ExchangeError) -> [UInt8] {
    let size = array.type.size
    var bytes = try filled(place.extent(of: array).times(size), of: UInt8.self)
    if place.isBigEndian { bytes.withUnsafeMutableBytes { Self.reverse($0, size) } }
    guard let strides = place.strides else { return bytes }
    var gathered = [UInt8](repeating: 0, count: array.shape.count.times(size))
    var done = 0
    forEachPlace(strides) { place in
      for offset in 0..<size { gathered[done + offset] = bytes[place * size + offset] }
      done += size
    }
    return gathered
  }

  /// The elements as numbers.
  func scalars() throws(ExchangeError) -> [Float] {
    let count = array.shape.count
    if place.strides == nil, array.type == .float32, !place.isBigEndian {
      return try filled(count, of: Float.self)
    }
    var failure: ExchangeError?
    let scalars = [Float](unsafeUninitializedCapacity: count) { scalars, done in
      do throws(ExchangeError) {
        try convert(into: scalars)
        done = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return scalars
  }

  private func convert(into scalars: UnsafeMutableBufferPointer<Float>) throws(ExchangeError) {
    if place.strides != nil {
      try check(ElementConversion(array.type).floats(try bytes(), into: scalars), before: 0)
      return
    }
    let size = array.type.size
    let reader = try BlockReader(place.block, of: file, format: format)
    try reader.skip(place.start)
    var done = 0
    while done < scalars.count {
      let count = min(Self.piece, scalars.count - done)
      var piece = [UInt8](repeating: 0, count: count * size)
      var failure: ExchangeError?
      piece.withUnsafeMutableBytes { bytes in
        do throws(ExchangeError) { try reader.read(into: bytes) } catch { failure = error }
        if place.isBigEndian { Self.reverse(bytes, size) }
      }
      if let failure { throw failure }
      let part = UnsafeMutableBufferPointer(rebasing: scalars[done..<(done + count)])
      try check(ElementConversion(array.type).floats(piece, into: part), before: done)
      done += count
    }
    try reader.finish()
  }

  private func check(_ wrong: Int?, before: Int) throws(ExchangeError) {
    guard let wrong else { return }
    throw .unsupported(
      path: file.path, format: format,
      reason: "element \(before + wrong) of \(array.name) is no number that a float32 holds; "
        + "save the array as float32, or leave it out")
  }

  /// An array of elements that is filled with the bytes of the extent.
  private func filled<Element: BitwiseCopyable>(
    _ count: Int, of _: Element.Type
  ) throws(ExchangeError) -> [Element] {
    var failure: ExchangeError?
    let elements = [Element](unsafeUninitializedCapacity: count) { buffer, done in
      do throws(ExchangeError) {
        let reader = try BlockReader(place.block, of: file, format: format)
        try reader.skip(place.start)
        try reader.read(
          into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
        try reader.finish()
        done = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return elements
  }

  private static func reverse(_ bytes: UnsafeMutableRawBufferPointer, _ size: Int) {
    guard size > 1 else { return }
    for first in stride(from: 0, to: bytes.count, by: size) {
      for offset in 0..<size / 2 { bytes.swapAt(first + offset, first + size - 1 - offset) }
    }
  }

  /// Tells the places of all elements, in row-major order.
  private func forEachPlace(_ strides: [Int], _ body: (Int) -> Void) {
    let axes = array.shape.axes
    guard array.shape.count > 0 else { return }
    var index = [Int](repeating: 0, count: axes.count)
    var place = 0
    while true {
      body(place)
      var axis = axes.count - 1
      while axis >= 0 {
        index[axis] += 1
        place += strides[axis]
        if index[axis] < axes[axis] { break }
        place -= axes[axis] * strides[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
