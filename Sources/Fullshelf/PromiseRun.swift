import Allocation
import Forecasting
import PlanExplaining
import PlanModel

extension Planner {
    /// What every promise of a plan costs the others, which promises cannot be kept together, and the least that would keep them all.
    ///
    /// The price of a promise is the difference to the plan without it, solved again.
    ///
    /// - Parameters:
    ///   - base: The plan.
    /// - Throws: ``PlanningError``.
    public func promises(_ base: BasePlan, progress: ProgressHandler? = nil) throws(PlanningError) -> PromiseReport {
        let (package, stations) = (base.package, base.stations)
        let guarantees = package.guarantees
        let title = "Planning without each promise"
        progress?(ProgressStep(title, share: 0))
        // Where the plan is the best without the promise too, the promise costs nothing, and rounding a second plan would only blur that. Only the others
        // ask a plan of their own: side by side, the threads shared among those.
        var prices: [PromiseReport.Price] = []
        var withouts: [(promise: Int, stations: ForecastRun)] = []
        let asking = sharingThreads(among: guarantees.count)
        let answers = parallelMap(count: guarantees.count, threads: threads) { index in
            Result { () throws(PlanningError) in try asking.withdrawn(index, from: base) }
        }
        for (index, answer) in answers.enumerated() {
            prices.append(freePrice(ofPromise: index, in: base))
            if let without = try answer.get() { withouts.append((index, without)) }
        }
        let planning = sharingThreads(among: withouts.count)
        let burdens = parallelMap(
            count: withouts.count, threads: threads,
            progress: { [withouts] share in
                progress?(ProgressStep(title, share: 1 - (1 - share) * Double(withouts.count) / Double(max(1, guarantees.count))))
            }
        ) { [withouts] place in
            Result { () throws(PlanningError) in try planning.burden(withouts[place].stations, against: base) }
        }
        for (without, answer) in zip(withouts, burdens) {
            let burden = try answer.get()
            prices[without.promise].lostByTier = burden.lostByTier(isReversed: false)
            prices[without.promise].lostValue = burden.lostValue(isReversed: false)
            prices[without.promise].cost = -burden.cost
            prices[without.promise].losers = burden.losers(isReversed: false)
        }
        progress?(ProgressStep("Seeking promises that contradict each other"))
        var conflict: (promises: [Int], shortfall: Double) = ([], 0)
        // A plan that keeps all promises is the proof that they can be kept together.
        if zip(prices, base.guaranteeServed).contains(where: { price, served in served < price.promised - 1e-6 * max(1, price.promised) }) {
            do {
                conflict = try conflictingPromises(
                    package, demand: stations.demand, bands: stations.bands, segmentation: stations.segmentation,
                    options: AllocationOptions(threads: threads))
            } catch {
                throw PlanningError(error)
            }
        }
        let remedy = conflict.promises.isEmpty ? nil : try reliefReport(base, target: .promises, shares: [1])
        return PromiseReport(
            prices: prices, conflict: conflict.promises.map { package.guarantees[$0].id }, shortfall: conflict.shortfall, remedy: remedy)
    }

    /// A promise that costs nothing.
    private func freePrice(ofPromise index: Int, in base: BasePlan) -> PromiseReport.Price {
        let guarantee = base.package.guarantees[index]
        return PromiseReport.Price(
            guarantee: guarantee.id, file: guarantee.source?.file, line: guarantee.source?.line,
            promised: promised(guarantee, base.stations),
            served: base.guaranteeServed[index], lostByTier: [Double](repeating: 0, count: base.stations.segmentation.tierCount),
            lostValue: 0, cost: 0, losers: [])
    }

    /// What is planned for without a promise; nil where the plan is the best of that as well.
    private func withdrawn(_ index: Int, from base: BasePlan) throws(PlanningError) -> ForecastRun? {
        let change = PlanChange(
            kind: .withdrawPromise(index), text: "promise guarantee=\(base.package.guarantees[index].id) withdraw=yes")
        let changed = try changedStations(base.stations, changes: [change], progress: nil)
        return try stands(changed, base.basis) ? nil : changed
    }

    /// What the plan costs against the best of changed stations.
    private func burden(_ changed: ForecastRun, against base: BasePlan) throws(PlanningError) -> Burden {
        Burden(PlanComparison(base.view, view(of: try figures(changed, from: base.basis))), package: base.package)
    }

    /// Whether the plan that left a basis is the best of a changed package as well.
    private func stands(_ changed: ForecastRun, _ basis: AllocationBasis?) throws(PlanningError) -> Bool {
        var options = AllocationOptions(threads: threads)
        options.isCancelled = isCancelled
        options.basis = basis
        do {
            return try planStands(
                changed.package, demand: changed.demand, bands: changed.bands, segmentation: changed.segmentation, options: options)
        } catch {
            throw PlanningError(error)
        }
    }

