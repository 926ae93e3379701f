import CoppiceHDF5
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct SummaryFileTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("summary.h5")
  }

  @Test func aSummaryComesBack() throws {
    let summary = Samples.summary
    try SummaryFile.write(summary, to: path)
    let read = try SummaryFile.read(path)
    #expect(read.rows == summary.rows)
    #expect(read.curves == summary.curves)
    #expect(read.analyses == summary.analyses)
    #expect(read.experiment == "sample")
    #expect(read.configuration == summary.configuration)
    #expect(read.provenance == summary.provenance)
  }

  /// Attributes take 64 KiB, in which the references of a scale to 2,042 curves with their bands have room.
  @Test func tenThousandCurvesComeBack() throws {
    var summary = Summary(experiment: "e", configuration: "{}", provenance: "{}", rows: [])
    let long = String(repeating: "criterion ", count: 8_000)
    summary.curves = SummaryCurves(
      title: "t", density: [1, 0.5],
      curves: (0..<10_000).map { index in
        .init(
          label: index == 4_000 ? long : "criterion \(index)", mean: [Double(index), 1], halfWidth: [0, 1],
          band: "n = 3")
      })
    try SummaryFile.write(summary, to: path)
    #expect(try SummaryFile.read(path).curves == summary.curves)
    let root = try HDF5File(path).root
    let parts = (1...10).map { $0 == 1 ? "test_accuracy" : "test_accuracy_\($0)" }
    #expect(try root.group("curve").names() == parts)
    #expect(try root.group("curve").attribute("default") == "test_accuracy")
    for part in parts { #expect(try root.group("curve/\(part)").names().count == 2002) }
    #expect(try root.group("curve/test_accuracy_10").attribute("signal") == "criterion_9000")
  }

  @Test func aSummaryOfNothingComesBack() throws {
    try SummaryFile.write(Summary(experiment: "e", configuration: "{}", provenance: "{}", rows: []), to: path)
    let read = try SummaryFile.read(path)
    #expect(read.rows.isEmpty)
    #expect(read.curves == nil)
    #expect(read.analyses.isEmpty)
  }

  @Test func rowsWithoutResultsComeBack() throws {
    var row = IndexRow(trial: "t", seed: -5, round: 0)
    row.status = .failed
    var other = IndexRow(trial: "u", seed: 1 << 40, round: 0)
    other.status = .diverged
    other.settings = [
      .init("method", .text("a")), .init("2x", .integer(3)), .init("α/β", .number(.infinity)),
    ]
    try SummaryFile.write(
      Summary(experiment: "e", configuration: "{}", provenance: "{}", rows: [row, other]), to: path)
    let read = try SummaryFile.read(path).rows
    #expect(read.map(\.status) == [.failed, .diverged])
    #expect(read.map(\.seed) == [-5, 1 << 40])
    #expect(
      read.allSatisfy {
        $0[metric: .testAccuracy].isNaN && $0.rewindStep == nil && $0[metric: .earlyStopStep].isNaN
      })
    #expect(read[0].settings.isEmpty)
    #expect(
      read[1].settings == [
        .init("method", .text("a")), .init("2x", .number(3)), .init("α/β", .number(.infinity)),
      ])
  }

  @Test func theIndexHasTheDocumentedColumns() throws {
    try SummaryFile.write(Samples.summary, to: path)
    let table = try HDF5File(path).root.dataset("index").readTable()
    let documented = """
      trial status final model dataset criterion granularity allocation schedule retraining rewind_step control \
      target_sparsity requested_sparsity sparsity density seed round parameters parameters_nonzero flops \
      flops_nonzero training_flops train_loss validation_loss validation_accuracy test_loss test_accuracy \
      early_stop_step early_stop_test_accuracy wall_time train_accuracy worst_class_test_accuracy ties \
      effective_sparsity emptied_layers dead_units chance training_flops_dense flops_compacted exploration \
      parameters_compacted bytes_compacted logit_difference \
      bytes bytes_sparse bytes_compressed activation_bytes activation_bytes_compacted latency latency_dense latency_sparse \
      latency_compacted latency_64_dense latency_64_sparse latency_64_compacted latency_dense_spread latency_sparse_spread \
      latency_compacted_spread latency_64_dense_spread latency_64_sparse_spread latency_64_compacted_spread latency_threads \
      throughput throughput_dense throughput_sparse throughput_compacted energy_dense energy_sparse energy_compacted not_faster \
      not_faster_64 \
      requested_share achieved_share requested_cost achieved_cost bits bytes_quantised bytes_quantised_sparse zeroed_survivors \
      latency_quantised latency_64_quantised latency_quantised_spread latency_64_quantised_spread throughput_quantised \
      energy_quantised latency_share latency_sparse_share latency_compacted_share latency_quantised_share latency_64_share \
      latency_64_sparse_share latency_64_compacted_share latency_64_quantised_share dynamics \
      ladder stopped_by processor kernels setting_sparsity setting_schedule learning_rate
      """
    #expect(table.columns.map(\.name) == documented.split(separator: " ").map(String.init))
    #expect(table["rewind_step"]?.integers?.prefix(4) == [-1, -1, -1, 500])
  }

  @Test func everyColumnHasItsUnit() throws {
    try SummaryFile.write(Samples.summary, to: path)
    let dataset = try HDF5File(path).root.dataset("index")
    let names = try dataset.readTable().columns.map(\.name)
    guard case .texts(let units)? = try dataset.attribute("units") else {
      Issue.record("no units")
      return
    }
    #expect(units.count == names.count)
    let found = Dictionary(uniqueKeysWithValues: zip(names, units))
    #expect(found["test_accuracy"] == "fraction" && found["wall_time"] == "s" && found["flops"] == "FLOPs")
    #expect(found["target_sparsity"] == "fraction" && found["test_loss"] == "1" && found["model"] == "")
  }

  @Test func columnsAreFoundByName() {
    let row = Samples.row()
    #expect(row[column: "test_accuracy"] == .number(row[metric: .testAccuracy]))
    #expect(row[column: "status"] == .text("completed"))
    #expect(row[column: "schedule"] == .text("one-shot"))
    #expect(row[column: "setting_schedule"] == .text("one-shot(rounds: 3)"))
    #expect(row[column: "learning_rate"] == .number(0.1))
    #expect(row[column: "learning-rate"] == .number(0.1))
    #expect(row[column: "rewind_step"] == nil)
    #expect(row[column: "nonsense"] == nil)
  }

  @Test func fewerFinishedRowsAreRefused() throws {
    try SummaryFile.write(Samples.summary, to: path)
    var fewer = Samples.summary
    fewer.rows[3].status = .failed
    let error = #expect(throws: StoreError.self) { try SummaryFile.write(fewer, to: path) }
    #expect(error == .fewerRows(file: path, stored: 36, offered: 35))
    #expect(
      error?.description == "\(path): holds 36 finished rows, and the new summary would hold 35. "
        + "Run the missing trials, write elsewhere with --as NAME, or replace it with --force.")
    #expect(try SummaryFile.read(path).rows == Samples.rows)
    try SummaryFile.write(fewer, to: path, replacing: true)
    #expect(try SummaryFile.read(path).finishedCount == 35)
    try SummaryFile.write(Samples.summary, to: path)
    #expect(try SummaryFile.read(path).finishedCount == 36)
  }

  @Test func newerFormatsAreRefusedByVersion() throws {
    try write(format: "coppice-summary", version: "2.3")
    let error = #expect(throws: StoreError.self) { _ = try SummaryFile.read(path) }
    #expect(error == .newerFormat(file: path, kind: "coppice-summary", found: "2.3", supported: "1.2"))
    #expect(
      error?.description
        == "\(path): is in format coppice-summary 2.3; this program reads coppice-summary up to 1.2. "
        + "Read it with a newer Coppice, or move it away and run the experiment again.")
    #expect(throws: StoreError.self, "it would replace what it cannot read") {
      try SummaryFile.write(Samples.summary, to: path)
    }
  }

  @Test func otherFilesAreRefused() throws {
    try write(format: "coppice-trial", version: "1.0")
    #expect(throws: StoreError.otherFormat(file: path, found: "coppice-trial", expected: "coppice-summary")) {
      _ = try SummaryFile.read(path)
    }
    try write(format: nil, version: nil)
    let error = #expect(throws: StoreError.self) { _ = try SummaryFile.read(path) }
    #expect(error?.description == "\(path): is no file of Coppice, not coppice-summary. Check the path.")
    try write(format: "coppice-summary", version: "first")
    #expect(throws: StoreError.self) { _ = try SummaryFile.read(path) }
    try Data("text".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: StoreError.self) { _ = try SummaryFile.read(path) }
    #expect(throws: StoreError.self) { try SummaryFile.write(Samples.summary, to: path) }
  }

  /// The version is read, the contents are not those of it: no part may trap.
  @Test func aHollowSummaryIsAnError() throws {
    try write(format: "coppice-summary", version: "1.7")
    let error = #expect(throws: StoreError.self) { _ = try SummaryFile.read(path) }
    #expect(error?.description.contains("/config") == true)
  }

  private func write(format: String?, version: String?) throws {
    let draft = try HDF5Draft(path)
    if let format { try draft.root.setAttribute("format", .text(format)) }
    if let version { try draft.root.setAttribute("format_version", .text(version)) }
    try draft.commit()
  }
}
