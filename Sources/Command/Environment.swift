import Coppice
import Foundation

/// The environment variables, `COPPICE_…` and the terminal's. An empty one counts as not set.
enum Environment {
  static subscript(name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A count from a flag or, without one, from a variable.
  /// - Throws: a usage failure where it is no number from 1 to 1024.
  static func count(_ flag: Int?, _ name: String, or variable: String) throws -> Int? {
    guard let count = flag ?? self[variable].map({ Int($0) ?? 0 }) else { return nil }
    guard (1...1024).contains(count) else {
      throw CommandFailure(
        "\(flag == nil ? variable : name) must be a number from 1 to 1024", CommandFailure.usage)
    }
    return count
  }

  /// A limit of memory from a flag or, without one, from `COPPICE_MEMORY`.
  /// - Throws: a usage failure where it is no size.
  static func memory(_ flag: String?) throws -> MemoryLimit? {
    let name = flag == nil ? "COPPICE_MEMORY" : "--memory"
    guard let text = flag ?? self[name] else { return nil }
    guard let limit = MemoryLimit(parsing: text, from: name) else {
      throw CommandFailure(
        "\(name) is \"\(text)\", but must be a size as 64GB or 512MB, or none for no limit",
        CommandFailure.usage)
    }
    return limit
  }

  /// A number of seconds.
  /// - Throws: a usage failure where it is none.
  static func seconds(_ variable: String) throws -> Double? {
    guard let text = self[variable] else { return nil }
    guard let seconds = Double(text), seconds >= 0 else {
      throw CommandFailure("\(variable) is \"\(text)\", not a number of seconds", CommandFailure.usage)
    }
    return seconds
  }
}
