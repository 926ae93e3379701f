import CoppiceReporting
import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct TableLaTeXTests {
  @Test func isSetByBooktabs() {
    #expect(
      TableTests.table.latex == #"""
        % needs \usepackage{booktabs}
        \begin{tabular}{lrlrrr}
        \toprule
        schedule & sparsity (\%) & n & test accuracy (\%) & $\Delta$ dense (pp) & collapsed \\
        \midrule
        lottery-ticket & 90.0 & 3 & 98.04 $\pm$ 0.12 & +0.10 & 0 \\
        one$|$shot, ''x'' & 95.0 & 1/3 & 90.00 & $-$8.04 & 2 \\
        random & 98.0 & 0/3 & -- & -- & -- \\
        \bottomrule
        \end{tabular}

        """#)
  }

  /// Names of every sign that is an order to LaTeX.
  static let odd = Table(
    columns: [.init(name: "name", heading: #"a_b & 50 % of $x^2$ #1 {~}\"#)],
    rows: [
      [.text(#"\input{/etc/passwd}"#)], [.text("[1]")], [.text("*")], [.text("a--b <c> | ± × Δ ≤")],
      [.text("line\nend\u{1B}[31m")],
    ])

  @Test func nothingIsAnOrder() {
    let lines = Self.odd.latex.split(separator: "\n").map(String.init)
    #expect(
      lines[3]
        == ##"a\_b \& 50 \% of \$x\textasciicircum{}2\$ \#1 \{\textasciitilde{}\}\textbackslash{} \\"##)
    #expect(lines[5] == #"\textbackslash{}input\{/etc/passwd\} \\"#)
    #expect(lines[6] == #"{[}1{]} \\"#)
    #expect(lines[7] == #"{*} \\"#)
    #expect(lines[8] == #"a-{}-b $<$c$>$ $|$ $\pm$ $\times$ $\Delta$ $\leq$ \\"#)
    #expect(lines[9] == #"line end {[}31m \\"#)
  }

  @Test(.enabled(if: Tool("pdflatex").path != nil, "pdflatex"))
  func pdflatexSetsIt() throws {
    let folder = try TemporaryFolder()
    let document =
      #"\documentclass{article}\usepackage{booktabs}\begin{document}"# + "\n" + TableTests.table.latex
      + "\n\n" + Self.odd.latex + #"\end{document}"# + "\n"
    let path = folder.file("table.tex")
    try document.write(toFile: path, atomically: true, encoding: .utf8)
    let program = try #require(Tool("pdflatex").path)
    let run = try #require(
      ToolRun(
        [program, "-interaction=nonstopmode", "-halt-on-error", "-output-directory", folder.path, path],
        environment: ProcessInfo.processInfo.environment, patience: 60))
    #expect(run.status == 0, "\(String(decoding: run.output, as: UTF8.self))")
  }
}
