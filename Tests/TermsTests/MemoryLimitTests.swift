import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct MemoryLimitTests {
  @Test(arguments: [
    ("64GB", 64_000_000_000), ("64G", 64_000_000_000), ("1.5gb", 1_500_000_000), ("512MB", 512_000_000),
    ("8kB", 8_000), ("77", 77),
    ("none", .max), ("2TB", 2_000_000_000_000), ("5B", 5),
  ])
  func sizesAreRead(text: String, bytes: Int) {
    #expect(MemoryLimit(parsing: text, from: "--memory")?.bytes == bytes)
  }

  @Test(arguments: ["", "GB", "-1GB", "0", "nan", "infGB", "lots", "1e30TB", "64 G"])
  func whatIsNoSizeIsNone(text: String) { #expect(MemoryLimit(parsing: text, from: "--memory") == nil) }

  @Test func theSystemHasSome() {
    let limit = MemoryLimit.system
    #expect(limit.bytes > 1 << 20 && limit.bytes < 1 << 50, "\(limit)")
    #expect(MemoryLimit.current == MemoryLimit.current || MemoryLimit.current.bytes > 0)
  }

  @Test func moreThanThereIsIsRefused() throws {
    try MemoryLimit.$bound.withValue(MemoryLimit(bytes: 8_000_000_000, origin: "this machine has")) {
      try MemoryLimit.check(8_000_000_000, for: "it", advice: "ask for less")
      let shortage = #expect(throws: MemoryShortage.self) {
        try MemoryLimit.check(8_000_000_001, for: "it", advice: "ask for less")
      }
      #expect(shortage?.exitCode == .usage)
      #expect(
        shortage.map { "\($0)" }
          == "it needs at least 8.1 GB of memory, and this machine has 8.0 GB: ask for less, take a larger machine, or try "
          + "it all the same with COPPICE_MEMORY=none (or --memory none, where the command takes it)")
    }
    #expect(
      message {
        try MemoryLimit.$bound.withValue(MemoryLimit(bytes: 999, origin: "ulimit -v leaves")) {
          try MemoryLimit.check(.max, for: "it", advice: "")
        }
      }.contains("and ulimit -v leaves 0.0 MB"))
  }
}
