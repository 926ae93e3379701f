import Coppice
import CoppiceReporting
import CoppiceStore

/// The page that lies in an archive of results: what it is, how it is checked, verified and made anew, and what to expect.
struct PackReadme {
  private let summary: Summary
  private let files: [String]
  private let archive: String
  private let expected: Table?
  private let provenance: JSON

  /// - Parameters:
  ///   - files: the names of what else is in the archive.
  ///   - archive: what the archive is called.
  ///   - expected: the values that should come out again.
  init(_ summary: Summary, files: [String], archive: String, expected: Table?) {
    (self.summary, self.files, self.archive, self.expected) = (summary, files, archive, expected)
    provenance = JSON(parsing: summary.provenance) ?? .null
  }

  var text: String {
    let question = JSON.member("question", of: summary.configuration)?.specificationValue.description ?? ""
    let seconds = summary.rows.map { $0[metric: .wallTime] }.filter(\.isFinite).reduce(0, +)
    let trials = SummaryTrials(summary).all.count
    let verify = (fetches + ["coppice verify \(archive) --sample 5"]).map { "  " + $0 }.joined(
      separator: "\n")
    return """
      \(summary.experiment)
      \(question)

      Results of \(word("tool")), numerics \(word("numerics")): \(trials) trials, \
      \(NumberText.fixed(seconds / 3600, decimals: 2)) hours of training on \(word("processor")).

      Is this archive whole?
        sha256sum -c \(PackedResults.manifest)

      Do the results come out again, to the bit, on another machine? Five trials, chosen by --seed; without --sample all:
      \(verify)

      Make all of it anew (this was the command):
        \(word("command"))

      Look at it:
        coppice table summary.h5
        coppice plot summary.h5 -o figure.svg

      What is in here:
      \(listed)

      Expected values, mean and half-width of the 95 % interval over seeds (expected.csv has them in full precision):

      \(expected?.text(width: nil) ?? "none")
      """ + "\n"
  }

  private func word(_ name: String) -> String {
    provenance[name]?.specificationValue.description ?? "unknown"
  }

  /// The commands that fetch what data sets need.
  private var fetches: [String] {
    guard case .list(let sets)? = provenance["data"] else { return [] }
    return sets.compactMap { set in
      guard case .text(let dataset)? = set["dataset"], case .list(let files)? = set["files"], !files.isEmpty
      else { return nil }
      return "coppice data fetch \(dataset)"
    }
  }

  private var listed: String {
    Self.contents.filter { entry in files.contains { $0.hasPrefix(entry.name) } }
      .map { name, about in
        "  " + name + String(repeating: " ", count: max(1, 18 - name.count)) + about
      }.joined(separator: "\n")
      + "\n  \(PackedResults.manifest)   SHA-256 of every file"
  }

  private static let contents: [(name: String, about: String)] = [
    ("summary.h5", "all rows, cubes and analyses, as HDF5"), ("index.csv", "the rows as text"),
    ("expected.csv", "the table below, for programs"),
    ("digests.txt", "SHA-256 of the results of each trial"),
    ("trials/", "weights, masks and series of each trial"), ("stages/", "the outputs of stages"),
    ("costs/", "tables of measured costs"), ("figures/", "figures"), ("reports/", "reports and notebooks"),
    ("environment.json", "build, processor, system"),
    ("data.json", "the data sets with the SHA-256 of each file; the data are not in here"),
  ]
}
