import InteriorPoint
import PlanModel

/// What one rank reached before rounding, and what was proven.
struct RankOutcome: Sendable {
    var rank: Rank
    var value: Double
    var bound: Double
    var scale: Double
    var prices: RankPrices?
    var iterations = 0
}

/// Solves the ranks in order, each among the plans that are optimal for all earlier ones.
///
/// The plans optimal for an aim are a **face** of the feasible set: those in which every column with a reduced cost stays at its bound (and every
/// amount a sharing rule settles stays what it is). So a solved rank is kept by settling those columns, not by a limit on its aim: a limit with
/// the small slack of the gap would have prices many orders of magnitude above the data, a settled column has none, and the program shrinks
/// from rank to rank. A first solve of all linear aims at once, earlier ones weighing more, shows which ranks are 0; those need no
/// proof beyond non-negativity, and their columns are settled at 0.
struct RankSequence {
    let model: AllocationModel
    let resources: ResourceTable
    let options: AllocationOptions
    private(set) var outcomes: [RankOutcome] = []
    /// The program, with the columns settled so far.
    private(set) var stage: StageProgram
    /// The last solution.
    private(set) var reached: [Double] = []
    /// The program before any rank settled anything.
    private(set) var unsettled: StageProgram
    /// The solution of the last rank that was solved.
    private var last: StageSolution?
    /// Where the path of all aims at once went through, in units of the objective, and what each aim weighed in it.
    private var together: (path: PathPoint, weights: [Rank: Double])?
    /// How a plan is made that the usual way leaves unproven in a rank, one way after the other: what ranks came to may be a face with next to no
    /// inside. Apart from the first, the first rank does not start on the path of all aims and steps are small; the last way has patience besides.
    private enum Way: Int {
        case usual, inSmallSteps, patiently
    }

    private var way = Way.usual
    private var isCautious: Bool { way != .usual }
    /// What an earlier allocation left, as long as its form fits, and what this one leaves.
    private var basis: AllocationBasis?
    private var left: AllocationBasis?
    /// The basis' plan keeps the rows, and all ranks so far are optimal at it.
    private(set) var standsByBasis = false
    /// Whether the run is given up at the first rank in which the basis' plan does not stand.
    private var asksOnlyWhetherItStands = false

    /// Share of the gap all aims together are solved to: so near that ranks of 0 show as such, and need no solve of their own.
    private static let togetherShare = 0.01
    /// Share of the gap a rank is solved to.
    private static let solveShare = 0.01
    /// Share of the gap within which an earlier plan's prices prove it optimal after a change.
    private static let standShare = 0.02
    /// Share of the gap that will do where rounding allows no more.
    private static let acceptableShare = 0.5
    /// Share of the gap below which a value counts as 0.
    private static let zeroShare = 0.01
    /// Quantity above which a column of an aim that is as good as 0 is not 0.
    private static let crumb = 1e-6
    /// Share of the gap that the columns left open may cost together, each moved all its way.
    private static let openShare = 0.01

    init(_ model: AllocationModel, resources: ResourceTable, options: AllocationOptions) throws {
        self.model = model
        self.resources = resources
        self.options = options
        let maxminTiers = Set((1...max(1, model.tierCount)).filter { model.sharingRule(ofTier: $0) == .maxmin })
        func build(_ tiers: Set<Int>) -> StageProgram {
            StageBuilder.build(model, resources: resources, content: StageContent(holds: [], aims: model.ranks, amountTiers: tiers))
        }
        if let given = options.basis, maxminTiers.isSubset(of: given.amountTiers) {
            stage = build(given.amountTiers)
            if let fitted = given.fitted(to: stage) {
                basis = fitted
            } else if given.amountTiers != maxminTiers {
                stage = build(maxminTiers)
            }
        } else {
            stage = build(maxminTiers)
        }
        unsettled = stage
        if options.onBasis != nil { left = AllocationBasis(stage) }
    }

    private var gap: Double { model.package.settings.plan.gap }
    /// Whether the time came to an end with something left to solve.
    private(set) var isCutShort = false

    /// Whether the search is to end with what is known; asked where something is left to solve.
    @discardableResult mutating func noteTime() -> Bool {
        if options.isOutOfTime?() == true { isCutShort = true }
        return isCutShort
    }

