import CoppiceTerms
import Foundation

/// The energy counters of a processor (RAPL), where the system has them and lets us read them. They count what all of it takes,
/// whoever asks for it.
package struct EnergyCounter: Sendable {
  private struct Domain: Sendable {
    let file: String
    /// Where the counter begins again from 0, in microjoules.
    let range: Double
  }

  private let domains: [Domain]

  /// The counters of all packages; `nil` where there is none that may be read.
  /// - Parameter folder: where the system shows them.
  package init?(folder: String = "/sys/class/powercap") {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    // `intel-rapl:0` is a package; `intel-rapl:0:1` is a part of it.
    let packages = names.filter { $0.wholeMatch(of: #/intel-rapl:[0-9]+/#) != nil }.sorted()
    domains = packages.compactMap { name in
      let path = "\(folder)/\(name)"
      guard Self.number("\(path)/energy_uj") != nil,
        let range = Self.number("\(path)/max_energy_range_uj"), range > 0
      else { return nil }
      return Domain(file: "\(path)/energy_uj", range: range)
    }
    if domains.isEmpty { return nil }
  }

  /// Where the counters stand now, in microjoules; `nil` where one cannot be read any more.
  package func reading() -> [Double]? {
    let found = domains.compactMap { Self.number($0.file) }
    return found.count == domains.count ? found : nil
  }

  /// Joules between two readings. A counter that has begun again has done so once.
  package func joules(from start: [Double], to end: [Double]) -> Double {
    zip(domains, zip(start, end)).reduce(0) { sum, domain in
      let (range, (from, to)) = (domain.0.range, domain.1)
      return sum + (to < from ? to + range - from : to - from) / 1e6
    }
  }

  private static func number(_ path: String) -> Double? {
    (try? ReadableFile.bytes(path, atMost: 1 << 16)).flatMap {
      Double(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
}
