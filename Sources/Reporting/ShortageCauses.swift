import PlanModel

/// Why each lost demand was lost: for every lost cell the used-up resources that block the cheapest way for one more unit, with their buckets.
///
/// The prices of the lost-sales rank of the account's tier say what one unit more of each capacity is worth to that rank; along the cheapest way they
/// add up to about the weight of a lost unit, and each resource's part of that sum is its part of the loss. Where a rank left no prices, or they do not
/// explain the loss, the way past the fewest used-up capacities is taken and they share the loss equally. A capacity the plan does not use up is never named.
///
/// - Parameters:
///   - bands: Not needed to find the causes; an account's own stock under its band's minimum is told apart by the ranks.
/// - Returns: Rising by (bucket, account, product), the causes of a cell largest first; they add up to its loss. Backlog left at the end is not lost.
public func shortageCauses(
    _ package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation, allocation: AllocationOutcome
) -> [ShortageRow] {
    var finder = CauseFinder(package, demand: demand, segmentation: segmentation, allocation: allocation)
    return finder.rows()
}

/// A cause before it is put into words: what is scarce, and for how much of the loss.
private struct Cause {
    enum Kind: Hashable {
        case limit(SupplyLimit)
        case stock(Place, bucket: Int)
        case leadTime(lane: Int, bucket: Int)
        case shelfLife(line: Int, bucket: Int)
        case promise(Int)
        case rank(account: Int)
    }
    var kind: Kind
    var lost: Double
    var takers: [Taker] = []
}

private struct CauseFinder {
    let package: DataPackage
    let demand: PlannedDemand
    let segmentation: Segmentation
    let allocation: AllocationOutcome
    let network: SupplyNetwork
    let weighted: [Double]
    /// Planned demand in the measure of lost sales: part of the scale of every gap.
    let totalDemand: Double
    /// Units of each promise not yet made answerable for a loss.
    private var promiseLeft: [Double]

    init(_ package: DataPackage, demand: PlannedDemand, segmentation: Segmentation, allocation: AllocationOutcome) {
        self.package = package
        self.demand = demand
        self.segmentation = segmentation
        self.allocation = allocation
        network = SupplyNetwork(package, plan: allocation.plan)
        let weighted = package.products.indices.map { package.unitMeasure(package.settings.plan.measure, of: $0) }
        self.weighted = weighted
        var total = 0.0
        for (row, pair) in demand.pairs.enumerated() { total += weighted[pair.product] * demand.quantity.row(row).reduce(0, +) }
        totalDemand = total
        promiseLeft = allocation.guaranteeServed
        while promiseLeft.count < package.guarantees.count { promiseLeft.append(0) }
    }

    private func tier(of account: Int) -> Int { segmentation.tier(of: account) }

    mutating func rows() -> [ShortageRow] {
        let cells = lostCells()
        guard !cells.isEmpty else { return [] }
        var causes = [[Cause]](repeating: [], count: cells.count)
        // Cells of one tier and product share their step costs.
        let order = cells.indices.sorted {
            (tier(of: cells[$0].account), cells[$0].product, $0) < (tier(of: cells[$1].account), cells[$1].product, $1)
        }
        var ways: CellWays?
        var prices: (tier: Int, grid: CapacityGrid?)?
        for index in order {
            let cell = cells[index]
            let tier = tier(of: cell.account)
            if prices?.tier != tier { prices = (tier, lostSalesPrices(tier: tier)) }
            if ways?.tier != tier || ways?.product != cell.product {
                ways = cellWays(tier: tier, product: cell.product, prices: prices?.grid)
            }
            causes[index] = ways?.causes(of: cell, package: package) ?? []
        }
        let takers = takersByCause(causes)
        var rows: [ShortageRow] = []
        for (cell, found) in zip(cells, causes) { rows += shortageRows(cell, found, takers: takers) }
        return rows
    }

    private func lostCells() -> [AccountPlanRow] {
        allocation.plan.accountPlan
            // A billionth of the demand is rounding, not a loss.
            .filter { $0.lost > 1e-9 * max(1, $0.demand) && package.horizon.buckets.contains($0.bucket) }
            .sorted { ($0.bucket, $0.account, $0.product) < ($1.bucket, $1.account, $1.product) }
    }

