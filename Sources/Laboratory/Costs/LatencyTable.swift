import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTerms
import Crypto
import Foundation

/// Seconds of the operations of a network against the work that is left of each, measured once and kept in a file: by it a target of
/// latency is decided, so that no mask depends on a clock.
///
/// The network was measured whole and with an equal share of every family of units, 1, 7/8, … 1/8. An operation with other work takes
/// what straight lines between its own measurements say; where they fall, the highest so far. The sum of all operations is brought to
/// the time of the whole network by what both were at the measured shares.
package struct LatencyTable: Sendable {
  /// One operation.
  package struct Row: Hashable, Sendable {
    /// The part of the model that it is in; empty at the top.
    package let scope: String
    package let primitive: String
    /// Floating-point operations, or elements that are written where those are more, rising.
    package let work: [Int]
    /// The seconds they take, rising.
    package let seconds: [Double]

    package init(scope: String, primitive: String, work: [Int], seconds: [Double]) {
      (self.scope, self.primitive, self.work, self.seconds) = (scope, primitive, work, seconds)
    }
  }

  /// The network: its model and task, spelled out.
  package let model: String
  package let interface: String
  /// Examples of a pass.
  package let batch: Int
  package let threads: Int
  package let processor: String
  package let kernels: String
  /// The operations, in order.
  package let rows: [Row]
  /// The sums of the operations' seconds at the measured shares, rising, and the seconds of the whole network there.
  package let sums: [Double]
  package let network: [Double]

  package init(
    model: String, interface: String, batch: Int, threads: Int, processor: String, kernels: String,
    rows: [Row], sums: [Double], network: [Double]
  ) {
    (self.model, self.interface, self.batch, self.threads) = (model, interface, batch, threads)
    (self.processor, self.kernels) = (processor, kernels)
    self.rows = rows.map { row in
      let (work, seconds) = Self.rising(row.work.map(Double.init), row.seconds)
      return Row(scope: row.scope, primitive: row.primitive, work: work.map { Int($0) }, seconds: seconds)
    }
    (self.sums, self.network) = Self.rising(sums, network)
  }

  /// Numbers in rising order, each once, with what belongs to them, made to rise.
  private static func rising(_ places: [Double], _ values: [Double]) -> (places: [Double], values: [Double]) {
    var (rising, highest): ([(place: Double, value: Double)], Double) = ([], 0)
    for (place, value) in zip(places, values).sorted(by: { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 < $1.0 }) {
      highest = max(highest, value)
      if rising.last?.place == place { rising.removeLast() }
      rising.append((place, highest))
    }
    return (rising.map(\.place), rising.map(\.value))
  }

  /// The seconds of the network where so much work of each operation is left.
  package func seconds(_ work: [Int]) -> Double {
    let sum = sum(work)
    guard let (first, least) = zip(sums, network).first(where: { $0.0 > 0 }), sum < first else {
      return Self.between(sums, network, sum)
    }
    return least * sum / first
  }

  /// The sum of the operations' seconds where so much work of each is left.
  func sum(_ work: [Int]) -> Double {
    zip(rows, work).reduce(0) { sum, entry in
      let (row, amount) = entry
      return amount == 0 ? sum : sum + Self.between(row.work.map(Double.init), row.seconds, Double(amount))
    }
  }

  /// The same operations, which together take as long as the whole network did where so much work was left.
  func calibrated(_ measured: [(work: [Int], seconds: Double)]) -> LatencyTable {
    LatencyTable(
      model: model, interface: interface, batch: batch, threads: threads, processor: processor,
      kernels: kernels,
      rows: rows, sums: measured.map { sum($0.work) }, network: measured.map(\.seconds))
  }

  /// On straight lines between some places; the first and the last value beyond them.
  private static func between(_ places: [Double], _ values: [Double], _ place: Double) -> Double {
    guard let next = places.firstIndex(where: { $0 >= place }) else { return values.last ?? 0 }
    guard next > 0 else { return values[0] }
    let share = (place - places[next - 1]) / (places[next] - places[next - 1])
    return values[next - 1] * (1 - share) + values[next] * share
  }

  /// Refuses another network, or passes of other sizes.
  func check(_ other: Network, batch size: Int) throws(LatencyTableError) {
    let (model, interface) = (
      other.model.specification.description, other.interface.specification.description
    )
    guard model == self.model, interface == self.interface else {
      throw .network(digest, of: "\(self.model) on \(self.interface)", wanted: "\(model) on \(interface)")
    }
    guard size == batch else { throw .batch(digest, of: batch, wanted: size) }
  }

  /// Refuses a network with other operations: a table from before the model changed.
  func check(_ work: CompactedWork) throws(LatencyTableError) {
    guard work.operations.map(\.primitive) == rows.map(\.primitive) else {
      throw .network(digest, of: "\(rows.count) operations", wanted: "\(work.operations.count) others")
    }
  }
}

