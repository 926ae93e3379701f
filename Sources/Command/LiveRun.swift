import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

/// An experiment that is looked at again and again: what its journal, its trial files and the leases of runs tell of it. Each time only
/// what was appended to the journal is read.
struct LiveRun {
  let name: String
  private(set) var view = RunView()
  private let folder: ResultsFolder
  private var tail: JournalTail

  init(_ name: String, in folder: ResultsFolder) {
    (self.name, self.folder) = (name, folder)
    tail = JournalTail(folder.journal(of: name))
  }

  /// Takes in what happened since the last time.
  ///
  /// - Parameter limit: the most bytes of the journal that are read, about.
  /// - Returns: whether all of it was read.
  /// - Throws: `StoreError` where the journal is there and cannot be read.
  @discardableResult
  mutating func update(atMost limit: Int = .max) throws(StoreError) -> Bool {
    // Asked first: a run that ends after this is told as over by its journal.
    let holders = folder.runs(of: name)
    let news = try tail.news(atMost: limit)
    if news.isAnew { view.beginAnew() }
    for entry in news.entries { view.take(entry) }
    view.take(storedTrials: folder.trials(of: name))
    view.take(
      alive: Set(holders.map { RunView.Worker(host: String($0.host.prefix(100)), process: $0.process) }),
      at: Self.now)
    return news.isComplete
  }

  /// How it stands, as an object.
  func members() -> [(name: String, value: JSON)] { view.members(of: name, at: Self.now) }

  /// Seconds since 1970.
  static var now: Double { Date().timeIntervalSince1970 }
}
