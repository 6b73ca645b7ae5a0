import Foundation
import Fullshelf

/// The package as it lies in its folder now, read again whenever a file of it has changed, and its forecast.
final class Workspace: @unchecked Sendable {
    /// What reading the folder gave.
    struct Reading: Sendable {
        fileprivate var stamp: FolderStamp
        var package: DataPackage?
        var findings: [Finding]

        var errorCount: Int { findings.count { $0.severity == .error } }
    }

    let folder: String
    let planner: Planner
    private let lock = NSLock()
    private var reading: Reading?
    private let forecastLock = NSLock()
    private var forecast: (stamp: FolderStamp, run: ForecastRun)?

    init(folder: String, planner: Planner) {
        self.folder = folder
        self.planner = planner
    }

    /// Reads the folder, unless nothing changed since.
    func read() -> Reading {
        lock.withLock {
            let stamp = FolderStamp(folder)
            if let reading, reading.stamp == stamp { return reading }
            let found = planner.readPackage(at: folder)
            let fresh = Reading(stamp: stamp, package: found.package, findings: found.findings)
            reading = fresh
            return fresh
        }
    }

    /// The forecast without overrides, where it has been made already. An override changes its own cell only, so the forecast outlives it.
    func knownForecast(_ reading: Reading) -> ForecastRun? {
        forecastLock.withLock {
            guard let forecast, forecast.stamp == reading.stamp.without(OverrideTable.fileName) else { return nil }
            return forecast.run
        }
    }

    /// Makes the forecast without overrides.
    func makeForecast(_ reading: Reading, progress: @escaping ProgressHandler) throws(PlanningError) -> ForecastRun {
        guard var package = reading.package else { throw .unusableInput(reading.findings) }
        package.overrides = []
        let run = try planner.forecast(package, progress: progress)
        forecastLock.withLock { forecast = (reading.stamp.without(OverrideTable.fileName), run) }
        return run
    }
}

/// Names, sizes and times of a folder's files: tells whether any was written since.
struct FolderStamp: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        var inode: UInt64
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    private var entries: [String: Entry] = [:]

    init(_ folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where !name.hasPrefix(".") {
            var status = stat()
            guard stat(folder + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            #if canImport(Darwin)
                let time = status.st_mtimespec
            #else
                let time = status.st_mtim
            #endif
            entries[name] = Entry(
                inode: UInt64(status.st_ino), size: Int(status.st_size), seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
        }
    }

    func without(_ name: String) -> FolderStamp {
        var rest = self
        rest.entries[name] = nil
        return rest
    }
}
