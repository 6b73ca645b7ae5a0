import DenseLinearAlgebra

/// Solves a `BlockProgram` by a primal-dual interior-point method and proves how good the answer is.
///
/// Infeasible start, predictor and weighted correctors, normal equations factorised by blocks. Nothing is random, and the answer has the same bytes
/// for any number of threads. Limits with room to spare are left out while they have it (``LimitScreening``); the answer keeps them all.
///
/// Sources: Mehrotra (1992); Gondzio (1996); Colombo & Gondzio (2008); see the types that do each part.
public struct InteriorPointSolver: Sendable {
    public let program: BlockProgram
    /// The program presolved and scaled, with all its limits.
    private let whole: (presolve: Presolve, working: WorkingProgram)
    private let fewestRows: Int
    /// What the iterations start without, and the program without that.
    let leftOut: LeftOutLimits
    let presolve: Presolve
    let working: WorkingProgram

    /// Checks the program's form, presolves and scales it.
    ///
    /// - Parameters:
    ///   - x: A point with about as much room to the limits as a solution, shape [n]: limits with much of it are left out from the start
    ///     (``LimitScreening``).
    ///   - fewestRows: Coupling rows from which on limits with room are left out of the iterations until they run short: with fewer there is little
    ///     to be saved.
    /// - Throws: `SolveError`, which says what is malformed and where.
    public init(_ program: BlockProgram, roomAt x: [Double]? = nil, screenedFrom fewestRows: Int = 500) throws(SolveError) {
        try program.validate()
        let (presolve, reduced) = Presolve.run(program)
        var limits: [LeftOutLimits.Limit] = []
        if let x, program.couplingRows.count >= fewestRows { limits = LimitScreening.ample(program, presolve, at: x) }
        self.init(program, whole: (presolve, WorkingProgram(reduced, presolve)), leavingOut: limits, screenedFrom: fewestRows)
    }

    private init(
        _ program: BlockProgram, whole: (presolve: Presolve, working: WorkingProgram), leavingOut limits: [LeftOutLimits.Limit],
        screenedFrom fewestRows: Int
    ) {
        self.program = program
        self.fewestRows = fewestRows
        self.whole = whole
        leftOut = LeftOutLimits(limits, of: program)
        (presolve, working) = limits.isEmpty ? whole : (whole.presolve.without(leftOut), WorkingProgram(whole.working, without: leftOut))
    }

    /// The same program, its iterations without other limits.
    func leavingOut(_ limits: [LeftOutLimits.Limit]) -> InteriorPointSolver {
        InteriorPointSolver(program, whole: whole, leavingOut: limits, screenedFrom: fewestRows)
    }

    /// Solves, always in a bounded number of iterations.
    ///
    /// - Parameter start: Where to start. A start on a path or in the middle from which the steps stay short is given up for one further from the bounds.
    /// - Returns: The best point met, with the bound its prices prove; the status says which tolerances it keeps.
    public func solve(_ settings: InteriorPointSettings = InteriorPointSettings(), from start: SolveStart = .centre)
        -> InteriorPointSolution
    {
        useSerialBLAS()
        let stopwatch = settings.onPhases.map { _ in PhaseStopwatch(blockCount: program.blocks.count) }
        defer { if let stopwatch { settings.onPhases?(stopwatch.phases) } }
        let work = SolveWorkspace(self, threads: settings.threads, stopwatch: stopwatch)
        var screening = settings.isCautious ? nil : LimitScreening(program, whole.presolve, leftOut: leftOut, fewestRows: fewestRows)
        /// Other starts, in the order in which they are tried.
        var retreats = centralDistances.map { SolveWorkspace.Retreat.centre(distance: $0) }
        switch start {
        case .centre: work.begin(retreats.removeFirst())
        case .point(let x, let room):
            place(work.point, at: x, room: room, system: work.system)
            retreats = []
        case .path(let earlier):
            place(work.point, at: earlier, system: work.system)
            retreats.insert(.path(earlier, centredAt: 100), at: 0)
        }
        var record = SolveRecord(settings)
        var passed: PathPoint?
        var step: Step?
        /// Whether another start was left to try.
        func retreat() -> Bool {
            guard !retreats.isEmpty else { return false }
            work.begin(retreats.removeFirst())
            record.startAgain()
            step = nil
            return true
        }

        while true {
            work.point.update(work.system)
            let (answer, differences) = work.solver.assess(work.point, after: step)
            if settings.keepsPathPoint, passed == nil, answer.isWithin(pathPointGap, settings, residual: pathPointGap) {
                passed = work.solver.pathPoint(work.point)
            }
            let status = record.judge(
                answer, work.point.mu, complementarity: work.point.mu * work.point.pairCount * work.solver.working.objectiveScale)
            if let status, !status.isStalled || retreats.isEmpty { return finish(record, status, passed, work) }
            if settings.isOutOfTime?() == true {
                if !settings.endsFeasible { return finish(record, .stopped, passed, work) }
                if answer.residual <= settings.acceptableFeasibility {
                    record.end(with: answer)
                    return finish(record, .stopped, passed, work)
                }
            }
            if status == nil, let limits = screening?.change(at: answer.x, differences) {
                work.leaveOut(limits, at: answer.x)
                record.noteOtherLimits()
                step = nil
            }
            let isFactorized = status == nil && work.system.factorize()
            if isFactorized, settings.complementarity == nil, answer.isWithin(settings.tolerance, settings, residual: restorableResidual),
                let restored = work.solver.meetingRows(answer, work.system, settings)
            {
                record.end(with: restored)
                return finish(record, .optimal, passed, work)
            }
            let search = work.search
            let hasDirection =
                isFactorized && search.compute(correctors: settings.correctors, accuracy: 0.1 * settings.feasibilityTolerance)
            guard hasDirection else {
                guard record.stalled.isStalled, retreat() else { return finish(record, record.stalled, passed, work) }
                continue
            }

            let room = settings.isCautious ? roomLeft.upperBound : min(roomLeft.upperBound, max(roomLeft.lowerBound, search.affineShare))
            let factor = 1 - room
            let taken = Step(direction: search.total, primal: factor * search.primalStep, dual: factor * search.dualStep)
            work.point.move(taken)
            step = taken
            record.note(primalStep: taken.primal, dualStep: taken.dual, correctors: search.correctorCount)
            if !record.report() { return finish(record, .stopped, passed, work) }
            if record.isStuckEarly { _ = retreat() }
        }
    }