    /// A planner for each of several plans that are made side by side.
    private func sharingThreads(among plans: Int) -> Planner {
        var planner = self
        planner.threads = max(1, threads / max(1, plans))
        return planner
    }

    /// What can be promised to a new order on top of the demand planned for: for its bucket and by when, with and without hurting others.
    ///
    /// - Parameters:
    ///   - base: The plan without the order.
    ///   - account: Index of the account; likewise `product`.
    ///   - bucket: The bucket it is due in.
    ///   - quantity: Units, > 0.
    /// - Throws: ``PlanningError``.
    public func promise(
        _ base: BasePlan, account: Int, product: Int, bucket: Int, quantity: Double,
        progress: ProgressHandler? = nil
    ) throws(PlanningError) -> OrderPromise {
        let package = base.package
        let pair = Pair(account: account, product: product)
        // What is free, and what the order does to a plan, are asked side by side.
        progress?(ProgressStep("Planning with the order"))
        let planner = sharingThreads(among: 2)
        let answers = parallelMap(count: 2, threads: threads) { question in
            Result { () throws(PlanningError) in
                question == 0
                    ? OrderAnswer.ways(try planner.ways(base, pair: pair, bucket: bucket, quantity: quantity))
                    : OrderAnswer.free(try planner.free(base, pair: pair, bucket: bucket, quantity: quantity))
            }
        }
        var (ways, now, date): ([OrderPromise.Way], Double, Int?) = ([], 0, nil)
        for answer in answers {
            switch try answer.get() {
            case .ways(let found): ways = found
            case .free(let found): (now, date) = found
            }
        }
        return OrderPromise(
            account: package.accounts[account].id, product: package.products[product].id,
            due: package.horizon.firstDay(of: bucket).description, quantity: quantity, free: now,
            freeDate: date.map { package.horizon.firstDay(of: $0).description }, inItsTurn: ways[0], promised: ways[1])
    }

    private enum OrderAnswer: Sendable {
        case ways([OrderPromise.Way])
        case free((now: Double, date: Int?))
    }

    /// What of an order can be promised with nobody else served less, and the first bucket by which all of it can; nil where none is.
    private func free(_ base: BasePlan, pair: Pair, bucket: Int, quantity: Double) throws(PlanningError) -> (now: Double, date: Int?) {
        let (package, stations) = (base.package, base.stations)
        var options = AllocationOptions(threads: threads)
        options.isCancelled = isCancelled
        options.onSolveStatistics = onSolveStatistics
        var path: OrderPath?
        func free(_ due: Int, enough: Double? = nil) throws(PlanningError) -> Double {
            if isCancelled?() == true { throw PlanningError.cancelled }
            let ordered = stations.adding(quantity, of: pair, in: due)
            do {
                return try capableToPromise(
                    package, demand: ordered.demand, bands: ordered.bands, segmentation: stations.segmentation, lost: base.lostAmounts,
                    order: (pair.account, pair.product, due, quantity), served: base.view.plan.served(pair, in: due),
                    guaranteeServed: base.guaranteeServed, enough: enough, path: &path, options: options)
            } catch {
                throw PlanningError(error)
            }
        }
        let now = try free(bucket)
        let whole = quantity - max(1e-4 * quantity, 1e-6)
        let last = package.horizon.count - 1
        if now >= whole { return (now, bucket) }
        guard bucket < last, try free(last, enough: whole) >= whole else { return (now, nil) }
        // What is there in one bucket can wait for the next: the first by halving.
        var (low, high) = (bucket, last)
        while high - low > 1 {
            let middle = (low + high) / 2
            if try free(middle, enough: whole) >= whole { high = middle } else { low = middle }
        }
        return (now, high)
    }

