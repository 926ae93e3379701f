import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// What `launch` and `cancel` say without a cluster.
@Suite struct LaunchTests {
  /// Paths on which there is no Slurm.
  private static let bare = ["PATH": "/nowhere"]

  @Test func scriptsArePrintedWithoutSlurm() throws {
    let program = try Program()
    let outcome = try program.run(
      ["launch"] + Sweeps.tiny + [
        "--slurm", "--dry-run", "--job-seconds", "0", "--partition", "short", "--time", "30", "--mem", "2G",
        "--max-jobs", "4",
        "--array-size", "2", "--sbatch", "--account=lab", "--sbatch=--qos=low", "--jobs", "2", "--threads",
        "3",
      ], environment: Self.bare.merging(["COPPICE_CHECKPOINT_SECONDS": "5"]) { $1 })
    #expect(outcome.status == 0, "\(outcome.errors)")
    for line in [
      "#SBATCH --partition=short", "#SBATCH --time=30", "#SBATCH --mem=2G", "#SBATCH --account=lab",
      "#SBATCH --qos=low",
      "#SBATCH --cpus-per-task=6", "#SBATCH --signal=B:TERM@60", "export COPPICE_CHECKPOINT_SECONDS=5",
      "# nothing was submitted: leave out --dry-run",
    ] { #expect(outcome.output.contains(line + "\n"), "\(line)") }
    #expect(outcome.output.contains("exec \(program.executable.path) work quickstart '--seeds=1' "))
    #expect(
      outcome.output.contains(
        " '--as=tiny' '--results=\(program.results)' '--jobs=2' '--threads=3' --quiet --stages $(sed -n "))
    #expect(outcome.output.contains(" --quiet --assemble\n"))
    // Two in an array at most, and the rest in more arrays, which share what may run side by side.
    #expect(outcome.output.contains("/1/wave-2-2.sh\n"))
    #expect(outcome.output.contains("#SBATCH --array=1-2%"))
    #expect(!FileManager.default.fileExists(atPath: program.results + "/tiny/jobs"))
    withExtendedLifetime(program) {}
  }

  @Test func withoutSlurmNothingIsSubmitted() throws {
    let program = try Program()
    let outcome = try program.run(["launch"] + Sweeps.tiny + ["--slurm"], environment: Self.bare)
    #expect(outcome.status == 69, "\(outcome.errors)")
    #expect(outcome.errors.contains("sbatch is not installed here"), "\(outcome.errors)")
    #expect(outcome.errors.contains("apt-get install slurm-wlm munge"))
    let other = try program.run(["launch"] + Sweeps.tiny)
    #expect(other.status == 64 && other.errors.contains("launch takes --slurm"), "\(other.errors)")
    for words in [
      ["--max-jobs", "0"], ["--job-seconds", "-1"], ["--partition", ""], ["--sbatch", "a\nb"],
    ] {
      let outcome = try program.run(["launch"] + Sweeps.tiny + ["--slurm"] + words)
      #expect(outcome.status == 64, "\(words): \(outcome.errors)")
    }
    withExtendedLifetime(program) {}
  }

  @Test func whatWasNotLaunchedCannotBeCancelled() throws {
    let program = try Sweeps.finished.get()
    let outcome = try program.run(["cancel", "tiny"])
    #expect(outcome.status == 66, "\(outcome.errors)")
    #expect(outcome.errors.contains("no jobs of tiny were launched: there is no "), "\(outcome.errors)")
  }

  @Test func aRecordThatIsNoneIsToldAndStatusGoesOn() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let folder = program.results + "/tiny/jobs"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: folder + "/jobs.json"))
    let cancel = try program.run(["cancel", "tiny"])
    #expect(
      cancel.status == 65 && cancel.errors.contains("it is no record of launched jobs"), "\(cancel.errors)")
    let status = try program.run(["status", "tiny"])
    #expect(status.status == 0 && status.output.contains("21 of 21"), "\(status.errors)")
    #expect(status.errors.contains("it is no record of launched jobs"))
    var record = LaunchRecord()
    record.jobs = [
      .init(id: "7", name: "coppice-tiny", label: "wave-1", tasks: 2, list: "1/wave-1.txt", time: 1e9)
    ]
    try record.write(to: folder + "/jobs.json")
    let absent = try program.run(["status", "tiny"], environment: Self.bare)
    #expect(absent.status == 0, "\(absent.errors)")
    #expect(absent.errors.contains("squeue is not installed here"), "\(absent.errors)")
    withExtendedLifetime(program) {}
  }
}
