import CoppiceLaboratory
import CoppiceTestSupport
import Testing

/// What every shipped schedule and retraining asks for, pinned with its version. Where one of these fails on purpose, raise the
/// version of that component in the same commit.
@Suite struct RecipeDigestTests {
  static let schedules = [
    "one-shot": (1, "a5c60ed359bfce0"), "iterative": (1, "718a15bdd99815b8"),
    "lottery-ticket": (1, "40626c7bd22c2330"), "at-initialisation": (1, "a5c60ed359bfce0"),
    "none": (1, "a8c7f832281a39c5"),
  ]
  static let retrainings = [
    "none": (1, "294217e8a1ea28c5"), "fine-tune": (1, "2c9c6c05e51245fb"), "rewind": (1, "243d556fc0415a1d"),
    "learning-rate-rewind": (1, "7f9749f1bf0bee3d"), "complete": (1, "50210cd455665c7d"),
  ]

  @Test(arguments: Schedule.all)
  func schedule(_ schedule: Schedule) throws {
    var digest = Digest()
    for round in 0...schedule.rounds {
      digest.add(try schedule.sparsity(afterRound: round, ratio: schedule.takesRatio ? 0.93 : nil).bitPattern)
    }
    let pinned = try #require(Self.schedules[schedule.name])
    #expect(digest.text == pinned.1 && schedule.specification.version == pinned.0, "\(digest.text)")
  }

  @Test(arguments: Retraining.catalogue.all)
  func retraining(_ retraining: Retraining) throws {
    var digest = Digest()
    for total in [1_000, 50_000] {
      let plan = try retraining.plan(total: total, perEpoch: 100)
      for step in [plan.rewindStep, plan.learningRateStep, plan.iterations] {
        digest.add(UInt64(bitPattern: Int64(step ?? -1)))
      }
    }
    let pinned = try #require(Self.retrainings[retraining.name])
    #expect(digest.text == pinned.1 && retraining.specification.version == pinned.0, "\(digest.text)")
  }
}
