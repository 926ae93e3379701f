import CoppiceAutodiff
import CoppiceTerms

extension Granularity {
  /// All weights that lead into one neuron: a row of a linear weight `[out, in]`, a filter of a convolution
  /// `[out, in, height, width]`, in general a slice along the first axis. The neuron's bias and the scale and shift of the
  /// normalisation behind it go along, so that a pruned neuron gives 0 whatever comes in.
  ///
  /// What reads the neuron keeps its weights, and counts them: they have only zeros to multiply. A network that is compacted loses them
  /// too. Coupled with what reads them, neurons are `hidden-unit` and filters `channel`, which are selected and counted with their readers.
  ///
  /// The rows of an output layer are the classes: an allocation should ignore that layer. H. Li et al., "Pruning filters for
  /// efficient ConvNets", ICLR 2017.
  public static let neuron = neuron()

  /// `neuron` with scores of rows other than the mean.
  public static func neuron(aggregate: Aggregate = .mean, normalised: Bool = false) -> Granularity {
    Granularity("neuron", version: 3, aggregate: aggregate, normalised: normalised) { context in
      context.layers.filter { $0.shape.rank > 0 }.flatMap { layer in
        let parameters = [layer.name] + context.companions(of: layer.name)
        return (0..<layer.shape[0]).map { row in
          Unit(parameters.map { AxisSlice($0, axis: 0, [row]) })
        }
      }
    }
  }

  /// `neuron` as it is called of convolutions; the same granularity.
  public static let filter = neuron
}

extension Shipped<Granularity> {
  static let neuron = Shipped(
    .neuron, "all weights into a neuron, its bias and normalisation with them", paper: "Li et al. 2017",
    aliases: ["filter"]
  ) { fields in
    let (aggregate, normalised) = try fields.aggregation()
    return .neuron(aggregate: aggregate, normalised: normalised)
  }
}
