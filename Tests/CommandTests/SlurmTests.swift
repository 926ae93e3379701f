import CoppiceStore
import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Testing

/// Sweeps on a Slurm of one controller and four node daemons on this machine, which a script starts and stops.
@Suite(.serialized, .enabled(if: Cluster.isThere, "Slurm and munge: apt-get install slurm-wlm munge"))
struct SlurmTests {
  @Test func aStoreMadeBySlurmIsTheLocalOne() throws {
    let (cluster, program, alone) = (try Cluster(), try Program(), try Program())
    try #require(try alone.run(["run", "--quiet"] + Sweeps.tiny).status == 0)
    let launch = ["launch"] + Sweeps.tiny + ["--slurm", "--job-seconds", "0"]
    let launched = try program.run(launch, environment: cluster.environment)
    #expect(launched.status == 0, "\(launched.errors)")
    #expect(launched.output.contains("job 1: wave-1, "), "\(launched.output)")
    // What is queued is not launched again.
    let again = try program.run(launch, environment: cluster.environment)
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.output.contains("all that is missing is queued or running already"), "\(again.output)")
    let status = try program.run(["status", "tiny"], environment: cluster.environment)
    #expect(status.output.contains("; jobs: "), "\(status.output)")
    try cluster.wait()
    #expect(
      try program.digests(of: "tiny") == alone.digests(of: "tiny"), "\(cluster.prints(of: program, "tiny"))")
    let over = try program.run(["status", "tiny", "--json"], environment: cluster.environment)
    let state = try #require((try object(over.output)["experiments"] as? [[String: Any]])?.first)
    #expect(state["done"] as? Int == 21)
    let jobs = try #require(state["jobs"] as? [String: Int])
    #expect(jobs["pending"] == 0 && jobs["running"] == 0 && jobs["over"] ?? 0 > 2, "\(jobs)")
    let done = try program.run(launch, environment: cluster.environment)
    #expect(done.output == "tiny is done: nothing is missing\n", "\(done.output)")
    withExtendedLifetime((cluster, program, alone)) {}
  }

  /// A power cut of a node, and a worker that is killed: what they had begun is launched again.
  @Test func aNodeAndAWorkerThatDieCostTimeAlone() throws {
    let (cluster, program, alone) = (try Cluster(), try Program(), try Program())
    let sweep = Sweeps.tiny.map { $0 == "training=20it" ? "training=400it" : $0 == "1" ? "2" : $0 }
    try #require(try alone.run(["run", "--quiet"] + sweep).status == 0)
    let environment = cluster.environment.merging(["COPPICE_CHECKPOINT_SECONDS": "0.1"]) { $1 }
    let launch = ["launch"] + sweep + ["--slurm", "--job-seconds", "0"]
    let launched = try program.run(launch, environment: environment)
    #expect(launched.status == 0, "\(launched.errors)")
    // The first trainings are under way.
    let deadline = Date(timeIntervalSinceNow: 240)
    while program.store.stages.holders.count < 2, Date() < deadline { usleep(5_000) }
    let workers = program.store.stages.holders
    let worker = try #require(workers.first, "\(cluster.prints(of: program, "tiny"))")
    kill(worker.process, SIGKILL)
    try cluster.script(["kill", "n2"])
    let cancelled = try program.run(["cancel", "tiny"], environment: environment)
    #expect(cancelled.status == 0 && cancelled.output.contains("waiting taken out"), "\(cancelled.errors)")
    try cluster.script(["node", "n2"])
    try cluster.wait()
    let left = try program.run(["status", "tiny"], environment: environment)
    #expect(left.output.contains("; jobs: 0 pending, 0 running, "), "\(left.output)")
    let again = try program.run(launch, environment: environment)
    #expect(again.status == 0 && again.output.contains("wave-1, "), "\(again.output)\(again.errors)")
    try cluster.wait()
    // A worker of the first launch may have been killed with its node in the last moment of a stage: nothing is ever lost.
    #expect(
      try program.digests(of: "tiny") == alone.digests(of: "tiny"), "\(cluster.prints(of: program, "tiny"))")
    withExtendedLifetime((cluster, program, alone)) {}
  }

  @Test func whatSlurmRefusesIsToldInItsWords() throws {
    let (cluster, program) = (try Cluster(nodes: 1), try Program())
    let outcome = try program.run(
      ["launch"] + Sweeps.tiny + ["--slurm", "--partition", "nowhere"], environment: cluster.environment)
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains("invalid partition specified: nowhere"), "\(outcome.errors)")
    try cluster.script(["stop"])
    let absent = try program.run(["launch"] + Sweeps.tiny + ["--slurm"], environment: cluster.environment)
    #expect(absent.status == 75, "\(absent.errors)")
    withExtendedLifetime((cluster, program)) {}
  }
}

/// A Slurm of a test's own, which ends with the last reference to it.
private final class Cluster {
  static let isThere =
    ["sbatch", "squeue", "scancel"].allSatisfy { Tool($0).path != nil }
    && ["slurmctld", "slurmd", "munged"].allSatisfy { name in
      Tool(name).path != nil || FileManager.default.isExecutableFile(atPath: "/usr/sbin/\(name)")
    }

  private let folder: TemporaryFolder
  private static let tool = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Slurm/cluster.sh").path

  var environment: [String: String] { ["SLURM_CONF": folder.file("slurm.conf")] }

  init(nodes: Int = 4) throws {
    folder = try TemporaryFolder()
    try script(["start", "\(nodes)"])
  }

  deinit { try? script(["stop"]) }

  /// Runs the script that starts and stops it.
  func script(_ words: [String]) throws {
    let run = ToolRun(
      ["/bin/sh", Self.tool, words[0], folder.path] + words.dropFirst(), errors: .shown, patience: 60)
    try #require(run?.status == 0, "\(words)")
  }

  /// Waits until no job waits or runs.
  func wait() throws {
    let deadline = Date(timeIntervalSinceNow: 900)
    let environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    while Date() < deadline {
      let run = ToolRun(["squeue", "--noheader"], environment: environment, patience: 30)
      if run?.status == 0, run?.output.isEmpty ?? false { return }
      usleep(200_000)
    }
    Issue.record("jobs are queued still")
  }

  /// What the jobs of an experiment have printed.
  func prints(of program: Program, _ experiment: String) -> String {
    let logs = program.store.jobs(of: experiment) + "/logs"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: logs)) ?? []
    return names.sorted().map { name in
      "\(name): \((try? String(contentsOfFile: "\(logs)/\(name)", encoding: .utf8)) ?? "")"
    }.joined(separator: "\n")
  }
}
