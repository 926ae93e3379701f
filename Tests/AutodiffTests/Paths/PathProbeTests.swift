import CoppiceAutodiff
import CoppiceTensors
import Testing

/// Where paths go through single primitives, in networks traced by hand.
struct PathProbeTests {
  /// The paths of a graph from `inputs` to `logits` under masks.
  private func paths(
    _ masks: [(name: String, mask: Mask)], through weights: [String]? = nil,
    _ trace: (GraphBuilder) -> Value
  ) throws -> Paths {
    let graph = try Graph.trace { $0.output("logits", trace($0)) }
    return try PathProbe(graph, through: weights).paths(under: MaskSet(masks))
  }

  private func layer(_ x: Value, _ name: String, _ outputs: Int, hasBias: Bool = true) -> Value {
    let builder = x.builder
    let weight = builder.parameter("\(name).weight", [outputs, x.shape[-1]])
    let affine = Affine(hasBias: hasBias)
    return hasBias
      ? builder.apply(affine, x, weight, builder.parameter("\(name).bias", [outputs]))
      : builder.apply(affine, x, weight)
  }

  private func mask(_ rows: [[UInt8]]) -> Mask { Mask([rows.count, rows[0].count], rows.flatMap { $0 }) }

  /// `[1, features]`.
  private func inputs(_ builder: GraphBuilder, _ features: Int) -> Value {
    builder.input("inputs", [1, features])
  }

  @Test func aWeightIsOnAPathBetweenWhatIsReachedAndWhatIsUseful() throws {
    let found = try paths([
      // Unit 0 is reached and useful, 1 is never reached, 2 is reached and read by nobody.
      ("a.weight", mask([[1, 0], [0, 0], [0, 1]])), ("b.weight", mask([[1, 1, 0], [0, 1, 0]])),
    ]) { layer(layer(inputs($0, 2), "a", 3).relu, "b", 2) }
    #expect(found.isConnected)
    #expect(found.weights["a.weight"] == mask([[1, 0], [0, 0], [0, 0]]))
    #expect(found.weights["b.weight"] == mask([[1, 0, 0], [0, 0, 0]]))
  }

  @Test func biasesBeginNoPath() throws {
    for (first, second) in [([[0, 0], [0, 0]], [[1, 1]]), ([[1, 1], [0, 0]], [[0, 1]])]
      as [([[UInt8]], [[UInt8]])]
    {
      let found = try paths([("a.weight", mask(first)), ("b.weight", mask(second))]) {
        layer(layer(inputs($0, 2), "a", 2).relu, "b", 1)
      }
      #expect(!found.isConnected)
      #expect(found.weights.allSatisfy { $0.mask.keptCount == 0 })
    }
  }

  @Test func aShortcutCarries() throws {
    let empty = mask([[0, 0], [0, 0]])
    let found = try paths([("a.weight", empty)]) { builder in
      let x = inputs(builder, 2)
      return layer(x + layer(x, "a", 2).relu, "b", 1)
    }
    #expect(found.isConnected)
    #expect(found.weights["a.weight"] == empty && found.weights["b.weight"] == mask([[1, 1]]))
  }

  @Test func aFactorThatIsZeroStopsAPath() throws {
    for gates in [[1, 0], [0, 0]] as [[UInt8]] {
      let found = try paths([("gate", Mask([2], gates))], through: ["gate", "b.weight"]) { builder in
        layer(inputs(builder, 2) * builder.parameter("gate", [2]), "b", 1)
      }
      #expect(found.isConnected == (gates[0] == 1))
      #expect(found.weights["gate"]?.bytes == gates && found.weights["b.weight"] == mask([gates]))
    }
  }

  @Test func activationsThatWeighEachOther() throws {
    // A unit of one side whose partner is a bias alone goes on; one whose partner is nothing does not.
    let found = try paths([
      ("a.weight", mask([[1], [1], [0]])), ("b.weight", mask([[1], [0], [0]])),
      ("a.bias", Mask([3], [0, 0, 0])),
      ("b.bias", Mask([3], [0, 1, 0])),
    ]) { builder in
      let x = inputs(builder, 1)
      return layer(layer(x, "a", 3) * layer(x, "b", 3), "c", 1)
    }
    #expect(found.weights["a.weight"] == mask([[1], [1], [0]]))
    #expect(found.weights["b.weight"] == mask([[1], [0], [0]]))
    #expect(found.weights["c.weight"] == mask([[1, 1, 0]]))
  }

  @Test func moved() throws {
    // The weight's columns are read by way of a slice, a concatenation, padding and a transpose: element by element.
    let found = try paths([("a.weight", mask([[1, 1, 0, 1]]))]) { builder in
      let x = inputs(builder, 3)
      let parts = builder.applyAll(
        Concatenate(axis: 1), [x.sliced(1, 1..<3).padded(1, before: 1, after: 0), x.sliced(1, 0..<1)])[0]
      return layer(parts.transposed([1, 0]).transposed([1, 0]), "a", 1)
    }
    // Element 0 is padding.
    #expect(found.weights["a.weight"] == mask([[0, 1, 0, 1]]))
  }

