/// Every primitive, one line each: the contract tests and the benchmarks run over this list.
package enum Primitives {
  package static let all: [any Primitive.Type] = [
    // elementwise
    Add.self, Subtract.self, Multiply.self, Divide.self, Negate.self, Scale.self, Offset.self, Absolute.self,
    Step.self, Exponential.self, Logarithm.self, SquareRoot.self, HyperbolicTangent.self, Sigmoid.self,
    ReLU.self,
    ReLU.Gradient.self,
    // shape
    MergeAxes.self, SplitAxis.self, Expand.self,
    // reductions
    Sum.self, ArgMax.self, LabelCount.self, OneHot.self,
    // products
    MatrixProduct.self, Affine.self,
    // rows
    Softmax.self, Softmax.Gradient.self, SoftmaxCrossEntropy.self, SoftmaxCrossEntropy.Gradient.self,
    // updates
    SGDUpdate.self, AdamUpdate.self,
  ]
}