    private func lostSalesPrices(tier: Int) -> CapacityGrid? {
        allocation.lossPrice(ofTier: tier)
            .map { CapacityGrid.prices(package, resources: allocation.resources, values: $0.resourcePrices) }
    }

    private func cellWays(tier: Int, product: Int, prices: CapacityGrid?) -> CellWays {
        let rank = Rank(aim: .lostSales, tier: tier)
        let unit = weighted[product]
        // What a held rank may leave unused, in units of the product: gap · max(|value|, 0.001 · all demand).
        let value = allocation.certificate.ranks.first { $0.rank == rank }?.value ?? 0
        let slack = unit > 0 ? package.settings.plan.gap * max(abs(value), 0.001 * totalDemand) / unit : 0
        return CellWays(network: network, tier: tier, product: product, unitWeight: unit, prices: prices, slackUnits: slack)
    }
}

/// Finds the causes of short cells of one tier and product.
private final class CellWays {
    let network: SupplyNetwork
    let tier: Int
    let product: Int
    /// What one unit counts in the lost-sales rank, before the account's weight.
    let unitWeight: Double
    private let priced: ProductWays?
    private let slackUnits: Double
    private lazy var obstacles = ProductWays(network, product: product, weighing: .obstacles, slackUnits: slackUnits)

    init(network: SupplyNetwork, tier: Int, product: Int, unitWeight: Double, prices: CapacityGrid?, slackUnits: Double) {
        self.network = network
        self.tier = tier
        self.product = product
        self.unitWeight = unitWeight
        self.slackUnits = slackUnits
        priced = prices.map { ProductWays(network, product: product, weighing: .prices($0), slackUnits: slackUnits) }
    }

    func causes(of cell: AccountPlanRow, package: DataPackage) -> [Cause] {
        let lastServing = min(network.bucketCount - 1, cell.bucket + max(0, package.accounts[cell.account].backorderBuckets))
        let window = cell.bucket...lastServing
        let earliestMake = package.products[product].shelfLife.map { cell.bucket - $0 } ?? 0
        // A remnant that lies there to the end does not tell why much more than it was lost.
        func way(_ ways: ProductWays) -> SupplyWay? {
            ways.cheapestWay(to: cell.account, window: window, earliestMake: earliestMake, spareFrom: 0.5 * cell.lost)
        }

        if let priced {
            guard let best = way(priced) else { return [withoutWay(cell, window: window, package: package)] }
            // Prices that explain less than a quarter of a lost unit's weight do not tell why it was lost.
            let weight = unitWeight * package.accounts[cell.account].weight
            if best.cost > 0, best.cost >= 0.25 * weight, let causes = blocking(best, of: cell, ways: priced) { return causes }
        }
        guard let best = way(obstacles) else { return [withoutWay(cell, window: window, package: package)] }
        return blocking(best, of: cell, ways: obstacles) ?? [Cause(kind: .rank(account: cell.account), lost: cell.lost)]
    }

    /// The used-up limits on a way, each with its part of the loss; nil when there are none.
    private func blocking(_ way: SupplyWay, of cell: AccountPlanRow, ways: ProductWays) -> [Cause]? {
        var parts: [(limit: SupplyLimit, part: Double)] = []
        for step in way.steps {
            for (limit, part) in ways.parts(of: step) {
                if let index = parts.firstIndex(where: { $0.limit == limit }) {
                    parts[index].part += part
                } else {
                    parts.append((limit, part))
                }
            }
        }
        // Less than a fiftieth of the loss is the prices' own uncertainty.
        let whole = parts.reduce(0) { $0 + $1.part }
        parts.removeAll { $0.part < 0.02 * whole }
        let kept = parts.reduce(0) { $0 + $1.part }
        guard kept > 0 else { return nil }
        parts.sort { $0.part != $1.part ? $0.part > $1.part : $0.limit.sortKey < $1.limit.sortKey }
        return parts.map { Cause(kind: .limit($0.limit), lost: cell.lost * ($0.part / kept)) }
    }

