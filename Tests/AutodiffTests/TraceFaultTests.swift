import CoppiceAutodiff
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// Whatever a layer asks of its data, a trace ends with an error that says where, and never with a trap.
@Suite struct TraceFaultTests {
  private typealias Use = @Sendable (Value) -> Value

  /// What no array allows, by what is wrong with it.
  private static let misuses: [(name: String, use: Use)] = [
    ("an axis that is not there", { $0.scaled(by: Float($0.shape[7])) }),
    ("an axis before the first", { $0.scaled(by: Float($0.shape[-9])) }),
    ("a cut of an axis that is not there", { $0.sliced(5, 2..<($0.shape[5] - 2)) }),
    ("a quotient of one", { $0.splittingAxis(1, into: [60 / $0.shape[5], $0.shape[5] / 7]) }),
    ("places beyond the end", { $0.sliced(1, 0..<Int.max) }),
    ("negative places", { $0.sliced(1, -3..<2) }),
    ("a negative axis", { $0.summed(over: -1) }),
    ("axes that are not there", { $0.mean(over: [0, 9]) }),
    ("a mean over an axis that is not there", { $0.mean(over: 4) }),
    ("extents of another product", { $0.splittingAxis(1, into: [4, 5]) }),
    ("negative extents", { $0.splittingAxis(0, into: [-2, -2]) }),
    ("extents too large to multiply", { $0.splittingAxis(1, into: [.max, 3]) }),
    ("too many axes to merge", { $0.mergingAxes(1, count: 9) }),
    ("less than no axes to merge", { $0.flattened(from: 8) }),
    ("no order of axes", { $0.transposed([0, 0]) }),
    ("an order of other axes", { $0.transposed([2, 1, 0]) }),
    ("a new axis beyond the last", { $0.expanded(at: 9, count: 2) }),
    ("no times", { $0.expanded(at: 0, count: 0) }),
    ("more elements than fit in memory", { $0.expanded(at: 0, count: .max) }),
    ("fewer than no zeros", { $0.padded(1, before: -1, after: 0) }),
    ("zeros without end", { $0.padded(1, before: .max, after: .max) }),
    ("other extents beside each other", { $0.concatenated(with: $0.summed(over: 0), axis: 0) }),
    ("an axis to lay beside that is not there", { $0.concatenated(with: $0, axis: 6) }),
    ("shapes that do not go together", { $0 + $0.transposed([1, 0]) }),
    ("a product of other extents", { $0.product($0) }),
    ("a convolution of a matrix", { $0.convolution($0, stride: 1) }),
    ("a pooling of a matrix", { $0.maxPooled(2) }),
    ("a mean of planes that are not there", { $0.globalAveragePooled }),
    ("attention of a matrix", { $0.selfAttention(heads: 2) }),
    ("attention of no heads", { $0.splittingAxis(1, into: [2, 3]).selfAttention(heads: 0) }),
    ("numbers as places", { $0.rows(at: $0) }),
    ("numbers as labels", { $0.softmaxCrossEntropy($0) }),
    ("other statistics", { $0.layerNormalized(gamma: $0, beta: $0) }),
  ]

  private static let planes: [(name: String, use: Use)] = [
    ("windows of no side", { $0.maxPooled(0) }), ("no stride", { $0.averagePooled(2, stride: 0) }),
    ("padding without end", { $0.maxPooled(2, padding: .max) }),
    ("windows without end", { $0.averagePooled(.max, stride: .max, padding: .max / 2) }),
    ("no stride", { $0.convolution($0, stride: 0) }),
    ("padding without end", { $0.convolution($0, padding: .max) }),
    ("no groups", { $0.convolution($0, groups: 0) }),
    ("groups without end", { $0.convolution($0, groups: .max) }),
  ]

  private func fault(_ shape: Shape, _ use: Use) -> TraceError? {
    do {
      _ = try Graph.trace { builder in
        let x = builder.input("x", shape)
        let y = builder.within("blocks.0") { use(x) }
        // A model goes on after a failure, whatever it makes of what came out.
        let extent = y.shape[1] * y.shape[2]
        let z = (y.flattened(from: 1) + builder.constant(1)).sliced(0, 1..<max(2, extent)).softmax * y
        builder.output("y", z.expanded(at: 0, count: y.shape.count).mean)
      }
      return nil
    } catch { return error as? TraceError }
  }

  @Test func noMisuseTraps() {
    for (name, use) in Self.misuses {
      #expect(fault([4, 6], use)?.scope == "blocks.0", "\(name)")
    }
    for (name, use) in Self.planes {
      #expect(fault([2, 3, 5, 5], use)?.scope == "blocks.0", "\(name)")
    }
  }

  @Test func whatIsAskedOfAShapeIsToldWithTheLayer() {
    let asked = fault([4, 6]) { x in
      let batch = x.shape[0], planes = x.shape[2]
      return x.sliced(1, 0..<planes).scaled(by: Float(batch))
    }
    #expect(
      asked?.description
        == "shape in blocks.0: axis 2 is asked for of the shape [4, 6], which has 2 axes: the data have another rank "
        + "than is taken here")
  }

  @Test func aPartThatIsNoLayerIsNamed() {
    #expect(
      message {
        _ = try Graph.trace { builder in
          let x = builder.input("x", [3])
          builder.output("y", builder.naming("hinge") { x.scaled(by: Float(x.shape[1])) })
        }
      }.hasPrefix("hinge: axis 1 is asked for of the shape [3], which has one axis"))
  }

  @Test func valuesOfAnotherTraceAreRefused() throws {
    var kept: Value?
    _ = try Graph.trace { builder in
      kept = builder.input("x", [3])
      builder.output("y", builder.constant(0))
    }
    let other = try #require(kept)
    #expect(
      message { _ = try Graph.trace { $0.output("y", $0.input("x", [3]) + other) } }
        .contains("a value of another trace"))
  }
}
