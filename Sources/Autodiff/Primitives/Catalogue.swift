/// Every primitive, one line each: the contract tests and the benchmarks run over this list.
package enum Primitives {
  package static let all: [any Primitive.Type] = [
    // elementwise
    Add.self, Subtract.self, Multiply.self, Divide.self, Negate.self, Scale.self, Offset.self, Absolute.self,
    Maximum.self, Minimum.self, Step.self, Exponential.self, Logarithm.self, SquareRoot.self,
    HyperbolicTangent.self, HyperbolicTangent.Gradient.self, Sigmoid.self, Sigmoid.Gradient.self, Erf.self,
    ReLU.self, ReLU.Gradient.self, ReLU.ChannelGradient.self,
    ReLU.PooledChannelGradient.self, ReLU6.self, ReLU6.Gradient.self, GELU.self, GELU.Gradient.self,
    SiLU.self, SiLU.Gradient.self, Dropout.self,
    Masked.self, Select.self, ThroughStep.self,
    // gates
    UniformNoise.self, KeepLargest.self,
    // shape
    Alias.self, StopGradient.self, MergeAxes.self, SplitAxis.self, Expand.self, Transpose.self, Slice.self,
    Pad.self, Concatenate.self,
    // reductions
    Sum.self, ChannelSum.self, SumOfSquares.self, ArgMax.self, LabelCount.self,
    // rows by index
    OneHot.self, GatherRows.self, ScatterAddRows.self,
    // products
    MatrixProduct.self, Affine.self,
    Panels.self, Panels.Rows.self, SparseAffine.self, SparseAffine.Single.self,
    SparseAffine.InputGradient.self, SparseAffine.WeightGradient.self,
    // integers
    Quantise.self, QuantisedAffine.self, QuantisedConvolution.self, QuantisedMaxPool.self,
    // planes
    Convolution.self, Convolution.InputGradient.self, Convolution.FilterGradient.self,
    Convolution.Normalized.self,
    SparseConvolution.self, SparseConvolution.InputGradient.self, SparseConvolution.FilterGradient.self,
    SparseConvolution.Normalized.self,
    MaxPool.self,
    MaxPool.Gradient.self, MaxPool.Selection.self, AveragePool.self, AveragePool.Gradient.self,
    // normalisation
    BatchNormalization.self, BatchNormalization.Gradient.self, BatchNormalization.Inference.self,
    BatchNormalization.RunningStatistics.self, LayerNormalization.self, LayerNormalization.Gradient.self,
    LayerNormalization.ParameterGradient.self,
    // rows
    Softmax.self, Softmax.Gradient.self, LogSoftmax.self, LogSoftmax.Gradient.self, SoftmaxCrossEntropy.self,
    SoftmaxCrossEntropy.Gradient.self,
    // attention
    CausalMask.self, Attention.self, Attention.Gradient.self,
    // several at once
    MicroBatches.self,
    // codes of few bits
    ValueRange.self, FakeQuantise.self, FakeQuantiseRows.self, Histogram.self,
    // updates
    SGDUpdate.self, AdamUpdate.self,
  ]
}
