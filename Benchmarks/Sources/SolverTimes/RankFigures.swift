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

    /// The plan after one figure of the package changed, from what the plan left.
    struct Again: Encodable {
        /// As `what-if --set` takes it.
        var change: String
        /// Wall seconds of allocating, checking and explaining the changed package: from nothing, and from what the plan left.
        var coldSeconds: Double
        var seconds: Double
        var coldIterations: Int
        var iterations: Int
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
    var again: [Again]
    var peakMemoryBytes: Int
    var blas: String?

    /// A capacity, a forecast and a promise.
    private static func changes(_ package: DataPackage) throws -> [String] {
        guard let line = package.lines.first, let account = package.accounts.last else {
            throw UsageError(message: "the package has no line or no account")
        }
        let bucket = package.horizon.firstDay(of: package.horizon.count / 2)
        let promise =
            package.guarantees.first.map { "promise guarantee=\($0.id) withdraw=yes" } ?? "promise account=\(account.id) quantity=10"
        return ["capacity line=\(line.id) bucket=\(bucket) hours=+20", "demand account=\(account.id) quantity=+10%", promise]
    }

    private static func measuredAgain(_ planner: Planner, after run: PlanningRun, _ tally: Tally<SolveStatistics>) throws -> [Again] {
        func seconds(_ run: PlanningRun) -> Double {
            run.timings.filter { [.allocate, .check, .explain].contains($0.step) }.reduce(0) { $0 + $1.seconds }
        }
        let base = BasePlan(run)
        return try changes(run.package).map { text in
            let reading = readChanges([text], package: run.package)
            guard reading.findings.isEmpty else { throw UsageError(message: "\(text): \(reading.findings)") }
            func planned(from basis: AllocationBasis?) throws -> (seconds: Double, iterations: Int) {
                let before = tally.all.count
                let changed = try planner.whatIf(base.stations, changes: reading.changes, base: base.view, from: basis).changed
                return (seconds(changed), tally.all[before...].reduce(0) { $0 + $1.iterations })
            }
            let cold = try planned(from: nil), again = try planned(from: base.basis)
            return Again(
                change: text, coldSeconds: cold.seconds, seconds: again.seconds, coldIterations: cold.iterations,
                iterations: again.iterations)
        }
    }

    static func measured(_ options: Options, output: String) throws -> RankFigures {
        let tally = Tally<SolveStatistics>()
        var planner = Planner(threads: options.threads)
        planner.keepsBasis = true
        planner.onSolveStatistics = { tally.take($0) }
        let (run, elapsed) = try Elapsed.measure { try planner.plan(packageAt: options.package, writingTo: output) }
        let (solves, memory) = (tally.all, residentPeak())
        let certificates = run.result.allocation.certificate.ranks
        return RankFigures(
            package: options.package, threads: options.threads, elapsed: elapsed,
            stepSeconds: Dictionary(uniqueKeysWithValues: run.timings.map { ($0.step.rawValue, $0.seconds) }),
            solves: solves.count, iterations: solves.reduce(0) { $0 + $1.iterations },
            ranks: certificates.map {
                RankFigure(
                    rank: $0.rank.aim.rawValue, tier: $0.rank.tier, value: $0.value, bound: $0.bound, gap: $0.gapBeforeRounding)
            },
            largestGap: certificates.map(\.gapBeforeRounding).max() ?? 0, makeCells: run.result.allocation.plan.production.count,
            moveCells: run.result.allocation.plan.movements.count,
            again: options.plansAgain ? try measuredAgain(planner, after: run, tally) : [],
            peakMemoryBytes: memory, blas: loadedBLAS())
    }
}
