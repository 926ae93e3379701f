import CoppiceLaboratory
import Testing

@Suite struct SlurmScriptTests {
  private var script: SlurmScript {
    SlurmScript(
      name: "coppice-tiny", comment: "Wave 1 of 2 of tiny: 3 jobs.",
      command: "/opt/coppice work tiny --stages",
      logs: "/data/50%/tiny/jobs/logs", options: .init())
  }

  @Test func anArrayRunsALineOfItsListEach() {
    var script = script
    script.tasks = .init(count: 3, list: "'/data/a b/wave-1.txt'")
    script.seconds = 1_500
    (script.options.partition, script.options.memory, script.options.mostJobs) = ("short", "2G", 2)
    (script.options.cores, script.options.further) = (4, ["--account=lab", "--qos=low"])
    script.isExclusive = true
    script.variables = ["COPPICE_KERNELS=avx2"]
    #expect(
      script.text == """
        #!/bin/sh
        # Wave 1 of 2 of tiny: 3 jobs.
        #SBATCH --job-name=coppice-tiny
        #SBATCH --nodes=1
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=4
        #SBATCH --array=1-3%2
        #SBATCH --time=55
        #SBATCH --mem=2G
        #SBATCH --partition=short
        #SBATCH --exclusive
        #SBATCH --signal=B:TERM@60
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --output="/data/50%%/tiny/jobs/logs/%A_%a.log"
        #SBATCH --account=lab
        #SBATCH --qos=low
        export COPPICE_KERNELS=avx2
        exec /opt/coppice work tiny --stages $(sed -n "${SLURM_ARRAY_TASK_ID}p" '/data/a b/wave-1.txt')

        """)
  }

  @Test func oneJobHasNoArrayAndWhatIsNotAskedForIsSlurms() {
    let text = script.text
    for word in ["--array", "--mem", "--partition", "--exclusive", "sed"] {
      #expect(!text.contains(word), "\(word)")
    }
    #expect(text.contains("/logs/%j.log\""))
    #expect(text.contains("#SBATCH --time=10\n"))
  }

  @Test func aJobMayTakeTwiceWhatIsExpectedAndTenMinutesAtLeast() {
    func minutes(_ seconds: Double) -> Int {
      var changed = script
      changed.seconds = seconds
      return changed.minutes
    }
    #expect([0, 60, 600, 36_000].map { minutes($0) } == [10, 10, 25, 1_205])
    #expect(minutes(.nan) == 10 && minutes(.infinity) == 10 && minutes(-5) == 10)
    var timed = script
    (timed.options.time, timed.seconds) = ("1-00:00", 600)
    #expect(timed.text.contains("#SBATCH --time=1-00:00\n"))
  }
}
