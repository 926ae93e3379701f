import CoppiceTerms

extension DatasetSource {
  /// The shipped set of that text, with the options that differ from its own:
  /// `mnist`, `glyphs(difficulty: 0.8)`, `cifar-10(augmentation: augmentation(flip: true, padding: 4))`.
  package init(parsing text: String) throws(ComponentError) {
    self = try ComponentError.reading(text) { name, fields in
      func count(_ name: String, _ value: Int) throws -> Int {
        try ComponentError.check(try fields.integer(name, default: value), name, in: 0...10_000_000)
      }
      func generatorSeed() throws -> UInt64 {
        UInt64(bitPattern: Int64(try fields.integer("generatorSeed", default: 0)))
      }
      func scaling() throws -> InputScaling { try InputScaling(try fields.component("scaling")) }
      func augmentation() throws -> Augmentation { try Augmentation(try fields.component("augmentation")) }
      switch name {
      case "glyphs":
        return .glyphs(
          training: try count("training", 6_000), validation: try count("validation", 1_000),
          test: try count("test", 2_000),
          difficulty: try ComponentError.check(
            try fields.number("difficulty", default: 0.5), "difficulty", in: 0...2),
          generatorSeed: try generatorSeed(), augmentation: try augmentation())
      case "induction":
        return .induction(
          vocabulary: try count("vocabulary", 32), length: try count("length", 64),
          variesPeriod: try fields.flag("variesPeriod", default: true),
          training: try count("training", 8_000), validation: try count("validation", 500),
          test: try count("test", 1_000), generatorSeed: try generatorSeed())
      case "teacher":
        var teacher = Teacher()
        teacher.features = try count("features", teacher.features)
        teacher.hidden = try count("hidden", teacher.hidden)
        teacher.classes = try count("classes", teacher.classes)
        teacher.density = try ComponentError.check(
          try fields.number("density", default: teacher.density), "density", in: 0...1)
        teacher.training = try count("training", teacher.training)
        teacher.validation = try count("validation", teacher.validation)
        teacher.test = try count("test", teacher.test)
        teacher.generatorSeed = try generatorSeed()
        return .teacher(teacher)
      case "mnist":
        return .mnist(
          validation: try count("validation", 5_000), scaling: try scaling(), augmentation: try augmentation()
        )
      case "fashion-mnist":
        return .fashionMNIST(
          validation: try count("validation", 5_000), scaling: try scaling(), augmentation: try augmentation()
        )
      case "cifar-10":
        return .cifar10(
          validation: try count("validation", 5_000), scaling: try scaling(), augmentation: try augmentation()
        )
      case "sst-2":
        return .sst2(
          length: try count("length", 48), minimumCount: try count("minimumCount", 2),
          validation: try count("validation", 1_000))
      case "tiny-shakespeare":
        return .tinyShakespeare(length: try count("length", 64), validation: try count("validation", 500))
      default: throw ComponentError.unknown("data set", name, known: Datasets.all.map(\.name))
      }
    }
  }
}

extension InputScaling {
  /// The scaling of a specification; x / 255 for none.
  fileprivate init(_ specification: Specification?) throws {
    guard let specification, specification.name != "unit" else {
      self = .unit
      return
    }
    self = try ComponentError.reading(specification) { name, fields in
      guard name == "standardised" else {
        throw ComponentError.unknown("scaling", name, known: ["unit", "standardised"])
      }
      return .standardised(
        mean: try fields.numberList("mean"), standardDeviation: try fields.numberList("standardDeviation"))
    }
  }
}

extension Augmentation {
  /// The augmentation of a specification; none for none.
  fileprivate init(_ specification: Specification?) throws {
    guard let specification, specification.name != "none" else {
      self = .none
      return
    }
    self = try ComponentError.reading(specification) { name, fields in
      guard name == "augmentation" else {
        throw ComponentError.unknown("augmentation", name, known: ["none", "augmentation"])
      }
      return Augmentation(
        flip: try fields.flag("flip", default: false),
        padding: try ComponentError.check(try fields.integer("padding", default: 0), "padding", in: 0...1_024)
      )
    }
  }
}
