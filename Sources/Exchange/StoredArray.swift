import CoppiceTensors

/// An array of a file, as the file declares it: nothing of it is read yet.
package struct StoredArray: Hashable, Sendable {
  /// Its name in the file.
  package let name: String
  /// Its shape, outermost axis first.
  package let shape: Shape
  /// What its elements are.
  package let type: ArrayType

  package init(name: String, shape: Shape, type: ArrayType) {
    (self.name, self.shape, self.type) = (name, shape, type)
  }
}

/// Named arrays that are read one by one: an opened file, or arrays in memory.
package protocol ArraySource {
  /// What there is, in the order of the file.
  var arrays: [StoredArray] { get }

  /// The numbers of an array in row-major order, as Float: wider floating-point numbers rounded to even, narrower ones exact, integers where
  /// a Float holds them exactly.
  ///
  /// - Throws: `ExchangeError` where there is no such array, or a number is no Float.
  func tensor(_ name: String) throws(ExchangeError) -> Tensor
}

extension ArraySource {
  /// The array of this name; `nil` where there is none.
  package func array(_ name: String) -> StoredArray? { arrays.first { $0.name == name } }
}

/// Arrays in memory.
extension ParameterSet: ArraySource {
  package var arrays: [StoredArray] {
    map { StoredArray(name: $0.name, shape: $0.tensor.shape, type: .float32) }
  }

  package func tensor(_ name: String) throws(ExchangeError) -> Tensor {
    guard let tensor = self[name] else { throw .missingArray(name, near: []) }
    return tensor
  }
}
