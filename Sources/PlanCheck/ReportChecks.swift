import PlanModel

/// The tables that tell about a plan rather than are the plan; nil = the folder has none.
public struct PlanStatements: Hashable, Sendable {
    public var forecast: [ForecastRow]?
    public var shortages: [ShortageRow]?
    public var resources: [ResourceRow]?
    /// Figures of kpis.json by their path: `total.lost`, `tiers.1.fill_rate`, `accounts.A01.served`, `cost.transport`.
    public var keyFigures: [String: Double]?

    public init(
        forecast: [ForecastRow]? = nil, shortages: [ShortageRow]? = nil, resources: [ResourceRow]? = nil,
        keyFigures: [String: Double]? = nil
    ) {
        self.forecast = forecast
        self.shortages = shortages
        self.resources = resources
        self.keyFigures = keyFigures
    }
}

/// Checks what a plan folder tells about its plan against the plan's own rows: the forecast is what demand.csv plans with, the causes of every
/// loss add up to it, resources are as large and as used as stated, and the key figures are sums of the rows.
///
/// - Returns: Largest first.
public func checkStatements(
    _ statements: PlanStatements, plan: Plan, package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation
) -> [Violation] {
    var log = ViolationLog()
    // What is wrong with the rows themselves is found by `checkPlan`.
    var rows = ViolationLog()
    let ledger = Ledger(plan: plan, package: package, demand: demand, bands: bands, log: &rows)
    let capacities = Capacities(package)
    if let forecast = statements.forecast { checkForecast(forecast, package, demand, &log) }
    if let shortages = statements.shortages { ledger.checkShortages(shortages, &log) }
    if let resources = statements.resources { ledger.checkResources(resources, capacities, &log) }
    if let figures = statements.keyFigures { ledger.checkKeyFigures(figures, segmentation, capacities, &log) }
    return log.sorted()
}

/// forecast.csv against demand.csv and overrides.csv; quantiles that are never negative and do not cross.
private func checkForecast(_ rows: [ForecastRow], _ package: DataPackage, _ demand: PlannedDemand, _ log: inout ViolationLog) {
    let names = Names(package: package)
    var forecast: [Pair: [Double]] = [:]
    var corrections: [Pair: [Int: Double]] = [:]
    for row in package.overrides { corrections[Pair(account: row.account, product: row.product), default: [:]][row.bucket] = row.quantity }
    for row in rows {
        let pair = Pair(account: row.account, product: row.product)
        let name = { names.stock(.account(row.account), row.product, row.bucket) }
        forecast[pair, default: [Double](repeating: 0, count: package.horizon.count)][row.bucket] += row.quantity
        _ = log.quantity(row.quantity, name, "the forecast")
        for (low, high) in zip(row.quantiles, row.quantiles.dropFirst()) {
            log.atMost(low, high) { "\(name()): a quantile of the forecast must not be above the next one" }
        }
        for quantile in row.quantiles { _ = log.quantity(quantile, name, "a quantile of the forecast") }
        let correction = corrections[pair]?[row.bucket]
        if let override = row.override {
            if let correction {
                log.equal(override, correction) { "\(name()): the override must be that of overrides.csv" }
                log.equal(row.quantity, correction) { "\(name()): the forecast must be the override" }
            } else {
                log.fault("\(name()): there must be no override where overrides.csv has none")
            }
        } else if correction != nil {
            log.fault("\(name()): the override of overrides.csv must be kept beside the forecast")
        }
    }
    for (index, pair) in demand.pairs.enumerated() {
        let own = forecast.removeValue(forKey: pair)
        for t in package.horizon.buckets {
            log.equal(own?[t] ?? 0, demand.forecast[index, t]) {
                "\(names.stock(.account(pair.account), pair.product, t)): forecast.csv and demand.csv must have the same forecast"
            }
        }
    }
    for (pair, series) in forecast.sorted(by: { $0.key < $1.key }) where series.contains(where: { $0 != 0 }) {
        log.fault(
            "account \(package.accounts[pair.account].id), product \(package.products[pair.product].id): demand.csv must have its forecast")
    }
}

