// swift-tools-version: 6.1
import PackageDescription

// Folders have short names; targets carry the prefix, because target names must be unique in the whole
// package graph of whoever depends on Coppice.

func target(_ folder: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: "Coppice\(folder)", dependencies: dependencies, path: "Sources/\(folder)", exclude: ["README.md"])
}

func tests(_ folder: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(
    name: "Coppice\(folder)Tests", dependencies: dependencies + ["CoppiceTestSupport"],
    path: "Tests/\(folder)Tests", resources: resources)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let collections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let sockets = Target.Dependency.product(name: "FlyingSocks", package: "FlyingFox")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "coppice",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Coppice", targets: ["Coppice", "CoppiceCommand"]),
    .executable(name: "coppice", targets: ["CoppiceMain"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    // Numbers
    .target(name: "CKernels", path: "Sources/CKernels", exclude: ["README.md", "bodies"]),
    target("Terms"),
    target("Tensors", [collections]),
    target("Autodiff", ["CKernels", "CoppiceTensors"]),

    // Files
    .systemLibrary(
      name: "CHDF5", path: "Sources/CHDF5", pkgConfig: "hdf5",
      providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"]), .yum(["hdf5-devel"])]),
    .systemLibrary(
      name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .yum(["zlib-devel"])]),
    target("HDF5", ["CHDF5", "CoppiceTerms"]),

    // What an experiment is made of
    target("Networks", ["CoppiceAutodiff", "CoppiceTensors", "CoppiceTerms"]),
    target("Pruning", ["CoppiceAutodiff", "CoppiceTensors", "CoppiceTerms"]),
    target("Datasets", ["CKernels", "CZlib", "CoppiceTensors", "CoppiceTerms", crypto]),

    target(
      "Exchange",
      [
        "CZlib", "CoppiceAutodiff", "CoppiceHDF5", "CoppiceNetworks", "CoppiceTensors", "CoppiceTerms",
        crypto,
      ]),

    // The laboratory and its books
    target("Store", ["CoppiceHDF5", "CoppiceTensors", "CoppiceTerms"]),
    target("Reporting", ["CoppiceStore", "CoppiceTensors", "CoppiceTerms"]),
    target(
      "Laboratory",
      [
        "CKernels", "CoppiceAutodiff", "CoppiceDatasets", "CoppiceExchange", "CoppiceHDF5", "CoppiceNetworks",
        "CoppicePruning", "CoppiceStore", "CoppiceTensors", "CoppiceTerms", crypto,
      ]),
    target(
      "Benchmarks",
      [
        "CKernels", "CoppiceAutodiff", "CoppiceDatasets", "CoppiceLaboratory", "CoppiceNetworks",
        "CoppicePruning", "CoppiceStore", "CoppiceTensors", "CoppiceTerms",
      ]),

    // What a user meets
    .target(
      name: "Coppice",
      dependencies: [
        "CoppiceAutodiff", "CoppiceDatasets", "CoppiceLaboratory", "CoppiceNetworks", "CoppicePruning",
        "CoppiceStore", "CoppiceTensors", "CoppiceTerms",
      ],
      path: "Sources/Coppice", exclude: ["README.md"]),
    target(
      "Command",
      [
        "Coppice", "CoppiceBenchmarks", "CoppiceExchange", "CoppiceHDF5", "CoppiceReporting", "CoppiceStore",
        argumentParser, sockets,
      ]),
    .target(
      name: "CoppiceExperiments", dependencies: ["Coppice"], path: "Experiments", exclude: ["README.md"]),
    .executableTarget(
      name: "CoppiceMain", dependencies: ["CoppiceCommand", "CoppiceExperiments"], path: "Sources/Main",
      exclude: ["README.md"]),

    // Tests mirror Sources
    .target(
      name: "CoppiceTestSupport",
      dependencies: ["CHDF5", "CoppiceAutodiff", "CoppiceHDF5", "CoppiceTensors", "CoppiceTerms"],
      path: "Tests/TestSupport"),
    // A program as a user's package has it: it sees what is public alone.
    .executableTarget(
      name: "OwnProgram", dependencies: ["Coppice", "CoppiceCommand"], path: "Tests/OwnProgram",
      packageAccess: false),
    tests("Kernels", ["CKernels"]),
    tests("Terms", ["CoppiceTerms"]),
    tests("Tensors", ["CoppiceTensors"]),
    tests("Autodiff", ["CoppiceAutodiff", "CoppiceTensors"], resources: [.copy("Fixtures")]),
    tests("HDF5", ["CoppiceHDF5"]),
    tests("Networks", ["CoppiceNetworks"], resources: [.copy("Fixtures")]),
    tests("Pruning", ["CKernels", "CoppicePruning"], resources: [.copy("Fixtures")]),
    tests("Datasets", ["CoppiceDatasets", crypto], resources: [.copy("Fixtures")]),
    tests("Exchange", ["CoppiceExchange"], resources: [.copy("Fixtures")]),
    tests("Store", ["CoppiceStore"]),
    tests("Reporting", ["CoppiceReporting", "CoppiceStore", "CoppiceTensors"]),
    tests(
      "Laboratory", ["CKernels", "CoppiceExchange", "CoppiceLaboratory", crypto],
      resources: [.copy("Fixtures")]),
    tests("Benchmarks", ["CoppiceBenchmarks"]),
    tests(
      "Command",
      [
        "Coppice", "CoppiceExchange", "CoppiceExperiments", "CoppiceHDF5", "CoppiceMain", "CoppiceStore",
        "OwnProgram",
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "CoppiceStructureTests", path: "Tests/StructureTests"),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
