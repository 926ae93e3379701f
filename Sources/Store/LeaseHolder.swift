import CoppiceTerms
import Foundation

/// Who is at work on something, as a lease says: the one beside a stage, or that of a run.
package struct LeaseHolder: Codable, Hashable, Sendable {
  /// The name of the machine, for people: containers may share it.
  package var host: String
  /// The running system kernel; processes of equal kernels see each other's locks.
  package var kernel: String
  /// The number of the process, for people: in containers the same number comes again.
  package var process: Int32
  /// The run that holds it: random.
  package var run: String
  /// When the run began, in seconds since 1970 by the holder's clock, for people. No heartbeat changes it.
  package var began: Double
  /// Seconds without a heartbeat after which others may take it over.
  package var expiry: Double
  /// Whether the holder has locked the file, so that processes of the same kernel can ask whether it lives.
  package var isLocked: Bool
  /// How often the holder has shown that it lives.
  package var beat = 0

  /// This process, in a new run.
  package init(expiry: Double) {
    host = ProcessInfo.processInfo.hostName
    kernel = Self.runningKernel
    process = ProcessInfo.processInfo.processIdentifier
    run = String(UInt64.random(in: .min ... .max), radix: 16)
    began = Date().timeIntervalSince1970
    self.expiry = expiry
    isLocked = false
  }

  /// Whether its locks can be asked for from here.
  var isHere: Bool { kernel == Self.runningKernel }

  /// For a person: `process 4711 on elm, since 14:03:21`.
  package var description: String {
    // What a file says may be no time at all.
    guard (0..<1e11).contains(began) else { return "process \(process) on \(host)" }
    let formatter = DateFormatter()
    formatter.dateFormat = "HH:mm:ss"
    return
      "process \(process) on \(host), since \(formatter.string(from: Date(timeIntervalSince1970: began)))"
  }

  /// Every lease file has this many bytes, so that a heartbeat overwrites it in place, in one write.
  private static let size = 1024

  /// As the file holds it: JSON, filled up with spaces.
  var bytes: [UInt8]? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let json = try? encoder.encode(self), json.count < Self.size else { return nil }
    return json + [UInt8](repeating: UInt8(ascii: " "), count: Self.size - json.count - 1) + [
      UInt8(ascii: "\n")
    ]
  }

  /// The holder in a file; `nil` where there is none, or it cannot be understood.
  init?(_ path: String) {
    guard let descriptor = try? ReadableFile.open(path) else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Self.size)
    let count = read(descriptor, &bytes, bytes.count)
    guard count > 0, let holder = try? JSONDecoder().decode(Self.self, from: Data(bytes.prefix(count))) else {
      return nil
    }
    self = holder
  }

  /// Tells the kernel that runs now from those of other machines and from itself before a restart.
  private static let runningKernel: String = {
    #if canImport(Darwin)
      var bytes = [CChar](repeating: 0, count: 64)
      var size = bytes.count - 1
      if sysctlbyname("kern.bootsessionuuid", &bytes, &size, nil, 0) == 0 {
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
    #else
      if let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8) {
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
      }
    #endif
    // None that another process has too: locks are then not asked for, and time decides.
    return String(UInt64.random(in: .min ... .max), radix: 16)
  }()
}
