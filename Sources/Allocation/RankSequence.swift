import InteriorPoint
import PlanModel

import Dispatch
import Foundation
func DEBUGLOG(_ t: String) { if getenv("FSDEBUG") != nil { FileHandle.standardError.write((t + "\n").data(using: .utf8)!) } }

/// What one rank reached before rounding, and what was proven.
struct RankOutcome: Sendable {
    var rank: Rank
    var value: Double
    var bound: Double
    var scale: Double
    var prices: RankPrices?
    var iterations = 0
    /// What later ranks may not exceed.
    var limit: Double
}

/// Solves the ranks in order on one program, each with the earlier ones held (tables.md: at the value reached plus the gap).
///
/// The program never changes its rows: an aim that has been minimised becomes a row with a limit, and the next solve starts from the
/// last one's central path, tilted to the new aim (``InteriorPointStart``). A first solve of all linear aims at once, earlier ones weighing
/// more, shows which ranks are 0; those need no proof beyond non-negativity and no solve of their own. Bounds are Lagrangian
/// (`dualBound`): the limits' prices are part of the row prices.
struct RankSequence {
    let model: AllocationModel
    let resources: ResourceTable
    let options: AllocationOptions
    private(set) var outcomes: [RankOutcome] = []
    /// The program in its last form, and its solver.
    private(set) var stage: StageProgram
    private var solver: InteriorPointSolver
    /// Where the next solve starts.
    private var point: InteriorPointState?
    /// The solution that the plan is made of, once all ranks are solved.
    private(set) var last: StageSolution?
    /// The columns of the last solution.
    private(set) var reached: [Double] = []
    /// Where the last solve started, and whether it was the last rank's.
    private var lastStart: (point: InteriorPointState, prices: [Rank: Double])?
    private var lastIsRank = false
    /// The last objective as prices on ranks: what a rank is charged once it is held.
    private var prices: [Rank: Double] = [:]

    /// Share of the gap a rank is solved to; the rest is left to later ranks.
    private static let solveShare = 0.02
    /// Relative gap at which the last rank's path is left for a tidy plan.
    private static let tidyStartGap = getenv("FST").map { Double(String(cString: $0))! } ?? 1e-4
    /// Share of the gap that the last rank gives for a tidy plan.
    private static let tidyShare = 0.3
    /// Share of the gap that will do where rounding allows no more.
    private static let acceptableShare = 0.8
    /// Share of the gap below which a value counts as 0.
    private static let zeroShare = 0.4
    /// Relative gap at which the point for the next solve is kept: nearer the optimum it could not turn any more.
    private static let startGap = getenv("FSG").map { Double(String(cString: $0))! } ?? 1e-2

    init(_ model: AllocationModel, resources: ResourceTable, options: AllocationOptions) throws {
        self.model = model
        self.resources = resources
        self.options = options
        let maxminTiers = Set((1...max(1, model.tierCount)).filter { model.sharingRule(ofTier: $0) == .maxmin })
        stage = StageBuilder.build(model, resources: resources, content: StageContent(holds: model.ranks, aims: [], amountTiers: maxminTiers))
        solver = try InteriorPointSolver(stage.program)
    }

    private var gap: Double { model.package.settings.plan.gap }

    /// Solves all ranks, or those before a position in the order.
    mutating func run(before end: Int = .max) throws {
        try requireFeasible()
        let ranks = model.ranks
        options.progress?(ProgressStep("all aims at once", share: 0))
        try solveTogether(ranks)
        for (index, rank) in ranks.enumerated() where index < end {
            try options.checkCancelled()
            options.progress?(
                ProgressStep(
                    "rank \(index + 1) of \(ranks.count): \(rank.title)", share: (Double(index) + 1) / Double(ranks.count + 2)))
            try solve(rank, isLast: index == ranks.count - 1)
        }
        guard end > ranks.count, !lastIsRank else { return }
        options.progress?(ProgressStep("tidying", share: Double(ranks.count + 1) / Double(ranks.count + 2)))
        let tidiness = Tidiness(model).objective(of: stage)
        lastStart = point.map { ($0, prices) }
        last = try minimise(tidiness, gapScale: max(1, model.totalUnits), tolerance: 1e-8, snapshot: 0, isTidy: true)
    }

    // MARK: All linear aims at once

