import InteriorPoint
import PlanModel

/// All linear aims of a package in ONE objective, as somebody without ranks would ask for them: what other solvers are compared on.
///
///     minimise  Σ weight(aim, tier) · aim     weights: lost sales 1000 / 100 / 10 / … by tier, guarantees 1000 a unit,
///                                             lateness a tenth and stock under the minimum a hundredth of the tier's lost sales, cost 1/100
///
/// over the same program, in arc form (docs/method.md), that the ranks are solved on. Sharing is quadratic and has no part in it. No plan is
/// made this way: an optimum of the weighted sum proves nothing about a single rank.
public struct WeightedProgram: Sendable {
    /// Its cost is the weighted objective, constant and scaling apart.
    public let program: BlockProgram
    /// What the objective is whatever is done.
    public let constant: Double
    /// Buckets of all pairs: the size that times are set against.
    public let cellCount: Int
    private let source: Source

    public init(_ package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation) {
        source = Source(package: package, demand: demand, bands: bands, segmentation: segmentation)
        let (stage, objective) = source.stage()
        program = stage.program
        constant = objective.constant
        cellCount = stage.model.pairs.count * stage.model.bucketCount
    }

    /// What the program is made of. Its columns' names are made again where they are asked for: at size XL they would take half a gigabyte.
    private struct Source: Sendable {
        var package: DataPackage
        var demand: PlannedDemand
        var bands: StockBandTable
        var segmentation: Segmentation

        /// The program, its cost the weighted objective.
        func stage() -> (StageProgram, StageObjective) {
            let model = AllocationModel(package, demand: demand, bands: bands, segmentation: segmentation)
            let aims = model.ranks.filter { $0.aim != .sharing }
            var stage = StageBuilder.build(
                model, resources: ResourceTable(model), content: StageContent(holds: [], aims: aims, amountTiers: []))
            var objective = StageObjective(columnCount: stage.columns.count)
            for rank in aims {
                if let aim = stage.objective(of: rank) { objective.add(aim, times: WeightedProgram.weight(of: rank)) }
            }
            stage.program.cost = objective.linear
            objective.quadratic = stage.program.quadratic
            return (stage, objective)
        }
    }

    /// What a unit of a rank's aim weighs; 0 for sharing, which is not linear.
    public static func weight(of rank: Rank) -> Double {
        var ofTier = 1000.0
        for _ in 1..<max(rank.tier ?? 1, 1) { ofTier /= 10 }
        return switch rank.aim {
        case .guarantees: 1000
        case .lostSales: ofTier
        case .lateness: 0.1 * ofTier
        case .stockUnderMinimum: 0.01 * ofTier
        case .cost: 0.01
        case .sharing: 0
        }
    }

    /// Solves to a proven relative gap. All work is in here, from the program to the proof.
    ///
    /// - Parameters:
    ///   - tolerance: Relative gap between value and bound.
    ///   - feasibility: Largest residual of a row, relative to 1 + the sum of its absolute terms.
    ///   - threads: The result has the same bytes for any number.
    ///   - onIteration: Called after each iteration; false stops, with what was reached.
    ///   - onPhases: Told where the time went; without it no clock is read.
    /// - Throws: ``SolveError`` for a malformed program, which would be a mistake of ours.
    public func solve(
        tolerance: Double = 1e-4, feasibility: Double = 1e-6, threads: Int = 1,
        onIteration: (@Sendable (IterationReport) -> Bool)? = nil, onPhases: (@Sendable (SolvePhases) -> Void)? = nil
    ) throws -> WeightedSolution {
        var scaled = program
        // Slopes of about 1 suit the solver.
        let steepest = program.cost.lazy.map(abs).max() ?? 0
        let factor = steepest > 0 ? 1 / steepest : 1
        for j in scaled.cost.indices { scaled.cost[j] *= factor }
        var settings = InteriorPointSettings(tolerance: tolerance, feasibilityTolerance: feasibility, threads: threads)
        settings.objectiveConstant = constant * factor
        settings.objectiveScale = 1e-6
        settings.onIteration = onIteration
        settings.onPhases = onPhases
        let solution = try InteriorPointSolver(scaled).solve(settings)
        return WeightedSolution(
            x: solution.x, value: solution.primalObjective / factor + constant, bound: solution.dualBound / factor + constant,
            residual: solution.primalResidual, iterations: solution.iterations, isProven: solution.status == .optimal)
    }

    /// The program as a free-format MPS file for other solvers. Columns without an upper bound have none there either.
    public func mps() -> String {
        let (stage, objective) = source.stage()
        return MPSWriter(
            stage: stage, program: program, quadraticLimits: [], objective: objective, title: "all aims in one weighted objective: minimise"
        ).text()
    }
}

/// A solution of the weighted objective, with its proof.
public struct WeightedSolution: Sendable {
    /// Shape [columns].
    public var x: [Double]
    public var value: Double
    /// No solution has a lower value.
    public var bound: Double
    /// Largest row residual relative to 1 + the sum of the absolute terms in the row.
    public var residual: Double
    public var iterations: Int
    /// Whether gap and residual are within what was asked for.
    public var isProven: Bool

    /// (value − bound) / |value|.
    public var gap: Double { value == bound ? 0 : (value - bound) / abs(value) }
}

/// Where a solve's time went; the solver's own type, for callers that see only this module.
public typealias SolvePhases = InteriorPoint.SolvePhases

/// What the solver tells of each iteration.
public typealias IterationReport = InteriorPoint.IterationReport
