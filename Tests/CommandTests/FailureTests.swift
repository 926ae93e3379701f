import CoppiceHDF5
import CoppiceStore
import Foundation
import Testing

/// Every failure with its exit code and its words: what, where, and the next step.
@Suite struct FailureTests {
  private func expect(
    _ program: Program, _ arguments: [String], _ status: Int32, _ words: [String],
    environment: [String: String] = [:], _ location: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try program.run(arguments, environment: environment)
    #expect(outcome.status == status, "\(arguments): \(outcome.errors)", sourceLocation: location)
    for word in words {
      #expect(outcome.errors.contains(word), "\(word) in \(outcome.errors)", sourceLocation: location)
    }
  }

  @Test func namesThatDoNotExistAreUsageErrorsWithASuggestion() throws {
    let program = try Program()
    let run = ["run", "quickstart", "--set"]
    try expect(
      program, ["run", "quikstart"], 64, ["no experiment named \"quikstart\"", "mean \"quickstart\""])
    try expect(program, ["status", "quikstart"], 64, ["mean \"quickstart\""])
    try expect(program, run + ["modle=x"], 64, ["no setting named \"modle\"", "mean \"model\""])
    try expect(program, run + ["model=lenet5"], 64, ["named \"lenet5\"", "mean \"lenet-5\""])
    try expect(program, run + ["dataset=glyfs"], 64, ["no data set named \"glyfs\"", "mean \"glyphs\""])
    try expect(program, run + ["criterion=magnitud"], 64, ["magnitud", "magnitude"])
    try expect(program, run + ["optimizer=adan"], 64, ["named \"adan\"", "mean \"adam\""])
    try expect(program, ["data", "fetch", "mnits"], 64, ["mean \"mnist\""])
    try expect(program, ["data", "fetch", "glyphs"], 64, ["generated in code"])
    try expect(program, ["list", "modells"], 64, ["models"])
    try expect(program, ["frobnicate"], 64, [])
  }

