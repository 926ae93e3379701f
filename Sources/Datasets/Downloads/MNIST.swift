import CoppiceTerms

/// Handwritten digits, 28×28, 60,000 for training and 10,000 for the test.
///
/// Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", 1998.
/// Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf, 2017) has the same format with articles of clothing.
struct MNIST: DatasetDefinition {
  enum Kind { case digits, fashion }

  let kind: Kind
  let validation: Int
  let scaling: InputScaling
  let augmentation: Augmentation

  var name: String { kind == .digits ? "mnist" : "fashion-mnist" }
  var summary: String {
    kind == .digits
      ? "handwritten digits, 28×28, 60,000 + 10,000, 10 classes"
      : "clothing, 28×28, 60,000 + 10,000, 10 classes"
  }

  var specification: Specification {
    Specification(
      name, version: 1,
      [
        (name: "validation", value: .integer(validation)), (name: "scaling", value: scaling.value),
        (name: "augmentation", value: augmentation.value),
      ])
  }

  var files: DataFiles {
    switch kind {
    case .digits:
      DataFiles(
        folders: ["MNIST/raw"], files: Self.digitFiles,
        addresses: [
          "https://ossci-datasets.s3.amazonaws.com/mnist",
          "https://storage.googleapis.com/cvdf-datasets/mnist",
        ])
    case .fashion:
      DataFiles(
        folders: ["FashionMNIST/raw"], files: Self.fashionFiles,
        addresses: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"])
    }
  }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    let loaded = try folders.load(files, dataset: name)
    let training = try IDX.examples(images: loaded[0], labels: loaded[1], height: 28, width: 28, classes: 10)
    let test = try IDX.examples(images: loaded[2], labels: loaded[3], height: 28, width: 28, classes: 10)
    return try Dataset(
      name: name, task: .imageClassification(channels: 1, height: 28, width: 28), training: training,
      test: test,
      classNames: kind == .digits ? (0..<10).map(String.init) : Self.articles, validationCount: validation,
      scaling: scaling, augmentation: augmentation,
      record: DataRecord(dataset: name, version: 1, files: loaded.map(\.record)))
  }

  private static let articles = [
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
  ]

  /// A file as published; people have it with a dot before `idx`, too.
  private static func file(
    _ name: String, sha256: String, contentSHA256: String, bytes: Int
  ) -> DataFiles.File {
    DataFiles.File(
      name, sha256: sha256, contentSHA256: contentSHA256, bytes: bytes,
      alternatives: [name.replacing("-idx", with: ".idx")], contentLimit: 1 << 30
    ).announced(by: .idx(axes: name.contains("idx3") ? 3 : 1))
  }

  private static let digitFiles: [DataFiles.File] = [
    file(
      "train-images-idx3-ubyte.gz",
      sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
      contentSHA256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", bytes: 9_912_422),
    file(
      "train-labels-idx1-ubyte.gz",
      sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
      contentSHA256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", bytes: 28_881),
    file(
      "t10k-images-idx3-ubyte.gz", sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
      contentSHA256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", bytes: 1_648_877),
    file(
      "t10k-labels-idx1-ubyte.gz", sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
      contentSHA256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", bytes: 4_542),
  ]

  private static let fashionFiles: [DataFiles.File] = [
    file(
      "train-images-idx3-ubyte.gz",
      sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
      contentSHA256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888", bytes: 26_421_880),
    file(
      "train-labels-idx1-ubyte.gz",
      sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
      contentSHA256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9", bytes: 29_515),
    file(
      "t10k-images-idx3-ubyte.gz", sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
      contentSHA256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b", bytes: 4_422_102),
    file(
      "t10k-labels-idx1-ubyte.gz", sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
      contentSHA256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34", bytes: 5_148),
  ]
}

extension DatasetSource {
  /// MNIST with 5,000 of 60,000 training images for validation and inputs x / 255.
  public static var mnist: DatasetSource { mnist() }
  /// Fashion-MNIST with 5,000 of 60,000 training images for validation and inputs x / 255.
  public static var fashionMNIST: DatasetSource { fashionMNIST() }

  /// MNIST with options: images for validation, how bytes are scaled, what happens to training images.
  public static func mnist(
    validation: Int = 5_000, scaling: InputScaling = .unit, augmentation: Augmentation = .none
  ) -> DatasetSource {
    DatasetSource(MNIST(kind: .digits, validation: validation, scaling: scaling, augmentation: augmentation))
  }

  /// Fashion-MNIST with options: images for validation, how bytes are scaled, what happens to training images.
  public static func fashionMNIST(
    validation: Int = 5_000, scaling: InputScaling = .unit, augmentation: Augmentation = .none
  ) -> DatasetSource {
    DatasetSource(MNIST(kind: .fashion, validation: validation, scaling: scaling, augmentation: augmentation))
  }
}

extension InputScaling {
  /// Mean 0.1307 and standard deviation 0.3081: those of the MNIST training images.
  public static let mnist = InputScaling.standardised(mean: [0.1307], standardDeviation: [0.3081])
}

extension Shipped<DatasetSource> {
  static let mnist: Shipped = .dataset(.mnist, paper: "LeCun et al. 1998") { fields in
    .mnist(
      validation: try fields.integer("validation", .someExamples, default: 5_000),
      scaling: try .read(&fields),
      augmentation: try .read(&fields))
  }

  static let fashionMNIST: Shipped = .dataset(.fashionMNIST, paper: "Xiao et al. 2017") { fields in
    .fashionMNIST(
      validation: try fields.integer("validation", .someExamples, default: 5_000),
      scaling: try .read(&fields),
      augmentation: try .read(&fields))
  }
}