    private mutating func solveTogether(_ ranks: [Rank]) throws {
        let aims = ranks.filter { $0.aim != .cost && $0.aim != .sharing }.compactMap { rank in
            stage.objective(of: rank).map { (rank: rank, objective: $0) }
        }
        guard !aims.isEmpty else { return }
        let ratio = min(10, Foundation.pow(1e6, 1 / Double(max(aims.count - 1, 1))))
        var objective = StageObjective(columnCount: stage.columns.count)
        var weight = 1.0
        for aim in aims.reversed() {
            objective.add(aim.objective, times: weight)
            prices[aim.rank] = weight
            weight *= ratio
        }
        let solution = try minimise(objective, gapScale: 0.001 * model.totalDemand, tolerance: 0.1 * gap, snapshot: RankSequence.startGap)
        point = solution.point
        reached = solution.x
        scalePrices(solution.factor)
        // Tiers that lose sales need their accounts' amounts, so that the loss can be shared.
        let losing = ranks.filter { rank in
            guard rank.aim == .sharing, let tier = rank.tier else { return false }
            let lost = stage.value(of: Rank(aim: .lostSales, tier: tier), at: solution.x) ?? 0
            return lost > RankSequence.zeroShare * gap * model.scale(of: rank, value: 0)
        }
        let tiers = stage.content.amountTiers.union(losing.compactMap(\.tier))
        guard tiers != stage.content.amountTiers else { return }
        let larger = StageBuilder.build(model, resources: resources, content: StageContent(holds: ranks, aims: [], amountTiers: tiers))
        if let point { self.point = larger.adopt(point, from: stage) }
        reached = larger.adopt(reached, from: stage)
        stage = larger
        solver = try InteriorPointSolver(stage.program)
    }

    private mutating func scalePrices(_ factor: Double) {
        for rank in prices.keys { prices[rank]? *= factor }
    }

    // MARK: One rank

