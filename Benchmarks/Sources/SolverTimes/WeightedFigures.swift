import Foundation
import Fullshelf

/// What one weighted objective took.
struct WeightedFigures: Encodable {
    struct Phases: Encodable {
        /// As in `SolvePhases`, of the fastest run; `other` is what is left of its wall time. They add up with one thread only.
        var entries: Double
        var chains: Double
        var blocks: Double
        var coupling: Double
        var couplingFactor: Double
        var solves: Double
        var other: Double
    }

    var package: String
    var pairsTimesBuckets: Int
    var rows: Int
    var couplingRows: Int
    var columns: Int
    var entries: Int
    var threads: Int
    var tolerance: Double
    /// The fastest of the repetitions by wall time, and all of them.
    var best: Elapsed
    var runs: [Elapsed]
    var iterations: Int
    var value: Double
    var bound: Double
    var gap: Double
    var residual: Double
    var isProven: Bool
    /// Of the solution, to compare runs with.
    var digest: String
    /// One A x and one Aᵀ y over the stored program on one thread, and the solve in units of it (processor time, the steadier one).
    var sweepSeconds: Double
    var sweeps: Double
    var phases: Phases?
    var peakMemoryBytes: Int
    var blas: String?

    /// The program alone: what it was forecast from is let go, so that the memory is the solver's.
    private static func weightedProgram(_ options: Options) throws -> WeightedProgram {
        var stations = try Planner(threads: options.threads).forecastToPlan(packageAt: options.package)
        if let folder = options.inputs { try stations.write(to: folder) }
        stations.package.history = History()
        return WeightedProgram(
            stations.package, demand: stations.demand, bands: stations.bands, segmentation: stations.segmentation)
    }

    /// A line an iteration, for solves of minutes and hours.
    @Sendable private static func tell(_ report: IterationReport) -> Bool {
        let line = String(
            format: "%4d  gap %.2e  rows %.1e  mu %.1e  steps %.3f %.3f  correctors %d  memory %d MB\n", report.iteration,
            report.relativeGap, report.primalResidual, report.mu, report.primalStep, report.dualStep, report.correctors,
            residentPeak() / 1_000_000)
        FileHandle.standardError.write(Data(line.utf8))
        return true
    }

    static func measured(_ options: Options) throws -> WeightedFigures {
        let weighted = try weightedProgram(options)
        let program = weighted.program

        let tally = Tally<SolvePhases>()
        // A few hundred readings of the clock an iteration: nothing beside the work they time.
        let onPhases: (@Sendable (SolvePhases) -> Void)? = options.measuresPhases ? { @Sendable in tally.take($0) } : nil
        var runs: [Elapsed] = []
        var solution: WeightedSolution?
        for _ in 0..<options.repetitions {
            let (result, elapsed) = try Elapsed.measure {
                try weighted.solve(
                    tolerance: options.tolerance, threads: options.threads, onIteration: options.tellsProgress ? tell : nil,
                    onPhases: onPhases)
            }
            runs.append(elapsed)
            solution = result
        }
        guard let solution, let best = runs.min(by: { $0.wallSeconds < $1.wallSeconds }) else {
            throw UsageError(message: "--repeat wants a number of at least 1")
        }
        // Before what follows needs memory of its own.
        let memory = residentPeak()
        let sweep = program.sweepSeconds()
        let phases = zip(tally.all, runs).min { $0.1.wallSeconds < $1.1.wallSeconds }.map { Phases($0.0, of: $0.1.wallSeconds) }
        if let file = options.mps { try Data(weighted.mps().utf8).write(to: URL(fileURLWithPath: file), options: .atomic) }
        return WeightedFigures(
            package: options.package, pairsTimesBuckets: weighted.cellCount, rows: program.rowCount,
            couplingRows: program.couplingRows.count, columns: program.columnCount, entries: program.values.count,
            threads: options.threads, tolerance: options.tolerance, best: best, runs: runs, iterations: solution.iterations,
            value: solution.value, bound: solution.bound, gap: solution.gap, residual: solution.residual,
            isProven: solution.isProven, digest: hashOfBits(solution.x), sweepSeconds: sweep,
            sweeps: (runs.map(\.cpuSeconds).min() ?? best.cpuSeconds) / sweep, phases: phases, peakMemoryBytes: memory, blas: loadedBLAS())
    }
}

extension WeightedFigures.Phases {
    init(_ phases: SolvePhases, of wallSeconds: Double) {
        entries = phases.entries
        chains = phases.chains
        blocks = phases.blocks
        coupling = phases.coupling
        couplingFactor = phases.couplingFactor
        solves = phases.solves
        other = wallSeconds - entries - chains - blocks - coupling - couplingFactor - solves
    }
}