    /// Solves all ranks, or those before a position in the order.
    mutating func run(before end: Int = .max) throws {
        while true {
            do {
                return try runOnce(before: end)
            } catch AllocationError.notProven where way != .patiently {
                // Once more, first without the basis.
                var options = options
                options.basis = nil
                let next = basis == nil ? Way(rawValue: way.rawValue + 1) ?? .patiently : .usual
                self = try RankSequence(model, resources: resources, options: options)
                way = next
            }
        }
    }

    private mutating func runOnce(before end: Int) throws {
        try requireFeasible()
        let ranks = model.ranks
        options.progress?(ProgressStep("all aims at once", share: 0))
        try solveTogether(ranks)
        for (index, rank) in ranks.enumerated() where index < end {
            try options.checkCancelled()
            options.progress?(
                ProgressStep(
                    "rank \(index + 1) of \(ranks.count): \(rank.title)", share: (Double(index) + 1) / Double(ranks.count + 2)))
            try solve(rank)
        }
        guard end >= ranks.count else { return }
        try options.checkCancelled()
        options.progress?(ProgressStep("tidying", share: Double(ranks.count + 1) / Double(ranks.count + 2)))
        try tidy()
        left?.x = reached
    }

    /// Whether the basis' plan is optimal in all ranks: proven by the prices of then, nothing is solved.
    mutating func stands() throws -> Bool {
        guard basis != nil else { return false }
        asksOnlyWhetherItStands = true
        let ranks = model.ranks
        try solveTogether(ranks)
        for rank in ranks where standsByBasis {
            try options.checkCancelled()
            try solve(rank)
        }
        return standsByBasis
    }

    // MARK: All linear aims at once

    private mutating func solveTogether(_ ranks: [Rank]) throws {
        let aims = ranks.filter { $0.aim != .cost && $0.aim != .sharing }.compactMap { rank in
            stage.objective(of: rank).map { (rank: rank, objective: $0) }
        }
        guard !aims.isEmpty else { return }
        if let basis, let x = stage.refitted(basis.x, tolerance: 1e-9), keepsZeros(of: basis, at: x) {
            reached = x
            standsByBasis = true
            left?.adopt(.together, of: basis)
            return
        }
        if asksOnlyWhetherItStands { return }
        let ratio = aims.count < 8 ? 10.0 : 4.0
        var objective = StageObjective(columnCount: stage.columns.count)
        var weight = 1.0
        var weights: [Rank: Double] = [:]
        for aim in aims.reversed() {
            objective.add(aim.objective, times: weight)
            weights[aim.rank] = weight
            weight *= ratio
        }
        let solution = try minimise(
            objective, .together, gapScale: 0.001 * model.totalDemand, tolerance: RankSequence.togetherShare * gap)
        if !isCautious { together = solution.path.map { ($0, weights) } }
        reached = noteTime() ? try RankSequence.cleaned(solution, threads: options.threads) : solution.x
        // Tiers that lose sales need their accounts' amounts, so that the loss can be shared.
        let losing = ranks.filter { rank in
            guard rank.aim == .sharing, let tier = rank.tier else { return false }
            let lost = stage.value(of: Rank(aim: .lostSales, tier: tier), at: solution.x) ?? 0
            return lost > RankSequence.zeroShare * gap * model.scale(of: rank, value: 0)
        }
        addAmounts(ofTiers: losing.compactMap(\.tier))
    }

    /// Whether the ranks that were 0 in the basis' plan are 0 at x.
    private func keepsZeros(of basis: AllocationBasis, at x: [Double]) -> Bool {
        model.ranks.allSatisfy { rank in
            guard rank.aim != .cost, basis.solves[.rank(rank)] == nil, let aim = stage.objective(of: rank) else { return true }
            return aim.value(x) <= RankSequence.zeroShare * gap * model.scale(of: rank, value: 0)
        }
    }

    /// Gives the accounts of more tiers a column for their amount; everything settled and reached so far stays.
    private mutating func addAmounts(ofTiers tiers: [Int]) {
        let all = stage.content.amountTiers.union(tiers)
        guard all != stage.content.amountTiers else { return }
        unsettled = StageBuilder.build(
            model, resources: resources, content: StageContent(holds: [], aims: model.ranks, amountTiers: all))
        var larger = unsettled
        larger.settleAll(of: stage)
        reached = larger.adopt(reached, from: stage)
        left?.move(from: stage, to: larger)
        if let path = together?.path { together?.path = larger.adopt(path, from: stage) }
        basis = nil
        stage = larger
        last = nil
    }

