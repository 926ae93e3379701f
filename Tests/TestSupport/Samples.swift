import CoppiceAutodiff
import CoppiceTensors

extension Sample {
  /// The types of the inputs.
  package var types: [ValueType] {
    inputs.map { input in
      switch input {
      case .uniform(let shape), .within(let shape, _), .values(let shape, _): ValueType(shape)
      case .integers(let shape, _), .indices(let shape, _): ValueType(shape, .int32)
      case .mask(let shape), .bytes(let shape): ValueType(shape, .byte)
      }
    }
  }

  /// The inputs drawn, each Float32 value rounded so that both precisions start from equal numbers.
  package func draw(seed: UInt64 = 1) -> [ReferenceArray] {
    inputs.enumerated().map { index, input in
      var random = RandomStream(seed: seed, stream: .generation, substream: UInt32(index))
      func draws(_ shape: Shape, _ next: (inout RandomStream) -> Double) -> ReferenceArray {
        ReferenceArray(shape, (0..<shape.count).map { _ in next(&random) })
      }
      switch input {
      case .uniform(let shape): return draws(shape) { Double($0.uniform(from: -1, to: 1)) }
      case .within(let shape, let range):
        return draws(shape) { Double($0.uniform(from: Float(range.lowerBound), to: Float(range.upperBound))) }
      case .integers(let shape, let bound): return draws(shape) { Double($0.integer(below: UInt32(bound))) }
      case .mask(let shape): return draws(shape) { Double($0.integer(below: 2)) }
      case .bytes(let shape): return draws(shape) { Double($0.integer(below: 256)) }
      case .values(let shape, let values): return ReferenceArray(shape, values.map { Double(Float($0)) })
      case .indices(let shape, let indices): return ReferenceArray(shape, indices.map(Double.init))
      }
    }
  }
}

extension Executor {
  /// Writes a leaf from the oracle's form, whatever its elements are.
  package func write(_ name: String, _ type: ValueType, _ array: ReferenceArray) {
    switch type.element {
    case .float32: write(name, array.scalars.map(Float.init))
    case .int32: write(name, integers: array.scalars.map { Int32($0) })
    case .byte: write(name, bytes: array.scalars.map { UInt8($0) })
    }
  }

  /// Reads an output in the oracle's form.
  package func read(_ name: String, _ type: ValueType) -> ReferenceArray {
    switch type.element {
    case .int32: ReferenceArray(type.shape, integerOutput(name).map(Double.init))
    case .byte: ReferenceArray(type.shape, byteOutput(name).map(Double.init))
    case .float32: ReferenceArray(type.shape, output(name).scalars.map(Double.init))
    }
  }
}
