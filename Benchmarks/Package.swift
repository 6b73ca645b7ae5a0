// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that embedders and the tests do not build the benchmark harness.
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "fullshelf", path: ".."),
        // Without its malloc interposer: it needs jemalloc, and what is gated here are counts of our own.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(name: "Accuracy", dependencies: [.product(name: "Fullshelf", package: "fullshelf")]),
        // Stands before malloc; only InnerLoops links it.
        .target(name: "AllocationCount"),
        .executableTarget(name: "InnerLoops", dependencies: ["AllocationCount", .product(name: "Fullshelf", package: "fullshelf")]),
        .executableTarget(name: "SolverTimes", dependencies: [.product(name: "Fullshelf", package: "fullshelf")]),
        .executableTarget(name: "BenchmarkGate", dependencies: [.product(name: "Fullshelf", package: "fullshelf")]),
        .executableTarget(
            name: "Stations",
            dependencies: [.product(name: "Fullshelf", package: "fullshelf"), .product(name: "Benchmark", package: "benchmark")],
            path: "Stations",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ],
    swiftLanguageModes: [.v6]
)
