import CoppiceHDF5
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// The page on the files names every group, array, column and attribute of files that a run writes.
@Suite struct FileFormatTests {
  /// A file of each kind.
  private struct Files {
    let summary, trial, stage, compacted: String
  }

  private static let files: Result<Files, any Error> = Result {
    let program = try Sweeps.finished.get()
    let trial = try #require(program.store.trials(of: "tiny").first { $0.hasPrefix("magnitude-lottery") })
    let folder = program.store.path + "/stages"
    let stages = try #require(FileManager.default.enumerator(atPath: folder))
    let names = stages.compactMap { $0 as? String }
    let stage = try #require(names.filter { $0.hasSuffix(".h5") }.min())
    let compacted = program.folder.file("compacted-\(UUID().uuidString).h5")
    let outcome = try program.run(["compact", "tiny/" + trial, compacted])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return Files(
      summary: program.store.summary(of: "tiny"), trial: program.store.trial(trial, of: "tiny"),
      stage: folder + "/" + stage, compacted: compacted)
  }

  /// The part of the page on a kind of file.
  private static func section(_ title: String) throws -> String {
    let page = try Pages.text("FileFormat")
    return String(
      try #require(page.components(separatedBy: "\n## \(title)\n").last).components(separatedBy: "\n## ")[0])
  }

  /// All paths in a file.
  private static func paths(in group: HDF5Group, _ path: String = "") throws -> [String] {
    try group.names().flatMap { name -> [String] in
      let own = path + "/" + name
      guard let child = try? group.group(name) else { return [own] }
      return try [own] + paths(in: child, own)
    }
  }

  /// Whether a path of the page, in which `<name>` stands for any, is that of a file.
  private static func fits(_ template: String, _ path: String) -> Bool {
    let (wanted, found) = (template.split(separator: "/"), path.split(separator: "/"))
    return wanted.count == found.count
      && zip(wanted, found).allSatisfy { wanted, found in
        wanted == found || wanted.hasPrefix("<") && found.hasSuffix(wanted.drop { $0 != ">" }.dropFirst())
      }
  }

  /// The paths that a section of the page names.
  private static func templates(_ section: String) -> [String] {
    section.matches(of: #/`(\/[^`]*)`/#).map { String($0.1) }
  }

  private static let kinds: [(title: String, file: KeyPath<Files, String> & Sendable)] = [
    ("The summary", \.summary), ("The trial", \.trial), ("The stage", \.stage),
    ("The compacted network", \.compacted),
  ]

  @Test(arguments: kinds.indices) func everyPathIsOnThePage(kind: Int) throws {
    let (title, file) = Self.kinds[kind]
    let templates = Self.templates(try Self.section(title))
    let paths = try Self.paths(in: HDF5File(Self.files.get()[keyPath: file]).root)
    #expect(paths.count > 5)
    for path in paths { #expect(templates.contains { Self.fits($0, path) }, "\(title): \(path)") }
  }

  /// Every column with its unit, and every measure of the cubes.
  @Test func everyColumnIsOnThePage() throws {
    let section = try Self.section("The summary")
    let root = try HDF5File(Self.files.get().summary).root
    let index = try root.dataset("index")
    guard case .texts(let units)? = try index.attribute("units") else { throw CocoaError(.fileReadUnknown) }
    let columns = try index.readTable().columns.map(\.name)
    #expect(columns.count == units.count && columns.count > 80)
    let lines = section.split(separator: "\n").filter { $0.hasPrefix("| `") && !$0.hasPrefix("| `/") }
    for (column, unit) in zip(columns, units) {
      let line = lines.first {
        $0.hasPrefix("| `\(column)`") || $0.hasPrefix("| ") && $0.contains("`\(column)`, ")
          || $0.hasPrefix("| ") && $0.contains(", `\(column)` |")
      }
      #expect(line != nil, "\(column): a line of the table of FileFormat.md is to say what it is")
      #expect(line?.hasSuffix("| \(unit.isEmpty ? "" : unit + " ")|") == true, "\(column) in \(unit)")
    }
    for cube in ["cube", "ladders", "dense"] {
      for name in try root.group(cube).names() { #expect(section.contains("`\(name)`"), "\(cube)/\(name)") }
    }
  }

  private static let python = Python.interpreter(with: ["h5py"])

  /// Every attribute of every object is named in its section, or among those that all files and all axes have.
  @Test(.enabled(if: python != nil, "Python with h5py")) func everyAttributeIsOnThePage() throws {
    let python = try #require(Self.python)
    let files = try Self.files.get()
    let overview = try Self.section("Overview")
    for (title, file) in Self.kinds {
      let section =
        try Self.section(title) + overview + (title == "The trial" ? Self.section("The summary") : "")
      let script = """
        import h5py, sys
        file = h5py.File(sys.argv[1])
        names = set(file.attrs)
        file.visititems(lambda path, item: names.update(item.attrs))
        print("\\n".join(sorted(names)))
        """
      let outcome = try #require(Python.run(python, ["-c", script, files[keyPath: file]]))
      try #require(outcome.status == 0, "\(outcome.output)")
      let names = outcome.output.split(separator: "\n")
      #expect(names.contains("format_version"))
      for name in names where !name.hasPrefix("setting.") {
        #expect(section.contains("`\(name)`"), "\(title): \(name)")
      }
    }
  }

  private static let readers = Python.interpreter(with: ["h5py", "matplotlib", "pandas"])

  /// The lines of Python on the pages read what a run wrote.
  @Test(
    .enabled(if: readers != nil, "Python with h5py, matplotlib and pandas"),
    arguments: ["FileFormat", "Python"])
  func thePythonLinesRun(page: String) throws {
    let python = try #require(Self.readers)
    let files = try Self.files.get()
    let folder = try TemporaryFolder()
    let hasXarray = Python.interpreter(with: ["h5netcdf", "xarray"]) == python
    let blocks = Pages.blocks("python", of: try Pages.text(page))
    #expect(blocks.count >= 3)
    for block in blocks where hasXarray || !block.contains("xarray") {
      let lines = block.replacing("Results/quickstart/summary.h5", with: files.summary)
        .replacing("Results/quickstart/trials/TRIAL.h5", with: files.trial)
        .replacing("\"trial.h5\"", with: "\"\(files.trial)\"").replacing(
          "\"stage.h5\"", with: "\"\(files.stage)\"")
      let script = folder.file("lines.py")
      try ("import matplotlib; matplotlib.use('Agg')\n" + lines)
        .write(toFile: script, atomically: true, encoding: .utf8)
      let outcome = try #require(Python.run(python, [script]))
      #expect(outcome.status == 0, "\(block)\(outcome.output)")
    }
  }
}
