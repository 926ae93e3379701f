import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors

/// Layers as codes, in ONNX's form of quantised networks (QDQ): `QuantizeLinear` and `DequantizeLinear` stand before a product of floats,
/// which a program takes for one of integers.
///
/// A weight is stored as `int8` with a scale for each output (axis 0) and zero points of 0, an input has one scale and one `uint8` zero point.
/// Rounding is half to even, as ours. The bias is stored as `int32` in steps of input scale times weight scale, to which programs add it
/// before they scale; where that does not hold it, it stays a float. A batch normalisation behind a convolution goes into scales and bias:
/// the codes of a row stay what they are, or change their sign.
extension ONNXGraph {
  package mutating func quantise(by quantisation: Quantisation) {
    let (old, readers) = (operators, readerCounts)
    var moved: [Operand] = []
    var coded: [CodedInput: Operand] = [:]
    operators = []
    func renamed(_ operand: Operand) -> Operand {
      if case .result(let place) = operand { moved[place] } else { operand }
    }
    var folded: [Int: Int] = [:]
    for (place, next) in old.enumerated() {
      guard next.name == "BatchNormalization", case .result(let before) = next.inputs[0],
        readers[before] == 1,
        old[before].name == "Conv", case .leaf(let weight) = old[before].inputs[1],
        quantisation[weight]?.hasIntegerInput == true
      else { continue }
      folded[before] = place
    }
    let absorbed = Set(folded.values)
    for (place, var next) in old.enumerated() {
      next.inputs = next.inputs.map(renamed)
      if absorbed.contains(place) {
        moved.append(next.inputs[0])
        continue
      }
      if ["Gemm", "Conv"].contains(next.name), case .leaf(let name) = next.inputs[1],
        let layer = QuantisedLayer(
          name, next, quantisation, normalization: folded[place].map { old[$0] }, array: array)
      {
        if layer.scales.hasIntegerInput {
          let key = CodedInput(operand: next.inputs[0], code: layer.scales.input)
          if coded[key] == nil { coded[key] = codedInput(key, of: name, scope: next.scope) }
          next.inputs[0] = coded[key] ?? next.inputs[0]
        }
        next.inputs[1] = decoded(layer.weight, scope: next.scope)
        if let bias = layer.bias {
          let operand: Operand
          switch bias {
          case .coded(let coded): operand = decoded(coded, scope: next.scope)
          case .float(let tensor): operand = stored(tensor)
          }
          next.inputs = Array(next.inputs.prefix(2)) + [operand]
        }
      }
      moved.append(appended(next))
    }
    outputs = outputs.map(renamed)
  }

  /// How many operators and outputs read each operator.
  private var readerCounts: [Int] {
    var counts = [Int](repeating: 0, count: operators.count)
    for operand in operators.flatMap(\.inputs) + outputs {
      if case .result(let place) = operand { counts[place] += 1 }
    }
    return counts
  }

  /// The array of a leaf, 0 where it is masked.
  private func array(_ operand: Operand) -> Tensor? {
    guard case .leaf(let name) = operand, case let (tensor?, mask) = leaf(name) else { return nil }
    return mask?.applied(to: tensor) ?? tensor
  }

  private mutating func appended(_ next: Operator) -> Operand {
    operators.append(next)
    return .result(operators.count - 1)
  }

  /// Adds an array; where its name is taken, because two layers share a weight, it has a number behind it.
  private mutating func stored(_ tensor: ONNXTensor) -> Operand {
    var (name, number) = (tensor.name, 2)
    while tensors.contains(where: { $0.name == name }) {
      name = "\(tensor.name)_\(number)"
      number += 1
    }
    tensors.append(ONNXTensor(name, tensor.shape, tensor.content))
    return .leaf(name)
  }

  /// What a layer's input is after it was a code.
  private mutating func codedInput(_ input: CodedInput, of weight: String, scope: String) -> Operand {
    let scale = stored(ONNXTensor("\(weight)_input_scale", .scalar, .floats([input.code.scale])))
    let zero = stored(ONNXTensor("\(weight)_input_zero_point", .scalar, .uint8([input.code.zero])))
    let codes = appended(Operator("QuantizeLinear", [input.operand, scale, zero], scope: scope))
    return appended(Operator("DequantizeLinear", [codes, scale, zero], scope: scope))
  }

  /// What codes stand for.
  private mutating func decoded(_ codes: QuantisedLayer.Codes, scope: String) -> Operand {
    let parts = [codes.codes, codes.scales, codes.zeros].map { stored($0) }
    return appended(
      Operator("DequantizeLinear", parts, [Operator.Attribute("axis", .integer(0))], scope: scope))
  }
}

/// An array that becomes codes.
private struct CodedInput: Hashable {
  package let operand: Operand
  package let code: AffineCode
}

