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
/// Lost amounts are over the horizon, in the plan's measure, what is still owed at the end included. Of all reliefs that are least, one that has to be
/// there as late as may be is chosen. Rounding to cases and lots is left out.
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
    return try shares.map { try program.step(share: $0) }
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
    /// What each account (or promise) of the target still misses whatever is added.
    private lazy var unavoidable = Result { try leastLoss() }

    private var gap: Double { model.package.settings.plan.gap }

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
                let promise = Int(column.a)
                let promised = model.promised(package.guarantees[promise], pairs: model.pairs(of: package.guarantees[promise]))
                short[promise] = max(0, promised - (promise < guaranteeServed.count ? guaranteeServed[promise] : 0))
                limit(j, to: roomy(short[promise]), isTarget: target == .promises)
            case .accountLost:
                // Others lose no more than in the plan. The target's accounts neither, whatever share of the whole is to go.
                limit(j, to: roomy(lost[Int(column.a)]), isTarget: isTarget(Int(column.a)))
            default: break
            }
        }
        // No more than in the plan, until a step asks for less.
        for place in stage.holds where place.row >= 0 {
            stage.program.rightHandSide[place.row] = place.offset + roomy(weighed(lost, place.rank))
            stage.program.impliedUpper[place.column] = weighed(lost, place.rank) + 1
        }
    }

    /// A tier's loss as its rank counts it.
    private func weighed(_ amounts: [Double], _ rank: Rank) -> Double {
        model.package.accounts.indices.reduce(0) {
            $0 + (model.tierOfAccount[$1] == rank.tier ? model.package.accounts[$1].weight * amounts[$1] : 0)
        }
    }

    /// A crumb above a plan's figure, which was carried out to so many digits.
    private func roomy(_ value: Double) -> Double { value <= 1e-7 ? 0 : value * (1 + 1e-9) + 1e-7 }

    private func limit(_ j: Int, to upper: Double, isTarget: Bool) {
        guard upper < stage.program.upper[j] else { return }
        if upper == 0 && !isTarget {
            stage.settle(j, at: 0)
        } else {
            stage.program.upper[j] = max(upper, 1e-6)
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

    // MARK: One step

    func step(share: Double) throws -> ReliefStep {
        var stage = stage
        let floor = try unavoidable.get()
        for (j, column) in stage.columns.enumerated() where isMissing(column) {
            // All of the loss: of each account. A share of it: of the account (or each promise) asked for, or of the tier as a whole.
            guard share >= 1 || target == .promises || target == .account(Int(column.a)) else { continue }
            let left = max((1 - share) * missing(column), floor[Int(column.a)])
            if left <= 1e-7 {
                stage.settle(j, at: 0)
            } else {
                stage.program.upper[j] = min(stage.program.upper[j], roomy(left))
                stage.program.impliedUpper[j] = min(stage.program.impliedUpper[j], stage.program.upper[j])
            }
        }
        if share < 1 {
            for place in stage.holds where place.row >= 0 {
                stage.program.rightHandSide[place.row] =
                    place.offset + roomy(max((1 - share) * weighed(lost, place.rank), weighed(floor, place.rank)))
            }
        }
        let first = try solve(&stage, objective: price, question: "relief")
        // On the face of the least reliefs the latest: an earlier bucket weighs more.
        let count = Double(model.bucketCount)
        let steepest = first.steepest
        for j in price.indices where price[j] > 0 {
            let reach = max(stage.program.impliedUpper[j], 1)
            if first.solution.sides[j] == .lower,
                first.reducedCosts[j] * min(reach, first.value / max(price[j], 1e-12) + 1) > 1e-6 * max(first.value, steepest)
            {
                stage.settle(j, at: 0)
            }
        }
        var later = price
        for (j, column) in stage.columns.enumerated() where price[j] > 0 {
            // Among equals the first place, so that one is chosen and not a little of each.
            let place = Double(column.a) / Double(resources.keys.count + model.package.sites.count)
            later[j] = price[j] * (1 + 0.2 * (count - Double(column.bucket)) / count + 0.02 * place)
        }
        let second = try? solve(&stage, objective: later, question: "relief")
        // The second look may lose no more than the gap; else the first stands.
        let value: (ReliefProgram.Solved) -> Double = { [price] solved in zip(price, solved.solution.x).reduce(0) { $0 + $1.0 * $1.1 } }
        let chosen = second.flatMap { value($0) <= first.value + gap * max(first.value, 1e-9) ? $0 : nil } ?? first
        return step(share: share, x: chosen.solution.x, bound: first.bound, stage: stage)
    }

    private func step(share: Double, x: [Double], bound: Double, stage: StageProgram) -> ReliefStep {
        // A millionth of the largest item is the path's own rest; what is left out is added to the largest.
        var items: [ReliefItem] = []
        let largest = price.indices.map { price[$0] * x[$0] }.max() ?? 0
        for (j, column) in stage.columns.enumerated() where price[j] * x[j] > 1e-6 * largest && x[j] > 1e-6 {
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
        for (j, column) in stage.columns.enumerated() where isMissing(column) { remaining += x[j] }
        let value = items.reduce(0) { $0 + $1.cost }
        return ReliefStep(
            share: share, remaining: remaining < 1e-5 ? 0 : remaining, items: items, value: value, bound: min(value, max(0, bound)))
    }

    /// The least each account of the target can be brought to lose with any amount of relief.
    private func leastLoss() throws -> [Double] {
        var stage = stage
        var objective = [Double](repeating: 0, count: stage.columns.count)
        for (j, column) in stage.columns.enumerated() where isMissing(column) { objective[j] = 1 }
        var loss = [Double](repeating: 0, count: max(lost.count, short.count))
        guard objective.contains(where: { $0 > 0 }) else { return loss }
        // A crumb of its price keeps relief from wandering off.
        let steepest = price.max() ?? 0
        for j in price.indices where price[j] > 0 { objective[j] = 1e-6 * price[j] / max(steepest, 1e-12) }
        let solved = try solve(&stage, objective: objective, question: "least loss")
        for (j, column) in stage.columns.enumerated() where isMissing(column) {
            // Next to nothing is nothing: it can be taken away.
            loss[Int(column.a)] = solved.solution.x[j] <= 1e-6 * max(1, missing(column)) ? 0 : solved.solution.x[j]
        }
        return loss
    }

    // MARK: Solving

    private struct Solved {
        var solution: InteriorPointSolution
        var reducedCosts: [Double]
        var value: Double
        var bound: Double
        var steepest: Double
    }

    private func solve(_ stage: inout StageProgram, objective: [Double], question: String) throws -> Solved {
        try options.checkCancelled()
        var program = stage.program
        let steepest = objective.max() ?? 0
        let factor = steepest > 0 ? 1 / steepest : 1
        program.cost = objective.map { $0 * factor }
        var settings = InteriorPointSettings()
        settings.threads = options.threads
        settings.tolerance = 0.01 * gap
        settings.acceptableTolerance = gap
        settings.complementarity = 1e-10
        settings.objectiveScale = max(1e-3, 1e-6 * (lost.reduce(0, +) + short.reduce(0, +)))
        // The other way to start: a unit of everything that may be added.
        let solution = try solvedEitherWay(program, settings, otherStart: price.map { $0 > 0 ? 1 : 0 })
        let size = max(abs(solution.primalObjective), settings.objectiveScale)
        let distance = (solution.primalObjective - solution.dualBound) / size
        // A hundredth is near enough to act on, and the bound that is told says how near.
        guard distance <= 0.01, solution.primalResidual <= settings.acceptableFeasibility else {
            throw AllocationError.notProven(rank: question, gap: distance)
        }
        return Solved(
            solution: solution, reducedCosts: zip(solution.lowerDuals, solution.upperDuals).map { ($0 - $1) / factor },
            value: solution.primalObjective / factor, bound: solution.dualBound / factor, steepest: steepest)
    }
}