    // MARK: One rank

    private mutating func solve(_ rank: Rank) throws {
        let zeroScale = model.scale(of: rank, value: 0)
        // All aims at once need not have shown that the tier loses.
        if rank.aim == .sharing, let tier = rank.tier, !reached.isEmpty,
            stage.value(of: Rank(aim: .lostSales, tier: tier), at: reached) ?? 0 > RankSequence.zeroShare * gap * zeroScale
        {
            addAmounts(ofTiers: [tier])
        }
        let settledBefore = stage.program.fixedColumns.count
        defer { left?.record(stage.program.fixedColumns[settledBefore...], settledBy: rank) }
        guard let aim = stage.objective(of: rank) else {
            // A tier that loses nothing shares nothing.
            let value = reached.isEmpty ? 0 : stage.value(of: rank, at: reached) ?? 0
            outcomes.append(RankOutcome(rank: rank, value: value, bound: 0, scale: zeroScale))
            return
        }
        // A value of 0 needs no proof beyond non-negativity. Where the basis has prices they settle what they settled then, as the later prices expect.
        let isPriced = standsByBasis && basis?.solves[.rank(rank)] != nil
        if !reached.isEmpty, rank.aim != .cost, !isPriced, aim.value(reached) <= RankSequence.zeroShare * gap * zeroScale {
            for j in aim.linear.indices where aim.linear[j] != 0 || aim.quadratic[j] != 0 {
                // A served amount counts down from all that was asked for.
                let best = aim.linear[j] < 0 ? stage.program.impliedUpper[j] : 0
                // What could not quite be 0 (opening stock that lacks a crumb) stays what it is.
                stage.settle(j, at: abs(reached[j] - best) > RankSequence.crumb ? reached[j] : best)
            }
            outcomes.append(RankOutcome(rank: rank, value: max(0, aim.value(reached)), bound: 0, scale: zeroScale))
            return
        }
        // No more than that its value is no less than 0 is then known, of this rank and those behind it.
        if noteTime(), !reached.isEmpty {
            outcomes.append(RankOutcome(rank: rank, value: max(0, aim.value(reached)), bound: 0, scale: zeroScale))
            return
        }
        let scaleEstimate = rank.aim == .cost ? max(reached.isEmpty ? costEstimate(aim) : 0.5 * aim.value(reached), 1e-9) : zeroScale
        // The optimum of all aims at once, or a plan that stood so far, is at bounds that this one's is not at: no place to start from. Its path is.
        let known = standing(
            .rank(rank), aim, allowance: RankSequence.standShare * gap * max(scaleEstimate, reached.isEmpty ? 0 : aim.value(reached)))
        if known == nil, asksOnlyWhetherItStands { return }
        let solution =
            try known
            ?? minimise(
                aim, .rank(rank), gapScale: scaleEstimate, tolerance: RankSequence.solveShare * gap, isFinal: true,
                isCold: last?.program == nil)
        if solution.isStopped {
            isCutShort = true
            if reached.isEmpty || solution.keepsRows && aim.value(solution.x) < aim.value(reached) {
                last = solution
                reached = solution.x
            }
            let value = max(0, aim.value(reached))
            outcomes.append(
                RankOutcome(
                    rank: rank, value: value, bound: min(value, max(0, solution.bound)), scale: model.scale(of: rank, value: value),
                    iterations: solution.iterations))
            return
        }
        if !solution.isProven, way != .patiently {
            throw AllocationError.notProven(rank: rank.title, gap: abs(solution.value - solution.bound) / scaleEstimate)
        }
        last = solution
        reached = solution.x
        let value = max(0, aim.value(solution.x))
        let bound = min(value, max(0, solution.bound))
        let scale = model.scale(of: rank, value: value)
        // Before this rank settles more.
        let prices = RankPrices(
            rank: rank, resourcePrices: resourcePrices(solution),
            guaranteePrices: stage.guaranteeRows.map { $0 < 0 ? 0 : max(0, solution.y[$0]) })
        settle(aim, solution, allowance: gap * scale)
        outcomes.append(
            RankOutcome(rank: rank, value: value, bound: bound, scale: scale, prices: prices, iterations: solution.iterations))
    }

