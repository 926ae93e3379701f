import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Testing

extension Running {
  @Suite struct VerificationTests {
    /// A dense trial and two that are pruned.
    private static func plan() throws -> SweepPlan {
      try SweepPlan(.tiny) { Axis(\.criterion, [.magnitude, .random]) }
    }

    private func verify(_ known: [KnownTrial]) throws -> [VerifiedTrial] {
      let scratch = try TemporaryFolder()
      return try Verification(known, Bench.library).run(
        in: ResultsFolder(scratch.path), options: Runner.Options())
    }

    @Test func whatIsStoredComesOutAgain() throws {
      let (bench, plan) = (try Bench(), try Self.plan())
      try bench.run(plan)
      let files = plan.trials.map { bench.file($0, of: plan) }
      let before = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
      let verified = try verify(try files.map(KnownTrial.init(file:)))
      #expect(verified.map(\.name) == plan.trials.map(\.name))
      #expect(verified.allSatisfy { $0.verdict == .identical })
      #expect(try verified.map(\.digest) == files.map { try TrialFile($0).record().sha256 })
      // Nothing that is stored was touched.
      #expect(try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == before)
      // Rows alone are proven too, and digests.
      let rows = plan.trials.map { trial in
        KnownTrial(
          name: trial.name, configuration: trial.configuration,
          results: .rows((try? bench.record(trial, of: plan))?.rounds.map(\.row) ?? []))
      }
      #expect(try verify(rows).allSatisfy { $0.verdict == .identical })
      let digests = zip(plan.trials, verified).map { trial, verified in
        KnownTrial(name: trial.name, trial: trial.trial, results: .digest(verified.digest ?? "", in: "x"))
      }
      #expect(try verify(digests).allSatisfy { $0.verdict == .identical })
    }

    @Test func aBitThatIsOtherIsFound() throws {
      let (bench, plan) = (try Bench(), try Self.plan())
      try bench.run(plan)
      let path = bench.file(plan.ticket, of: plan)
      var record = try TrialFile(path).record()
      let bits = try #require(record.rounds[1].weights?["fc1.bias"]?.scalars.first?.bitPattern)
      record.rounds[1].weights?["fc1.bias"]?.scalars[0] = Float(bitPattern: bits ^ 1)
      try TrialFile.write(record, to: path)
      let verified = try verify(try plan.trials.map { try KnownTrial(file: bench.file($0, of: plan)) })
      #expect(verified.dropLast().allSatisfy { $0.verdict == .identical })
      #expect(
        verified.last?.verdict == .differs("round 1: the weights of fc1.bias differ in 1 of 12 numbers"))
      var rows = record.rounds.map(\.row)
      rows[1][metric: .testLoss] = rows[1][metric: .testLoss].nextUp
      let row = KnownTrial(
        name: plan.ticket.name, configuration: plan.ticket.configuration, results: .rows(rows))
      guard case .differs(let reason)? = try verify([row]).first?.verdict else {
        Issue.record("a row with another bit is no other row")
        return
      }
      #expect(reason.hasPrefix("round 1: test_loss is "))
      let digest = KnownTrial(name: "x", trial: plan.ticket.trial, results: .digest("0123", in: "list"))
      #expect(
        try verify([digest]).first?.verdict.reason?.hasPrefix("the digest in list is 0123, and now it is ")
          == true)
    }

    @Test func whatCannotBeComparedSaysWhy() throws {
      let plan = try Self.plan()
      let trial = plan.ticket
      func reason(_ change: (inout KnownTrial) -> Void) throws -> String {
        var known = KnownTrial(
          name: trial.name, configuration: trial.configuration, key: trial.key.hexadecimal,
          results: .digest("", in: "x"))
        change(&known)
        guard case .unverifiable(let reason)? = try verify([known]).first?.verdict else { return "" }
        return reason
      }
      #expect(
        try reason { $0.provenance = #"{"numerics": 4}"# }.hasPrefix(
          "it was computed under version 4 of the numerics"))
      #expect(
        try reason { $0.key = String(repeating: "0", count: 64) }.contains(
          "this program plans it otherwise (key 00000000"))
      #expect(
        try reason { ($0.key, $0.name) = (nil, "magnitude-seed0-00000000") }.contains("plans it otherwise"))
      #expect(try reason { $0.configuration = "no JSON" }.contains("is not JSON"))
      #expect(
        try reason {
          $0.configuration = trial.configuration.replacing("\"magnitude\"", with: "\"growth\"").replacing(
            "\"random\"", with: "\"growth\"")
        }.contains("growth"))
      let mnist = Trial(dataset: .mnist())
      #expect(try reason { ($0.trial, $0.key, $0.name) = (mnist, nil, "m") }.contains("was not found"))
      // A component in the making has results of one build alone.
      let own = Trial.tiny.with { $0.criterion = Criterion("own", version: nil) { $0.weights } }
      #expect(
        try reason { ($0.trial, $0.provenance) = (own, #"{"executable_sha256": "abcdef0123456789"}"#) }
          .contains("a component without a version"))
    }

    /// The published digests, on every set of instructions that this processor has.
    @Test func thePublishedDigestsHoldEverywhere() throws {
      #expect(
        PublishedBits.numerics == StageKey.numericsVersion,
        "the digests are of another version of the contract")
      let known = try PublishedBits.all.map { try $0.known() }
      #expect(known.count >= 8 && Set(known.map(\.name)).count == known.count)
      let current = KernelVariant.current
      defer { try? KernelVariant.use(current) }
      for variant in KernelVariant.supported {
        try KernelVariant.use(variant)
        for trial in try verify(known) {
          #expect(trial.verdict == .identical, "\(variant): \(trial.name): \(trial.verdict.reason ?? "")")
        }
      }
    }
  }
}
