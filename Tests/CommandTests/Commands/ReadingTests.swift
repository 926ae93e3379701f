import Coppice
import CoppiceExchange
import CoppiceExperiments
import CoppiceStore
import Foundation
import Testing

@Suite struct ReadingTests {
  private func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Program.Outcome {
    try Sweeps.finished.get().run(arguments, environment: environment)
  }

  /// What there is of every kind, in order.
  private static let lists: [(kind: String, names: [String])] = [
    ("experiments", Experiments.all.map(\.name)), ("models", Model.catalogue.names),
    ("datasets", DatasetSource.catalogue.names), ("initializers", Initializer.catalogue.names),
    ("optimizers", Optimizer.catalogue.names), ("learning-rates", LearningRate.catalogue.names),
    ("criteria", Criterion.catalogue.names), ("granularities", Granularity.catalogue.names),
    ("allocations", Allocation.catalogue.names), ("schedules", Schedule.catalogue.names),
    ("retrainings", Retraining.catalogue.names), ("retraining-rates", RetrainingRate.catalogue.names),
    ("repairs", Repair.catalogue.names), ("calibrations", Calibration.catalogue.names),
    ("controls", Control.catalogue.names),
    ("dynamics", Dynamics.catalogue.names), ("learned-masks", LearnedMask.catalogue.names),
    ("losses", Loss.catalogue.names), ("targets", CostTarget.catalogue.names),
    ("stop-rules", StopRule.catalogue.names), ("recipe-steps", RecipeStep.catalogue.names),
    ("teachers", DistillationTeacher.catalogue.names),
    ("measurements", RoundMeasurement.catalogue.names),
    ("analyses", Analysis.catalogue.names), ("corruptions", Corruption.catalogue.names),
    ("names", NameMap.catalogue.names),
    ("metrics", Metrics.all.map(\.name)),
    ("settings", Settings.all.map(\.name)),
  ]

  @Test(arguments: lists)
  func everyListHasWhatThereIs(kind: String, names: [String]) throws {
    #expect(!names.isEmpty)
    let list = try object(try run(["list", kind, "--json"]).output)
    #expect(list["schema_version"] as? Int == 2 && list.count == 2)
    let entries = try #require(list[kind] as? [[String: String]])
    #expect(entries.map { $0["name"] } == names)
    #expect(entries.allSatisfy { $0["about"]?.isEmpty == false })
    // A line each, with the name and the same words.
    let lines = try run(["list", kind]).output.split(separator: "\n")
    #expect(lines.map { $0.prefix { $0 != " " } } == names.map { Substring($0) })
    for (line, entry) in zip(lines, entries) { #expect(line.contains(entry["about"] ?? "nothing")) }
  }

  @Test func everyKindIsListed() throws {
    let refusal = try run(["list", "nonsense"])
    #expect(refusal.status == 64)
    let kinds = Self.lists.map(\.kind).joined(separator: ", ")
    #expect(refusal.errors.contains(". There are: \(kinds). See `coppice list --help`."), "\(refusal.errors)")
    // Without a kind it is experiments.
    #expect(try run(["list"]).output == run(["list", "experiments"]).output)
  }

  /// What else is set with a criterion that needs it: a granularity, a model that has what it scores.
  private static let further = [
    "geometric-median": ["granularity=neuron"], "taylor-activation": ["granularity=neuron"],
    "mean-activation": ["granularity=neuron"], "apoz": ["granularity=neuron"],
    "dead-neurons": ["granularity=neuron"], "relevance": ["granularity=neuron"],
    "merge": ["granularity=hidden-unit"],
    "adaptive-linear": ["retraining=fine-tune"], "bias-correction": ["retraining=fine-tune"],
    "least-squares": ["retraining=fine-tune"],
    "recalibrate": ["retraining=fine-tune", "model=resnet(widths: [3], blocks: 1)"],
    "early-bird": ["training=60it"], "sparse-gpt": ["allocation=layer-wise"],
    "chita": ["allocation=layer-wise"],
    "network-slimming": [
      "granularity=neuron", "model=resnet(widths: [3], blocks: 1)", "allocation=global(ignoring: [fc])",
    ],
    "head-importance": [
      "granularity=head", "model=causal-transformer(width: 8, heads: 2, layers: 1)",
      "dataset=induction(training: 100, validation: 30, test: 30)", "allocation=global",
    ],
  ]

  @Test func whatIsListedCanBeSet() throws {
    for (kind, setting) in [
      ("optimizers", "optimizer"), ("learning-rates", "learning-rate"), ("initializers", "initializer"),
      ("criteria", "criterion"), ("allocations", "allocation"), ("losses", "loss"), ("stop-rules", "stop"),
      ("retraining-rates", "retraining-rate"), ("repairs", "repair"), ("measurements", "measure"),
    ] {
      let list = try object(try run(["list", kind, "--json"]).output)[kind] as? [[String: String]]
      for form in try #require(list).map({ try #require($0["form"]) }) {
        let further = Self.further[String(form.prefix { $0 != "(" }), default: []]
        // A setting is given once: those of the entry take the place of the sweep's own.
        let own = Set(further.map { $0.prefix { $0 != "=" } })
        let sweep = Sweeps.ladder(training: 1)
        let others = sweep.indices.filter { index in
          let isReplaced = { (word: String) in word.contains("=") && own.contains(word.prefix { $0 != "=" }) }
          return !isReplaced(sweep[index])
            && !(index + 1 < sweep.count && sweep[index] == "--set" && isReplaced(sweep[index + 1]))
        }.map { sweep[$0] }
        let isGuided = try setting == "loss" && Loss(parsing: form).needsTeacher
        let outcome = try run(
          ["plan", "--set", "\(setting)=\(form)"] + others + further.flatMap { ["--set", $0] }
            + ["--json", "--jobs", "1"])
        #expect(outcome.status == (isGuided ? 64 : 0), "\(setting)=\(form): \(outcome.errors)")
        #expect(!isGuided || outcome.errors.contains("compares with a teacher"), "\(outcome.errors)")
      }
    }
  }