    /// Share of the way to the nearest bound that a step leaves: with none some x reach 0 and everything stalls. The less the affine step leaves of μ
    /// the less is left, so that the last steps converge faster than by a factor (Zhang, Tapia & Dennis 1992, SIAM J. Optim. 2, 304-324).
    private var roomLeft: ClosedRange<Double> { 1e-5...5e-3 }
    /// Distances of the starts in the middle, in the order in which they are tried. Of small programs too many are led nowhere by the near one.
    private var centralDistances: [Double] { working.n >= 4096 ? [0.03, 3] : [3, 0.03] }
    /// Gap and residual at which a point of the path is kept: far enough from the corner of the optimum.
    private var pathPointGap: Double { 0.1 }

    /// Largest residual of an answer from which the rows are met by a projection: where it is larger the gap says little.
    private var restorableResidual: Double { 1e-2 }

    /// How much larger than its price, in scaled units, a column may be that is heading for a bound.
    private var headingShare: Double { 1e-3 }

    /// The point in the program's own terms, with its objective, bound and residuals.
    ///
    /// - Parameter step: The step that led to the point.
    private func assess(_ point: Iterate, after step: Step?) -> (answer: Answer, differences: [Double]) {
        var x = presolve.values
        for (j, original) in working.originalColumn.enumerated() {
            x[original] = min(max(point.x[j] * working.columnScale[j], 0), program.upper[original])
        }
        leftOut.complete(&x, program)
        var y = [Double](repeating: 0, count: program.rowCount)
        for (i, original) in working.originalRow.enumerated() { y[original] = point.y[i] * working.rowPriceScale[i] }
        presolve.completePrices(&y, program: program, x: x)
        let differences = program.differences(at: x)
        // A column whose price outweighs its room, both in scaled units, ends at that bound. So does one whose room shrank beside its price in the last
        // step, unless it is much larger: a solve that weighs large aims beside small ones stops before the small ones have drawn their columns
        // in, and how far depends on the units (El-Bakry, Tapia & Zhang 1994).
        var sides = zip(x, program.upper).map { x, upper in x <= 0 ? BoundSide.lower : x >= upper ? .upper : .between }
        for (j, original) in working.originalColumn.enumerated() {
            if point.x[j] * (step?.shrinksRoomBelow(j, point) == true ? headingShare : 1) < point.z[j] {
                sides[original] = .lower
            } else if point.bounded[j] > 0, point.v[j] * (step?.shrinksRoomAbove(j, point) == true ? headingShare : 1) < point.w[j] {
                sides[original] = .upper
            } else {
                sides[original] = .between
            }
        }
        let residual = differences.largest
        return (
            Answer(
                sides: sides, x: x, y: y, objective: program.objective(at: x), bound: InteriorPoint.dualBound(program, y: y),
                residual: residual.relative, largestRow: residual.largestRow), differences.rows
        )
    }