    /// Settles the columns that any plan optimal for the aim has at a bound, and the amounts of a sharing rule.
    ///
    /// What stays open could cost at most Σ |reduced cost| · reach: columns are left open, cheapest first, while that sum is small beside the gap, so that
    /// no later rank can spoil this one however many columns it moves.
    private mutating func settle(_ aim: StageObjective, _ solution: StageSolution, allowance: Double) {
        var priced: [(column: Int, cost: Double)] = []
        for j in solution.x.indices where !stage.isSettled[j] && aim.quadratic[j] == 0 {
            let toward = solution.sides[j] == .upper ? -solution.reducedCosts[j] : solution.reducedCosts[j]
            guard solution.sides[j] != .between, toward > 0 else { continue }
            priced.append((j, toward * max(min(stage.program.upper[j], stage.program.impliedUpper[j]), 1)))
        }
        priced.sort { ($0.cost, $0.column) < ($1.cost, $1.column) }
        var open = 0.0
        for (column, cost) in priced {
            open += cost
            guard open > RankSequence.openShare * allowance else { continue }
            stage.settle(column, at: solution.sides[column] == .upper ? stage.program.upper[column] : 0)
        }
        let amounts = solution.x.indices.filter { aim.quadratic[$0] > 0 && !stage.isSettled[$0] }
        guard !amounts.isEmpty else { return }
        reached = meetingAllRows(solution)
        for j in amounts { stage.settle(j, at: reached[j]) }
    }

    /// The solution with the settled columns where they are settled, and what its rows then miss made good by the others.
    ///
    /// The amounts of a sharing rule are settled at these values. Where an account's movements are settled too its rows depend on each other, and rows
    /// that depend on each other and miss anything have no solution; an amount near 0 is known to the root of the gap only.
    private func meetingAllRows(_ solution: StageSolution) -> [Double] {
        var x = solution.x
        guard let solver = solution.solver else { return x }
        for (j, value) in stage.program.fixedColumns { x[j] = value }
        return solver.projectedOntoEqualities(
            x: x, free: stage.isSettled.map { !$0 }, tolerance: 1e-15, threads: options.threads
        ).x
    }

    /// The basis' plan as the answer to a question, where the prices of then prove it still; nil otherwise, and from then on.
    private mutating func standing(_ question: AllocationBasis.Question, _ aim: StageObjective, allowance: Double) -> StageSolution? {
        guard standsByBasis, let basis, let prices = basis.solves[question]?.prices else {
            standsByBasis = false
            return nil
        }
        var program = stage.program
        program.cost = aim.linear
        program.quadratic = aim.quadratic
        let value = aim.value(reached), bound = dualBound(program, y: prices) + aim.constant
        guard value - bound <= allowance else {
            standsByBasis = false
            return nil
        }
        left?.adopt(question, of: basis)
        let reduced = program.reducedCosts(x: reached, y: prices)
        let sides = zip(reached, program.upper).map { x, upper in
            x <= RankSequence.crumb ? BoundSide.lower : upper - x <= RankSequence.crumb ? .upper : .between
        }
        return StageSolution(
            x: reached, y: prices, reducedCosts: reduced, value: value, bound: bound, iterations: 0, sides: sides, isProven: true)
    }

    /// About what a plan costs: the mean cost of a unit made and moved times the demand. Only the stopping rule is scaled by it.
    private func costEstimate(_ aim: StageObjective) -> Double {
        var sum = 0.0
        var count = 0.0
        for (j, column) in stage.columns.enumerated() where (column.kind == .make || column.kind == .move) && aim.linear[j] > 0 {
            sum += aim.linear[j]
            count += 1
        }
        return count > 0 ? 0.5 * sum / count * model.totalUnits : 0.01 * model.totalDemand
    }

    // MARK: The plan that can be carried out

