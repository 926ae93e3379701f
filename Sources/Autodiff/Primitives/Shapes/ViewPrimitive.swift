/// A primitive whose output is its input under another shape or name: no memory, no work.
package protocol ViewPrimitive: Primitive {}

extension ViewPrimitive {
  package var isView: Bool { true }
  package func flops(for signature: Signature) -> Int { 0 }
  package func kernel(for signature: Signature) -> Kernel { Kernel { _, _ in } }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    [ReferenceArray(signature.output(), inputs[0].scalars)]
  }
}
