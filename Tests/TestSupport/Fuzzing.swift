import Foundation
import Synchronization

/// Gives many damaged inputs to what reads them. Reading may throw; it may not trap, and it must come to an end.
///
/// Each input is written to a file before it is read, so that a trap leaves the one it came from: `<folder>/<name>/<number>`, where the
/// folder is `COPPICE_FUZZ_FOLDER`, or `coppice-fuzz` among the temporary files. What is read to its end is removed. Every input
/// follows from its number, so that the same number is the same input again.
package struct Fuzzing: Sendable {
  /// The most seconds that one input may take: far more than any does.
  private static let patience = 60.0

  private let name: String
  private let folder: String

  /// Fuzzing of something, under a name that files may have.
  package init(_ name: String) {
    self.name = name
    let root =
      ProcessInfo.processInfo.environment["COPPICE_FUZZ_FOLDER"] ?? NSTemporaryDirectory() + "coppice-fuzz"
    folder = "\(root)/\(name)-\(ProcessInfo.processInfo.processIdentifier)"
  }

  /// How many inputs each reader gets: `COPPICE_FUZZ`, else so many that all tests of this kind take a few seconds.
  package static let count = ProcessInfo.processInfo.environment["COPPICE_FUZZ"].flatMap { Int($0) } ?? 300

  /// Whether only one input is run again: `COPPICE_FUZZ_ONLY`, its number.
  private static let only = ProcessInfo.processInfo.environment["COPPICE_FUZZ_ONLY"].flatMap { Int($0) }

  /// Whether something that takes long is to be done with an input, where that is done with one of every so many.
  package static func isDue(_ number: Int, of every: Int) -> Bool {
    only != nil || number.isMultiple(of: every)
  }

  /// Reads inputs by their numbers.
  /// - Parameters:
  ///   - share: of the usual number of inputs, where one takes longer than most.
  ///   - input: makes the input of a number; `nil` where there is none.
  ///   - read: reads it. What it throws is an answer like any other.
  /// - Returns: how many inputs were read, and of how many of them reading threw an error.
  @discardableResult
  package func run(
    share: Double = 1, input: (_ number: Int) throws -> [UInt8]?, read: (_ bytes: [UInt8]) throws -> Void
  ) throws -> (read: Int, refused: Int) {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let watch = Watch(folder)
    defer { watch.end() }
    var (count, refused) = (0, 0)
    let numbers = Self.only.map { $0..<($0 + 1) } ?? 0..<max(1, Int(Double(Self.count) * share))
    for number in numbers {
      guard let bytes = try input(number) else { continue }
      let file = "\(folder)/\(number)"
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      watch.begins(number)
      do { try read(bytes) } catch { refused += 1 }
      count += 1
      unlink(file)
    }
    return (count, refused)
  }

  /// The same with the inputs of a mutator.
  @discardableResult
  package func run(
    _ mutator: Mutator, share: Double = 1, read: (_ bytes: [UInt8]) throws -> Void
  ) throws -> (read: Int, refused: Int) {
    try run(share: share, input: mutator.input, read: read)
  }

  /// Ends the process, and says where the input lies, when one takes too long.
  private final class Watch: Sendable {
    private struct State {
      var number = 0
      var since = Date()
      var isOver = false
    }
    private let state = Mutex(State())

    init(_ folder: String) {
      Thread.detachNewThread { [weak self] in
        while let self, !self.state.withLock({ $0.isOver }) {
          let (number, since) = self.state.withLock { ($0.number, $0.since) }
          if -since.timeIntervalSinceNow > Fuzzing.patience {
            FileHandle.standardError.write(Data("no end of \(folder)/\(number)\n".utf8))
            abort()
          }
          usleep(100_000)
        }
      }
    }

    func begins(_ number: Int) { state.withLock { ($0.number, $0.since) = (number, Date()) } }

    func end() { state.withLock { $0.isOver = true } }
  }
}

/// Good inputs of every kind that is read, checked in under Tests/Corpus.
package enum Corpus {
  /// The files of a folder there, by name.
  package static func files(_ folder: String) throws -> [[UInt8]] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "../Corpus/\(folder)"
    )
    .standardizedFileURL
    let names = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
    return try names.map { [UInt8](try Data(contentsOf: root.appendingPathComponent($0))) }
  }

  /// The lines of the files of a folder, one an input.
  package static func lines(_ folder: String) throws -> [String] {
    try files(folder).flatMap { String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init) }
  }
}
