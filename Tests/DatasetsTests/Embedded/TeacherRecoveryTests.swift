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

  @Test func otherShapesDoNotCompare() {
    let other = (hidden: Mask(keepingAll: [3, 5]), output: Mask(keepingAll: [2, 3]))
    #expect(TeacherRecovery(teacher: truth, student: other) == nil)
  }
}