  @Test func settingsOutOfRangeAreUsageErrors() throws {
    let program = try Program()
    for setting in [
      "sparsity=2", "sparsity=nan", "sparsity=-0.1", "training=0.5", "training=-5it",
      "training=99999999999999999999it",
      "batch-size=0", "batch-size=9223372036854775807", "rounds=99", "rounds=x", "clipping=nan", "seed=1.5",
      "learning-rate=0", "learning-rate=-1", "learning-rate=inf",
      "learning-rate=steps(rate: 0.1, points: [1e300])",
      "model=mlp(widths: [9223372036854775807, 9223372036854775807])", "model=mlp(widths: [-1])",
      "model=encoder(heads: 0)", "model=encoder", "schedule=iterative(rounds: 1000000000000)",
      "schedule=lottery-ticket(rounds: 2, rate: 5)", "retraining=rewind(to: 100000000it)",
      "retraining=fine-tune(budget: 7)", "dataset=glyphs(training: 9223372036854775807)",
      "dataset=glyphs(augmentation: augmentation(padding: 99999999999))",
      "allocation=layer-wise(ignoring: [fc9])",
      "model=" + String(repeating: "[", count: 50_000),
      "model=mlp(widths: " + String(repeating: "[", count: 50_000),
      "=", "x", "sparsity", "", "initializer=truncated-normal(deviation: -1)", "optimizer=adam(beta1: 1)",
    ] {
      let outcome = try program.run(["run", "quickstart", "--quiet", "--set", setting])
      #expect(
        [64, 65].contains(outcome.status),
        "\(setting.prefix(80)): \(outcome.status) \(outcome.errors.prefix(300))")
      #expect(!outcome.errors.isEmpty)
    }
    for arguments in [
      ["--seeds", "0"], ["--seeds", "-1"], ["--seeds", "9223372036854775807"], ["--jobs", "0"],
      ["--threads", "99999"],
      ["--seeds", "3", "--set", "seed=9223372036854775807"],
    ] {
      try expect(program, ["run", "quickstart"] + arguments, 64, [])
    }
    #expect(!FileManager.default.fileExists(atPath: program.results))
  }

  /// A name of results is that of a folder inside the results.
  @Test func namesThatLeadElsewhereAreUsageErrors() throws {
    let program = try Program()
    for name in [
      "../elsewhere", "", ".", "..", ".hidden", "-x", "/x", "a/b", "stages", "a\nb", "\u{1b}[2J", "/\u{301}",
    ] {
      for command in ["plan", "run"] {
        try expect(
          program,
          [command] + (name.isEmpty ? ["--as", ""] : ["--as=\(name)"])
            + Sweeps.ladder(training: 1).dropLast(2), 64,
          [
            "error: results cannot have the name \(name.debugDescription): it is that of a folder inside",
            "is not stages",
          ])
      }
    }
    #expect(!FileManager.default.fileExists(atPath: program.results))
    for command in [
      ["plan"] + Sweeps.tiny, ["run"] + Sweeps.tiny, ["status"], ["clean", "--stages"], ["doctor"],
    ] {
      try expect(program, command + ["--results", ""], 64, ["--results takes the path of a folder"])
    }
  }

  @Test func variablesAreCheckedLikeFlags() throws {
    let program = try Program()
    try expect(program, ["list"], 64, ["COPPICE_KERNELS is \"sse\""], environment: ["COPPICE_KERNELS": "sse"])
    #if arch(x86_64)
      try expect(program, ["list"], 64, ["does not have; it has"], environment: ["COPPICE_KERNELS": "neon"])
    #endif
    try expect(
      program, ["run"] + Sweeps.tiny, 64, ["COPPICE_JOBS must be"], environment: ["COPPICE_JOBS": "many"])
    try expect(
      program, ["run"] + Sweeps.tiny, 64, ["COPPICE_CHECKPOINT_SECONDS is \"soon\""],
      environment: ["COPPICE_CHECKPOINT_SECONDS": "soon"])
  }

  /// A folder that is named is taken or refused.
  @Test func aNamedFolderOfDataIsSearchedAlone() throws {
    let program = try Program()
    try Self.writeDigits(program.folder.file("full/MNIST/raw"))
    try FileManager.default.createDirectory(
      atPath: program.folder.file("empty"), withIntermediateDirectories: true)
    let plan = ["plan", "quickstart", "--seeds", "1", "--set", "dataset=mnist(validation: 10)"]
    let variable = ["COPPICE_DATA": program.folder.file("full")]
    try expect(program, plan, 0, ["mnist, not the original files"], environment: variable)
    for command in [plan, ["run"] + plan.dropFirst()] {
      try expect(
        program, command + ["--data", program.folder.file("empty")], 66,
        ["\"mnist\" was not found", "full/MNIST/raw holds it, and is not searched because --data names"],
        environment: variable)
    }
    try expect(
      program, ["data", "verify", "mnist", "--data", "empty"], 66, ["empty/MNIST/raw"], environment: variable)
    // A folder that is not there, even where no file is needed.
    for command in [["plan"] + Sweeps.tiny, ["run"] + Sweeps.tiny, ["data", "list"], ["data", "verify"]] {
      try expect(
        program, command + ["--data", "nowhere"], 66,
        ["--data nowhere is not a folder: name one that is there, or leave it out"])
      try expect(program, command + ["--data", ""], 64, ["--data takes the path of a folder"])
    }
    try expect(program, ["data", "fetch", "mnist", "--mirror", ""], 64, ["--mirror takes the address"])
    try expect(
      program, ["plan"] + Sweeps.tiny + ["--results", ""], 64, ["--results takes the path of a folder"])
    #expect(!FileManager.default.fileExists(atPath: program.results))
  }

  @Test func dataThatAreNotThePublishedOnesAreSaidAndRefusedWhereAsked() throws {
    let program = try Program()
    try Self.writeDigits(program.folder.file("data/MNIST/raw"))
    let sweep =
      Sweeps.ladder(training: 10, dataset: "mnist(validation: 10)") + [
        "--data", program.folder.file("data"),
      ]
    let words = [
      "warning: mnist is not the published data set: results call it \"mnist, not the original files\"",
      "data/MNIST/raw/train-images-idx3-ubyte differs from the published train-images-idx3-ubyte.gz: SHA-256 ",
    ]
    for command in ["plan", "run"] {
      try expect(
        program, [command] + sweep + ["--strict-data"], 65,
        ["error: the data set \"mnist\" is not the published one, and --strict-data takes no other", "fetch"])
    }
    #expect(!FileManager.default.fileExists(atPath: program.results))
    for command in ["plan", "run"] { try expect(program, [command] + sweep, 0, words) }
    let rows = try SummaryFile.read(program.store.summary(of: "ladder")).rows
    #expect(Set(rows.map(\.dataset)) == ["mnist, not the original files"])
    let curves = try SummaryFile.read(program.store.summary(of: "ladder")).curves
    #expect(curves?.title.hasSuffix(", mnist, not the original files") == true)
    let figure = try String(contentsOfFile: program.results + "/ladder/accuracy.svg", encoding: .utf8)
    #expect(figure.contains("Data: mnist, not the original files."))
    try expect(program, ["plot", "ladder", "-o", program.folder.file("figure.svg")], 0, [])
    let drawn = try String(contentsOfFile: program.folder.file("figure.svg"), encoding: .utf8)
    #expect(drawn.contains("mlp on mnist, not the original files: test accuracy"))
    let json = try object(try program.run(["plan", "--json"] + sweep).output)
    #expect((json["warnings"] as? [String])?.count == 1)
    // Embedded sets have no other version.
    try expect(program, ["plan", "--strict-data"] + Sweeps.tiny, 0, [])
  }

  /// Random digits under MNIST's names.
  private static func writeDigits(_ folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    func header(_ magic: UInt8, _ sizes: [UInt8]) -> [UInt8] {
      [0, 0, 8, magic] + sizes.flatMap { [0, 0, 0, $0] }
    }
    for (part, count) in [("train", 90 as UInt8), ("t10k", 20)] {
      let pixels = (0..<Int(count) * 784).map { UInt8($0 * $0 % 251) }
      let files = [
        ("images-idx3", header(3, [count, 28, 28]) + pixels),
        ("labels-idx1", header(1, [count]) + (0..<count).map { $0 % 10 }),
      ]
      for (kind, bytes) in files {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(part)-\(kind)-ubyte"))
      }
    }
  }

  @Test func missingDataAreExplained() throws {
    try expect(
      Program(), ["run", "quickstart", "--set", "dataset=mnist", "--data", "/nowhere"], 66,
      ["\"mnist\" was not found", "/nowhere/MNIST/raw", "coppice data fetch mnist", "--data DIR"])
    try expect(Program(), ["data", "verify", "mnist"], 66, ["\"mnist\" was not found"])
  }

  @Test func damagedDataAreBadData() throws {
    let program = try Program()
    let folder = program.folder.file("data/MNIST/raw")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    func write(_ name: String, _ bytes: [UInt8]) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    func header(_ magic: UInt8, _ sizes: [UInt8]) -> [UInt8] {
      [0, 0, 8, magic] + sizes.flatMap { [0, 0, 0, $0] }
    }
    let images = header(3, [2, 28, 28]) + [UInt8](repeating: 0, count: 2 * 784)
    for part in ["train", "t10k"] {
      try write("\(part)-images-idx3-ubyte", images)
      try write("\(part)-labels-idx1-ubyte", header(1, [2]) + [3, 4])
    }
    let run = ["run", "quickstart", "--set", "dataset=mnist", "--data", program.folder.file("data")]
    func expectBad(_ words: [String], _ location: SourceLocation = #_sourceLocation) throws {
      try expect(program, run, 65, words, location)
    }
    try write("train-labels-idx1-ubyte", header(1, [2]) + [3, 77])
    try expectBad(["train-labels-idx1-ubyte", "label 77"])
    try write("train-labels-idx1-ubyte", header(1, [3]) + [3, 4, 5])
    try expectBad(["do not belong together"])
    try write("train-labels-idx1-ubyte", header(3, [2]) + [3, 4])
    try expectBad(["starts with 0x00000803 instead of 0x00000801"])
    try write("train-labels-idx1-ubyte", header(1, [2]) + [3, 4])
    try write("train-images-idx3-ubyte", Array(images.dropLast(5)))
    try expectBad(["train-images-idx3-ubyte is truncated", "fetch"])
    try FileManager.default.removeItem(atPath: "\(folder)/train-images-idx3-ubyte")
    try write("train-images-idx3-ubyte.gz", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6])
    try expectBad(["train-images-idx3-ubyte.gz"])
    try write("train-images-idx3-ubyte.gz", [])
    try expectBad(["is empty"])
    try expect(program, ["data", "verify", "--data", program.folder.file("data")], 65, [])
    #expect(!FileManager.default.fileExists(atPath: program.results))
  }

  @Test func verifyingComparesWithWhatIsPublished() throws {
    let program = try Program()
    let folder = program.folder.file("data/tinyshakespeare")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data("to be".utf8).write(to: URL(fileURLWithPath: "\(folder)/input.txt"))
    let outcome = try program.run(["data", "verify", "--json", "--data", program.folder.file("data")])
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("tiny-shakespeare is not as published"))
    let sets = try object(outcome.output)["datasets"] as? [[String: Any]]
    #expect(sets?.first?["as_published"] as? Bool == false)
    let listed = try object(
      try program.run(["data", "list", "--json", "--data", program.folder.file("data")]).output)
    let found = (listed["datasets"] as? [[String: Any]])?.first {
      $0["name"] as? String == "tiny-shakespeare"
    }
    #expect((found?["folder"] as? String)?.hasSuffix("tinyshakespeare") == true)
  }

  @Test func aMirrorThatDoesNotAnswerIsToBeTriedAgain() throws {
    let program = try Program()
    try expect(
      program,
      ["data", "fetch", "mnist", "--mirror", "http://127.0.0.1:9", "--data", program.folder.file("data")],
      75, ["127.0.0.1:9", "could not be downloaded", "COPPICE_MIRROR"])
  }

  @Test func resultsThatCannotBeWrittenAreInputOutput() throws {
    let program = try Program()
    let file = program.folder.file("file")
    try Data().write(to: URL(fileURLWithPath: file))
    try expect(program, ["run", "--results", file + "/results"] + Sweeps.tiny, 74, [file + "/results"])
    try expect(program, ["doctor", "--results", file + "/results"], 74, [file + "/results"])
    try expect(
      try Program(copying: Sweeps.finished.get()), ["plot", "tiny", "-o", file + "/figure.svg"], 74, [])
    try expect(program, ["plot", "tiny", "-o", "figure.jpg"], 64, [".svg, .png, .pdf or .json"])
  }

  @Test func summariesOfNoUseAreRefusedBeforeAnythingIsComputed() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let path = program.store.summary(of: "tiny")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
    try expect(program, ["table", "tiny"], 65, [path])
    try Data("no HDF5".utf8).write(to: URL(fileURLWithPath: path))
    try expect(program, ["plot", path], 65, [path])
    let draft = try HDF5Draft(path)
    try draft.root.setAttribute("format", .text("coppice-summary"))
    try draft.root.setAttribute("format_version", .text("99.0"))
    try draft.commit()
    try expect(program, ["table", path], 65, ["coppice-summary 99.0", "newer"])
    try expect(program, ["run"] + Sweeps.tiny, 65, ["newer"])
    try expect(program, ["table", program.folder.file("none.h5")], 66, ["none.h5"])
    try expect(program, ["table", "quickstart"], 66, ["coppice run quickstart"])
    try expect(
      try Program(copying: Sweeps.finished.get()), ["table", "tiny", "--y", "accuracy"], 64, ["test_accuracy"]
    )
    try expect(
      try Program(copying: Sweeps.finished.get()), ["table", "tiny", "--by", "nothing"], 64, ["nothing"])
  }

  @Test func argumentsOfAllKindsNeverTrap() throws {
    let program = try Sweeps.finished.get()
    let odd = [
      "", "-", "--", "tiny/", "/", "../..", "tiny/x/y", "\u{0}", "é", "%s%n",
      String(repeating: "a", count: 9_000),
    ]
    for command in [
      "status", "watch", "show", "table", "plot", "ls", "compare", "tag", "note", "plan", "list", "data",
      "clean",
      "doctor", "run", "cancel", "work", "launch",
    ] {
      for text in odd where !text.contains("\u{0}") {
        // Never the real quickstart, and nothing removed.
        let outcome = try program.run([command, text] + (command == "run" ? ["--set", "training=1it"] : []))
        #expect(outcome.status >= 0, "\(command) \(text.prefix(20)): \(outcome.errors.suffix(300))")
      }
    }
    for form in [
      ["--x", "up"], ["--band", "wide"], ["--by", ",,,"], ["--y", ""], ["--by", ""], ["--title", ""],
    ] {
      #expect(try program.run(["plot", "tiny"] + form).status >= 0)
    }
    #expect(try program.run(["table", "tiny", "--y", ","]).status >= 0)
  }
}
