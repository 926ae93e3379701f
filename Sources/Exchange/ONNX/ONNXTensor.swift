import CoppiceTensors

/// An array of an ONNX file, `TensorProto`: a parameter, a buffer, or a constant that operators read.
package struct ONNXTensor: Sendable {
  package let name: String
  package let shape: Shape
  package let content: ONNXContent

  package init(_ name: String, _ shape: Shape, _ content: ONNXContent) {
    (self.name, self.shape, self.content) = (name, shape, content)
  }

  /// All elements, in order.
  package var message: ProtobufMessage {
    var tensor = ProtobufMessage()
    tensor.integers(1, shape.axes)
    tensor.integer(2, content.type.rawValue)
    if !name.isEmpty { tensor.text(8, name) }
    tensor.array(9, content)
    return tensor
  }

  /// The elements that are not 0 and their places in row-major order, `SparseTensorProto`; `nil` where that is not smaller.
  package var sparseMessage: ProtobufMessage? {
    guard case .floats(let scalars, let mask) = content else { return nil }
    let places = scalars.indices.filter { scalars[$0].bitPattern != 0 && mask?.bytes[$0] != 0 }
    let values = places.map { scalars[$0] }
    var sparse = ProtobufMessage()
    sparse.message(1, ONNXTensor(name, [values.count], .floats(values)).message)
    sparse.message(2, ONNXTensor("", [places.count], .int64(places)).message)
    sparse.integers(3, shape.axes)
    return sparse.count < message.count && !values.isEmpty ? sparse : nil
  }
}

/// The elements of an array, as they will be written: row-major, the lowest byte first.
package enum ONNXContent: Sendable {
  /// What elements are, by the numbers of `TensorProto.DataType`.
  package enum ElementType: Int { case float = 1, uint8 = 2, int8 = 3, int32 = 6, int64 = 7, bool = 9 }

  /// Numbers, +0 where a mask removes them.
  case floats([Float], mask: Mask? = nil)
  case int8([Int8])
  case uint8([UInt8])
  case int32([Int32])
  case int64([Int])
  case bool([Bool])

  var type: ElementType {
    switch self {
    case .floats: .float
    case .int8: .int8
    case .uint8: .uint8
    case .int32: .int32
    case .int64: .int64
    case .bool: .bool
    }
  }

  var byteCount: Int {
    switch self {
    case .floats(let scalars, _): 4 * scalars.count
    case .int8(let codes): codes.count
    case .uint8(let codes): codes.count
    case .int32(let numbers): 4 * numbers.count
    case .int64(let numbers): 8 * numbers.count
    case .bool(let flags): flags.count
    }
  }

  /// Gives the elements' bytes.
  func write<Failure: Error>(_ append: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
    switch self {
    case .floats(let scalars, let mask):
      guard let mask else { return try scalars.withPieces(append) }
      var kept = scalars
      kept.withUnsafeMutableBufferPointer { mask.clear($0) }
      try kept.withPieces(append)
    case .int8(let codes): try codes.withPieces(append)
    case .uint8(let codes): try codes.withPieces(append)
    case .int32(let numbers): try numbers.withPieces(append)
    case .int64(let numbers): try numbers.withPieces(append)
    case .bool(let flags): try flags.map { $0 ? 1 : 0 as UInt8 }.withPieces(append)
    }
  }
}
