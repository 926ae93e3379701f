import CoppiceTerms

extension DistillationTeacher {
  /// The network that a trial has left: its last round, in the trial's file, `Results/<experiment>/trials/<trial>.h5`. Results depend on
  /// what stands in the file, and not on where it lies. A teacher that was trained on examples of this trial's validation is refused.
  public static func trial(file: String) -> DistillationTeacher {
    DistillationTeacher("trial", version: 1, fields: [("file", .text(file))]) { course in
      let stored = try StoredTeacher(file, for: course.trial, course.regimen.data)
      return (course.add(TeacherStage(stored)), stored.network)
    }
  }
}

extension Shipped<DistillationTeacher> {
  static let trial = Shipped(
    .trial(file: "Results/dense/trials/dense-seed0.h5"),
    "the network that a stored trial has left, by its file"
  ) { fields in .trial(file: try fields.text("file")) }
}