    /// Among the plans optimal for every rank the tidiest, at a vertex.
    private mutating func tidy() throws {
        // A plan that stands in every rank was the tidiest when it was made: nothing is gained by moving it.
        if standsByBasis, let basis {
            left?.adopt(.tidiness, of: basis)
            return
        }
        let tidiness = Tidiness(model).objective(of: stage)
        if !noteTime() {
            let solution = try minimise(tidiness, .tidiness, gapScale: max(1, model.totalUnits), tolerance: 1e-6, isFinal: true)
            if solution.isProven {
                reached = try RankSequence.cleaned(solution, threads: options.threads)
                return
            }
        }
        // So little is left open that no path leads through it, or no time for one: the last rank's plan is the plan.
        if let last { reached = try RankSequence.cleaned(last, threads: options.threads) }
    }

    /// Minimises another objective over all plans, no rank held.
    func minimiseFreely(_ objective: StageObjective, adjust: (inout BlockProgram) -> Void) throws -> [Double] {
        var again = self
        again.stage = unsettled
        adjust(&again.stage.program)
        again.basis = nil
        again.left = nil
        let solution = try again.minimise(
            objective, .tidiness, gapScale: max(1, model.totalUnits), tolerance: 1e-6, isFinal: true, isCold: true, isRanked: false)
        return try RankSequence.cleaned(solution, threads: options.threads)
    }

    /// Puts the columns that end at a bound there exactly and corrects the rest so that all rows hold: the vertex the path leads to.
    private static func cleaned(_ solution: StageSolution, threads: Int) throws -> [Double] {
        // What stands from an earlier plan was cleaned then.
        guard let program = solution.program else { return solution.x }
        let solver = try solution.solver ?? InteriorPointSolver(program)
        var best = (x: solution.x, maxResidual: program.rowResidual(at: solution.x))
        // Where the sides are not clear yet, what is larger than next to nothing stays free.
        for threshold in [Double.infinity, 1e-5, 1e-7] {
            var candidate = solution.x
            var isFree = [Bool](repeating: true, count: candidate.count)
            for j in candidate.indices {
                if solution.sides[j] == .lower, candidate[j] <= threshold {
                    candidate[j] = 0
                    isFree[j] = false
                } else if solution.sides[j] == .upper, program.upper[j] - candidate[j] <= threshold {
                    candidate[j] = program.upper[j]
                    isFree[j] = false
                }
            }
            for (j, value) in program.fixedColumns {
                candidate[j] = value
                isFree[j] = false
            }
            let corrected = solver.projectedOntoEqualities(x: candidate, free: isFree, tolerance: 1e-14, threads: threads)
            if corrected.maxResidual < best.maxResidual || corrected.maxResidual <= 1e-9 { best = corrected }
            if corrected.maxResidual <= 1e-9 { break }
        }
        return best.x
    }

    // MARK: Solves

    /// Solves a further question about the same rows and columns from where an earlier allocation's path to it went through, and keeps its own.
    mutating func solve(_ question: AllocationBasis.Question, _ program: BlockProgram, _ settings: InteriorPointSettings) throws
        -> InteriorPointSolution
    {
        var settings = settings
        settings.keepsPathPoint = left != nil
        let solver = try InteriorPointSolver(program)
        let path = basis?.solves[question]?.path
        var solution = solver.solve(settings, from: path.map { .path($0) } ?? .centre)
        if path != nil, solution.status != .optimal, solution.status != .acceptable { solution = solver.solve(settings) }
        left?.record(question, solution, prices: solution.y)
        return solution
    }

    /// What later allocations may start from, when all is solved.
    func leaveBasis() {
        if let left { options.onBasis?(left) }
    }

    struct StageSolution {
        var x: [Double]
        /// Duals of the rows in the objective's own units.
        var y: [Double]
        var reducedCosts: [Double]
        var value: Double
        var bound: Double
        var iterations: Int
        var sides: [BoundSide]
        var isProven: Bool
        /// Out of time.
        var isStopped = false
        var keepsRows = true
        /// Where the path went through, prices in the objective's own units.
        var path: PathPoint?
        /// What was solved; nil where nothing was.
        var program: BlockProgram?
        /// Its solver, for projections; let go when the next solve begins, as both would not fit into memory well.
        var solver: InteriorPointSolver?
    }

