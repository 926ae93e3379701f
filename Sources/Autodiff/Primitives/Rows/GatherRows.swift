import CKernels
import CoppiceTensors

/// Rows of a table by index, an embedding: `y[…, i] = table[indices[…], i]`, table `[rows, width]`, Int32 indices `[…]`,
/// y `[…, width]`. An index outside the table gives a row of zeros.
package struct GatherRows: Primitive {
  package static let name = "gather-rows"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 2, inputs[0].element == .float32, inputs[0].shape.rank == 2,
      inputs[1].element == .int32
    else { throw ShapeError("takes a table [rows, width] and int32 indices, not \(inputs.listed)") }
    return [ValueType(Shape(inputs[1].shape.axes + [inputs[0].shape[1]]))]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (rows, width) = (signature.input(0)[0], signature.input(0)[1])
    return Kernel(units: signature.input(1).count) { arguments, range in
      ck_gather_rows(
        range.count, width, rows, arguments.integers(1) + range.lowerBound, arguments.input(0),
        arguments.output() + range.lowerBound * width)
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil, nil] }
    return [g.builder.apply(ScatterAddRows(rows: call.inputs[0].shape[0]), g, call.inputs[1]), nil]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let (rows, width) = (signature.input(0)[0], signature.input(0)[1])
    let scalars = inputs[1].scalars.flatMap { index in
      (0..<width).map { (0..<rows).contains(Int(index)) ? inputs[0][Int(index), $0] : 0 }
    }
    return [ReferenceArray(signature.output(), scalars)]
  }

  package static let samples = [
    Sample(GatherRows(), .uniform([7, 19]), .integers([3, 5], below: 7)),
    Sample(GatherRows(), .uniform([3, 4]), .indices([5], [2, -1, 0, 3, 2])),
  ]
}

extension GatherRows: ExportablePrimitive {
  /// An index outside the table is an error there, or counts from the end.
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("Gather", call.inputs, ["axis": .integer(0)])]
  }
}

/// The rows of g added up by index: `z[r, i] = Σ g[…, i]` over the places whose index is r; the gradient of `GatherRows`.
package struct ScatterAddRows: Primitive {
  package static let name = "scatter-add-rows"
  /// Rows of the table.
  package let rows: Int

  package init(rows: Int) { self.rows = rows }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 2, inputs[0].element == .float32, inputs[1].element == .int32,
      inputs[0].shape.rank >= 1,
      inputs[0].shape.axes.dropLast() == inputs[1].shape.axes[...]
    else { throw ShapeError("takes rows […, width] and int32 indices […], not \(inputs.listed)") }
    return [ValueType([rows, inputs[0].shape[-1]])]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (count, width) = (signature.input(1).count, signature.output()[1])
    return Kernel(units: rows) { arguments, range in
      ck_scatter_add_rows(
        count, width, range.lowerBound, range.upperBound, arguments.integers(1), arguments.input(0),
        arguments.output())
    }
  }

  package func flops(for signature: Signature) -> Int { signature.input(0).count }

  package func pullback(_ call: PullbackCall) -> [Value?] { [call.gradient?.rows(at: call.inputs[1]), nil] }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var output = ReferenceArray(repeating: 0, signature.output())
    let width = output.shape[1]
    for (place, index) in inputs[1].scalars.enumerated() where (0..<rows).contains(Int(index)) {
      for i in 0..<width { output[Int(index), i] += inputs[0].scalars[place * width + i] }
    }
    return [output]
  }

  package static let samples = [
    Sample(ScatterAddRows(rows: 7), .uniform([3, 5, 19]), .integers([3, 5], below: 7)),
    Sample(ScatterAddRows(rows: 3), .uniform([5, 4]), .indices([5], [2, -1, 0, 3, 2])),
  ]
}

extension Value {
  /// The rows of this table `[rows, width]` at Int32 indices `[…]`: `[…, width]`.
  public func rows(at indices: Value) -> Value { builder.apply(GatherRows(), self, indices) }
}

extension GatherRows: AxisTied {
  /// The table's columns and the places of the indices; its rows are untied, since indices count them.
  package func ties(for signature: Signature) -> [AxisTie] {
    let leading = signature.input(1).rank
    return AxisTie.same(0..<leading, input: 1) + [
      AxisTie(.input(0, axis: 1), .output(axis: leading), label: "embedding")
    ]
  }
}

extension GatherRows: PathPrimitive {
  /// An index carries to the columns in which some row of the table survives.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    let (table, indices) = (inputs[0], inputs[1])
    let (rank, width) = (signature.input(1).rank, signature.input(0)[1])
    let columns = table.mapped { $0.summed(over: 0) }
    let rows = indices.mapped { $0.expanded(at: rank, count: width) }
    return [.product(rows, columns, by: *)]
  }
}
