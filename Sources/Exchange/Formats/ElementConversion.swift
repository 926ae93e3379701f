/// Elements of a type, lowest byte first, as Float: floating-point numbers of fewer bits exactly, of more bits rounded to even; integers
/// where a Float holds them.
struct ElementConversion {
  private let type: ArrayType

  init(_ type: ArrayType) { self.type = type }

  /// Converts as many elements as there is room for.
  /// - Returns: the first element that no Float holds; `nil` where all were converted.
  func floats(_ bytes: [UInt8], into scalars: UnsafeMutableBufferPointer<Float>) -> Int? {
    bytes.withUnsafeBytes { bytes in
      switch type {
      case .float32: convert(bytes, into: scalars) { (bits: UInt32) in Float(bitPattern: bits) }
      case .float16: convert(bytes, into: scalars, Self.half)
      case .bfloat16:
        convert(bytes, into: scalars) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
      case .float64: convert(bytes, into: scalars, Self.double)
      case .bool: convert(bytes, into: scalars) { (byte: UInt8) in byte < 2 ? Float(byte) : nil }
      case .int8: convert(bytes, into: scalars) { (value: Int8) in Float(value) }
      case .uint8: convert(bytes, into: scalars) { (value: UInt8) in Float(value) }
      case .int16: convert(bytes, into: scalars) { (value: Int16) in Float(value) }
      case .uint16: convert(bytes, into: scalars) { (value: UInt16) in Float(value) }
      case .int32: convert(bytes, into: scalars) { (value: Int32) in Float(exactly: value) }
      case .uint32: convert(bytes, into: scalars) { (value: UInt32) in Float(exactly: value) }
      case .int64: convert(bytes, into: scalars) { (value: Int64) in Float(exactly: value) }
      case .uint64: convert(bytes, into: scalars) { (value: UInt64) in Float(exactly: value) }
      }
    }
  }

  @inline(__always)
  private func convert<Element: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, into scalars: UnsafeMutableBufferPointer<Float>,
    _ float: (Element) -> Float?
  ) -> Int? {
    for index in scalars.indices {
      let element = bytes.loadUnaligned(
        fromByteOffset: index * MemoryLayout<Element>.size, as: Element.self)
      guard let scalar = float(Element(littleEndian: element)) else { return index }
      scalars.initializeElement(at: index, to: scalar)
    }
    return nil
  }

  /// A double, rounded to even; `nil` where it is finite and its Float is not.
  private static func double(_ bits: UInt64) -> Float? {
    let double = Double(bitPattern: bits)
    let float = Float(double)
    return float.isInfinite && double.isFinite ? nil : float
  }

  /// A half (IEEE 754 binary16): 1 sign, 5 exponent and 10 fraction bits. The payload of a NaN is kept.
  private static func half(_ bits: UInt16) -> Float? {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1f)
    let fraction = UInt32(bits & 0x3ff)
    switch exponent {
    case 0:
      // Subnormal: fraction · 2⁻²⁴, a normal Float.
      let magnitude = Float(fraction) * 0x1p-24
      return Float(bitPattern: magnitude.bitPattern | sign)
    case 0x1f: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
