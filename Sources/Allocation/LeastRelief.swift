import InteriorPoint
import PlanModel

/// The least that must be added to hours, transport, storage, materials or stock so that somebody loses less and nobody else loses more.
///
///     minimise    Σ price · added
///     subject to  the plan's balances and limits, each limit that has a price widened by what is added to it
///                 lost of the target ≤ (1 − share) · what it loses in the plan        (or what no relief can take away)
///                 lost of every other account ≤ what it loses in the plan
///                 shortfall of every promise ≤ what it is in the plan
///
/// Lost amounts are over the horizon, in the plan's measure, what is still owed at the end included; all limits together leave room for a millionth of
/// what the target loses. Of all reliefs that are least, to 4 in 10,000, one that has to be there as late as may be is chosen, and 2 in 10,000 more than
/// it is told, so that the next plan has room. Rounding to cases and lots is left out. One solve a share, and one more where no share is 1.
///
/// - Parameters:
///   - plan: The plan whose losses count.
///   - shares: Rising shares of the target's loss to take away, 0 < share ≤ 1.
///   - prices: What relief counts.
/// - Returns: One step a share.
/// - Throws: ``AllocationError/notProven(rank:gap:)`` when the bound proves less than a hundredth of the value.
public func leastRelief(
    _ package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation, plan: Plan, guaranteeServed: [Double],
    target: ReliefTarget, shares: [Double], prices: ReliefPrices, options: AllocationOptions = AllocationOptions()
) throws -> [ReliefStep] {
    // Lost amounts are columns of the proportional rule; how a tier shares its loss does not matter here.
    var package = package
    package.settings.plan.sharing = .proportional
    package.settings.plan.sharingByTier = [:]
    let model = AllocationModel(package, demand: demand, bands: bands, segmentation: segmentation)
    let program = ReliefProgram(model, plan: plan, guaranteeServed: guaranteeServed, target: target, prices: prices, options: options)
    return try program.steps(shares)
}

private final class ReliefProgram {
    private let model: AllocationModel
    private let resources: ResourceTable
    private let target: ReliefTarget
    private let options: AllocationOptions
    private var stage: StageProgram
    /// Lost amount of each account in the plan.
    private let lost: [Double]
    /// Shortfall of each promise in the plan.
    private var short: [Double]
    /// Price of each relief column; 0 elsewhere.
    private var price: [Double]
    /// The same, a little more the earlier a thing is needed: of all least reliefs one that has to be there late.
    private var later: [Double]
    /// The dearest relief for one unit of goods, > 0.
    private var unitCost = 0.0
    /// Value below which a part of the relief is none.
    private var crumb = 0.0
    /// Size of a value that counts as 1 where it is near 0.
    private var scale = 0.0

    /// Share by which ``later`` counts more than ``price`` at most: a bound on the one, divided by 1 and this, is a bound on the other.
    private let latest = 4e-4
    /// Share by which what is told is more than the least found: what is exactly enough leaves the next plan no inside to be found in.
    private let spare = 2e-4
    /// Relative gap that will do.
    private let sufficient = 1e-3
    /// Share by which each may lose more than in the plan: limits that can only be met exactly leave the program without an inside. All together that is
    /// a small share of what the target loses, so that it is worth next to no relief.
    private var room = 0.0

