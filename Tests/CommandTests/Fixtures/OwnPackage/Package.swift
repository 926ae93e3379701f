// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "my-experiments",
  platforms: [.macOS(.v15)],
  dependencies: [.package(path: "../coppice")],
  targets: [
    .executableTarget(
      name: "Experiments", dependencies: [.product(name: "Coppice", package: "coppice")])
  ]
)
