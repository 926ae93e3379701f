/// What a paper claims, and what an experiment is expected to show of it. It is written before the experiment is run.
///
/// ```swift
/// Claim(
///   "Rewound weights end above fine-tuned ones", paper: "Renda et al. 2020, Fig. 2", published: "+0.5 points at 10×",
///   of: ["retraining=rewind", "target_sparsity=0.9"], against: ["retraining=fine-tune", "target_sparsity=0.9"],
///   expected: .above(0))
/// ```
public struct Claim: Sendable {
  /// Where the claim puts a number: the mean over seeds, or the mean difference of two sides paired by seed.
  public enum Expectation: Hashable, Sendable {
    /// Above this.
    case above(Double)
    /// Below this.
    case below(Double)
    /// Between these, both included.
    case within(ClosedRange<Double>)
  }

  /// What is taken of a row's number.
  public enum Measure: Hashable, Sendable {
    /// The number itself.
    case value
    /// The number less that of the dense network of the same seed and model.
    case change
    /// The number as a share of that of the dense network of the same seed and model.
    case share
  }

  /// The claim in one sentence.
  public let statement: String
  /// Where it was published.
  public let paper: String
  /// The number that was published, or what was said in place of one.
  public let published: String
  /// The column of the index that is compared, or of the analysis.
  public let metric: String
  /// The table of an analysis whose rows it speaks of: `linear_connectivity`; `nil` for the index.
  public let analysis: String?
  /// What is taken of it.
  public let measure: Measure
  /// The conditions of the rows that it speaks of, as `coppice table --where` takes them. Rows of one seed count as their mean.
  public let rows: [String]
  /// The conditions of the rows it is compared with, seed by seed; `nil` where the value itself is judged.
  public let reference: [String]?
  /// Where the claim puts the number. The claim is refuted where the 95 % interval lies wholly outside, and reproduced where it lies
  /// wholly inside; in between nothing is said.
  public let expectation: Expectation

  /// A claim.
  /// - Parameters:
  ///   - statement: the claim in one sentence.
  ///   - paper: where it was published.
  ///   - published: the number that was published, or what was said in place of one.
  ///   - analysis: the table of an analysis whose rows it speaks of, one value a seed as in the index; `nil` for the index.
  ///   - metric: the column that is compared.
  ///   - measure: what is taken of it.
  ///   - rows: the conditions of the rows that it speaks of.
  ///   - reference: the conditions of the rows it is compared with.
  ///   - expectation: where the claim puts the number, with the tolerance that it allows: fractions, not percent.
  public init(
    _ statement: String, paper: String, published: String, analysis: String? = nil,
    metric: String = "test_accuracy",
    measure: Measure = .value, of rows: [String],
    against reference: [String]? = nil, expected expectation: Expectation
  ) {
    (self.statement, self.paper, self.published) = (statement, paper, published)
    (self.metric, self.measure, self.rows, self.reference) = (metric, measure, rows, reference)
    self.analysis = analysis
    self.expectation = expectation
  }
}
