/// The catalogue of data sets that ship with Coppice.
public enum Datasets {
  /// Every shipped set with its default options; embedded ones first.
  public static let all: [DatasetSource] = [
    .glyphs,
    .induction,
    .teacher,
    .mnist,
    .fashionMNIST,
    .cifar10,
    .sst2,
    .tinyShakespeare,
  ]

  /// The shipped set of this name with its default options.
  public static func named(_ name: String) -> DatasetSource? { all.first { $0.name == name } }
}
