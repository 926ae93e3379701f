extension Model {
  /// Every shipped model, by name: what `coppice list models` prints and `--set model=` takes.
  public static let all: [Model] = [.lenet300100]
}