    private mutating func solve(_ rank: Rank, isLast: Bool) throws {
        let t0 = DispatchTime.now().uptimeNanoseconds
        defer { DEBUGLOG("\(rank.title): value \(outcomes.last!.value) bound \(outcomes.last!.bound) limit \(outcomes.last!.limit) scale \(outcomes.last!.scale) time \(Double(DispatchTime.now().uptimeNanoseconds - t0) * 1e-9)") }
        let zeroScale = model.scale(of: rank, value: 0)
        guard let aim = stage.objective(of: rank) else {
            // A tier that loses nothing shares nothing.
            let value = stage.value(of: rank, at: reached) ?? 0
            outcomes.append(RankOutcome(rank: rank, value: value, bound: 0, scale: zeroScale, limit: .infinity))
            return
        }
        // A value of 0 needs no proof beyond non-negativity.
        if !reached.isEmpty, rank.aim != .cost, aim.value(reached) <= RankSequence.zeroShare * gap * zeroScale {
            outcomes.append(
                RankOutcome(rank: rank, value: max(0, aim.value(reached)), bound: 0, scale: zeroScale, limit: gap * zeroScale))
            return
        }
        let scaleEstimate = rank.aim == .cost ? max(reached.isEmpty ? costEstimate(aim) : 0.5 * aim.value(reached), 1e-9) : zeroScale
        let start = point.map { ($0, prices) }
        let solution = try minimise(
            aim, gapScale: scaleEstimate, tolerance: RankSequence.solveShare * gap,
            snapshot: isLast ? RankSequence.tidyStartGap : RankSequence.startGap)
        point = solution.point
        reached = solution.x
        if isLast {
            // Among plans that are as good the one a plant can carry out: tidiness may cost a share of the gap.
            let tidiness = Tidiness(model).objective(of: stage)
            var objective = aim
            objective.add(tidiness, times: RankSequence.tidyShare * gap * scaleEstimate / max(tidiness.value(reached), 1e-9))
            let tidy = try minimise(
                objective, gapScale: scaleEstimate, tolerance: RankSequence.solveShare * gap, snapshot: 0,
                continuing: solution.factor, isTidy: true)
            last = tidy.isProven ? tidy : solution
            reached = last?.x ?? reached
            lastIsRank = true
            lastStart = start
        }
        prices = [rank: solution.factor]
        let value = max(0, aim.value(solution.x))
        let bound = min(value, max(0, solution.bound))
        let scale = model.scale(of: rank, value: value)
        // Held at bound + gap, so that the gap in the certificate is kept by whatever comes later.
        let limit = max(bound + gap * scale, value + 0.1 * gap * scale)
        outcomes.append(
            RankOutcome(
                rank: rank, value: value, bound: bound, scale: scale,
                prices: RankPrices(
                    rank: rank, resourcePrices: resourcePrices(solution),
                    guaranteePrices: stage.guaranteeRows.map { $0 < 0 ? 0 : max(0, solution.y[$0]) }),
                iterations: solution.iterations, limit: limit))
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

    // MARK: Solves

    struct StageSolution {
        var x: [Double]
        /// Duals of the rows in the objective's own units.
        var y: [Double]
        var upperDuals: [Double]
        var value: Double
        var bound: Double
        var iterations: Int
        var isProven: Bool
        var sides: [BoundSide]
        /// Where a later solve may start, in the units of the objective times `factor`.
        var point: InteriorPointState
        var factor: Double
    }

    /// Minimises an objective with all outcomes so far held, except those whose rank is in `free`.
    ///
    /// - Parameters:
    ///   - gapScale: Size of an objective that counts as 1 when the objective is near 0.
    ///   - tolerance: (value − bound) to reach, relative to the larger of value and gapScale.
    ///   - snapshot: Relative gap at which the point for the next solve is kept; 0 = the last point.
    ///   - continuing: The factor of the last objective, when this one is the same with little added.
    ///   - isTidy: Goes on until the columns that end at 0 are as good as there.
    func minimise(
        _ objective: StageObjective, gapScale: Double, tolerance: Double, snapshot: Double, continuing oldFactor: Double? = nil,
        isTidy: Bool = false, free: Set<Aim> = [], adjust: ((inout BlockProgram) -> Void)? = nil
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
        var start = hold(&program, free: free)
        if let oldFactor { start?.priceScale = factor / oldFactor }
        adjust?(&program)
        var settings = InteriorPointSettings()
        settings.threads = options.threads
        settings.tolerance = tolerance
        settings.snapshotTolerance = snapshot
        if isTidy { settings.complementarity = 1e-10 }
        settings.acceptableTolerance = max(tolerance, RankSequence.acceptableShare * gap)
        // The tolerance is relative to value and bound as the plan counts them, constants included.
        settings.objectiveScale = gapScale * factor
        settings.objectiveConstant = objective.constant * factor
        let current = solver.replacing(program)
        var solution = current.solve(settings, from: start)
        DEBUGLOG("    n=\(program.columnCount) m=\(program.rowCount) coupling=\(program.couplingRows.count) quad=\(program.quadraticLimits.count) it=\(solution.iterations) status=\(solution.status) gap=\(solution.history.last?.relativeGap ?? -1) res=\(solution.primalResidual)")
        if getenv("FSDEBUG2") != nil { for r in solution.history.prefix(80) { DEBUGLOG("      \(r.iteration) p=\(r.primalObjective / factor) d=\(r.dualBound / factor) res=\(r.primalResidual) mu=\(r.mu) steps \(r.primalStep) \(r.dualStep) c\(r.correctors)") } }
        var iterations = solution.iterations
        if solution.status != .optimal, solution.status != .acceptable, start != nil {
            let cold = current.solve(settings)
            iterations += cold.iterations
            DEBUGLOG("    cold it=\(cold.iterations) status=\(cold.status)")
            if cold.distanceToTolerance(settings) < solution.distanceToTolerance(settings) { solution = cold }
        }
        options.onSolve(stage, solution, iterations: iterations)
        if getenv("FSLOSS") != nil {
            var loss: [ProgramColumn.Kind: (Double, Int, Double, Double)] = [:]
            var all = 0.0
            for j in 0..<program.columnCount {
                var d = program.cost[j]
                for k in program.columnStarts[j]..<program.columnStarts[j + 1] { d -= program.values[k] * solution.y[Int(program.rowIndices[k])] }
                let u = min(program.upper[j], program.impliedUpper[j])
                // what is lost compared with x
                let l = d < 0 ? d * (solution.x[j] - u) : d * solution.x[j]
                var e = loss[stage.columns[j].kind] ?? (0, 0, 0, 0)
                e.0 += l / factor; e.1 += 1; if l > e.2 { e.2 = l; e.3 = u }
                loss[stage.columns[j].kind] = e
                all += l / factor
            }
            DEBUGLOG("    y max \(solution.y.map { abs($0) }.max()! / factor) loss \(all)")
            for (k, v) in loss { DEBUGLOG("      \(k): loss \(v.0) columns \(v.1) largest \(v.2 / factor) at upper \(v.3)") }
        }
        return StageSolution(
            x: solution.x, y: solution.y.map { $0 / factor }, upperDuals: solution.upperDuals.map { $0 / factor },
            value: objective.value(solution.x), bound: solution.dualBound / factor + objective.constant, iterations: iterations,
            isProven: solution.status == .optimal || solution.status == .acceptable, sides: solution.sides, point: solution.snapshot, factor: factor)
    }

    /// Minimises another objective from where the last solve started, the aims in `free` not held (for whole cases and lots).
    func minimiseAgain(
        _ objective: StageObjective, free: Set<Aim>, adjust: @escaping (inout BlockProgram) -> Void
    ) throws -> [Double] {
        var again = self
        again.point = lastStart?.point
        again.prices = lastStart?.prices ?? [:]
        var used = stage.program
        let solution = try again.minimise(
            objective, gapScale: max(1, model.totalUnits), tolerance: 1e-6, snapshot: 0, isTidy: true, free: free
        ) { program in
            adjust(&program)
            used = program
        }
        return cleaned(solution, program: used, free: free)
    }

    /// The columns of the plan: the last solution, cleaned.
    func plan() -> [Double] {
        guard let last else { return [] }
        // The last rank's own limit came after its solve.
        let free: Set<Aim> = lastIsRank ? Set(model.ranks.suffix(1).map(\.aim)) : []
        var program = stage.program
        _ = hold(&program, free: free)
        return cleaned(last, program: program, free: free)
    }

    /// Puts the columns that end at a bound there exactly and corrects the rest so that all rows hold: the vertex the path leads to.
    func cleaned(_ solution: StageSolution, program: BlockProgram, free: Set<Aim>) -> [Double] {
        let projector = solver.replacing(program)
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
            let corrected = projector.projectedOntoEqualities(x: candidate, free: isFree, tolerance: 1e-14, threads: options.threads)
            DEBUGLOG("    cleaned at \(threshold): \(corrected.maxResidual) free \(isFree.filter { $0 }.count)")
            for o in outcomes { if let v = stage.objective(of: o.rank)?.value(corrected.x) { DEBUGLOG("       \(o.rank.title) \(v) limit \(o.limit) before \(stage.objective(of: o.rank)!.value(solution.x))") } }
            let isSound = corrected.maxResidual <= 1e-9 && holdsAreKept(corrected.x, free: free)
            if isSound || corrected.maxResidual < 0.1 * best.maxResidual { best = corrected }
            if isSound { break }
        }
        return best.x
    }