    /// An answer whose gap will do, moved onto the rows by the factorisation at hand: the rows' residuals are often the last to fall, as each step to less
    /// cost is short.
    ///
    /// - Returns: nil where gap or residual are not within their tolerances then.
    private func meetingRows(_ answer: Answer, _ system: NewtonSystem, _ settings: InteriorPointSettings) -> Answer? {
        var result = answer
        let projection = RowProjection(self, system)
        for _ in 0..<4 where result.residual > settings.feasibilityTolerance {
            var next = result
            projection.step(&next.x)
            (next.residual, next.largestRow) = program.primalResidual(at: next.x)
            guard next.residual < 0.7 * result.residual else { return nil }
            result = next
        }
        result.objective = program.objective(at: result.x)
        return result.distance(settings) <= 1 ? result : nil
    }

    /// The best answer as a solution, with the bounds' prices read off its reduced costs.
    private func finish(
        _ record: SolveRecord, _ status: InteriorPointStatus, _ passed: PathPoint?, _ work: SolveWorkspace
    ) -> InteriorPointSolution {
        let answer = record.best
        let reduced = program.reducedCosts(x: answer.x, y: answer.y)
        return InteriorPointSolution(
            x: answer.x, y: answer.y, lowerDuals: reduced.map { max($0, 0) },
            upperDuals: zip(reduced, program.upper).map { $1.isFinite ? max(-$0, 0) : 0 }, primalObjective: answer.objective,
            dualBound: answer.bound, status: status, iterations: record.iterations, primalResidual: answer.residual,
            largestRowResidual: answer.largestRow, sides: answer.sides, pathPoint: passed,
            leftOutRows: work.solver.leftOut.limits.map(\.row), history: record.history)
    }
}

/// Where a solve starts.
public enum SolveStart: Sendable {
    /// On the central path of the bounds, as if there were no rows.
    case centre
    /// At a point near or on all rows, shape [n], moved off its bounds by a share of each column's reach.
    case point([Double], room: Double = 1e-3)
    /// Where the path of a similar program went through.
    case path(PathPoint)
}

/// A point in the program's own units.
struct Answer {
    var sides: [BoundSide]
    var x: [Double]
    var y: [Double]
    var objective: Double
    var bound: Double
    var residual: Double
    var largestRow: Double

    func relativeGap(_ settings: InteriorPointSettings) -> Double {
        settings.relativeGap(objective: objective, bound: bound)
    }

    func isWithin(_ gap: Double, _ settings: InteriorPointSettings, residual largest: Double) -> Bool {
        abs(relativeGap(settings)) <= gap && residual <= largest
    }

    /// How far from the tolerances, as a factor: at most 1 when both are kept.
    func distance(_ settings: InteriorPointSettings) -> Double {
        let distance = max(abs(relativeGap(settings)) / settings.tolerance, residual / settings.feasibilityTolerance)
        return distance.isFinite ? distance : .infinity
    }
}

/// Keeps the history and the best answer, and decides when to stop.
struct SolveRecord {
    private let settings: InteriorPointSettings
    private(set) var best = Answer(
        sides: [], x: [], y: [], objective: 0, bound: -.infinity, residual: .infinity, largestRow: .infinity)
    private(set) var history: [IterationReport] = []
    private var bestDistance = Double.infinity
    /// Iterations since the best answer, and since the steps were last worth taking.
    private var sinceBest = 0
    private var shortSteps = 0
    /// Smallest distance since the last start or change of limits, whether there was one before, and the smallest μ that counted.
    private var distanceOfStart = Double.infinity
    private var isCompared = false
    private var muOfStart = Double.infinity
    /// Place in `history` of the first report since the last start.
    private var firstOfStart = 0
    private var previousGap = Double.infinity
    private var bestIsAcceptable = false
    /// Σ x z of the best answer and of the last one, as a share of the objective.
    private var bestShare = Double.infinity
    private var previousShare = Double.infinity
    /// Iterations since an answer was acceptable; not counted from a change of limits on until one is again.
    private var acceptable = 0
    private var countsAcceptable = true

    /// Iterations done.
    var iterations: Int { max(history.count - 1, 0) }
    var stalled: InteriorPointStatus {
        if isGood { return .optimal }
        if bestIsAcceptable || bestShare <= 1e-9 && best.residual <= 1e-6 { return .acceptable }
        return .stalled(gap: best.relativeGap(settings), residual: best.residual)
    }
    private var isGood: Bool { bestDistance <= 1 }

    init(_ settings: InteriorPointSettings) {
        self.settings = settings
    }