    /// What an order does to the plan in its turn, and as a promise.
    private func ways(_ base: BasePlan, pair: Pair, bucket: Int, quantity: Double) throws(PlanningError) -> [OrderPromise.Way] {
        let (package, stations, planned) = (base.package, base.stations, base.view.plan.served(pair, in: bucket))
        func way(_ run: PlanningRun) -> OrderPromise.Way {
            let burden = Burden(PlanComparison(base.view, view(of: run)), package: package)
            let served = max(0, min(quantity, run.result.allocation.plan.served(pair, in: bucket) - planned))
            // What is not served of the order itself is no loss of the others.
            let unserved = quantity - served
            var lost = burden.lostByTier(isReversed: true)
            lost[stations.segmentation.tierOfAccount[pair.account] - 1] -= unserved
            var losers = burden.losers(isReversed: true)
            for index in losers.indices where losers[index].account == package.accounts[pair.account].id {
                losers[index].quantity -= unserved
            }
            return OrderPromise.Way(
                served: served, lostByTier: lost,
                lostValue: burden.lostValue(isReversed: true) - unserved * package.standingPrice(of: pair.product), cost: burden.cost,
                losers: losers.filter { $0.quantity > 0.05 })
        }
        var planner = self
        planner.keepsBasis = true
        let inTurn = stations.adding(quantity, of: pair, in: bucket)
        let run = try planner.figures(inTurn, from: base.basis)
        let first = way(run)
        // A promise that the best plan keeps anyway leaves it the best.
        if first.served >= quantity * (1 - 1e-9) { return [first, first] }
        var promised = inTurn
        promised.package.guarantees.append(
            Guarantee(
                id: "order", account: pair.account, product: pair.product, buckets: bucket..<bucket + 1, quantity: planned + quantity))
        return [first, way(try figures(promised, from: run.basis))]
    }

    private func promised(_ guarantee: Guarantee, _ stations: ForecastRun) -> Double {
        var demanded = 0.0
        for (row, pair) in stations.demand.pairs.enumerated()
        where guarantee.counts(pair, in: stations.package, segmentation: stations.segmentation) {
            for bucket in guarantee.buckets { demanded += stations.demand.quantity[row, bucket] }
        }
        return max(guarantee.quantity ?? 0, (guarantee.share ?? 0) * demanded)
    }
}

/// Who pays for a change, from a comparison.
private struct Burden {
    let comparison: PlanComparison
    let package: DataPackage

    init(_ comparison: PlanComparison, package: DataPackage) {
        self.comparison = comparison
        self.package = package
    }

    /// Loss tier by tier; reversed: the later plan has the burden, else the earlier one.
    func lostByTier(isReversed: Bool) -> [Double] {
        let count = comparison.tiers.map(\.tier).max() ?? 1
        return (1...max(1, count)).map { tier in
            let gain = comparison.tiers.first { $0.tier == tier }?.gain ?? 0
            return isReversed ? -gain : gain
        }
    }

    func lostValue(isReversed: Bool) -> Double {
        let gain = comparison.tiers.reduce(0) { $0 + ($1.gainValue ?? 0) }
        return isReversed ? -gain : gain
    }

    /// Later less earlier.
    var cost: Double { comparison.costs.last.map { $0.after - $0.before } ?? 0 }

    func losers(isReversed: Bool) -> [Explanation.AccountFigure] {
        let sign: Double = isReversed ? -1 : 1
        let figures = comparison.accounts.map { Explanation.AccountFigure(account: $0.id, tier: $0.tier, quantity: sign * $0.gain) }
        return figures.filter { $0.quantity > 0.05 }
            .sorted { $0.quantity != $1.quantity ? $0.quantity > $1.quantity : $0.account < $1.account }
    }
}

extension Plan {
    /// Units of a pair served in a bucket.
    func served(_ pair: Pair, in bucket: Int) -> Double {
        accountPlan.reduce(0) {
            $0 + ($1.account == pair.account && $1.product == pair.product && $1.bucket == bucket ? $1.served : 0)
        }
    }
}

extension ForecastRun {
    /// With more demand of a pair in a bucket; a pair that is not sold yet comes in without a stock band.
    func adding(_ quantity: Double, of pair: Pair, in bucket: Int) -> ForecastRun {
        var run = self
        if demand.pairs.position(ofSorted: pair) == nil {
            let pairs = (demand.pairs + [pair]).sorted()
            func spread(_ grid: PairGrid, _ fill: Double) -> PairGrid {
                var wider = PairGrid(pairCount: pairs.count, bucketCount: grid.bucketCount, repeating: fill)
                for (row, own) in demand.pairs.enumerated() {
                    guard let place = pairs.position(ofSorted: own) else { continue }
                    for bucket in 0..<grid.bucketCount { wider[place, bucket] = grid[row, bucket] }
                }
                return wider
            }
            run.demand = PlannedDemand(
                pairs: pairs, forecast: spread(demand.forecast, 0), ordered: spread(demand.ordered, 0), quantity: spread(demand.quantity, 0)
            )
            run.bands = StockBandTable(
                pairs: pairs, min: spread(bands.min, 0), target: spread(bands.target, .infinity), max: spread(bands.max, .infinity))
        }
        if let row = run.demand.pairs.position(ofSorted: pair) {
            run.demand.ordered[row, bucket] += quantity
            run.demand.quantity[row, bucket] += quantity
        }
        return run
    }
}
