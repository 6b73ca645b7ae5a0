import PlanModel

/// Demand and what became of it, in units of the products, money at standing prices.
public struct ServiceFigures: Hashable, Sendable {
    public var demand: Double
    public var served: Double
    public var lost: Double
    /// Still owed at the end of the horizon.
    public var backlog: Double
    public var demandValue: Double
    public var lostValue: Double
    /// Mean over the buckets of stock at the accounts, in buckets of the demand that follows (money-weighted); nil where nothing is demanded.
    public var averageCover: Double?
    /// The least such cover of any bucket, and which.
    public var leastCover: Double?
    public var leastCoverBucket: Int?

    public init(
        demand: Double = 0, served: Double = 0, lost: Double = 0, backlog: Double = 0, demandValue: Double = 0, lostValue: Double = 0,
        averageCover: Double? = nil, leastCover: Double? = nil, leastCoverBucket: Int? = nil
    ) {
        self.demand = demand
        self.served = served
        self.lost = lost
        self.backlog = backlog
        self.demandValue = demandValue
        self.lostValue = lostValue
        self.averageCover = averageCover
        self.leastCover = leastCover
        self.leastCoverBucket = leastCoverBucket
    }

    /// Served / demanded, 0…1; 1 where nothing is demanded.
    public var fillRate: Double { demand > 0 ? served / demand : 1 }
}

/// The parts of the cost rank, in money over the horizon.
public struct CostSplit: Hashable, Sendable {
    public var making = 0.0
    public var overtime = 0.0
    public var transport = 0.0
    public var holding = 0.0
    public var overStock = 0.0
    public var overTarget = 0.0

    public init() {}

    public var total: Double { making + overtime + transport + holding + overStock + overTarget }
}

/// What rounding to cases and lots changed in a rank's value (> 0 = worse).
public struct RoundingCost: Hashable, Sendable {
    public var rank: Rank
    public var cost: Double

    public init(rank: Rank, cost: Double) {
        self.rank = rank
        self.cost = cost
    }
}

/// The figures of a plan on one page; kpis.json.
public struct KeyFigures: Hashable, Sendable {
    public var total: ServiceFigures
    /// Element k − 1 is tier k.
    public var tiers: [ServiceFigures]
    /// By account index.
    public var accounts: [ServiceFigures]
    public var cost: CostSplit
    /// Over all lines and buckets.
    public var overtimeHours: Double
    /// By rank, in order; ranks that rounding left alone have cost 0.
    public var rounding: [RoundingCost]
    /// What `json` needs beside the figures.
    private let accountIDs: [String]
    private let tierOfAccount: [Int]

    init(
        total: ServiceFigures, tiers: [ServiceFigures], accounts: [ServiceFigures], cost: CostSplit, overtimeHours: Double,
        rounding: [RoundingCost],
        accountIDs: [String], tierOfAccount: [Int]
    ) {
        self.total = total
        self.tiers = tiers
        self.accounts = accounts
        self.cost = cost
        self.overtimeHours = overtimeHours
        self.rounding = rounding
        self.accountIDs = accountIDs
        self.tierOfAccount = tierOfAccount
    }

    /// kpis.json: keys in a fixed order, numbers in shortest form, ids only (no text in any language).
    public var json: String {
        var json = JSONText()
        json.object {
            $0.key("total") { service(total, &$0) }
            $0.key("tiers") { json in
                json.array(Array(tiers.enumerated())) { item, json in
                    json.object {
                        $0.member("tier", Double(item.offset + 1))
                        serviceMembers(item.element, &$0)
                    }
                }
            }
            $0.key("accounts") { json in
                json.array(Array(accounts.enumerated())) { item, json in
                    json.object {
                        $0.member("account", accountIDs[item.offset])
                        $0.member("tier", Double(tierOfAccount[item.offset]))
                        serviceMembers(item.element, &$0)
                    }
                }
            }
            $0.key("overtime") {
                $0.object {
                    $0.member("hours", overtimeHours)
                    $0.member("cost", cost.overtime)
                }
            }
            $0.key("cost") {
                $0.object {
                    $0.member("making", cost.making)
                    $0.member("overtime", cost.overtime)
                    $0.member("transport", cost.transport)
                    $0.member("holding", cost.holding)
                    $0.member("over_stock", cost.overStock)
                    $0.member("over_target", cost.overTarget)
                    $0.member("total", cost.total)
                }
            }
            $0.key("rounding") { json in
                json.array(rounding) { item, json in
                    json.object {
                        $0.member("rank", item.rank.aim.rawValue)
                        $0.member("tier", item.rank.tier.map(Double.init))
                        $0.member("cost", item.cost)
                    }
                }
            }
        }
        return json.text + "\n"
    }

    private func service(_ figures: ServiceFigures, _ json: inout JSONText) { json.object { serviceMembers(figures, &$0) } }

    private func serviceMembers(_ figures: ServiceFigures, _ json: inout JSONText) {
        json.member("fill_rate", figures.fillRate)
        json.member("demand", figures.demand)
        json.member("served", figures.served)
        json.member("lost", figures.lost)
        json.member("backlog", figures.backlog)
        json.member("demand_value", figures.demandValue)
        json.member("lost_value", figures.lostValue)
        json.member("average_cover", figures.averageCover)
        json.member("least_cover", figures.leastCover)
    }
}