extension Ledger {
    /// The causes of a cell add up to its loss, and name what the package has.
    fileprivate func checkShortages(_ rows: [ShortageRow], _ log: inout ViolationLog) {
        var explained = [Double](repeating: 0, count: lost.count)
        let places = package.sites.map(\.id) + package.accounts.map(\.id)
        let known: [ShortageReason: Set<String>] = [
            .hours: Set(package.lines.map(\.id)), .material: Set(package.materials), .lane: Set(package.lanes.map(\.id)),
            .pool: Set(package.pools.map(\.id)), .storage: Set(places), .stock: Set(places), .leadTime: Set(package.lanes.map(\.id)),
            .shelfLife: Set(package.lines.map(\.id) + places), .promise: Set(package.guarantees.map(\.id)),
            .rank: Set(package.accounts.map(\.id)),
        ]
        for row in rows {
            let name = { names.stock(.account(row.account), row.product, row.bucket) }
            guard let pair = pair(row.account, row.product) else {
                log.fault("\(name()): shortages.csv must only have cells that lose something", amount: row.lost)
                continue
            }
            explained[cell(pair, row.bucket)] += log.quantity(row.lost, name, "the loss of a cause")
            if known[row.reason]?.contains(row.resource) != true {
                log.fault("\(name()): the cause \(row.reason.rawValue) must name a resource of the package, not \"\(row.resource)\"")
            }
        }
        for (row, pair) in pairs.enumerated() {
            for t in 0..<bucketCount {
                log.equal(explained[cell(row, t)], lost[cell(row, t)]) {
                    "\(names.stock(.account(pair.account), pair.product, t)): the causes of shortages.csv must add up to what is lost"
                }
            }
        }
    }

    /// Capacity and use of every resource that is listed.
    fileprivate func checkResources(_ rows: [ResourceRow], _ capacities: Capacities, _ log: inout ViolationLog) {
        let uses = ResourceUses(self, capacities)
        let ranks = Set(rankOrder(of: package.settings.plan, tierCount: package.accounts.count + 1))
        for row in rows {
            let name = { "\(row.kind.rawValue) of \(resourceName(row)), \(names.bucket(row.bucket))" }
            log.equal(row.used, uses.used(row)) { "\(name()): used must be what the plan's rows use" }
            let capacity = uses.capacity(row)
            if capacity.isFinite || row.capacity.isFinite {
                log.equal(row.capacity, capacity, terms: capacity.isFinite ? nil : 1) { "\(name()): capacity must be that of the package" }
            }
            if !(row.shadowPrice >= 0) || !row.shadowPrice.isFinite { log.fault("\(name()): the shadow price must be 0 or more") }
            if let rank = row.rank, !ranks.contains(rank) { log.fault("\(name()): \(names.rank(rank)) must be a rank of the settings") }
            if row.shadowPrice > 0, row.rank == nil { log.fault("\(name()): a shadow price must say whose rank's it is") }
        }
    }

    private func resourceName(_ row: ResourceRow) -> String {
        switch row.kind {
        case .hours, .overtime: "line \(package.lines[row.resource].id)"
        case .lane: "lane \(package.lanes[row.resource].id)"
        case .pool: "pool \(package.pools[row.resource].id)"
        case .storage: "site \(package.sites[row.resource].id)"
        case .material: "material \(package.materials[row.resource])\(row.site.map { " at site \(package.sites[$0].id)" } ?? "")"
        case .accountStock: "account \(package.accounts[row.resource].id)"
        }
    }

    /// kpis.json: what is a plain sum of the plan's rows. Covers are averages of our own making and not judged.
    fileprivate func checkKeyFigures(
        _ stated: [String: Double], _ segmentation: Segmentation, _ capacities: Capacities, _ log: inout ViolationLog
    ) {
        for (name, value) in keyFigures(segmentation, capacities) {
            guard let own = stated[name] else {
                log.fault("kpis.json: \(name) is missing")
                continue
            }
            log.equal(own, value) { "kpis.json: \(name) must be \(value), the figure of the plan's rows" }
        }
    }

    private struct Service {
        var demand = 0.0
        var served = 0.0
        var lost = 0.0
        var backlog = 0.0
        var demandValue = 0.0
        var lostValue = 0.0

        mutating func add(_ other: Service) {
            demand += other.demand
            served += other.served
            lost += other.lost
            backlog += other.backlog
            demandValue += other.demandValue
            lostValue += other.lostValue
        }

        func figures(_ prefix: String) -> [(name: String, value: Double)] {
            [
                ("\(prefix).fill_rate", demand > 0 ? served / demand : 1), ("\(prefix).demand", demand), ("\(prefix).served", served),
                ("\(prefix).lost", lost), ("\(prefix).backlog", backlog), ("\(prefix).demand_value", demandValue),
                ("\(prefix).lost_value", lostValue),
            ]
        }
    }

