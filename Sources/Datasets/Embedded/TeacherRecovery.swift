import CoppiceTensors

/// How much of a teacher's mask a student's mask has found.
public struct TeacherRecovery: Hashable, Sendable {
  /// Of the weights the student keeps, the fraction the teacher has; 0 where it keeps none.
  public let precision: Double
  /// Of the weights the teacher has, the fraction the student keeps.
  public let recall: Double
  /// For every hidden unit of the teacher, the student's unit it was matched with, if any was left.
  public let matching: [Int?]

  /// Compares masks of one hidden layer `[hidden, features]` and the output layer `[classes, hidden]`.
  ///
  /// A student's hidden units come in any order, so units are matched first, each with one other, so that all pairs together share
  /// as many weights as they can, incoming and outgoing.
  /// Returns `nil` where the student's shapes do not fit (it may have more or fewer hidden units).
  public init?(teacher: (hidden: Mask, output: Mask), student: (hidden: Mask, output: Mask)) {
    guard let truth = UnitWeights(teacher), let found = UnitWeights(student),
      truth.inputs == found.inputs, truth.outputs == found.outputs
    else { return nil }
    self.init(truth, found)
  }

  private init(_ truth: UnitWeights, _ found: UnitWeights) {
    let isWide = found.units >= truth.units
    let (few, many) = isWide ? (truth, found) : (found, truth)
    let shared = few.rows.map { row in many.rows.map { row.shared(with: $0) } }
    let columns = Assignment.largest(shared)
    var matching = [Int?](repeating: nil, count: truth.units)
    var total = 0
    for (row, column) in columns.enumerated() {
      if isWide { matching[row] = column } else { matching[column] = row }
      total += shared[row][column]
    }
    self.matching = matching
    precision = found.kept == 0 ? 0 : Double(total) / Double(found.kept)
    recall = truth.kept == 0 ? 0 : Double(total) / Double(truth.kept)
  }

  /// What random masks recover that have as many weights in each of the two layers as the student: precision and recall, each the
  /// mean over so many draws. The best matching shares weights by chance, for which there is no formula; the draws are those of a
  /// seed of their own, so that the same masks have the same chance level.
  ///
  /// Returns `nil` where the student's shapes do not fit.
  public static func chance(
    teacher: (hidden: Mask, output: Mask), student: (hidden: Mask, output: Mask), draws: Int = 20
  ) -> (precision: Double, recall: Double)? {
    var (precision, recall) = (0.0, 0.0)
    for draw in 0..<draws {
      var random = RandomStream(seed: 0, stream: .mask, substream: UInt32(draw))
      let masks = (hidden: student.hidden.shuffled(&random), output: student.output.shuffled(&random))
      guard let recovery = TeacherRecovery(teacher: teacher, student: masks) else { return nil }
      precision += recovery.precision
      recall += recovery.recall
    }
    return (precision / Double(max(1, draws)), recall / Double(max(1, draws)))
  }
}

extension Mask {
  /// As many survivors at random places.
  fileprivate func shuffled(_ random: inout RandomStream) -> Mask {
    var places = bytes
    random.shuffle(&places)
    return Mask(shape, places)
  }
}

/// The weights of every hidden unit, incoming then outgoing.
private struct UnitWeights {
  let inputs: Int
  let outputs: Int
  let units: Int
  /// One row a unit.
  let rows: [Bits]

  var kept: Int { rows.reduce(0) { $0 + $1.count } }

  init?(_ masks: (hidden: Mask, output: Mask)) {
    let (hidden, output) = (masks.hidden.shape.axes, masks.output.shape.axes)
    guard hidden.count == 2, output.count == 2, output[1] == hidden[0] else { return nil }
    (units, inputs, outputs) = (hidden[0], hidden[1], output[0])
    var rows: [Bits] = []
    for unit in 0..<units {
      var row = Array(masks.hidden.bytes[unit * inputs..<(unit + 1) * inputs])
      for output in 0..<outputs { row.append(masks.output.bytes[output * units + unit]) }
      rows.append(Bits(row))
    }
    self.rows = rows
  }
}

/// A row of 0/1 bytes, 64 to a word.
private struct Bits {
  private var words: [UInt64]

  init(_ bytes: [UInt8]) {
    words = [UInt64](repeating: 0, count: (bytes.count + 63) / 64)
    for (index, byte) in bytes.enumerated() where byte != 0 { words[index / 64] |= 1 << UInt64(index % 64) }
  }

  /// How many are 1.
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// How many are 1 in both.
  func shared(with other: Bits) -> Int {
    var count = 0
    for index in words.indices { count += (words[index] & other.words[index]).nonzeroBitCount }
    return count
  }
}
