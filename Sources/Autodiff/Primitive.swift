import CoppiceTensors

/// One operation of a graph, and everything the engine knows of it. Passes ask the primitive; none switches over kinds.
package protocol Primitive: Hashable, Sendable {
  /// The name in dumps, profiles and errors: `matrix-product`.
  static var name: String { get }

  /// The shape rule: the types of the outputs, or what is wrong with the inputs.
  func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType]

  /// The compiled form for these types: everything that depends on shapes is settled here, once.
  func kernel(for signature: Signature) -> Kernel

  /// The vector-Jacobian product in graph operations, one entry an input; `nil` where the gradient is 0 by definition.
  func pullback(_ call: PullbackCall) -> [Value?]

  /// Whether gradients pass. Where one would have to and cannot, the trace fails and names the primitive.
  var isDifferentiable: Bool { get }

  /// Floating-point operations, 2 × multiply-adds for products; comparisons and copies count nothing.
  func flops(for signature: Signature) -> Int

  /// A naive Double-precision form of a few lines: the oracle of the kernel.
  func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray]

  /// Pairs (input, output) of equal size where the output may be written over the input.
  var donations: [(input: Int, output: Int)] { get }

  /// Whether the output is the input under another shape: no memory, no work.
  var isView: Bool { get }

  /// What the contract tests run it on.
  static var samples: [Sample] { get }
}

extension Primitive {
  /// The name in dumps, profiles and errors.
  package var name: String { Self.name }
  package var donations: [(input: Int, output: Int)] { [] }
  package var isView: Bool { false }
  package var isDifferentiable: Bool { true }
  package func flops(for signature: Signature) -> Int { signature.outputs.reduce(0) { $0 + $1.shape.count } }
}

/// A primitive that could be written in simpler ones, and says how. Its reference and, unless it gives a faster one, its
/// gradient come from that definition.
package protocol FusedPrimitive: Primitive {
  /// The same function in simpler operations.
  func definition(_ inputs: [Value]) -> [Value]
}

extension FusedPrimitive {
  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    Interpreter.evaluate(inputs: inputs, types: signature.inputs, definition)
  }

  package func pullback(_ call: PullbackCall) -> [Value?] { pullbackOfDefinition(call) }

  /// The gradient of the definition: for what a faster rule does not cover.
  func pullbackOfDefinition(_ call: PullbackCall) -> [Value?] {
    call.inputs[0].builder.gradients(of: definition, at: call.inputs, seeds: call.gradients)
  }
}

/// The types a primitive is compiled for.
package struct Signature: Hashable, Sendable {
  package let inputs: [ValueType]
  package let outputs: [ValueType]

  package init(inputs: [ValueType], outputs: [ValueType]) {
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The shape of input `index`.
  package func input(_ index: Int) -> Shape { inputs[index].shape }
  /// The shape of output `index`.
  package func output(_ index: Int = 0) -> Shape { outputs[index].shape }
}

/// What a vector-Jacobian product is made from.
package struct PullbackCall {
  package let inputs: [Value]
  package let outputs: [Value]
  /// The gradient of the loss with respect to each output; `nil` where the loss does not depend on it.
  package let gradients: [Value?]

  /// The gradient of the only output.
  package var gradient: Value? { gradients[0] }
}

/// A primitive compiled for its types.
package struct Kernel: Sendable {
  /// Independent slices of the work. Threads are given ranges of them; the bits do not depend on the ranges.
  package var units: Int
  /// Floats of scratch memory a thread needs, 64-byte aligned.
  package var scratch: Int
  /// Computes the units in a range.
  package var body: @Sendable (KernelArguments, Range<Int>) -> Void

  package init(
    units: Int = 1, scratch: Int = 0, body: @escaping @Sendable (KernelArguments, Range<Int>) -> Void
  ) {
    self.units = units
    self.scratch = scratch
    self.body = body
  }
}

/// Where a kernel reads and writes.
package struct KernelArguments {
  /// Inputs, then outputs.
  let pointers: UnsafePointer<UnsafeMutableRawPointer>
  let inputCount: Int
  /// The thread's own scratch memory.
  package let scratch: UnsafeMutablePointer<Float>

  /// The Float32 elements of input `index`.
  @inline(__always) package func input(_ index: Int) -> UnsafePointer<Float> {
    UnsafePointer(pointers[index].assumingMemoryBound(to: Float.self))
  }
  /// The Int32 elements of input `index`.
  @inline(__always) package func integers(_ index: Int) -> UnsafePointer<Int32> {
    UnsafePointer(pointers[index].assumingMemoryBound(to: Int32.self))
  }
  /// The bytes of input `index`.
  @inline(__always) package func bytes(_ index: Int) -> UnsafePointer<UInt8> {
    UnsafePointer(pointers[index].assumingMemoryBound(to: UInt8.self))
  }
  /// The Float32 elements of output `index`.
  @inline(__always) package func output(_ index: Int = 0) -> UnsafeMutablePointer<Float> {
    pointers[inputCount + index].assumingMemoryBound(to: Float.self)
  }
  /// The bytes of output `index`.
  @inline(__always) package func byteOutput(_ index: Int = 0) -> UnsafeMutablePointer<UInt8> {
    pointers[inputCount + index].assumingMemoryBound(to: UInt8.self)
  }
  /// The Int32 elements of output `index`.
  @inline(__always) package func integerOutput(_ index: Int = 0) -> UnsafeMutablePointer<Int32> {
    pointers[inputCount + index].assumingMemoryBound(to: Int32.self)
  }
}

/// One case of a contract test: a primitive and what it is applied to.
package struct Sample: Sendable {
  /// How an input is drawn.
  package enum Input: Sendable {
    /// Uniform in −1…1.
    case uniform(Shape)
    /// Uniform in a range of one's own.
    case within(Shape, ClosedRange<Double>)
    /// Integers 0 ..< bound.
    case integers(Shape, below: Int)
    /// Bytes 0 or 1.
    case mask(Shape)
    /// Bytes 0…255.
    case bytes(Shape)
    /// These Float32 values.
    case values(Shape, [Double])
    /// These Int32 values.
    case indices(Shape, [Int])
  }

  package let primitive: any Primitive
  package let inputs: [Input]

  package init(_ primitive: any Primitive, _ inputs: Input...) {
    self.init(primitive, inputs)
  }

  package init(_ primitive: any Primitive, _ inputs: [Input]) {
    self.primitive = primitive
    self.inputs = inputs
  }
}
