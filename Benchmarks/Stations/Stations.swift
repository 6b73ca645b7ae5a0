import Benchmark
import Foundation
import Fullshelf

/// Wall time and memory of each station on sizes S and M (seed 7), for people who compare two builds on one machine; nothing gates on them.
///
///     swift package benchmark                      all
///     swift package benchmark --filter 'solve-.*'  some
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .peakMemoryResident], timeUnits: .milliseconds, warmupIterations: 1, maxDuration: .seconds(60),
        maxIterations: 5,
        // Times of a shared machine: only what is far off is told.
        thresholds: [
            .wallClock: .init(relative: [.p50: 60], absolute: [.p50: .milliseconds(50)]),
            .peakMemoryResident: .init(relative: [.p50: 30]),
        ])
    for size in [PackageSize.s, .m] {
        let name = size.rawValue.lowercased()
        Benchmark("read-\(name)") { benchmark in
            let folder = try GeneratedFolder(size: size, seed: 7)
            defer { folder.remove() }
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(readPackage(at: folder.path, progress: nil)) }
            benchmark.stopMeasurement()
        }
        Benchmark("forecast-\(name)") { benchmark in
            let package = try GeneratedFolder.package(size: size, seed: 7)
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(forecast(for: package, threads: 2, progress: nil)) }
            benchmark.stopMeasurement()
        }
        Benchmark("solve-\(name)") { benchmark in
            let stations = try Planner(threads: 2).forecast(GeneratedFolder.package(size: size, seed: 7))
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations {
                blackHole(
                    try allocate(
                        stations.package, demand: stations.demand, bands: stations.bands, segmentation: stations.segmentation,
                        options: AllocationOptions(threads: 2, progress: nil)))
            }
            benchmark.stopMeasurement()
        }
        Benchmark("plan-\(name)") { benchmark in
            let folder = try GeneratedFolder(size: size, seed: 7)
            defer { folder.remove() }
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations {
                blackHole(try Planner(threads: 2).plan(packageAt: folder.path, writingTo: folder.path + "/out"))
            }
            benchmark.stopMeasurement()
        }
    }
}

/// A generated package in a temporary folder.
struct GeneratedFolder {
    let path: String

    init(size: PackageSize, seed: UInt64) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-benchmark-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for file in generatePackage(size: size, seed: seed) {
            try Data(file.contents).write(to: URL(fileURLWithPath: path).appendingPathComponent(file.name))
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    static func package(size: PackageSize, seed: UInt64) throws -> DataPackage {
        let folder = try GeneratedFolder(size: size, seed: seed)
        defer { folder.remove() }
        let reading = readPackage(at: folder.path, progress: nil)
        guard let package = reading.package else { throw PlanningError.unusableInput(reading.findings) }
        return package
    }
}
