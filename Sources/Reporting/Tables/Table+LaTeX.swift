import CoppiceTerms

extension Table {
  /// The table in LaTeX, as the package booktabs sets it: `\usepackage{booktabs}`. Numbers stand flush right, ± and other signs of
  /// mathematics in mathematics.
  package var latex: String {
    func line(_ texts: [String]) -> String { texts.joined(separator: " & ") + " \\\\\n" }
    let form = columns.map { $0.format.isNumeric ? "r" : "l" }.joined()
    var text = "% needs \\usepackage{booktabs}\n\\begin{tabular}{\(form)}\n\\toprule\n"
    text += line(columns.map { Self.escaped($0.heading) }) + "\\midrule\n"
    for row in rows {
      text += line(columns.indices.map { Self.escaped(display(cell(row, $0), columns[$0])) })
    }
    return text + "\\bottomrule\n\\end{tabular}\n"
  }

  /// A text as LaTeX sets it letter by letter. What stands for an order to LaTeX is written so that it is none.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    var last: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      if scalar == "-", last == " " || last == "-" {
        // The sign of a number is no hyphen, and two hyphens are no dash.
        escaped += last == " " ? "$-$" : "{}-"
      } else if let sign = signs[scalar] {
        escaped += sign
      } else if scalar.isControl || scalar == "\n" || scalar == "\t" {
        escaped += " "
      } else {
        escaped.unicodeScalars.append(scalar)
      }
      last = scalar
    }
    return escaped
  }

  private static let signs: [Unicode.Scalar: String] = [
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "%": "\\%", "#": "\\#",
    "_": "\\_", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "<": "$<$", ">": "$>$", "|": "$|$",
    "\"": "''", "[": "{[}", "]": "{]}", "*": "{*}",
    "±": "$\\pm$", "×": "$\\times$", "·": "$\\cdot$", "−": "$-$", "–": "--", "—": "---", "…": "\\ldots{}",
    "Δ": "$\\Delta$", "δ": "$\\delta$", "ρ": "$\\rho$", "τ": "$\\tau$", "λ": "$\\lambda$", "μ": "$\\mu$",
    "σ": "$\\sigma$", "≤": "$\\leq$", "≥": "$\\geq$", "≠": "$\\neq$", "→": "$\\to$", "∞": "$\\infty$",
    "√": "$\\surd$", "\u{2009}": "\\,", "²": "$^2$", "½": "$\\frac{1}{2}$",
  ]
}
