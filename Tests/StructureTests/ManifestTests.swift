import Testing

/// The reader of Package.swift, on small texts.
@Suite struct ManifestTests {
  private let manifest = Manifest(
    """
    func target(_ folder: String, _ dependencies: [Target.Dependency] = []) -> Target {
      .target(name: "Coppice\\(folder)", dependencies: dependencies, path: "Sources/\\(folder)")
    }
    let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
    let package = Package(
      name: "coppice",
      products: [.library(name: "Coppice", targets: ["Coppice", "CoppiceCommand"])],
      dependencies: [.package(url: "https://example.com/swift-crypto", from: "4.5.2")],
      targets: [
        // Numbers, target("Commented")
        .target(name: "CKernels", path: "Sources/CKernels", exclude: ["README.md"]),
        .systemLibrary(name: "CZlib", path: "Sources/CZlib", providers: [.apt(["zlib1g-dev"]), .yum(["zlib"])]),
        target("Terms"),
        target("Tensors", [crypto, "CoppiceTerms", .product(name: "Deque", package: "swift-collections")]),
        target(
          "Networks",
          [
            "CoppiceTensors",  // a word, with a comma
          ]),
        .executableTarget(
          name: "CoppiceMain", dependencies: ["CoppiceNetworks"], path: "Sources/Main"),
        tests("Terms", ["CoppiceTerms"], resources: [.copy("Fixtures")]),
        .testTarget(name: "CoppiceStructureTests", path: "Tests/StructureTests"),
      ],
      swiftLanguageModes: [.v6]
    )
    """)

  @Test func readsEveryWayOfWritingATarget() {
    #expect(
      manifest.targets == [
        DeclaredTarget(name: "CKernels", folder: "Sources/CKernels"),
        DeclaredTarget(name: "CZlib", kind: .system, folder: "Sources/CZlib"),
        DeclaredTarget(name: "CoppiceTerms", folder: "Sources/Terms"),
        DeclaredTarget(
          name: "CoppiceTensors", dependencies: ["Crypto", "CoppiceTerms", "Deque"], folder: "Sources/Tensors"
        ),
        DeclaredTarget(name: "CoppiceNetworks", dependencies: ["CoppiceTensors"], folder: "Sources/Networks"),
        DeclaredTarget(
          name: "CoppiceMain", kind: .executable, dependencies: ["CoppiceNetworks"], folder: "Sources/Main"),
        DeclaredTarget(
          name: "CoppiceTermsTests", kind: .test, dependencies: ["CoppiceTerms"], folder: "Tests/TermsTests"),
        DeclaredTarget(name: "CoppiceStructureTests", kind: .test, folder: "Tests/StructureTests"),
      ])
  }

  @Test func reachesWhatDependenciesBringAlong() {
    #expect(
      manifest.reachable(from: "CoppiceMain") == [
        "CoppiceNetworks", "CoppiceTensors", "Crypto", "CoppiceTerms", "Deque",
      ])
  }

  @Test func withoutTargetsThereAreNone() { #expect(Manifest("let package = 3").targets == []) }
}
