extension KernelArguments {
  /// Copies a range of an input to an output, unless the plan has put both in one place.
  func copyUnlessInPlace(_ input: Int, to output: Int, _ range: Range<Int>) {
    let (from, to) = (self.input(input), self.output(output))
    if from != UnsafePointer(to) {
      (to + range.lowerBound).update(from: from + range.lowerBound, count: range.count)
    }
  }
}