    init(
        _ model: AllocationModel, plan: Plan, guaranteeServed: [Double], target: ReliefTarget, prices: ReliefPrices,
        options: AllocationOptions
    ) {
        self.model = model
        self.target = target
        self.options = options
        resources = ResourceTable(model)
        let package = model.package
        var lost = [Double](repeating: 0, count: package.accounts.count)
        for row in plan.accountPlan {
            let owed = row.bucket == model.bucketCount - 1 ? row.backlog : 0
            lost[row.account] += model.unitMeasure[row.product] * (row.lost + owed)
        }
        self.lost = lost
        later = []
        short = [Double](repeating: 0, count: package.guarantees.count)
        var content = StageContent()
        content.amountTiers = Set(1...model.tierCount)
        content.guarantees = !package.guarantees.isEmpty
        let priced: [(ReliefKind, [Double?])] = [
            (.hours, prices.hours), (.lane, prices.lane), (.pool, prices.pool), (.storage, prices.storage), (.material, prices.material),
            (.stock, prices.stock),
        ]
        content.relief = Set(priced.filter { $0.1.contains { $0 != nil } }.map(\.0))
        // A tier's loss counts with its accounts' weights, as its rank does.
        if case .tier(let tier) = target { content.holds = [Rank(aim: .lostSales, tier: tier)] }
        if case .everyone = target { content.holds = (1...model.tierCount).map { Rank(aim: .lostSales, tier: $0) } }
        stage = StageBuilder.build(model, resources: resources, content: content)
        price = [Double](repeating: 0, count: stage.columns.count)
        for (promise, guarantee) in package.guarantees.enumerated() {
            let promised = model.promised(guarantee, pairs: model.pairs(of: guarantee))
            short[promise] = max(0, promised - (promise < guaranteeServed.count ? guaranteeServed[promise] : 0))
        }
        let all = lost.reduce(0, +) + short.reduce(0, +)
        let missed =
            target == .promises ? short.reduce(0, +) : lost.indices.reduce(0) { $0 + (isTarget($1) ? lost[$1] : 0) }
        room = all > 0 ? 1e-6 * missed / all : 0
        for (j, column) in stage.columns.enumerated() {
            switch column.kind {
            case .relief:
                let key = resources.keys[Int(column.a)]
                let own: Double? =
                    switch key.kind {
                    case .hours: prices.hours[key.resource]
                    case .lane: prices.lane[key.resource]
                    case .pool: prices.pool[key.resource]
                    case .storage: prices.storage[key.resource]
                    case .material: prices.material[key.resource]
                    case .overtime, .accountStock: nil
                    }
                if let own { price[j] = own } else { stage.settle(j, at: 0) }
            case .reliefStock:
                if let own = prices.stock[Int(column.b)] { price[j] = own } else { stage.settle(j, at: 0) }
            case .shortfall:
                limit(j, to: short[Int(column.a)], in: &stage)
            case .accountLost:
                // Others lose no more than in the plan. The target's accounts neither, whatever share of the whole is to go.
                limit(j, to: lost[Int(column.a)], in: &stage)
            default: break
            }
        }
        // No more than in the plan, until a step asks for less.
        for place in stage.holds where place.row >= 0 {
            stage.program.rightHandSide[place.row] = place.offset + roomy(weighed(lost, place.rank))
            stage.program.impliedUpper[place.column] = weighed(lost, place.rank) + 1
        }
        later = price
        let (count, units) = (Double(model.bucketCount), model.reliefUnits)
        for (j, column) in stage.columns.enumerated() where price[j] > 0 {
            // Among equals the first place, so that one is chosen and not a little of each.
            let places = column.kind == .reliefStock ? package.sites.count : resources.keys.count
            later[j] *= 1 + latest * (0.6 * (count - Double(column.bucket)) / count + 0.4 * Double(column.a) / Double(places))
            unitCost = max(unitCost, price[j] * stage.program.impliedUpper[j] / units)
        }
        if unitCost == 0 { unitCost = 1 }
        crumb = 1e-6 * unitCost * max(missed, 1)
        scale = max(crumb, 1e-3 * unitCost)
    }

    /// A tier's loss as its rank counts it.
    private func weighed(_ amounts: [Double], _ rank: Rank) -> Double {
        model.package.accounts.indices.reduce(0) {
            $0 + (model.tierOfAccount[$1] == rank.tier ? model.package.accounts[$1].weight * amounts[$1] : 0)
        }
    }

    /// A little above a plan's figure; nothing where there is nothing.
    private func roomy(_ value: Double) -> Double { value <= 1e-7 ? 0 : value * (1 + room) + 1e-7 }

    /// Limits what is lost (or short) to a plan's figure. Where there is none the column is settled: a limit next to 0 has no inside.
    private func limit(_ j: Int, to figure: Double, in stage: inout StageProgram) {
        let upper = roomy(figure)
        if upper == 0 {
            stage.settle(j, at: 0)
        } else {
            stage.program.upper[j] = min(stage.program.upper[j], upper)
            stage.program.impliedUpper[j] = min(stage.program.impliedUpper[j], stage.program.upper[j])
        }
    }

    private func isTarget(_ account: Int) -> Bool {
        switch target {
        case .account(let one): account == one
        case .tier(let tier): model.tierOfAccount[account] == tier
        case .everyone: true
        case .promises: false
        }
    }

    /// Columns of what the target misses: lost amounts of its accounts, or shortfalls of promises.
    private func isMissing(_ column: ProgramColumn) -> Bool {
        target == .promises ? column.kind == .shortfall : column.kind == .accountLost && isTarget(Int(column.a))
    }

    /// What the plan misses there.
    private func missing(_ column: ProgramColumn) -> Double { target == .promises ? short[Int(column.a)] : lost[Int(column.a)] }

    // MARK: The ladder

    /// A step for each share.
    func steps(_ shares: [Double]) throws -> [ReliefStep] {
        let whole = try all()
        return try shares.map { share in
            if share >= 1, let whole = whole.step { return whole }
            return try limited(share: share, floor: whole.floor)
        }
    }

