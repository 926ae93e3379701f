extension Kernel {
  /// A kernel for a result `[rows, columns]`. Each thread takes a band of it: of rows where there are many, else along the longer
  /// side. A band of rows is one piece of memory. Optimizers and elementwise operations share memory in the same pieces, so that it
  /// stays in the thread's own cache.
  ///
  /// - Parameters:
  ///   - grain: columns that a thread takes at least; vectors of them unless columns are computed as rows.
  ///   - readsMuch: whether each band of rows would read more than stays in a cache, so that columns are rather shared out.
  package static func product(
    rows: Int, columns: Int, grain: Int = 16, readsMuch: Bool = false, scratch: Int,
    _ body: @escaping @Sendable (KernelArguments, _ rows: Range<Int>, _ columns: Range<Int>) -> Void
  ) -> Kernel {
    let sharesRows = rows > columns || (rows >= 96 && rows * columns <= 1 << 20 && !readsMuch)
    let (length, tile) = sharesRows ? (rows, 4) : (columns, grain)
    return Kernel(units: (length + tile - 1) / tile, scratch: scratch) { arguments, range in
      let band = (range.lowerBound * tile)..<min(range.upperBound * tile, length)
      sharesRows ? body(arguments, band, 0..<columns) : body(arguments, 0..<rows, band)
    }
  }
}
