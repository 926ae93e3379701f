import CKernels
import CoppiceTensors

/// A weight of bytes as the kernels read it, in whichever form is fastest: dense, by its survivors, or by groups of four neighbours
/// along the input in which something survives. Sums of integers are exact, so that the choice changes no bit.
struct PackedWeight: Sendable {
  /// `CK_INTEGER_DENSE` and its like.
  let form: Int32
  private let codes: [Int8]
  /// Bytes before the first code, so that panels begin at a whole line.
  private let margin: Int
  private let starts: [UInt32]
  private let columns: [UInt32]
  private let offsets: [Int32]
  private let weight: QuantisedWeight
  private let finish: QuantisedFinish

  /// The weight of a layer.
  ///
  /// - Parameter form: how it is stored; the fastest way unless said otherwise.
  init(_ weight: QuantisedWeight, _ finish: QuantisedFinish, form: Int32? = nil) {
    (self.weight, self.finish, offsets) = (weight, finish, weight.offsets)
    let form = form ?? Self.form(of: weight)
    self.form = form
    switch form {
    case Int32(CK_INTEGER_SURVIVORS):
      (starts, columns, codes) = Self.survivors(weight)
      margin = 0
    case Int32(CK_INTEGER_GROUPS):
      (starts, columns, codes) = Self.groups(weight)
      margin = 0
    default:
      (starts, columns) = ([], [])
      (codes, margin) = Self.dense(weight)
    }
  }

  /// Gives `body` what a kernel is told.
  func withKernelForms(
    _ body: (UnsafePointer<ck_integer_weight>, UnsafePointer<ck_integer_finish>) -> Void
  ) {
    codes.withUnsafeBufferPointer { codes in
      starts.withUnsafeBufferPointer { starts in
        columns.withUnsafeBufferPointer { columns in
          offsets.withUnsafeBufferPointer { offsets in
            weight.scales.withUnsafeBufferPointer { scales in
              weight.biases.withUnsafeBufferPointer { biases in
                let finish = ck_integer_finish(
                  offset: offsets.baseAddress, scale: scales.baseAddress, bias: biases.baseAddress,
                  activation: self.finish.activation.kernel, step: self.finish.output?.scale ?? 1,
                  zero: Int32(self.finish.output?.zero ?? 0))
                let weight = ck_integer_weight(
                  form: form, codes: codes.baseAddress.map { $0 + margin }, starts: starts.baseAddress,
                  columns: columns.baseAddress)
                withUnsafePointer(to: weight) { weight in
                  withUnsafePointer(to: finish) { body(weight, $0) }
                }
              }
            }
          }
        }
      }
    }
  }

  /// The form that takes the least time, by what each takes for 64 rows on AVX-512 with VNNI, in cycles.
  static func form(of weight: QuantisedWeight) -> Int32 {
    let depth = Double(weight.inputs), outputs = Double((weight.outputs + 15) / 16 * 16)
    let dense = outputs * (2.2 * ((depth + 3) / 4).rounded(.down) + 24)
    // What a sparse product takes beside its sums: windows are laid out as rows, rows are turned, and so are the sums.
    let windows = weight.shape.rank == 4 ? 768 * Double(weight.shape[2]) + 2 * depth : 0
    let around = windows + outputs * 36
    let bySurvivors = weight.survivorsOfRows.reduce(around + 4 * depth) { $0 + 5 * Double(($1 + 3) / 4) }
    let byGroups = weight.groupsOfRows.reduce(around + 2 * depth) { $0 + 3 * Double($1) }
    if min(bySurvivors, byGroups) >= dense { return Int32(CK_INTEGER_DENSE) }
    return Int32(bySurvivors < byGroups ? CK_INTEGER_SURVIVORS : CK_INTEGER_GROUPS)
  }

  private static func dense(_ weight: QuantisedWeight) -> (codes: [Int8], margin: Int) {
    let segments = weight.shape.rank == 4 ? weight.shape[2] : 1
    let length = segments > 0 ? weight.inputs / segments : 0
    let size = ck_integer_packed(weight.outputs, segments, length)
    var codes = [Int8](repeating: 0, count: size + 64)
    let margin = codes.withUnsafeMutableBufferPointer { codes in
      guard let base = codes.baseAddress else { return 0 }
      let margin = (64 - Int(bitPattern: base) % 64) % 64
      ck_integer_pack(weight.outputs, segments, length, weight.channelsLast, base + margin)
      return margin
    }
    return (codes, margin)
  }

  private static func survivors(_ weight: QuantisedWeight) -> ([UInt32], [UInt32], [Int8]) {
    var starts: [UInt32] = [0]
    var columns: [UInt32] = []
    var codes: [Int8] = []
    let all = weight.channelsLast
    for row in 0..<weight.outputs {
      for column in 0..<weight.inputs {
        let code = all[row * weight.inputs + column]
        guard code != 0 else { continue }
        columns.append(UInt32(column))
        codes.append(code)
      }
      while codes.count % 4 != 0 {
        columns.append(0)
        codes.append(0)
      }
      starts.append(UInt32(codes.count / 4))
    }
    return (starts, columns, codes)
  }

  private static func groups(_ weight: QuantisedWeight) -> ([UInt32], [UInt32], [Int8]) {
    var starts: [UInt32] = [0]
    var columns: [UInt32] = []
    var codes: [Int8] = []
    let all = weight.channelsLast
    for row in 0..<weight.outputs {
      for group in 0..<(weight.inputs + 3) / 4 {
        let places = 4 * group..<min(4 * group + 4, weight.inputs)
        let four = places.map { all[row * weight.inputs + $0] }
        guard four.contains(where: { $0 != 0 }) else { continue }
        columns.append(UInt32(group))
        codes += four + [Int8](repeating: 0, count: 4 - four.count)
      }
      starts.append(UInt32(columns.count))
    }
    return (starts, columns, codes)
  }
}

extension QuantisedWeight {
  /// The codes that are not 0, of each row.
  fileprivate var survivorsOfRows: [Int] {
    (0..<outputs).map { row in codes[row * inputs..<(row + 1) * inputs].count { $0 != 0 } }
  }

  /// The groups of four inputs, channels last, in which some code is not 0, of each row.
  fileprivate var groupsOfRows: [Int] {
    let all = channelsLast
    return (0..<outputs).map { row in
      (0..<(inputs + 3) / 4).count { group in
        all[row * inputs + 4 * group..<min(row * inputs + 4 * group + 4, (row + 1) * inputs)].contains {
          $0 != 0
        }
      }
    }
  }

  /// The codes that are multiplied in the fastest form.
  var multiplied: Int {
    PackedWeight.form(of: self) == Int32(CK_INTEGER_DENSE) ? codes.count : survivorsOfRows.reduce(0, +)
  }
}
