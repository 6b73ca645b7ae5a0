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

/// Solves the ranks in order, each with the earlier ones held (tables.md: at the value reached plus the gap), then settles ties.
///
/// Rank k minimises its own aim plus small prices π on the earlier ones, so that their slack is used only where it pays: if all of it were
/// used the prices would add θ · gap · scale(k), θ = 0.3. With B the proven bound of that sum, B − Σ πⱼ · limitⱼ bounds the aim alone,
/// because no plan that holds the earlier ranks pays more than Σ πⱼ · limitⱼ for them.
struct RankSequence {
    let model: AllocationModel
    let resources: ResourceTable
    let options: AllocationOptions
    private(set) var outcomes: [RankOutcome] = []
    private(set) var holds: [Hold] = []
    /// Solution of the last program solved.
    private(set) var last: (stage: StageProgram, x: [Double])?

    /// θ: share of a rank's gap that prices on earlier ranks may use.
    private static let priceShare = 0.3
    /// Share of the gap a rank is solved to, so that prices and later ranks have the rest.
    private static let solveShare = 0.05

    init(_ model: AllocationModel, resources: ResourceTable, options: AllocationOptions) {
        self.model = model
        self.resources = resources
        self.options = options
    }

    /// Solves all ranks, or those before a position in the order.
    mutating func run(before end: Int = .max) throws {
        try requireFeasible()
        let ranks = model.ranks
        for (index, rank) in ranks.enumerated() where index < end {
            try options.checkCancelled()
            options.progress?(
                ProgressStep("rank \(index + 1) of \(ranks.count): \(rank.title)", share: Double(index) / Double(ranks.count + 1)))
            try solve(rank)
        }
    }

    private var gap: Double { model.package.settings.plan.gap }

    private mutating func solve(_ rank: Rank) throws {
        let stage = StageBuilder.build(model, resources: resources, content: StageContent(rank: rank, holds: holds))
        guard let aim = stage.objective(of: rank) else {
            outcomes.append(RankOutcome(rank: rank, value: 0, bound: 0, scale: model.scale(of: rank, value: 0)))
            return
        }
        let reached = last.flatMap { $0.stage.value(of: rank, at: $0.x) }
        // A value of 0 needs no proof beyond non-negativity.
        if let value = reached, rank.aim != .cost, value <= 0.01 * gap * model.scale(of: rank, value: 0) {
            record(rank, value: max(0, value), bound: 0, prices: nil, iterations: 0)
            return
        }
        let scaleEstimate = rank.aim == .cost ? max(reached ?? costEstimate(aim, stage), 1e-9) : model.scale(of: rank, value: 0)
        var objective = aim
        var priced = 0.0
        for hold in holds {
            guard let earlier = stage.objective(of: hold.rank) else { continue }
            let price = RankSequence.priceShare * scaleEstimate / (Double(holds.count) * model.scale(of: hold.rank, value: hold.limit))
            guard price.isFinite else { continue }
            objective.add(earlier, times: price)
            priced += price * hold.limit
        }
        let solution = try minimise(objective, in: stage, gapScale: scaleEstimate)
        let value = max(0, aim.value(solution.x))
        let bound = min(value, max(0, solution.bound - priced))
        let prices = RankPrices(
            rank: rank, resourcePrices: resourcePrices(solution, stage: stage),
            guaranteePrices: stage.guaranteeRows.map { $0 < 0 ? 0 : max(0, solution.y[$0]) })
        last = (stage, solution.x)
        record(rank, value: value, bound: bound, prices: prices, iterations: solution.iterations)
    }

    /// About what a plan costs: the mean cost of a unit made and moved times the demand. Only prices and the stopping rule are scaled by it.
    private func costEstimate(_ aim: StageObjective, _ stage: StageProgram) -> Double {
        var sum = 0.0
        var count = 0.0
        for (j, column) in stage.columns.enumerated() where (column.kind == .make || column.kind == .move) && aim.linear[j] > 0 {
            sum += aim.linear[j]
            count += 1
        }
        return count > 0 ? 0.5 * sum / count * model.totalUnits : 0.01 * model.totalDemand
    }

    private mutating func record(_ rank: Rank, value: Double, bound: Double, prices: RankPrices?, iterations: Int) {
        let scale = model.scale(of: rank, value: value)
        outcomes.append(RankOutcome(rank: rank, value: value, bound: bound, scale: scale, prices: prices, iterations: iterations))
        // Held at bound + gap where the proof allows it, so that the gap in the certificate is kept by whatever comes later.
        let limit = min(value + gap * scale, max(bound + gap * scale, value + 0.2 * gap * scale))
        holds.append(Hold(rank: rank, limit: max(limit, 1e-9)))
    }

    struct StageSolution {
        var x: [Double]
        /// Duals of the rows in the objective's own units.
        var y: [Double]
        var upperDuals: [Double]
        var value: Double
        var bound: Double
        var iterations: Int
    }

    /// Minimises an objective over a stage's program.
    ///
    /// - Parameter gapScale: The solve stops when value − bound ≤ solveShare · gap · gapScale (or the value, where larger).
    func minimise(_ objective: StageObjective, in stage: StageProgram, gapScale: Double, tolerance: Double? = nil) throws -> StageSolution {
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
        settings.tolerance = tolerance ?? RankSequence.solveShare * gap
        settings.objectiveScale = gapScale * factor
        let solver = try InteriorPointSolver(program)
        let solution = solver.solve(settings)
        options.onSolve(stage, solution)
        return StageSolution(
            x: solution.x, y: solution.y.map { $0 / factor }, upperDuals: solution.upperDuals.map { $0 / factor },
            value: objective.value(solution.x), bound: solution.dualBound / factor + objective.constant, iterations: solution.iterations)
    }

    private func resourcePrices(_ solution: StageSolution, stage: StageProgram) -> [Double] {
        stage.resourceRows.indices.map { index in
            if stage.resourceColumns[index] >= 0 { return max(0, solution.upperDuals[stage.resourceColumns[index]]) }
            let row = stage.resourceRows[index]
            return row < 0 ? 0 : max(0, -solution.y[row])
        }
    }

    /// Throws when no plan exists: frozen decisions, storage or receipts that contradict each other.
    private func requireFeasible() throws {
        guard model.package.horizon.frozen > 0 || !restingPlanFits() else { return }
        var content = StageContent()
        content.elastic = true
        let stage = StageBuilder.build(model, resources: resources, content: content)
        var objective = StageObjective(columnCount: stage.columns.count)
        var elastic: [Int] = []
        for (j, column) in stage.columns.enumerated() where column.kind == .elastic {
            objective.linear[j] = 1
            elastic.append(j)
        }
        guard !elastic.isEmpty else { return }
        let solution = try minimise(objective, in: stage, gapScale: 1, tolerance: 1e-7)
        let broken = elastic.filter { solution.x[$0] > 1e-5 }.sorted { solution.x[$0] > solution.x[$1] }
        if solution.value > 1e-5, solution.bound > 1e-6 {
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