    private func holdsAreKept(_ x: [Double], free: Set<Aim>) -> Bool {
        outcomes.allSatisfy { outcome in
            guard !free.contains(outcome.rank.aim), let value = stage.objective(of: outcome.rank)?.value(x) else { return true }
            return value <= outcome.limit * (1 + 1e-9) + 1e-6
        }
    }

    /// Puts the limits of all outcomes into the program; ranks not reached yet get limits nothing can reach. Returns the start that fits.
    private func hold(_ program: inout BlockProgram, free: Set<Aim>) -> InteriorPointStart? {
        var start = point.map { InteriorPointStart(state: $0) }
        program.idleRows = []
        for place in stage.holds where place.row >= 0 || place.quadraticLimit >= 0 {
            let aim = stage.objective(of: place.rank)
            let outcome = outcomes.first { $0.rank == place.rank }
            let isHeld = aim != nil && outcome != nil && !free.contains(place.rank.aim)
            let reached = start.flatMap { aim?.value($0.state.x) } ?? 0
            if !isHeld {
                if place.quadraticLimit >= 0 { program.quadraticLimits[place.quadraticLimit].isIdle = true }
                if place.row >= 0 {
                    program.idleRows.append(place.row)
                    start?.state.x[place.column] = 1
                }
                continue
            }
            let limit = outcome?.limit ?? .infinity
            let price = prices[place.rank] ?? 0
            if place.quadraticLimit >= 0 {
                program.quadraticLimits[place.quadraticLimit].limit = limit
                program.quadraticLimits[place.quadraticLimit].isIdle = false
                let before = start?.state.limitPrices[place.quadraticLimit] ?? 0
                start?.state.limitPrices[place.quadraticLimit] = before + price
            } else {
                program.rightHandSide[place.row] = limit + place.offset
                program.impliedUpper[place.column] = max(limit, limit + place.offset)
                start?.state.x[place.column] = max(limit - reached, 1e-12)
                start?.state.y[place.row] -= price
                start?.limitColumns.append(place.column)
            }
        }
        return start
    }

    private func resourcePrices(_ solution: StageSolution) -> [Double] {
        stage.resourceRows.indices.map { index in
            if stage.resourceColumns[index] >= 0 { return max(0, solution.upperDuals[stage.resourceColumns[index]]) }
            let row = stage.resourceRows[index]
            return row < 0 ? 0 : max(0, -solution.y[row])
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
                broken.prefix(5).map { "\(stage.elasticNames[Int(stage.columns[$0].a)]): \(solution.x[$0]) too much" })
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