    /// Takes away all of the loss that any relief reaches: what is still missing counts a thousand times the dearest unit of relief, so that one solve
    /// tells both what cannot be taken away and the least relief for the rest.
    ///
    /// - Returns: What each account (or promise) of the target still misses whatever is added, and the step; nil where so much is missing that its price
    ///   drowns that of the relief.
    private func all() throws -> (floor: [Double], step: ReliefStep?) {
        var floor = [Double](repeating: 0, count: max(lost.count, short.count))
        // Lost amounts are in the plan's measure.
        let least = target == .promises ? 1 : model.unitMeasure.filter { $0 > 0 }.min() ?? 1
        let dear = 1000 * unitCost / least
        var objective = later
        for (j, column) in stage.columns.enumerated() where isMissing(column) && !stage.isSettled[j] { objective[j] = dear }
        let solved = try solve(stage, objective: objective)
        var missed = 0.0
        for (j, column) in stage.columns.enumerated() where isMissing(column) {
            let x = solved.solution.x[j]
            missed += dear * x
            // Next to nothing is nothing: it can be taken away.
            floor[Int(column.a)] = x <= 1e-6 * max(1, missing(column)) ? 0 : x
        }
        let step = step(share: 1, solved, bound: (solved.bound - missed) / (1 + latest))
        return (floor, step.value - step.bound <= max(sufficient * step.value, scale) ? step : nil)
    }

    /// Takes away a share of the loss.
    private func limited(share: Double, floor: [Double]) throws -> ReliefStep {
        var stage = stage
        for (j, column) in stage.columns.enumerated() where isMissing(column) {
            // All of the loss: of each account. A share of it: of the account (or each promise) asked for, or of the tier as a whole.
            guard share >= 1 || target == .promises || target == .account(Int(column.a)) else { continue }
            limit(j, to: max((1 - share) * missing(column), floor[Int(column.a)]), in: &stage)
        }
        if share < 1 {
            for place in stage.holds where place.row >= 0 {
                stage.program.rightHandSide[place.row] =
                    place.offset + roomy(max((1 - share) * weighed(lost, place.rank), weighed(floor, place.rank)))
            }
        }
        let solved = try solve(stage, objective: later)
        return step(share: share, solved, bound: solved.bound / (1 + latest))
    }

    private func step(share: Double, _ solved: Solved, bound: Double) -> ReliefStep {
        let x = solved.solution.x.map { $0 * (1 + spare) }
        // A millionth of the largest item, or of the loss, is the path's own rest.
        var items: [ReliefItem] = []
        let largest = price.indices.map { price[$0] * x[$0] }.max() ?? 0
        let least = max(1e-6 * largest, crumb)
        for (j, column) in stage.columns.enumerated() where price[j] * x[j] > least && x[j] > 1e-6 {
            if column.kind == .reliefStock {
                items.append(
                    ReliefItem(
                        kind: .stock, resource: Int(column.a), product: Int(column.b), bucket: 0, quantity: x[j], cost: price[j] * x[j]))
            } else {
                let key = resources.keys[Int(column.a)]
                guard let kind = ReliefKind(key.kind) else { continue }
                items.append(
                    ReliefItem(
                        kind: kind, resource: key.resource, site: key.site, bucket: key.bucket, quantity: x[j], cost: price[j] * x[j]))
            }
        }
        items.sort {
            ($0.bucket, $0.kind.rawValue, $0.resource, $0.product ?? -1, $0.site ?? -1)
                < ($1.bucket, $1.kind.rawValue, $1.resource, $1.product ?? -1, $1.site ?? -1)
        }
        var remaining = 0.0
        for (j, column) in stage.columns.enumerated() where isMissing(column) { remaining += solved.solution.x[j] }
        let value = items.reduce(0) { $0 + $1.cost }
        return ReliefStep(
            share: share, remaining: remaining < 1e-5 ? 0 : remaining, items: items, value: value, bound: min(value, max(0, bound)))
    }

    // MARK: Solving

    private struct Solved {
        var solution: InteriorPointSolution
        var bound: Double
    }

    private func solve(_ stage: StageProgram, objective: [Double]) throws -> Solved {
        try options.checkCancelled()
        var program = stage.program
        // Costs of about 1 a unit suit the solver.
        let factor = 1 / unitCost
        program.cost = objective.map { $0 * factor }
        var settings = InteriorPointSettings()
        settings.threads = options.threads
        settings.tolerance = 1e-5
        settings.acceptableTolerance = sufficient
        settings.complementarity = 1e-9
        settings.objectiveScale = scale * factor
        // The other way to start: a unit of everything that may be added.
        let solution = try solvedEitherWay(program, settings, otherStart: price.map { $0 > 0 ? 1 : 0 })
        options.onSolve(stage, solution, iterations: solution.iterations)
        let size = max(abs(solution.primalObjective), settings.objectiveScale)
        let distance = (solution.primalObjective - solution.dualBound) / size
        // A hundredth is near enough to act on, and the bound that is told says how near.
        guard distance <= 0.01, solution.primalResidual <= settings.acceptableFeasibility else {
            throw AllocationError.notProven(rank: "relief", gap: max(distance, solution.primalResidual))
        }
        return Solved(solution: solution, bound: solution.dualBound / factor)
    }
}
