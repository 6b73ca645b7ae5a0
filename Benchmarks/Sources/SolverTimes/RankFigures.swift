import Foundation
import Fullshelf

/// What a whole plan took, from files to files.
struct RankFigures: Encodable {
    struct RankFigure: Encodable {
        var rank: String
        var tier: Int?
        var value: Double
        var bound: Double
        /// Before rounding to cases and lots: what the solver has proven.
        var gap: Double
    }

    var package: String
    var threads: Int
    /// Reading, forecasting, all ranks, tidying, the independent check, causes, report, writing.
    var elapsed: Elapsed
    var stepSeconds: [String: Double]
    var solves: Int
    var iterations: Int
    var ranks: [RankFigure]
    var largestGap: Double
    /// Non-zero make and move cells.
    var makeCells: Int
    var moveCells: Int
    var peakMemoryBytes: Int
    var blas: String?

    static func measured(_ options: Options, output: String) throws -> RankFigures {
        let tally = Tally<SolveStatistics>()
        var planner = Planner(threads: options.threads)
        planner.onSolveStatistics = { tally.take($0) }
        let (run, elapsed) = try Elapsed.measure { try planner.plan(packageAt: options.package, writingTo: output) }
        let certificates = run.result.allocation.certificate.ranks
        return RankFigures(
            package: options.package, threads: options.threads, elapsed: elapsed,
            stepSeconds: Dictionary(uniqueKeysWithValues: run.timings.map { ($0.step.rawValue, $0.seconds) }),
            solves: tally.all.count, iterations: tally.all.reduce(0) { $0 + $1.iterations },
            ranks: certificates.map {
                RankFigure(
                    rank: $0.rank.aim.rawValue, tier: $0.rank.tier, value: $0.value, bound: $0.bound, gap: $0.gapBeforeRounding)
            },
            largestGap: certificates.map(\.gapBeforeRounding).max() ?? 0, makeCells: run.result.allocation.plan.production.count,
            moveCells: run.result.allocation.plan.movements.count, peakMemoryBytes: residentPeak(), blas: loadedBLAS())
    }
}
