import CoppiceTensors

/// A primitive that multiplies rows by a weight, its second input: whatever it does to make rows of its first input.
package protocol WeightProduct: PrunablePrimitive, AxisTied {
  /// Σ x xᵀ over all rows x that one filter of the weight is multiplied by, `[groups, in, in]`: with several groups, filters of each
  /// meet rows of their own. `in` are the elements of a filter in the order of the weight, `[out, in]` when flattened.
  func inputProducts(_ inputs: [Value]) -> Value

  /// The same without the rectifier behind it: linear in the weight, with the bias where there is one.
  var withoutRectifier: Self { get }

  /// Whether it adds a bias, its third input.
  var hasBias: Bool { get }
  /// Whether a rectifier stands behind it.
  var rectifies: Bool { get }
  /// Whether every filter sees all units of the input: the groups are one.
  var isWhole: Bool { get }
  /// Whether zeros stand around the input, so that a constant unit is not constant to it.
  var isPadded: Bool { get }
}

extension Affine: WeightProduct {
  package var isWhole: Bool { true }
  package var isPadded: Bool { false }
  package var withoutRectifier: Affine { Affine(hasBias: hasBias) }

  package func inputProducts(_ inputs: [Value]) -> Value {
    let rows = inputs[0].mergingAxes(0, count: inputs[0].shape.rank - 1)
    return rows.product(rows, transposingSelf: true).splittingAxis(0, into: [1, rows.shape[1]])
  }
}

extension Convolution: WeightProduct {
  package var isWhole: Bool { windows.groups == 1 }
  package var isPadded: Bool { windows.padding > 0 }
  package var withoutRectifier: Convolution { Convolution(windows, hasBias: hasBias) }

  /// A place of the window sees the plane moved by it, cut out by a convolution with one 1 in its filters. Derived by the filters, a
  /// convolution with that plane as the gradient gives the products with all places of the window.
  package func inputProducts(_ inputs: [Value]) -> Value {
    let (x, weight) = (inputs[0], inputs[1])
    let (height, width, length) = (weight.shape[2], weight.shape[3], weight.shape[1])
    let single = x.builder.constant(1, [x.shape[1], 1, 1, 1])
    let products = (0..<(height * width)).map { place in
      let (row, column) = (place / width, place % width)
      let filter = single.padded(2, before: row, after: height - 1 - row)
        .padded(3, before: column, after: width - 1 - column)
      let moved = x.convolution(
        filter, stride: windows.stride, padding: windows.padding, groups: x.shape[1])
      return x.builder.apply(FilterGradient(windows, height: height, width: width), x, moved)
        .flattened(from: 1).splittingAxis(1, into: [1, length * height * width])
    }
    // `[channels, places, in]` is `[groups, in, in]`: the rows of a group are its channels, each with its places.
    return x.builder.applyAll(Concatenate(axis: 1), products)[0]
      .splittingAxis(0, into: [windows.groups, length]).mergingAxes(1, count: 2)
  }
}

extension Site {
  /// Σ x xᵀ over all rows x that a filter of the weight is multiplied by: `[groups, in, in]`. Filters are in the order of their groups.
  package var inputProducts: Value? { (primitive as? any WeightProduct)?.inputProducts(inputs) }

  /// What comes out in front of the rectifier, with the bias where there is one: `[…, out]` or `[batch, out, height, width]`. `nil`
  /// where the operation is no product of rows and a weight.
  package var preactivation: Value? {
    (primitive as? any WeightProduct).map { Self.applied($0.withoutRectifier, inputs) }
  }

  private static func applied(_ primitive: some Primitive, _ inputs: [Value]) -> Value {
    inputs[0].builder.applyAll(primitive, inputs)[0]
  }

  /// What a unit, a row of the weight, gives in the end: its output behind the normalisation and the rectifier, or another function
  /// of single numbers, that follow at once.
  public var activation: Value {
    var value = output
    while let next = value.pointwiseSuccessor { value = next }
    return value
  }

  /// Along which axis of the output the units lie: 1 of a convolution, the last one of a linear layer.
  public var unitAxis: Int {
    let signature = Signature(inputs: inputs.map(\.type), outputs: [output.type])
    let ties = (primitive as? any AxisTied)?.ties(for: signature) ?? []
    return ties.first { $0.first == .input(1, axis: 0) && $0.second.port == .output(0) }?.second.axis
      ?? output.shape.rank - 1
  }
}

extension Value {
  /// What the first reader of this value gives, if that makes each number from the number at its place and, in a normalisation by
  /// known statistics, from constants of its channel.
  fileprivate var pointwiseSuccessor: Value? {
    guard let index = builder.graph.nodes.firstIndex(where: { $0.inputs.contains(id) }) else { return nil }
    let node = builder.graph.nodes[index]
    guard node.inputs[0] == id, let primitive = node.primitive else { return nil }
    let isPointwise = (primitive as? any ElementwisePrimitive).map { Swift.type(of: $0).arity == 1 } ?? false
    guard isPointwise || primitive is BatchNormalization.Inference else { return nil }
    return builder.value(ValueID(node: index))
  }
}