  @Test func anUnknownPrimitiveDependsOnAll() throws {
    let found = try paths([("a.weight", mask([[1, 0], [0, 0]]))]) { builder in
      let squares = builder.apply(SumOfSquares(), layer(inputs(builder, 2), "a", 2))
      return layer(squares.expanded(at: 0, count: 1).expanded(at: 0, count: 1), "b", 1)
    }
    #expect(found.isConnected && found.weights["a.weight"] == mask([[1, 0], [0, 0]]))
  }

  @Test func windows() throws {
    // Of a 3×3 filter on a single pixel with padding, the middle alone meets the pixel.
    let full = Mask(keepingAll: [1, 1, 3, 3])
    let found = try paths([("w", full)]) { builder in
      let x = builder.input("inputs", [1, 1, 1, 1]).convolution(
        builder.parameter("w", [1, 1, 3, 3]), padding: 1)
      return layer(x.flattened(from: 1), "b", 1)
    }
    #expect(found.weights["w"]?.bytes == [0, 0, 0, 0, 1, 0, 0, 0, 0])
    // Any element of a window may be its greatest: all are useful.
    for pool in [{ $0.maxPooled(2, stride: 2, padding: 0) }, { $0.averagePooled(2, stride: 2, padding: 0) }]
      as [(Value) -> Value]
    {
      let found = try paths([]) { builder in
        let x = builder.input("inputs", [1, 4]) * builder.parameter("scale", [1, 4])
        return layer(pool(x.splittingAxis(1, into: [1, 2, 2])).flattened(from: 1), "b", 1)
      }
      #expect(found.weights["scale"]?.keptCount == 4)
    }
  }

  @Test func tokens() throws {
    // A column of the table without survivors carries nothing; a table of places begins no path.
    let found = try paths([("table", mask([[1, 0, 0], [1, 1, 0]])), ("a.weight", mask([[0, 1, 1]]))]) {
      builder in
      let tokens = builder.input("inputs", [1, 4], .int32)
      let x = builder.parameter("table", [2, 3]).rows(at: tokens) + builder.parameter("places", [4, 3])
      return layer(x, "a", 1)
    }
    #expect(found.weights["table"] == mask([[0, 0, 0], [0, 1, 0]]))
    #expect(found.weights["a.weight"] == mask([[0, 1, 0]]))
    #expect(found.weights["places"]?.keptCount == 0)
  }

  @Test func queriesAndKeysWeighAndCarryNothing() throws {
    let all = [UInt8](repeating: 1, count: 4)
    let none = [UInt8](repeating: 0, count: 4)
    // Width 4, two heads of 2: rows 0…3 are queries, 4…7 keys, 8…11 values.
    func found(_ rows: [[UInt8]], bias: [UInt8] = [UInt8](repeating: 1, count: 12)) throws -> Mask {
      let found = try paths([("qkv.weight", mask(rows)), ("qkv.bias", Mask([12], bias))]) { builder in
        let x = builder.input("inputs", [1, 3, 4])
        return layer(layer(x, "qkv", 12).selfAttention(heads: 2, isCausal: true), "out", 1)
      }
      return try #require(found.weights["qkv.weight"])
    }
    let whole = [[UInt8]](repeating: all, count: 12)
    #expect(try found(whole).keptCount == 48)
    // Without values nothing is weighed, whatever their biases are.
    #expect(try found(whole.prefix(8) + [none, none, none, none]).keptCount == 0)
    // Without the values of the second head, that head alone is cut off.
    let half = try found(whole.prefix(10) + [none, none])
    #expect(
      half == mask([0, 1, 4, 5, 8, 9].reduce(into: [[UInt8]](repeating: none, count: 12)) { $0[$1] = all }))
    // Values go through where queries and keys are gone. A query by its bias alone still meets its key.
    #expect(try found([none, none, none, none, none, none, none, none] + whole.prefix(4)).keptCount == 16)
    #expect(try found([none, none, none, none] + whole.prefix(8)).keptCount == 32)
    let silent = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1] as [UInt8]
    #expect(try found([none, none, none, none] + whole.prefix(8), bias: silent).keptCount == 16)
  }

  @Test func aNormalisationCarriesFeatureByFeature() throws {
    let found = try paths([("a.weight", mask([[1, 1], [0, 0]])), ("gamma", Mask([2], [1, 1]))]) { builder in
      let x = layer(inputs(builder, 2), "a", 2)
      let y = x.layerNormalized(gamma: builder.parameter("gamma", [2]), beta: builder.parameter("beta", [2]))
      return layer(y, "b", 1)
    }
    #expect(found.weights["b.weight"] == mask([[1, 0]]))
  }
}
