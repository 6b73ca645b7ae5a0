import PlanModel

/// Where a product's units came from and where they went, over the whole horizon and all places (behaviour A13). Units.
public struct ProductSums: Hashable, Sendable {
    public var product: Int
    /// On hand at the start, without what is past its last day by then.
    public var opening = 0.0
    /// Arrivals of goods in transit at the start.
    public var inTransit = 0.0
    public var made = 0.0
    public var served = 0.0
    /// Stock at sites and accounts at the end of the last bucket.
    public var closing = 0.0
    /// Dispatched and due after the horizon; 0 in a plan that keeps the rules.
    public var onTheWay = 0.0
    public var expired = 0.0

    public var sources: Double { opening + inTransit + made }
    public var uses: Double { served + closing + onTheWay + expired }
}

/// The sums of every product of a plan, in the package's order.
public func productSums(of plan: Plan, package: DataPackage, demand: PlannedDemand) -> [ProductSums] {
    var log = ViolationLog()
    let none = PairGrid(pairCount: 0, bucketCount: package.horizon.count)
    let bands = StockBandTable(pairs: [], min: none, target: none, max: none)
    return Ledger(plan: plan, package: package, demand: demand, bands: bands, log: &log).productSums()
}

extension Ledger {
    func productSums() -> [ProductSums] {
        var sums = package.products.indices.map { ProductSums(product: $0) }
        for row in package.stock where bucketCount > 0 && lastBucket(of: row) >= 0 { sums[row.product].opening += row.quantity }
        for row in package.inTransit where row.bucket < bucketCount { sums[row.product].inTransit += row.quantity }
        for row in production { sums[row.product].made += row.quantity }
        for row in expired { sums[row.product].expired += row.quantity }
        for row in movements where row.bucket + package.lanes[row.lane].leadTime >= bucketCount {
            sums[row.product].onTheWay += row.quantity
        }
        guard bucketCount > 0 else { return sums }
        for site in package.sites.indices {
            for product in package.products.indices { sums[product].closing += siteStock[siteCell(site, product, bucketCount - 1)] }
        }
        for (row, pair) in pairs.enumerated() {
            sums[pair.product].closing += stock[cell(row, bucketCount - 1)]
            for t in 0..<bucketCount { sums[pair.product].served += served[cell(row, t)] }
        }
        return sums
    }

    func checkSums(_ log: inout ViolationLog) {
        for sum in productSums() {
            log.equal(sum.sources, sum.uses) {
                "\(names.product(sum.product)): opening, in transit and made must add up to served, closing, on the way and expired"
            }
        }
    }
}