/// The codes of a linear layer or convolution, with the normalisation behind it.
private struct QuantisedLayer {
  /// Codes of an array with a scale for each place of its first axis.
  package struct Codes {
    package let codes: ONNXTensor
    package let scales: ONNXTensor
    package let zeros: ONNXTensor

    package init(_ name: String, _ shape: Shape, _ codes: ONNXContent, scales: [Float], zeros: ONNXContent) {
      self.codes = ONNXTensor("\(name)_quantized", shape, codes)
      self.scales = ONNXTensor("\(name)_scale", [scales.count], .floats(scales))
      self.zeros = ONNXTensor("\(name)_zero_point", [scales.count], zeros)
    }
  }

  package enum Bias {
    case coded(Codes)
    case float(ONNXTensor)
  }

  package let scales: Quantisation.LayerScales
  package let weight: Codes
  /// `nil` where it has none, or keeps it as it is.
  package let bias: Bias?

  /// - Parameters:
  ///   - product: the product with the weight.
  ///   - normalization: a batch normalisation that alone reads it.
  ///   - array: the numbers of an operand.
  package init?(
    _ name: String, _ product: Operator, _ quantisation: Quantisation, normalization: Operator?,
    array: (Operand) -> Tensor?
  ) {
    guard let scales = quantisation[name], let weight = array(.leaf(name)),
      var codes = quantisation.codes(name, of: weight)
    else { return nil }
    self.scales = scales
    var rowScales = scales.weight
    var bias = product.inputs.count > 2 ? array(product.inputs[2])?.scalars : nil
    if let factors = normalization.flatMap({ ChannelFactors($0, array) }) {
      let length = codes.count / max(1, rowScales.count)
      for row in rowScales.indices {
        let factor = factors.scale[row]
        for place in row * length..<(row + 1) * length where factor <= 0 {
          codes[place] = factor == 0 ? 0 : -codes[place]
        }
        if factor != 0 { rowScales[row] *= factor.magnitude }
      }
      bias = factors.shift.indices.map { factors.shift[$0] + (bias?[$0] ?? 0) * factors.scale[$0] }
    }
    guard let bias, scales.hasIntegerInput else {
      self.bias = nil
      self.weight = Self.codes(name, weight.shape, codes, rowScales)
      return
    }
    let length = codes.count / max(1, rowScales.count)
    for row in rowScales.indices where codes[row * length..<(row + 1) * length].allSatisfy({ $0 == 0 }) {
      // Codes of 0 have any scale: one that holds the bias.
      let step = bias[row].magnitude / Float(1 << 20) / scales.inputScale
      rowScales[row] = step >= .leastNormalMagnitude && step.isFinite ? step : 1
    }
    self.weight = Self.codes(name, weight.shape, codes, rowScales)
    let steps = rowScales.map { $0 * scales.inputScale }
    let rounded = zip(bias, steps).map { (Double($0) / Double($1)).rounded(.toNearestOrEven) }
    let biasName = Self.biasName(product, name)
    if rounded.allSatisfy({ $0.magnitude < 0x1p31 }), steps.allSatisfy({ $0 >= .leastNormalMagnitude }) {
      self.bias = .coded(
        Codes(
          biasName, [bias.count], .int32(rounded.map { Int32($0) }), scales: steps,
          zeros: .int32([Int32](repeating: 0, count: bias.count))))
    } else {
      self.bias = .float(ONNXTensor("\(biasName)_folded", [bias.count], .floats(bias)))
    }
  }

  private static func codes(_ name: String, _ shape: Shape, _ codes: [Int8], _ scales: [Float]) -> Codes {
    Codes(
      name, shape, .int8(codes), scales: scales, zeros: .int8([Int8](repeating: 0, count: scales.count)))
  }

  /// The name of the layer's bias, also where it comes from a normalisation alone.
  private static func biasName(_ product: Operator, _ weight: String) -> String {
    if product.inputs.count > 2, case .leaf(let name) = product.inputs[2] { return name }
    return "\(weight)_bias"
  }
}

/// A batch normalisation by given statistics as a factor and a summand for each channel.
private struct ChannelFactors {
  package var scale: [Float]
  package var shift: [Float]

  package init?(_ normalization: Operator, _ array: (Operand) -> Tensor?) {
    let arrays = normalization.inputs.dropFirst().compactMap { array($0)?.scalars }
    guard arrays.count == 4, case .number(let epsilon)? = normalization.attributes.first?.value else {
      return nil
    }
    let (gamma, beta, mean, variance) = (arrays[0], arrays[1], arrays[2], arrays[3])
    scale = zip(gamma, variance).map { $0 / ($1 + epsilon).squareRoot() }
    let scale = scale
    shift = beta.indices.map { beta[$0] - mean[$0] * scale[$0] }
  }
}
