import CoppiceAutodiff
import CoppiceTerms

extension Granularity {
  /// Channels of convolutions, with all that is tied to them: every filter that makes the channel, what reads it in every convolution
  /// and linear layer behind it, its biases, and scale and shift of its normalisations. A removed channel says nothing and costs
  /// nothing.
  ///
  /// The graph says what goes together. Inside a residual block a channel is one filter and the slice that reads it. In a residual
  /// stream it is a filter of every block that adds to the stream, and what every block reads of it. Through a flattening it is a block
  /// of columns. A channel that reaches the input or the output stays.
  ///
  /// G. Fang, X. Ma, M. Song, M. B. Mi, X. Wang, "DepGraph: towards any structural pruning", CVPR 2023, group what depends on each
  /// other in the same way, and score a group by all its parameters.
  public static let channel = channel()

  /// `channel` with other scores or other rules.
  /// - Parameters:
  ///   - aggregate: how the scores of weights become that of a channel.
  ///   - normalised: whether the scores of units in the same layers are divided by their L2 norm.
  ///   - coupling: whether ranks are compared, to which multiple is rounded, and how many channels stay at least.
  public static func channel(
    aggregate: Aggregate = .mean, normalised: Bool = false, coupling: Coupling = Coupling()
  ) -> Granularity {
    Granularity(
      coupled: "channel", version: 1, aggregate: aggregate, normalised: normalised, coupling: coupling
    ) { $0.structure.channels }
  }
}

extension Shipped<Granularity> {
  static let channel = Shipped(
    .channel, "a channel with every filter that makes it and all that reads it", paper: "Fang et al. 2023"
  ) { fields in
    let ((aggregate, normalised), coupling) = (try fields.aggregation(), try fields.coupling())
    return .channel(aggregate: aggregate, normalised: normalised, coupling: coupling)
  }
}
