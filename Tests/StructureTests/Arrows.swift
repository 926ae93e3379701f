/// DESIGN's picture of the targets, from the ground up: each may import what stands here beside it, and all of that stands below.
enum Arrows {
  static let floors: [(target: String, mayImport: Set<String>)] = [
    ("CKernels", []),
    ("CHDF5", []),
    ("CZlib", []),
    ("CoppiceTerms", []),
    ("CoppiceTensors", ["CoppiceTerms"]),
    ("CoppiceAutodiff", ["CKernels", "CoppiceTensors", "CoppiceTerms"]),
    ("CoppiceHDF5", ["CHDF5", "CoppiceTerms"]),
    // Networks and Pruning are neighbours that do not know each other.
    ("CoppiceNetworks", ["CoppiceAutodiff", "CoppiceTensors", "CoppiceTerms"]),
    ("CoppicePruning", ["CoppiceAutodiff", "CoppiceTensors", "CoppiceTerms"]),
    ("CoppiceDatasets", ["CKernels", "CZlib", "CoppiceTensors", "CoppiceTerms"]),
    (
      "CoppiceExchange",
      ["CZlib", "CoppiceAutodiff", "CoppiceHDF5", "CoppiceNetworks", "CoppiceTensors", "CoppiceTerms"]
    ),
    ("CoppiceStore", ["CoppiceHDF5", "CoppiceTensors", "CoppiceTerms"]),
    ("CoppiceReporting", ["CoppiceStore", "CoppiceTensors", "CoppiceTerms"]),
    (
      "CoppiceLaboratory",
      [
        "CKernels", "CoppiceAutodiff", "CoppiceDatasets", "CoppiceExchange", "CoppiceHDF5", "CoppiceNetworks",
        "CoppicePruning", "CoppiceStore", "CoppiceTensors", "CoppiceTerms",
      ]
    ),
    (
      "CoppiceBenchmarks",
      [
        "CKernels", "CoppiceAutodiff", "CoppiceDatasets", "CoppiceLaboratory", "CoppiceNetworks",
        "CoppicePruning", "CoppiceStore", "CoppiceTensors", "CoppiceTerms",
      ]
    ),
    (
      "Coppice",
      [
        "CoppiceAutodiff", "CoppiceDatasets", "CoppiceLaboratory", "CoppiceNetworks", "CoppicePruning",
        "CoppiceStore", "CoppiceTensors", "CoppiceTerms",
      ]
    ),
    // The only one that knows the benchmarks.
    (
      "CoppiceCommand",
      ["Coppice", "CoppiceBenchmarks", "CoppiceExchange", "CoppiceHDF5", "CoppiceReporting", "CoppiceStore"]
    ),
    ("CoppiceExperiments", ["Coppice"]),
    ("CoppiceMain", ["CoppiceCommand", "CoppiceExperiments"]),
    // For tests alone.
    ("CoppiceTestSupport", ["CHDF5", "CoppiceAutodiff", "CoppiceHDF5", "CoppiceTensors", "CoppiceTerms"]),
    ("OwnProgram", ["Coppice", "CoppiceCommand"]),
  ]

  /// Modules of the system: everyone's.
  static let systemModules: Set = ["Foundation", "Dispatch", "Synchronization", "Testing", "Glibc", "Darwin"]

  /// Libraries of others, and the targets that speak to them.
  static let libraries: [(library: String, users: Set<String>)] = [
    ("OrderedCollections", ["CoppiceTensors"]), ("ArgumentParser", ["CoppiceCommand"]),
    ("FlyingSocks", ["CoppiceCommand"]),
    ("Crypto", ["CoppiceDatasets", "CoppiceExchange", "CoppiceLaboratory"]),
  ]

  /// What is wrong with the arrows of a target, each as a sentence.
  static func faults(of target: String, importing modules: Set<String>) -> [String] {
    guard let floor = floors.first(where: { $0.target == target }) else {
      return ["\(target) has no place in the table of Arrows.swift: say there what it may import"]
    }
    return modules.subtracting(systemModules).sorted().compactMap { module in
      if let library = libraries.first(where: { $0.library == module }) {
        guard !library.users.contains(target) else { return nil }
        return
          "\(target) may not import \(module): that is for \(library.users.sorted().joined(separator: " and "))"
      }
      if floor.mayImport.contains(module) { return nil }
      let isAbove =
        (floors.firstIndex { $0.target == module } ?? -1) > (floors.firstIndex { $0.target == target } ?? 0)
      return "\(target) may not import \(module): "
        + (isAbove
          ? "arrows point down, and it stands above" : "DESIGN draws no arrow from the one to the other")
    }
  }

  /// Where declared and used dependencies of a target differ, each as a sentence.
  static func faults(of target: DeclaredTarget, using modules: Set<String>) -> [String] {
    let used = modules.subtracting(systemModules)
    let declared = Set(target.dependencies)
    return used.subtracting(declared).sorted().map {
      "\(target.folder) imports \($0), which \(target.name) does not declare in Package.swift"
    }
      + declared.subtracting(used).sorted().map {
        "\(target.name) declares \($0) in Package.swift, and nothing in \(target.folder) imports it"
      }
  }
}
