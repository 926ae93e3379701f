import Foundation
import Synchronization

/// How much memory there is for a program, and what says so. What needs more is refused before it is begun: where the system runs out
/// of it, a program ends in the middle of its work and cannot say why.
package struct MemoryLimit: Hashable, Sendable {
  /// Bytes; `Int.max` where nothing limits them.
  package let bytes: Int
  /// What sets the limit, as a sentence goes on: `this machine has`.
  package let origin: String

  /// A limit of one's own.
  package init(bytes: Int, origin: String) { (self.bytes, self.origin) = (bytes, origin) }

  /// The limit that was set, or else the one of the system.
  package static var current: MemoryLimit { bound ?? stored.withLock { $0 } ?? system }

  /// Sets the limit of the whole program; `nil` for the one of the system.
  package static func use(_ limit: MemoryLimit?) { stored.withLock { $0 = limit } }

  /// The limit while some code runs.
  @TaskLocal package static var bound: MemoryLimit?

  private static let stored = Mutex<MemoryLimit?>(nil)

  /// The least of what the machine has, what a control group allows and what `ulimit -v` leaves now.
  package static var system: MemoryLimit {
    guard let bytes = addressSpace, bytes < machine.bytes else { return machine }
    return MemoryLimit(
      bytes: bytes, origin: "ulimit -v leaves (beside \(programBytes / 1_000_000) MB for the program itself)")
  }

  /// What the machine has, or less where a control group says so. Asked once: a sweep of ten thousand trials asks as often.
  private static let machine: MemoryLimit = {
    let all = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    guard let bytes = controlGroup, bytes < all else {
      return MemoryLimit(bytes: all, origin: "this machine has")
    }
    return MemoryLimit(bytes: bytes, origin: "the control group allows")
  }()

  /// Bytes of address space that a run takes beside the network and the data: stacks of threads, libraries, files in memory. Where the
  /// system refuses these, its libraries end the process by a signal, and nobody can say why.
  private static let programBytes = 128_000_000

  /// The address space that the process may have, in bytes; `nil` for no limit.
  private static var wholeAddressSpace: Int? {
    var limit = rlimit()
    #if os(Linux)
      let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
    #else
      let resource = RLIMIT_AS
    #endif
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < UInt64(Int.max) else { return nil }
    return Int(limit.rlim_cur)
  }

  /// What is left of the address space that the process may have, the program itself apart; `nil` for no limit.
  private static var addressSpace: Int? {
    guard let whole = wholeAddressSpace else { return nil }
    let pages = text("/proc/self/statm")?.split(separator: " ").first.flatMap { Int($0) } ?? 0
    return max(0, whole - pages * Int(sysconf(Int32(_SC_PAGESIZE))) - programBytes)
  }

  /// Where address space is limited, lets all threads allocate from one arena. By itself glibc reserves 64 MB of addresses for each
  /// thread, which a limit counts. To be called before there are threads.
  package static func spareAddresses() {
    guard wholeAddressSpace != nil, let symbol = dlsym(nil, "mallopt") else { return }
    typealias Option = @convention(c) (_ name: CInt, _ value: CInt) -> CInt
    let mostArenas: CInt = -8
    _ = unsafeBitCast(symbol, to: Option.self)(mostArenas, 1)
  }

  /// The least limit of the control groups that the process is in; `nil` for none.
  private static var controlGroup: Int? {
    let root = "/sys/fs/cgroup"
    var paths = ["\(root)/memory/memory.limit_in_bytes", "\(root)/memory.max"]
    for line in text("/proc/self/cgroup")?.split(separator: "\n") ?? [] where line.hasPrefix("0::") {
      var folder = String(line.dropFirst(3))
      while folder.count > 1 {
        paths.append("\(root)\(folder)/memory.max")
        folder = (folder as NSString).deletingLastPathComponent
      }
    }
    return paths.compactMap { text($0).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } }
      .min()
  }

  private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}

extension MemoryLimit {
  /// The limit that a person writes: `64GB`, `64G`, `512MB`, a number of bytes, or `none`. A thousand bytes are a kilobyte.
  ///
  /// - Parameter name: where it was written: `--memory`.
  /// - Returns: `nil` where it is none of these.
  package init?(parsing text: String, from name: String) {
    if text == "none" {
      self.init(bytes: .max, origin: "\(name) allows")
      return
    }
    let units: [(String, Double)] = [
      ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12),
      ("B", 1), ("", 1),
    ]
    for (unit, size) in units where text.uppercased().hasSuffix(unit) {
      guard let count = Double(text.dropLast(unit.count)), count > 0, count * size < 9e18 else { return nil }
      self.init(bytes: Int(count * size), origin: "\(name) allows")
      return
    }
    return nil
  }

  /// Refuses what takes more memory than there is.
  ///
  /// - Parameters:
  ///   - bytes: what it takes, at least.
  ///   - purpose: what takes it, as a sentence begins: `the data set glyphs`.
  ///   - advice: what can be done to need less.
  package static func check(
    _ bytes: Int, for purpose: String, advice: String
  ) throws(MemoryShortage) {
    let limit = current
    guard bytes > limit.bytes else { return }
    throw MemoryShortage(
      purpose: purpose, needed: bytes, available: limit.bytes, origin: limit.origin, advice: advice)
  }
}

/// More memory is needed than there is.
public struct MemoryShortage: Error, Hashable, Sendable, CustomStringConvertible {
  /// What needs it.
  public let purpose: String
  /// Bytes it needs, at least.
  public let needed: Int
  /// Bytes there are.
  public let available: Int
  let origin: String
  let advice: String

  /// The sentence a user reads.
  public var description: String {
    "\(purpose) needs at least \(Self.size(needed, .up)) of memory, and \(origin) \(Self.size(available, .down)): \(advice), "
      + "take a larger machine, or try it all the same with COPPICE_MEMORY=none (or --memory none, where the command takes it)"
  }

  /// `38.5 GB`.
  private static func size(_ bytes: Int, _ rounding: FloatingPointRoundingRule) -> String {
    let (unit, name) = bytes < 1_000_000_000 ? (1e6, "MB") : (1e9, "GB")
    return "\((Double(bytes) / unit * 10).rounded(rounding) / 10) \(name)"
  }
}

extension MemoryShortage: ReportedError {
  /// What was asked for cannot be done here.
  public var exitCode: FailureCode { .usage }
}
