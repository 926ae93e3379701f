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
  /// A student's hidden units come in any order, so units are matched first: of all pairs not yet taken, the one that
  /// shares most weights (incoming and outgoing), then whose student unit keeps fewest, then with the lowest indices.
  /// Returns `nil` where the student's shapes do not fit (it may have more or fewer hidden units).
  public init?(teacher: (hidden: Mask, output: Mask), student: (hidden: Mask, output: Mask)) {
    guard let truth = UnitWeights(teacher), let found = UnitWeights(student),
      truth.inputs == found.inputs, truth.outputs == found.outputs
    else { return nil }
    var pairs: [(shared: Int, kept: Int, teacher: Int, student: Int)] = []
    for i in 0..<truth.units {
      for j in 0..<found.units {
        let shared = zip(truth.rows[i], found.rows[j]).reduce(0) { $0 + Int($1.0 & $1.1) }
        let kept = found.rows[j].reduce(0) { $0 + Int($1) }
        pairs.append((shared, kept, i, j))
      }
    }
    pairs.sort { ($1.shared, $0.kept, $0.teacher, $0.student) < ($0.shared, $1.kept, $1.teacher, $1.student) }
    var matching = [Int?](repeating: nil, count: truth.units)
    var taken = [Bool](repeating: false, count: found.units)
    var shared = 0
    for pair in pairs where matching[pair.teacher] == nil && !taken[pair.student] {
      matching[pair.teacher] = pair.student
      taken[pair.student] = true
      shared += pair.shared
    }
    self.matching = matching
    precision = found.kept == 0 ? 0 : Double(shared) / Double(found.kept)
    recall = truth.kept == 0 ? 0 : Double(shared) / Double(truth.kept)
  }
}

/// The weights of every hidden unit, incoming then outgoing, as 0/1 bytes.
private struct UnitWeights {
  let inputs: Int
  let outputs: Int
  let units: Int
  let rows: [[UInt8]]

  var kept: Int { rows.joined().reduce(0) { $0 + Int($1) } }

  init?(_ masks: (hidden: Mask, output: Mask)) {
    let (hidden, output) = (masks.hidden.shape.axes, masks.output.shape.axes)
    guard hidden.count == 2, output.count == 2, output[1] == hidden[0] else { return nil }
    (units, inputs, outputs) = (hidden[0], hidden[1], output[0])
    var rows: [[UInt8]] = []
    for unit in 0..<units {
      var row = Array(masks.hidden.bytes[unit * inputs..<(unit + 1) * inputs])
      for output in 0..<outputs { row.append(masks.output.bytes[output * units + unit]) }
      rows.append(row)
    }
    self.rows = rows
  }
}
