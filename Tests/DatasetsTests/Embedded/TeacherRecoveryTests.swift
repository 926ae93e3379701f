import CoppiceDatasets
import CoppiceTensors
import Testing

@Suite struct TeacherRecoveryTests {
  private let truth = (
    hidden: Mask([3, 4], [1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1]), output: Mask([2, 3], [1, 0, 1, 0, 1, 0])
  )

  @Test func theTeacherItselfIsRecovered() throws {
    let recovery = try #require(TeacherRecovery(teacher: truth, student: truth))
    #expect(recovery.precision == 1 && recovery.recall == 1 && recovery.matching == [0, 1, 2])
  }

  @Test func theOrderOfUnitsDoesNotMatter() throws {
    // Units 2, 0, 1 of the teacher.
    let student = (
      hidden: Mask([3, 4], [1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1]), output: Mask([2, 3], [1, 1, 0, 0, 0, 1])
    )
    let recovery = try #require(TeacherRecovery(teacher: truth, student: student))
    #expect(recovery.precision == 1 && recovery.recall == 1 && recovery.matching == [1, 2, 0])
  }

  @Test func denseStudentsRecallAllWithLittlePrecision() throws {
    let dense = (hidden: Mask(keepingAll: [3, 4]), output: Mask(keepingAll: [2, 3]))
    let recovery = try #require(TeacherRecovery(teacher: truth, student: dense))
    #expect(recovery.recall == 1 && recovery.precision == 9.0 / 18)
  }

  @Test func partsAndWiderStudents() throws {
    // One unit found but for one weight, one unit that does not exist, two empty ones.
    let student = (
      hidden: Mask([4, 4], [0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
      output: Mask([2, 4], [0, 0, 0, 0, 0, 0, 0, 0])
    )
    let recovery = try #require(TeacherRecovery(teacher: truth, student: student))
    #expect(recovery.precision == 2.0 / 3 && recovery.recall == 2.0 / 9)
    #expect(recovery.matching[0] == 1)
    let empty = (hidden: Mask([1, 4], [0, 0, 0, 0]), output: Mask([2, 1], [0, 0]))
    let nothing = try #require(TeacherRecovery(teacher: truth, student: empty))
    #expect(nothing.precision == 0 && nothing.recall == 0)
  }

  /// The largest total of shared weights over all ways to match units, tried one by one.
  private func best(_ teacher: (hidden: Mask, output: Mask), _ student: (hidden: Mask, output: Mask)) -> Int {
    func rows(_ masks: (hidden: Mask, output: Mask)) -> [[UInt8]] {
      let (units, inputs) = (masks.hidden.shape[0], masks.hidden.shape[1])
      return (0..<units).map { unit in
        Array(masks.hidden.bytes[unit * inputs..<unit * inputs + inputs])
          + (0..<masks.output.shape[0]).map { masks.output.bytes[$0 * units + unit] }
      }
    }
    let (truth, found) = (rows(teacher), rows(student))
    func most(_ unit: Int, _ free: [Int]) -> Int {
      guard unit < truth.count else { return 0 }
      // A unit of the teacher may stay alone where the student has fewer.
      return
        ([free.count < truth.count - unit ? most(unit + 1, free) : 0]
        + free.map { other in
          zip(truth[unit], found[other]).reduce(0) { $0 + Int($1.0 & $1.1) }
            + most(unit + 1, free.filter { $0 != other })
        }).max() ?? 0
    }
    return most(0, Array(found.indices))
  }

  @Test func noMatchingSharesMore() throws {
    var random = RandomStream(seed: 4, stream: .generation)
    func mask(_ rows: Int, _ columns: Int) -> Mask {
      Mask([rows, columns], (0..<rows * columns).map { _ in random.bernoulli(0.4) ? 1 : 0 })
    }
    for _ in 0..<150 {
      let (a, b) = (1 + Int(random.integer(below: 5)), 1 + Int(random.integer(below: 5)))
      let (teacher, student) = ((mask(a, 4), mask(2, a)), (mask(b, 4), mask(2, b)))
      let recovery = try #require(TeacherRecovery(teacher: teacher, student: student))
      let kept = Double(teacher.0.keptCount + teacher.1.keptCount)
      if kept > 0 { #expect((recovery.recall * kept).rounded() == Double(best(teacher, student))) }
      // A matching: units at most once, as many as can be.
      let taken = recovery.matching.compactMap { $0 }
      #expect(Set(taken).count == taken.count && taken.count == min(a, b) && taken.allSatisfy { $0 < b })
    }
  }

  /// The pair that shares most is no part of the best matching: 3 + 0 against 2 + 2.
  @Test func theBestPairMayHaveToWait() throws {
    let teacher = (hidden: Mask([2, 5], [1, 1, 1, 1, 0, 0, 1, 1, 0, 0]), output: Mask([1, 2], [0, 0]))
    let student = (hidden: Mask([2, 5], [1, 1, 1, 0, 1, 1, 0, 0, 1, 0]), output: Mask([1, 2], [0, 0]))
    let recovery = try #require(TeacherRecovery(teacher: teacher, student: student))
    #expect(recovery.matching == [1, 0] && recovery.recall == 4.0 / 6 && recovery.precision == 4.0 / 6)
  }

  @Test func chanceIsWhatRandomMasksOfTheSizeShare() throws {
    // One unit on each side has one matching: the expected overlap is kept · kept / places in each layer.
    let teacher = (
      hidden: Mask([1, 10], [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]), output: Mask([4, 1], [1, 0, 0, 0])
    )
    let student = (
      hidden: Mask([1, 10], [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]), output: Mask([4, 1], [0, 1, 1, 0])
    )
    let chance = try #require(TeacherRecovery.chance(teacher: teacher, student: student, draws: 4_000))
    let shared = 4.0 * 5 / 10 + 1.0 * 2 / 4
    #expect(abs(chance.precision - shared / 7) < 0.01 && abs(chance.recall - shared / 5) < 0.01)
    // A dense student has no choice, and the same masks have the same level.
    let dense = (hidden: Mask(keepingAll: [3, 4]), output: Mask(keepingAll: [2, 3]))
    let level = try #require(TeacherRecovery.chance(teacher: truth, student: dense))
    #expect(level.recall == 1 && level.precision == 0.5)
    let again = try #require(TeacherRecovery.chance(teacher: truth, student: truth))
    #expect(try #require(TeacherRecovery.chance(teacher: truth, student: truth)) == again)
    #expect(again.recall < 1)
    let other = (hidden: Mask(keepingAll: [3, 5]), output: Mask(keepingAll: [2, 3]))
    #expect(TeacherRecovery.chance(teacher: truth, student: other) == nil)
  }

  @Test func otherShapesDoNotCompare() {
    let other = (hidden: Mask(keepingAll: [3, 5]), output: Mask(keepingAll: [2, 3]))
    #expect(TeacherRecovery(teacher: truth, student: other) == nil)
  }
}
