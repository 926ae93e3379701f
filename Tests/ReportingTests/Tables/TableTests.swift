import CoppiceReporting
import Testing

@Suite struct TableTests {
  static let table = Table(
    columns: [
      .init(name: "schedule"), .init(name: "sparsity", heading: "sparsity (%)", format: .percent(1)),
      .init(name: "n"),
      .init(
        name: "test_accuracy", heading: "test accuracy (%)", format: .percent(2), halfWidthSuffix: "_ci95"),
      .init(name: "difference", heading: "Δ dense (pp)", format: .percent(2), isSigned: true),
      .init(name: "collapsed", format: .integer),
    ],
    rows: [
      [
        .text("lottery-ticket"), .number(0.9), .text("3"), .estimate(mean: 0.9804, halfWidth: 0.00123),
        .number(0.001), .number(0),
      ],
      [
        .text("one|shot, \"x\""), .number(0.95), .text("1/3"), .estimate(mean: 0.9, halfWidth: nil),
        .number(-0.0804),
        .number(2),
      ],
      [.text("random"), .number(0.98), .text("0/3"), .missing, .number(.nan)],
    ])

  @Test func textIsAligned() {
    #expect(
      Self.table.text() == """
        schedule        sparsity (%)  n    test accuracy (%)  Δ dense (pp)  collapsed
        ──────────────  ────────────  ───  ─────────────────  ────────────  ─────────
        lottery-ticket          90.0  3         98.04 ± 0.12         +0.10          0
        one|shot, "x"           95.0  1/3              90.00         -8.04          2
        random                  98.0  0/3                  –             –          –

        """)
  }

  @Test func headingsBreakBeforeAnythingIsCut() {
    #expect(
      Self.table.text(width: 70) == """
                                                         Δ
                        sparsity               test  dense
        schedule             (%)  n    accuracy (%)   (pp)  collapsed
        ──────────────  ────────  ───  ────────────  ─────  ─────────
        lottery-ticket      90.0  3    98.04 ± 0.12  +0.10          0
        one|shot, "x"       95.0  1/3         90.00  -8.04          2
        random              98.0  0/3             –      –          –

        """)
  }

  @Test func textFitsTheTerminal() {
    #expect(
      Self.table.text(width: 44) == """
                        sparsity               test
        schedule             (%)  n    accuracy (%)
        ──────────────  ────────  ───  ────────────
        lottery-ticket      90.0  3    98.04 ± 0.12
        one|shot, "x"       95.0  1/3         90.00
        random              98.0  0/3             –
        (no room for: Δ dense (pp), collapsed)

        """)
    for width in 14..<90 {
      let lines = Self.table.text(width: width).split(separator: "\n").filter { !$0.hasPrefix("(") }
      #expect(lines.allSatisfy { $0.count <= width })
      #expect(lines.contains { $0.contains("lottery-ticket") }, "a name is never cut")
    }
  }

  @Test func constantColumnsGoFirstAndNamesNever() {
    let table = Table(
      columns: [
        .init(name: "learning-rate", isName: true), .init(name: "weight-decay", isName: true),
        .init(name: "status"), .init(name: "loss", format: .decimal(4)),
        .init(name: "diverged", format: .integer),
      ],
      rows: [
        [.value("0.001"), .value("0"), .text("completed without any trouble"), .number(0.5), .number(0)],
        [.value("0.001"), .value("0.0001"), .text("interrupted"), .number(0.25), .number(0)],
      ])
    let whole = table.text()
    #expect(table.text(width: 200) == whole)
    let fitting = table.text(width: 60)
    #expect(fitting.contains("(in every row diverged: 0)") && !fitting.contains("no room"))
    #expect(fitting.split(separator: "\n").allSatisfy { $0.count <= 60 })
    let narrow = table.text(width: 30)
    #expect(narrow.contains("0.0001") && narrow.contains("learning-rate") && narrow.contains("weight-decay"))
    #expect(narrow.contains("(in every row diverged: 0)") && narrow.contains("(no room for: status, loss)"))
    // What programs read is whole, and numbers are numbers.
    #expect(table.json.contains(#"{"learning-rate": 0.001, "weight-decay": 0, "status": "completed without"#))
  }

  @Test func countsAreTwoNumbersForPrograms() {
    let table = Table(
      columns: [.init(name: "n")], rows: [[.count(3, of: 3)], [.count(2, of: 3)]])
    #expect(table.text() == "n\n───\n3\n2/3\n")
    #expect(table.commaSeparated == "n,n_expected\n3,3\n2,3\n")
    #expect(table.json.contains(#"{"n": 2, "n_expected": 3}"#))
  }

  @Test func markdownEscapesItsBars() {
    #expect(
      Self.table.markdown == """
        | schedule | sparsity (%) | n | test accuracy (%) | Δ dense (pp) | collapsed |
        |---|---:|---|---:|---:|---:|
        | lottery-ticket | 90.0 | 3 | 98.04 ± 0.12 | +0.10 | 0 |
        | one\\|shot, "x" | 95.0 | 1/3 | 90.00 | -8.04 | 2 |
        | random | 98.0 | 0/3 | – | – | – |

        """)
  }

  @Test func commaSeparatedKeepsFullPrecision() {
    #expect(
      Self.table.commaSeparated == #"""
        schedule,sparsity,n,test_accuracy,test_accuracy_ci95,difference,collapsed
        lottery-ticket,0.9,3,0.9804,0.00123,0.001,0
        "one|shot, ""x""",0.95,1/3,0.9,,-0.0804,2
        random,0.98,0/3,,,,

        """#)
  }

  @Test func jsonIsReadByNameAndSaysNull() {
    #expect(
      Self.table.json == """
        {
          "schema_version": 1,
          "rows": [
            {"schedule": "lottery-ticket", "sparsity": 0.9, "n": "3", "test_accuracy": 0.9804, "test_accuracy_ci95": 0.00123, "difference": 0.001, "collapsed": 0},
            {"schedule": "one|shot, \\"x\\"", "sparsity": 0.95, "n": "1/3", "test_accuracy": 0.9, "test_accuracy_ci95": null, "difference": -0.0804, "collapsed": 2},
            {"schedule": "random", "sparsity": 0.98, "n": "0/3", "test_accuracy": null, "test_accuracy_ci95": null, "difference": null, "collapsed": null}
          ]
        }

        """)
  }

  @Test func anEmptyTableIsStillATable() {
    let empty = Table(columns: [.init(name: "a")])
    #expect(empty.text() == "a\n─\n")
    #expect(empty.json == "{\n  \"schema_version\": 1,\n  \"rows\": []\n}\n")
    #expect(empty.commaSeparated == "a\n")
    #expect(Table(columns: []).text(width: 10) == "")
  }
}