    /// Takes in the answer of an iteration; a status when it is to be the last.
    ///
    /// - Parameter complementarity: Σ x z in the objective's units.
    mutating func judge(_ answer: Answer, _ mu: Double, complementarity: Double) -> InteriorPointStatus? {
        let distance = answer.distance(settings), gap = abs(answer.relativeGap(settings))
        let isAcceptable = answer.isWithin(settings.acceptableTolerance, settings, residual: settings.acceptableFeasibility)
        let share = complementarity / settings.size(of: answer.objective)
        // Past the tolerance a smaller Σ x z is what makes an answer better.
        let isBetter = settings.complementarity != nil && isAcceptable && bestIsAcceptable ? share < bestShare : distance < bestDistance
        if isBetter || best.x.isEmpty {
            best = answer
            bestDistance = distance
            bestIsAcceptable = isAcceptable
            bestShare = share
            sinceBest = 0
        } else if isCompared, distance < distanceOfStart {
            // A second start need not beat the first from its first steps on.
            sinceBest = 0
        } else if settings.isPatient, gap >= 1, mu < 0.7 * muOfStart {
            // The bound says nothing yet: large programs need dozens of iterations until it does.
            sinceBest = 0
        } else {
            sinceBest += 1
        }
        distanceOfStart = min(distanceOfStart, distance)
        if sinceBest == 0 { muOfStart = min(muOfStart, mu) }
        history.append(
            IterationReport(
                iteration: history.count, primalObjective: answer.objective, dualBound: answer.bound, relativeGap: gap,
                primalResidual: answer.residual, mu: mu, primalStep: 0, dualStep: 0, correctors: 0))
        defer {
            previousGap = gap
            previousShare = share
        }
        if isGood || bestIsAcceptable {
            if let target = settings.complementarity {
                if share <= target || sinceBest >= 3 { return isGood ? .optimal : .acceptable }
            } else if isGood {
                return .optimal
            } else if countsAcceptable || isAcceptable {
                countsAcceptable = true
                acceptable += 1
                if acceptable > 1, gap > 0.5 * previousGap || sinceBest > 0 { return .acceptable }
                if acceptable > 6 { return .acceptable }
            }
        }
        // The path has ended: what is left of the gap is rounding of very large prices, and no iteration can lower it.
        if share <= 1e-9, answer.residual <= 1e-6, sinceBest >= 12 { return stalled }
        if !mu.isFinite || sinceBest >= patience || shortSteps >= 4 { return stalled }
        if iterations >= settings.maxIterations { return isGood ? .optimal : bestIsAcceptable ? .acceptable : .iterationLimit }
        return nil
    }

    mutating func note(primalStep: Double, dualStep: Double, correctors: Int) {
        history[history.count - 1].primalStep = primalStep
        history[history.count - 1].dualStep = dualStep
        history[history.count - 1].correctors = correctors
        shortSteps = max(primalStep, dualStep) < 1e-5 ? shortSteps + 1 : 0
    }

    /// Makes an answer the best one, whatever was met before.
    mutating func end(with answer: Answer) { best = answer }

    /// Whether the first steps since the start led nowhere.
    var isStuckEarly: Bool {
        history.count - firstOfStart == 3 && history[firstOfStart...].allSatisfy { min($0.primalStep, $0.dualStep) < 0.1 }
    }

    /// Forgets how slow the way to here was.
    mutating func startAgain() {
        sinceBest = 0
        shortSteps = 0
        firstOfStart = history.count
        isCompared = true
        distanceOfStart = .infinity
        muOfStart = .infinity
    }

    /// Forgets how near the point was before limits came back that it does not keep.
    mutating func noteOtherLimits() {
        sinceBest = 0
        distanceOfStart = .infinity
        isCompared = true
        acceptable = 0
        countsAcceptable = false
    }

    /// Tells the caller about the last iteration; false: stop.
    func report() -> Bool {
        guard let onIteration = settings.onIteration, let last = history.last else { return true }
        return onIteration(last)
    }

    /// Iterations without a better answer after which none is expected.
    private let patience = 25
}

extension InteriorPointStatus {
    fileprivate var isStalled: Bool { if case .stalled = self { true } else { false } }
}

extension BlockProgram {
    /// c + Q x − Aᵀ y, shape [n].
    public func reducedCosts(x: [Double], y: [Double]) -> [Double] {
        var result = cost
        for j in 0..<columnCount {
            result[j] += quadratic[j] * x[j]
            for k in columnStarts[j]..<columnStarts[j + 1] { result[j] -= values[k] * y[Int(rowIndices[k])] }
        }
        return result
    }
}