    private func keyFigures(_ segmentation: Segmentation, _ capacities: Capacities) -> [(name: String, value: Double)] {
        var accounts = [Service](repeating: Service(), count: package.accounts.count)
        for (row, pair) in pairs.enumerated() {
            let price = capacities.prices[pair.product]
            for t in 0..<bucketCount {
                let cell = cell(row, t)
                accounts[pair.account].demand += demand[cell]
                accounts[pair.account].served += served[cell]
                accounts[pair.account].lost += lost[cell]
                accounts[pair.account].demandValue += price * demand[cell]
                accounts[pair.account].lostValue += price * lost[cell]
                if t == bucketCount - 1 { accounts[pair.account].backlog += backlog[cell] }
            }
        }
        var total = Service()
        var tiers = [Service](repeating: Service(), count: segmentation.tierCount)
        for (account, service) in accounts.enumerated() {
            total.add(service)
            let tier = segmentation.tierOfAccount.indices.contains(account) ? segmentation.tierOfAccount[account] : 1
            if tiers.indices.contains(tier - 1) { tiers[tier - 1].add(service) }
        }
        var figures = total.figures("total")
        for (index, service) in tiers.enumerated() { figures += service.figures("tiers.\(index + 1)") }
        for (index, service) in accounts.enumerated() { figures += service.figures("accounts.\(package.accounts[index].id)") }
        let cost = costSplit(capacities)
        let overtime = lineUse.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value.overtimeUsed }
        figures += [
            ("overtime.hours", overtime), ("overtime.cost", cost.overtime), ("cost.making", cost.making), ("cost.overtime", cost.overtime),
            ("cost.transport", cost.transport), ("cost.holding", cost.holding), ("cost.over_stock", cost.overStock),
            ("cost.over_target", cost.overTarget), ("cost.total", cost.total),
        ]
        return figures
    }
}

/// What the plan's rows use of each resource, and what the package offers.
private struct ResourceUses {
    private let ledger: Ledger
    private let capacities: Capacities
    private var used: [Key: Double] = [:]
    /// Receipts of a material at a site, by bucket.
    private var received: [Key: Double] = [:]

    private struct Key: Hashable {
        var kind: ResourceKind
        var resource: Int
        var site: Int?
        var bucket: Int
    }

    init(_ ledger: Ledger, _ capacities: Capacities) {
        self.ledger = ledger
        self.capacities = capacities
        let package = ledger.package
        for row in ledger.lineUse.values {
            add(.hours, row.line, row.bucket, row.hoursUsed - row.overtimeUsed)
            add(.overtime, row.line, row.bucket, row.overtimeUsed)
        }
        var poolsOfLane = [[Int]](repeating: [], count: package.lanes.count)
        for (pool, entry) in package.pools.enumerated() { for lane in entry.lanes { poolsOfLane[lane].append(pool) } }
        for row in ledger.movements {
            add(.lane, row.lane, row.bucket, row.quantity * capacities.units(package.lanes[row.lane].measure, of: row.product))
            for pool in poolsOfLane[row.lane] {
                add(.pool, pool, row.bucket, row.quantity * capacities.units(package.pools[pool].measure, of: row.product))
            }
        }
        var recipes = [[BillOfMaterialRow]](repeating: [], count: package.products.count)
        for row in package.billOfMaterials { recipes[row.product].append(row) }
        for row in ledger.production {
            for part in recipes[row.product] {
                add(.material, part.material, row.bucket, part.quantity * row.quantity, site: package.lines[row.line].site)
            }
        }
        for t in 0..<ledger.bucketCount {
            for site in package.sites.indices {
                for product in package.products.indices {
                    add(.storage, site, t, package.products[product].volume * ledger.siteStock[ledger.siteCell(site, product, t)])
                }
            }
            for (row, pair) in ledger.pairs.enumerated() {
                add(.accountStock, pair.account, t, package.products[pair.product].volume * ledger.stock[ledger.cell(row, t)])
            }
        }
        for row in package.materialReceipts where row.bucket < ledger.bucketCount {
            received[Key(kind: .material, resource: row.material, site: row.site, bucket: max(0, row.bucket)), default: 0] += row.quantity
        }
    }

    private mutating func add(_ kind: ResourceKind, _ resource: Int, _ t: Int, _ amount: Double, site: Int? = nil) {
        guard amount != 0 else { return }
        used[Key(kind: kind, resource: resource, site: site, bucket: t), default: 0] += amount
    }

    func used(_ row: ResourceRow) -> Double {
        used[Key(kind: row.kind, resource: row.resource, site: row.site, bucket: row.bucket)] ?? 0
    }

    func capacity(_ row: ResourceRow) -> Double {
        switch row.kind {
        case .hours: return capacities.capacity(.hours, of: row.resource, in: row.bucket)
        case .overtime: return capacities.capacity(.overtime, of: row.resource, in: row.bucket)
        case .lane: return capacities.capacity(.lane, of: row.resource, in: row.bucket)
        case .pool: return capacities.capacity(.pool, of: row.resource, in: row.bucket)
        case .storage: return capacities.capacity(.storage, of: row.resource, in: row.bucket)
        case .accountStock: return ledger.package.accounts[row.resource].stockCapacity
        case .material:
            // All receipts so far, less what earlier buckets used.
            return (0...row.bucket).reduce(0.0) { sum, t in
                let key = Key(kind: .material, resource: row.resource, site: row.site, bucket: t)
                return sum + (received[key] ?? 0) - (t < row.bucket ? used[key] ?? 0 : 0)
            }
        }
    }
}