    /// Nothing can be made or brought in time: stock that was there has run out, goods keep too shortly, the way is too long, or there never was any.
    private func withoutWay(_ cell: AccountPlanRow, window: ClosedRange<Int>, package: DataPackage) -> Cause {
        if let (place, bucket) = exhaustedStock(cell, window: window, package: package) {
            return Cause(kind: .stock(place, bucket: bucket), lost: cell.lost)
        }
        if package.products[product].shelfLife != nil,
            let way = obstacles.cheapestWay(to: cell.account, window: window, earliestMake: 0),
            case .make(let position, let bucket) = way.steps.first
        {
            return Cause(kind: .shelfLife(line: package.lineProducts[position].line, bucket: bucket), lost: cell.lost)
        }
        if let (lane, bucket) = longestLane(to: cell.account, package: package) {
            return Cause(kind: .leadTime(lane: lane, bucket: bucket), lost: cell.lost)
        }
        // Neither line nor stock: the first site that supplies the account, or the account's own shelf.
        let feeder = network.lanesToAccount[cell.account].first { network.carries($0, product) }
        return Cause(kind: .stock(feeder.map { .site(package.lanes[$0].from) } ?? .account(cell.account), bucket: 0), lost: cell.lost)
    }

    /// Opening stock or goods in transit that could have come in time and are used up: those nearest to the account first.
    private func exhaustedStock(_ cell: AccountPlanRow, window: ClosedRange<Int>, package: DataPackage) -> (Place, Int)? {
        var sources: [(place: Place, bucket: Int)] = []
        for row in package.stock where row.product == product && row.quantity > 0 {
            if let expires = row.expires, package.horizon.bucket(of: expires) < window.lowerBound { continue }
            sources.append((row.place, 0))
        }
        for row in package.inTransit where row.product == product && row.quantity > 0 { sources.append((row.place, max(0, row.bucket))) }
        if let own = sources.last(where: { $0.place == .account(cell.account) && $0.bucket <= window.upperBound }) { return own }
        var best: (place: Place, bucket: Int, length: Int)?
        for source in sources {
            guard case .site(let site) = source.place else { continue }
            let start = max(source.bucket, package.horizon.frozen)
            let lengths = leadTimes(to: cell.account, package: package)
            guard let length = lengths[site], start + length <= window.upperBound else { continue }
            if let current = best, length >= current.length { continue }
            best = (source.place, source.bucket, length)
        }
        return best.map { ($0.place, $0.bucket) }
    }

    /// Least number of buckets from each site to the account for this product; nil = no way.
    private func leadTimes(to account: Int, package: DataPackage) -> [Int?] {
        var lengths = [Int?](repeating: nil, count: package.sites.count)
        func offer(_ site: Int, _ length: Int) -> Bool {
            if let current = lengths[site], current <= length { return false }
            lengths[site] = length
            return true
        }
        for lane in network.lanesToAccount[account] where network.carries(lane, product) {
            _ = offer(package.lanes[lane].from, package.lanes[lane].leadTime)
        }
        var changed = true
        while changed {
            changed = false
            for site in package.sites.indices {
                guard let length = lengths[site] else { continue }
                for lane in network.lanesToSite[site] where network.carries(lane, product) {
                    if offer(package.lanes[lane].from, length + package.lanes[lane].leadTime) { changed = true }
                }
            }
        }
        return lengths
    }

