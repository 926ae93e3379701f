import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// Systems that give few threads or none (`ulimit -u`).
@Suite(.serialized) struct ThreadLimitTests {
  /// A library in front of the system's own, which gives as many threads as the variable `THREADS` says; `nil` where there is no
  /// compiler to make it with.
  private static let library: String? = {
    let folder = NSTemporaryDirectory() + "coppice-threads-\(UUID().uuidString)"
    let source = """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <errno.h>
      #include <pthread.h>
      #include <stdatomic.h>
      #include <stdlib.h>
      static atomic_int asked;
      int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *), void *context) {
        int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym(RTLD_NEXT, "pthread_create");
        const char *most = getenv("THREADS");
        if (most && atomic_fetch_add(&asked, 1) >= atoi(most)) return EAGAIN;
        return create(thread, attributes, work, context);
      }
      """
    #if os(Linux)
      try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      atexit { if let library = ThreadLimitTests.library { unlink(library) } }
      try? source.write(toFile: folder + "/threads.c", atomically: true, encoding: .utf8)
      defer { unlink(folder + "/threads.c") }
      let library = folder + "/threads.so"
      for compiler in ["clang", "cc"] {
        let arguments = ["-shared", "-fPIC", "-o", library, folder + "/threads.c", "-ldl"]
        if Python.run(compiler, arguments)?.status == 0 { return library }
      }
    #endif
    return nil
  }()

  private func environment(_ threads: Int) -> [String: String] {
    ["LD_PRELOAD": Self.library ?? "", "THREADS": "\(threads)"]
  }

  @Test(.enabled(if: library != nil), arguments: [0, 1, 2, 4])
  func aRunGoesOnWithTheThreadsThereAre(threads: Int) throws {
    let reference = try Sweeps.finished.get()
    let program = try Program()
    let running = try program.start(
      ["run", "--jobs", "2", "--threads", "2"] + Sweeps.tiny, environment: environment(threads))
    let deadline = Date(timeIntervalSinceNow: 120)
    while running.process.isRunning, Date() < deadline { usleep(10_000) }
    guard !running.process.isRunning else {
      kill(running.process.processIdentifier, SIGKILL)
      Issue.record("hangs with \(threads) threads")
      return
    }
    let outcome = try running.outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    if threads < 4 {
      #expect(outcome.errors.contains("the system gives this run fewer threads"), "\(outcome.errors)")
    }
    #expect(try program.digests(of: "tiny") == reference.digests(of: "tiny"))
  }

  @Test(.enabled(if: library != nil), arguments: [0, 2])
  func aRunWithFewThreadsHearsItsSignals(threads: Int) throws {
    let program = try Program()
    let sweep = Sweeps.ladder(training: 100_000, model: "mlp(widths: [100])")
    let running = try program.start(
      ["run", "--jobs", "2"] + sweep,
      environment: environment(threads).merging(["COPPICE_CHECKPOINT_SECONDS": "0.05"]) { $1 })
    let deadline = Date(timeIntervalSinceNow: 60)
    while program.store.stages.paths().isEmpty, Date() < deadline { usleep(2_000) }
    running.process.terminate()
    while running.process.isRunning, Date() < deadline { usleep(2_000) }
    if running.process.isRunning { kill(running.process.processIdentifier, SIGKILL) }
    let outcome = try running.outcome()
    #expect(outcome.status == 130, "\(outcome.errors)")
    #expect(outcome.errors.contains("interrupted after a checkpoint"))
  }
}
