extension Granularity {
  /// All weights that lead into one neuron: a row of a linear weight `[out, in]`, a filter of a convolution
  /// `[out, in, height, width]`, in general a slice along the first axis.
  ///
  /// The rows of an output layer are the classes: an allocation should ignore that layer.
  public static let neuron = Granularity("neuron", version: 1) { shape in
    shape.rank == 0 || shape[0] == 0 ? 1 : shape.count / shape[0]
  }

  /// `neuron` as it is called of convolutions; the same granularity.
  public static let filter = neuron
}