  @Test func aListSaysWhatEachIsAndWhereItWasPublished() throws {
    let lines = try run(["list", "models"]).output.split(separator: "\n")
    #expect(lines.count == 24)
    #expect(lines.contains("resnet-20           ResNet-20 for CIFAR: 272,474 parameters (He et al. 2016)"))
    let fields = try run(["list", "learning-rates", "--fields"]).output.split(separator: "\n")
    #expect(fields.count == 8)
    #expect(fields.contains("          cosine(rate: 0.1, floor: 0.0)"))
    let allocations = try run(["list", "allocations", "--fields"]).output.split(separator: "\n")
    #expect(
      allocations.contains(
        "                    layer-wise  also: rates, output, ignoring, floor-density, floor-count"))
    let sets = try object(try run(["list", "datasets", "--json"]).output)["datasets"] as? [[String: String]]
    #expect(sets?.first { $0["name"] == "glyphs" }?["paper"] == nil)
    let cifar = sets?.first { $0["name"] == "cifar-10" }
    #expect(cifar?["paper"] == "Krizhevsky 2009" && cifar?["about"]?.hasPrefix("colour images") == true)
    #expect(cifar?["form"] == "cifar-10(validation: 5000, scaling: unit, augmentation: none)")
  }

  /// Below its line, each has what `--set` takes: all fields, and the names of those that may be left out.
  @Test(arguments: lists.map(\.kind)) func fieldsStandBelowWhatHasThem(kind: String) throws {
    let list = try object(try run(["list", kind, "--json"]).output)[kind] as? [[String: String]]
    let entries = try #require(list)
    let indent = String(repeating: " ", count: 2 + (entries.compactMap { $0["name"]?.count }.max() ?? 0))
    let lines = try run(["list", kind]).output.split(separator: "\n").map(String.init)
    var expected: [String] = []
    for (line, entry) in zip(lines, entries) {
      expected.append(line)
      guard let form = entry["form"] else { continue }
      let also = entry["also"].map { "  also: " + $0 } ?? ""
      expected.append(indent + form + also)
    }
    #expect(try run(["list", kind, "--fields"]).output.split(separator: "\n").map(String.init) == expected)
    // What has no components has no fields.
    #expect((expected.count > lines.count) == !["experiments", "metrics", "settings"].contains(kind))
  }

  @Test func aPlanTellsWhatSharingSaves() throws {
    let plan = try object(try run(["plan", "--json"] + Sweeps.tiny).output)
    #expect((plan["trials"] as? [Any])?.count == 21)
    let (made, unshared) = (plan["trainings"] as? Int ?? 0, plan["trainings_unshared"] as? Int ?? 0)
    #expect(made > 0 && made < unshared)
    let text = try run(["plan"] + Sweeps.tiny).output
    #expect(text.contains("without sharing") && !text.contains("scores"))
    #expect(plan["scorings"] as? Int == 0 && plan["measurements_unshared"] as? Int == 0)
  }

  /// Evidence and scores are made once for all ratios of a network, and the plan says so.
  @Test func aPlanTellsOfSharedScores() throws {
    let ratios = [
      "allocations-glyphs", "--seeds", "1", "--set", "model=\(Sweeps.perceptron)", "--set",
      "dataset=\(Sweeps.glyphs)",
      "--set", "training=20it", "--set", "allocation=global", "--set", "criterion=taylor",
    ]
    let plan = try object(try run(["plan", "--json"] + ratios).output)
    let pruned = ((plan["trials"] as? [String]) ?? []).count { $0.hasPrefix("taylor") }
    #expect(pruned > 1)
    for name in ["measurements", "scorings"] {
      #expect(plan[name] as? Int == 1 && plan[name + "_unshared"] as? Int == pruned)
    }
    let line =
      "\n1 measurement of evidence (without sharing \(pruned)), 1 scoring whose scores are kept (without sharing \(pruned))\n"
    #expect(try run(["plan"] + ratios).output.contains(line))
  }

  /// What runs alone takes long, and is told beside the rest.
  @Test func aPlanTellsOfMeasurementsOfTime() throws {
    let timed = [
      "quickstart", "--seeds", "1", "--set", "model=\(Sweeps.perceptron)", "--set",
      "dataset=\(Sweeps.glyphs)", "--set",
      "training=20it", "--set", "measure=latency(threads: 1)",
    ]
    let plan = try object(try run(["plan", "--json"] + timed).output)
    let (made, unshared) = (plan["timings"] as? Int ?? 0, plan["timings_unshared"] as? Int ?? 0)
    #expect(0 < made && made < unshared)
    let line = "\n\(made) measurements of time that run alone (without sharing \(unshared))\n"
    #expect(try run(["plan"] + timed).output.contains(line))
  }

  @Test func statusCounts() throws {
    #expect(
      try run(["status", "tiny"]).output.hasPrefix("tiny: 21 of 21 trials done, 0 left; last activity "))
    let status = try object(try run(["status", "--json"]).output)
    let tiny = (status["experiments"] as? [[String: Any]])?.first
    #expect(tiny?["done"] as? Int == 21)
    #expect(tiny?["left"] as? Int == 0)
    #expect(tiny?["process"] is NSNull)
    #expect(try run(["status", "quickstart"]).output.hasPrefix("quickstart: 0 of "))
  }

  @Test func storedWeightsEvaluateToWhatIsStored() throws {
    for trial in ["dense-seed0", "tiny/magnitude-lottery-ticket", "random-iterative-fine-tune-0.5"] {
      let outcome = try run(["show", trial, "--evaluate"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("evaluates to what is stored, bit for bit"))
      #expect(!outcome.output.contains("differs"))
    }
    let shown = try object(try run(["show", "tiny/magnitude-lottery", "--evaluate", "--json"]).output)
    #expect(shown["evaluation_equal"] as? Bool == true)
    #expect((shown["rounds"] as? [[String: Any]])?.count == 5)
    #expect((shown["config"] as? [String: Any])?["training"] as? String == "20it")
  }

  /// Batch normalisation's running statistics and embeddings travel through files like any weight. The layers of the wide ResNet run by
  /// Winograd's form where they are dense, so that they evaluate to what is stored only under their masks.
  @Test(
    arguments: [
      ("lenet(filters: [2, 3], hidden: 10)", "glyphs(training: 100, validation: 30, test: 30)"),
      ("resnet(widths: [4, 8], blocks: 1)", "glyphs(training: 100, validation: 30, test: 30)"),
      ("resnet(widths: [16, 32], blocks: 1)", "glyphs(training: 100, validation: 30, test: 30)"),
      (
        "causal-transformer(width: 16, heads: 2, layers: 1)",
        "induction(training: 100, validation: 30, test: 30)"
      ),
    ], ["sparsity=0.5", "sparsity=0.8", "execution=never", "execution=always"])
  func everyFamilyEvaluatesToWhatIsStored(family: (model: String, dataset: String), setting: String) throws {
    let program = try Program()
    let settings = [
      "schedule=one-shot", setting.hasPrefix("sparsity") ? setting : "sparsity=0.5",
      "retraining=fine-tune(budget: 0.5)", "training=6it", "evaluation=3it", "batch-size=16",
      "model=\(family.model)", "dataset=\(family.dataset)",
      setting.hasPrefix("sparsity") ? "execution=automatic" : setting,
    ].flatMap { ["--set", $0] }
    let ran = try program.run(["run", "quickstart", "--quiet", "--seeds", "1", "--as", "family"] + settings)
    try #require(ran.status == 0, "\(ran.errors)")
    let outcome = try program.run(["show", "family/magnitude", "--evaluate"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("round 1: evaluates to what is stored, bit for bit"))
  }

  @Test func aTeachersMaskIsScored() throws {
    let program = try Program()
    let settings = [
      "schedule=lottery-ticket(rounds: 2)", "sparsity=none", "retraining=rewind(to: 0it)", "training=60it",
      "evaluation=30it", "model=mlp(widths: [32])", "dataset=teacher",
    ].flatMap { ["--set", $0] }
    let ran = try program.run(["run", "quickstart", "--quiet", "--seeds", "1", "--as", "teacher"] + settings)
    try #require(ran.status == 0, "\(ran.errors)")
    let shown = try object(try program.run(["show", "teacher/magnitude", "--json"]).output)
    let rounds = try #require(shown["teacher_recovery"] as? [[String: Double]])
    #expect(rounds.map { $0["round"] } == [0, 1, 2])
    // A student that keeps everything has all of the teacher's weights, and they are a fifth of its own.
    #expect(rounds[0]["recall"] == 1)
    #expect(abs((rounds[0]["precision"] ?? 0) - 0.2) < 0.03)
    for round in rounds { #expect((0...1).contains(round["precision"] ?? -1)) }
    // Beside it stands what random masks of the same size find: all of it where nothing is pruned, and less where much is.
    #expect(rounds[0]["chance_recall"] == 1)
    #expect(abs((rounds[0]["chance_precision"] ?? 0) - (rounds[0]["precision"] ?? 1)) < 1e-12)
    #expect((rounds[2]["chance_recall"] ?? 1) < (rounds[2]["recall"] ?? 0))
    let text = try program.run(["show", "teacher/magnitude"]).output
    #expect(text.contains("teacher's mask after round") && text.contains("of random masks (%)"))
  }

  @Test func weightsThatWereChangedEvaluateDifferently() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let name = try #require(program.store.trials(of: "tiny").first { $0.hasPrefix("dense-seed0") })
    let path = program.store.trial(name, of: "tiny")
    var record = try TrialFile(path).record()
    record.rounds[0].weights?["fc1.bias"]?.scalars[0] += 1
    try TrialFile.write(record, to: path)
    let outcome = try program.run(["show", path, "--evaluate"])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("round 0: differs"))
    #expect(outcome.errors.contains("the stored weights do not give what is stored"))
  }

  @Test func aTrialIsFoundByItsBeginning() throws {
    let ambiguous = try run(["show", "magnitude"])
    #expect(ambiguous.status == 64)
    #expect(ambiguous.errors.contains("trials are meant by \"magnitude\""))
    let store = try Sweeps.finished.get().store
    let dense = try #require(
      store.experiments.flatMap(store.trials(of:)).first { $0.hasPrefix("dense-seed") })
    let missing = try run(["show", dense.replacingOccurrences(of: "seed", with: "sead")])
    #expect(missing.status == 66)
    #expect(missing.errors.contains("did you mean \"dense-"))
  }

  @Test func tablesHaveFourForms() throws {
    #expect(try run(["table", "tiny"]).output.contains("test accuracy (%)"))
    #expect(try run(["table", "tiny", "--format", "markdown"]).output.hasPrefix("| criterion"))
    #expect(try run(["table", "tiny", "--format", "csv", "--y", "test_loss"]).output.contains(",test_loss,"))
    let json = try object(try run(["table", "tiny", "--json"]).output)
    #expect((json["rows"] as? [Any])?.isEmpty == false)
    let path = try Sweeps.finished.get().store.summary(of: "tiny")
    #expect(try run(["table", path]).output == run(["table", "tiny"]).output)
  }

  @Test func figuresAreDrawn() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let standard = try program.run(["plot", "tiny"])
    #expect(standard.output.contains("<svg") && standard.output.contains("</svg>"))
    for x in ["remaining", "sparsity", "compression"] {
      let file = program.folder.file("\(x).svg")
      #expect(try program.run(["plot", "tiny", "--x", x, "--band", "minmax", "-o", file]).status == 0)
      #expect(try String(contentsOfFile: file, encoding: .utf8).contains("coppice plot"))
    }
    let png = program.folder.file("figure.png")
    let missing = try program.run(["plot", "tiny", "-o", png], environment: ["PATH": "/nowhere"])
    #expect(missing.status == 69)
    #expect(missing.errors.contains("apt install librsvg2-bin"))
    let drawn = try program.run(["plot", "tiny", "-o", png])
    if drawn.status == 0 {
      #expect(try Data(contentsOf: URL(fileURLWithPath: png)).prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    } else {
      #expect(drawn.status == 69)
    }
  }

  @Test func figuresAreChosenAndLaidOut() throws {
    let program = try Program(copying: Sweeps.finished.get())
    func svg(_ options: String...) throws -> String {
      let drawn = try program.run(["plot", "tiny", "-o", "-"] + options)
      #expect(drawn.status == 0, "\(options): \(drawn.errors)")
      return drawn.output
    }
    let whole = try svg()
    #expect(whole.contains(">magnitude, one-shot<") && whole.contains(">random, one-shot<"))
    let chosen = try svg("--where", "criterion=magnitude", "--where", "target_sparsity>=0.7")
    #expect(!chosen.contains(">random") && chosen.contains(">dense"))
    #expect(chosen.contains("--where &#39;criterion=magnitude&#39;"))
    #expect(try svg("--ylim", "0,40").contains(">40<"))
    #expect(try svg("--width", "3.25in", "--font-size", "8").contains("width=\"234pt\""))
    #expect(try svg("--log-y", "--y", "test_loss", "--band", "none").contains("Test loss"))
    #expect(
      try svg("--x", "flops_nonzero", "--by", "criterion,schedule").contains("FLOPs, zeros skipped"))
    for options in [
      ["--series", ""], ["--y", ""], ["--x", ""], ["--ylim", "90"], ["--ylim", "9,3"], ["--width", "wide"],
      ["--font-size", "0"], ["--where", "criterion"], ["--where", "criterion=none-such"],
      ["--x", "criterion"],
      ["--log-y", "--ylim", "0,5"],
    ] {
      let refused = try program.run(["plot", "tiny"] + options)
      #expect(refused.status == 64, "\(options): \(refused.errors)")
    }
    #expect(try program.run(["table", "tiny", "--y", ""]).status == 64)
  }

  @Test func stylesAndTrialsAreDrawn() throws {
    let program = try Program(copying: Sweeps.finished.get())
    func svg(_ words: String...) throws -> String {
      let drawn = try program.run(["plot"] + words)
      #expect(drawn.status == 0, "\(words): \(drawn.errors)")
      return drawn.output
    }
    #expect(try svg("tiny", "--style", "lth").contains("Weights remaining (%)"))
    let change = try svg("tiny", "--style", "shrinkbench")
    #expect(change.contains("Change in test accuracy (points)") && change.contains("--style shrinkbench"))
    let trials = program.store.trials(of: "tiny").sorted().filter { $0.hasPrefix("magnitude") }
    let trial = try #require(trials.first)
    #expect(try svg(trial, "--layers").contains("Sparsity of the layer (%)"))
    #expect(try svg(trial, "--classes").contains("Test error (%)"))
    #expect(try svg(trial, "--weights").contains("Histograms of"))
    let loss = try svg(trial, try #require(trials.last), "--series", "loss")
    #expect(loss.contains("Loss of the batches") && loss.contains("Mean"))
    for options in [
      ["--style", "lth", "--x", "sparsity"], ["--style", "lth", "--front"], ["--style", "nature"],
      ["--layers", "--classes"], ["--series", "loss", "--weights"],
    ] {
      let refused = try program.run(["plot", trial] + options)
      #expect(refused.status == 64, "\(options): \(refused.errors)")
    }
  }

  @Test func severalSummariesAreShownTogether() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let other = program.results + "/other"
    try FileManager.default.copyItem(atPath: program.results + "/tiny", toPath: other)
    let paths = [program.store.summary(of: "tiny"), other + "/summary.h5"]
    let table = try program.run(["table"] + paths + ["--where", "criterion=magnitude", "--json"])
    #expect(table.status == 0, "\(table.errors)")
    let rows = try #require(try object(table.output)["rows"] as? [[String: Any]])
    #expect(Set(rows.compactMap { $0["summary"] as? String }).isSuperset(of: ["tiny", "other"]))
    let plot = try program.run(["plot"] + paths)
    #expect(plot.output.contains(">magnitude, one-shot, tiny<"))
    #expect(try program.run(["plot"] + paths + ["--analysis", "mask-overlap"]).status == 64)
  }

  @Test func rowsArePrintedAsTheyAre() throws {
    let rows = try run(["table", "tiny", "--rows"])
    #expect(rows.status == 0, "\(rows.errors)")
    let lines = rows.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let stored = try SummaryFile.read(try Sweeps.finished.get().store.summary(of: "tiny")).rows
    #expect(lines.count == stored.count + 1)
    #expect(lines[0].prefix(3) == ["trial", "status", "final"])
    let accuracy = try #require(lines[0].firstIndex(of: "test_accuracy"))
    #expect(lines.dropFirst().map { Double($0[accuracy]) } == stored.map { $0[metric: .testAccuracy] })
    let json = try object(try run(["table", "tiny", "--rows", "--json"]).output)["rows"] as? [[String: Any]]
    #expect(json?.first?["seed"] is Int && json?.first?["density"] is Double)
    let table = try object(try run(["table", "tiny", "--json"]).output)["rows"] as? [[String: Any]]
    #expect(table?.first?["n"] as? Int == 1)
  }

  @Test func classesAreShown() throws {
    let store = try Sweeps.finished.get().store
    let dense = try #require(store.trials(of: "tiny").first { $0.hasPrefix("dense-seed") })
    let shown = try run(["show", "tiny/\(dense)", "--classes"])
    #expect(shown.output.contains("class: test accuracy (%) after round"))
    let json = try object(try run(["show", "tiny/\(dense)", "--classes", "--json"]).output)
    let rounds = try #require(json["rounds"] as? [[String: Any]])
    let classes = try #require(rounds.last?["class_accuracy"] as? [Double])
    #expect(classes.count == 10 && classes.allSatisfy((0...1).contains))
  }

  @Test func doctorFindsTheLibrary() throws {
    let outcome = try run(["doctor"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("hdf5: libhdf5 1."))
    let findings = try object(try run(["doctor", "--json"]).output)["findings"] as? [[String: String]]
    #expect((findings ?? []).contains { $0["name"] == "kernels" })
  }

  @Test func cleaningRemovesOnlyWhatItIsAskedTo() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let summary = program.store.summary(of: "tiny")
    let trial = try #require(program.store.trials(of: "tiny").first)
    let orphan = program.store.trial("orphan-seed0-0123abcd", of: "tiny")
    try FileManager.default.copyItem(atPath: program.store.trial(trial, of: "tiny"), toPath: orphan)
    let told = try program.run(["clean"])
    #expect(told.output.contains("remove them with --stages") && told.output.contains(orphan))
    #expect(FileManager.default.fileExists(atPath: orphan))
    #expect(try program.run(["clean", "--stages"]).status == 0)
    #expect(program.store.stages.paths().isEmpty)
    #expect(FileManager.default.fileExists(atPath: orphan))
    let json = try object(try program.run(["clean", "--orphans", "--json"]).output)
    #expect((json["orphans"] as? [String: Any])?["removed"] as? Bool == true)
    #expect(!FileManager.default.fileExists(atPath: orphan))
    #expect(program.store.trials(of: "tiny").count == 21)
    #expect(FileManager.default.fileExists(atPath: summary))
  }

  /// A user's own files among the results, and what links lead to, stay whatever is cleaned.
  @Test func cleaningLeavesWhatNoRunHasWritten() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let manager = FileManager.default
    let stage = try #require(program.store.stages.paths().first) as NSString
    let other = program.folder.file("other")
    try manager.copyItem(atPath: stage.deletingLastPathComponent, toPath: other)
    let trial = try #require(program.store.trials(of: "tiny").first)
    let own = [
      "stages/notes.txt", "stages/data/notes.txt",
      "stages/\(stage.pathComponents.dropLast().last ?? "")/notes.h5",
      "stages/stages/trials/\(trial).h5", "stages/trials/\(trial).h5", "stages/summary.h5",
      "tiny/trials/best.h5",
      "tiny/trials/\(trial)-copy.h5", "tiny/set-aside/mine.h5", "tiny/set-aside/folder-1.h5/mine",
      "tiny/data.tmp-1-1",
    ].map { program.results + "/" + $0 }
    for path in own {
      try manager.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      #expect(manager.createFile(atPath: path, contents: Data("mine".utf8)))
      try manager.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: path)
    }
    let free = try #require(
      (0..<256).map { String($0 + 256, radix: 16).dropFirst() }.map { program.results + "/stages/" + $0 }
        .first { !manager.fileExists(atPath: $0) })
    try manager.createSymbolicLink(atPath: free, withDestinationPath: other)
    let cleaned = try program.run(["clean", "--stages", "--orphans", "--set-aside"])
    #expect(cleaned.status == 0, "\(cleaned.errors)")
    #expect(program.store.stages.paths().isEmpty)
    for path in own { #expect(manager.fileExists(atPath: path), "\(path)") }
    let kept = try manager.contentsOfDirectory(atPath: other)
    #expect(kept.contains(stage.lastPathComponent))
    // The folders themselves are links.
    let linked = try Program()
    try manager.createDirectory(atPath: linked.results, withIntermediateDirectories: true)
    for (name, target) in [("stages", program.folder.file("elsewhere")), ("tiny", program.results + "/tiny")]
    {
      try manager.createSymbolicLink(atPath: linked.results + "/" + name, withDestinationPath: target)
    }
    try manager.createDirectory(atPath: program.folder.file("elsewhere"), withIntermediateDirectories: true)
    try manager.copyItem(
      atPath: other, toPath: program.folder.file("elsewhere/\(stage.lastPathComponent.prefix(2))"))
    let refused = try linked.run(["clean", "--stages", "--orphans", "--set-aside"])
    #expect(refused.status == 0, "\(refused.errors)")
    for name in ["stages", "tiny"] {
      #expect(
        refused.errors.contains("note: \(linked.results)/\(name) is a link, and nothing"), "\(refused.errors)"
      )
    }
    #expect(
      manager.fileExists(
        atPath: program.folder.file(
          "elsewhere/\(stage.lastPathComponent.prefix(2))/\(stage.lastPathComponent)")))
  }

  @Test func theHelpNamesEverySubcommandAndExitCode() throws {
    let help = try run(["--help"], environment: ["COLUMNS": "100"]).output
    let snapshot = Bundle.module.bundleURL.appendingPathComponent("Fixtures/help.txt")
    #expect(try help == String(contentsOf: snapshot, encoding: .utf8))
    // Every file of Commands/ has its line, and every line its help.
    let lines = help.split(separator: "SUBCOMMANDS:\n").last?.split(separator: "\n") ?? []
    let commands = lines.compactMap { $0.wholeMatch(of: #/  ([a-z]+) {2,}(\S.*)/#) }
    #expect(
      Set(commands.map(\.1)) == [
        "list", "plan", "run", "prune", "status", "watch", "serve", "work", "launch", "cancel", "show",
        "criteria", "claims",
        "explain", "compact",
        "export",
        "inspect", "costs", "profile", "ls", "table", "plot", "compare", "report", "notebook", "diff",
        "verify", "merge", "pack", "tag", "note", "analyse", "speed", "advise", "data", "doctor", "clean",
        "bench",
      ])
    for command in commands {
      let outcome = try run([String(command.1), "--help"], environment: ["COLUMNS": "100"])
      #expect(outcome.status == 0 && outcome.output.hasPrefix("OVERVIEW: \(command.2)"), "\(command.1)")
    }
  }
}