    /// Minimises an objective over the stage's program.
    ///
    /// - Parameters:
    ///   - question: What is asked, for the path an earlier allocation took to its answer.
    ///   - gapScale: Size of an objective that counts as 1 when the objective is near 0.
    ///   - tolerance: (value − bound) to reach, relative to the larger of value and gapScale.
    ///   - isCold: Starts on the central path of the bounds, not from what was reached.
    ///   - isFinal: Goes on until the columns that end at a bound are as good as there.
    ///   - isRanked: One of the ranks in their order, or tidying; out of time it may end anywhere, as there is a plan already.
    private mutating func minimise(
        _ objective: StageObjective, _ question: AllocationBasis.Question, gapScale: Double, tolerance: Double, isFinal: Bool = false,
        isCold: Bool = false, isRanked: Bool = true
    ) throws -> StageSolution {
        var program = stage.program
        // Slopes of about 1 suit the solver; x keeps its units.
        var steepest = 0.0
        for j in objective.linear.indices {
            let reach = program.impliedUpper[j].isFinite ? program.impliedUpper[j] : 1
            steepest = max(steepest, abs(objective.linear[j]), objective.quadratic[j] * reach)
        }
        let factor = steepest > 0 ? 1 / steepest : 1
        for j in objective.linear.indices {
            program.cost[j] = objective.linear[j] * factor
            program.quadratic[j] = objective.quadratic[j] * factor
        }
        var settings = InteriorPointSettings()
        settings.threads = options.threads
        settings.tolerance = tolerance
        settings.acceptableTolerance = max(tolerance, RankSequence.acceptableShare * gap)
        if isFinal { settings.complementarity = 1e-10 }
        // The tolerance is relative to value and bound as the plan counts them, constants included.
        settings.objectiveScale = gapScale * factor
        settings.objectiveConstant = objective.constant * factor
        settings.isOutOfTime = options.isOutOfTime
        settings.endsFeasible = reached.isEmpty || !isRanked
        settings.isCautious = isCautious
        settings.isPatient = way != .inSmallSteps
        // Once a rank is solved its answer is a better start for the next than any earlier path: the faces differ.
        let startsOnPath = last?.program == nil && question != .tidiness
        settings.keepsPathPoint = question == .together || left != nil && question != .tidiness
        last?.solver = nil
        // Tidiness moves what is made as late as limits let it.
        let known = question == .tidiness || isCautious || reached.isEmpty ? nil : reached
        let solver = try InteriorPointSolver(program, roomAt: known)
        // What tidiness may move at all may move far.
        let point = SolveStart.point(reached, room: question == .tidiness ? 3e-2 : 1e-3)
        let start: SolveStart
        if startsOnPath, var path = knownPath(question) {
            path.rescalePrices(by: factor)
            start = .path(path)
        } else {
            start = reached.isEmpty || isCold ? .centre : point
        }
        var solution = solver.solve(settings, from: start)
        var iterations = solution.iterations
        let isOnPath = if case .path = start { true } else { false }
        if solution.status != .optimal, solution.status != .acceptable, solution.status != .stopped, isOnPath || !reached.isEmpty {
            // The other way to start.
            let other = solver.solve(settings, from: isCold && !isOnPath ? point : .centre)
            iterations += other.iterations
            if other.distanceToTolerance(settings) < solution.distanceToTolerance(settings) { solution = other }
        }
        options.onSolve(stage, solution, iterations: iterations)
        let prices = solution.y.map { $0 / factor }
        solution.pathPoint?.rescalePrices(by: 1 / factor)
        left?.record(question, solution, prices: prices)
        return StageSolution(
            x: solution.x, y: prices,
            reducedCosts: zip(solution.lowerDuals, solution.upperDuals).map { ($0 - $1) / factor },
            value: objective.value(solution.x), bound: solution.dualBound / factor + objective.constant, iterations: iterations,
            sides: solution.sides, isProven: solution.status == .optimal || solution.status == .acceptable,
            isStopped: solution.status == .stopped, keepsRows: solution.primalResidual <= settings.acceptableFeasibility,
            path: solution.pathPoint, program: program, solver: solver)
    }

    /// Where a path to the answer went through: that of all aims at once, whose prices are the aim's own times its weight in it and little more, or an
    /// earlier allocation's.
    private func knownPath(_ question: AllocationBasis.Question) -> PathPoint? {
        if case .rank(let rank) = question, let weight = together?.weights[rank], var path = together?.path {
            path.rescalePrices(by: 1 / weight)
            return path
        }
        return basis?.solves[question]?.path
    }

