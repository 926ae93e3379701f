import CHDF5

/// The value of an attribute.
package enum HDF5Attribute: Hashable, Sendable {
  case text(String)
  case texts([String])
  case integer(Int64)
  case number(Double)
  /// A Float, as the `_FillValue` of a dataset of Floats must be.
  case float(Float)
  case numbers([Double])
}

extension HDF5Attribute: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  package init(stringLiteral value: String) { self = .text(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension HDF5Attribute {
  /// The text, where it is one.
  package var text: String? { if case .text(let text) = self { text } else { nil } }

  /// The number, whole or not, where it is one.
  package var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .float(let value): Double(value)
    default: nil
    }
  }
}

/// A group or a dataset: what carries attributes.
package protocol HDF5Object: Sendable {
  /// The path of the file it is in.
  var file: String { get }
  /// Its path inside the file.
  var path: String { get }
  /// The value of an attribute, or `nil` where there is none of that name.
  func attribute(_ name: String) throws(HDF5Error) -> HDF5Attribute?
  /// Adds an attribute.
  func setAttribute(_ name: String, _ value: HDF5Attribute) throws(HDF5Error)
}

protocol HandledObject: HDF5Object {
  var handle: Handle { get }
  var location: Location { get }
}

extension HandledObject {
  package var file: String { location.file }
  package var path: String { location.object }

  package func setAttribute(_ name: String, _ value: HDF5Attribute) throws(HDF5Error) {
    switch value {
    case .text(let text): try writeAttribute(name, texts: [text], shape: [])
    case .texts(let texts): try writeAttribute(name, texts: texts, shape: [texts.count])
    case .integer(let integer): try writeAttribute(name, [integer], shape: [])
    case .number(let number): try writeAttribute(name, [number], shape: [])
    case .float(let number): try writeAttribute(name, [number], shape: [])
    case .numbers(let numbers): try writeAttribute(name, numbers, shape: [numbers.count])
    }
  }

  package func attribute(_ name: String) throws(HDF5Error) -> HDF5Attribute? {
    let place = Location(file: location.file, object: location.object + "@" + name)
    guard try Library.call("H5Aexists", place, { H5Aexists(handle.id, name) }) > 0 else { return nil }
    let attribute = try Handle("H5Aopen", place, closedBy: H5Aclose) {
      H5Aopen(handle.id, name, hid_t(H5P_DEFAULT))
    }
    let type = try Handle("H5Aget_type", place, closedBy: H5Tclose) { H5Aget_type(attribute.id) }
    let space = try Dataspace("H5Aget_space", place) { H5Aget_space(attribute.id) }
    let shape = try space.shape(at: place)
    guard shape.count < 2, let count = shape.elementCount, count < 1 << 20 else {
      throw HDF5Error(call: "H5Aread", place, "bad shape \(shape)")
    }
    switch try Datatype.content(of: type, at: place) {
    case .text:
      let texts = try StringBuffer.read(
        count, type: type, space: space.handle, limit: 1 << 24, at: place
      ) { type, buffer in
        ("H5Aread", H5Aread(attribute.id, type, buffer))
      }
      return shape.isEmpty ? .text(texts.first ?? "") : .texts(texts)
    case .number(.float32) where shape.isEmpty: return .float(try readAttribute(attribute, at: place))
    case .number(.float32), .number(.float64):
      guard !shape.isEmpty else { return .number(try readAttribute(attribute, at: place)) }
      var numbers = [Double](repeating: 0, count: count)
      if count > 0 {
        try Library.call("H5Aread", place) { H5Aread(attribute.id, Double.number.memoryType, &numbers) }
      }
      return .numbers(numbers)
    case .number where shape.isEmpty: return .integer(try readAttribute(attribute, at: place))
    case let content: throw HDF5Error(call: "H5Aread", place, "holds \(content) of shape \(shape)")
    }
  }

  private func readAttribute<Element: HDF5Element>(_ attribute: Handle, at place: Location) throws(HDF5Error)
    -> Element
  {
    var value: Element = 0
    try Library.call("H5Aread", place) { H5Aread(attribute.id, Element.number.memoryType, &value) }
    return value
  }

  private func writeAttribute<Element: HDF5Element>(
    _ name: String, _ values: [Element], shape: [Int]
  ) throws(HDF5Error) {
    let attribute = try createAttribute(name, type: Element.number.fileType, shape: shape)
    if values.isEmpty { return }
    try Library.call("H5Awrite", location) { H5Awrite(attribute.id, Element.number.memoryType, values) }
  }

  private func writeAttribute(_ name: String, texts: [String], shape: [Int]) throws(HDF5Error) {
    let type = try Datatype.variableLengthString(at: location)
    let attribute = try createAttribute(name, type: type.id, shape: shape)
    let buffer = try StringBuffer(texts, at: location)
    if texts.isEmpty { return }
    try Library.call("H5Awrite", location) {
      buffer.withPointers { H5Awrite(attribute.id, type.id, $0.baseAddress) }
    }
  }

  private func createAttribute(_ name: String, type: hid_t, shape: [Int]) throws(HDF5Error) -> Handle {
    let space = try Dataspace(shape, at: location)
    return try Handle("H5Acreate2", location, closedBy: H5Aclose) {
      H5Acreate2(handle.id, name, type, space.handle.id, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    }
  }
}
