/// When to stop, and how to work.
public struct InteriorPointSettings: Sendable {
    /// Relative gap to reach: (objective − bound) ≤ tolerance · max(|objective|, objectiveScale).
    public var tolerance = 1e-8
    /// Largest residual of a row, relative to 1 + the sum of the absolute terms in it.
    public var feasibilityTolerance = 1e-9
    /// Goes on after the gap is reached until Σ x z is below this share of the objective (and while that still falls); nil: does not.
    public var complementarity: Double?
    /// Gap and residual that will do when the last iterations hardly lowered the gap.
    public var acceptableTolerance = 0.0
    public var acceptableFeasibility = 1e-7
    /// Size of an objective that counts as 1 when the objective itself is near 0; > 0.
    public var objectiveScale = 1.0
    /// What the caller adds to objective and bound before judging their size.
    public var objectiveConstant = 0.0
    public var maxIterations = 200
    /// Threads to use; the result has the same bytes for any number.
    public var threads = 1
    /// Centrality correctors at most in each iteration, 0…8.
    public var correctors = 8
    /// Whether the last steps keep a full share off the bounds too, and all limits stay in: slower, and what remains to be tried where a program with next to
    /// no inside is left short of its tolerance.
    public var isCautious = false
    /// Whether a falling μ is progress while the bound says nothing, for dozens of iterations.
    public var isPatient = true
    /// Whether the solution tells where its path went through, for solves of similar programs (``SolveStart/path(_:)``).
    public var keepsPathPoint = false
    /// Asked before each iteration; true ends the solve with the best point met (``InteriorPointStatus/stopped``).
    public var isOutOfTime: (@Sendable () -> Bool)?
    /// Whether a solve that is out of time goes on until a point keeps the rows to `acceptableFeasibility`, and ends with that.
    public var endsFeasible = false
    /// Called after each iteration; false stops.
    public var onIteration: (@Sendable (IterationReport) -> Bool)?
    /// Called once at the end of a solve with where its time went; nil: no clock is read.
    public var onPhases: (@Sendable (SolvePhases) -> Void)?

    public init(
        tolerance: Double = 1e-8, feasibilityTolerance: Double = 1e-9, objectiveScale: Double = 1,
        maxIterations: Int = 200, threads: Int = 1, correctors: Int = 8, onIteration: (@Sendable (IterationReport) -> Bool)? = nil
    ) {
        self.tolerance = tolerance
        self.feasibilityTolerance = feasibilityTolerance
        self.objectiveScale = objectiveScale
        self.maxIterations = maxIterations
        self.threads = threads
        self.correctors = correctors
        self.onIteration = onIteration
    }
}

extension InteriorPointSettings {
    /// (objective − bound) relative to the size of the objective.
    func relativeGap(objective: Double, bound: Double) -> Double {
        (objective - bound) / size(of: objective)
    }

    func size(of objective: Double) -> Double { max(abs(objective + objectiveConstant), objectiveScale) }
}

/// Where an iteration started from, and the steps it then took (0 in the last report, which takes none).
public struct IterationReport: Sendable {
    public var iteration: Int
    public var primalObjective: Double
    public var dualBound: Double
    /// (objective − bound) / max(|objective|, objectiveScale).
    public var relativeGap: Double
    /// Largest row residual relative to 1 + the sum of the absolute terms in the row.
    public var primalResidual: Double
    /// Mean complementarity product, in scaled units.
    public var mu: Double
    public var primalStep: Double
    public var dualStep: Double
    /// Correctors taken, the first (second order) one included.
    public var correctors: Int
}

/// A column's place between its bounds.
public enum BoundSide: Sendable {
    case lower, between, upper
}

/// How a solve ended.
public enum InteriorPointStatus: Sendable, Equatable {
    /// Gap and residual are within the tolerances.
    case optimal
    /// Gap and residual are within the acceptable tolerances and hardly fall any more.
    case acceptable
    /// No further progress is possible; the relative gap and residual of the answer.
    case stalled(gap: Double, residual: Double)
    case iterationLimit
    /// `onIteration` or `isOutOfTime` asked to stop.
    case stopped
}

/// The best point found, with its proof.
public struct InteriorPointSolution: Sendable {
    /// Shape [n], 0 ≤ x ≤ u.
    public var x: [Double]
    /// Row prices, shape [m].
    public var y: [Double]
    /// Prices z ≥ 0 of x ≥ 0 and w ≥ 0 of x ≤ u (0 where there is no bound), shape [n].
    public var lowerDuals: [Double]
    public var upperDuals: [Double]
    public var primalObjective: Double
    /// `dualBound(_:y:)` at y: no solution has a lower objective.
    public var dualBound: Double
    public var status: InteriorPointStatus
    public var iterations: Int
    /// Largest row residual relative to 1 + the sum of the absolute terms in the row.
    public var primalResidual: Double
    /// Largest absolute row residual, in the program's units.
    public var largestRowResidual: Double
    /// Where each column is heading, shape [n]: what is `.lower` or `.upper` would be there at the end of the path.
    public var sides: [BoundSide]
    /// Where the path went through, if asked for and met.
    public var pathPoint: PathPoint?
    /// Limits with so much room that the last iteration did without them; their price is 0.
    public var leftOutRows: [Int]
    public var history: [IterationReport]

    /// How far from the tolerances, as a factor: at most 1 when both are kept.
    public func distanceToTolerance(_ settings: InteriorPointSettings) -> Double {
        let gap = settings.relativeGap(objective: primalObjective, bound: dualBound)
        let distance = max(gap / settings.tolerance, primalResidual / settings.feasibilityTolerance)
        return distance.isFinite ? distance : .infinity
    }
}