    /// On the quickest way from a line or stock to the account, the lane that takes longest, and its first dispatch.
    private func longestLane(to account: Int, package: DataPackage) -> (lane: Int, bucket: Int)? {
        let lengths = leadTimes(to: account, package: package)
        var start: (site: Int, length: Int)?
        for maker in network.makersOfProduct[product] {
            let site = package.lines[package.lineProducts[maker].line].site
            guard let length = lengths[site] else { continue }
            if let current = start, current.length <= length { continue }
            start = (site, length)
        }
        for row in package.stock where row.product == product && row.quantity > 0 {
            guard case .site(let site) = row.place, let length = lengths[site] else { continue }
            if let current = start, current.length <= length { continue }
            start = (site, length)
        }
        guard var (site, _) = start else { return nil }
        var bucket = package.horizon.frozen
        var longest: (lane: Int, bucket: Int, length: Int)?
        var visited = Set<Int>()
        while visited.insert(site).inserted {
            // The lane that keeps to the quickest way; the first of equal ones.
            let onward = package.lanes.indices.first { lane in
                guard package.lanes[lane].from == site, network.carries(lane, product), let here = lengths[site] else { return false }
                switch package.lanes[lane].to {
                case .account(let end): return end == account && package.lanes[lane].leadTime == here
                case .site(let next):
                    return !visited.contains(next) && lengths[next].map { $0 + package.lanes[lane].leadTime == here } ?? false
                }
            }
            guard let lane = onward else { break }
            let length = package.lanes[lane].leadTime
            if longest == nil || length > (longest?.length ?? 0) { longest = (lane, bucket, length) }
            bucket += length
            guard case .site(let next) = package.lanes[lane].to else { break }
            site = next
        }
        return longest.map { ($0.lane, min($0.bucket, max(0, network.bucketCount - 1))) }
    }
}

// MARK: - Who got it, and rows

extension CauseFinder {
    private typealias Shares = [Cause.Kind: [Int: Double]]

    /// What each account got of every resource named, in the resource's own measure.
    private func takersByCause(_ causes: [[Cause]]) -> Shares {
        let named = NamedLimits(
            package, kinds: causes.flatMap { $0 }.map(\.kind).compactMap { if case .limit(let limit) = $0 { limit } else { nil } },
            network: network)
        var stocks = Set<Cause.Kind>()
        for cause in causes.joined() { if case .stock = cause.kind { stocks.insert(cause.kind) } }
        guard !named.isEmpty || !stocks.isEmpty else { return [:] }
        var shares: Shares = [:]
        for use in tracedLots(package, plan: allocation.plan) {
            named.forEachUse(of: use) { limit, quantity in shares[.limit(limit), default: [:]][use.account, default: 0] += quantity }
            if let origin = use.lot.origin {
                let kind = Cause.Kind.stock(origin, bucket: use.lot.availableFrom)
                if stocks.contains(kind) { shares[kind, default: [:]][use.account, default: 0] += use.quantity }
            }
        }
        return shares
    }

    private mutating func shortageRows(_ cell: AccountPlanRow, _ causes: [Cause], takers: Shares) -> [ShortageRow] {
        var split: [Cause] = []
        for cause in causes {
            var cause = cause
            let shares = takers[cause.kind] ?? [:]
            let all = self.takers(shares, of: cell)
            cause.takers = Array(all.prefix(5))
            if case .rank(let account) = cause.kind { cause.takers = holder(of: cell, account: account) }
            split += promised(cause, all: all, cell: cell)
        }
        split.sort { $0.lost > $1.lost }
        // The last row takes what rounding left, so that the rows add up to the loss.
        var rows: [ShortageRow] = []
        var left = cell.lost
        for (index, cause) in split.enumerated() {
            let lost = index == split.count - 1 ? left : cause.lost
            left -= lost
            rows.append(row(cell, cause, lost: lost))
        }
        return rows
    }

    private func takers(_ shares: [Int: Double], of cell: AccountPlanRow) -> [Taker] {
        // Crumbs are not worth naming: a thousandth of the largest part, or a millionth of a unit.
        let crumb = max(1e-6, 1e-3 * (shares.values.max() ?? 0))
        return shares.filter { $0.value > crumb }
            .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
            .map { Taker(account: $0.key, rank: rank(of: $0.key, against: cell), quantity: $0.value) }
    }

    /// The rank under which an account got ahead of the short cell: its own tier's sales, or a promise where its tier comes later.
    private func rank(of account: Int, against cell: AccountPlanRow) -> Rank {
        if tier(of: account) > tier(of: cell.account), promise(to: account) != nil { return Rank(aim: .guarantees, tier: nil) }
        return Rank(aim: .lostSales, tier: tier(of: account))
    }

