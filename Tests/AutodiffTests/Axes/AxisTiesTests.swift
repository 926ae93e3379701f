import CoppiceAutodiff
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// Ties survive a replay at half the extent: what is zero where it is removed computes what the smaller primitive does.
struct AxisTiesTests {
  static let samples =
    Primitives.all.flatMap { $0.samples }.filter { $0.primitive is any AxisTied } + furtherSamples

  /// What kernels have no need of: extents of 1, groups of several filters, more heads.
  private static let furtherSamples = [
    Sample(SplitAxis(axis: 1, extents: [1, 6]), .uniform([2, 6])),
    Sample(SplitAxis(axis: 0, extents: [1, 4, 1, 3]), .uniform([12, 2])),
    Sample(SplitAxis(axis: 0, extents: []), .uniform([1, 5])),
    Sample(MergeAxes(axis: 1, count: 2), .uniform([2, 1, 6])),
    Sample(MergeAxes(axis: 0, count: 3), .uniform([4, 1, 3, 2])),
    Sample(
      Convolution(.init(padding: 1, groups: 4), hasBias: true), .uniform([2, 4, 5, 4]),
      .uniform([8, 1, 3, 3]), .uniform([8])),
    Sample(
      Convolution(.init(groups: 3), rectifies: true), .uniform([2, 6, 5, 4]), .uniform([9, 2, 3, 1])),
    Sample(Attention(heads: 4, isPacked: true), .uniform([2, 3, 24])),
    Sample(
      Attention(heads: 4, isCausal: true), .uniform([2, 3, 8]), .uniform([2, 4, 8]), .uniform([2, 4, 8])),
    Sample(Slice(axis: 1, start: 3, count: 4), .uniform([2, 9])),
  ]

  /// A sample, the parts of its primitive, and what is removed of them.
  private struct Removal {
    let primitive: any AxisTied
    let signature: Signature
    let partition: AxisPartition
    var removed: Set<Int> = []

    var types: [ValueType] { signature.inputs + signature.outputs }

    init(_ sample: Sample) throws {
      primitive = try #require(sample.primitive as? any AxisTied)
      signature = Signature(
        inputs: sample.types, outputs: try sample.primitive.outputs(for: sample.types))
      partition = AxisPartition(primitive, signature)
    }

    /// The axes, `in 0 [1]` and the like, that a component has places of.
    private func axes(of component: Int) -> [String] {
      types.indices.flatMap { array in
        types[array].shape.axes.indices.compactMap { axis in
          partition.components(array, axis: axis).contains(component) ? name(array, axis) : nil
        }
      }
    }

    private func name(_ array: Int, _ axis: Int) -> String {
      let inputs = signature.inputs.count
      return array < inputs ? "in \(array) [\(axis)]" : "out \(array - inputs) [\(axis)]"
    }

    /// The components that can be removed, those along the same axes together.
    var removable: [(axes: [String], components: [Int])] {
      var found: [(axes: [String], components: [Int])] = []
      for component in 0..<partition.count where !partition.isFixed[component] {
        let axes = axes(of: component)
        if let known = found.firstIndex(where: { $0.axes == axes }) {
          found[known].components.append(component)
        } else {
          found.append((axes, [component]))
        }
      }
      return found
    }

    /// The axes with a place that nothing can be removed at.
    var untied: [String] {
      types.indices.flatMap { array in
        types[array].shape.axes.indices.compactMap { axis in
          partition.components(array, axis: axis).contains { partition.isFixed[$0] } ? name(array, axis) : nil
        }
      }
    }

    func kept(_ array: Int) -> [[Int]] {
      types[array].shape.axes.indices.map { axis in
        partition.components(array, axis: axis).enumerated().filter { !removed.contains($1) }.map(\.offset)
      }
    }

    var resized: (any AxisTied)? {
      primitive.resized(
        keeping: KeptPlaces(
          inputs: signature.inputs.indices.map(kept),
          outputs: signature.outputs.indices.map { kept(signature.inputs.count + $0) }),
        for: signature)
    }

    func isKept(_ array: Int, _ place: [Int]) -> Bool {
      place.enumerated().allSatisfy {
        !removed.contains(partition.component(array, axis: $0, $1))
      }
    }

