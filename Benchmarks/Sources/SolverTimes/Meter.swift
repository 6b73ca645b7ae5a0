import Foundation

/// Wall and processor seconds of a piece of work.
struct Elapsed: Encodable {
    var wallSeconds: Double
    /// Of all threads, user and system.
    var cpuSeconds: Double

    static func measure<Result>(_ work: () throws -> Result) rethrows -> (Result, Elapsed) {
        let before = processorSeconds(), start = ContinuousClock.now
        let result = try work()
        let wall = start.duration(to: .now) / .seconds(1)
        return (result, Elapsed(wallSeconds: wall, cpuSeconds: processorSeconds() - before))
    }
}

private func usage() -> rusage {
    var usage = rusage()
    #if os(Linux)
        getrusage(RUSAGE_SELF.rawValue, &usage)
    #else
        getrusage(RUSAGE_SELF, &usage)
    #endif
    return usage
}

private func processorSeconds() -> Double {
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    let usage = usage()
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Largest resident memory of this process so far, bytes.
func residentPeak() -> Int {
    #if os(Linux)
        usage().ru_maxrss * 1024
    #else
        usage().ru_maxrss
    #endif
}

/// The BLAS that is loaded, by its file and the folder it lies in ("openblas-pthread/libblas.so.3"); nil where that cannot be told.
func loadedBLAS() -> String? {
    guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return nil }
    let files = maps.split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }
    let libraries = Set(files.filter { $0.split(separator: "/").last?.contains("blas") ?? false })
    return libraries.sorted().map { $0.split(separator: "/").suffix(2).joined(separator: "/") }.joined(separator: ", ")
}

/// FNV-1a of the bits of some numbers: whether two runs gave the same bytes.
func hashOfBits(_ values: [Double]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for value in values {
        var bits = value.bitPattern
        for _ in 0..<8 {
            hash = (hash ^ (bits & 0xff)) &* 0x100_0000_01b3
            bits >>= 8
        }
    }
    return String(hash, radix: 16)
}

/// Collects what closures of a solve report; they follow each other, but must be Sendable.
final class Tally<Report: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var reports: [Report] = []

    func take(_ report: Report) { lock.withLock { reports.append(report) } }
    var all: [Report] { lock.withLock { reports } }
}
