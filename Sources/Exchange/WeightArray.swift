import CoppiceTensors

/// An array to be written to a file, its elements row-major.
package struct WeightArray: Sendable {
  /// Its name.
  package let name: String
  /// Its shape, outermost axis first.
  package let shape: Shape
  /// What its elements are.
  package let type: ArrayType

  private enum Elements: Sendable {
    case scalars([Float])
    case bytes([UInt8])
  }
  private let elements: Elements

  /// Numbers, written as float32 bit for bit.
  package init(_ name: String, _ tensor: Tensor) {
    (self.name, shape, type, elements) = (name, tensor.shape, .float32, .scalars(tensor.scalars))
  }

  /// Elements of any type by their bytes, the lowest of each element first.
  package init(_ name: String, _ shape: Shape, _ type: ArrayType, bytes: [UInt8]) {
    (self.name, self.shape, self.type, elements) = (name, shape, type, .bytes(bytes))
  }

  /// The bytes that it takes.
  package var count: Int {
    switch elements {
    case .scalars(let scalars): 4 * scalars.count
    case .bytes(let bytes): bytes.count
    }
  }

  /// Calls `body` with the bytes, the lowest of each element first. Every processor that Swift runs on here keeps numbers so.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    switch elements {
    case .scalars(let scalars): scalars.withUnsafeBytes(body)
    case .bytes(let bytes): bytes.withUnsafeBytes(body)
    }
  }
}

extension ParameterSet {
  /// The arrays in their order, to be written.
  package var weightArrays: [WeightArray] { map { WeightArray($0.name, $0.tensor) } }
}
