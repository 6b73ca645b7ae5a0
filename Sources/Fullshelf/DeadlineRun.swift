import Allocation
import Forecasting
import PlanExplaining
import PlanModel
import Reporting

extension Planner {
    /// The last bucket in which making, and shipping, may begin for each key account and product with nothing lost, and what later starts lose.
    ///
    /// Everybody else's goods keep their way and their room; the pair's own may use what is then free. Starting in a bucket means that what is
    /// served from it on is made (or dispatched to the account) in it or later; opening stock may be used at any time. The loss of a start is proven by a
    /// linear program to a millionth of the demand; where the solver cannot, the deadline says so and the others are told all the same.
    ///
    /// - Parameters:
    ///   - view: The plan with its package.
    ///   - tier: Accounts up to this tier.
    ///   - account: Only this account, whatever its tier; nil = all up to `tier`.
    ///   - delays: Starts after the latest safe one whose loss is told, ≥ 0.
    /// - Throws: ``PlanningError``.
    public func deadlines(_ view: PlanView, upToTier tier: Int = 1, account: Int? = nil, delays: Int = 3, progress: ProgressHandler? = nil)
        throws(PlanningError)
        -> DeadlineReport
    {
        var usesOfPair: [Pair: [LotUse]] = [:]
        for use in tracedLots(view.package, plan: view.plan)
        where account.map({ $0 == use.account }) ?? (view.segmentation.tierOfAccount[use.account] <= tier) {
            usesOfPair[Pair(account: use.account, product: use.product), default: []].append(use)
        }
        var found: [DeadlineReport.Deadline] = []
        let pairs = usesOfPair.keys.sorted()
        // Each pair asks programs of its own, so pairs are asked side by side.
        let title = "Seeking latest starts"
        progress?(ProgressStep(title, share: 0))
        let uses = usesOfPair
        let answers = parallelMap(
            count: pairs.count, threads: threads, progress: { share in progress?(ProgressStep(title, share: share)) }
        ) { number in
            Result { () throws(PlanningError) in
                if isCancelled?() == true { throw PlanningError.cancelled }
                return try deadlines(view, of: pairs[number], uses: uses[pairs[number]] ?? [], delays: delays)
            }
        }
        for answer in answers { found += try answer.get() }
        found.sort {
            $0.latest != $1.latest
                ? $0.latest < $1.latest
                : ($1.delays.first?.lost ?? 0, $0.account, $0.product, $0.step) < (
                    $0.delays.first?.lost ?? 0, $1.account, $1.product, $1.step
                )
        }
        return DeadlineReport(deadlines: found)
    }

    private func deadlines(_ view: PlanView, of pair: Pair, uses: [LotUse], delays: Int) throws(PlanningError) -> [DeadlineReport.Deadline]
    {
        let supply = PairSupply(view, pair: pair, uses: uses)
        let start = supply.plannedStart
        var found: [DeadlineReport.Deadline] = []
        if let make = start.make { found += try deadline(view, supply, uses, .making, planned: make, delays: delays) }
        if let ship = start.ship { found += try deadline(view, supply, uses, .shipping, planned: ship, delays: delays) }
        return found
    }

    private func deadline(_ view: PlanView, _ supply: PairSupply, _ uses: [LotUse], _ step: PairSupply.Step, planned: Int, delays: Int)
        throws(PlanningError) -> [DeadlineReport.Deadline]
    {
        guard let last = supply.lastServed, planned <= last else { return [] }
        var losses: [Int: Double] = [:]
        /// nil where the solver could prove nothing: a start that is neither safe nor known to lose.
        func lost(_ start: Int) throws(PlanningError) -> Double? {
            if let known = losses[start] { return known }
            // What the plan itself does no earlier needs no proof.
            if supply.isPlanned(step, from: start) { return 0 }
            let problem = supply.problem(step, from: start)
            let loss: Double
            do {
                loss = try leastLostSales(
                    problem.package, demand: problem.demand, bands: problem.bands, segmentation: problem.segmentation,
                    options: AllocationOptions(threads: 1)
                ).value
            } catch AllocationError.notProven {
                return nil
            } catch {
                throw PlanningError(error)
            }
            losses[start] = loss
            return loss
        }
        // What the program may leave open, and what no planner would act on.
        let crumb = max(1e-4 * supply.served(from: 0), 0.05)
        // A start is safe when no start up to it loses anything: what an earlier one loses, a later one loses as well.
        var low = planned
        while low < last, let loss = try lost(low + 1), loss <= crumb { low += 1 }
        let package = view.package
        let price = package.standingPrice(of: supply.pair.product)
        var later: [DeadlineReport.Delay] = []
        var most = 0.0
        var isProven = true
        for start in (low + 1)..<(low + 1 + max(0, delays)) where start <= last {
            guard let found = try lost(start) else {
                isProven = false
                break
            }
            let loss = max(most, found)
            most = loss
            later.append(DeadlineReport.Delay(start: package.horizon.firstDay(of: start).description, lost: loss, lostValue: loss * price))
        }
        var carriers: [Int: Double] = [:]
        for use in uses where use.served != nil {
            switch step {
            case .making: if let line = use.lot.line { carriers[line, default: 0] += use.quantity }
            case .shipping:
                if let move = use.lot.moves.last(where: { package.lanes[$0.lane].to == .account(supply.pair.account) }) {
                    carriers[move.lane, default: 0] += use.quantity
                }
            }
        }
        let by = carriers.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.map {
            step == .making ? package.lines[$0.key].id : package.lanes[$0.key].id
        }
        return [
            DeadlineReport.Deadline(
                account: package.accounts[supply.pair.account].id, tier: view.segmentation.tierOfAccount[supply.pair.account],
                product: package.products[supply.pair.product].id, step: step == .making ? "making" : "shipping",
                planned: package.horizon.firstDay(of: planned).description, latest: package.horizon.firstDay(of: low).description,
                delays: later, isProven: isProven, by: by, units: supply.served(from: low),
                slackBuckets: low - planned)
        ]
    }
}
