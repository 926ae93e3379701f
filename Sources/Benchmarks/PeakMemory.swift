import Foundation

/// The most memory that this program held at once.
enum PeakMemory {
  /// Forgets what was held before, where the system can: Linux alone, and not in every container. Elsewhere the peak is that since the
  /// start.
  static func restart() {
    #if os(Linux)
      let file = open("/proc/self/clear_refs", O_WRONLY)
      guard file >= 0 else { return }
      // Resets the peak of what is resident (proc(5)).
      _ = write(file, "5", 1)
      close(file)
    #endif
  }

  /// Bytes; `nil` where the system does not tell.
  static var bytes: Int? {
    var usage = rusage()
    // RUSAGE_SELF, which has another type on each system.
    guard getrusage(0, &usage) == 0 else { return nil }
    #if os(Linux)
      return usage.ru_maxrss * 1024
    #else
      return usage.ru_maxrss
    #endif
  }
}