/// Adds up a plan: service by tier and account, stock cover, overtime, cost and what rounding cost.
public func keyFigures(_ package: DataPackage, result: PlanResult) -> KeyFigures {
    let prices = package.products.indices.map { package.standingPrice(of: $0) }
    let count = package.horizon.count
    let tierOf = package.accounts.indices.map { result.segmentation.tier(of: $0) }
    let tierCount = max(result.segmentation.tierCount, tierOf.max() ?? 1)
    var accounts = [ServiceFigures](repeating: ServiceFigures(), count: package.accounts.count)
    // Money values per account and bucket, for cover.
    var demandValue = [Double](repeating: 0, count: package.accounts.count * count)
    var stockValue = demandValue
    for row in result.allocation.plan.accountPlan {
        let price = prices[row.product]
        accounts[row.account].demand += row.demand
        accounts[row.account].served += row.served
        accounts[row.account].lost += row.lost
        accounts[row.account].demandValue += row.demand * price
        accounts[row.account].lostValue += row.lost * price
        if row.bucket == count - 1 { accounts[row.account].backlog += row.backlog }
        if package.horizon.buckets.contains(row.bucket) {
            demandValue[row.account * count + row.bucket] += row.demand * price
            stockValue[row.account * count + row.bucket] += row.stock * price
        }
    }
    func sum(_ members: [Int]) -> ServiceFigures {
        var sum = ServiceFigures()
        var demand = [Double](repeating: 0, count: count)
        var stock = demand
        for account in members {
            let own = accounts[account]
            sum.demand += own.demand
            sum.served += own.served
            sum.lost += own.lost
            sum.backlog += own.backlog
            sum.demandValue += own.demandValue
            sum.lostValue += own.lostValue
            for bucket in 0..<count {
                demand[bucket] += demandValue[account * count + bucket]
                stock[bucket] += stockValue[account * count + bucket]
            }
        }
        (sum.averageCover, sum.leastCover, sum.leastCoverBucket) = coverFigures(stock: stock, demand: demand)
        return sum
    }
    let total = sum(Array(package.accounts.indices))
    let tiers = (1...tierCount).map { tier in sum(package.accounts.indices.filter { tierOf[$0] == tier }) }
    for account in package.accounts.indices {
        let own = sum([account])
        accounts[account].averageCover = own.averageCover
        accounts[account].leastCover = own.leastCover
        accounts[account].leastCoverBucket = own.leastCoverBucket
    }
    let (cost, overtimeHours) = costs(package, result: result, prices: prices)
    let rounding = result.allocation.certificate.ranks.map { RoundingCost(rank: $0.rank, cost: $0.value - $0.relaxedValue) }
    return KeyFigures(
        total: total, tiers: tiers, accounts: accounts, cost: cost, overtimeHours: overtimeHours, rounding: rounding,
        accountIDs: package.accounts.map(\.id), tierOfAccount: tierOf)
}

/// Mean and least cover over the buckets. Past the horizon the last bucket's demand is assumed, as for bands.
private func coverFigures(stock: [Double], demand: [Double]) -> (average: Double?, least: Double?, bucket: Int?) {
    guard let last = demand.last, demand.contains(where: { $0 > 0 }) else { return (nil, nil, nil) }
    var sum = 0.0
    var number = 0
    var least: (cover: Double, bucket: Int)?
    for bucket in stock.indices {
        guard let cover = cover(of: stock[bucket], demand: demand, after: bucket, beyond: last) else { continue }
        sum += cover
        number += 1
        if least == nil || cover < (least?.cover ?? 0) { least = (cover, bucket) }
    }
    return (number > 0 ? sum / Double(number) : nil, least?.cover, least?.bucket)
}

/// Buckets of the demand after `bucket` that `stock` covers; nil where no demand follows.
func cover(of stock: Double, demand: [Double], after bucket: Int, beyond: Double) -> Double? {
    var left = stock
    var cover = 0.0
    for next in (bucket + 1)..<max(demand.count, bucket + 1) {
        if left <= demand[next] { return demand[next] > 0 ? cover + left / demand[next] : cover }
        left -= demand[next]
        cover += 1
    }
    return beyond > 0 ? cover + left / beyond : nil
}

private func costs(_ package: DataPackage, result: PlanResult, prices: [Double]) -> (CostSplit, Double) {
    let plan = result.allocation.plan
    var split = CostSplit()
    var unitCosts: [Pair: Double] = [:]
    for row in package.lineProducts { unitCosts[Pair(account: row.line, product: row.product)] = row.unitCost }
    for row in plan.production { split.making += row.quantity * (unitCosts[Pair(account: row.line, product: row.product)] ?? 0) }
    var overtimeHours = 0.0
    for row in plan.lineUse {
        overtimeHours += row.overtimeUsed
        split.overtime += row.overtimeUsed * package.lines[row.line].overtimeCostPerHour
    }
    for row in plan.movements { split.transport += row.quantity * package.products[row.product].volume * package.lanes[row.lane].unitCost }
    for row in plan.siteStock { split.holding += row.quantity * package.products[row.product].volume * package.sites[row.site].holdingCost }
    let settings = package.settings.plan
    for row in plan.accountPlan where row.stock > 0 {
        guard let pair = result.bands.pairs.position(ofSorted: Pair(account: row.account, product: row.product)),
            package.horizon.buckets.contains(row.bucket)
        else { continue }
        split.overStock += settings.overStockRate * prices[row.product] * max(0, row.stock - result.bands.max[pair, row.bucket])
        split.overTarget += settings.overTargetRate * prices[row.product] * max(0, row.stock - result.bands.target[pair, row.bucket])
    }
    return (split, overtimeHours)
}
