import PlanModel

/// One scarce thing and all it costs over the season: the rows of shortages.csv added up by reason and resource.
struct CauseSummary {
    var reason: ShortageReason
    var resource: String
    /// Units lost because of it.
    var lost: Double
    var lostValue: Double
    /// First and last bucket in which its scarcity costs sales, a twentieth of the loss left out at either end; nil where the cause has no bucket.
    var buckets: ClosedRange<Int>?
    /// First bucket in which a demand is lost because of it.
    var firstLoss: Int
    /// Accounts that lose by it, largest loss first.
    var losers: [Int]
    /// Accounts that got it, largest quantity first.
    var takers: [Taker]
}

/// One account that loses sales.
struct ShortAccount {
    var account: Int
    var tier: Int
    var lost: Double
    var lostValue: Double
    var fillRate: Double
    var firstLoss: Int
}

/// What the summary and the report say, worked out once: who is short, because of what, and when to act.
struct PlanFacts {
    /// Largest loss first.
    let causes: [CauseSummary]
    /// By tier, inside a tier by lost value.
    var shortAccounts: [ShortAccount]
    /// Key accounts (tier 1) that get everything they ask for, and all of them.
    let keyAccountsWhole: Int
    let keyAccounts: Int
    /// Planned demand, served and lost per bucket, units.
    var demand: [Double]
    var served: [Double]
    var lost: [Double]
    /// All stock at sites and accounts at the end of each bucket, units.
    let stock: [Double]
    /// Bucket of largest demand; nil without demand.
    let peak: Int?
    /// Stock is built up from `start` to `top` for the peak, by `units`; nil where there is no build-up worth the name.
    let preBuild: (start: Int, top: Int, units: Double)?
    /// Buckets in which each line is used up, regular and overtime hours together.
    let fullLineBuckets: [[Int]]

    init(_ package: DataPackage, result: PlanResult, keyFigures: KeyFigures) {
        let count = package.horizon.count
        let plan = result.allocation.plan
        let prices = package.products.indices.map { package.standingPrice(of: $0) }
        var demand = [Double](repeating: 0, count: count)
        var served = demand
        var lost = demand
        var stock = demand
        for row in plan.accountPlan where package.horizon.buckets.contains(row.bucket) {
            demand[row.bucket] += row.demand
            served[row.bucket] += row.served
            lost[row.bucket] += row.lost
            stock[row.bucket] += row.stock
        }
        for row in plan.siteStock where package.horizon.buckets.contains(row.bucket) { stock[row.bucket] += row.quantity }
        self.demand = demand
        self.served = served
        self.lost = lost
        self.stock = stock
        let highest = demand.max() ?? 0
        peak = highest > 0 ? demand.firstIndex(of: highest) : nil
        preBuild = PlanFacts.preBuild(stock: stock, demand: demand, peak: peak)
        causes = PlanFacts.causes(result.shortages, prices: prices)
        var firstLoss = [Int?](repeating: nil, count: package.accounts.count)
        for row in plan.accountPlan where row.lost > PlanFacts.noticeable(row.demand) {
            firstLoss[row.account] = min(firstLoss[row.account] ?? row.bucket, row.bucket)
        }
        var short: [ShortAccount] = []
        for account in package.accounts.indices {
            guard let first = firstLoss[account] else { continue }
            let figures = keyFigures.accounts[account]
            short.append(
                ShortAccount(
                    account: account, tier: result.segmentation.tier(of: account), lost: figures.lost, lostValue: figures.lostValue,
                    fillRate: figures.fillRate, firstLoss: first))
        }
        shortAccounts = short.sorted { ($0.tier, -$0.lostValue, $0.account) < ($1.tier, -$1.lostValue, $1.account) }
        keyAccounts = package.accounts.indices.filter { result.segmentation.tier(of: $0) == 1 }.count
        keyAccountsWhole = keyAccounts - short.filter { $0.tier == 1 }.count
        fullLineBuckets = PlanFacts.fullLines(package, plan: plan)
    }

    /// A loss below half a thousandth of the demand of its cell, or of a unit, is not worth a planner's attention.
    static func noticeable(_ demand: Double) -> Double { max(5e-4 * demand, 1e-3) }

    private static func preBuild(stock: [Double], demand: [Double], peak: Int?) -> (start: Int, top: Int, units: Double)? {
        guard let peak, peak > 0 else { return nil }
        let before = stock[...peak]
        guard let highest = before.max(), let top = before.lastIndex(of: highest) else { return nil }
        let ahead = stock[...top]
        guard let lowest = ahead.min(), let start = ahead.lastIndex(of: lowest) else { return nil }
        let units = highest - lowest
        let mean = demand.reduce(0, +) / Double(demand.count)
        // Less than half a bucket's demand is ordinary ebb and flow.
        return top > start && units > 0.5 * mean ? (start + 1, top, units) : nil
    }