    /// Fall of the aim for one unit more of each resource. 0 where an earlier rank has settled that nothing is left unused: what more of it does is that
    /// rank's to say, and its price here is any that suits.
    private func resourcePrices(_ solution: StageSolution) -> [Double] {
        let unusedColumns = unusedColumns
        return stage.resourceRows.indices.map { index in
            let unused = unusedColumns[index]
            if unused >= 0, stage.isSettled[unused] { return 0 }
            if stage.resourceColumns[index] >= 0 { return max(0, -solution.reducedCosts[stage.resourceColumns[index]]) }
            let row = stage.resourceRows[index]
            return row < 0 ? 0 : max(0, -solution.y[row])
        }
    }

    /// Column of what is left unused of each resource (of overtime: the overtime itself); −1 where there is none.
    private var unusedColumns: [Int] {
        var ofRow = [Int](repeating: -1, count: stage.program.rowCount)
        for (j, column) in stage.columns.enumerated() where column.kind == .slack || column.kind == .materialStock {
            // Material stock enters the row of its own bucket with +1, that of the next one with −1.
            for k in stage.program.columnStarts[j]..<stage.program.columnStarts[j + 1] where stage.program.values[k] > 0 {
                ofRow[Int(stage.program.rowIndices[k])] = j
            }
        }
        return stage.resourceRows.indices.map { index in
            let row = stage.resourceRows[index]
            return stage.resourceColumns[index] >= 0 ? stage.resourceColumns[index] : row < 0 ? -1 : ofRow[row]
        }
    }

    // MARK: Whether any plan exists

    /// Throws when no plan exists: frozen decisions, storage or receipts that contradict each other.
    private func requireFeasible() throws {
        guard model.package.horizon.frozen > 0 || !restingPlanFits() else { return }
        var content = StageContent()
        content.elastic = true
        let stage = StageBuilder.build(model, resources: resources, content: content)
        var program = stage.program
        var elastic: [Int] = []
        for (j, column) in stage.columns.enumerated() where column.kind == .elastic {
            program.cost[j] = 1
            elastic.append(j)
        }
        guard !elastic.isEmpty else { return }
        var settings = InteriorPointSettings()
        settings.threads = options.threads
        settings.tolerance = 1e-7
        let solution = try InteriorPointSolver(program).solve(settings)
        let broken = elastic.filter { solution.x[$0] > 1e-5 }.sorted { solution.x[$0] > solution.x[$1] }
        if solution.primalObjective > 1e-5, solution.dualBound > 1e-6 {
            throw AllocationError.noPlanExists(
                broken.prefix(5).map {
                    stage.elasticNames[Int(stage.columns[$0].a)] + Bilingual(": \(solution.x[$0]) too much", "：超出 \(solution.x[$0])")
                })
        }
    }

    /// Whether leaving all stock where it is, and making and moving nothing, keeps every storage limit.
    private func restingPlanFits() -> Bool {
        let package = model.package
        var siteVolume = [Double](repeating: 0, count: package.sites.count)
        var accountVolume = [Double](repeating: 0, count: package.accounts.count)
        for t in 0..<model.bucketCount {
            for product in package.products.indices {
                let volume = package.products[product].volume
                for lot in 0..<model.lots[product].count {
                    for site in model.sitesOfProduct[product] {
                        siteVolume[site] +=
                            volume * (model.siteInflow[AllocationModel.InflowKey(place: site, product: product, lot: lot, bucket: t)] ?? 0)
                    }
                    for row in model.pairsOfProduct[product] {
                        accountVolume[model.pairs[row].account] +=
                            volume * (model.pairInflow[AllocationModel.InflowKey(place: row, product: product, lot: lot, bucket: t)] ?? 0)
                    }
                }
            }
            for site in package.sites.indices where siteVolume[site] > model.storage[site][t] { return false }
            for account in package.accounts.indices where accountVolume[account] > package.accounts[account].stockCapacity { return false }
        }
        return true
    }
}

extension Rank {
    /// "lost-sales, tier 1"
    var title: String { tier.map { "\(aim.rawValue), tier \($0)" } ?? aim.rawValue }
}