extension LatencyTable {
  /// The file: JSON, a row a line.
  package var text: String {
    let head: [(name: String, value: JSON)] = [
      ("format", .integer(1)), ("model", .text(model)), ("interface", .text(interface)),
      ("batch", .integer(batch)), ("threads", .integer(threads)), ("processor", .text(processor)),
      ("kernels", .text(kernels)), ("sums", .list(sums.map(JSON.number))),
      ("network", .list(network.map(JSON.number))),
    ]
    let members = head.map { "\(JSON.text($0.name).text): \($0.value.text)" }
    let lines = rows.map { row in
      JSON.object([
        ("scope", .text(row.scope)), ("primitive", .text(row.primitive)),
        ("work", .list(row.work.map(JSON.integer))), ("seconds", .list(row.seconds.map(JSON.number))),
      ])
    }
    return "{\n" + members.map { "  \($0),\n" }.joined() + "  \"operations\": [\n"
      + lines.map { "    \($0)" }.joined(separator: ",\n") + "\n  ]\n}\n"
  }

  /// SHA-256 of the file: what the table is called by, and what enters keys.
  package var digest: String { Self.digest(of: text) }

  /// SHA-256 of a text, in hexadecimal digits.
  static func digest(of text: String) -> String {
    StageKey.hexadecimal(SHA256.hash(data: Data(text.utf8)))
  }

  /// Reads a file; `nil` where it is none.
  package init?(text: String) {
    guard let json = JSON(parsing: text), case .integer(1)? = json["format"],
      case .text(let model)? = json["model"], case .text(let interface)? = json["interface"],
      case .integer(let batch)? = json["batch"], case .integer(let threads)? = json["threads"],
      case .text(let processor)? = json["processor"], case .text(let kernels)? = json["kernels"],
      let sums = json["sums"]?.numbers, let network = json["network"]?.numbers,
      sums.count == network.count, !sums.isEmpty, case .list(let operations)? = json["operations"]
    else { return nil }
    var rows: [Row] = []
    for operation in operations {
      guard case .text(let scope)? = operation["scope"], case .text(let primitive)? = operation["primitive"],
        let work = operation["work"]?.numbers, let seconds = operation["seconds"]?.numbers,
        work.count == seconds.count, !work.isEmpty,
        work.allSatisfy({ $0 >= 0 && Int(exactly: $0) != nil })
      else { return nil }
      rows.append(
        Row(scope: scope, primitive: primitive, work: work.compactMap { Int(exactly: $0) }, seconds: seconds))
    }
    self.init(
      model: model, interface: interface, batch: batch, threads: threads, processor: processor,
      kernels: kernels, rows: rows, sums: sums, network: network)
  }
}

extension JSON {
  /// The numbers of a list, all of them 0 or more; `nil` where it is none.
  fileprivate var numbers: [Double]? {
    guard case .list(let values) = self else { return nil }
    let numbers = values.compactMap { value -> Double? in
      switch value {
      case .integer(let integer): Double(integer)
      case .number(let number): number
      default: nil
      }
    }
    return numbers.count == values.count && numbers.allSatisfy { $0 >= 0 && $0.isFinite } ? numbers : nil
  }
}