    private static func causes(_ rows: [ShortageRow], prices: [Double]) -> [CauseSummary] {
        struct Key: Hashable { var reason: ShortageReason; var resource: String }
        var positions: [Key: Int] = [:]
        var summaries: [CauseSummary] = []
        var losers: [[Int: Double]] = []
        var lostByBucket: [[Int: Double]] = []
        var takers: [[Taker.Key: Double]] = []
        for row in rows {
            // Losses without a scarce resource have no place in common but that.
            let key = Key(reason: row.reason, resource: row.reason == .rank ? "" : row.resource)
            let position: Int
            if let known = positions[key] {
                position = known
            } else {
                position = summaries.count
                positions[key] = position
                summaries.append(
                    CauseSummary(
                        reason: key.reason, resource: key.resource, lost: 0, lostValue: 0, buckets: nil, firstLoss: row.bucket, losers: [],
                        takers: []))
                losers.append([:])
                lostByBucket.append([:])
                takers.append([:])
            }
            summaries[position].lost += row.lost
            summaries[position].lostValue += row.lost * prices[row.product]
            summaries[position].firstLoss = min(summaries[position].firstLoss, row.bucket)
            if let bucket = row.resourceBucket { lostByBucket[position][bucket, default: 0] += row.lost }
            losers[position][row.account, default: 0] += row.lost
            // The same bucket's takers stand in every row that names it: the largest figure is enough to say who they are.
            for taker in row.takenBy {
                let key = Taker.Key(account: taker.account, rank: taker.rank)
                takers[position][key] = max(takers[position][key] ?? 0, taker.quantity)
            }
        }
        for index in summaries.indices {
            summaries[index].buckets = mainBuckets(lostByBucket[index])
            summaries[index].losers = losers[index].sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.map(\.key)
            summaries[index].takers = takers[index]
                .sorted { $0.value != $1.value ? $0.value > $1.value : ($0.key.account, $0.key.order) < ($1.key.account, $1.key.order) }
                .map { Taker(account: $0.key.account, rank: $0.key.rank, quantity: $0.value) }
        }
        return summaries.sorted {
            $0.lost != $1.lost ? $0.lost > $1.lost : ($0.reason.rawValue, $0.resource) < ($1.reason.rawValue, $1.resource)
        }
    }

    private static func mainBuckets(_ lost: [Int: Double]) -> ClosedRange<Int>? {
        var buckets = lost.sorted { $0.key < $1.key }[...]
        let edge = 0.05 * buckets.reduce(0) { $0 + $1.value }
        for isFirst in [true, false] {
            var cut = 0.0
            while buckets.count > 1, let end = isFirst ? buckets.first : buckets.last, cut + end.value <= edge {
                cut += end.value
                if isFirst { buckets.removeFirst() } else { buckets.removeLast() }
            }
        }
        guard let first = buckets.first?.key, let last = buckets.last?.key else { return nil }
        return first...last
    }

    private static func fullLines(_ package: DataPackage, plan: Plan) -> [[Int]] {
        let free = CapacityGrid.free(package, plan: plan)
        let all = CapacityGrid.free(package, plan: Plan())
        let count = package.horizon.count
        return package.lines.indices.map { line in
            (0..<count).filter { bucket in
                let capacity = all.hours[line * count + bucket]
                // Within half a percent a line is full for a person who looks at it.
                return capacity > 0 && capacity.isFinite && free.hours[line * count + bucket] <= 0.005 * capacity
            }
        }
    }
}

extension Taker {
    struct Key: Hashable {
        var account: Int
        var rank: Rank

        var order: String { rank.aim.rawValue + String(rank.tier ?? 0) }
    }
}

/// Runs of neighbouring buckets: [3, 4, 5, 9] is 3…5 and 9…9.
package func runs(of buckets: [Int]) -> [ClosedRange<Int>] {
    var runs: [ClosedRange<Int>] = []
    for bucket in buckets.sorted() {
        if let last = runs.last, bucket <= last.upperBound + 1 {
            runs[runs.count - 1] = last.lowerBound...max(bucket, last.upperBound)
        } else {
            runs.append(bucket...bucket)
        }
    }
    return runs
}

extension Segmentation {
    /// Tier of an account, 1 where the segmentation does not know it.
    package func tier(of account: Int) -> Int { account < tierOfAccount.count ? max(1, tierOfAccount[account]) : 1 }
}
