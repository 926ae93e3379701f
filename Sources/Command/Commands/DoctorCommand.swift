import ArgumentParser
import Coppice
import CoppiceHDF5
import CoppiceStore
import Foundation

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Look at what this program needs and finds on this machine.",
    discussion: """
      Exit code 74 where the folder of results cannot be written; anything else is advice.

      --bits runs one small trial of every family of models, on data that need no file, and compares with the digests that are \
      published with this program. Exit code 1 where one differs: results of this machine are then not those of others.

      \(examples("doctor", "doctor --bits"))
      """)

  @Flag(help: "Compare results of small trials with the published digests, bit for bit.")
  var bits = false

  @Flag(help: "With --bits: print the digests that came out, for those who change the numerics.")
  var list = false

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var cores: CoreOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    if list, !bits { throw ValidationError("--list says what came out of --bits: give both") }
  }

  /// One thing looked at.
  private struct Finding {
    enum Verdict: String { case good = "ok", advice, bad }

    let name: String
    let verdict: Verdict
    let text: String

    init(_ name: String, _ text: String, _ verdict: Verdict = .good) {
      (self.name, self.verdict, self.text) = (name, verdict, text)
    }
  }

  func run() throws { try bits ? compare() : look() }

  /// Runs the published trials.
  private func compare() throws {
    let run = try VerificationRun(
      try PublishedBits.all.map { try $0.known() }, DataLibrary(data.folders), cores, isQuiet: true)
    let total = run.trials.count
    guard !list else {
      return try Terminal.data(
        run.trials.map { "\($0.digest ?? "none")  \($0.name)" }.joined(separator: "\n"))
    }
    try Terminal.data(
      format.json ? run.json(total: total) : run.text(of: ("family", "families"), total: total))
    try run.end()
  }

  private func look() throws {
    let findings = [program, processor, kernels, hdf5, git] + tools + datasets + [writable]
    if format.json {
      let list = findings.map { finding in
        JSON.members([
          ("name", .text(finding.name)), ("verdict", .text(finding.verdict.rawValue)),
          ("text", .text(finding.text)),
        ])
      }
      try Terminal.data(JSON.object([("schema_version", .integer(1)), ("findings", .list(list))]))
    } else {
      for finding in findings {
        let verdict = finding.verdict.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
        try Terminal.data("\(verdict)\(finding.name): \(finding.text)")
      }
    }
    if let bad = findings.first(where: { $0.verdict == .bad }) {
      throw CommandFailure("\(bad.name): \(bad.text)", CommandFailure.inputOutput)
    }
  }

  private var program: Finding {
    let text =
      "coppice \(Provenance.toolVersion), built with Swift \(Provenance.swiftVersion), \(Provenance.build)"
    return Provenance.build == "debug"
      ? Finding(
        "program", text + "; build with `swift build -c release`, which is many times faster", .advice)
      : Finding("program", text)
  }

  private var processor: Finding {
    Finding("processor", "\(Provenance.processor), \(ProcessInfo.processInfo.activeProcessorCount) cores")
  }

  private var kernels: Finding {
    let text =
      "\(KernelVariant.current) (this processor has \(KernelVariant.supported.joined(separator: ", ")))"
    return KernelVariant.current == "portable"
      ? Finding("kernels", text + "; plain C is very slow", .advice) : Finding("kernels", text)
  }

  private var hdf5: Finding { Finding("hdf5", "libhdf5 \(Library.version)") }

  private var git: Finding {
    guard Tool("git").path != nil else {
      return Finding("git", "not installed; results will not say which commit they come from", .advice)
    }
    let state = GitState(FileManager.default.currentDirectoryPath)
    guard let commit = state.commit else {
      return Finding("git", "not in a checkout; results will not say which commit they come from", .advice)
    }
    return Finding("git", "\(commit.prefix(12))\(state.isDirty == true ? ", with changes" : "")")
  }

  private var tools: [Finding] {
    [
      ("rsvg-convert", "figures as PNG and PDF", "librsvg2-bin"), ("curl", "fetching data sets", "curl"),
      ("tar", "unpacking data sets", "tar"), ("python3", "the notebook", "python3"),
    ].map { name, purpose, package in
      Tool(name).path.map { Finding(name, "\($0), for \(purpose)") }
        ?? Finding(name, "not installed; needed for \(purpose): apt install \(package)", .advice)
    }
  }

  private var datasets: [Finding] {
    DatasetSource.all.filter { !$0.isEmbedded }.map { source in
      DataVerification.folder(of: source, in: data.folders).map { Finding(source.name, "in \($0)") }
        ?? Finding(
          source.name, "not here; fetch it with `\(ProgramName.current) data fetch \(source.name)`", .advice)
    }
  }

  private var writable: Finding {
    let path = results.folder.path
    do throws(HDF5Error) {
      // Where this process is killed before it is gone, it is swept like any temporary file.
      let probe =
        "\(path)/doctor.tmp-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 1 ... .max))"
      let isNew = !FileManager.default.fileExists(atPath: path)
      try AtomicFile.replace(probe, with: UnsafeRawBufferPointer(start: nil, count: 0))
      unlink(probe)
      if isNew { rmdir(path) }
      return Finding("results", "\(path) can be written")
    } catch {
      return Finding("results", error.description, .bad)
    }
  }
}
