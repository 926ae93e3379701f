import CoppiceTensors

/// An operation as other programs have it: names, inputs and attributes are those of the operators of ONNX, version 17, which the
/// programs that run networks have in common. It has one output.
package struct Operator: Hashable, Sendable {
  /// `Conv`, `Gemm`, `Add`.
  package var name: String
  /// What it reads, in order.
  package var inputs: [Operand]
  /// Its settings.
  package var attributes: [Attribute]
  /// The part of the model that it belongs to: `encoder.2.attention`.
  package var scope: String

  package init(_ name: String, _ inputs: [Operand], _ attributes: [Attribute] = [], scope: String = "") {
    (self.name, self.inputs, self.attributes, self.scope) = (name, inputs, attributes, scope)
  }

  /// A setting of an operator.
  package struct Attribute: Hashable, Sendable {
    package let name: String
    package let value: Value

    package init(_ name: String, _ value: Value) { (self.name, self.value) = (name, value) }
  }

  /// What an attribute holds.
  package enum Value: Hashable, Sendable {
    case integer(Int)
    case integers([Int])
    case number(Float)
    /// What elements become.
    case element(Element)
  }

  /// What the elements of an array are to an operator.
  package enum Element: Hashable, Sendable {
    case float32, int32, int64, bool
  }
}

/// What an operator reads.
package enum Operand: Hashable, Sendable {
  /// An input, a parameter or a buffer, by its name.
  case leaf(String)
  /// The output of another operator of the list.
  case result(Int)
  /// Numbers of a shape.
  case numbers(Shape, [Float])
  /// Truth values of a shape.
  case flags(Shape, [Bool])
  /// Integers, one axis of them: axes, places, ends.
  case integers([Int])
  /// The extents of a shape.
  case extents([Extent])
  /// Nothing, where an input may be left out.
  case none

  /// One number.
  package static func number(_ value: Float) -> Operand { .numbers(.scalar, [value]) }
}

/// An extent that may grow with the number of examples in a batch.
package struct Extent: Hashable, Sendable {
  /// The extent without the batch's share.
  package var fixed: Int
  /// What each example adds.
  package var perExample: Int

  package init(_ fixed: Int, perExample: Int = 0) { (self.fixed, self.perExample) = (fixed, perExample) }
}
