import CoppiceTensors

/// What the numbers of a network's layers become when they are codes of few bits: for every weight of a linear layer or convolution the
/// scales of its codes, and the scale and zero point of what it is multiplied by. In the order of the network.
///
/// Weights have one scale for each output, see `SymmetricCode`; inputs have one for the whole array, see `AffineCode`. Weights of 4 bits
/// are stored so and multiplied as floats: their inputs are not quantised.
package struct Quantisation: Hashable, Sendable {
  /// The scales of one layer.
  package struct LayerScales: Hashable, Sendable {
    /// What a code of 1 stands for in every row of the weight, `[out]`.
    package var weight: [Float]
    /// The bits of a weight's code: 8 or 4.
    package var bits: Int
    /// How far neighbouring codes of the input are apart.
    package var inputScale: Float
    /// The input's code of 0.
    package var inputZero: UInt8

    /// Scales that are known.
    package init(weight: [Float], bits: Int = 8, inputScale: Float = 1, inputZero: UInt8 = 0) {
      (self.weight, self.bits) = (weight, bits)
      (self.inputScale, self.inputZero) = (inputScale, inputZero)
    }

    /// The scales of a weight `[out, …]` as it stands, and of inputs in a range.
    package init(of weight: Tensor, bits: Int = 8, input: AffineCode) {
      self.init(
        weight: Quantisation.rowScales(of: weight, bits: bits), bits: bits, inputScale: input.scale,
        inputZero: input.zero)
    }

    /// The codes of the inputs.
    package var input: AffineCode { AffineCode(scale: inputScale, zero: inputZero) }

    /// Whether the layer's inputs are quantised, so that its product is one of integers.
    package var hasIntegerInput: Bool { bits == 8 }
  }

  /// The names of the quantised weights, in the order of the network.
  package private(set) var names: [String] = []
  private var scales: [String: LayerScales] = [:]

  /// No layer.
  package init() {}

  /// The layers in order; the last one wins where a name comes twice.
  package init(_ layers: [(name: String, scales: LayerScales)]) {
    for (name, scales) in layers { self[name] = scales }
  }

  /// The layers in order.
  package var layers: [(name: String, scales: LayerScales)] {
    names.compactMap { name in scales[name].map { (name, $0) } }
  }

  /// The scales of the layer with that weight; setting one of a new name appends it.
  package subscript(name: String) -> LayerScales? {
    get { scales[name] }
    set {
      if newValue == nil {
        names.removeAll { $0 == name }
      } else if scales[name] == nil {
        names.append(name)
      }
      scales[name] = newValue
    }
  }

  /// The scale of every row of a weight `[out, …]`: `max|w| / limit`, and 1 for a row of zeros.
  package static func rowScales(of weight: Tensor, bits: Int) -> [Float] {
    rows(of: weight).map { SymmetricCode(of: weight.scalars[$0], bits: bits).scale }
  }

  /// The places of each row of a weight.
  private static func rows(of weight: Tensor) -> [Range<Int>] {
    let count = weight.shape.axes.first ?? 1
    let length = count > 0 ? weight.scalars.count / count : 0
    return (0..<count).map { $0 * length..<($0 + 1) * length }
  }

  /// The code of each row, where a weight has as many as it has scales.
  private func rows(
    _ name: String, _ weight: Tensor
  ) -> [(places: Range<Int>, code: SymmetricCode)]? {
    guard let layer = scales[name] else { return nil }
    let rows = Self.rows(of: weight)
    guard rows.count == layer.weight.count else { return nil }
    return zip(rows, layer.weight).map { ($0, SymmetricCode(scale: $1, bits: layer.bits)) }
  }

  /// The codes of a weight, row-major; `nil` where it is not quantised or is of another shape.
  package func codes(_ name: String, of weight: Tensor) -> [Int8]? {
    rows(name, weight)?.flatMap { row in weight.scalars[row.places].map(row.code.code) }
  }

  /// The weight that codes stand for.
  package func weight(_ name: String, _ shape: Shape, codes: [Int8]) -> Tensor? {
    guard codes.count == shape.count else { return nil }
    var weight = Tensor(repeating: 0, shape)
    guard let rows = rows(name, weight) else { return nil }
    for (places, code) in rows {
      for place in places { weight.scalars[place] = code.value(of: codes[place]) }
    }
    return weight
  }

  /// What stands for a weight when it is quantised; the weight itself where it is not.
  package func nearest(_ name: String, _ weight: Tensor) -> Tensor {
    guard let rows = rows(name, weight) else { return weight }
    var result = weight
    for (places, code) in rows {
      for place in places { result.scalars[place] = code.nearest(weight.scalars[place]) }
    }
    return result
  }

  /// The parameters with every quantised weight as what stands for it. Pruned weights, which are 0, stay 0.
  package func applied(to parameters: ParameterSet) -> ParameterSet {
    var result = parameters
    for name in names {
      if let weight = parameters[name] { result[name] = nearest(name, weight) }
    }
    return result
  }

  /// How many weights that survive under masks have the code 0.
  package func zeroedSurvivors(in parameters: ParameterSet, masks: MaskSet?) -> Int {
    names.reduce(0) { count, name in
      guard let weight = parameters[name] else { return count }
      let (rounded, mask) = (nearest(name, weight), masks?[name])
      return count + rounded.scalars.indices.count { rounded.scalars[$0] == 0 && mask?.bytes[$0] != 0 }
    }
  }
}

extension Quantisation {
  /// The quantisation of some layers, each with an array of its scales, `[out]`, and one of its input's range, `[2]`.
  ///
  /// - Parameters:
  ///   - scales: by the names of the weights, in the order of the network.
  ///   - ranges: how far inputs reach below and above 0; of no account where inputs are not quantised.
  package init(bits: Int, scales: ParameterSet, ranges: ParameterSet) {
    self.init(
      scales.map { name, scales in
        let range = ranges[name]?.scalars ?? []
        let input =
          range.count == 2
          ? AffineCode(below: range[0], above: range[1]) : AffineCode(below: 0, above: 0)
        return (
          name,
          LayerScales(
            weight: scales.scalars, bits: bits, inputScale: input.scale, inputZero: input.zero)
        )
      })
  }

  /// The scales of the weights of some layers as they stand, each `[out]`.
  package static func scales(of layers: [String], in parameters: ParameterSet, bits: Int) -> ParameterSet {
    ParameterSet(
      layers.compactMap { name in
        parameters[name].map { weight in
          let scales = rowScales(of: weight, bits: bits)
          return (name, Tensor([scales.count], scales))
        }
      })
  }
}
