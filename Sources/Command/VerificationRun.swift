import Coppice
import CoppiceStore
import Foundation

/// Runs known trials again in a folder of its own, and tells what came of it.
struct VerificationRun {
  let trials: [VerifiedTrial]
  /// Seconds it took.
  let seconds: Double

  init(
    _ known: [KnownTrial], _ library: DataLibrary, _ cores: CoreOptions, isQuiet: Bool
  ) throws {
    let watch = Stopwatch()
    let verification = Verification(known, library, find: Self.trial)
    let scratch = try ScratchFolder("verify")
    var options = Runner.Options()
    let cores = try cores.cores(verification.plan)
    (options.jobs, options.threads) = (cores.jobs, cores.threads)
    let interruption = Interruption()
    interruption.observeSignals()
    let progress = RunProgress(isQuiet: isQuiet)
    defer { progress.end() }
    do {
      trials = try verification.run(
        in: ResultsFolder(scratch.path), options: options, interruption: interruption,
        observe: { progress.observe($0) })
    } catch  where error is Interrupted {
      throw CommandFailure("stopped, because an end was asked for: nothing was compared", .interrupted)
    }
    seconds = watch.elapsed
  }

  /// The trial of an experiment that has this configuration: it may be made of components that no catalogue has.
  private static func trial(of configuration: String) -> Trial? {
    ExperimentCatalogue.experiments.lazy.compactMap { experiment in
      ((try? experiment.trials()) ?? []).first { $0.configuration == configuration }
    }.first
  }

  /// How many have a verdict of this word.
  func count(_ word: String) -> Int { trials.count { $0.verdict.word == word } }

  /// Whether all came out as they are known, and there were any.
  var isProven: Bool { !trials.isEmpty && trials.allSatisfy { $0.verdict == .identical } }

  /// A line a trial, then the sum.
  func text(of what: (one: String, many: String), total: Int) -> String {
    let width = trials.map(\.name.count).max() ?? 0
    let lines = trials.map { trial in
      trial.name + String(repeating: " ", count: width - trial.name.count + 2) + trial.verdict.word
        + (trial.verdict.reason.map { ": \($0)" } ?? "")
    }
    let counts = ["identical", "differs", "cannot be verified"].compactMap { word in
      count(word) == 0 ? nil : "\(count(word)) \(word)"
    }
    let sampled = trials.count < total ? " of \(total)" : ""
    return
      (lines + [
        "\(trials.count)\(sampled) \(total == 1 ? what.one : what.many) on \(KernelVariant.current): "
          + (counts.isEmpty ? "none" : counts.joined(separator: ", "))
      ]).joined(separator: "\n")
  }

  func json(total: Int) -> String {
    JSON.object([
      ("schema_version", .integer(1)), ("kernels", .text(KernelVariant.current)),
      ("numerics", .integer(StageKey.numericsVersion)), ("proven", .flag(isProven)),
      ("total", .integer(total)),
      ("seconds", .number(seconds)),
      (
        "trials",
        .list(
          trials.map {
            .members([
              ("name", .text($0.name)), ("verdict", .text($0.verdict.word)),
              ("reason", $0.verdict.reason.map(JSON.text) ?? .null),
              ("digest", $0.digest.map(JSON.text) ?? .null),
            ])
          })
      ),
    ])
  }

  /// - Throws: the exit code 1 where anything is not as it is known.
  func end() throws {
    if !isProven { throw CommandFailure.someTrialsFailed }
  }
}
