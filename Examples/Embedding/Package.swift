// swift-tools-version: 6.2
import PackageDescription

// In a package of your own, depend on the repository's URL instead of a path.
let package = Package(
    name: "Embedding",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "fullshelf", path: "../..")],
    targets: [
        .executableTarget(name: "Embedding", dependencies: [.product(name: "Fullshelf", package: "fullshelf")]),
        .executableTarget(name: "Explaining", dependencies: [.product(name: "Fullshelf", package: "fullshelf")]),
    ],
    swiftLanguageModes: [.v6]
)
