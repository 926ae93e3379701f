import CHDF5

/// The number types that files hold.
package enum HDF5Number: String, Hashable, Sendable, CaseIterable {
  case float32, float64, int32, int64, uint8

  /// Bytes an element.
  package var size: Int {
    switch self {
    case .uint8: 1
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }

  /// The type in the file: little-endian.
  var fileType: hid_t {
    switch self {
    case .float32: chdf5_file_float32()
    case .float64: chdf5_file_float64()
    case .int32: chdf5_file_int32()
    case .int64: chdf5_file_int64()
    case .uint8: chdf5_file_uint8()
    }
  }

  /// The type in memory.
  var memoryType: hid_t {
    switch self {
    case .float32: chdf5_memory_float32()
    case .float64: chdf5_memory_float64()
    case .int32: chdf5_memory_int32()
    case .int64: chdf5_memory_int64()
    case .uint8: chdf5_memory_uint8()
    }
  }
}

/// A Swift number that files hold as it is, bit for bit.
package protocol HDF5Element: BitwiseCopyable, Sendable, Numeric {
  /// The type it has in a file.
  static var number: HDF5Number { get }
}

extension Float: HDF5Element { package static var number: HDF5Number { .float32 } }
extension Double: HDF5Element { package static var number: HDF5Number { .float64 } }
extension Int32: HDF5Element { package static var number: HDF5Number { .int32 } }
extension Int64: HDF5Element { package static var number: HDF5Number { .int64 } }
extension UInt8: HDF5Element { package static var number: HDF5Number { .uint8 } }

/// What a dataset or an attribute holds.
package enum HDF5Content: Hashable, Sendable, CustomStringConvertible {
  case number(HDF5Number)
  case text
  case table
  case other(String)

  package var description: String {
    switch self {
    case .number(let number): number.rawValue
    case .text: "text"
    case .table: "a table"
    case .other(let description): description
    }
  }
}