    /// The first promise under which the account was served.
    private func promise(to account: Int) -> Int? {
        package.guarantees.indices.first { index in
            let promise = package.guarantees[index]
            return package.isMember(account, of: promise, tier: tier(of: account))
                && (index >= allocation.guaranteeServed.count || allocation.guaranteeServed[index] > 0)
        }
    }

    /// Where an account of a later tier got the resource under a promise, the promise answers for that much of the loss.
    private mutating func promised(_ cause: Cause, all: [Taker], cell: AccountPlanRow) -> [Cause] {
        guard case .limit = cause.kind else { return [cause] }
        let prices = allocation.lossPrice(ofTier: tier(of: cell.account))?.guaranteePrices
        var rest = cause
        var parts: [Cause] = []
        for taker in all where taker.rank.aim == .guarantees && rest.lost > 0 {
            guard let promise = promise(to: taker.account), promiseLeft[promise] > 0 else { continue }
            if let prices, promise < prices.count, prices[promise] <= 0 { continue }
            let part = min(rest.lost, promiseLeft[promise])
            promiseLeft[promise] -= part
            rest.lost -= part
            parts.append(Cause(kind: .promise(promise), lost: part, takers: [taker]))
        }
        return rest.lost > 0 ? [rest] + parts : parts
    }

    /// For a loss without a scarce resource: the account's own stock that an earlier rank keeps on its shelf.
    private func holder(of cell: AccountPlanRow, account: Int) -> [Taker] {
        guard cell.stock > 1e-6 else { return [] }
        return [Taker(account: account, rank: Rank(aim: .stockUnderMinimum, tier: tier(of: account)), quantity: cell.stock)]
    }

    private func row(_ cell: AccountPlanRow, _ cause: Cause, lost: Double) -> ShortageRow {
        func row(_ reason: ShortageReason, _ resource: String, _ bucket: Int?) -> ShortageRow {
            ShortageRow(
                bucket: cell.bucket, account: cell.account, product: cell.product, lost: lost, reason: reason, resource: resource,
                resourceBucket: bucket, takenBy: cause.takers)
        }
        switch cause.kind {
        case .limit(.hours(let line, let bucket)): return row(.hours, package.lines[line].id, bucket)
        case .limit(.material(let material, _, let bucket)): return row(.material, package.materials[material], bucket)
        case .limit(.lane(let lane, let bucket)): return row(.lane, package.lanes[lane].id, bucket)
        case .limit(.pool(let pool, let bucket)): return row(.pool, package.pools[pool].id, bucket)
        case .limit(.storage(let site, let bucket)): return row(.storage, package.sites[site].id, bucket)
        case .limit(.accountStock(let account, let bucket)): return row(.storage, package.accounts[account].id, bucket)
        case .stock(.site(let site), let bucket): return row(.stock, package.sites[site].id, bucket)
        case .stock(.account(let account), let bucket): return row(.stock, package.accounts[account].id, bucket)
        case .leadTime(let lane, let bucket): return row(.leadTime, package.lanes[lane].id, bucket)
        case .shelfLife(let line, let bucket): return row(.shelfLife, package.lines[line].id, bucket)
        case .promise(let promise): return row(.promise, package.guarantees[promise].id, package.guarantees[promise].buckets.lowerBound)
        case .rank(let account): return row(.rank, package.accounts[account].id, nil)
        }
    }
}

extension AllocationOutcome {
    /// The prices that tell why a tier loses sales; of its rank's own solve where it was not solved again.
    fileprivate func lossPrice(ofTier tier: Int) -> RankPrices? {
        let rank = Rank(aim: .lostSales, tier: tier)
        return lossPrices.first { $0.rank == rank } ?? rankPrices.first { $0.rank == rank }
    }
}

extension DataPackage {
    /// Whether a promise is made to this account.
    func isMember(_ account: Int, of promise: Guarantee, tier: Int) -> Bool {
        if let one = promise.account { return one == account }
        if let group = promise.group, accounts[account].group != group { return false }
        if let wanted = promise.tier, wanted != tier { return false }
        return promise.group != nil || promise.tier != nil
    }
}
