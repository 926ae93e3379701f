import CoppiceStore
import CoppiceTensors
import Foundation

/// What the runs of an experiment wrote down of the time that stages took, read from their journal.
///
/// A journal is anybody's file: numbers that no run can have written are passed over.
package struct StageHistory: Sendable {
  /// What runs have spent on a stage, all together.
  package struct Spending: Hashable, Sendable {
    /// Optimizer steps made.
    package var steps = 0
    /// Seconds, those of runs that were killed or stopped among them. Where stages had to share cores, it is the time they would
    /// have taken on cores of their own.
    package var seconds = 0.0
    /// How often the stage was brought to its end.
    package var completions = 0

    /// What was spent; nothing if nothing is said.
    package init(steps: Int = 0, seconds: Double = 0, completions: Int = 0) {
      (self.steps, self.seconds, self.completions) = (steps, seconds, completions)
    }
  }

  /// What was spent on each stage, by its key.
  private let spending: [String: Spending]
  /// Seconds from the end of a stage to the beginning of the worker's next, in the middle of all; `nil` where no run tells.
  package let pause: Double?
  /// Seconds from the last stage of a run to its end, in the middle of all; `nil` where no run tells.
  package let closing: Double?

  /// What was spent on a stage; nothing where no run tells of it.
  package subscript(_ stage: any Stage) -> Spending { spending[stage.key.hexadecimal] ?? Spending() }

  /// Whether no run tells of a stage.
  package var isEmpty: Bool { spending.isEmpty }

  /// No run before.
  package static let none = StageHistory([], threads: nil)

  /// What the runs of an experiment tell. A journal that cannot be read tells nothing.
  ///
  /// - Parameters:
  ///   - threads: threads that share each kernel; runs with another number are left out.
  ///   - most: bytes that are read of the journal's end.
  package init(of experiment: String, in results: ResultsFolder, threads: Int?, last most: Int = 64 << 20) {
    let journal = results.journal(of: experiment)
    self.init((try? Journal.entries(in: journal, atMost: most)) ?? [], threads: threads)
  }

  /// What the entries of a journal tell, oldest first.
  package init(_ entries: [JournalEntry], threads: Int?) {
    var reading = HistoryReading(threads: threads)
    for entry in entries { reading.take(entry) }
    reading.end()
    var spending: [String: Spending] = [:]
    for (share, seconds) in zip(reading.shares, reading.undisturbedSeconds) {
      spending[share.stage, default: Spending()].steps =
        spending[share.stage, default: Spending()].steps.plus(share.steps)
      spending[share.stage, default: Spending()].seconds += seconds
      spending[share.stage, default: Spending()].completions += share.isWhole ? 1 : 0
    }
    self.spending = spending
    (pause, closing) = (Self.median(reading.pauses), Self.median(reading.closings))
  }

  /// The number in the middle; of two the smaller.
  private static func median(_ numbers: [Double]) -> Double? {
    numbers.isEmpty ? nil : numbers.sorted()[(numbers.count - 1) / 2]
  }
}