    /// The array with zeros at the removed places.
    func zeroed(_ array: Int, _ values: ReferenceArray) -> ReferenceArray {
      var values = values
      for place in ReferenceArray.coordinates(of: values.shape) where !isKept(array, place) {
        values[place] = 0
      }
      return values
    }

    /// The array at the kept places.
    func sliced(_ array: Int, _ values: ReferenceArray) -> ReferenceArray {
      let places = ReferenceArray.coordinates(of: values.shape).filter { isKept(array, $0) }
      return ReferenceArray(Shape(kept(array).map(\.count)), places.map { values[$0] })
    }
  }

  /// Ways to choose half of n components.
  private static let halves: [(name: String, choose: @Sendable ([Int]) -> [Int])] = [
    ("every other", { all in all.enumerated().filter { $0.offset % 2 == 1 }.map(\.element) }),
    ("the first", { Array($0.prefix($0.count / 2)) }),
    ("the last", { Array($0.suffix($0.count / 2)) }),
  ]

  private func expectEqual(_ removal: Removal, _ sample: Sample, _ what: String) throws {
    let resized = try #require(removal.resized, "\(sample.primitive) \(what)")
    let arrays = sample.draw().enumerated().map { removal.zeroed($0, $1) }
    let full = removal.primitive.reference(arrays, removal.signature)
    let smaller = arrays.enumerated().map { removal.sliced($0, $1) }
    let types = zip(smaller, sample.types).map { ValueType($0.shape, $1.element) }
    let signature = Signature(inputs: types, outputs: try resized.outputs(for: types))
    let found = resized.reference(smaller, signature)
    for (output, values) in full.enumerated() {
      let array = output + types.count
      let wanted = removal.sliced(array, values)
      #expect(wanted.shape == signature.output(output), "\(sample.primitive), \(what)")
      // What is dropped goes by its place.
      if let dropout = sample.primitive as? Dropout, dropout.rate > 0 { continue }
      #expect(
        zip(wanted.scalars, found[output].scalars).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($0)) },
        "\(sample.primitive), \(what), output \(output)")
      guard removal.primitive.keepsZeros else { continue }
      let dead = ReferenceArray.coordinates(of: values.shape).filter { !removal.isKept(array, $0) }
      #expect(dead.allSatisfy { values[$0] == 0 }, "\(sample.primitive), \(what), output \(output)")
    }
  }

  @Test("ties survive a replay at half the extent", arguments: samples.indices)
  func replayAtHalf(index: Int) throws {
    let sample = Self.samples[index]
    for half in Self.halves {
      var all = try Removal(sample)
      for part in try Removal(sample).removable {
        var one = try Removal(sample)
        one.removed = Set(half.choose(part.components))
        if one.removed.isEmpty || one.resized == nil { continue }
        try expectEqual(one, sample, "\(half.name) half along \(part.axes)")
        all.removed.formUnion(one.removed)
      }
      try expectEqual(all, sample, "\(half.name) half of everything")
    }
  }

  @Test func whatCannotBeResizedYet() throws {
    var found: Set<String> = []
    for sample in Self.samples {
      for part in try Removal(sample).removable {
        var removal = try Removal(sample)
        removal.removed = Set(Self.halves[0].choose(part.components))
        if removal.resized == nil { found.insert("\(sample.primitive.name): \(part.axes[0])") }
      }
    }
    #expect(found == [])
  }

  /// What would still pass the replay: a tie too few.
  @Test func whatIsUntied() throws {
    var found: [String: Set<String>] = [:]
    for type in Primitives.all {
      for sample in type.samples where sample.primitive is any AxisTied {
        let untied = try Removal(sample).untied
        if !untied.isEmpty { found[type.name, default: []].insert(untied.joined(separator: ", ")) }
      }
    }
    let planes = "in 0 [2], in 0 [3], out 0 [2], out 0 [3]"
    #expect(
      found == [
        "arg-max": ["in 0 [1]"],
        "attention": [
          "in 0 [1], out 0 [1], out 1 [2], out 1 [3]",
          "in 0 [1], in 1 [1], in 2 [1], out 0 [1], out 1 [2], out 1 [3]",
        ],
        "average-pool": [planes],
        "batch-normalization": [
          "in 0 [0], out 0 [0]", "in 0 [0], in 0 [2], out 0 [0], out 0 [2]",
          "in 0 [0], in 0 [2], in 0 [3], out 0 [0], out 0 [2], out 0 [3]",
        ],
        "causal-mask": [
          "in 0 [0], in 0 [1], out 0 [0], out 0 [1]", "in 0 [1], in 0 [2], out 0 [1], out 0 [2]",
        ],
        "convolution": [
          "in 0 [2], in 0 [3], in 1 [2], in 1 [3], out 0 [2], out 0 [3]",
          // of groups
          "in 0 [2], in 0 [3], in 1 [1], in 1 [2], in 1 [3], out 0 [2], out 0 [3]",
        ],
        "dropout": ["in 1 [0]"],
        "fake-quantise": ["in 1 [0]"],
        "gather-rows": ["in 0 [0]"],
        "histogram": ["in 0 [0], in 1 [0], out 0 [0]", "in 0 [0], in 0 [1], in 1 [0], out 0 [0]"],
        "label-count": ["in 0 [0]"],
        "log-softmax": ["in 0 [1], out 0 [1]", "in 0 [2], out 0 [2]"],
        "max-pool": [planes],
        "merge-axes": ["in 0 [1]", "in 0 [2]"],
        "one-hot": ["out 0 [1]"],
        "pad": ["out 0 [0]", "out 0 [1]", "out 0 [2]"],
        "softmax": ["in 0 [1], out 0 [1]", "in 0 [2], out 0 [2]"],
        "softmax-cross-entropy": ["in 0 [1], out 1 [1]"],
        "split-axis": ["out 0 [1]", "out 0 [2]"],
        "value-range": ["out 0 [0]"],
      ])
  }

  /// What would still pass the replay: a tie too many.
  @Test func placesOfAnAxisAreParted() throws {
    for sample in Self.samples {
      let removal = try Removal(sample)
      let inBlocks: Set = ["attention", "merge-axes", "split-axis"]
      let isGrouped = (sample.primitive as? Convolution).map { $0.windows.groups > 1 } ?? false
      if inBlocks.contains(sample.primitive.name) || isGrouped { continue }
      for (array, type) in removal.types.enumerated() {
        for axis in type.shape.axes.indices {
          #expect(Set(removal.partition.components(array, axis: axis)).count == type.shape[axis])
        }
      }
    }
  }

  /// The parts of a primitive by itself, as what ties join of them.
  private func parts(_ primitive: some AxisTied, _ shapes: Shape...) throws -> AxisPartition {
    let types = shapes.map { ValueType($0) }
    return AxisPartition(
      primitive, Signature(inputs: types, outputs: try primitive.outputs(for: types)))
  }

  @Test func aHeadIsOnePart() throws {
    let parts = try parts(Attention(heads: 2, isPacked: true), [1, 5, 18])
    let head = parts.component(1, axis: 2, 0)
    #expect(
      parts.components(0, axis: 2).enumerated().filter { $1 == head }.map(\.offset) == [
        0, 1, 2, 6, 7, 8, 12, 13, 14,
      ])
    #expect(
      parts.components(1, axis: 2)
        == [0, 0, 0, 1, 1, 1].map { head + $0 * (parts.component(1, axis: 2, 3) - head) })
    #expect(parts.component(2, axis: 1, 0) == head && parts.labels[head] == ["head"] && !parts.isFixed[head])
    #expect(parts.labels.count { !$0.isEmpty } == 2)
  }

  @Test func offsetsAndBlocks() throws {
    let behind = try parts(Concatenate(axis: 1), [2, 3], [2, 2])
    #expect(behind.components(0, axis: 1) + behind.components(1, axis: 1) == behind.components(2, axis: 1))
    let flat = try parts(MergeAxes(axis: 1, count: 3), [2, 3, 2, 2])
    #expect(flat.components(1, axis: 1) == flat.components(0, axis: 1).flatMap { [$0, $0, $0, $0] })
    let taken = try parts(Slice(axis: 0, start: 2, count: 3), [7, 1])
    #expect(taken.components(1, axis: 0) == Array(taken.components(0, axis: 0)[2..<5]))
  }
}
