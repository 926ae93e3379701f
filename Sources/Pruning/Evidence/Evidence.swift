import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// What a criterion looks at besides the weights: named arrays that are made from a network's loss while it is traced. They are
/// combined over the examples or batches of training data that they are measured on.
///
/// ```swift
/// extension Evidence {
///   /// The mean of every output channel over the batch and its positions, by the weight that makes it: `[out]`.
///   static let outputMeans = Evidence("output-means", combine: .mean) { trace in
///     trace.sites.map { site in (site.parameter, site.output.mean(over: …)) }
///   }
/// }
/// ```
public struct Evidence: Component {
  /// On how many examples at once the arrays are computed. One such lot is a part.
  public enum Batch: Hashable, Sendable {
    /// On a whole batch.
    case whole
    /// On so many examples, 1 or more: with 1, every example has a loss and gradients of its own.
    case examples(Int)
    /// On no data: once, on a batch of one example whose numbers the arrays do not depend on.
    case none
  }

  /// How the arrays of all parts become one: element by element, or as said.
  public enum Combination: Hashable, Sendable {
    /// Σ v over the parts.
    case sum
    /// Σ v / n over n parts.
    case mean
    /// Σ v².
    case sumOfSquares
    /// Σ v² / n.
    case meanOfSquares
    /// The largest v; NaN where one is NaN.
    case maximum
    /// Every part by itself, one behind the other along a new first axis.
    case each
    /// Σ v vᵀ / n for every run of so many consecutive elements v of an array, the last one shorter where they do not divide it:
    /// `[runs, size · (size + 1) / 2]`, the lower triangles row by row, zeros behind a shorter one. No run is longer than the array.
    case meanOfProducts(size: Int)
  }

  /// The name, the version and every field of the evidence.
  public let specification: Specification
  /// On how many examples at once it is computed.
  public let batch: Batch
  /// How the parts become one.
  public let combine: Combination
  /// Other evidence whose results the trace reads with `LossTrace.given`.
  public let given: [Evidence]

  private let trace: @Sendable (LossTrace) throws -> [(name: String, value: Value)]

  /// An evidence.
  /// - Parameters:
  ///   - name: what the evidence is called in tables, in kebab-case.
  ///   - version: raise it whenever results change; `nil` while it is being written.
  ///   - fields: the values it depends on, if it has parameters.
  ///   - batch: on how many examples at once it is computed.
  ///   - combine: how the parts become one.
  ///   - given: other evidence whose results it reads.
  ///   - trace: one array for each parameter it speaks of, by the parameter's name. The shape is free.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    batch: Batch = .whole, combine: Combination = .sum, given: [Evidence] = [],
    trace: @escaping @Sendable (LossTrace) throws -> [(name: String, value: Value)]
  ) {
    specification = Specification(name, version: version, fields)
    self.batch = batch
    self.combine = combine
    self.given = given
    self.trace = trace
  }

  /// The arrays of one part, each under the name of a parameter.
  /// - Throws: `PruningError.evidenceName` where a name is no parameter's or comes twice, and whatever a user's trace throws.
  public func values(of trace: LossTrace) throws -> [(name: String, value: Value)] {
    let values = try trace.builder.naming(name) { try self.trace(trace) }
    let parameters = Set(trace.weights.map(\.name))
    var met: Set<String> = []
    for (name, _) in values where !parameters.contains(name) || !met.insert(name).inserted {
      throw PruningError.evidenceName(name, isRepeated: met.contains(name), evidence: self.name)
    }
    return values
  }
}

extension LossTrace {
  /// What an evidence that this one is `given` has found for a parameter.
  public func given(_ evidence: Evidence, for parameter: String, _ shape: Shape) -> Value {
    knownArray(evidence.description, parameter, shape)
  }
}
